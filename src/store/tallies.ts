import { randomBytes } from 'node:crypto';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import { ViaductError } from '../errors.ts';
import type { Instant, Item, Tally } from '../model.ts';
import type { JsonFile } from './json-file.ts';
import type { SaltFile, TalliesFile } from './shapes.ts';
import type { Store } from './store.ts';
import { type Tail, type TailContent, type TailLine, tailLineText, tailText } from './tally-tail.ts';

const HOURS_KEPT = 8 * 24;
/** Keys of one day, each 40 bytes or so in memory; who comes later is not counted. */
const MAX_KEYS = 200_000;
const SYNC_AFTER_MS = 1_000;
const RETRY_AFTER_MS = MINUTE_MS;

export interface TallyPorts {
  readonly totals: JsonFile<TalliesFile>;
  readonly salt: JsonFile<SaltFile>;
  readonly tail: Tail;
  /** What the tail held when it was opened. */
  readonly tailContent: TailContent | undefined;
  readonly clock: () => Instant;
  /** Ids of all entries and tombstones: tallies of others go once nothing was counted for 8 days. */
  readonly knownIds: () => ReadonlySet<string>;
  readonly warn: (message: string) => void;
}

export interface Tallies extends Pick<Store, 'count' | 'daySalt' | 'tally'> {
  close(): Promise<void>;
}

/** Views and clicks. A count is a line at the end of the tail; once a UTC day the tail is folded into tallies.json and begins
 *  anew with the next generation number. A crash between the two steps leaves a tail whose number says that it is counted
 *  already. Keys (who was counted today) live in the tail and go with the day; so does the salt that they were made with. */
export function createTallies(ports: TallyPorts): Tallies {
  const { totals: file, tail, tailContent: content, clock, knownIds, warn } = ports;
  const totals = new Map(file.value.items.map((tally) => [tally.id, tally]));
  const seen = { view: new Set<string>(), click: new Set<string>() };
  let { day, salt } = ports.salt.value;
  let generation = Math.max(file.value.generation, content?.generation ?? 0);
  /** False when the tail may not be appended to: there is none, its end is torn, or it is counted already. */
  let isTailReady = content?.isWhole === true && content.generation === generation;
  let isSaltOwed = false;
  let isFoldOwed = false;
  /** Something counted is in memory only. */
  let isBehind = false;
  let isWorking = false;
  let working: Promise<void> = Promise.resolve();
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let waiting: { readonly line: TailLine; readonly done: () => void }[] = [];
  let syncTimer: NodeJS.Timeout | undefined;
  replay();
  const ticking = setInterval(tick, RETRY_AFTER_MS).unref();

  function replay(): void {
    const isCounted = content?.generation !== generation;
    const today = day === undefined ? undefined : Date.parse(day) / DAY_MS;
    for (const { kind, item, key, hour } of content?.lines ?? []) {
      if (item !== undefined && !isCounted) add(kind, item, hour);
      if (Math.floor(hour / 24) === today) seen[kind].add(key);
      else isFoldOwed = true;
    }
  }

  async function count(kind: 'view' | 'click', item: string, key: string, at: Instant): Promise<boolean> {
    turnDay(at);
    if (seen[kind].has(key)) return false;
    if (seen.view.size + seen.click.size >= MAX_KEYS) {
      warn(`${MAX_KEYS} views and clicks were counted today; no more are until tomorrow`);
      return false;
    }
    seen[kind].add(key);
    const hour = hourOf(at);
    add(kind, item, hour);
    await new Promise<void>((done) => {
      waiting.push({ line: { kind, item, key, hour }, done });
      work();
    });
    return true;
  }

  function daySalt(at: Instant): Buffer {
    turnDay(at);
    return Buffer.from(salt ?? '', 'hex');
  }

  function tally({ entries }: Item): Tally {
    const found = entries.flatMap(({ id }) => totals.get(id) ?? []);
    if (found.length === 0) return NOTHING;
    const hour = hourOf(clock());
    const counts = new Map<number, number>();
    for (const { hours } of found) {
      for (const [at, n] of nearHours(hours, hour)) counts.set(at, (counts.get(at) ?? 0) + n);
    }
    return {
      views: found.reduce((sum, { views }) => sum + views, 0),
      clicks: found.reduce((sum, { clicks }) => sum + clicks, 0),
      hours: [...counts].sort(([a], [b]) => a - b),
    };
  }

  /** Objects are replaced, never changed: a fold under way writes what was when it began. */
  function add(kind: 'view' | 'click', id: string, hour: number): void {
    const { views, clicks, hours } = totals.get(id) ?? { views: 0, clicks: 0, hours: [] };
    const before = hours.find(([at]) => at === hour)?.[1] ?? 0;
    const others = nearHours(hours, hour).filter(([at]) => at !== hour);
    totals.set(id, {
      id,
      views: views + (kind === 'view' ? 1 : 0),
      clicks: clicks + (kind === 'click' ? 1 : 0),
      hours: [...others, [hour, before + 1] as const].sort(([a], [b]) => a - b),
    });
  }

  /** A new UTC day: new salt, nobody seen yet, and what is on disk of the day before goes. */
  function turnDay(at: Instant): void {
    const today = at.slice(0, 10);
    // A request that began before midnight and is counted after it must not turn the day back.
    const isStraggler = day !== undefined && dayOfHour(hourOf(at) + 24) === day;
    if (today === day || isStraggler) return;
    day = today;
    salt = randomBytes(32).toString('hex');
    seen.view.clear();
    seen.click.clear();
    isSaltOwed = true;
    isFoldOwed = true;
    work();
  }

  function tick(): void {
    if (day !== undefined) turnDay(clock());
    work();
  }

  /** Brings everything to disk that is not there yet. One run at a time; what comes meanwhile is taken along. */
  function work(): void {
    if (isWorking) return;
    isWorking = true;
    working = workOff();
  }

  async function workOff(): Promise<void> {
    try {
      for (;;) {
        const mayTry = performance.now() - failedAtMs >= RETRY_AFTER_MS;
        if (isSaltOwed && mayTry) await saveSalt();
        else if ((isFoldOwed || (!isTailReady && waiting.length > 0)) && mayTry) await fold();
        else if (waiting.length > 0) await appendWaiting();
        else break;
      }
    } finally {
      isWorking = false;
    }
  }

  async function saveSalt(): Promise<void> {
    if (day === undefined || salt === undefined) return;
    const next = { version: 1, day, salt } as const;
    await attempt(() => ports.salt.write(next));
    isSaltOwed = next.salt !== ports.salt.value.salt;
  }

  async function appendWaiting(): Promise<void> {
    const batch = waiting;
    waiting = [];
    if (isTailReady) {
      isTailReady = await attempt(() => tail.append(batch.map(({ line }) => tailLineText(line)).join('')));
      syncTimer ??= setTimeout(sync, SYNC_AFTER_MS).unref();
    }
    if (!isTailReady) isBehind = isFoldOwed = true;
    for (const { done } of batch) done();
  }

  async function sync(): Promise<void> {
    syncTimer = undefined;
    if (!isTailReady || (await attempt(() => tail.sync()))) return;
    isTailReady = false;
    isBehind = isFoldOwed = true;
  }

  async function fold(): Promise<void> {
    const hour = hourOf(clock());
    const known = knownIds();
    for (const [id, stored] of totals) {
      const { hours } = stored;
      const near = nearHours(hours, hour);
      if (!known.has(id) && near.length === 0) totals.delete(id);
      else if (near.length < hours.length) totals.set(id, { ...stored, hours: near });
    }
    const items = [...totals.values()];
    const keys = keysSeen();
    // Lines that wait are in `items` already.
    const batch = waiting;
    waiting = [];
    isFoldOwed = false;
    const next = generation + 1;
    const isSaved = await attempt(
      () => file.write({ version: 1, generation: next, items }),
      (error) => {
        // Unless it was the space, nobody knows whether the new file is in place: then the old tail may be counted already.
        if (error.code !== 'store/full') isTailReady = false;
      },
    );
    if (isSaved) {
      generation = next;
      isTailReady = await attempt(() => tail.replace(tailText(next, keys)));
    }
    isBehind = !isTailReady;
    if (!isSaved || !isTailReady) isFoldOwed = true;
    if (isSaved) for (const { done } of batch) done();
    else waiting = [...batch, ...waiting];
  }

  function keysSeen(): TailLine[] {
    const hour = day === undefined ? 0 : Date.parse(day) / HOUR_MS;
    return (['view', 'click'] as const).flatMap((kind) => Array.from(seen[kind], (key) => ({ kind, key, hour })));
  }

  /** Whether it succeeded. A full or broken disk is told, and tried again in a minute; counting goes on in memory. */
  async function attempt(write: () => Promise<void>, onError?: (error: ViaductError) => void): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (!(error instanceof ViaductError)) throw error;
      failedAtMs = performance.now();
      warn(`Views and clicks are counted in memory for now. ${error.message}`);
      onError?.(error);
      return false;
    }
  }

  async function close(): Promise<void> {
    clearInterval(ticking);
    clearTimeout(syncTimer);
    failedAtMs = Number.NEGATIVE_INFINITY;
    if (isSaltOwed || isBehind || waiting.length > 0) work();
    await working;
    if (isTailReady) await attempt(() => tail.sync());
    await attempt(() => tail.close());
  }

  return { count, daySalt, tally, close };
}

const NOTHING: Tally = { views: 0, clicks: 0, hours: [] };
const hourOf = (at: Instant): number => Math.floor(Date.parse(at) / HOUR_MS);
const dayOfHour = (hour: number): string => new Date(hour * HOUR_MS).toISOString().slice(0, 10);
const nearHours = (hours: Tally['hours'], hour: number): Tally['hours'] =>
  hours.filter(([at]) => Math.abs(hour - at) < HOURS_KEPT);
