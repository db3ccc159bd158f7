/** What answering a feed costs: requests per second of server CPU, beside a bare node:http server that answers the same
 *  Buffers with the fewest headers that a reader needs, and one that renders the feed on each request as most scripts do.
 *  Each server is a process of its own; the rounds are interleaved, so that a busy machine slows all alike. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { publishFeed, selectRiver } from '../src/publish/publish-feed.ts';
import { serveSite } from '../src/web/server.ts';
import { createSite, type Site } from '../src/web/site.ts';
import { createSubscribers } from '../src/web/subscribers.ts';
import { aConfig, anItem, aSource, NOW, testStore } from '../test/web/site-under-test.ts';
import { startNginx } from './nginx.ts';

const ITEMS = 100;
const ROUNDS = 11;
const CONNECTIONS = 8;
const AS_CHILD = 'serve-child';

type Kind = 'viaduct' | 'bare node:http' | 'rendering on request' | 'nginx';

interface Server {
  readonly kind: Kind;
  /** A round of it. */
  readonly requests: number;
  readonly port: number;
  readonly etag: string;
  cpuSeconds(): Promise<number>;
  stop(): void;
}

/** Prints requests per server CPU second of gzip 200, identity 200 and 304. */
export async function benchServe(): Promise<void> {
  const servers = await Promise.all([
    start('viaduct', 4000),
    start('bare node:http', 4000),
    start('rendering on request', 40),
  ]);
  try {
    const nginx = await startNginxWith(servers[0]?.port ?? 0);
    if (nginx) servers.push(nginx);
    console.log(`requests per second of the server's CPU, ${ITEMS} items, median of ${ROUNDS} interleaved rounds`);
    const gzip = 'Accept-Encoding: gzip\r\n';
    await compare('gzip 200', servers, () => gzip);
    await compare('identity 200', servers, () => '');
    await compare('304', servers, ({ etag }) => `${gzip}If-None-Match: ${etag}\r\n`);
  } finally {
    for (const server of servers) server.stop();
  }
}

async function compare(name: string, servers: readonly Server[], fields: (server: Server) => string): Promise<void> {
  const rates = new Map<Kind, number[]>(servers.map(({ kind }) => [kind, []]));
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const server of servers) {
      const rate = await measure(server, fields(server));
      if (round > 0) rates.get(server.kind)?.push(rate);
    }
  }
  const ours = rates.get('viaduct') ?? [];
  for (const [kind, measured] of rates) {
    // Of each round by itself: a machine that is busy for a while then slows both sides.
    const times = median(measured.map((rate, round) => (ours[round] ?? Number.NaN) / rate)).toFixed(2);
    const ratio = kind === 'viaduct' ? '' : `  viaduct ${times} ×`;
    console.log(`${name.padEnd(13)}${kind.padEnd(22)}${median(measured).toFixed(0).padStart(7)}${ratio}`);
  }
}

async function start(kind: Kind, requests: number): Promise<Server> {
  const child = fork(fileURLToPath(import.meta.url), [AS_CHILD, kind]);
  const [{ port, etag }] = (await once(child, 'message')) as [{ port: number; etag: string }];
  return {
    kind,
    requests,
    port,
    etag,
    stop: () => child.kill(),
    async cpuSeconds() {
      child.send('cpu');
      const [seconds] = (await once(child, 'message')) as [number];
      return seconds;
    },
  };
}

/** nginx with the feed that the server at `port` answers. */
async function startNginxWith(port: number): Promise<Server | undefined> {
  const plain = Buffer.from(await (await fetch(`http://127.0.0.1:${port}/feed.xml`)).arrayBuffer());
  const nginx = await startNginx({ plain, gzip: gzipSync(plain) });
  if (!nginx) return undefined;
  const response = await fetch(`http://127.0.0.1:${nginx.port}/feed.xml`, { headers: { 'accept-encoding': 'gzip' } });
  await response.arrayBuffer();
  return {
    kind: 'nginx',
    // Its CPU time comes in hundredths of a second.
    requests: 30_000,
    port: nginx.port,
    etag: response.headers.get('etag') ?? '',
    stop: nginx.stop,
    cpuSeconds: async () => nginx.cpuSeconds(),
  };
}

async function measure(server: Server, fields: string): Promise<number> {
  const before = await server.cpuSeconds();
  await load(
    server.port,
    `GET /feed.xml HTTP/1.1\r\nHost: bench\r\nUser-Agent: bench\r\n${fields}\r\n`,
    server.requests,
  );
  return server.requests / ((await server.cpuSeconds()) - before);
}

/** Sends the same request again and again over a few kept connections. All answers are of one length, so that counting
 *  bytes is enough to tell where one ends. */
function load(port: number, request: string, requests: number): Promise<void> {
  let left = requests;
  const connection = () =>
    new Promise<void>((resolve, reject) => {
      let head = '';
      let answerBytes = 0;
      let received = 0;
      const socket = net.connect(port, '127.0.0.1', next);
      socket.on('error', reject);
      socket.on('close', () => resolve());
      socket.on('data', (chunk) => {
        received += chunk.length;
        if (answerBytes === 0) head += chunk.toString('latin1');
        answerBytes ||= lengthOfAnswer(head);
        if (answerBytes === 0 || received < answerBytes) return;
        received -= answerBytes;
        next();
      });
      function next(): void {
        left -= 1;
        if (left >= 0) socket.write(request);
        else socket.end();
      }
    });
  return Promise.all(Array.from({ length: CONNECTIONS }, connection)).then(() => undefined);
}

function lengthOfAnswer(head: string): number {
  const end = head.indexOf('\r\n\r\n');
  if (end === -1) return 0;
  const body = head.startsWith('HTTP/1.1 304') ? 0 : Number(/^content-length: (\d+)/im.exec(head)?.[1]);
  return end + 4 + body;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const WORDS = 'The next assistant will be judged by what it remembers, and not by how large it is, argues a thread. ';

function someItems() {
  return Array.from({ length: ITEMS }, (_, n) => {
    const item = anItem(n);
    const [entry] = item.entries;
    const told = { ...entry, ...item.primary, title: `Note ${n} & what it says`, summary: `${n}: ${WORDS.repeat(3)}` };
    return { ...item, title: told.title, entries: [told], primary: told, body: told };
  });
}

function renderRss(items: ReturnType<typeof someItems>, config = aConfig()): string {
  const source = aSource();
  const list = { key: '', path: '', title: 'All', description: '', items: selectRiver(items, NOW, ITEMS) };
  return publishFeed(list, { siteUuid: 'x', config, source: () => ({ source, name: 'x' }), views: () => 3 }).rss;
}

async function runChild(kind: Kind): Promise<void> {
  const store = testStore(someItems());
  const ports = { store, config: () => aConfig(), clock: () => NOW, log: () => undefined };
  const site = createSite({
    ...ports,
    subscribers: createSubscribers({ ...ports, remembered: undefined, save: async () => undefined }),
    version: '0.0.0',
  });
  await site.prepare();
  const etag = (await site.app.request('/feed.xml', { headers: { 'accept-encoding': 'gzip' } })).headers.get('etag');
  const port =
    kind === 'viaduct' ? (await serveSite(site, { host: '127.0.0.1', port: 0 })).port : await serveOther(kind, site);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1e6);
  });
  process.send?.({ port, etag });
}

async function serveOther(kind: Kind, site: Site): Promise<number> {
  const server = createServer(kind === 'bare node:http' ? await answerBuffers(site) : answerRendered());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function answerBuffers(site: Site): Promise<RequestListener> {
  const take = async (encoding: string) => {
    const response = await site.app.request('/feed.xml', { headers: { 'accept-encoding': encoding } });
    return { bytes: Buffer.from(await response.arrayBuffer()), etag: response.headers.get('etag') ?? '' };
  };
  const [plain, gzip] = [await take('identity'), await take('gzip')];
  const type = 'application/rss+xml; charset=utf-8';
  return ({ headers }, response) => {
    if (headers['if-none-match'] === gzip.etag) {
      response.writeHead(304, { ETag: gzip.etag }).end();
    } else if (headers['accept-encoding'] === 'gzip') {
      const { bytes, etag } = gzip;
      response.writeHead(200, {
        'Content-Type': type,
        'Content-Encoding': 'gzip',
        'Content-Length': bytes.length,
        ETag: etag,
      });
      response.end(bytes);
    } else {
      const { bytes, etag } = plain;
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length, ETag: etag }).end(bytes);
    }
  };
}

function answerRendered(): RequestListener {
  const items = someItems();
  const type = 'application/rss+xml; charset=utf-8';
  return ({ headers }, response) => {
    const body = Buffer.from(renderRss(items));
    const bytes = headers['accept-encoding'] === 'gzip' ? gzipSync(body) : body;
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length }).end(bytes);
  };
}

if (process.argv[2] === AS_CHILD) await runChild(process.argv[3] as Kind);
