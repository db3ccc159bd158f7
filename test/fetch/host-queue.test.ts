import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHostQueue, type HostQueueOptions, hostKey } from '../../src/fetch/host-queue.ts';

/** A queue on a clock of its own, and tasks that take so long on it. */
function simulate(over: Partial<HostQueueOptions> = {}) {
  let clock = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const later = (run: () => void, ms: number) => {
    const timer = { at: clock + ms, run };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const queue = createHostQueue({
    perHost: 1,
    concurrency: 4,
    spacingMs: 1000,
    isOwnHost: () => false,
    now: () => clock,
    later,
    ...over,
  });
  const starts: [url: string, at: number][] = [];
  const inFlight = new Map<string, number>();
  let most = 0;
  const mostOnHost = new Map<string, number>();

  function add(url: string, ms: number): Promise<string> {
    return queue.run(url, async () => {
      starts.push([url, clock]);
      const host = hostKey(url);
      const now = (inFlight.get(host) ?? 0) + 1;
      inFlight.set(host, now);
      mostOnHost.set(host, Math.max(now, mostOnHost.get(host) ?? 0));
      most = Math.max(
        most,
        [...inFlight.values()].reduce((a, b) => a + b),
      );
      await new Promise<void>((resolve) => later(resolve, ms));
      inFlight.set(host, (inFlight.get(host) ?? 0) - 1);
      return url;
    });
  }

  /** Lets the clock run until nothing is left to happen. */
  async function finish(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...timers].sort((a, b) => a.at - b.at);
      if (next === undefined) return;
      timers.delete(next);
      clock = Math.max(clock, next.at);
      next.run();
    }
  }

  return {
    queue,
    add,
    finish,
    starts,
    most: () => most,
    mostOnHost: () => Math.max(...mostOnHost.values()),
    clock: () => clock,
  };
}

const on = (host: string, path = '') => `https://${host}.example/${path}`;

test('createHostQueue: one after the other on a host, a second between starts', async () => {
  const { add, finish, starts } = simulate();
  for (const path of ['1', '2', '3']) void add(on('a', path), 100);
  void add('https://www.a.example/4', 100);
  void add(on('b'), 100);
  await finish();
  assert.equal(starts, [
    [on('a', '1'), 0],
    [on('b'), 0],
    [on('a', '2'), 1000],
    [on('a', '3'), 2000],
    ['https://www.a.example/4', 3000],
  ]);
});

test('createHostQueue: the next on a host waits for the end of the last, however long that takes', async () => {
  const { add, finish, starts } = simulate();
  void add(on('a', '1'), 5000);
  void add(on('a', '2'), 10);
  await finish();
  assert.equal(starts, [
    [on('a', '1'), 0],
    [on('a', '2'), 5000],
  ]);
});

test('createHostQueue: on the owner’s own hosts no pause, but no more than perHost', async () => {
  const { add, finish, starts, mostOnHost } = simulate({ isOwnHost: () => true, perHost: 2 });
  for (const path of ['1', '2', '3', '4']) void add(on('a', path), 100);
  await finish();
  assert.equal(
    starts.map(([, at]) => at),
    [0, 0, 100, 100],
  );
  assert.is(mostOnHost(), 2);
});

test('createHostQueue: files are no host: no pause between them', async () => {
  const { add, finish, starts } = simulate();
  for (const name of ['a', 'b', 'c']) void add(`file:///srv/${name}.xml`, 1);
  await finish();
  assert.equal(
    starts.map(([, at]) => at),
    [0, 1, 2],
  );
});

test('createHostQueue: hosts that wait for their turn take nobody’s place', async () => {
  const { add, finish, starts } = simulate({ concurrency: 2 });
  for (const path of ['1', '2', '3', '4', '5', '6']) void add(on('a', path), 10);
  for (const host of ['b', 'c', 'd']) void add(on(host), 10);
  await finish();
  assert.equal(
    starts.slice(0, 4).map(([url]) => url),
    [on('a', '1'), on('b'), on('c'), on('d')],
  );
  assert.ok((starts[3]?.[1] ?? 99) <= 20);
});

test('createHostQueue: who asks nothing after all costs the next one no pause', async () => {
  const { queue, add, finish, starts } = simulate();
  void add(on('a', '1'), 100);
  const nothing = ['2', '3', '4'].map((path) => queue.run(on('a', path), () => undefined));
  void add(on('a', '5'), 100);
  await finish();
  assert.equal(await Promise.all(nothing), [undefined, undefined, undefined]);
  assert.equal(starts, [
    [on('a', '1'), 0],
    [on('a', '5'), 1000],
  ]);
});

test('createHostQueue: a task that throws at once is refused, and the next one of its host runs', async () => {
  const { queue, add, finish, starts } = simulate();
  void add(on('a', '1'), 100);
  const thrown = queue
    .run(on('a', '2'), () => {
      throw new Error('at once');
    })
    .catch((error: Error) => error.message);
  const next = add(on('a', '3'), 100);
  await finish();
  assert.is(await thrown, 'at once');
  assert.is(await next, on('a', '3'));
  assert.equal(starts.at(-1)?.[0], on('a', '3'));
});

test('createHostQueue: who is sent on to another host waits for its turn there, and holds nobody up meanwhile', async () => {
  const { queue, add, finish, starts, clock } = simulate();
  const told: [string, number][] = [];
  const sentOn = (from: string, to: string) =>
    queue.run(from, async (goOn) => {
      starts.push([from, clock()]);
      await goOn(to);
      told.push([to, clock()]);
    });
  void add(on('b', '1'), 1500);
  void sentOn(on('a', '1'), on('b', '2'));
  void sentOn(on('c', '1'), on('b', '3'));
  void sentOn('https://www.d.example/', on('d', '1'));
  // The others have been sent on by now.
  await new Promise((resolve) => setImmediate(resolve));
  void sentOn(on('b', '4'), on('a', '2'));
  void add(on('a', '3'), 100);
  await finish();
  assert.equal(starts, [
    [on('b', '1'), 0],
    [on('a', '1'), 0],
    [on('c', '1'), 0],
    ['https://www.d.example/', 0],
    [on('a', '3'), 1000],
    [on('b', '4'), 3500],
  ]);
  assert.equal(told, [
    [on('d', '1'), 0],
    [on('b', '2'), 1500],
    [on('b', '3'), 2500],
    [on('a', '2'), 3500],
  ]);
});

test('createHostQueue: who has given up while it waited at another host is passed over there', async () => {
  const { queue, add, finish, starts } = simulate();
  void add(on('b', '1'), 100);
  void queue.run(on('a', '1'), async (goOn) => {
    void goOn(on('b', '2'));
  });
  await new Promise((resolve) => setImmediate(resolve));
  void add(on('b', '3'), 100);
  await finish();
  assert.equal(starts, [
    [on('b', '1'), 0],
    [on('b', '3'), 1000],
  ]);
});

test('createHostQueue: no more than concurrency at once', async () => {
  const { add, finish, starts, most } = simulate({ concurrency: 3 });
  for (let host = 0; host < 20; host += 1) void add(on(`h${host}`), 100);
  await finish();
  assert.is(starts.length, 20);
  assert.is(most(), 3);
});

test('createHostQueue: hung hosts do not hold up the healthy ones', async () => {
  const { add, finish, starts, most } = simulate({ concurrency: 4 });
  for (let host = 0; host < 12; host += 1) void add(on(`hung${host}`), 30_000);
  for (let host = 0; host < 12; host += 1) void add(on(`well${host}`), 100);
  await finish();
  const healthy = starts.filter(([url]) => url.includes('well'));
  assert.is(healthy.length, 12);
  assert.ok(
    healthy.every(([, at]) => at <= 10_000),
    JSON.stringify(healthy),
  );
  assert.ok(most() <= 20);
});

test('createHostQueue: a task of 3 s is slow, and no more than five times concurrency are in flight with the slow ones', async () => {
  const { add, finish, starts, most } = simulate({ concurrency: 2 });
  for (let host = 0; host < 12; host += 1) void add(on(`hung${host}`), 60_000);
  await finish();
  assert.equal(
    starts.map(([, at]) => at),
    [0, 0, 3000, 3000, 6000, 6000, 9000, 9000, 12_000, 12_000, 60_000, 60_000],
  );
  assert.is(most(), 10);
});

test('createHostQueue: who asks nothing costs no pause where several may be asked at once', async () => {
  const { queue, add, finish, starts } = simulate({ perHost: 3 });
  for (const path of ['1', '2', '3']) void queue.run(on('a', path), () => undefined);
  void add(on('a', '4'), 100);
  await finish();
  assert.equal(starts, [[on('a', '4'), 0]]);
});

test('createHostQueue: gives back what a task gives, and its failure, and goes on', async () => {
  const queue = createHostQueue({ perHost: 1, concurrency: 1, spacingMs: 0, isOwnHost: () => false });
  const results = await Promise.allSettled([
    queue.run(on('a'), async () => 1),
    queue.run(on('a'), async () => {
      throw new Error('no');
    }),
    queue.run(on('a'), async () => 3),
  ]);
  assert.equal(
    results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
    [1, 'no', 3],
  );
});

test('createHostQueue: leaves no timer behind', async () => {
  const { add, finish, clock, starts } = simulate({ concurrency: 1 });
  for (const host of ['a', 'b', 'c']) void add(on(host), 10);
  await finish();
  assert.is(starts.at(-1)?.[1], 20);
  // Nothing was left to happen after the last task.
  assert.is(clock(), 30);
});

test('createHostQueue: whatever comes, all of it runs, and no limit is broken', async () => {
  const job = fc.record({ host: fc.integer({ min: 0, max: 5 }), ms: fc.integer({ min: 0, max: 8000 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(job, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      async (jobs, perHost, concurrency) => {
        const { add, finish, starts, most, mostOnHost } = simulate({ perHost, concurrency });
        const all = jobs.map(({ host, ms }, index) => add(on(`h${host}`, `${index}`), ms));
        await finish();
        assert.equal(
          await Promise.all(all),
          jobs.map(({ host }, index) => on(`h${host}`, `${index}`)),
        );
        if (jobs.length > 0) assert.ok(mostOnHost() <= perHost && most() <= concurrency * 5);
        for (let host = 0; host <= 5; host += 1) {
          const times = starts.filter(([url]) => url.startsWith(on(`h${host}`))).map(([, at]) => at);
          assert.ok(times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) >= 1000));
        }
      },
    ),
    { numRuns: 60 },
  );
});

const hosts = [
  ['https://feeds.bbc.co.uk/news', 'bbc.co.uk'],
  ['https://www.example.org:8443/', 'example.org'],
  ['https://example.org./', 'example.org'],
  ['https://alice.github.io/feed', 'alice.github.io'],
  ['https://github.io/', 'github.io:443'],
  ['http://127.0.0.1:9400/x', '127.0.0.1:9400'],
  ['http://127.0.0.1/x', '127.0.0.1:80'],
  ['https://[2606:4700::1111]/', '[2606:4700::1111]:443'],
  ['http://localhost:8080/', 'localhost:8080'],
  ['http://nas/', 'nas:80'],
  ['http://bücher.example/', 'xn--bcher-kva.example'],
  ['file:///srv/feed.xml', ''],
  ['not an address', ''],
] as const;
for (const [url, key] of hosts) test(`hostKey: ${url}`, () => assert.is(hostKey(url), key));

test.run();
