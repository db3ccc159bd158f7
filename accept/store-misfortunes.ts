import { chmod, chown, lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { createItemIndex } from '../src/items/item-index.ts';
import { openStore } from '../src/store/json-store.ts';
import { withServer } from '../test/helpers/http-server.ts';
import { spawnViaduct, viaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { anEntry, aPlan, aRecord, aSource, withDataDir } from '../test/store/stored-values.ts';
import { ask } from './ask.ts';
import { createChangingFeeds } from './changing-feeds.ts';
import { logLines } from './log-lines.ts';
import type { Report } from './report.ts';
import { storedItems } from './stored-items.ts';

const NOBODY = 65_534;
const STOPS = 10;
const STOP_LIMIT_MS = 5_000;
const DAY_MS = 24 * 3_600_000;

/** A folder whose one source, polled every second, always has something new. */
async function withPolled(work: (folder: string, data: string) => Promise<void>): Promise<void> {
  await withServer(createChangingFeeds().listener, async (server) => {
    const config = { poll: '* * * * * *', allow: [server.host], sources: [{ id: 'one', url: `${server.url}/0` }] };
    await withFolder(config, async (folder) => work(folder, path.join(folder, 'data')));
  });
}

/** Temp files that a crash left are cleared away. */
export async function judgeLeftovers(report: Report): Promise<void> {
  await withPolled(async (folder, data) => {
    await viaduct(folder, 'poll');
    const before = (await storedItems(folder)).length;
    for (const name of ['sources/one.json.tmp', 'state.json.tmp', 'sources/gone.json.tmp']) {
      await writeFile(path.join(data, name), '{"version":1,');
    }
    await viaduct(folder, 'poll', '--force');
    const left = (await readdir(data, { recursive: true })).filter((name) => name.endsWith('.tmp'));
    const stored = (await storedItems(folder)).length;
    report.none('temp files left after a start', left.length);
    report.figure('items beside them', `${before}, then ${stored}`, 'more', stored > before);
  });
}

/** Files that are symbolic links stay links, and what they lead to is written. */
export async function judgeLinks(report: Report): Promise<void> {
  await withPolled(async (folder, data) => {
    await viaduct(folder, 'poll');
    await mkdir(path.join(folder, 'elsewhere'));
    const names = ['sources/one.json', 'state.json', 'site.json'];
    const targetOf = (name: string) => path.join(folder, 'elsewhere', path.basename(name));
    for (const name of names) {
      await rename(path.join(data, name), targetOf(name));
      await symlink(targetOf(name), path.join(data, name));
    }
    const before = await readFile(targetOf('sources/one.json'), 'utf8');
    await viaduct(folder, 'poll', '--force');
    const after = await readFile(targetOf('sources/one.json'), 'utf8');
    const links = await Promise.all(names.map(async (name) => (await lstat(path.join(data, name))).isSymbolicLink()));
    const kept = links.filter(Boolean).length;
    report.equal('symbolic links that are still links', kept, names.length);
    report.figure('what they lead to was written', `${after !== before}`, 'true', after !== before);
  });
}

/** data/ becomes read-only under a running daemon, and writable again. */
export async function judgeReadOnly(report: Report): Promise<void> {
  // Root may write anywhere: then somebody else runs it.
  const isRoot = process.getuid?.() === 0;
  const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  await withPolled(async (folder, data) => {
    if (isRoot) await chown(folder, NOBODY, NOBODY);
    const running = spawnViaduct(folder, ['start', '--port', '0'], isRoot ? asNobody : []);
    const { port } = await running.logged('serving');
    await running.logged('poll.updated');
    const folders = [data, path.join(data, 'sources')];
    for (const one of folders) await chmod(one, 0o555);
    await running.logged('polling.paused');
    const pages = await Promise.all(
      ['/', '/latest', '/feed.xml', '/status'].map((page) => ask(`http://127.0.0.1:${port}${page}`)),
    );
    const wrong = pages.filter(({ status }) => status !== 200).length;
    for (const one of folders) await chmod(one, 0o755);
    const resumed = await Promise.race([running.logged('polling.resumed'), wait(90_000)]);
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    const message = logLines(stderr).find(({ event }) => event === 'store.failed')?.message ?? 'none';
    report.none('read-only: pages not answered with 200', wrong);
    report.figure('read-only: what is told', `${message}`, 'names the place', `${message}`.includes(data));
    report.figure('read-only: polling resumes alone', `${resumed !== undefined}`, 'within 90 s', resumed !== undefined);
    report.equal('read-only: exit code after SIGTERM', code, 0);
  });
}

/** SIGTERM at random moments of polling. */
export async function judgeStops(report: Report): Promise<void> {
  await withPolled(async (folder) => {
    let [slowestMs, said, wrongCodes] = [0, 0, 0];
    for (let n = 0; n < STOPS; n += 1) {
      const running = spawnViaduct(folder, ['start', '--no-serve']);
      await running.logged('poll.updated');
      await wait(Math.random() * 1_500);
      const startedMs = performance.now();
      running.child.kill('SIGTERM');
      const { code, stderr } = await running.ended;
      slowestMs = Math.max(slowestMs, Math.round(performance.now() - startedMs));
      if (code !== 0) wrongCodes += 1;
      for (const { event, added } of logLines(stderr)) if (event === 'poll.updated') said += Number(added);
    }
    const stored = (await storedItems(folder)).length;
    report.none(`SIGTERM ${STOPS} times: ends that were not exit 0`, wrongCodes);
    report.figure('longest end, ms', slowestMs, `< ${STOP_LIMIT_MS}`, slowestMs < STOP_LIMIT_MS);
    report.figure('items stored', stored, `${said}, as said`, stored === said);
  });
}

/** The clock jumps a year ahead, and a year back. */
export async function judgeClockJumps(report: Report): Promise<void> {
  await withPolled(async (folder) => {
    const start = Date.now();
    const pollAt = (ms: number) => viaduct(folder, 'poll', '--now', new Date(ms).toISOString());
    const counts: number[] = [];
    const asked: number[] = [];
    const jumps = [0, 365 * DAY_MS, DAY_MS, -365 * DAY_MS, 2 * DAY_MS];
    for (const jump of jumps) {
      const { stdout } = await pollAt(start + jump);
      asked.push(Number(/^(\d+) asked/m.exec(stdout)?.[1] ?? 0));
      counts.push((await storedItems(folder)).length);
    }
    const isGrowing = counts.every((count, at) => at === 0 || count >= (counts[at - 1] ?? 0));
    report.figure('items after jumps of a year ahead and back', counts.join(', '), 'never fewer', isGrowing);
    const unasked = asked.filter((count) => count !== 1).length;
    report.none('polls that did not ask after a jump', unasked);
  });
}

const BIG = { sources: 400, entries: 250, saves: 40 };

/** 100,000 entries, and polls that bring one more each. */
export async function judgeBigStore(report: Report): Promise<void> {
  await withDataDir(async (dataDir) => {
    const ports = { createItemIndex, clock: () => new Date().toISOString(), log: () => {} };
    const store = await openStore({ dataDir, mode: 'write', ...ports });
    try {
      const ids = Array.from({ length: BIG.sources }, (_, n) => `s-${n}`);
      await store.follow(ids.map(aSource));
      const entriesOf = (id: string, count: number) => Array.from({ length: count }, (_, n) => bigEntry(id, n));
      const save = (id: string, count: number) =>
        store.commit({ ...aPlan(id, []), record: aRecord(id, entriesOf(id, count)) });
      for (const id of ids) await save(id, BIG.entries);
      const delay = monitorEventLoopDelay({ resolution: 5 });
      await wait(200);
      delay.enable();
      for (const id of ids.slice(0, BIG.saves)) await save(id, BIG.entries + 1);
      await wait(1_500);
      delay.disable();
      const longest = Math.round(delay.max / 1e6);
      report.figure('items in a big store', store.items.size, '> 100000', store.items.size > 100_000);
      report.figure('longest hold of the event loop while it saves, ms', longest, '< 200', longest < 200);
    } finally {
      await store.close();
    }
  });
}

function bigEntry(source: string, n: number) {
  const link = `https://${source}.example/${n}`;
  return anEntry(source, `${n}`, {
    guids: [`${source}-${n}`],
    linkKeys: [link],
    link,
    title: `Story ${n} that ${source} tells`,
    summary: `What story ${n} says. `.repeat(10),
  });
}
