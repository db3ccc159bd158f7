import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { spawnViaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import type { Check, Report } from './report.ts';
import { DAY_MS, MINUTE_MS, type Simulation, withSimulation } from './simulation.ts';
import { LISTED, startWeeklyFeeds, type WeeklyFeed } from './weekly-feeds.ts';

const FEEDS = { healthy: 400, broken: 100 };
const DAYS = 7;
const TICK_MS = 30 * MINUTE_MS;
/** So short that the store is full after the first day, as after years of a longer one. */
const RETENTION_DAYS = 1;
/** A little after a tick of the cron. */
const START_MS = Date.UTC(2026, 2, 2, 0, 0, 20);
const STOP_LIMIT_MS = 5000;
const THREADS_END_MS = 12_000;

export const check: Check = {
  title: `a week of ${FEEDS.healthy + FEEDS.broken} feeds, every fifth misbehaving: nothing lost, nothing late, nothing grows`,
  async run(report) {
    const world = await startWeeklyFeeds(FEEDS);
    const escaped: string[] = [];
    const onEscape = (error: unknown) => void escaped.push(String(error));
    process.on('uncaughtException', onEscape).on('unhandledRejection', onEscape);
    try {
      const broken = world.broken.map((url, n) => ({ id: `b${n}`, url }));
      const sources = [...world.feeds.map(({ id, url }) => ({ id, url })), ...broken];
      const settings = { retentionDays: RETENTION_DAYS };
      await withSimulation({ sources, settings, startMs: START_MS }, async (simulation) => {
        let rssAfterDayMB = 0;
        let lost = 0;
        let acknowledged = new Map<string, ReadonlySet<number>>();
        for (let tick = 0; tick * TICK_MS < DAYS * DAY_MS; tick += 1) {
          await world.setClock(simulation.nowMs);
          await simulation.pass();
          if (tick > 0 && (tick * TICK_MS) % DAY_MS === 0) {
            if (rssAfterDayMB === 0) rssAfterDayMB = await restingMB();
            lost += countLost(world.feeds, acknowledged, simulation);
            acknowledged = new Map(world.feeds.map((feed) => [feed.id, itemsOf(feed, simulation)]));
          }
          simulation.wait(TICK_MS);
        }
        const rss = await restingMB();
        // What counts is what another process finds.
        await simulation.restart();
        lost += countLost(world.feeds, acknowledged, simulation);
        report.none('exceptions that escaped', escaped);
        report.none('acknowledged items lost before their time', lost);
        const growth = rss / rssAfterDayMB;
        report.figure(
          'memory at the end, MB',
          `${rss.toFixed(0)} of ${rssAfterDayMB.toFixed(0)} after a day`,
          '< 1.2 ×',
          growth < 1.2,
        );
        reportStoreSize(report, world.feeds, simulation);
        reportDelays(report, world.feeds, simulation);
        const asked = sources.reduce((sum, { id }) => sum + simulation.state(id).counts.asked, 0);
        report.figure('requests in all', asked, '> 10,000', asked > 10_000);
      });
      await checkStop(report, sources);
    } finally {
      process.off('uncaughtException', onEscape).off('unhandledRejection', onEscape);
      world.stop();
    }
  },
};

/** Numbers of the items that are stored of a feed. */
function itemsOf({ id }: WeeklyFeed, { store }: Simulation): ReadonlySet<number> {
  return new Set(store.record(id)?.entries.map(({ guid = '' }) => Number(guid.split('-').at(-1))) ?? []);
}

/** Items that were stored at the last look, are gone now, and had not left their document for as long as they are kept. */
function countLost(
  feeds: readonly WeeklyFeed[],
  before: ReadonlyMap<string, ReadonlySet<number>>,
  simulation: Simulation,
): number {
  let lost = 0;
  for (const feed of feeds) {
    const now = itemsOf(feed, simulation);
    for (const item of before.get(feed.id) ?? []) {
      // It was last seen up to an interval or two before it left.
      const lastSeenMs = feed.publishedMs(item + LISTED) - 2 * feed.intervalMs;
      if (!now.has(item) && simulation.nowMs - lastSeenMs < RETENTION_DAYS * DAY_MS) lost += 1;
    }
  }
  return lost;
}

/** What is listed, and what left the list within the days that it is kept for. */
function reportStoreSize(report: Report, feeds: readonly WeeklyFeed[], simulation: Simulation): void {
  const surplus = feeds.filter((feed) => {
    const kept = (RETENTION_DAYS * DAY_MS + 2 * feed.intervalMs) / feed.periodMs;
    return itemsOf(feed, simulation).size > LISTED + Math.ceil(kept) + 1;
  });
  report.none('feeds of which more is kept than retention says', surplus.length);
}

function reportDelays(report: Report, feeds: readonly WeeklyFeed[], { store }: Simulation): void {
  const delays = feeds.flatMap((feed) =>
    (store.record(feed.id)?.entries ?? []).flatMap(({ guid = '', firstSeen }) => {
      const publishedMs = feed.publishedMs(Number(guid.split('-').at(-1)));
      // What was there at the start came late by nobody's fault.
      return publishedMs < START_MS ? [] : [(Date.parse(firstSeen) - publishedMs) / feed.intervalMs];
    }),
  );
  const sorted = delays.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? Number.NaN;
  const late = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  report.figure(`median delay of ${delays.length} new items, in intervals`, median.toFixed(2), '< 1.2', median < 1.2);
  report.figure('of 99 in 100 of them', late.toFixed(2), '< 3', late < 3);
}

async function checkStop(
  report: Report,
  sources: readonly { readonly id: string; readonly url: string }[],
): Promise<void> {
  await withFolder({ allow: ['127.0.0.0/8'], sources }, async (folder) => {
    const running = spawnViaduct(folder, ['start', '--port', '0']);
    await running.logged('serving');
    await wait(2000);
    const startedAt = performance.now();
    running.child.kill('SIGTERM');
    const { code } = await running.ended;
    const tookMs = Math.round(performance.now() - startedAt);
    report.figure('exit code after SIGTERM', code ?? 'none', '0', code === 0);
    report.figure('ms to the end after SIGTERM', tookMs, `< ${STOP_LIMIT_MS}`, tookMs < STOP_LIMIT_MS);
  });
}

/** What is left after a collection, once the threads that read documents have ended: between two, the size says how much
 *  memory the machine has. */
async function restingMB(): Promise<number> {
  await wait(THREADS_END_MS);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  // The one frees, the other gives back to the system what is free.
  collect();
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  return process.memoryUsage().rss / 1e6;
}
