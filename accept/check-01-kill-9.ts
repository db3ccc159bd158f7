import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { withServer } from '../test/helpers/http-server.ts';
import { spawnViaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { ask, BROWSER, untilItAnswers } from './ask.ts';
import { type ChangingFeeds, createChangingFeeds } from './changing-feeds.ts';
import type { Check } from './report.ts';
import { createSaid, type Said } from './said.ts';
import { type StoredItem, storedItems } from './stored-items.ts';

const LIVES = 50;
const FEEDS = 20;
/** A life ends so long after its first request to a feed, every second one after its first stored poll, at the latest. */
const LONGEST_MS = 1_500;
const ANSWER_LIMIT_MS = 5_000;
/** Every so many lives one more start is killed before it is up. */
const STILLBORN_EVERY = 5;
const feedNumbers = Array.from({ length: FEEDS }, (_, feed) => feed);

export const check: Check = {
  title: 'kill -9 at 50 random moments of polling: what was said to be stored is stored',
  async run(report) {
    const feeds = createChangingFeeds();
    await withServer(feeds.listener, async (server) => {
      const sources = feedNumbers.map((feed) => ({ id: `feed-${feed}`, url: `${server.url}/${feed}` }));
      const config = { poll: '* * * * * *', retentionDays: 0, allow: [server.host], limits: { perHost: 8 }, sources };
      await withFolder(config, async (folder) => {
        const said = createSaid(feeds);
        const visitors = createVisitors(said);
        const answeredMs: number[] = [];
        let stored: readonly StoredItem[] = [];
        let [killedWhilePolling, unreadable, lost] = [0, 0, 0];
        for (let life = 0; life < LIVES; life += 1) {
          if (life % STILLBORN_EVERY === 0) await dieYoung(folder);
          const lived = await liveAndDie(folder, life, feeds, said, (site) => visitors.read(site, stored));
          answeredMs.push(lived.answeredMs);
          if (lived.wasPolling) killedWhilePolling += 1;
          unreadable += await countUnreadable(folder);
          stored = await storedItems(folder);
          lost += said.missingIn(stored);
        }
        const [entries, views, clicks] = [said.entries(), said.counted('views'), said.counted('clicks')];
        report.figure('kills with a poll under way', killedWhilePolling, '>= 10', killedWhilePolling >= 10);
        report.figure('entries said to be stored', entries, '> 500', entries > 500);
        report.figure('views and clicks answered', `${views} and ${clicks}`, '> 50 each', views > 50 && clicks > 50);
        report.none('of all these missing after a kill', lost);
        const surplus = stored.reduce((sum, item) => sum + item.views + item.clicks, 0) - visitors.sent();
        report.figure('views and clicks counted that nobody sent', Math.max(0, surplus), '0', surplus <= 0);
        report.none('files of the store that do not parse', unreadable);
        const slowest = Math.max(...answeredMs);
        report.figure(
          'longest from start to GET / 200, ms',
          slowest,
          `< ${ANSWER_LIMIT_MS}`,
          slowest < ANSWER_LIMIT_MS,
        );
      });
    });
  },
};

async function liveAndDie(
  folder: string,
  life: number,
  feeds: ChangingFeeds,
  said: Said,
  visit: (site: string) => Promise<void>,
): Promise<{ answeredMs: number; wasPolling: boolean }> {
  const answersBefore = new Map(feedNumbers.map((feed) => [feed, feeds.answersOf(feed).length]));
  const startedMs = performance.now();
  const running = spawnViaduct(folder, ['start', '--port', '0']);
  const { port } = await running.logged('serving');
  const site = `http://127.0.0.1:${port}`;
  const answeredMs = await untilItAnswers(`${site}/`, startedMs, 6 * ANSWER_LIMIT_MS);
  const isPolled = () => feedNumbers.some((feed) => feeds.answersOf(feed).length > (answersBefore.get(feed) ?? 0));
  while (!isPolled()) await wait(5);
  const visiting = visit(site);
  if (life % 2 === 1) await running.logged('poll.updated');
  await wait(Math.random() * LONGEST_MS);
  running.child.kill('SIGKILL');
  const { stderr } = await running.ended;
  await visiting;
  // What the dead one asked last may still be on its way to the feeds.
  await wait(100);
  return { answeredMs, wasPolling: said.readLog(stderr, answersBefore) };
}

/** Kills a start before it can have said anything. */
async function dieYoung(folder: string): Promise<void> {
  const running = spawnViaduct(folder, ['start', '--port', '0', '--no-poll']);
  await wait(Math.random() * 600);
  running.child.kill('SIGKILL');
  await running.ended;
}

/** People who each open one item's page and its original, one after the other, until nobody answers any more. */
function createVisitors(said: Said): {
  read(site: string, items: readonly StoredItem[]): Promise<void>;
  sent(): number;
} {
  let people = 0;
  let sent = 0;
  const nextAddress = () => {
    people += 1;
    return `127.${1 + (people >> 16)}.${(people >> 8) & 255}.${people & 255}`;
  };

  async function read(site: string, items: readonly StoredItem[]): Promise<void> {
    try {
      for (;;) {
        const item = items[Math.floor(Math.random() * items.length)];
        if (!item) return;
        const from = nextAddress();
        const { headers } = await ask(`${site}/items/${item.id}`, { headers: BROWSER, from });
        sent += 2;
        const page = await ask(`${site}${headers.location}`, { headers: BROWSER, from });
        if (page.status === 200) said.answered(item.id, 'views');
        const way = await ask(`${site}/go/${item.id}`, { headers: BROWSER, from });
        if (way.status === 302) said.answered(item.id, 'clicks');
      }
    } catch {
      // Killed: what was not answered is not owed.
    }
  }
  return { read, sent: () => sent };
}

async function countUnreadable(folder: string): Promise<number> {
  const data = path.join(folder, 'data');
  const names = await readdir(data, { recursive: true });
  const texts = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readFile(path.join(data, name), 'utf8')),
  );
  return texts.filter((text) => !isJson(text)).length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
