/** What the poller does with sources that wait for their host's turn. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../src/config/parse-config.ts';
import { FetchError } from '../../src/fetch/fetcher.ts';
import { createHostQueue, hostKey } from '../../src/fetch/host-queue.ts';
import { createNextTick } from '../../src/worker/next-tick.ts';
import { createPoller, type Poller } from '../../src/worker/poller.ts';
import { memoryStore } from '../helpers/memory-store.ts';

const SOURCES = ['1', '2', '3', '4'].map((name) => `https://a.example/${name}.xml`);

/** A poller of four sources of one host, whose pauses `pauses` counts and nobody waits for. */
async function withPoller(
  fetch: (poller: Poller) => never,
  work: (run: { poller: Poller; asked: string[]; pauses: number[]; pass: () => Promise<unknown> }) => Promise<void>,
): Promise<void> {
  const config = parseConfig(JSON.stringify(SOURCES), { file: 'feeds.json', port: 0, env: {} });
  const store = await memoryStore();
  await store.follow(config.sources);
  const asked: string[] = [];
  const pauses: number[] = [];
  let nowMs = 0;
  const isOwnHost = () => false;
  const later = (run: () => void, ms: number) => {
    pauses.push(ms);
    nowMs += ms;
    setImmediate(run);
    return () => undefined;
  };
  const queue = createHostQueue({ perHost: 1, concurrency: 4, spacingMs: 1000, isOwnHost, later, now: () => nowMs });
  const poller: Poller = createPoller({
    store,
    config: () => config,
    fetch: async ({ url }) => {
      asked.push(url);
      return fetch(poller);
    },
    parse: () => assert.unreachable() as never,

    queue,
    rules: { nextTick: createNextTick('UTC'), random: () => 0.5, isOwnHost },
    hostOf: hostKey,
    clock: () => '2026-03-04T12:00:00.000Z',
    log: () => undefined,
    recognise: async (source) => source,
    links: { known: new Map(), resolve: () => undefined },
    onPolled: () => undefined,
  });
  try {
    await work({ poller, asked, pauses, pass: () => poller.pass({ sources: config.sources, force: false }) });
  } finally {
    await store.close();
  }
}

test('createPoller: a host that asks to wait is not waited for by its other sources', async () => {
  const fetch = () => {
    const detail = { status: 429, retryAt: '2026-03-04T13:00:00.000Z', answeredBy: 'https://a.example' };
    throw new FetchError('fetch/status-429', 'Too often.', detail);
  };
  await withPoller(fetch, async ({ asked, pauses, pass }) => {
    await pass();
    assert.equal(asked, [SOURCES[0]]);
    assert.equal(pauses, [1000], 'the one after the only request');
  });
});

test('createPoller: its end waits for no pause between sources that are not asked any more', async () => {
  const fetch = (poller: Poller) => {
    void poller.stop(0);
    throw new FetchError('fetch/timeout', 'It took too long.');
  };
  await withPoller(fetch, async ({ asked, pauses, pass }) => {
    await pass();
    assert.equal(asked, [SOURCES[0]]);
    assert.equal(pauses, [1000]);
  });
});

test.run();
