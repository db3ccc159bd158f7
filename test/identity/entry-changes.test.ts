/** Dates, arrival, and what of a first document or a back-fill is announced. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trueDate } from '../../src/identity/entry-changes.ts';
import { entriesLastWeek, matchDocument } from '../../src/identity/match-document.ts';
import type { Entry, Instant, ListedEntry } from '../../src/model.ts';
import { aListed, aSource, march, type Poll, pollAll, wordsAbout } from '../items/poll-all.ts';

const NOW = march(2);
const day = (number: number): Instant => new Date(Date.UTC(2026, 0, number, 12)).toISOString();
const post = (number: number, given: Partial<ListedEntry> = {}): Partial<ListedEntry> => ({
  guid: `p${number}`,
  link: `https://alice.example/${number}`,
  title: `Post ${number}`,
  text: wordsAbout(`post${number}x`),
  ...given,
});
const entriesOf = (polls: readonly Poll[], source = 'alice'): readonly Entry[] =>
  pollAll(polls).records.get(source)?.entries ?? [];

const dates: readonly [string, { publishedAt?: Instant; updatedAt?: Instant }, Instant | undefined][] = [
  ['published', { publishedAt: march(1), updatedAt: march(2) }, march(1)],
  ['updated where nothing is published', { updatedAt: march(1) }, march(1)],
  ['a few hours ahead is now', { publishedAt: '2026-03-03T11:00:00.000Z' }, NOW],
  ['a day ahead is now', { publishedAt: march(3) }, NOW],
  ['a millisecond more is no date', { publishedAt: '2026-03-03T12:00:00.001Z' }, undefined],
  ['the first of 1990 is a date', { publishedAt: '1990-01-01T00:00:00.000Z' }, '1990-01-01T00:00:00.000Z'],
  ['further ahead is no date', { publishedAt: '2031-10-31T00:00:00.000Z' }, undefined],
  ['further ahead, but updated', { publishedAt: '2031-10-31T00:00:00.000Z', updatedAt: march(1) }, march(1)],
  ['before 1990 is no date', { publishedAt: '1970-01-01T00:00:00.000Z' }, undefined],
  ['none', {}, undefined],
];
for (const [name, listed, expected] of dates) {
  test(`trueDate: ${name}`, () => {
    assert.is(trueDate(listed, NOW), expected);
  });
}

test('dateNewEntries: of a first document the ten newest are announced, with their own dates', () => {
  const entries = entriesOf([
    { listed: Array.from({ length: 12 }, (_, at) => post(at, { publishedAt: day(1 + at) })) },
  ]);
  assert.equal(
    entries.map(({ published, arrival, date }) => [published, arrival, date]),
    Array.from({ length: 12 }, (_, at) => [at >= 2, day(1 + at), day(1 + at)]),
  );
});

test('dateNewEntries: the undated count as old, and arrive just after the one above', () => {
  const dated = Array.from({ length: 9 }, (_, at) => post(at, { publishedAt: day(20 - at) }));
  const entries = entriesOf([{ listed: [post(90), ...dated, post(91), post(92)] }]);
  const shown = (number: number) => {
    const entry = entries.find(({ guid }) => guid === `p${number}`);
    return [entry?.published, entry?.arrival, entry?.date];
  };
  assert.equal(shown(90), [true, '2026-03-02T11:59:59.000Z', NOW]);
  assert.equal(shown(91), [false, '2026-01-12T11:59:59.000Z', '2026-03-02T11:59:50.000Z']);
  assert.equal(shown(92), [false, '2026-01-12T11:59:58.000Z', '2026-03-02T11:59:49.000Z']);
});

test('dateNewEntries: afterwards everything arrives when it is first seen, the newest first', () => {
  const entries = entriesOf([
    { listed: [post(1, { publishedAt: day(1) })] },
    { listed: [post(2, { publishedAt: day(2) }), post(3, { publishedAt: march(3) }), post(4)] },
  ]);
  const arrivals = new Map(entries.map(({ guid, arrival, published }) => [guid, `${arrival} ${published}`]));
  assert.is(arrivals.get('p3'), '2026-03-03T12:00:00.000Z true');
  assert.is(arrivals.get('p2'), '2026-03-03T11:59:59.999Z true');
  assert.is(arrivals.get('p4'), '2026-03-03T11:59:59.998Z true');
});

test('dateNewEntries: five old ones at once are a back-fill: they keep their place, ten are announced', () => {
  const archive = Array.from({ length: 12 }, (_, at) => post(10 + at, { publishedAt: day(1 + at) }));
  const polls: Poll[] = [
    { listed: [post(1, { publishedAt: march(1) })] },
    { listed: [post(2, { publishedAt: march(3) }), ...archive] },
  ];
  const entries = entriesOf(polls);
  const of = (guid: string) => entries.find((entry) => entry.guid === guid);
  assert.equal([of('p2')?.arrival, of('p2')?.published], [march(3), true]);
  assert.equal([of('p10')?.arrival, of('p10')?.published, of('p11')?.published], [day(1), false, false]);
  assert.equal([of('p21')?.arrival, of('p21')?.published], [day(12), true]);
});

test('dateNewEntries: over 14 days before the last answer is old, 14 days are not', () => {
  const arrivals = (publishedAt: Instant) => {
    const archive = Array.from({ length: 5 }, (_, at) => post(10 + at, { publishedAt }));
    const entries = entriesOf([{ listed: [post(1, { publishedAt: march(1) })] }, { listed: archive }]);
    return entries.filter(({ arrival }) => arrival.startsWith('2026-03-03')).length;
  };
  assert.equal([arrivals('2026-02-16T12:00:00.000Z'), arrivals('2026-02-16T11:59:59.999Z')], [5, 0]);
});

test('dateNewEntries: four old ones are news', () => {
  const archive = Array.from({ length: 4 }, (_, at) => post(10 + at, { publishedAt: day(1 + at) }));
  const entries = entriesOf([{ listed: [post(1, { publishedAt: march(1) })] }, { listed: archive }]);
  assert.equal(entries.filter(({ arrival }) => arrival.startsWith('2026-03-03')).length, 4);
});

test('dateNewEntries: at another address a document counts as the first', () => {
  const polls: Poll[] = [
    { listed: [post(1, { publishedAt: march(1) })] },
    { listed: [post(2, { publishedAt: day(20) })], addressChanged: true },
  ];
  assert.is(entriesOf(polls)[0]?.arrival, day(20));
});

test('dateNewEntries: what comes when all got new guids and links keeps its own date', () => {
  const before = [1, 2, 3].map((number) => post(number, { publishedAt: march(1) }));
  const after = before.map((one, at) => ({
    ...one,
    guid: `n${at}`,
    link: `https://alice.example/n/${at}`,
    publishedAt: march(2),
  }));
  const entries = entriesOf([{ listed: before }, { listed: [...after, post(9, { publishedAt: day(20) })] }]);
  assert.equal([entries.length, entries[0]?.guid, entries[0]?.arrival], [4, 'p9', day(20)]);
});

test('dateNewEntries: of a feed that the owner wrote himself all are announced', () => {
  const source = aSource('alice', { url: 'file:///srv/alice.xml' });
  const entries = Array.from({ length: 12 }, (_, at) => aListed(post(at, { publishedAt: day(1 + at) })));
  const document = { feed: {}, entries, skipped: 0, complete: true };
  const { record } = matchDocument({
    source,
    record: undefined,
    document,
    now: NOW,
    retentionDays: 0,
    ownHosts: new Set(),
    addressChanged: false,
    baseUrl: source.url,
  });
  assert.is(record.entries.filter(({ published }) => published).length, 12);
});

test('matchDocument: where nothing else names an entry its date is the latest', () => {
  const note = { title: 'Road closed near the mill', text: wordsAbout('road') };
  const polls: Poll[] = [march(1), undefined, march(3)].map((publishedAt) => ({
    listed: [{ ...note, ...(publishedAt && { publishedAt }) }],
  }));
  assert.equal(pollAll(polls).entries(), ['0.0 1.0 2.0']);
});

test('matchDocument: a date is set once, and only the publisher moves it back', () => {
  const polls = [march(1), march(2), undefined, day(20)].map(
    (publishedAt): Poll => ({ listed: [post(1, publishedAt === undefined ? {} : { publishedAt })] }),
  );
  const dateAfter = (count: number) =>
    entriesOf(polls.slice(0, count)).map(({ date, publishedAt }) => [date, publishedAt]);
  assert.equal([1, 2, 3, 4].map(dateAfter), [
    [[march(1), march(1)]],
    [[march(1), march(1)]],
    [[march(1), march(1)]],
    [[day(20), day(20)]],
  ]);
});

test('entriesLastWeek: counts by date', () => {
  const record = pollAll([
    {
      listed: [
        post(1, { publishedAt: day(1) }),
        post(2, { publishedAt: march(1) }),
        post(3),
        post(4, { publishedAt: '2026-02-23T12:00:00.000Z' }),
      ],
    },
  ]).records.get('alice');
  assert.is(record && entriesLastWeek(record, march(2)), 2);
});
test.run();
