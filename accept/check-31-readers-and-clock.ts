import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spawnViaduct, withFolder } from '../test/helpers/run-viaduct.ts';
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
  title: `Readers and clock: ${CONNECTIONS} connections that ask ${PIPELINED} times at once and read nothing; a clock that is set`,
  async run(report) {
    const document = { id: 'notes', body: Buffer.from(FEED), contentType: 'application/rss+xml' };
    await ingest([document], {}, async ({ folder }) => {
      const daemon = spawnViaduct(folder, ['serve', '--port', '0']);
      const port = Number((await daemon.logged('serving')).port);
      for (const place of ['/feed.xml', '/latest', '/items/none', '/opml.xml']) {
        await besiege(port, Number(daemon.child.pid), place, report);
      }
      report.equal('GET / afterwards', (await ask(`http://127.0.0.1:${port}/`)).status, 200);
      const large = await ask(`http://127.0.0.1:${port}/`, { headers: { 'x-large': 'a'.repeat(33_000) } });
      report.equal('status for 33 kB of header fields', large.status, 431);
      daemon.child.kill('SIGTERM');
      report.equal('exit code of the server afterwards', (await daemon.ended).code, 0);
    });
    await setClock(report);
  },
};

const JUMPS_MS = {
  '1 h': 3_600_000,
  '-1 day': -86_400_000,
  '40 years': 40 * 365 * 86_400_000,
  '-40 years': -40 * 365 * 86_400_000,
};
const WITHIN_MS = 62_000;
const STALL_MS = 1_000;

/** A daemon that asks its source every minute, while its clock is set. */
async function setClock(report: Report): Promise<void> {
  let asked = 0;
  const publisher = createServer((_, response) => {
    asked += 1;
    response.end(FEED);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => publisher.once('listening', resolve));
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-clock-'));
  const shift = path.join(folder, 'shift');
  const config = {
    poll: '* * * * *',
    allow: ['127.0.0.1'],
    sources: [`http://127.0.0.1:${(publisher.address() as AddressInfo).port}/feed`],
  };
  try {
    await writeFile(shift, '0');
    await withFolder(config, async (place) => {
      const preload = fileURLToPath(new URL('./clock-shift.js', import.meta.url));
      const through = ['env', `CLOCK_SHIFT=${shift}`, `NODE_OPTIONS=--import=${preload}`];
      const daemon = spawnViaduct(place, ['start', '--port', '0'], through);
      const port = Number((await daemon.logged('serving')).port);
      await daemon.logged('pass.done');
      const items = await itemsIn(port);
      let shiftMs = 0;
      for (const [name, jumpMs] of Object.entries(JUMPS_MS)) {
        shiftMs += jumpMs;
        await writeFile(shift, String(shiftMs));
        const [before, startedAt] = [asked, performance.now()];
        let longest = 0;
        while (asked < before + 2 && performance.now() - startedAt < 2 * WITHIN_MS) {
          const at = performance.now();
          await ask(`http://127.0.0.1:${port}/healthz`);
          longest = Math.max(longest, performance.now() - at);
          await wait(100);
        }
        const seconds = Math.round((performance.now() - startedAt) / 1000);
        report.figure(
          `clock set by ${name}: s until it was asked at once and a minute later`,
          seconds,
          '< 75',
          seconds < 75,
        );
        report.figure('longest answer meanwhile, ms', Math.round(longest), `< ${STALL_MS}`, longest < STALL_MS);
      }
      report.equal('items in the feed afterwards', await itemsIn(port), items);
      daemon.child.kill('SIGTERM');
      report.equal('exit code afterwards', (await daemon.ended).code, 0);
    });
  } finally {
    publisher.closeAllConnections();
    publisher.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function itemsIn(port: number): Promise<number> {
  const feed = await ask(`http://127.0.0.1:${port}/feed.json`);
  return (JSON.parse(feed.body) as { items: unknown[] }).items.length;
}

/** Asks for `place` on each connection as often as a piece holds, again and again, and reads nothing. */
async function besiege(port: number, pid: number, place: string, report: Report): Promise<void> {
  const piece = `GET ${place} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(PIPELINED);
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
    `${place}: GET / of others, p99 of ${times.length}, ms (longest ${longest})`,
    p99,
    `< ${SLOW_MS}`,
    p99 < SLOW_MS,
  );
  report.none(`${place}: GET / of others that failed`, failed);
  report.figure(`${place}: growth, MB`, most - before, `< ${GROWTH_MB}`, most - before < GROWTH_MB);
}

function residentMB(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return Math.round((pages * 4096) / 1_000_000);
}
