import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import type { Config } from '../../src/model.ts';
import { createDaemon, type Daemon } from '../../src/worker/daemon.ts';
import { createNextTick } from '../../src/worker/next-tick.ts';
import type { PassOptions } from '../../src/worker/poller.ts';
import { memoryStore } from '../helpers/memory-store.ts';
import { aConfig, aSource } from '../web/site-under-test.ts';

/** A daemon whose passes ask nobody; gives the ids of the sources of each pass. */
async function withDaemon(
  options: { config: () => Config; pass?: () => Promise<void>; clock?: () => string },
  work: (run: { daemon: Daemon; passes: readonly string[][]; jump: () => void }) => Promise<void>,
): Promise<void> {
  const { config, pass } = options;
  const passes: string[][] = [];
  const onJumps: (() => void)[] = [];
  const poller = {
    async pass({ sources }: PassOptions) {
      passes.push(sources.map(({ id }) => id));
      await pass?.();
      return { polled: [], notDue: [] };
    },
    stop: async () => undefined,
    onPolled: () => undefined,
  };
  const store = await memoryStore();
  const daemon = createDaemon({
    poller,
    store,
    config,
    clock: options.clock ?? (() => new Date().toISOString()),
    nextTick: createNextTick('UTC'),
    clockWatch: { onJump: (listener) => void onJumps.push(listener) },
    log: () => undefined,
  });
  try {
    await work({ daemon, passes, jump: () => onJumps.forEach((listener) => void listener()) });
  } finally {
    await daemon.stop(0);
    await store.close();
  }
}

const EVERY_SECOND = '* * * * * *';
const sources = [
  aSource({ id: 'hourly', poll: '0 * * * *' }),
  aSource({ id: 'often', poll: EVERY_SECOND }),
  aSource({ id: 'off', poll: EVERY_SECOND, disabled: true }),
];

async function until(isSo: () => boolean): Promise<void> {
  for (let attempt = 0; !isSo(); attempt += 1) {
    if (attempt > 1000) throw new Error('it never came to be');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('createDaemon: asks all enabled sources at the start, and each at its own ticks', async () => {
  await withDaemon({ config: () => aConfig({ sources }) }, async ({ daemon, passes }) => {
    daemon.start();
    await until(() => passes.length > 2);
    assert.equal(passes.slice(0, 3), [['hourly', 'often'], ['often'], ['often']]);
  });
});

test('createDaemon: an edit of feeds.json moves the ticks, and starts nothing that was not started', async () => {
  let current = aConfig({ sources });
  await withDaemon({ config: () => current }, async ({ daemon, passes }) => {
    daemon.reload();
    assert.equal(passes, []);
    daemon.start();
    current = aConfig({ sources: [aSource({ id: 'new', poll: EVERY_SECOND })] });
    daemon.reload();
    await until(() => passes.length > 2);
    assert.equal(passes.slice(0, 3), [['hourly', 'often'], ['new'], ['new']]);
  });
});

test('createDaemon: while outcomes cannot be stored it asks nobody', async () => {
  const pass = async () => {
    throw new ViaductError('store/full', 'There is no space left.');
  };
  await withDaemon({ config: () => aConfig({ sources }), pass }, async ({ daemon, passes }) => {
    assert.is(daemon.isPaused(), false);
    daemon.start();
    await until(daemon.isPaused);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.is(passes.length, 1);
  });
});

test('createDaemon: a pass that somebody wanted fails in words, and starts nothing where nothing polls by itself', async () => {
  const pass = async () => {
    throw new ViaductError('store/full', 'There is no space left.');
  };
  await withDaemon({ config: () => aConfig({ sources }), pass }, async ({ daemon, passes }) => {
    const problem = await daemon.pass({ sources, force: true }).catch((error) => error.code);
    assert.equal([problem, daemon.isPaused(), passes.length], ['store/full', false, 1]);
  });
});

test('createDaemon: a tick that was slept over is made up for, and a clock that is turned back holds nothing up', async () => {
  // Every wake sees another time: an hour is slept over, then the clock goes back a year.
  const times = [
    '2026-03-01T12:30:00Z',
    '2026-03-01T12:31:00Z',
    '2026-03-01T13:31:00Z',
    '2025-03-01T00:59:00Z',
    '2025-03-01T01:00:00Z',
  ];
  const clock = () => new Date((times.length > 1 ? times.shift() : times[0]) ?? '').toISOString();
  const config = aConfig({ sources: [aSource({ id: 'hourly', poll: '0 0 * * * *' })] });
  await withDaemon({ config: () => config, clock }, async ({ daemon, passes }) => {
    daemon.start();
    await until(() => passes.length > 2);
    assert.equal([passes.length, times.length], [3, 1]);
  });
});

test('createDaemon: when the clock was set it asks what is due, if it was started, and goes on', async () => {
  const config = aConfig({ sources: [aSource({ id: 'yearly', poll: '0 0 1 1 *' })] });
  await withDaemon({ config: () => config }, async ({ daemon, passes, jump }) => {
    jump();
    assert.equal(passes, []);
    daemon.start();
    jump();
    jump();
    assert.equal(passes, [['yearly'], ['yearly'], ['yearly']]);
  });
});

test.run();
