/** What a daemon costs with 1,000, 3,000 and 10,000 feeds: cold, when nothing and when 5 % has changed while somebody reads, at the
 *  start, and at rest. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type App, openApp } from '../src/app.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { freePort, startFarm } from './farm-server.ts';
import { measure, type PassCost } from './poll-children.ts';

const SIZES = [1000, 3000, 10_000];
/** What each figure may be at any size, and how much more a changed source may cost at the largest than at the smallest. */
const LIMITS = {
  changedMs: 12,
  loopMs: 30,
  loopLongestMs: 150,
  getMs: 50,
  readyMs: 3000,
  feedMs: 1000,
  bytesAnEntry: 2500,
};
const GROWTH = 1.3;
const CHANGED = 0.05;
/** Longer than the pause between two makings of a list. */
const SETTLED_MS = 1500;
const READ_EVERY_MS = 50;
const FIRST_EVERY_MS = 20;
const AS_CHILD = 'growth-child';

interface Ready {
  readonly port: number;
  /** Until the merged feed was answered, and until all was. */
  readonly feedMs: number;
  readonly readyMs: number;
}

interface Rest {
  readonly heapMB: number;
  readonly rssMB: number;
  readonly items: number;
  readonly entries: number;
  /** Of the heap, beyond what the program takes without any. */
  readonly bytesAnEntry: number;
}

type Figures = Record<keyof typeof LIMITS, number>;

/** `sizes`: numbers of feeds. */
export async function benchGrowth(sizes: readonly number[] = SIZES): Promise<void> {
  console.log(
    'feeds (items): cold CPU s | quiet CPU s | 5 % changed: CPU s, all · ms a changed source, wall s | loop p99 / longest ms | GET / p99 ms | start: first feed, ready ms | heap / RSS at rest MB, bytes an entry | /sources, /status, /subscribe kB',
  );
  const figures: Figures[] = [];
  for (const feeds of sizes) {
    const farm = await startFarm(feeds);
    if (!farm) return console.log('skipped, ../shared/farm is not at hand');
    const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-bench-'));
    try {
      const sources = await farm.urls('healthy');
      await writeFile(
        path.join(folder, 'feeds.json'),
        JSON.stringify({ allow: ['127.0.0.0/8'], limits: { perHost: 4 }, sources }),
      );
      const first = await start(folder);
      const cold = await first.ask<PassCost>('pass');
      const quiet = await first.ask<PassCost>('pass');
      const changed = Math.round(feeds * CHANGED);
      await farm.command(`/publish?feeds=${changed}&items=1&plain=1`);
      const reader = readWhile(first.port);
      const some = await first.ask<PassCost>('pass');
      const readMs = await reader.stop();
      await first.end();
      const second = await start(folder);
      const rest = await second.ask<Rest>('rest');
      const kilobytes = await Promise.all(
        ['/sources', '/status', '/subscribe'].map((page) => sizeOf(second.port, page)),
      );
      await second.end();
      const changedMs = (some.cpuMs - quiet.cpuMs) / changed;
      const { loopDelayMs: loopMs, loopLongestMs } = some;
      const { feedMs, readyMs } = second;
      const { bytesAnEntry } = rest;
      figures.push({ changedMs, loopMs, loopLongestMs, getMs: readMs, readyMs, feedMs, bytesAnEntry });
      const s = (ms: number) => (ms / 1000).toFixed(1);
      console.log(
        `${feeds} (${rest.items}): ${s(cold.cpuMs)} | ${s(quiet.cpuMs)} | ${s(some.cpuMs)} · ${changedMs.toFixed(1)}, ${s(some.wallMs)} | ${some.loopDelayMs.toFixed(0)} / ${some.loopLongestMs.toFixed(0)} | ${readMs.toFixed(0)} | ${feedMs.toFixed(0)}, ${readyMs.toFixed(0)} | ${rest.heapMB.toFixed(0)} / ${rest.rssMB.toFixed(0)}, ${bytesAnEntry.toFixed(0)} | ${kilobytes.join(', ')}`,
      );
    } finally {
      await farm.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
  judge(figures);
}

function judge(figures: readonly Figures[]): void {
  const say = (name: string, value: number, limit: number) =>
    console.log(`${value <= limit ? 'ok  ' : 'MISS'} ${name}: ${value.toFixed(1)} (at most ${limit})`);
  for (const name of Object.keys(LIMITS) as (keyof Figures)[])
    say(`${name}, the most of all sizes`, Math.max(...figures.map((one) => one[name])), LIMITS[name]);
  const [first, last] = [figures[0], figures.at(-1)];
  if (first && last && first !== last)
    say('a changed source, the last size to the first', last.changedMs / first.changedMs, GROWTH);
}

async function start(folder: string) {
  const child = fork(fileURLToPath(import.meta.url), [AS_CHILD, folder], { execArgv: ['--expose-gc'] });
  const ready = await answerOf<Ready>(child);
  return {
    ...ready,
    ask<T>(what: 'pass' | 'rest'): Promise<T> {
      child.send(what);
      return answerOf<T>(child);
    },
    async end() {
      child.send('end');
      await once(child, 'exit');
    },
  };
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const [answer] = (await once(child, 'message')) as [T];
  return answer;
}

/** A reader of the pages that most will ask for; the 99th percentile of the front page. */
function readWhile(port: number): { stop(): Promise<number> } {
  const times: number[] = [];
  let isOver = false;
  const work = (async () => {
    const get = async (page: string) => (await fetch(`http://127.0.0.1:${port}${page}`)).text();
    while (!isOver) {
      const startedAt = performance.now();
      const home = await get('/');
      times.push(performance.now() - startedAt);
      const item = /href="(\/items\/[^"#]+)"/.exec(home)?.[1];
      for (const page of [item ?? '/latest', '/feed.xml', '/latest']) await get(page);
      await wait(READ_EVERY_MS);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await work;
      return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
    },
  };
}

async function sizeOf(port: number, page: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${page}`);
  return Math.round((await response.arrayBuffer()).byteLength / 1000);
}

/** The daemon, in a process of its own. */
async function runChild(folder: string): Promise<void> {
  const configFile = path.join(folder, 'feeds.json');
  const { readFile } = await import('node:fs/promises');
  const config = parseConfig(await readFile(configFile, 'utf8'), { file: configFile, port: 0, env: {} });
  const place = {
    port: 0,
    host: '127.0.0.1',
    dataDir: path.join(folder, 'data'),
    configFile,
    logLevel: 'silent',
  } as const;
  globalThis.gc?.();
  const { heapUsed: emptyBytes } = process.memoryUsage();
  const startedAt = performance.now();
  // A port that is known beforehand, so that it can be asked while the store is read.
  const port = await freePort();
  const feedMs = firstFeed(port).then(() => performance.now() - startedAt);
  const app = await openApp(config, { ...place, port }, { log: () => {}, willServe: true });
  await app.serve();
  await (await fetch(`http://127.0.0.1:${port}/`)).text();
  process.send?.({ port, feedMs: await feedMs, readyMs: performance.now() - startedAt } satisfies Ready);
  process.on('message', async (message) => {
    if (message === 'end') {
      await app.close(1000);
      process.exit(0);
    }
    process.send?.(
      message === 'rest'
        ? rest(app.store, emptyBytes)
        : await measure(async () => {
            await app.poller.pass({ sources: config.sources, force: true });
            await wait(SETTLED_MS);
          }),
    );
  });
}

function rest({ items, storedSources, record }: App['store'], emptyBytes: number): Rest {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const entries = storedSources().reduce((sum, id) => sum + (record(id)?.entries.length ?? 0), 0);
  const bytesAnEntry = (heapUsed - emptyBytes) / entries;
  return { heapMB: heapUsed / 1e6, rssMB: rss / 1e6, items: items.size, entries, bytesAnEntry };
}

/** Resolves with the first good answer to a request for the merged feed. */
async function firstFeed(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/feed.xml`).catch(() => undefined);
    await answer?.text();
    if (answer?.ok) return;
    await wait(FIRST_EVERY_MS);
  }
}

if (process.argv[2] === AS_CHILD) await runChild(process.argv[3] ?? '');
