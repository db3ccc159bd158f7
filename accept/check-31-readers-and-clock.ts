import { readFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { spawnViaduct } from '../test/helpers/run-viaduct.ts';
import { ask } from './ask.ts';
import { ingest } from './ingest.ts';
import type { Check, Report } from './report.ts';

const ITEMS = 500;
const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>Notes</title><link>https://notes.example/</link>${Array.from(
  { length: ITEMS },
  (_, n) =>
    `<item><title>Note ${n}</title><link>https://notes.example/${n}</link><guid>https://notes.example/${n}</guid><pubDate>${new Date(Date.now() - n * 60_000).toUTCString()}</pubDate><description>${'Words. '.repeat(60)}</description></item>`,
).join('')}</channel></rss>`;
const CONNECTIONS = 200;
const PIPELINED = 1_300;
const SIEGE_MS = 20_000;
const SLOW_MS = 200;
const GROWTH_MB = 64;

export const check: Check = {
  title: `Readers: ${CONNECTIONS} connections that ask ${PIPELINED} times at once and read nothing`,
  async run(report) {
    const document = { id: 'notes', body: Buffer.from(FEED), contentType: 'application/rss+xml' };
    await ingest([document], {}, async ({ folder }) => {
      const daemon = spawnViaduct(folder, ['serve', '--port', '0']);
      const port = Number((await daemon.logged('serving')).port);
      for (const path of ['/feed.xml', '/latest', '/items/none', '/opml.xml']) {
        await besiege(port, Number(daemon.child.pid), path, report);
      }
      report.equal('GET / afterwards', (await ask(`http://127.0.0.1:${port}/`)).status, 200);
      const large = await ask(`http://127.0.0.1:${port}/`, { headers: { 'x-large': 'a'.repeat(33_000) } });
      report.equal('status for 33 kB of header fields', large.status, 431);
      daemon.child.kill('SIGTERM');
      report.equal('exit code of the server afterwards', (await daemon.ended).code, 0);
    });
  },
};

/** Asks for `path` on each connection as often as a piece holds, again and again, and reads nothing. */
async function besiege(port: number, pid: number, path: string, report: Report): Promise<void> {
  const piece = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(PIPELINED);
  const open = new Set<net.Socket>();
  const connect = () => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(piece));
    socket.pause();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
    open.add(socket);
  };
  await ask(`http://127.0.0.1:${port}/`);
  const before = residentMB(pid);
  let most = before;
  let failed = 0;
  const times: number[] = [];
  for (let at = 0; at < CONNECTIONS; at += 1) connect();
  // Those that the server closes come back, a few at a time.
  const again = setInterval(() => {
    for (let at = 0; at < 5 && open.size < CONNECTIONS; at += 1) connect();
  }, 250);
  try {
    const end = performance.now() + SIEGE_MS;
    while (performance.now() < end) {
      const startedAt = performance.now();
      const status = await ask(`http://127.0.0.1:${port}/`).then(
        (answer) => answer.status,
        () => 0,
      );
      times.push(performance.now() - startedAt);
      if (status !== 200) failed += 1;
      most = Math.max(most, residentMB(pid));
      await wait(20);
    }
  } finally {
    clearInterval(again);
    for (const socket of open) socket.destroy();
  }
  times.sort((a, b) => a - b);
  const p99 = Math.round(times[Math.floor(times.length * 0.99)] ?? Number.NaN);
  const longest = Math.round(times.at(-1) ?? Number.NaN);
  report.figure(
    `${path}: GET / of others, p99 of ${times.length}, ms (longest ${longest})`,
    p99,
    `< ${SLOW_MS}`,
    p99 < SLOW_MS,
  );
  report.none(`${path}: GET / of others that failed`, failed);
  report.figure(`${path}: growth, MB`, most - before, `< ${GROWTH_MB}`, most - before < GROWTH_MB);
}

function residentMB(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return Math.round((pages * 4096) / 1_000_000);
}
