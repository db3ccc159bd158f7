import { copyFile, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { withServer } from '../test/helpers/http-server.ts';
import { spawnViaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { ask, BROWSER } from './ask.ts';
import { createChangingFeeds } from './changing-feeds.ts';
import { type FullDisk, smallFiles, smallTmpfs } from './full-disks.ts';
import { type LogLine, logLines } from './log-lines.ts';
import type { Check, Report } from './report.ts';
import { type StoredItem, storedItems } from './stored-items.ts';

const FEEDS = 10;
/** Long enough to see whether it is told more than once a minute. */
const FULL_MS = 100_000;
const RESUME_LIMIT_MS = 90_000;
const MINUTE_MS = 60_000;

export const check: Check = {
  title: 'disk full: nothing is lost, pages answer, polling pauses and resumes alone',
  async run(report) {
    for (const disk of [smallFiles, smallTmpfs]) await runOn(disk, report);
  },
};

async function runOn(disk: FullDisk, report: Report): Promise<void> {
  const feeds = createChangingFeeds();
  await withServer(feeds.listener, async (server) => {
    const sources = Array.from({ length: FEEDS }, (_, n) => ({ id: `feed-${n}`, url: `${server.url}/${n}` }));
    const config = { poll: '* * * * * *', retentionDays: 0, allow: [server.host], limits: { perHost: 8 }, sources };
    await withFolder(config, async (folder) => {
      const dataDir = path.join(folder, 'data');
      const through = await disk.through(dataDir);
      if (!through) return report.skip(`${disk.name}: not on this machine`);
      const running = spawnViaduct(folder, ['start', '--port', '0'], through);
      const { pid = 0 } = running.child;
      const storedNow = () => itemsOfCopy(folder, disk.seenAt(dataDir, pid), config);
      const { port } = await running.logged('serving');
      const saves = new Set<string>();
      await running.logged('poll.updated', ({ source, at }) => saves.add(`${source} ${at}`).size >= 5 * FEEDS);
      const [item] = await storedNow();
      if (!item) throw new Error('nothing was stored');

      await disk.fill(dataDir, pid);
      await running.logged('polling.paused');
      const { asked, wrong } = await readPages(`http://127.0.0.1:${port}`, item.id);
      const storedWhileFull = await storedNow();
      const freedAt = Date.now();
      await disk.free(dataDir, pid);
      const isLater = ({ at }: Record<string, unknown>) => Date.parse(String(at)) > freedAt;
      const isResumed = await Promise.race([running.logged('poll.updated', isLater), wait(2 * RESUME_LIMIT_MS)]);
      const resumedMs = isResumed ? Date.parse(String(isResumed.at)) - freedAt : Number.POSITIVE_INFINITY;
      // Long enough for some more polls.
      await wait(3_000);
      const seenAt = Date.now();
      const storedAtTheEnd = await storedNow();
      running.child.kill('SIGTERM');
      const { code, stderr } = await running.ended;

      const lines = logLines(stderr);
      const said = entriesSaid(lines, freedAt);
      const [missing, missingLater] = [
        missingIn(storedWhileFull, said),
        missingIn(storedAtTheEnd, entriesSaid(lines, seenAt)),
      ];
      const most = mostInAMinute(lines.filter(({ level }) => level === 'warn' || level === 'error'));
      report.figure(`${disk.name}: entries said to be stored when it is full`, said.length, '> 0', said.length > 0);
      report.none('of them missing while it is full', missing);
      report.figure('pages asked while it is full', asked, '> 100', asked > 100);
      report.none('of them not answered well', wrong);
      report.figure('most warnings and errors in a minute', most, '<= 1', most <= 1);
      const isSoon = resumedMs < RESUME_LIMIT_MS;
      report.figure('from free space to the next stored poll, ms', resumedMs, `< ${RESUME_LIMIT_MS}`, isSoon);
      report.none('entries said to be stored and missing afterwards', missingLater);
      report.equal('exit code after SIGTERM', code, 0);
    });
  });
}

/** What is stored at `dataDir`, read from a copy of it. */
async function itemsOfCopy(folder: string, dataDir: string, config: object): Promise<readonly StoredItem[]> {
  const copy = await mkdtemp(path.join(folder, 'copy-'));
  await mkdir(path.join(copy, 'data', 'sources'), { recursive: true });
  const files = (await readdir(path.join(dataDir, 'sources'))).filter((name) => name.endsWith('.json'));
  for (const name of ['site.json', ...files.map((file) => path.join('sources', file))]) {
    await copyFile(path.join(dataDir, name), path.join(copy, 'data', name));
  }
  await writeFile(path.join(copy, 'feeds.json'), JSON.stringify(config));
  return storedItems(copy);
}

/** Opens pages and originals for a while. */
async function readPages(site: string, itemId: string): Promise<{ asked: number; wrong: number }> {
  const endMs = performance.now() + FULL_MS;
  const paths = ['/', '/latest', '/feed.xml', '/status', `/go/${itemId}`, `/items/${itemId}`];
  let [asked, wrong] = [0, 0];
  while (performance.now() < endMs) {
    for (const path of paths) {
      const from = `127.1.0.${(asked % 250) + 1}`;
      const first = await ask(`${site}${path}`, { headers: BROWSER, from });
      const isMoved = first.status === 301;
      const { status } = isMoved ? await ask(`${site}${first.headers.location}`, { headers: BROWSER, from }) : first;
      asked += 1;
      if (status !== (path.startsWith('/go/') ? 302 : 200)) wrong += 1;
    }
    await wait(500);
  }
  return { asked, wrong };
}

/** Guids of the entries that the log reported as stored until then: each feed's are numbered from 0. */
function entriesSaid(lines: readonly LogLine[], untilMs: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const { event, at, source, added } of lines) {
    if (event !== 'poll.updated' || Date.parse(at) > untilMs) continue;
    const feed = String(source).replace('feed-', '');
    counts.set(feed, (counts.get(feed) ?? 0) + Number(added));
  }
  return [...counts].flatMap(([feed, count]) => Array.from({ length: count }, (_, n) => `${feed}-${n}`));
}

function missingIn(stored: readonly StoredItem[], said: readonly string[]): number {
  const guids = new Set(stored.flatMap((item) => item.guids));
  return said.filter((guid) => !guids.has(guid)).length;
}

function mostInAMinute(lines: readonly LogLine[]): number {
  const times = lines.map(({ at }) => Date.parse(at));
  // A timer of a minute may come a little early.
  const isWithin = (from: number) => (time: number) => time >= from && time < from + MINUTE_MS - 1_000;
  return Math.max(0, ...times.map((from) => times.filter(isWithin(from)).length));
}
