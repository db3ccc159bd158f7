import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FetchError } from '../../src/fetch/fetcher.ts';
import type { HostQueue } from '../../src/fetch/host-queue.ts';
import type { SourceRecord } from '../../src/model.ts';
import { createLinkResolver } from '../../src/worker/link-resolver.ts';
import { anEntry } from '../publish/build-item.ts';

const atOnce: HostQueue = { run: (_, task) => Promise.resolve(task(async () => undefined)) };

function aRecord(...links: readonly string[]): SourceRecord {
  const entries = links.map((link, at) => anEntry({ id: `entry${at}`, link, linkKeys: [link] }));
  return { version: 1, source: 'one', feed: {}, entries, unreliableGuids: [], unreliableLinks: [], tombstones: [] };
}

/** A resolver over an imagined network; gives what it asked, and what it saved. */
function resolverOver(leads: Readonly<Record<string, string>>, remembered: ReadonlyMap<string, string> = new Map()) {
  const asked: string[] = [];
  const saved: Map<string, string>[] = [];
  const time = { now: '2026-03-04T12:00:00.000Z' };
  const resolver = createLinkResolver({
    remembered,
    save: async (links) => void saved.push(new Map(links)),
    whereTo: async (url) => {
      asked.push(url);
      if (leads[url] === 'fails') throw new FetchError('fetch/timeout', 'It took too long.');
      if (leads[url] === 'busy') throw new FetchError('fetch/status-429', 'Too often.', { status: 429 });
      return leads[url];
    },
    queue: atOnce,
    clock: () => time.now,
    log: () => undefined,
  });
  return { resolver, asked, saved, time };
}

/** A resolver that knows nothing and keeps nothing. */
const nothing = {
  remembered: new Map<string, string>(),
  save: async () => undefined,
  queue: atOnce,
  clock: () => '2026-03-04T12:00:00.000Z',
  log: () => undefined,
};

const settle = () => new Promise((resolve) => setTimeout(resolve, 10));

test('createLinkResolver: a short link is asked once, through others if need be, and other links never', async () => {
  const { resolver, asked, saved } = resolverOver({
    'https://t.co/a': 'https://bit.ly/b',
    'https://bit.ly/b': 'https://page.example/1',
  });
  resolver.resolve(aRecord('https://t.co/a', 'https://page.example/2'));
  await settle();
  resolver.resolve(aRecord('https://t.co/a'));
  await resolver.close();
  assert.equal(asked, ['https://t.co/a', 'https://bit.ly/b']);
  assert.equal([...resolver.known], [['https://t.co/a', 'https://page.example/1']]);
  assert.equal([...(saved[0] ?? [])], [['https://t.co/a', 'https://page.example/1']]);
});

test('createLinkResolver: what was remembered is not asked again, not even that it leads nowhere', async () => {
  const { resolver, asked } = resolverOver(
    {},
    new Map([
      ['https://t.co/a', 'https://page.example/1'],
      ['https://t.co/b', ''],
    ]),
  );
  resolver.resolve(aRecord('https://t.co/a', 'https://t.co/b'));
  await resolver.close();
  assert.equal(asked, []);
  assert.equal([...resolver.known.keys()], ['https://t.co/a']);
});

test('createLinkResolver: a chain without end and a link without an answer stay ordinary links', async () => {
  const { resolver, asked, saved } = resolverOver({
    'https://t.co/loop': 'https://t.co/loop',
    'https://t.co/dead': 'fails',
  });
  resolver.resolve(aRecord('https://t.co/loop', 'https://t.co/dead'));
  await settle();
  await resolver.close();
  assert.is(asked.filter((url) => url === 'https://t.co/loop').length, 5);
  assert.is(resolver.known.size, 0);
  assert.equal([...(saved[0] ?? [])], [['https://t.co/loop', '']], 'only an answer is remembered');
});

test('createLinkResolver: a shortener that is asked too often is left alone for an hour, and no link of it is given up', async () => {
  const leads: Record<string, string> = { 'https://t.co/a': 'busy', 'https://bit.ly/c': 'https://page.example/3' };
  const { resolver, asked, time } = resolverOver(leads);
  const ask = async () => {
    for (const link of ['https://t.co/a', 'https://t.co/b', 'https://bit.ly/c']) {
      resolver.resolve(aRecord(link));
      await settle();
    }
  };
  await ask();
  assert.equal(asked, ['https://t.co/a', 'https://bit.ly/c']);
  leads['https://t.co/a'] = 'https://page.example/1';
  time.now = '2026-03-04T12:59:00.000Z';
  await ask();
  assert.is(asked.length, 2);
  time.now = '2026-03-04T13:00:00.000Z';
  await ask();
  await resolver.close();
  assert.equal(asked.slice(2), ['https://t.co/a', 'https://t.co/b']);
  assert.is(resolver.known.get('https://t.co/a'), 'https://page.example/1');
});

test('createLinkResolver: a shortener that is busy is left alone as long as it says', async () => {
  const asked: string[] = [];
  const time = { now: '2026-03-04T12:00:00.000Z' };
  const resolver = createLinkResolver({
    ...nothing,
    whereTo: async (url) => {
      asked.push(url);
      throw new FetchError('fetch/status-503', 'Busy.', { status: 503, retryAt: '2026-03-04T12:05:00.000Z' });
    },
    clock: () => time.now,
  });
  for (const now of ['2026-03-04T12:00:00.000Z', '2026-03-04T12:04:59.000Z', '2026-03-04T12:05:00.000Z']) {
    time.now = now;
    resolver.resolve(aRecord('https://t.co/a'));
    await settle();
  }
  await resolver.close();
  assert.is(asked.length, 2);
});

test('createLinkResolver: no more than a thousand links wait, and none is asked after the end', async () => {
  const asked: string[] = [];
  const turns: (() => void)[] = [];
  const inTurn: HostQueue = {
    run: (_, task) =>
      new Promise((resolve) => {
        turns.push(() => resolve(task(async () => undefined) as never));
      }),
  };
  const whereTo = async (url: string) => void asked.push(url);
  const resolver = createLinkResolver({ ...nothing, whereTo, queue: inTurn });
  resolver.resolve(aRecord(...Array.from({ length: 1001 }, (_, at) => `https://t.co/${at}`)));
  assert.is(turns.length, 1000);
  turns[0]?.();
  await settle();
  await resolver.close();
  turns[1]?.();
  await settle();
  assert.equal(asked, ['https://t.co/0']);
});

test('createLinkResolver: of fifty thousand links that are known the oldest is forgotten for a new one', async () => {
  const remembered = new Map(
    Array.from({ length: 50_000 }, (_, at) => [`https://t.co/${at}`, 'https://page.example/']),
  );
  const { resolver, saved } = resolverOver({ 'https://t.co/new': 'https://page.example/new' }, remembered);
  resolver.resolve(aRecord('https://t.co/new'));
  await settle();
  await resolver.close();
  assert.equal([saved[0]?.size, saved[0]?.has('https://t.co/0'), resolver.known.size], [50_000, false, 50_000]);
  assert.is(resolver.known.get('https://t.co/new'), 'https://page.example/new');
});

test.run();
