import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { spawnViaduct } from '../test/helpers/run-viaduct.ts';
import { ask, BROWSER } from './ask.ts';
import { inboundRequests } from './inbound-requests.ts';
import { ingest } from './ingest.ts';
import { type RawAnswer, sendRaw } from './raw-request.ts';
import type { Check, Report } from './report.ts';
import { storedItems } from './stored-items.ts';

const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>Notes</title><link>https://notes.example/</link>${Array.from(
  { length: 10 },
  (_, n) =>
    `<item><title>Note ${n}</title><link>https://notes.example/${n}</link><guid>https://notes.example/${n}</guid><description>${'Words. '.repeat(50)}</description></item>`,
).join('')}</channel></rss>`;
const LORIS = 500;
const IDLE = 5_000;
const SIEGE_MS = 60_000;
const LORIS_BYTE_MS = 5_000;
const ASK_EVERY_MS = 100;
const SLOW_MS = 1_000;

export const check: Check = {
  title: 'Own server under attack: hostile requests, 500 slow-loris and 5,000 idle connections',
  async run(report) {
    const document = { id: 'notes', body: Buffer.from(FEED), contentType: 'application/rss+xml' };
    await ingest([document], {}, async ({ folder, items }) => {
      const [item] = items;
      if (item === undefined) throw new Error('nothing was stored');
      const daemon = spawnViaduct(folder, ['serve', '--port', '0']);
      const port = Number((await daemon.logged('serving')).port);
      await judgeRequests(port, item.id, report);
      await judgeCounting(folder, port, item, report);
      await besiege(port, report);
      daemon.child.kill('SIGTERM');
      const { code, stderr } = await daemon.ended;
      report.equal('exit code of the server afterwards', code, 0);
      const raw = stderr.split('\n').filter((line) => line !== '' && !isOneObject(line));
      report.none('log lines that are not one JSON object without control characters', raw.length);
      report.figure(
        'errors in the log',
        stderr.match(/web\.failed/g)?.length ?? 0,
        '0',
        !stderr.includes('web.failed'),
      );
    });
  },
};

async function judgeRequests(port: number, item: string, report: Report): Promise<void> {
  const requests = inboundRequests(item);
  const faults: string[] = [];
  let withoutHeaders = 0;
  for (const { name, bytes, good } of requests) {
    const answer = await sendRaw(port, Buffer.from(bytes, 'latin1'));
    const words = bytes.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '.');
    if (!good.includes(answer.status)) faults.push(`${name}: ${answer.status} for ${words}`);
    faults.push(...leaksIn(answer).map((leak) => `${name}: ${leak} for ${words}`));
    if (answer.status !== 0 && !hasSecurityHeaders(answer)) withoutHeaders += 1;
  }
  const kinds = new Set(requests.map(({ name }) => name)).size;
  report.none(`requests of ${kinds} kinds answered as they should not be, of ${requests.length}`, faults);
  report.none('answers without the CSP or nosniff', withoutHeaders);
  const paths = [
    '/',
    '/feed.xml',
    '/feed.json',
    '/opml.xml',
    '/feed.css',
    '/favicon.svg',
    '/healthz',
    `/items/${item}`,
    '/nowhere',
    `/go/${item}`,
  ];
  const bare: string[] = [];
  for (const path of paths) {
    const first = await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const tag = first.headers.get('etag') ?? '"none"';
    const second = await sendRaw(
      port,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: ${tag}\r\nConnection: close\r\n\r\n`,
    );
    if (![first, second].every(hasSecurityHeaders)) bare.push(path);
  }
  report.none('ordinary answers and their 304 without them', bare);
}

/** What an answer must never have. */
function leaksIn({ status, headers, text }: RawAnswer): readonly string[] {
  const location = headers.get('location');
  const leads = location !== undefined && !/^\/(?![/\\])/.test(location);
  return [
    ...(status >= 500 ? [`status ${status}`] : []),
    ...(/\bat (?:async )?\S+ \(|node:internal|\/dist\/src\/|Error:/.test(text) ? ['stack trace'] : []),
    ...(text.includes('<script>VIAXSS') ? ['reflected script'] : []),
    ...(/root:x:0|"sources"\s*:|"devDependencies"/.test(text) ? ['a file'] : []),
    ...(headers.has('set-cookie') ? ['a cookie'] : []),
    ...(leads ? [`location ${location}`] : []),
  ];
}

function hasSecurityHeaders({ headers }: RawAnswer): boolean {
  const policy = headers.get('content-security-policy') ?? '';
  return policy.startsWith("default-src 'none'") && headers.get('x-content-type-options') === 'nosniff';
}

/** Robots, prefetches, HEAD and forged addresses count nothing; one person counts once. */
async function judgeCounting(
  folder: string,
  port: number,
  item: { readonly id: string },
  report: Report,
): Promise<void> {
  const url = `http://127.0.0.1:${port}/go/${item.id}`;
  const robot = {
    ...BROWSER,
    'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  };
  await ask(url, { headers: robot });
  await ask(url, { method: 'HEAD', headers: BROWSER });
  await ask(url, { headers: { ...BROWSER, purpose: 'prefetch' } });
  await ask(url, { headers: { ...BROWSER, 'sec-purpose': 'prefetch' } });
  for (let n = 0; n < 1000; n += 1) {
    const forged = `203.0.${n >> 8}.${n & 255}`;
    await ask(url, { headers: { ...BROWSER, 'x-forwarded-for': forged } });
  }
  const counted = (await storedItems(folder)).find(({ id }) => id === item.id)?.clicks;
  report.figure(
    'clicks counted of robots, prefetches, HEAD and one person under 1,000 forged addresses',
    counted ?? 'none',
    '1',
    counted === 1,
  );
}

/** A minute with connections that send a byte now and then, or nothing at all. */
async function besiege(port: number, report: Report): Promise<void> {
  const loris = new Set<net.Socket>();
  const idle = new Set<net.Socket>();
  const open = (among: Set<net.Socket>, greeting: string) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(greeting));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => among.delete(socket));
    socket.resume();
    among.add(socket);
  };
  // Those that the server closes come back.
  const fill = async () => {
    while (loris.size < LORIS) open(loris, 'GET / HTTP/1.1\r\nHost: l');
    while (idle.size < IDLE) {
      open(idle, '');
      if (idle.size % 250 === 0) await wait(10);
    }
  };
  const drip = setInterval(() => {
    for (const socket of loris) if (socket.writable) socket.write('a');
    void fill();
  }, LORIS_BYTE_MS);
  try {
    await fill();
    const times: number[] = [];
    let failed = 0;
    let most = 0;
    const end = performance.now() + SIEGE_MS;
    while (performance.now() < end) {
      const startedAt = performance.now();
      const status = await ask(`http://127.0.0.1:${port}/`).then(
        (answer) => answer.status,
        () => 0,
      );
      times.push(performance.now() - startedAt);
      if (status !== 200) failed += 1;
      most = Math.max(most, loris.size + idle.size);
      await wait(ASK_EVERY_MS);
    }
    const p99 = Math.round([...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN);
    report.figure('hostile connections open at once', most, `>= ${LORIS + IDLE}`, most >= LORIS + IDLE);
    report.figure(`GET / meanwhile, p99 of ${times.length}, ms`, p99, `< ${SLOW_MS}`, p99 < SLOW_MS);
    report.none('GET / that failed meanwhile', failed);
  } finally {
    clearInterval(drip);
    for (const socket of [...loris, ...idle]) socket.destroy();
  }
}

function isOneObject(line: string): boolean {
  if ([...line].some((character) => character < ' ')) return false;
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}
