import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FetchError } from '../../src/fetch/fetcher.ts';
import { withServer } from '../helpers/http-server.ts';
import { aRequest, failureIn, GOOD, withFetcher } from './fetch-builders.ts';

const allow = ['127.0.0.0/8'];

/** A server whose paths redirect as the table says; all others answer with a feed. */
const redirecting =
  (table: Readonly<Record<string, readonly [status: number, location?: string]>>) =>
  (request: IncomingMessage, response: ServerResponse) => {
    const [status, location] = table[request.url ?? ''] ?? [200];
    if (status === 200) response.setHeader('etag', '"end"').end(GOOD);
    else
      response
        .writeHead(
          status,
          location === undefined ? {} : { location: location.replace('PORT', `${request.socket.localPort}`) },
        )
        .end('moved');
  };

test('followRedirect: every hop is told, with its permanence', async () => {
  const handler = redirecting({
    '/a': [301, '/b'],
    '/b': [308, 'c?x=1#frag'],
    '/c?x=1': [302, '//127.0.0.1:PORT/d'],
    '/d': [307, '../e'],
    '/e': [303, '/f'],
  });
  await withServer(handler, async ({ url }) => {
    const fetched = await withFetcher(allow, (fetch) => fetch(aRequest(`${url}/a`)));
    assert.equal(fetched.hops, [
      { from: `${url}/a`, to: `${url}/b`, permanent: true },
      { from: `${url}/b`, to: `${url}/c?x=1`, permanent: true },
      { from: `${url}/c?x=1`, to: `${url}/d`, permanent: false },
      { from: `${url}/d`, to: `${url}/e`, permanent: false },
      { from: `${url}/e`, to: `${url}/f`, permanent: false },
    ]);
    assert.is(fetched.kind === 'fetched' && fetched.url, `${url}/f`);
  });
});

const refusals = [
  { name: 'in a circle', table: { '/': [302, '/x'], '/x': [302, '/'] }, code: 'fetch/redirect-loop', requests: 2 },
  { name: 'to itself', table: { '/': [302, '/'] }, code: 'fetch/redirect-loop', requests: 1 },
  { name: 'to itself but for the fragment', table: { '/': [302, '/#x'] }, code: 'fetch/redirect-loop', requests: 1 },
  {
    name: 'six times',
    table: {
      '/': [302, '/1'],
      '/1': [302, '/2'],
      '/2': [302, '/3'],
      '/3': [302, '/4'],
      '/4': [302, '/5'],
      '/5': [302, '/6'],
    },
    code: 'fetch/too-many-redirects',
    requests: 6,
  },
  { name: 'without a Location', table: { '/': [301] }, code: 'fetch/redirect-refused', requests: 1 },
  { name: 'to an empty Location', table: { '/': [301, ''] }, code: 'fetch/redirect-refused', requests: 1 },
  { name: 'to no address', table: { '/': [301, 'http://'] }, code: 'fetch/redirect-refused', requests: 1 },
  { name: 'to file:', table: { '/': [302, 'file:///etc/passwd'] }, code: 'fetch/redirect-refused', requests: 1 },
  { name: 'to ftp:', table: { '/': [302, 'ftp://127.0.0.1/x'] }, code: 'fetch/redirect-refused', requests: 1 },
  { name: 'to data:', table: { '/': [302, 'data:text/xml,<rss/>'] }, code: 'fetch/redirect-refused', requests: 1 },
  { name: 'to javascript:', table: { '/': [302, 'javascript:alert(1)'] }, code: 'fetch/redirect-refused', requests: 1 },
] as const;

for (const { name, table, code, requests } of refusals) {
  test(`followRedirect: ${name} is refused`, async () => {
    await withServer(redirecting(table as never), async (server) => {
      const error = await withFetcher(allow, (fetch) => failureIn(fetch(aRequest(`${server.url}/`))));
      assert.is(error.code, code);
      assert.is(server.requests.length, requests);
    });
  });
}

test('createHttpFetcher: what comes before a hop takes none of the server’s time, may refuse it, and ends with the caller', async () => {
  const handler = redirecting({ '/a': [302, '/b'], '/b': [302, '/c'] });
  await withServer(handler, async ({ url, requests }) => {
    const seen: string[] = [];
    await withFetcher(allow, async (fetch) => {
      const waits = async (hop: string) => {
        seen.push(hop);
        await new Promise((resolve) => setTimeout(resolve, 1100));
      };
      const fetched = await fetch({ ...aRequest(`${url}/a`), timeoutSeconds: 2, beforeHop: waits });
      assert.is(fetched.kind, 'fetched');
      assert.equal(seen, [`${url}/b`, `${url}/c`]);
    });
    const retryAt = '2026-03-04T13:00:00.000Z';
    const refuses = async () => {
      throw new FetchError('fetch/host-waits', 'Not now.', { retryAt });
    };
    const refused = await failureIn(
      withFetcher(allow, (fetch) => fetch({ ...aRequest(`${url}/a`), beforeHop: refuses })),
    );
    assert.equal([refused.code, refused.retryAt, refused.hops.length], ['fetch/host-waits', retryAt, 1]);
    const stop = new AbortController();
    const never = () => {
      stop.abort();
      return new Promise<void>(() => undefined);
    };
    const ended = await failureIn(
      withFetcher(allow, (fetch) => fetch({ ...aRequest(`${url}/a`), beforeHop: never, signal: stop.signal })),
    );
    assert.is(ended.code, 'fetch/aborted');
    assert.equal(
      requests.map((request) => request.url),
      ['/a', '/b', '/c', '/a', '/a'],
    );
  });
});

test('followRedirect: nothing of one host goes to another: no password, no validators', async () => {
  await withServer(redirecting({}), async (other) => {
    const targets = [other.url, other.url.replace('//', '//them:theirs@')];
    for (const target of targets) {
      await withServer(redirecting({ '/': [301, target] }), async (server) => {
        const url = `${server.url.replace('//', '//me:mine@')}/`;
        const fetched = await withFetcher(allow, (fetch) => fetch(aRequest(url, { etag: '"1"', lastModified: 'x' })));
        assert.is(server.requests[0]?.headers.authorization, `Basic ${Buffer.from('me:mine').toString('base64')}`);
        assert.is(server.requests[0]?.headers['if-none-match'], '"1"');
        assert.equal(Object.keys(other.requests.at(-1)?.headers ?? {}).sort(), [
          'accept',
          'accept-encoding',
          'connection',
          'host',
          'user-agent',
        ]);
        assert.not.match(JSON.stringify([fetched.hops, fetched.kind === 'fetched' && fetched.url]), /@|mine|theirs/);
      });
    }
  });
});

test('followRedirect: validators of the host at the end go there, and only there', async () => {
  await withServer(
    (request, response) =>
      request.headers['if-none-match'] === '"end"' ? response.writeHead(304).end() : response.end(GOOD),
    async (end) => {
      await withServer(redirecting({ '/': [302, end.url] }), async (start) => {
        const request = aRequest(`${start.url}/`, { etag: '"end"', validatorsFrom: new URL(end.url).host });
        const fetched = await withFetcher(allow, (fetch) => fetch(request));
        assert.is(fetched.kind, 'not-modified');
        assert.is(start.requests[0]?.headers['if-none-match'], undefined);
      });
    },
  );
});

test('followRedirect: https goes on to http only without a password', async () => {
  await withServer(redirecting({}), async (plain) => {
    await withServer(
      redirecting({ '/': [301, plain.url] }),
      async (secure) => {
        await withFetcher(allow, async (fetch) => {
          const withPassword = `${secure.url.replace('//', '//me:mine@')}/`;
          const error = await failureIn(fetch(aRequest(withPassword, { insecureTls: true })));
          assert.is(error.code, 'fetch/redirect-refused');
          assert.is(plain.requests.length, 0);
          assert.is((await fetch(aRequest(`${secure.url}/`, { insecureTls: true }))).kind, 'fetched');
        });
      },
      { tls: true },
    );
  });
});

test('followRedirect: a Location in UTF-8 is read as such, one in latin-1 too', async () => {
  await withServer(
    (request, response) => {
      const charset = request.url === '/utf8' ? 'utf8' : 'latin1';
      const redirect = 'HTTP/1.1 302 Found\r\nLocation: /é\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
      if (request.url !== '/%C3%A9') response.socket?.end(Buffer.from(redirect, charset));
      else response.end(GOOD);
    },
    async (server) => {
      for (const path of ['/utf8', '/latin1']) {
        await withFetcher(allow, (fetch) => fetch(aRequest(`${server.url}${path}`)));
        assert.is(server.requests.at(-1)?.url, '/%C3%A9');
      }
    },
  );
});

/** Who may be led where: `allow` names both loopback addresses, feeds.json the first one alone. */
const led: readonly { name: string; path: string; named?: string; isReached: boolean }[] = [
  { name: 'within its host', path: '/stay', isReached: true },
  { name: 'to another allowed host', path: '/leave', isReached: false },
  { name: 'to a name that leads there', path: '/name', isReached: false },
  { name: 'by an address that was learnt', path: '/stay', named: 'http://127.0.0.2/feed', isReached: false },
];
for (const { name, path, named, isReached } of led) {
  test(`allow holds for the addresses that feeds.json names: ${name}`, async () => {
    const asked: string[] = [];
    const handler = (request: IncomingMessage, response: ServerResponse) => {
      asked.push(`${request.headers.host?.split(':')[0]}${request.url}`);
      const port = request.socket.localPort;
      const table: Record<string, string> = {
        '/stay': `http://127.0.0.1:${port}/feed`,
        '/leave': `http://127.0.0.2:${port}/feed`,
        '/name': `http://localhost:${port}/feed`,
      };
      const location = table[request.url ?? ''];
      if (location === undefined) response.setHeader('etag', '"end"').end(GOOD);
      else response.writeHead(302, { location }).end();
    };
    await withServer(handler, async ({ url }) => {
      const request = { ...aRequest(url + path), ...(named !== undefined && { namedUrl: named }) };
      const fetching = withFetcher(['127.0.0.1', '127.0.0.2', 'localhost'], (fetch) => fetch(request));
      if (isReached) assert.is((await fetching).kind, 'fetched');
      else assert.is((await failureIn(fetching)).code, 'fetch/refused-address');
      assert.equal(
        asked.filter((one) => one.endsWith('/feed')),
        isReached ? ['127.0.0.1/feed'] : [],
      );
    });
  });
}

test.run();
