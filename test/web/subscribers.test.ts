/** How many read our feeds: who counts, for how long, and what is written down of it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { userAgent } from '../../src/fetch/user-agent.ts';
import type { SubscribersFile } from '../../src/store/small-files.ts';
import { createSubscribers, type FeedVisit, type Subscribers } from '../../src/web/subscribers.ts';
import { aConfig, testStore } from './site-under-test.ts';

const FEED = '/feed.xml';
const OTHER = '/categories/news/atom.xml';
const READER = 'NetNewsWire (RSS Reader; https://netnewswire.com/)';
const feedly = (count: number) => `Feedly/1.0 (+http://www.feedly.com/fetcher.html; ${count} subscribers)`;

interface Under {
  readonly subscribers: Subscribers;
  readonly saved: SubscribersFile[];
  readonly time: { now: string };
  fetch(path: string, agent: string | undefined, from?: string, more?: Partial<FeedVisit>): void;
}

function subscribersUnderTest(remembered?: SubscribersFile): Under {
  const saved: SubscribersFile[] = [];
  const time = { now: '2026-03-04T12:00:00.000Z' };
  const subscribers = createSubscribers({
    remembered,
    save: async (file) => void saved.push(file),
    store: testStore([]),
    config: () => aConfig({ trustProxy: ['127.0.0.1'] }),
    clock: () => time.now,
    log: () => undefined,
  });
  return {
    subscribers,
    saved,
    time,
    fetch(path, agent, from = '198.51.100.7', more = {}) {
      subscribers.fetched(path, { agent, peer: from, forwardedFor: undefined, fetchDest: undefined, ...more });
    },
  };
}

test('subscribers: what a hosted reader announced last counts, each reader and feed by itself', () => {
  const { subscribers, fetch } = subscribersUnderTest();
  fetch(FEED, feedly(16));
  fetch(FEED, feedly(17));
  fetch(FEED, 'Feedbin feed-id:1 - 4 subscribers');
  fetch(OTHER, feedly(2));
  assert.equal([subscribers.of(FEED), subscribers.of(OTHER), subscribers.total()], [21, 2, 23]);
});

test('subscribers: other readers count once a day, whatever they fetch and how often', () => {
  const { subscribers, fetch } = subscribersUnderTest();
  for (let n = 0; n < 3; n++) fetch(FEED, READER);
  fetch(OTHER, READER);
  fetch(FEED, READER, '198.51.100.8');
  fetch(FEED, 'FreshRSS/1.24.0');
  assert.equal([subscribers.of(FEED), subscribers.of(OTHER), subscribers.total()], [3, 1, 3]);
});

test('subscribers: robots, scripts, nameless clients and people who click on the address do not count', () => {
  const { subscribers, fetch } = subscribersUnderTest();
  for (const agent of ['Googlebot/2.1', 'curl/8.5.0', '', undefined]) fetch(FEED, agent);
  fetch(FEED, 'Mozilla/5.0 Firefox/128.0', '198.51.100.7', { fetchDest: 'document' });
  assert.is(subscribers.total(), 0);
});

test('subscribers: one network adds 10 readers a day at most, and only a trusted proxy says who else it is', () => {
  const { subscribers, fetch } = subscribersUnderTest();
  for (let n = 1; n <= 40; n++) fetch(FEED, READER, `198.51.100.${n}`);
  for (let n = 1; n <= 40; n++) fetch(FEED, READER, '203.0.113.1', { forwardedFor: `192.0.2.${n}` });
  assert.is(subscribers.of(FEED), 11);
  fetch(FEED, READER, '127.0.0.1', { forwardedFor: '192.0.2.9' });
  assert.is(subscribers.of(FEED), 12);
});

test('subscribers: one network adds 10 readers a day to all feeds together, by whatever names it asks for how many', () => {
  const { subscribers, fetch } = subscribersUnderTest();
  for (let n = 1; n <= 100; n++) fetch(`/sources/s${n % 20}/feed.xml`, `Reader${n}/1.0`);
  assert.is(subscribers.total(), 10);
});

test('subscribers: no sum of what is announced is more than what one may announce', () => {
  const { subscribers, fetch } = subscribersUnderTest();
  for (const name of ['Feedly', 'Feedbin', 'BazQux']) fetch(FEED, `${name}/1.0 (900000 subscribers)`);
  assert.equal([subscribers.of(FEED), subscribers.total()], [1_000_000, 1_000_000]);
});

test('subscribers: two viaducts that read each other do not count each other up', () => {
  const [one, two] = [subscribersUnderTest(), subscribersUnderTest()];
  one.fetch(FEED, feedly(5));
  for (let poll = 0; poll < 10; poll++) {
    one.fetch(FEED, userAgent({ version: '1', subscribers: two.subscribers.total() }));
    two.fetch(FEED, userAgent({ version: '1', subscribers: one.subscribers.total() }));
  }
  assert.equal([one.subscribers.total(), two.subscribers.total()], [6, 1]);
});

test('subscribers: a request that takes kilobytes to say who asks is not kept', () => {
  const { subscribers, fetch } = subscribersUnderTest();
  fetch(FEED, READER.padEnd(2000, 'x'));
  fetch(FEED, READER, '198.51.100.7', { forwardedFor: '192.0.2.1, '.repeat(200) });
  assert.is(subscribers.total(), 0);
});

test('subscribers: a clock that is set back over midnight forgets no day', () => {
  const under = subscribersUnderTest();
  under.fetch(FEED, READER);
  under.fetch(FEED, READER, '198.51.101.7');
  const totals = ['2026-03-05T00:00:01', '2026-03-04T23:59:59', '2026-03-05T00:00:02'].map((at) => {
    under.time.now = `${at}.000Z`;
    return under.subscribers.total();
  });
  assert.equal(totals, [2, 2, 2]);
});

test('subscribers: until today has more, yesterday counts; the day before does not; what was announced stays a week', () => {
  const under = subscribersUnderTest();
  under.fetch(FEED, READER);
  under.fetch(FEED, READER, '198.51.101.7');
  under.fetch(FEED, feedly(5));
  const totals = ['2026-03-05', '2026-03-06', '2026-03-10', '2026-03-11'].map((day) => {
    under.time.now = `${day}T08:00:00.000Z`;
    return under.subscribers.total();
  });
  assert.equal(totals, [7, 5, 5, 0]);
});

test('subscribers: a restart keeps the numbers, and what is written leads to nobody', async () => {
  const before = subscribersUnderTest();
  before.fetch(FEED, READER);
  before.fetch(FEED, feedly(16));
  await before.subscribers.close();
  const expected: SubscribersFile = {
    version: 1,
    day: '2026-03-04',
    readers: { today: 1, yesterday: 0 },
    feeds: [
      {
        path: FEED,
        readers: { today: 1, yesterday: 0 },
        announced: [{ agent: 'feedly', count: 16, day: '2026-03-04' }],
      },
    ],
  };
  assert.equal(before.saved, [expected]);
  const after = subscribersUnderTest(expected);
  assert.is(after.subscribers.total(), 17);
  after.fetch(FEED, READER);
  assert.is(after.subscribers.total(), 17);
});

test('subscribers: nothing fetched, nothing written', async () => {
  const under = subscribersUnderTest();
  await under.subscribers.close();
  assert.equal(under.saved, []);
});

test.run();
