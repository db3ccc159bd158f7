import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createAddressGuard } from '../../src/fetch/address-guard.ts';
import { FetchError } from '../../src/fetch/fetcher.ts';
import { createHttpFetcher } from '../../src/fetch/http-fetcher.ts';
import { withServer } from '../helpers/http-server.ts';

/** A fetcher that takes the test's server for a shortener on the public internet. */
function shortener(serverUrl: string, clock = Date.now) {
  return createHttpFetcher({
    guard: createAddressGuard([]),
    maxBodyBytes: 1000,
    userAgent: () => 'test',
    clock,
    resolve: async () => [{ address: '93.184.216.34', family: 4 }],
    openSocket: () => connect(Number(new URL(serverUrl).port), '127.0.0.1'),
  });
}

test('whereTo: one HEAD, and the address that it names; undefined where it names none', async () => {
  const asked: string[] = [];
  await withServer(
    (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url === '/short') response.writeHead(301, { location: 'https://page.example/1' });
      else response.writeHead(200, { 'content-length': '5000' });
      response.end();
    },
    async (server) => {
      const http = shortener(server.url);
      try {
        assert.is(await http.whereTo('http://sho.example/short', 5), 'https://page.example/1');
        assert.is(await http.whereTo('http://sho.example/page', 5), undefined);
        assert.equal(asked, ['HEAD /short', 'HEAD /page']);
      } finally {
        await http.close();
      }
    },
  );
});

test('whereTo: a server that cannot say it now, or says nothing in time, is a failure like every other', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(Number(request.url?.slice(1)), { 'retry-after': '60' }).end();
    },
    async (server) => {
      const http = shortener(server.url, () => Date.parse('2026-03-04T12:00:00.000Z'));
      const told = (path: string) =>
        http.whereTo(`http://sho.example${path}`, path === '/silent' ? 0.1 : 5).catch((error: unknown) => {
          if (!(error instanceof FetchError)) throw error;
          return [error.code, error.retryAt];
        });
      try {
        const until = '2026-03-04T12:01:00.000Z';
        assert.equal(await told('/429'), ['fetch/status-429', until]);
        assert.equal(await told('/503'), ['fetch/status-503', until]);
        assert.equal(await told('/silent'), ['fetch/timeout', undefined]);
        assert.equal(await told('/404'), undefined);
        assert.equal(await told('/405'), undefined);
      } finally {
        await http.close();
      }
    },
  );
});

test('whereTo: a private address is refused before any connection', async () => {
  const http = createHttpFetcher({
    // That is for addresses in feeds.json; a short link is anybody's.
    guard: createAddressGuard(['127.0.0.1']),
    maxBodyBytes: 1000,
    userAgent: () => 'test',
    clock: Date.now,
  });
  try {
    await http.whereTo('http://127.0.0.1:9/short', 5);
    assert.unreachable();
  } catch (error) {
    assert.is((error as { code?: string }).code, 'fetch/refused-address');
  } finally {
    await http.close();
  }
});

test.run();
