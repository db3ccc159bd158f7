import { setMaxListeners } from 'node:events';
import { getHeapStatistics } from 'node:v8';
import { type PollOutcome, ViaductError } from '../errors.ts';
import { FetchError, type Fetcher } from '../fetch/fetcher.ts';
import { type GoOn, type HostQueue, hostKey } from '../fetch/host-queue.ts';
import { planPoll } from '../items/plan.ts';
import type { Log } from '../log.ts';
import type { Config, Instant, Source } from '../model.ts';
import type { Reading } from '../schedule/reading.ts';
import { type Ask, hostWaitsOn, whetherToAsk } from '../schedule/schedule.ts';
import { FLOOR_MS, type ScheduleRules } from '../schedule/schedule-wait.ts';
import type { Store } from '../store/store.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { LinkResolver } from './link-resolver.ts';
import { type Parse, readSource } from './read-source.ts';

export interface PollerPorts {
  readonly store: Store;
  readonly config: () => Config;
  readonly fetch: Fetcher;
  readonly parse: Parse;
  readonly queue: HostQueue;
  readonly rules: ScheduleRules;
  readonly clock: () => Instant;
  readonly log: Log;
  /** The id that a source had before its address was edited, when what it answers shows that; else undefined. */
  readonly formerIdOf: (source: Source, reading: Reading) => string | undefined;
  /** Gives such a source its former id back in the list of sources. The source as the list then has it; undefined when it is
   *  not in the list any more. */
  readonly restoreId: (source: Source, reading: Reading) => Promise<Source | undefined>;
  /** Where short links lead. */
  readonly links: Pick<LinkResolver, 'known' | 'resolve'>;
  readonly clockWatch: Pick<ClockWatch, 'isFarOff' | 'onJump'>;
}

/** How one source's poll went, once it is stored. */
export interface PolledSource {
  readonly source: Source;
  readonly outcome: PollOutcome;
  /** New entries that joined an item which another source carried already. */
  readonly merged: number;
  readonly answer: Reading['kind'];
  /** That crossed the wire for the document. */
  readonly bytes: number;
  /** Milliseconds until the outcome was stored, waiting included. */
  readonly storeMs: number;
}

export interface PassOptions {
  readonly sources: readonly Source[];
  readonly force: boolean;
  /** Time of the round; left out, the clock's. */
  readonly at?: Instant | undefined;
  /** Called as each source's outcome is stored. */
  readonly onPolled?: (polled: PolledSource) => void;
  /** Called once with the number of sources that will be asked. */
  readonly onStart?: (asking: number) => void;
}

export interface PassSummary {
  readonly polled: readonly PolledSource[];
  /** Sources that were not asked, with the reason. */
  readonly notDue: readonly { readonly source: Source; readonly reason: string; readonly until?: Instant }[];
}

export interface Poller {
  /** Asks every source of the list that is due. One source's failure never touches another.
   *  @throws ViaductError 'store/…' when outcomes cannot be stored: then nothing more is asked */
  pass(options: PassOptions): Promise<PassSummary>;
  /** Lets polls in flight end, cuts them after `graceMs`; nothing new is begun. */
  stop(graceMs: number): Promise<void>;
  /** Calls `listener` whenever an outcome is stored. */
  onPolled(listener: (polled: PolledSource) => void): void;
}

/** Of the memory that Node gives itself, how much may be stored entries: one takes up to twice as much as its JSON, and pages and feeds
 *  are in there, too. */
const STORED_SHARE = 1 / 3;

interface DueSource {
  readonly asked: Source;
  readonly ask: Extract<Ask, { ask: true }>;
}

/** What a source answered under a new id, whose entries are stored under a former one. */
interface Recognised {
  readonly asked: Source;
  readonly reading: Reading;
  readonly formerId: string;
}

/** What a pass did, in numbers. */
export function countPass({
  polled,
  notDue,
}: PassSummary): Record<'asked' | 'notDue' | 'added' | 'merged' | 'failed', number> {
  const count = { asked: polled.length, notDue: notDue.length, added: 0, merged: 0, failed: 0 };
  for (const { outcome, merged } of polled) {
    if (outcome.kind === 'updated') count.added += outcome.added;
    if (outcome.kind === 'failed') count.failed += 1;
    count.merged += merged;
  }
  return count;
}

/** Polls sources. One pass:
 *
 *      for each source that is due and not being asked already, when it is its host's turn:
 *        still due?              else: nothing
 *        reading := ask it       (readSource: the network)
 *        its former id known?    leave the host's queue, restore the id in the list of sources, go on as that source
 *        plan := planPoll(…)     (pure: every rule)
 *        store.commit(plan), then call the listeners */
export function createPoller(ports: PollerPorts): Poller {
  const { store, config, queue, clock, log } = ports;
  const listeners: ((polled: PolledSource) => void)[] = [];
  /** By id of the source. */
  const inFlight = new Map<string, Promise<unknown>>();
  const defaultMB = (getHeapStatistics().heap_size_limit * STORED_SHARE) / 1_000_000;
  const cut = new AbortController();
  // Every request in flight listens to it.
  setMaxListeners(0, cut.signal);
  let stopping = false;
  /** When each source was asked, and the clock was set, by a clock that nobody sets. */
  const askedAtMs = new Map<string, number>();
  let jumpedAtMs = Number.NEGATIVE_INFINITY;
  ports.clockWatch.onJump(() => {
    jumpedAtMs = performance.now();
  });
  let byId: { config?: Config; sources: ReadonlyMap<string, Source> } = { sources: new Map() };

  async function pass({ sources, force, at, onPolled, onStart }: PassOptions): Promise<PassSummary> {
    // One time for the whole round: no rule about items may depend on which answer came first.
    const roundAt = at ?? clock();
    const notDue: PassSummary['notDue'][number][] = [];
    const due = sources.flatMap((source) => {
      const ask = isAskedTooSoon(source, force)
        ? { ask: false as const, reason: 'at most every 5 min; the clock was set' }
        : whetherToAsk(source, store.state(source.id), store.hostWaits(), roundAt, { force });
      if (ask.ask && !inFlight.has(source.id)) return [{ source, url: ask.url }];
      const { reason, until } = ask.ask ? { reason: 'is being asked already' } : ask;
      notDue.push({ source, reason, ...(until !== undefined && { until }) });
      return [];
    });
    onStart?.(due.length);
    const polled: PolledSource[] = [];
    let storeProblem: ViaductError | undefined;

    async function poll(source: Source, url: string): Promise<void> {
      try {
        const done = await queue.run(url, (goOn) => {
          const still = stopping || storeProblem ? undefined : stillDue(source, force);
          return still && pollSource(still, roundAt, goOn);
        });
        const stored = done && 'formerId' in done ? await adopt(done, roundAt) : done;
        if (!stored) return;
        polled.push(stored);
        onPolled?.(stored);
      } catch (error) {
        if (!(error instanceof ViaductError)) throw error;
        storeProblem ??= error;
      } finally {
        inFlight.delete(source.id);
      }
    }

    await Promise.all(
      due.map(({ source, url }) => {
        const work = poll(source, url);
        inFlight.set(source.id, work);
        return work;
      }),
    );
    if (storeProblem) throw storeProblem;
    return { polled, notDue };
  }

  /** Whether the source was asked less than the floor ago, and only a clock that was set since says that it is due. */
  function isAskedTooSoon({ id, url }: Source, force: boolean): boolean {
    const nowMs = performance.now();
    const isNear = (ms: number | undefined) => ms !== undefined && nowMs - ms < FLOOR_MS;
    return isNear(jumpedAtMs) && !force && isNear(askedAtMs.get(id)) && !ports.rules.isOwnHost(url);
  }

  /** From a Map: ten thousand looks through a list of ten thousand would take a second. */
  function configured(id: string): Source | undefined {
    if (byId.config !== config()) {
      byId = { config: config(), sources: new Map(config().sources.map((source) => [source.id, source])) };
    }
    return byId.sources.get(id);
  }

  /** A source whose turn has come, as it is now; undefined when a host asked to wait or the source was taken out
   *  after the pass had begun. */
  function stillDue(queued: Source, force: boolean): DueSource | undefined {
    // feeds.json may have been edited while it waited for its turn.
    const asked = configured(queued.id);
    if (!asked || asked.disabled) return undefined;
    const ask = whetherToAsk(asked, store.state(asked.id), store.hostWaits(), clock(), { force });
    return ask.ask ? { asked, ask } : undefined;
  }

  /** One poll: ask, plan, commit. Undefined when the process is ending. */
  async function pollSource(
    { asked, ask }: DueSource,
    roundAt: Instant,
    goOn: GoOn,
  ): Promise<PolledSource | Recognised | undefined> {
    const beforeHop = async (url: string) => {
      refuseWaiting(url);
      await goOn(url);
      refuseWaiting(url);
    };
    askedAtMs.set(asked.id, performance.now());
    const reading = await readSource(asked, ask, store.state(asked.id), { ...ports, signal: cut.signal, beforeHop });
    if (cut.signal.aborted) return undefined;
    const formerId = ports.formerIdOf(asked, reading);
    return formerId === undefined ? commitReading(asked, reading, roundAt) : { asked, reading, formerId };
  }

  /** A redirect leads to hosts that whetherToAsk knows nothing of. */
  function refuseWaiting(url: string): void {
    const [wait] = hostWaitsOn(url, store.hostWaits(), clock());
    if (!wait) return;
    throw new FetchError('fetch/host-waits', 'That host has asked us to wait.', {
      retryAt: wait.until,
    });
  }

  /** Stores what a source answered once it has its former id back: nothing is ever stored under the new one. */
  async function adopt({ asked, reading, formerId }: Recognised, roundAt: Instant): Promise<PolledSource | undefined> {
    // A poll under that id, begun before the address was edited, ends first: two plans made at once would lose one's entries.
    while (inFlight.has(formerId)) await Promise.allSettled([inFlight.get(formerId)]);
    const work = ports.restoreId(asked, reading).then((source) => source && commitReading(source, reading, roundAt));
    inFlight.set(formerId, work);
    try {
      return await work;
    } finally {
      inFlight.delete(formerId);
    }
  }

  /** Beyond limits.maxMemoryMB no source gets more that has its share: so all of them together stay within it. */
  function mustWait(sourceId: string): boolean {
    const maxChars = (config().limits.maxMemoryMB ?? defaultMB) * 1_000_000;
    return store.size() > maxChars && store.size(sourceId) > maxChars / store.storedSources().length;
  }

  async function commitReading(source: Source, reading: Reading, roundAt: Instant): Promise<PolledSource> {
    if (reading.kind === 'document') await store.warm(source.id);
    const { plan, hostWaits } = planPoll({
      source,
      record: store.record(source.id),
      state: store.state(source.id),
      reading,
      roundAt,
      now: clock(),
      // By a clock that is far off everything is old.
      config: ports.clockWatch.isFarOff() ? { ...config(), retentionDays: 0 } : config(),
      hostOf: hostKey,
      rules: ports.rules,
      resolved: ports.links.known,
      mustWait: mustWait(source.id),
      isNeeded: (id) => {
        const entries = store.items.find(id)?.entries ?? [];
        return entries.some((entry) => entry.source !== source.id && entry.isListed);
      },
    });
    const before = store.state(source.id).limited;
    const startedAt = performance.now();
    const { merged } = await store.commit(plan, hostWaits);
    const storeMs = performance.now() - startedAt;
    if (plan.record) ports.links.resolve(plan.record);
    logOutcome(source, plan.outcome, merged);
    const { limited } = plan.state;
    if (limited && limited.message !== before?.message) log('warn', 'poll.limited', { source: source.id, ...limited });
    const bytes = 'fetched' in reading && 'wireBytes' in reading.fetched ? reading.fetched.wireBytes : 0;
    const polled = { source, outcome: plan.outcome, merged, answer: reading.kind, bytes, storeMs };
    for (const listener of listeners) listener(polled);
    return polled;
  }

  function logOutcome(source: Source, outcome: PollOutcome, merged: number): void {
    if (outcome.kind === 'failed') {
      log('warn', 'poll.failed', { source: source.id, code: outcome.error.code, message: outcome.error.message });
    } else if (outcome.kind === 'updated') {
      log('info', 'poll.updated', { source: source.id, added: outcome.added, edited: outcome.edited, merged });
    } else {
      log('debug', 'poll.unchanged', { source: source.id });
    }
  }

  async function stop(graceMs: number): Promise<void> {
    stopping = true;
    const timer = setTimeout(() => cut.abort(), graceMs);
    await Promise.allSettled(inFlight.values());
    clearTimeout(timer);
  }

  return { pass, stop, onPolled: (listener) => void listeners.push(listener) };
}
