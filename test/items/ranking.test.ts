import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addMs } from '../../src/durations.ts';
import { publisherOf } from '../../src/identity/publisher.ts';
import { hot, isOfUnknownAge, spread, trending } from '../../src/items/ranking.ts';
import type { Entry, Instant, Item, Tally, Via } from '../../src/model.ts';

const NOW: Instant = '2026-03-04T12:00:00.000Z';
const HOUR = Math.floor(Date.parse(NOW) / 3_600_000);
const hoursAgo = (hours: number): Instant => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString();
const NOTHING: Tally = { views: 0, clicks: 0, hours: [] };

/** An item that the publishers a.example, b.example, … published, all at the same time. */
function anItem(
  id: string,
  hours: number,
  publishers: readonly string[] = ['a.example'],
  changes: Partial<Item> = {},
): Item {
  const at = hoursAgo(hours);
  const via: Via[] = publishers.map((host, n) => ({
    source: `s${n}`,
    name: host,
    url: `https://${host}/${id}`,
    firstSeen: at,
  }));
  const entry = { id, source: id, publishedAt: at } as Entry;
  return {
    id,
    entries: [entry],
    hidden: [],
    primary: entry,
    body: entry,
    url: `https://${publishers[0]}/${id}`,
    title: id,
    date: at,
    arrival: at,
    firstSeen: at,
    updated: at,
    published: true,
    via,
    categories: [],
    ...changes,
  };
}

const publishers = [
  { url: 'https://www.blog.example.co.uk/2026/x', publisher: 'example.co.uk' },
  { url: 'https://x.com/kimmonismus/status/1', publisher: 'x.com/kimmonismus' },
  { url: 'https://X.com/KimMonismus', publisher: 'x.com/kimmonismus' },
  { url: 'https://bsky.app/profile/jay.example/post/1', publisher: 'bsky.app/jay.example' },
  { url: 'https://mastodon.social/@Ada/1', publisher: 'mastodon.social/@ada' },
  { url: 'https://www.youtube.com/@ada', publisher: 'youtube.com/@ada' },
  { url: 'https://www.youtube.com/channel/UC1', publisher: 'youtube.com/uc1' },
  { url: 'https://www.youtube.com/watch?v=1', publisher: 'youtube.com' },
  { url: 'https://medium.com/@ada/x', publisher: 'medium.com/@ada' },
  { url: 'https://ada.medium.com/x', publisher: 'ada.medium.com' },
  { url: 'https://ada.substack.com/p/x', publisher: 'ada.substack.com' },
  { url: 'https://github.com/ada/engine/releases', publisher: 'github.com/ada' },
  { url: 'https://ada.github.io/x', publisher: 'ada.github.io' },
  { url: 'http://127.0.0.1:8081/x', publisher: '127.0.0.1:8081' },
  { url: 'no address', publisher: undefined },
  { url: undefined, publisher: undefined },
];
for (const { url, publisher } of publishers) {
  test(`publisherOf: ${url} is ${publisher}`, () => assert.is(publisherOf(url), publisher));
}

test('hot: ten times the points weigh as much as 12.5 hours', () => {
  const tenfold = hot(anItem('a', 12.5), { ...NOTHING, views: 9 }, NOW);
  assert.ok(Math.abs(tenfold - hot(anItem('b', 0), NOTHING, NOW)) < 1e-9);
});

test('hot: a publisher counts three views, a click two, a second source of one publisher nothing', () => {
  const rank = (hosts: readonly string[], views: number, clicks = 0) =>
    hot(anItem('a', 1, hosts), { views, clicks, hours: [] }, NOW);
  assert.is(rank(['a.example', 'b.example'], 0), rank(['a.example'], 3));
  assert.is(rank(['a.example'], 0, 1), rank(['a.example'], 2));
  assert.is(rank(['a.example', 'www.a.example'], 0), rank(['a.example'], 0));
});

test('hot: a date in the future gains nothing, and neither does one after the first sight', () => {
  const ahead = anItem('a', 1, ['a.example'], { primary: { publishedAt: '2031-01-01T00:00:00.000Z' } as Entry });
  assert.is(hot(ahead, NOTHING, NOW), hot(anItem('a', 1), NOTHING, NOW));
});

test('hot: a source’s weight of 1 is as much as ten times the points', () => {
  assert.is(hot(anItem('a', 1), NOTHING, NOW, 1), hot(anItem('a', 1), { ...NOTHING, views: 9 }, NOW));
  assert.ok(hot(anItem('a', 1), NOTHING, NOW, -0.5) < hot(anItem('a', 1), NOTHING, NOW));
});

/** Undated, first seen at NOW, so many seconds behind the one at the top of its document. */
const undated = (id: string, seconds: number) => {
  const arrival = addMs(NOW, -1000 * seconds);
  return anItem(id, 0, ['a.example'], { primary: { id, source: id, firstSeen: NOW, arrival } as Entry });
};

test('hot: what is undated and stood in its source’s first document is not of this hour; what came later is', () => {
  assert.equal([undated('a', 1), undated('b', 0)].map(isOfUnknownAge), [true, false]);
  assert.ok(hot(undated('a', 1), NOTHING, NOW) < hot(anItem('b', 12), NOTHING, NOW));
  assert.is(hot(undated('b', 0), NOTHING, NOW), hot(anItem('b', 0), NOTHING, NOW));
});

test('spread: in their order, no publisher and no source more than twice', () => {
  const of = (id: string, host: string, source: string) =>
    anItem(id, 0, [host], { primary: { id, source, publishedAt: NOW } as Entry });
  const items = [
    of('1', 'a.example', 's'),
    of('2', 'blog.a.example', 't'),
    of('3', 'www.a.example', 'u'),
    of('4', 'b.example', 's'),
    of('5', 'c.example', 's'),
    of('6', 'd.example', 'v'),
  ];
  const ids = (limit: number) => spread(items, limit).map(({ id }) => id);
  assert.equal(ids(10), ['1', '2', '4', '6']);
  assert.equal(ids(2), ['1', '2']);
});

const visits = (count: number, hours: number): Tally => ({ views: count, clicks: 0, hours: [[HOUR - hours, count]] });
const listed = (items: readonly Item[], tallies: Record<string, Tally> = {}) =>
  trending(items, ({ id }) => new Map(Object.entries(tallies)).get(id) ?? NOTHING, NOW, 5).map(({ id }) => id);

test('trending: without visitors it is what several publishers published, the latest first', () => {
  const items = [
    anItem('one', 0),
    anItem('new', 1, ['a.example', 'b.example']),
    anItem('old', 20, ['c.example', 'd.example']),
  ];
  assert.equal(listed(items), ['new', 'old']);
});

test('trending: several sources of one publisher are one', () => {
  assert.equal(listed([anItem('a', 1, ['a.example', 'www.a.example', 'blog.a.example'])]), []);
});

test('trending: five visits in this hour list an item, four do not, nor do five of yesterday', () => {
  const items = ['five', 'four', 'yesterday'].map((id) => anItem(id, 30, [`${id}.example`]));
  assert.equal(listed(items, { five: visits(5, 0), four: visits(4, 0), yesterday: visits(5, 24) }), ['five']);
});

test('trending: visits halve in six hours', () => {
  const items = ['twelve', 'six', 'now'].map((id) => anItem(id, 30, [`${id}.example`]));
  assert.equal(listed(items, { twelve: visits(30, 12), six: visits(19, 6), now: visits(9, 0) }), [
    'six',
    'now',
    'twelve',
  ]);
});

test('trending: at most two of one publisher, at most as many as asked for', () => {
  const polled = (id: string, n: number) => anItem(id, n, ['a.example', 'b.example']);
  assert.equal(listed([polled('1', 1), polled('2', 2), polled('3', 3), anItem('4', 4, ['c.example', 'd.example'])]), [
    '1',
    '2',
    '4',
  ]);
  const many = Array.from({ length: 9 }, (_, n) => anItem(`${n}`, n, [`x${n}.example`, 'b.example']));
  assert.equal(listed(many), ['0', '1', '2', '3', '4']);
});

test('trending: what nothing has happened to for 8 days is no trend, and what is not published neither', () => {
  assert.equal(listed([anItem('a', 8 * 24 + 1, ['a.example', 'b.example'])]), []);
  assert.equal(listed([anItem('a', 1, ['a.example', 'b.example'], { published: false })]), []);
});

test('trending: of two with the same score the later arrival stands first, whatever their order', () => {
  const [early, late] = [2, 1].map((hours) => anItem(`${hours}`, hours, [`${hours}.example`]));
  assert.ok(early && late);
  const tallies = { 1: visits(9, 0), 2: visits(9, 0) };
  assert.equal(
    [listed([early, late], tallies), listed([late, early], tallies)],
    [
      ['1', '2'],
      ['1', '2'],
    ],
  );
});

test('trending: an hour of visits is weighed as if all had come in its middle', () => {
  // Now is the start of an hour, so that one visit of the hour before has weighed 2^(-1/12) for half an hour.
  const items = ['six', 'five'].map((id) => anItem(id, 30, [`${id}.example`]));
  assert.equal(listed(items, { six: visits(6, 1), five: visits(5, 1) }), ['six']);
});

test('trending: a publisher counts from its first sighting, however often it comes again', () => {
  const again = anItem('again', 1, ['a.example', 'b.example']);
  const [first, second] = again.via;
  assert.ok(first && second);
  const later = { ...second, source: 's9', firstSeen: hoursAgo(0) };
  const twice = { ...again, id: 'twice', via: [first, second, later] };
  const newer = anItem('newer', 0.5, ['c.example', 'd.example']);
  assert.equal(listed([twice, newer]), ['newer', 'twice']);
});

test('trending: who published an item first is no event: one visit to a new item makes no trend', () => {
  assert.equal(listed([anItem('new', 0)], { new: visits(1, 0) }), []);
});

test('trending: a further publisher weighs as much as five visits', () => {
  const carried = anItem('carried', 0, ['a.example', 'b.example']);
  const items = [carried, ...['six', 'four'].map((id) => anItem(id, 30, [`${id}.example`, `${id}2.example`]))];
  assert.equal(listed(items, { six: visits(6, 0), four: visits(4, 0) }), ['six', 'carried', 'four']);
});

test('trending: the publisher of an item is where it leads to, else where its first via found it', () => {
  const led = ['1', '2', '3'].map((id) =>
    anItem(id, Number(id), ['a.example', 'b.example'], { url: `https://c.example/${id}` }),
  );
  const { url: _, ...unled } = anItem('4', 4, ['a.example', 'b.example']);
  assert.equal(listed([...led, unled]), ['1', '2', '4']);
});

test.run();
