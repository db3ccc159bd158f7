import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Running, spawnViaduct, viaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { ask } from './ask.ts';
import { type HostileCase, hostileCases, hostileConfigs } from './collection/cases.ts';
import { type HostileServers, withHostileServers } from './hostile-servers.ts';
import type { Check, Report } from './report.ts';

const MANY = 10_000;
const MAX_START_MS = 10_000;
const MAX_RELOAD_MS = 2_000;
const USER_SECRET = 'user5ecret-word';
/** Sources that put what they can into a log. */
const LOUD = ['unicode-terminal', 'unicode-log-line', 'ssh-greeting', 'ssh-banner', 'ansi-escape', 'log-newline'];
const BROKEN: readonly (readonly [id: string, config: string])[] = [
  ['cut', '{"sources":['],
  ['no-source', '{"sources":[1,]}'],
  ['no-url', '{"sources":[{"url":"not a url"},{"url":"https://a.example/rss"}]}'],
  ['file-url', '{"sources":[{"url":"file:///etc/passwd"}]}'],
  ['internal-url', '{"sources":[{"url":"http://169.254.169.254/"}]}'],
  ['credentials', '{"sources":[{"url":"http://user:secret@127.0.0.1/x"}]}'],
  ['id-twice', '{"sources":[{"id":"a","url":"https://a.example/1"},{"id":"A","url":"https://a.example/2"}]}'],
  ['id-path', '{"sources":[{"id":"../../x","url":"https://a.example/rss"}]}'],
  ['unknown-key', '{"sources":["https://a.example/rss"],"sitee":{}}'],
  ['key-twice', '{"poll":"* * * * *","poll":"0 * * * *","sources":[]}'],
  ['bad-cron', '{"poll":"every hour","sources":[]}'],
  ['wrong-kind', '{"items":"many","sources":"https://a.example/rss"}'],
  ['proto', '{"__proto__":{"polluted":true},"sources":[]}'],
  ['other-scheme', '{"sources":["ftp://a.example/rss"]}'],
  ['unset-variable', `{"sources":["https://a.example/\${NOT_SET_ANYWHERE}"]}`],
  ['same-twice', '["https://a.example/rss","https://a.example/rss"]'],
];

export const check: Check = {
  title: 'feeds.json and the log: mistakes are reported and change nothing, secrets and control characters get nowhere',
  async run(report) {
    const cases = hostileCases();
    await withHostileServers(cases, async (bad) => {
      const broken = [...BROKEN, ...hostileConfigs()];
      await judgeFiles(broken, report);
      await judgeDaemon(broken, cases, bad, report);
    });
    await judgeMany(report);
  },
};

/** What `viaduct check` says of each file. */
async function judgeFiles(broken: readonly (readonly [string, string])[], report: Report): Promise<void> {
  const wrong: string[] = [];
  await withFolder([], async (folder) => {
    for (const [id, text] of broken) {
      await writeFile(path.join(folder, 'feeds.json'), text);
      const { code, stderr } = await viaduct(folder, 'check');
      const hasPlace = /feeds\.json:\d+:\d+ /.test(stderr);
      if (code !== 2 || !hasPlace || stderr.includes('secret')) wrong.push(id);
    }
  });
  report.figure(
    `broken files reported with file, line and column, exit 2 (${wrong.join(', ') || 'all'})`,
    broken.length - wrong.length,
    `${broken.length}`,
    wrong.length === 0,
  );
}

/** The same files saved under a running daemon that also polls loud publishers and is asked loudly. */
async function judgeDaemon(
  broken: readonly (readonly [string, string])[],
  cases: readonly HostileCase[],
  bad: HostileServers,
  report: Report,
): Promise<void> {
  const urlsOf = (...ids: readonly string[]) => cases.filter(({ id }) => ids.includes(id)).map(bad.urlOf);
  const [secretUrl = ''] = urlsOf('plain-atom').map((url) => url.replace('http://', `http://user:${USER_SECRET}@`));
  const good = (more: readonly string[]) =>
    JSON.stringify({
      allow: bad.allow,
      limits: { perHost: 8 },
      sources: [...urlsOf('plain-rss'), secretUrl, ...urlsOf(...LOUD), ...more],
    });
  await withFolder(JSON.parse(good([])), async (folder) => {
    const file = path.join(folder, 'feeds.json');
    const daemon = spawnViaduct(folder, ['start', '--port', '0']);
    const { port } = await daemon.logged('serving');
    await daemon.logged('pass.done');
    const get = async (at: string) => (await ask(`http://127.0.0.1:${port}${at}`)).body;
    const said: string[] = [];
    const listBefore = await get('/opml.xml');

    const unsaid: string[] = [];
    for (const [n, [id, text]] of broken.entries()) {
      await writeFile(file, text);
      await nth(daemon, 'feeds.broken', n + 1);
      if (!/Line \d+, column \d+/.test(await get('/status')) || (await get('/opml.xml')) !== listBefore)
        unsaid.push(id);
    }
    report.figure(
      `broken saves shown on /status while the last good list goes on (${unsaid.join(', ') || 'all'})`,
      broken.length - unsaid.length,
      `${broken.length}`,
      unsaid.length === 0,
    );

    const whole = good(urlsOf('plain-json'));
    const brokenBefore = await count(daemon, 'feeds.broken');
    await writeFile(file, whole.slice(0, whole.length / 2));
    await wait(200);
    await writeFile(file, whole);
    const savedAt = performance.now();
    await daemon.logged('feeds.changed', ({ message }) => String(message).startsWith('+'));
    const reloadMs = Math.round(performance.now() - savedAt);
    const acted = (await count(daemon, 'feeds.broken')) - brokenBefore;
    report.none('times that a half-written file was acted on', acted);
    report.figure('ms from save to the new list', reloadMs, `${MAX_RELOAD_MS}`, reloadMs <= MAX_RELOAD_MS);

    for (const head of LOUD_REQUESTS) said.push(await raw(Number(port), head));
    for (const at of [
      '/',
      '/latest',
      '/sources',
      '/status',
      '/status/feed.xml',
      '/metrics',
      '/opml.xml',
      '/feed.xml',
      '/atom.xml',
      '/feed.json',
      '/about',
    ]) {
      said.push(await get(at));
    }
    for (const command of [['sources'], ['sources', '--json'], ['items', '--json'], ['check'], ['doctor']]) {
      const { stdout, stderr } = await viaduct(folder, ...command);
      said.push(stdout, stderr);
    }
    daemon.child.kill('SIGTERM');
    const { stderr } = await daemon.ended;
    said.push(stderr);
    for (const name of await readdir(path.join(folder, 'data'), { recursive: true })) {
      said.push((await readFile(path.join(folder, 'data', name)).catch(() => Buffer.alloc(0))).toString('latin1'));
    }
    const bytes = said.reduce((sum, text) => sum + (text.split(USER_SECRET).length - 1) * USER_SECRET.length, 0);
    report.none('bytes of credentials in log, pages, feeds, exports and data', bytes);

    const lines = stderr.trimEnd().split('\n');
    const unfit = lines.filter((line) => /[\u0000-\u001f]/.test(line) || !isJsonObject(line));
    report.none(`log lines of ${lines.length} that are no JSON object or hold a byte below 0x20`, unfit.length);
  });
}

const LOUD_REQUESTS = [
  'GET /go/1%0d%0aSet-Cookie:%20x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /items/\u001b[31mred HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /latest HTTP/1.1\r\nHost: a\r\nUser-Agent: a\u001b[2J\u0007b\r\nConnection: close\r\n\r\n',
  'GET /%1b%5b31m%0a%0d HTTP/1.1\r\nHost: a\r\nReferer: x\ry\r\nConnection: close\r\n\r\n',
];

function raw(port: number, head: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(head));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

/** Ten thousand sources: read in how long, served after how long. Nothing is asked. */
async function judgeMany(report: Report): Promise<void> {
  const sources = Array.from({ length: MANY }, (_, n) => `https://feeds-${n % 500}.example/feed/${n}`);
  await withFolder({ sources }, async (folder) => {
    const startedAt = performance.now();
    const { code } = await viaduct(folder, 'check');
    const checkMs = Math.round(performance.now() - startedAt);
    report.figure(
      `ms to check ${MANY} sources, the start of the program included (exit ${code})`,
      checkMs,
      `${MAX_START_MS}`,
      code === 0 && checkMs < MAX_START_MS,
    );
    const serveAt = performance.now();
    const daemon = spawnViaduct(folder, ['serve', '--port', '0']);
    await daemon.logged('serving');
    const serveMs = Math.round(performance.now() - serveAt);
    report.figure(`ms until ${MANY} sources are served`, serveMs, `${MAX_START_MS}`, serveMs < MAX_START_MS);
    daemon.child.kill('SIGTERM');
    await daemon.ended;
  });
}

/** How often an event was logged by now. */
async function count({ logged }: Running, event: string): Promise<number> {
  let seen = 0;
  await Promise.race([
    logged(event, () => {
      seen += 1;
      return false;
    }),
    wait(0),
  ]);
  return seen;
}

/** Waits until an event was logged so many times. */
async function nth(daemon: Running, event: string, wanted: number): Promise<void> {
  let seen = new Set<unknown>();
  await daemon.logged(event, (fields) => {
    seen = seen.add(fields);
    return seen.size >= wanted;
  });
}

function isJsonObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
