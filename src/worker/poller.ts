import { setMaxListeners } from 'node:events';
import type { PollOutcome } from '../errors.ts';
import { ViaductError } from '../errors.ts';
import { FetchError, type Fetcher } from '../fetch/fetcher.ts';
import type { GoOn, HostQueue } from '../fetch/host-queue.ts';
import { planPoll } from '../items/plan.ts';
import type { Log } from '../log.ts';
import type { Config, Instant, Source } from '../model.ts';
import type { Reading } from '../schedule/reading.ts';
import { type Ask, hostWaitsOn, whetherToAsk } from '../schedule/schedule.ts';
import type { ScheduleRules } from '../schedule/schedule-wait.ts';
import type { Store } from '../store/store.ts';
import type { LinkResolver } from './link-resolver.ts';
import { type Parse, readSource } from './read-source.ts';

export interface PollerPorts {
  readonly store: Store;
  readonly config: () => Config;
  readonly fetch: Fetcher;
  readonly parse: Parse;
  readonly queue: HostQueue;
  readonly rules: ScheduleRules;
  readonly hostOf: (url: string) => string;
  readonly clock: () => Instant;
  readonly log: Log;
  /** The source as it was known before its address was edited, when what it answers shows that; else as it is. */
  readonly recognise: (source: Source, reading: Reading) => Promise<Source>;
  /** Where short links lead. */
  readonly links: Pick<LinkResolver, 'known' | 'resolve'>;
  /** Called once an outcome is stored. */
  readonly onPolled: (polled: PolledSource) => void;
}

/** How one source's poll went, once it is stored. */
export interface PolledSource {
  readonly source: Source;
  readonly outcome: PollOutcome;
  /** New entries that another source had told already. */
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
}

interface DueSource {
  readonly asked: Source;
  readonly ask: Extract<Ask, { ask: true }>;
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

export function createPoller(ports: PollerPorts): Poller {
  const { store, config, queue, clock, log } = ports;
  const inFlight = new Map<string, Promise<unknown>>();
  const cut = new AbortController();
  // Every request in flight listens to it.
  setMaxListeners(0, cut.signal);
  let stopping = false;
  let byId: { config?: Config; sources: ReadonlyMap<string, Source> } = { sources: new Map() };

  async function pass({ sources, force, at, onPolled, onStart }: PassOptions): Promise<PassSummary> {
    // One time for the whole round: no rule about items may depend on which answer came first.
    const roundAt = at ?? clock();
    const notDue: PassSummary['notDue'][number][] = [];
    const due = sources.flatMap((source) => {
      const ask = whetherToAsk(source, store.state(source.id), store.hostWaits(), roundAt, { force });
      if (ask.ask && !inFlight.has(source.id)) return [{ source, url: ask.url }];
      const { reason, until } = ask.ask ? { reason: 'is being asked already' } : ask;
      notDue.push({ source, reason, ...(until !== undefined && { until }) });
      return [];
    });
    onStart?.(due.length);
    const polled: PolledSource[] = [];
    let storeProblem: ViaductError | undefined;
    await Promise.all(
      due.map(({ source, url }) => {
        const work = queue.run(url, (goOn) => {
          const due = stopping || storeProblem ? undefined : stillDue(source, force);
          return due && pollSource(due, roundAt, goOn);
        });
        const watched = work
          .then((done) => {
            if (!done) return;
            polled.push(done);
            onPolled?.(done);
          })
          .catch((error: unknown) => {
            if (!(error instanceof ViaductError)) throw error;
            storeProblem ??= error;
          })
          .finally(() => inFlight.delete(source.id));
        inFlight.set(source.id, watched);
        return watched;
      }),
    );
    if (storeProblem) throw storeProblem;
    return { polled, notDue };
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
  ): Promise<PolledSource | undefined> {
    const beforeHop = async (url: string) => {
      refuseHeld(url);
      await goOn(url);
      refuseHeld(url);
    };
    const reading = await readSource(asked, ask, store.state(asked.id), { ...ports, signal: cut.signal, beforeHop });
    if (cut.signal.aborted) return undefined;
    const source = await ports.recognise(asked, reading);
    const state = store.state(source.id);
    const { plan, hostWaits } = planPoll({
      source,
      record: store.record(source.id),
      state,
      reading,
      roundAt,
      now: clock(),
      config: config(),
      hostOf: ports.hostOf,
      rules: ports.rules,
      resolved: ports.links.known,
      isNeeded: (id) => {
        const entries = store.items.find(id)?.entries ?? [];
        return entries.some((entry) => entry.source !== source.id && entry.isListed);
      },
    });
    const startedAt = performance.now();
    const { merged } = await store.commit(plan, hostWaits);
    if (plan.record) ports.links.resolve(plan.record);
    const storeMs = performance.now() - startedAt;
    logOutcome(source, plan.outcome, merged);
    const bytes = 'fetched' in reading && 'wireBytes' in reading.fetched ? reading.fetched.wireBytes : 0;
    const polled = { source, outcome: plan.outcome, merged, answer: reading.kind, bytes, storeMs };
    ports.onPolled(polled);
    return polled;
  }

  /** A redirect leads to hosts that whetherToAsk knows nothing of. */
  function refuseHeld(url: string): void {
    const [wait] = hostWaitsOn(url, store.hostWaits(), clock());
    if (!wait) return;
    throw new FetchError('fetch/host-waits', 'That host has asked to be left alone for a while.', {
      retryAt: wait.until,
    });
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

  return { pass, stop };
}
