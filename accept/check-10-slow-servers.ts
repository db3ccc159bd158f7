import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Running, spawnViaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { RSS_TYPE, rssOf } from './feed-text.ts';
import { logLines } from './log-lines.ts';
import type { Check } from './report.ts';

const FEEDS = 50;
const INTERVAL_SECONDS = 15;
const RUNS_SECONDS = 120;
const LONGEST_FETCH_MS = 35_000;
/** Each at an address of its own, which is a host of its own. */
const SLOW_WAYS = ['hangs', 'headers by drops', 'body by drops'] as const;

interface Asked {
  readonly path: string;
  readonly atMs: number;
  lastedMs?: number;
}

export const check: Check = {
  title: 'fifty servers that hang hold up none of fifty that answer',
  async run(report) {
    const asked: Asked[] = [];
    const server = http.createServer({ requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
      const path = request.url ?? '';
      const one: Asked = { path, atMs: performance.now() };
      asked.push(one);
      request.socket.on('error', () => {});
      response.on('close', () => {
        one.lastedMs = performance.now() - one.atMs;
      });
      answer(path, request.socket, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as { port: number };
    const at = (network: number, n: number) => `http://127.0.${network}.${n + 1}:${port}`;
    const healthy = Array.from({ length: FEEDS }, (_, n) => ({ id: `healthy-${n}`, url: `${at(1, n)}/healthy-${n}` }));
    const slow = Array.from({ length: FEEDS }, (_, n) => ({ id: `slow-${n}`, url: `${at(2, n)}/slow-${n}` }));
    const slowButWell = { id: 'slow-but-well', url: `${at(3, 0)}/slow-but-well` };
    const config = {
      poll: `*/${INTERVAL_SECONDS} * * * * *`,
      allow: ['127.0.0.0/8'],
      // The slow ones first: whoever waits in line waits behind them.
      sources: [...slow, slowButWell, ...healthy],
    };
    try {
      await withFolder(config, async (folder) => {
        const running = spawnViaduct(folder, ['start', '--port', '0']);
        await running.logged('serving');
        await wait(RUNS_SECONDS * 1000);
        const stderr = await stop(running);
        const gaps = healthy.map(({ url }) => longestGap(asked, new URL(url).pathname));
        const limit = 1.5 * INTERVAL_SECONDS;
        const longest = Math.max(...gaps) / 1000;
        report.figure(
          'longest time between two polls of a healthy feed, s',
          longest.toFixed(1),
          `<= ${limit}`,
          longest <= limit,
        );
        const stored = new Set(
          logLines(stderr).flatMap(({ event, source }) => (event === 'poll.updated' ? String(source) : [])),
        );
        const well = healthy.filter(({ id }) => stored.has(id)).length;
        report.equal('healthy feeds stored', well, FEEDS);
        report.figure(
          'a feed that takes 5 s is stored',
          String(stored.has(slowButWell.id)),
          'true',
          stored.has(slowButWell.id),
        );
        const lasted = Math.max(...asked.map(({ lastedMs = Number.POSITIVE_INFINITY }) => lastedMs)) / 1000;
        report.figure(
          'longest fetch, s',
          lasted.toFixed(1),
          `< ${LONGEST_FETCH_MS / 1000}`,
          lasted * 1000 < LONGEST_FETCH_MS,
        );
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
};

function answer(path: string, socket: http.IncomingMessage['socket'], response: http.ServerResponse): void {
  const text = rssOf([1, 2, 3]);
  const [, kind, number] = /^\/(.*?)-?(\d*)$/.exec(path) ?? [];
  if (kind === 'healthy') {
    response.writeHead(200, { 'content-type': RSS_TYPE, etag: '"1"' }).end(text);
  } else if (kind === 'slow-but-well') {
    response.writeHead(200, { 'content-type': RSS_TYPE, 'content-length': Buffer.byteLength(text) });
    drip(response, (n) => response.write(text.slice(n * 20, n * 20 + 20)), 5000 / (text.length / 20));
  } else if (SLOW_WAYS[Number(number) % SLOW_WAYS.length] === 'headers by drops') {
    socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
    drip(response, () => socket.write('a'), 1000);
  } else if (SLOW_WAYS[Number(number) % SLOW_WAYS.length] === 'body by drops') {
    response.writeHead(200, { 'content-type': RSS_TYPE });
    drip(response, () => response.write(' '), 1000);
  }
}

function drip(response: http.ServerResponse, write: (n: number) => void, everyMs: number): void {
  let n = 0;
  const timer = setInterval(() => {
    write(n);
    n += 1;
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}

function longestGap(asked: readonly Asked[], path: string): number {
  const times = asked.filter((one) => one.path === path).map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
  // One that was hardly asked at all has no gaps to speak of.
  return times.length < RUNS_SECONDS / INTERVAL_SECONDS / 2 ? Number.POSITIVE_INFINITY : Math.max(...gaps);
}

async function stop({ child, ended }: Running): Promise<string> {
  child.kill('SIGTERM');
  return (await ended).stderr;
}
