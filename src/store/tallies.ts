import { randomBytes } from 'node:crypto';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import { ViaductError } from '../errors.ts';
import { allEntries } from '../items/item-index.ts';
import type { Instant, Item, Tally } from '../model.ts';
import type { JsonFile } from './json-file.ts';
import type { SaltFile, TalliesFile, TallyLine } from './shapes.ts';
import type { Store } from './store.ts';
import { linesText, type Tail, type TailContent, tailText } from './tail.ts';

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
  readonly tailContent: TailContent<TallyLine> | undefined;
  readonly clock: () => Instant;
  /** Ids of all entries and tombstones: tallies of others go once nothing was counted for 8 days. */
  readonly knownIds: () => ReadonlySet<string>;
  readonly warn: (message: string) => void;
}

export interface Tallies extends Pick<Store, 'count' | 'daySalt' | 'tally'> {
  close(): Promise<void>;
}

/** Views and clicks, kept in two files: tallies.json (the totals, with a generation number) and the tail, tallies.ndjson (what was
 *  counted since, with the number of the totals that it continues).
 *
 *      open:   totals = tallies.json, and if the tail has their number or a later one, its lines added
 *      count:  a key that was seen today counts nothing
 *              otherwise add 1 in memory, append a line to the tail, resolve; fsync the tail within a second
 *      fold (once a UTC day, and when the tail cannot be appended to):
 *              1. tallies.json = what is in memory, generation + 1
 *              2. the tail = today's keys only, with that generation
 *              a crash between the two leaves a tail with an older number: it is in the totals already
 *      new day: a new salt, no key seen yet, then a fold, so that yesterday's keys and salt leave the disk
 *
 *  When a write fails, counting goes on in memory, and the fold that makes up for it is tried again once a minute. */
export function createTallies(ports: TallyPorts): Tallies {
  const { totals: file, tail, tailContent: content, clock, knownIds, warn } = ports;
  const totals = new Map(file.value.items.map((tally) => [tally.id, tally]));
  const seen = { view: new Set<string>(), click: new Set<string>() };
  let { day, salt } = ports.salt.value;
  let generation = Math.max(file.value.generation, content?.generation ?? 0);
  /** False when the tail may not be appended to: there is none, its end is torn, or it is counted already. */
  let isTailReady = content?.isWhole === true && content.generation === generation;
  /** What is still to be done by `work`. */
  let isSaltDue = false;
  let isFoldDue = false;
  let waiting: { readonly line: TallyLine; readonly done: () => void }[] = [];
  /** Something counted is in memory only: `close` must try once more. */
  let isInMemoryOnly = false;
  let isWorking = false;
  let working: Promise<void> = Promise.resolve();
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let syncTimer: NodeJS.Timeout | undefined;
  replay();
  const ticking = setInterval(tick, RETRY_AFTER_MS).unref();

  /** Adds what the tail counted, and notes whom it counted today. */
  function replay(): void {
    const isInTotals = content?.generation !== generation;
    const today = day === undefined ? undefined : Date.parse(day) / DAY_MS;
    for (const { kind, item, key, hour } of content?.lines ?? []) {
      if (item !== undefined && !isInTotals) add(kind, item, hour);
      if (Math.floor(hour / 24) === today) seen[kind].add(key);
      else isFoldDue = true;
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

  function tally(item: Item): Tally {
    const found = allEntries(item).flatMap(({ id }) => totals.get(id) ?? []);
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

  /** Replaces the tally and changes no object: a fold under way writes what was counted when it began. */
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
    isSaltDue = true;
    isFoldDue = true;
    work();
  }

  function tick(): void {
    if (day !== undefined) turnDay(clock());
    work();
  }

  /** Brings to disk what is not there yet: the salt, a fold, or else the lines that wait. One run at a time; it takes along
   *  what comes meanwhile. */
  function work(): void {
    if (isWorking) return;
    isWorking = true;
    working = workOff();
  }

  async function workOff(): Promise<void> {
    try {
      for (;;) {
        const mayTry = performance.now() - failedAtMs >= RETRY_AFTER_MS;
        if (isSaltDue && mayTry) await saveSalt();
        else if ((isFoldDue || (!isTailReady && waiting.length > 0)) && mayTry) await fold();
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
    isSaltDue = next.salt !== ports.salt.value.salt;
  }

  async function appendWaiting(): Promise<void> {
    const batch = waiting;
    waiting = [];
    if (isTailReady) {
      isTailReady = await attempt(() => tail.append(linesText(batch.map(({ line }) => line))));
      syncTimer ??= setTimeout(sync, SYNC_AFTER_MS).unref();
    }
    if (!isTailReady) isInMemoryOnly = isFoldDue = true;
    for (const { done } of batch) done();
  }

  async function sync(): Promise<void> {
    syncTimer = undefined;
    if (!isTailReady || (await attempt(() => tail.sync()))) return;
    isTailReady = false;
    isInMemoryOnly = isFoldDue = true;
  }

  /** Both steps in the order that a crash may interrupt; see above. */
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
    // The lines that wait were added to the totals when they were counted, so they need not be appended.
    const batch = waiting;
    waiting = [];
    isFoldDue = false;
    const next = generation + 1;
    const isSaved = await attempt(
      () => file.write({ version: 1, generation: next, items }),
      (error) => {
        // After any failure but a full disk the new file may be in place, and the old tail counted in it.
        if (error.code !== 'store/full') isTailReady = false;
      },
    );
    if (isSaved) {
      generation = next;
      isTailReady = await attempt(() => tail.replace(tailText(next, keys)));
    }
    isInMemoryOnly = !isTailReady;
    if (!isSaved || !isTailReady) isFoldDue = true;
    if (isSaved) for (const { done } of batch) done();
    else waiting = [...batch, ...waiting];
  }

  function keysSeen(): TallyLine[] {
    const hour = day === undefined ? 0 : Date.parse(day) / HOUR_MS;
    return (['view', 'click'] as const).flatMap((kind) => Array.from(seen[kind], (key) => ({ kind, key, hour })));
  }

  /** Whether the write succeeded. If not, the operator is warned, and the next try is in a minute. */
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
    if (isSaltDue || isInMemoryOnly || waiting.length > 0) work();
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
