import http from 'node:http';
import net from 'node:net';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import type { SafeHtml } from '../../src/model.ts';
import { type ServerLimits, serveSite } from '../../src/web/server.ts';
import { aConfig, anItem, aSource, BROWSER, type SiteUnderTest, withSite } from './site-under-test.ts';

interface Served extends SiteUnderTest {
  readonly port: number;
}

async function withServedSite(
  work: (served: Served) => Promise<void>,
  limits: Partial<ServerLimits> = {},
  config = aConfig(),
): Promise<void> {
  await withSite(
    [anItem(1), anItem(2)],
    async (under) => {
      const server = await serveSite(under.site, { host: '127.0.0.1', port: 0, limits });
      try {
        await work(Object.assign(under, { port: server.port }));
      } finally {
        await server.close();
      }
    },
    config,
  );
}

/** What comes back until the other end closes. */
function exchange(port: number, sent: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(sent));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(received));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(received) : reject(error),
    );
  });
}

/** One request of a well-behaved client on a connection of its own. */
function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: Buffer; localAddress?: string } = {},
): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...rest }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const CLOSE = 'Connection: close\r\n\r\n';
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

test('listener: a prepared feed comes as it does through the app, for GET, HEAD and 304', async () => {
  await withServedSite(async ({ port, site }) => {
    for (const headers of [
      {},
      { 'accept-encoding': 'gzip' },
      { 'accept-encoding': 'br', 'sec-fetch-dest': 'document' },
    ]) {
      for (const method of ['GET', 'HEAD']) {
        const near = await ask(port, '/feed.xml', { headers, method });
        const far = await site.app.request('/feed.xml', { headers, method });
        assert.is(near.status, far.status);
        assert.equal(near.body, Buffer.from(await far.arrayBuffer()));
        for (const [name, value] of far.headers) assert.is(near.headers[name], value, name);
      }
    }
    const { headers, body } = await ask(port, '/feed.xml', { headers: { 'accept-encoding': 'gzip' } });
    assert.match(gunzipSync(body).toString(), /Note 1/);
    const again = await ask(port, '/feed.xml', { headers: { 'if-none-match': headers.etag ?? '' } });
    assert.equal([again.status, again.body.length, again.headers.etag], [304, 0, headers.etag]);
  });
});

test('listener: one connection carries many requests, piped together', async () => {
  await withServedSite(async ({ port }) => {
    const sent = `GET /feed.xml HTTP/1.1\r\nHost: x\r\n\r\nGET /latest HTTP/1.1\r\nHost: x\r\n\r\nGET /feed.json HTTP/1.1\r\nHost: x\r\n${CLOSE}`;
    const types = [...(await exchange(port, sent)).matchAll(/content-type: ([^\r]*)/gi)].map(([, type]) => type);
    assert.equal(types, ['application/rss+xml; charset=utf-8', 'text/html; charset=utf-8', 'application/feed+json']);
  });
});

test('server: a client that asks thirty times at once gets thirty answers, in order; one that asks a thousand times is closed', async () => {
  await withServedSite(async ({ port }) => {
    const asks = (count: number, last: string) =>
      Array.from({ length: count }, (_, at) => `GET ${at % 2 ? '/feed.xml' : '/latest'} HTTP/1.1\r\nHost: x\r\n`).join(
        '\r\n',
      ) + last;
    const types = [...(await exchange(port, asks(30, CLOSE))).matchAll(/content-type: (\S*);/gi)].map(
      ([, type]) => type,
    );
    assert.equal(
      types,
      Array.from({ length: 30 }, (_, at) => (at % 2 ? 'application/rss+xml' : 'text/html')),
    );
    const answers = (await exchange(port, asks(1000, CLOSE))).match(/HTTP\/1\.1 200/g)?.length ?? 0;
    assert.ok(answers < 10, `${answers}`);
    assert.is((await ask(port, '/')).status, 200);
  });
});

test('listener: the visitor is the other end of the socket, or who a trusted proxy says', async () => {
  const trusting = aConfig({ trustProxy: ['127.0.0.2'] });
  await withServedSite(
    async ({ port, store }) => {
      const read = (fields: Record<string, string>, localAddress = '127.0.0.1') =>
        ask(port, '/items/item1/note-1', { headers: { ...BROWSER, ...fields }, localAddress });
      await read({});
      for (let n = 0; n < 20; n++) await read({ 'x-forwarded-for': `198.51.100.${n}` });
      assert.is(store.counted.length, 1);
      await read({ 'x-forwarded-for': '198.51.100.7' }, '127.0.0.2');
      await read({ 'x-forwarded-for': '203.0.113.7' }, '127.0.0.2');
      assert.is(store.counted.length, 3);
    },
    {},
    trusting,
  );
});

const broken = [
  { name: 'no HTTP', sent: 'SSH-2.0-OpenSSH_9.6\r\n\r\n', status: 400 },
  { name: 'HTTP/1.1 without Host', sent: `GET / HTTP/1.1\r\n${CLOSE}`, status: 400 },
  { name: 'a feed without Host', sent: `GET /feed.xml HTTP/1.1\r\n${CLOSE}`, status: 400 },
  { name: 'HTTP/1.0 without Host', sent: 'GET / HTTP/1.0\r\n\r\n', status: 200 },
  { name: 'a Host that is none', sent: `GET / HTTP/1.1\r\nHost: a b/<script>\r\n${CLOSE}`, status: 400 },
  { name: 'a header with a bare CR', sent: `GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: a\rb\r\n${CLOSE}`, status: 400 },
  {
    name: 'an escape in a header',
    sent: `GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: a\u001b[31m\r\n${CLOSE}`,
    status: 400,
  },
  {
    name: 'two lengths',
    sent: `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n${CLOSE}`,
    status: 400,
  },
  {
    name: 'length and chunks',
    sent: `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n${CLOSE}`,
    status: 400,
  },
  {
    name: '200 kB of headers',
    sent: `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(200_000)}\r\n${CLOSE}`,
    status: 431,
  },
  {
    name: '33 kB of Accept-Language',
    sent: `GET / HTTP/1.1\r\nHost: x\r\nAccept-Language: ${'a'.repeat(33_000)}\r\n${CLOSE}`,
    status: 431,
  },
  {
    name: '30 kB of Accept-Language',
    sent: `GET / HTTP/1.1\r\nHost: x\r\nAccept-Language: ${'a'.repeat(30_000)}\r\n${CLOSE}`,
    status: 200,
  },
  { name: 'a long address', sent: `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: 414 },
  { name: 'a NUL in the address', sent: `GET /\0 HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: 400 },
  { name: 'raw UTF-8 in the address', sent: `GET /é HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: [400, 404] },
  { name: 'an address of another site', sent: `GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: 200 },
  { name: 'dots that climb', sent: `GET /../../../etc/passwd HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: 404 },
  { name: 'two slashes', sent: `GET //evil.example/%2e%2e HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: 404 },
  { name: 'a backslash', sent: `GET /\\evil.example HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: [400, 404] },
  {
    name: 'markup in the address',
    sent: `GET /<script>VIAXSS(1)</script> HTTP/1.1\r\nHost: x\r\n${CLOSE}`,
    status: 404,
  },
  { name: 'OPTIONS *', sent: `OPTIONS * HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: [400, 405] },
  { name: 'TRACE', sent: `TRACE / HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: 405 },
  { name: 'CONNECT', sent: `CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n`, status: 405 },
  { name: 'PROPFIND', sent: `PROPFIND / HTTP/1.1\r\nHost: x\r\n${CLOSE}`, status: 405 },
  {
    name: 'an upgrade',
    sent: `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n`,
    status: 200,
  },
  { name: 'an expectation', sent: `GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n${CLOSE}`, status: 417 },
  {
    name: 'a thousand ranges',
    sent: `GET /feed.xml HTTP/1.1\r\nHost: x\r\nRange: bytes=${'0-,'.repeat(1000)}0-\r\n${CLOSE}`,
    status: 200,
  },
  {
    name: 'a range past the end',
    sent: `GET /feed.xml HTTP/1.1\r\nHost: x\r\nRange: bytes=9999999-\r\n${CLOSE}`,
    status: 200,
  },
  {
    name: 'weights that are none',
    sent: `GET / HTTP/1.1\r\nHost: x\r\nAccept: */*;q=NaN\r\nAccept-Encoding: gzip;q=99\r\n${CLOSE}`,
    status: 200,
  },
  {
    name: 'a small body',
    sent: `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\nConnection: close\r\n\r\n{"__proto__":{"x":1}`,
    status: 405,
  },
  {
    name: 'a body with GET',
    sent: `GET /feed.xml HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    status: 200,
  },
  {
    name: 'a large body announced',
    sent: `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n`,
    status: 413,
  },
  {
    name: 'a large body expected',
    sent: `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\nExpect: 100-continue\r\n\r\n`,
    status: 413,
  },
];
for (const { name, sent, status } of broken) {
  test(`server: ${name}: ${status}, with the security headers and nothing of ours`, async () => {
    await withServedSite(async ({ port, logged }) => {
      const answer = await exchange(port, sent);
      assert.ok([status].flat().includes(statusOf(answer)), answer.slice(0, 300));
      assert.match(answer, /\r\nContent-Security-Policy: default-src 'none'/i);
      assert.match(answer, /\r\nX-Content-Type-Options: nosniff/i);
      assert.not.match(answer, /VIAXSS|node_modules|\.js:\d+|root:/);
      assert.equal(
        logged.filter((line) => !line.startsWith('debug')),
        [],
      );
      assert.is((await ask(port, '/')).status, 200, 'and the next client is served');
    });
  });
}

test('server: a body that turns out too large is cut off with 413', async () => {
  await withServedSite(async ({ port }) => {
    const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
    const answer = await exchange(
      port,
      `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(40)}`,
    );
    assert.is(statusOf(answer), 413);
    assert.match(answer, /\r\nConnection: close/i);
    assert.match(answer, /Content-Security-Policy/);
  });
});

test('server: after a small body the connection goes on', async () => {
  await withServedSite(async ({ port }) => {
    const sent = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: x\r\n${CLOSE}`;
    const statuses = [...(await exchange(port, sent)).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    assert.equal(statuses, ['405', '200']);
  });
});

test('server: a client that breaks off its body leaves no error behind', async () => {
  await withServedSite(async ({ port, logged }) => {
    await new Promise<void>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc', () => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    assert.is((await ask(port, '/')).status, 200);
    assert.equal(logged, []);
  });
});

const QUICK: Partial<ServerLimits> = { headersMs: 150, requestMs: 300, checkMs: 50 };
const slow = [
  { name: 'a connection that says nothing', sent: '' },
  { name: 'a header that never ends', sent: 'GET / HTTP/1.1\r\nHost: x\r\nX-' },
  { name: 'a body that never ends', sent: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc' },
];
for (const { name, sent } of slow) {
  test(`server: ${name} is closed with 408`, async () => {
    await withServedSite(async ({ port }) => {
      const answer = await exchange(port, sent);
      assert.is(statusOf(answer), 408, answer.slice(0, 200));
      assert.match(answer, /Content-Security-Policy/);
    }, QUICK);
  });
}

test('server: who does not take the answers is disconnected', async () => {
  await withServedSite(
    async ({ port }) => {
      const socket = net.connect(port, '127.0.0.1');
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.on('error', () => undefined);
      socket.pause();
      // More than any socket buffer holds; whoever is cut off notices by writing.
      const asking = setInterval(() => socket.write('GET /feed.xml HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2000)), 20);
      await closed;
      clearInterval(asking);
      assert.is((await ask(port, '/')).status, 200);
    },
    { takeMs: 150, checkMs: 50, headersMs: 600_000, requestMs: 600_000 },
  );
});

test('server: of answers that nobody takes no more is held than maxUntaken', async () => {
  const item = anItem(1);
  const long = { ...item, body: { ...item.body, html: `<p>${'x '.repeat(500_000)}</p>` as SafeHtml } };
  const full = aConfig({ content: 'full', sources: [aSource({ content: 'full' })] });
  const work = async ({ site }: SiteUnderTest) => {
    const limits = { maxUntaken: 500_000, takeMs: 600_000, checkMs: 50, headersMs: 600_000, requestMs: 600_000 };
    const server = await serveSite(site, { host: '127.0.0.1', port: 0, limits });
    try {
      const socket = net.connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.pause();
      const closed = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
      // Whoever is cut off notices by writing.
      const asking = setInterval(() => socket.write('GET /feed.xml HTTP/1.1\r\nHost: x\r\n\r\n'), 20);
      const waited = new Promise<boolean>((resolve) => setTimeout(resolve, 20_000, false).unref());
      const isClosed = await Promise.race([closed, waited]);
      clearInterval(asking);
      socket.destroy();
      assert.ok(isClosed);
      assert.is((await ask(server.port, '/')).status, 200);
    } finally {
      await server.close();
    }
  };
  await withSite([long], work, full);
});

test('server: one connection too many closes the oldest idle one, never the newcomer', async () => {
  await withServedSite(
    async ({ port }) => {
      const idle = Array.from({ length: 60 }, () => net.connect(port, '127.0.0.1'));
      let closed = 0;
      for (const socket of idle) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          closed += 1;
        });
        socket.resume();
      }
      await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
      for (let n = 0; n < 5; n++) assert.is((await ask(port, '/')).status, 200);
      assert.ok(closed >= 40, `${closed} closed`);
      for (const socket of idle) socket.destroy();
    },
    { maxConnections: 20 },
  );
});

test('serveSite: a port that is taken is told in words that help', async () => {
  await withServedSite(async ({ port, site }) => {
    try {
      await serveSite(site, { host: '127.0.0.1', port });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, ViaductError);
      assert.is(error instanceof ViaductError && error.code, 'usage/port');
      assert.is(error instanceof ViaductError && error.message, `port ${port} is in use: PORT=${port + 1} npm start`);
    }
  });
});

test('serveSite: close lets an answer in flight end and closes idle connections', async () => {
  await withSite([anItem(1)], async ({ site, store }) => {
    const server = await serveSite(site, { host: '127.0.0.1', port: 0 });
    const idle = net.connect(server.port, '127.0.0.1');
    const idleClosed = new Promise((resolve) => idle.once('close', resolve));
    let goOn: () => void = () => undefined;
    const counting = new Promise<void>((begun) => {
      store.count = () => {
        begun();
        return new Promise((resolve) => {
          goOn = () => resolve(true);
        });
      };
    });
    const reading = ask(server.port, '/items/item1/note-1', { headers: BROWSER });
    await counting;
    const closed = server.close();
    goOn();
    assert.is((await reading).status, 200);
    await Promise.all([closed, idleClosed]);
  });
});

test.run();
