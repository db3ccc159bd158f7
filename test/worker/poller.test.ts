/** What the poller does with sources that wait for their host's turn. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../src/config/parse-config.ts';
import { sourceId } from '../../src/config/source-id.ts';
import { addMs, DAY_MS } from '../../src/durations.ts';
import { ViaductError } from '../../src/errors.ts';
import { FetchError, type Fetched, type FetchRequest } from '../../src/fetch/fetcher.ts';
import { createHostQueue } from '../../src/fetch/host-queue.ts';
import type { SourceState } from '../../src/model.ts';
import type { Store } from '../../src/store/store.ts';
import { createNextTick } from '../../src/worker/next-tick.ts';
import { createPoller, type Poller } from '../../src/worker/poller.ts';
import { memoryStore } from '../helpers/memory-store.ts';
import { pollAll } from '../items/poll-all.ts';

const SOURCES = ['1', '2', '3', '4'].map((name) => `https://a.example/${name}.xml`);

const NOW = '2026-03-04T12:00:00.000Z';

const SPACING_MS = 1000;

/** A poller of sources whose pauses `pauses` counts and nobody waits for. */
async function withPoller(
  fetch: (poller: Poller, request: FetchRequest) => Promise<Fetched>,
  work: (run: {
    poller: Poller;
    asked: string[];
    pauses: number[];
    pass: () => Promise<unknown>;
    states: () => SourceState[];
    /** Sets the clock. */
    jumpTo: (now: string) => void;
  }) => Promise<void>,
  sources: readonly string[] = SOURCES,
  storeOver: (store: Store) => Store = (store) => store,
): Promise<void> {
  const config = parseConfig(JSON.stringify(sources), { file: 'feeds.json', port: 0, env: {} });
  const store = storeOver(await memoryStore());
  await store.follow(config.sources);
  const asked: string[] = [];
  const clock = { now: NOW };
  const onJumps: (() => void)[] = [];
  const pauses: number[] = [];
  let nowMs = 0;
  const isOwnHost = () => false;
  const later = (run: () => void, ms: number) => {
    // The other timers of the queue are for slow tasks, and these are none.
    if (ms !== SPACING_MS) return () => undefined;
    pauses.push(ms);
    nowMs += ms;
    setImmediate(run);
    return () => undefined;
  };
  const queue = createHostQueue({
    perHost: 1,
    concurrency: 4,
    spacingMs: SPACING_MS,
    isOwnHost,
    later,
    now: () => nowMs,
  });
  const poller: Poller = createPoller({
    store,
    config: () => config,
    fetch: async (request) => {
      asked.push(request.url);
      return fetch(poller, request);
    },
    parse: () => assert.unreachable() as never,

    queue,
    rules: { nextTick: createNextTick('UTC'), random: () => 0.5, isOwnHost },
    clock: () => clock.now,
    log: () => undefined,
    formerIdOf: () => undefined,
    restoreId: async (source) => source,
    links: { known: new Map(), resolve: () => undefined },
    clockWatch: {
      isFarOff: () => Math.abs(Date.parse(clock.now) - Date.parse(NOW)) > 7 * DAY_MS,
      onJump: (listener) => void onJumps.push(listener),
    },
  });
  try {
    const pass = () => poller.pass({ sources: config.sources, force: false });
    const states = () => config.sources.map(({ id }) => store.state(id));
    const jumpTo = (now: string) => {
      clock.now = now;
      for (const listener of onJumps) listener();
    };
    await work({ poller, asked, pauses, pass, states, jumpTo });
  } finally {
    await store.close();
  }
}

const HELD_UNTIL = '2026-03-04T13:00:00.000Z';

async function tooOften(answeredBy = 'https://a.example'): Promise<never> {
  throw new FetchError('fetch/status-429', 'Too often.', { status: 429, retryAt: HELD_UNTIL, answeredBy });
}

test('createPoller: a host that asks to wait is not waited for by its other sources', async () => {
  await withPoller(
    () => tooOften(),
    async ({ asked, pauses, pass }) => {
      await pass();
      assert.equal(asked, [SOURCES[0]]);
      assert.equal(pauses, [1000], 'the one after the only request');
    },
  );
});

test('createPoller: its end waits for no pause between sources that are not asked any more', async () => {
  const fetch = async (poller: Poller) => {
    void poller.stop(0);
    throw new FetchError('fetch/timeout', 'It took too long.');
  };
  await withPoller(fetch, async ({ asked, pauses, pass }) => {
    await pass();
    assert.equal(asked, [SOURCES[0]]);
    assert.equal(pauses, [1000]);
  });
});

test('createPoller: a host that says behind a redirect that it asks to wait holds back who redirected, and not its own sources', async () => {
  const fetch = async (_: Poller, { url, beforeHop }: FetchRequest) => {
    if (url !== 'https://b.example/feed') throw new FetchError('fetch/timeout', 'It took too long.');
    await beforeHop?.('https://a.example/');
    return tooOften();
  };
  const sources = ['https://b.example/feed', 'https://a.example/feed'];
  await withPoller(
    fetch,
    async ({ asked, pass, states }) => {
      await pass();
      assert.equal([...asked].sort(), [...sources].sort());
      assert.equal(
        states().map(({ notBefore, problem }) => [notBefore, problem?.code]),
        [
          [HELD_UNTIL, 'fetch/status-429'],
          ['2026-03-04T12:30:00.000Z', 'fetch/timeout'],
        ],
      );
    },
    sources,
  );
});

test('createPoller: who is redirected to a host that asks to wait is refused before it queues up there', async () => {
  const sent: string[] = [];
  const fetch = async (_: Poller, { url, beforeHop }: FetchRequest) => {
    if (url === 'https://b.example/feed') return tooOften('https://b.example');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await beforeHop?.('https://b.example/other');
    sent.push(url);
    return tooOften();
  };
  await withPoller(
    fetch,
    async ({ pass, pauses, states }) => {
      await pass();
      assert.equal(sent, []);
      assert.equal(pauses, []);
      assert.is(states()[1]?.problem?.code, 'fetch/host-waits');
    },
    ['https://b.example/feed', 'https://c.example/feed'],
  );
});

test('createPoller: what is cut by the end of the process is stored as no failure', async () => {
  const fetch = async (poller: Poller, { signal }: FetchRequest) => {
    const cut = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(new FetchError('fetch/aborted', 'Stopped.')));
    });
    void poller.stop(0);
    return cut;
  };
  await withPoller(fetch, async ({ pass, states }) => {
    await pass();
    assert.is(states()[0]?.problem, undefined);
    assert.is(states()[0]?.askedAt, undefined);
  });
});

test('createPoller: a source that is being asked is not asked again', async () => {
  let release = (): void => undefined;
  const fetch = async () => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return tooOften();
  };
  await withPoller(
    fetch,
    async ({ asked, pass }) => {
      const first = pass();
      const second = (await pass()) as { notDue: { reason: string }[] };
      assert.equal(
        second.notDue.map(({ reason }) => reason),
        ['is being asked already'],
      );
      release();
      await first;
      assert.is(asked.length, 1);
    },
    ['https://a.example/1.xml'],
  );
});

test('createPoller: when outcomes cannot be stored, nothing more is asked, and the pass says why', async () => {
  const onFullDisk = (store: Store): Store => ({
    ...store,
    commit: async () => {
      throw new ViaductError('store/full', 'There is no space left.');
    },
  });
  await withPoller(
    async () => {
      throw new FetchError('fetch/timeout', 'It took too long.');
    },
    async ({ asked, pass }) => {
      const error = await pass().then(
        () => undefined,
        (thrown: ViaductError) => thrown.code,
      );
      assert.is(error, 'store/full');
      assert.equal(asked, [SOURCES[0]]);
    },
    SOURCES,
    onFullDisk,
  );
});

for (const now of [
  '2066-03-04T12:00:00.000Z',
  '2026-03-04T13:00:00.000Z',
  '2026-03-03T12:00:00.000Z',
  '1986-03-04T12:00:00.000Z',
]) {
  test(`createPoller: nobody is asked twice within five minutes because the clock was set to ${now}`, async () => {
    const fetch = async () => {
      throw new FetchError('fetch/timeout', 'It took too long.');
    };
    await withPoller(
      fetch,
      async ({ asked, pass, jumpTo }) => {
        await pass();
        assert.equal(asked, ['https://b.example/feed']);
        jumpTo(now);
        await pass();
        await pass();
        assert.equal(asked, ['https://b.example/feed']);
      },
      ['https://b.example/feed'],
    );
  });
}

for (const [name, days, kept] of [
  ['by a clock that is far off nothing goes', 40 * 365, 2],
  ['by a clock that is right what is old goes', 0, 1],
] as const) {
  test(`createPoller: ${name}`, async () => {
    const address = 'https://alice.example/feed.xml';
    const id = sourceId(address);
    const { records } = pollAll([
      { source: id, listed: [{ guid: '1' }, { guid: '2' }], at: addMs(NOW, -200 * DAY_MS) },
      { source: id, listed: [{ guid: '2' }], at: addMs(NOW, -199 * DAY_MS) },
    ]);
    const seeded: Store[] = [];
    const notModified = async (): Promise<Fetched> => ({ kind: 'not-modified', hops: [], freshness: {} });
    await withPoller(
      notModified,
      async ({ pass, jumpTo }) => {
        const [store] = seeded;
        const record = records.get(id);
        assert.ok(store && record);
        const state = { ...store.state(id), etag: '"1"' };
        await store.commit({ source: id, record, state, outcome: { kind: 'unchanged' } });
        jumpTo(addMs(NOW, days * DAY_MS));
        await pass();
        assert.is(store.record(id)?.entries.length, kept);
      },
      [address],
      (store) => {
        seeded.push(store);
        return store;
      },
    );
  });
}

test.run();
