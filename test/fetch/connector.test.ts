import net from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Address, CheckedTarget } from '../../src/fetch/connector.ts';
import { withRawServer, withServer } from '../helpers/http-server.ts';
import { aRequest, failureIn, GOOD, withFetcher } from './fetch-builders.ts';

const v4 = (address: string): Address => ({ address, family: 4 });
const good = (_request: unknown, response: { end(body: string): void }) => response.end(GOOD);

test('connector: a name with a private answer is refused, and nothing is connected', async () => {
  const answers = [
    [v4('127.0.0.1')],
    [v4('93.184.216.34'), v4('127.0.0.1')],
    [v4('127.0.0.1'), v4('93.184.216.34')],
    [v4('93.184.216.34'), { address: '::1', family: 6 }],
    [{ address: '64:ff9b::7f00:1', family: 6 }],
  ];
  await withServer(good, async (canary) => {
    for (const addresses of answers) {
      const resolve = async () => addresses;
      const url = `http://feeds.example.org:${canary.port}/`;
      const error = await withFetcher([], (fetch) => failureIn(fetch(aRequest(url))), { resolve });
      assert.is(error.code, 'fetch/refused-address');
    }
    assert.is(canary.accepted, 0);
  });
});

test('connector: DNS rebinding: what is connected is what was checked, with one look-up a connection', async () => {
  await withServer(good, async (canary) => {
    let lookups = 0;
    const targets: CheckedTarget[] = [];
    const resolve = async () => {
      lookups += 1;
      return [v4(lookups === 1 ? '93.184.216.34' : '127.0.0.1')];
    };
    const openSocket = (target: CheckedTarget) => {
      targets.push(target);
      const socket = new net.Socket();
      process.nextTick(() => socket.destroy(new Error('no network in tests')));
      return socket;
    };
    const url = `http://rebind.example.org:${canary.port}/`;
    await withFetcher(
      [],
      async (fetch) => {
        const first = await failureIn(fetch(aRequest(url)));
        assert.is(first.code, 'fetch/connect');
        assert.equal(
          targets.map(({ addresses }) => addresses),
          [[v4('93.184.216.34')]],
        );
        assert.is(lookups, 1);
        const second = await failureIn(fetch(aRequest(url)));
        assert.is(second.code, 'fetch/refused-address');
        assert.is(targets.length, 1);
      },
      { resolve, openSocket },
    );
    assert.is(canary.accepted, 0);
  });
});

test('connector: the system’s own socket uses the checked addresses and asks no look-up of its own', async () => {
  await withServer(good, async (server) => {
    const resolve = async () => [v4('127.0.0.1')];
    const fetched = await withFetcher(
      ['127.0.0.1'],
      (fetch) => fetch(aRequest(`http://no-such-name.invalid:${server.port}/x`)),
      { resolve },
    );
    assert.is(fetched.kind, 'fetched');
    assert.is(server.requests[0]?.headers.host, `no-such-name.invalid:${server.port}`);
  });
});

test('connector: addresses are tried in turn', async () => {
  await withServer(good, async (server) => {
    const resolve = async () => [v4('127.0.0.9'), v4('127.0.0.1')];
    const fetched = await withFetcher(
      ['127.0.0.0/8'],
      (fetch) => fetch(aRequest(`http://two.example:${server.port}/`)),
      { resolve },
    );
    assert.is(fetched.kind, 'fetched');
  });
});

const literals = [
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  '１２７.0.0.1',
  '0.0.0.0',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '127.0.0.1.',
  'localhost',
];
for (const literal of literals) {
  test(`connector: http://${literal}/ is refused without a connection`, async () => {
    await withServer(good, async (canary) => {
      const error = await withFetcher([], (fetch) => failureIn(fetch(aRequest(`http://${literal}:${canary.port}/`))));
      assert.is(error.code, 'fetch/refused-address');
      assert.is(canary.accepted, 0);
    });
  });
}

test('connector: a redirect to an address that is not allowed is refused before a connection', async () => {
  await withServer(good, async (canary) => {
    const targets = [
      canary.url,
      `http://localhost:${canary.port}/`,
      `http://2130706433:${canary.port}/`,
      'http://169.254.169.254/',
      'http://[fd00::1]/',
    ];
    for (const target of targets) {
      await withServer(
        (_request, response) => response.writeHead(302, { location: target }).end(),
        async (server) => {
          const error = await withFetcher([`127.0.0.1:${server.port}`], (fetch) =>
            failureIn(fetch(aRequest(server.url))),
          );
          assert.is(error.code, 'fetch/refused-address', target);
          assert.match(error.message, `It redirects to ${new URL(target).host}.`);
        },
      );
    }
    assert.is(canary.accepted, 0);
  });
});

test('connector: names that do not resolve, and ports where nobody listens', async () => {
  const noName = () =>
    Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND secret.example'), { code: 'ENOTFOUND' }));
  const unknown = await withFetcher([], (fetch) => failureIn(fetch(aRequest('http://secret.example/'))), {
    resolve: noName,
  });
  assert.is(unknown.code, 'fetch/dns');
  assert.is(unknown.message, 'The name of its server could not be looked up (ENOTFOUND).');
  const nothing = await withFetcher([], (fetch) => failureIn(fetch(aRequest('http://a.example/'))), {
    resolve: async () => [],
  });
  assert.is(nothing.code, 'fetch/dns');
  const free = await withServer(good, async ({ port }) => port);
  const closed = await withFetcher(['127.0.0.1'], (fetch) => failureIn(fetch(aRequest(`http://127.0.0.1:${free}/`))));
  assert.is(closed.code, 'fetch/connect');
  assert.match(closed.message, 'ECONNREFUSED');
});

test('connector: a server that accepts no connection in time', async () => {
  const openSocket = () => new net.Socket();
  const error = await withFetcher(['127.0.0.1'], (fetch) => failureIn(fetch(aRequest('http://127.0.0.1:9/'))), {
    openSocket,
    headersLimitMs: 50,
  });
  assert.is(error.code, 'fetch/timeout-headers');
});

test('connector: a certificate that nobody signed is refused, unless the source says so', async () => {
  await withServer(
    good,
    async (server) => {
      await withFetcher(['127.0.0.1'], async (fetch) => {
        const error = await failureIn(fetch(aRequest(server.url)));
        assert.is(error.code, 'fetch/tls');
        assert.match(error.message, 'DEPTH_ZERO_SELF_SIGNED_CERT');
        assert.is(server.requests.length, 0);
        const fetched = await fetch(aRequest(server.url, { insecureTls: true }));
        assert.is(fetched.kind, 'fetched');
        // The connection that one source trusts is not another's.
        assert.is((await failureIn(fetch(aRequest(server.url)))).code, 'fetch/tls');
        assert.is(server.requests.length, 1);
      });
    },
    { tls: true },
  );
});

test('connector: a server that does not speak TLS', async () => {
  const answers = ['HTTP/1.1 400 Bad Request\r\n\r\n', '', 'x'.repeat(5000)];
  for (const answer of answers) {
    await withRawServer(
      (socket) => socket.end(answer),
      async ({ port }) => {
        const error = await withFetcher(['127.0.0.1'], (fetch) =>
          failureIn(fetch(aRequest(`https://127.0.0.1:${port}/`))),
        );
        assert.is(error.code, 'fetch/tls');
      },
    );
  }
});

test.run();
