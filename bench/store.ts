import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import { createItemIndex } from '../src/items/item-index.ts';
import type { Plan } from '../src/items/plan.ts';
import type { Entry, Instant, Source, SourceRecord, SourceState } from '../src/model.ts';
import { openStore } from '../src/store/json-store.ts';
import type { Store } from '../src/store/store.ts';

const ENTRIES_A_SOURCE = 25;
const SIZES = [1_000, 10_000, 50_000];
const COMMITS = 200;
/** The least of three is told: whatever else the machine does only adds. */
const ROUNDS = 3;
const PEER_WRITES = 15;
const BASE_MS = Date.parse('2026-08-01T00:00:00.000Z');

/** What storing one new entry costs as the store grows, beside lowdb's own JSONFile with everything in one file:
 *  median of the whole commit (with its fsyncs), longest time that the event loop was held, start and memory. */
export async function benchStore(): Promise<void> {
  console.log(
    `commit of a poll of one new entry, ${ENTRIES_A_SOURCE} entries a source, ${COMMITS} commits, the best of ${ROUNDS} rounds`,
  );
  const rows = [];
  for (const size of SIZES) rows.push({ ...(await measureOurs(size)), ...(await measurePeer(size)) });
  console.table(rows);
}

async function measureOurs(size: number): Promise<Record<string, number>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-bench-'));
  try {
    await fill(folder, size);
    const before = memoryMB();
    const startedAt = performance.now();
    let store = await open(folder, size);
    const startMs = performance.now() - startedAt;
    const memory = memoryMB() - before;
    const sources = size / ENTRIES_A_SOURCE;
    const costs: Cost[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      costs.push(await measure(COMMITS, (n) => store.commit(pollWithOneNew(store, n % sources))));
    }
    const least = (name: keyof Cost) => oneDecimal(Math.min(...costs.map((cost) => cost[name])));
    await store.close();
    store = await open(folder, size);
    if (store.items.size !== size + ROUNDS * COMMITS)
      throw new Error(`${store.items.size} items after ${ROUNDS * COMMITS} commits`);
    await store.close();
    return {
      entries: size,
      'commit ms': least('medianMs'),
      'median block ms': least('medianBlockMs'),
      'longest block ms': least('longestBlockMs'),
      'start ms': Math.round(startMs),
      'memory MB': Math.round(memory),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** lowdb as it comes: one file, all entries in it. */
async function measurePeer(size: number): Promise<Record<string, number>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-bench-'));
  try {
    const file = path.join(folder, 'db.json');
    const sources = size / ENTRIES_A_SOURCE;
    const entries = Array.from({ length: sources }, (_, n) => recordOf(n).entries).flat();
    const db = new Low<{ entries: Entry[] }>(new JSONFile(file), { entries });
    await db.write();
    const cost = await measure(PEER_WRITES, (n) =>
      db.update((data) => void data.entries.push(entryOf(n, ENTRIES_A_SOURCE + n))),
    );
    return {
      'JSONFile ms': oneDecimal(cost.medianMs),
      'JSONFile longest block ms': oneDecimal(cost.longestBlockMs),
      'JSONFile MB': Math.round((await stat(file)).size / 1e6),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Cost {
  /** Of the whole, with its fsyncs. */
  readonly medianMs: number;
  /** The longest time that the event loop was held in one commit: half of them stayed below this. */
  readonly medianBlockMs: number;
  readonly longestBlockMs: number;
}

async function measure(times: number, work: (n: number) => Promise<unknown>): Promise<Cost> {
  let isOver = false;
  let blockMs = 0;
  const watching = (async () => {
    let last = performance.now();
    while (!isOver) {
      await nextTurn();
      const now = performance.now();
      blockMs = Math.max(blockMs, now - last);
      last = now;
    }
  })();
  const tookMs: number[] = [];
  const blocksMs: number[] = [];
  for (let n = 0; n < times; n++) {
    blockMs = 0;
    const startedAt = performance.now();
    await work(n);
    tookMs.push(performance.now() - startedAt);
    await nextTurn();
    blocksMs.push(blockMs);
  }
  isOver = true;
  await watching;
  return { medianMs: median(tookMs), medianBlockMs: median(blocksMs), longestBlockMs: Math.max(...blocksMs) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function fill(folder: string, size: number): Promise<void> {
  const store = await open(folder, 0);
  const sources = Array.from({ length: size / ENTRIES_A_SOURCE }, (_, n) => n);
  for (let from = 0; from < sources.length; from += 50) {
    await Promise.all(sources.slice(from, from + 50).map((n) => store.commit(planOf(recordOf(n)))));
  }
  await store.close();
}

async function open(dataDir: string, size: number): Promise<Store> {
  const clock = () => new Date().toISOString();
  const store = await openStore({ dataDir, mode: 'write', createItemIndex, clock, log: () => {} });
  await store.follow(Array.from({ length: size / ENTRIES_A_SOURCE }, (_, n) => sourceOf(n)));
  return store;
}

function pollWithOneNew(store: Store, source: number): Plan {
  const record = store.record(`source-${source}`) ?? recordOf(source);
  return planOf({ ...record, entries: [entryOf(source, record.entries.length), ...record.entries] });
}

function planOf(record: SourceRecord): Plan {
  const counts = { asked: 1, notModified: 0, failed: 0, bytes: 50_000 };
  const state: SourceState = { source: record.source, sameBodyCount: 0, failures: 0, gone: false, etag: '"e"', counts };
  return { source: record.source, record, state, outcome: { kind: 'updated', added: 1, edited: 0 } };
}

function recordOf(source: number): SourceRecord {
  const entries = Array.from({ length: ENTRIES_A_SOURCE }, (_, n) => entryOf(source, n));
  const feed = { title: `Source ${source}`, url: `https://host-${source}.example/` };
  return {
    version: 1,
    source: `source-${source}`,
    feed,
    entries,
    unreliableGuids: [],
    unreliableLinks: [],
    tombstones: [],
  };
}

/** An entry of usual length: a title, a summary of 200 characters, a text of 300 to 1,900, every other one with a curly quote
 *  in it (which doubles what it takes in memory). */
function entryOf(source: number, n: number): Entry {
  const seed = source * 10_007 + n;
  const at: Instant = new Date(BASE_MS + seed * 1000).toISOString();
  const url = `https://host-${source}.example/2026/08/${words(seed, 5).replaceAll(' ', '-')}-${n}`;
  return {
    id: `s${source}e${n}`.padStart(12, '0'),
    source: `source-${source}`,
    guid: url,
    guids: [url],
    permalink: url,
    link: url,
    url,
    viaUrl: url,
    linkKeys: [url.slice('https://'.length)],
    title: `${words(seed, 8)} ${seed}`,
    summary: words(seed + 1, 28),
    text: `${n % 2 === 0 ? '’' : ''}${words(seed + 2, 45 + (seed % 230))}`,
    minutes: 2,
    authors: [{ name: `Author ${source % 90}` }],
    categories: [words(seed, 1), words(seed + 3, 1)],
    enclosures: [],
    origins: [],
    publishedAt: at,
    firstSeen: at,
    lastListed: at,
    arrival: at,
    date: at,
    published: true,
  };
}

function sourceOf(n: number): Source {
  return {
    id: `source-${n}`,
    url: `https://host-${n}.example/feed`,
    categories: [],
    content: 'summary',
    poll: '*/30 * * * *',
    timeoutSeconds: 30,
    private: false,
    insecureTls: false,
    disabled: false,
  };
}

/** The same words for the same seed; no two seeds alike. */
function words(seed: number, count: number): string {
  let state = (seed + 1) * 2_654_435_761;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % 20_000;
  };
  return Array.from({ length: count }, () => `w${next().toString(36)}rd`).join(' ');
}

function memoryMB(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 1e6;
}

const oneDecimal = (ms: number): number => Math.round(ms * 10) / 10;
