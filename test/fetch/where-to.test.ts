import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createAddressGuard } from '../../src/fetch/address-guard.ts';
import { createHttpFetcher } from '../../src/fetch/http-fetcher.ts';
import { withServer } from '../helpers/http-server.ts';

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
      const guard = createAddressGuard(['127.0.0.0/8']);
      const http = createHttpFetcher({ guard, maxBodyBytes: 1000, userAgent: () => 'test', clock: Date.now });
      try {
        assert.is(await http.whereTo(new URL('/short', server.url).href, 5), 'https://page.example/1');
        assert.is(await http.whereTo(new URL('/page', server.url).href, 5), undefined);
        assert.equal(asked, ['HEAD /short', 'HEAD /page']);
      } finally {
        await http.close();
      }
    },
  );
});

test('whereTo: a private address is refused before any connection', async () => {
  const http = createHttpFetcher({
    guard: createAddressGuard([]),
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
