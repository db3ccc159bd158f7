import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/model.ts';
import { createNetwork, type Network } from '../../src/worker/network.ts';
import { aRequest, failureIn, GOOD } from '../fetch/fetch-builders.ts';
import { type TestServer, withServer } from '../helpers/http-server.ts';
import { aConfig } from '../web/site-under-test.ts';

/** A network and a server that answers at once, but never on /silent. `edit` puts another feeds.json in use. */
async function withNetwork(
  work: (run: { network: Network; server: TestServer; edit(changes: Partial<Config>): void }) => Promise<void>,
): Promise<void> {
  const answer = ({ url }: { url?: string | undefined }, response: { end(body: string): unknown }) =>
    url === '/silent' ? undefined : response.end(GOOD);
  await withServer(answer, async (server) => {
    let current = aConfig({ allow: ['127.0.0.1'] });
    const ports = { configFile: '/nowhere/feeds.json', clockMs: Date.now, subscribers: () => 12 };
    const network = createNetwork({ ...ports, config: () => current });
    const edit = (changes: Partial<Config>) => {
      current = { ...current, ...changes };
      network.renew();
    };
    try {
      await work({ network, server, edit });
    } finally {
      await network.close();
    }
  });
}

test('createNetwork: an edit of feeds.json counts for the next request, and only one that concerns the network makes it anew', async () => {
  await withNetwork(async ({ network, server, edit }) => {
    await network.fetch(aRequest(server.url));
    edit({ items: 7 });
    await network.fetch(aRequest(server.url));
    assert.is(server.accepted, 1, 'the connection was kept');
    edit({ allow: [] });
    assert.is((await failureIn(network.fetch(aRequest(server.url)))).code, 'fetch/refused-address');
    assert.is(network.rules.isOwnHost(server.url), false);
    edit({ timezone: 'Asia/Kathmandu' });
    assert.is(network.rules.nextTick('0 8 * * *', '2026-03-01T00:00:00.000Z'), '2026-03-01T02:15:00.000Z');
  });
});

test('createNetwork: what is in flight outlives an edit, and ends with the network', async () => {
  await withNetwork(async ({ network, server, edit }) => {
    const silent = failureIn(network.fetch(aRequest(`${server.url}/silent`)));
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    edit({ allow: ['127.0.0.1', 'other.example'] });
    await network.fetch(aRequest(server.url));
    await network.close();
    assert.is((await silent).code, 'fetch/aborted');
  });
});

test('createNetwork: says who asks: the contact of feeds.json, and how many read through us', async () => {
  await withNetwork(async ({ network, server, edit }) => {
    edit({ site: { ...aConfig().site, contact: 'mailto:me@example.org' } });
    await network.fetch(aRequest(server.url));
    assert.match(server.requests[0]?.headers['user-agent'] ?? '', /^viaduct\/\S+ \(\+mailto:me@example\.org; 12 sub/);
  });
});

test('createNetwork: two requests for one host that is not the owner’s start a second apart', async () => {
  await withNetwork(async ({ network, edit }) => {
    edit({ allow: [] });
    const starts: number[] = [];
    const start = async () => void starts.push(performance.now());
    await Promise.all([1, 2].map((at) => network.queue.run(`https://a.example/${at}`, start)));
    assert.ok((starts[1] ?? 0) - (starts[0] ?? 0) >= 1000);
  });
});

test.run();
