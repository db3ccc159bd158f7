import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Fetcher } from '../../src/fetch/fetcher.ts';
import type { SeenRequest } from '../helpers/http-server.ts';
import { withRawServer, withServer } from '../helpers/http-server.ts';
import { aRequest, failureIn, GOOD, NOW_MS, withFetcher } from './fetch-builders.ts';

const allow = ['127.0.0.1'];
const OLD_DATE = 'Tue, 03 Mar 2026 10:00:00 GMT';

test('createHttpFetcher: a whole answer', async () => {
  await withServer(
    (_request, response) => {
      response.sendDate = false;
      response.writeHead(200, {
        'content-type': 'text/xml; charset=latin1',
        etag: 'W/"1"',
        'last-modified': OLD_DATE,
        'cache-control': 'public, max-age=60',
      });
      response.end(GOOD);
    },
    async ({ url }) => {
      const fetched = await withFetcher(allow, (fetch) => fetch(aRequest(`${url}/a?b=c#d`)));
      assert.equal(fetched, {
        kind: 'fetched',
        status: 200,
        bytes: Buffer.from(GOOD),
        bodyHash: createHash('sha256').update(GOOD).digest('hex'),
        wireBytes: GOOD.length,
        contentType: 'text/xml; charset=latin1',
        url: `${url}/a?b=c`,
        hops: [],
        freshness: { etag: 'W/"1"', lastModified: OLD_DATE, maxAgeSeconds: 60 },
      });
    },
  );
});

test('createHttpFetcher: what is sent, and nothing else', async () => {
  await withServer(
    (_request, response) => response.setHeader('set-cookie', 'track=me').end(GOOD),
    async (server) => {
      await withFetcher(allow, async (fetch) => {
        await fetch(aRequest(`${server.url}/a?b=c#d`));
        await fetch(aRequest(`${server.url}/a`, { etag: '"x"', lastModified: 'yesterday' }));
      });
      const names = server.requests.map(({ headers }) => Object.keys(headers).sort());
      const always = ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'];
      assert.equal(names, [always, [...always, 'if-modified-since', 'if-none-match'].sort()]);
      const [first] = server.requests;
      assert.is(first?.method, 'GET');
      assert.is(first?.url, '/a?b=c');
      assert.is(first?.headers['user-agent'], 'viaduct/0.0.0 (+https://example.org/)');
      assert.is(first?.headers['accept-encoding'], 'gzip, br');
      for (const type of ['application/atom+xml', 'application/rss+xml', 'application/feed+json'])
        assert.match(first?.headers.accept ?? '', type);
    },
  );
});

test('createHttpFetcher: validators go out byte for byte as they came in', async () => {
  const values = ['"abc"', 'W/"abc"', 'abc', '"caf\xe9\xff"', '"a b\tc"', '""', "it's, odd"];
  await withRawServer(
    (socket, head) => {
      const value = values[Number(/GET \/(\d)/.exec(head)?.[1])] ?? '';
      const answer = `HTTP/1.1 200 OK\r\nETag: ${value}\r\nLast-Modified: ${value}\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx`;
      socket.end(Buffer.from(answer, 'latin1'));
    },
    async (server) => {
      for (const [index, value] of values.entries()) {
        await withFetcher(allow, async (fetch) => {
          const { freshness } = await fetch(aRequest(`${server.url}/${index}`));
          assert.equal(freshness, { etag: value, lastModified: value });
          await fetch(aRequest(`${server.url}/${index}`, freshness));
        });
        const lines = server.requests.at(-1)?.rawHeaders ?? [];
        assert.ok(lines.includes(`if-none-match: ${value}`), value);
        assert.ok(lines.includes(`if-modified-since: ${value}`), value);
      }
    },
  );
});

test('createHttpFetcher: a stored validator that is no header value is not sent', async () => {
  await withServer(
    (_request, response) => response.end(GOOD),
    async (server) => {
      for (const bad of ['a\r\nx-evil: 1', 'a\0b', 'a\u2028b', 'x'.repeat(5000), '']) {
        await withFetcher(allow, (fetch) => fetch(aRequest(server.url, { etag: bad, lastModified: bad })));
        assert.is(server.requests.at(-1)?.headers['if-none-match'], undefined);
        assert.is(server.requests.at(-1)?.headers['x-evil'], undefined);
      }
    },
  );
});

test('createHttpFetcher: 304 to a conditional request', async () => {
  await withServer(
    (_request, response) => response.writeHead(304, { etag: '"1"', 'cache-control': 'max-age=99' }).end(),
    async ({ url }) => {
      const fetched = await withFetcher(allow, (fetch) => fetch(aRequest(url, { etag: '"1"' })));
      assert.equal(fetched, { kind: 'not-modified', hops: [], freshness: { etag: '"1"', maxAgeSeconds: 99 } });
    },
  );
});

test('createHttpFetcher: a 304 with a length and a body is a 304, and the next answer is the next', async () => {
  await withRawServer(
    (socket, head) => {
      const isFirst = head.startsWith('GET /first');
      socket.write(
        isFirst
          ? `HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\n\r\n${'HTTP/1.1 200 OK\r\n\r\nx'}`
          : `HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood`,
      );
    },
    async ({ url }) => {
      await withFetcher(allow, async (fetch) => {
        assert.is((await fetch(aRequest(`${url}/first`, { etag: '"1"' }))).kind, 'not-modified');
        const next = await fetch(aRequest(`${url}/second`));
        assert.is(next.kind === 'fetched' && next.bytes.toString(), 'good');
      });
    },
  );
});

test('createHttpFetcher: a 304 that was not asked for is a failure', async () => {
  await withServer(
    (_request, response) => response.writeHead(304).end(),
    async ({ url }) => {
      for (const request of [aRequest(url), aRequest(url, { etag: '"1"', validatorsFrom: 'other.example' })]) {
        const error = await withFetcher(allow, (fetch) => failureIn(fetch(request)));
        assert.is(error.code, 'fetch/unexpected-304');
      }
    },
  );
});

const statuses = [
  201, 202, 204, 205, 206, 226, 300, 305, 306, 400, 401, 402, 403, 404, 407, 410, 418, 429, 451, 500, 502, 503, 520,
  999,
];
for (const status of statuses) {
  test(`createHttpFetcher: status ${status} is a failure of its own`, async () => {
    await withServer(
      (_request, response) =>
        response.writeHead(status, { 'retry-after': '60' }).end(status === 204 || status === 205 ? '' : GOOD),
      async ({ url }) => {
        const error = await withFetcher(allow, (fetch) => failureIn(fetch(aRequest(url, { etag: '"1"' }))));
        assert.is(error.code, `fetch/status-${status}`);
        assert.is(error.status, status);
        assert.match(error.message, `(${status})`);
        assert.is(error.answeredBy, url);
        assert.is(error.retryAt, new Date(NOW_MS + 60_000).toISOString());
      },
    );
  });
}

test('createHttpFetcher: 203 is a success', async () => {
  await withServer(
    (_request, response) => response.writeHead(203).end(GOOD),
    async ({ url }) => {
      assert.is((await withFetcher(allow, (fetch) => fetch(aRequest(url)))).kind, 'fetched');
    },
  );
});

test('createHttpFetcher: a user and a password go to their own origin as Basic, and into nothing that comes out', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/start') response.writeHead(302, { location: '/end' }).end();
      else response.writeHead(401).end();
    },
    async (server) => {
      const url = `${server.url.replace('//', '//user:se%3Acr%C3%A9t@')}/start`;
      const error = await withFetcher(allow, (fetch) => failureIn(fetch(aRequest(url))));
      const expected = `Basic ${Buffer.from('user:se:crét').toString('base64')}`;
      assert.equal(
        server.requests.map(({ headers }) => headers.authorization),
        [expected, expected],
      );
      assert.not.match(JSON.stringify([error.message, error.hops, error.answeredBy]), /user|cr/);
    },
  );
});

test('createHttpFetcher: addresses that are none', async () => {
  for (const url of ['ftp://example.org/', 'file:///etc/passwd', 'data:text/xml,x', 'feeds.xml', '', 'http://']) {
    assert.is((await withFetcher(allow, (fetch) => failureIn(fetch(aRequest(url))))).code, 'fetch/bad-url');
  }
});

test('createHttpFetcher: a connection that stays open is used again', async () => {
  await withServer(
    (_request, response) => response.end(GOOD),
    async (server) => {
      await withFetcher(allow, async (fetch) => {
        for (let time = 0; time < 5; time += 1) await fetch(aRequest(server.url));
      });
      assert.is(server.accepted, 1);
    },
  );
});

const isSecondOnItsConnection = new WeakSet<object>();
function closesWhenUsedAgain(
  this: void,
  { socket }: { socket: { destroy(): void } },
  response: { end(body: string): void },
): void {
  if (isSecondOnItsConnection.has(socket)) socket.destroy();
  else response.end(GOOD);
  isSecondOnItsConnection.add(socket);
}

test('createHttpFetcher: a connection that was closed when it was used again is made anew, once', async () => {
  await withServer(closesWhenUsedAgain, async (server) => {
    await withFetcher(allow, async (fetch) => {
      await fetch(aRequest(server.url));
      assert.is((await fetch(aRequest(server.url))).kind, 'fetched');
    });
    assert.is(server.requests.length, 3);
    assert.is(server.accepted, 2);
  });
});

test('createHttpFetcher: a new connection that is closed is a failure, and the server is not asked again', async () => {
  await withServer(
    (request) => request.socket.destroy(),
    async (server) => {
      const error = await withFetcher(allow, (fetch) => failureIn(fetch(aRequest(server.url))));
      assert.is(error.code, 'fetch/closed');
      assert.is(server.requests.length, 1);
    },
  );
});

test('createHttpFetcher: close ends what is in flight and leaves no socket open', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/hang') return;
      response.end(GOOD);
    },
    async (server) => {
      const work = async (fetch: Fetcher & { close(): Promise<void> }) => {
        await fetch(aRequest(server.url));
        const hanging = failureIn(fetch(aRequest(`${server.url}/hang`)));
        const begun = failureIn(fetch(aRequest(`${server.url}/hang`)));
        await until(() => server.requests.filter(({ url }: SeenRequest) => url === '/hang').length === 2);
        await fetch.close();
        assert.equal([(await hanging).code, (await begun).code], ['fetch/aborted', 'fetch/aborted']);
        await until(() => server.open === 0);
        assert.is((await failureIn(fetch(aRequest(server.url)))).code, 'fetch/aborted');
      };
      await withFetcher(allow, work, { connectionsPerHost: 2 });
    },
  );
});

test('createHttpFetcher: the caller’s signal ends a request, before and while it runs', async () => {
  await withServer(
    () => undefined,
    async (server) => {
      await withFetcher(allow, async (fetch) => {
        const stop = new AbortController();
        const running = failureIn(fetch(aRequest(server.url, { signal: stop.signal })));
        await until(() => server.requests.length === 1);
        stop.abort();
        assert.is((await running).code, 'fetch/aborted');
        assert.is((await failureIn(fetch(aRequest(server.url, { signal: stop.signal })))).code, 'fetch/aborted');
        await until(() => server.open === 0);
        assert.is(server.requests.length, 1);
      });
    },
  );
});

async function until(isSo: () => boolean): Promise<void> {
  for (let attempt = 0; !isSo(); attempt += 1) {
    if (attempt > 2000) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test.run();
