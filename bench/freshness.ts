/** How soon what a publisher answers stands in the merged feed, while other feeds are slow or broken. */
import { subscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openApp } from '../src/app.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { type FarmServer, startFarm } from './farm-server.ts';

const FEEDS = 1000;
const PUBLISHING = 60;
const LIMIT_MS = 2000;
const LOOK_EVERY_MS = 50;
/** For an item that does not come at all. */
const PATIENCE_MS = 60_000;

interface Published {
  readonly items: readonly { readonly url: string; readonly title: string; readonly variant: string }[];
}

/** Prints how long after its feed's whole answer each new item was first seen in /feed.json. */
export async function benchFreshness(): Promise<void> {
  const farm = await startFarm(FEEDS, ['--latency=lognormal:60,1', '--broken=0.06']);
  if (!farm) return console.log('skipped, ../shared/farm is not at hand');
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-bench-'));
  try {
    await measure(farm, folder);
  } finally {
    await farm.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(farm: FarmServer, folder: string): Promise<void> {
  const configFile = path.join(folder, 'feeds.json');
  const text = JSON.stringify({ allow: ['127.0.0.0/8'], items: 200, sources: await farm.urls('all') });
  const config = parseConfig(text, { file: configFile, port: 0, env: {} });
  const place = { port: 0, host: '127.0.0.1', dataDir: `${folder}/data`, configFile, logLevel: 'silent' } as const;
  const app = await openApp(config, place, { log: () => {} });
  try {
    const site = `http://127.0.0.1:${await app.serve()}`;
    await app.poller.pass({ sources: config.sources, force: true });
    const answeredAt = watchAnswers();
    const published = (await farm.command(`/publish?feeds=${PUBLISHING}&items=1&plain=1`)) as Published;
    // What tells a story that another feed has told is one more via of an old item.
    const items = published.items.filter(({ variant }) => variant === 'original' || variant === 'own-tracking');
    const passing = app.poller.pass({ sources: config.sources, force: true });
    const seenAt = await watchFeed(
      `${site}/feed.json`,
      items.map(({ title }) => title),
    );
    await passing;
    const delays = items.map(
      ({ url, title }) => (seenAt.get(title) ?? Number.POSITIVE_INFINITY) - answerOf(url, answeredAt),
    );
    report(delays);
  } finally {
    await app.close(1000);
  }
}

/** When the last byte of each answer came, by address. */
function watchAnswers(): ReadonlyMap<string, number> {
  const answeredAt = new Map<string, number>();
  subscribe('undici:request:trailers', (message) => {
    const { request } = message as { request: { origin: string; path: string } };
    answeredAt.set(`${request.origin}${request.path}`, performance.now());
  });
  return answeredAt;
}

/** A feed that redirects answers at its own address with something added. */
function answerOf(url: string, answeredAt: ReadonlyMap<string, number>): number {
  const times = [...answeredAt].filter(([address]) => address.startsWith(url)).map(([, at]) => at);
  return Math.max(...times);
}

async function watchFeed(feed: string, titles: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const seenAt = new Map<string, number>();
  const startedAt = performance.now();
  while (seenAt.size < titles.length && performance.now() - startedAt < PATIENCE_MS) {
    const { items } = (await (await fetch(feed)).json()) as { items: { title: string }[] };
    const listed = new Set(items.map(({ title }) => title));
    for (const title of titles) if (listed.has(title) && !seenAt.has(title)) seenAt.set(title, performance.now());
    await wait(LOOK_EVERY_MS);
  }
  return seenAt;
}

function report(delays: readonly number[]): void {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  console.log(
    `${FEEDS} feeds, 6 % broken, latency lognormal 60 ms; ${delays.length} new items, ms from answer to merged feed`,
  );
  console.log(`median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)}`);
  console.log(`${at(1) <= LIMIT_MS ? 'ok  ' : 'MISS'} longest: ${at(1)} (at most ${LIMIT_MS})`);
}
