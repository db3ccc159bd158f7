/** What is stored, what is not worth storing, what is edited, and what is forgotten. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addMs, DAY_MS } from '../../src/durations.ts';
import { noLongerListed } from '../../src/identity/entry-changes.ts';
import { matchDocument } from '../../src/identity/match-document.ts';
import type { Entry, FeedDocument, FeedInfo, Instant, ListedEntry, SourceRecord } from '../../src/model.ts';
import { aListed, aSource, march } from '../items/poll-all.ts';

const day = (number: number): Instant => addMs('2025-12-31T12:00:00.000Z', number * DAY_MS);
const post = (number: number, given: Partial<ListedEntry> = {}): ListedEntry =>
  aListed({
    guid: `p${number}`,
    link: `https://alice.example/${number}`,
    title: `Post ${number}`,
    text: `Text ${number}`,
    ...given,
  });

interface Options {
  readonly record?: SourceRecord;
  readonly at: number;
  readonly previousAt?: number;
  readonly retentionDays?: number;
  readonly complete?: boolean;
  readonly feed?: FeedInfo;
  readonly isNeeded?: (id: string) => boolean;
}

function poll(entries: readonly ListedEntry[], { record, at, previousAt, ...options }: Options) {
  const document: FeedDocument = {
    feed: { url: 'https://alice.example/', ...options.feed },
    entries,
    skipped: 0,
    complete: options.complete ?? true,
  };
  return matchDocument({
    source: aSource(),
    record,
    document,
    now: day(at),
    ...(previousAt !== undefined && { previousSuccessAt: day(previousAt) }),
    retentionDays: options.retentionDays ?? 90,
    ownHosts: new Set(),
    addressChanged: false,
    baseUrl: aSource().url,
    ...(options.isNeeded && { isNeeded: options.isNeeded }),
  });
}

const first = poll([post(1, { publishedAt: day(0) }), post(2, { publishedAt: day(-1) })], { at: 1 });

test('matchDocument: the same document again changes nothing, and gives the same entries back', () => {
  const again = poll([post(1, { publishedAt: day(0) }), post(2, { publishedAt: day(-1) })], {
    record: first.record,
    at: 2,
  });
  assert.equal([again.changed, again.added, again.edited], [false, 0, 0]);
  assert.is(again.record.entries[0], first.record.entries[0]);
});

test('matchDocument: a touched date or feed date is no change', () => {
  const listed = [post(1, { publishedAt: day(1.2), updatedAt: day(1.3) }), post(2, { publishedAt: day(1.2) })];
  const stored = poll([post(1, { publishedAt: day(1), updatedAt: day(1) }), post(2, { publishedAt: day(-1) })], {
    at: 1,
  });
  assert.is(poll(listed, { record: stored.record, at: 2, feed: { updatedAt: day(2) } }).changed, false);
});

test('matchDocument: another feed title is a change', () => {
  const again = poll([post(1, { publishedAt: day(0) }), post(2, { publishedAt: day(-1) })], {
    record: first.record,
    at: 2,
    feed: { title: 'New' },
  });
  assert.equal([again.changed, again.record.feed.title], [true, 'New']);
});

test('matchDocument: an edit keeps id, first sight and arrival; white space is no edit', () => {
  const edited = poll([post(1, { title: 'Post one' }), post(2, { text: 'Text \n 2' })], {
    record: first.record,
    at: 2,
  });
  const [one, two] = edited.record.entries;
  const before = first.record.entries[0];
  assert.equal([edited.changed, edited.edited], [true, 1]);
  assert.equal(
    [one?.title, one?.id, one?.firstSeen, one?.arrival, one?.edited],
    ['Post one', before?.id, day(1), before?.arrival, day(2)],
  );
  assert.is(two?.edited, undefined);
});

test('matchDocument: a text that changes at every poll is announced as edited once a day', () => {
  const at = (hour: number, record: SourceRecord) =>
    matchDocument({
      source: aSource(),
      record,
      document: { feed: {}, entries: [post(1, { text: `${hour} comments` }), post(2)], skipped: 0, complete: true },
      now: new Date(Date.parse(day(2)) + hour * 3600_000).toISOString(),
      retentionDays: 0,
      ownHosts: new Set(),
      addressChanged: false,
      baseUrl: aSource().url,
    }).record;
  const [one, two] = [at(0, first.record), at(5, at(0, first.record))];
  const three = at(25, two);
  assert.equal(
    [one, two, three].map(({ entries }) => [entries[0]?.text, entries[0]?.edited]),
    [
      ['0 comments', day(2)],
      ['5 comments', day(2)],
      ['25 comments', '2026-01-03T13:00:00.000Z'],
    ],
  );
});

test('matchDocument: an empty document changes nothing', () => {
  const empty = poll([], { record: first.record, at: 400 });
  assert.equal([empty.changed, empty.record], [false, first.record]);
  assert.equal(poll([], { at: 1 }).record.entries, []);
});

test('matchDocument: a second edit is announced 24 hours after the first, not before', () => {
  const edit = (record: SourceRecord, text: string, at: number) => poll([post(1, { text }), post(2)], { record, at });
  const once = edit(first.record, 'Once', 2).record;
  const editedAt = (at: number) => edit(once, 'Twice', at).record.entries[0]?.edited;
  assert.equal([editedAt(2.999), editedAt(3)], [day(2), day(3)]);
});

test('matchDocument: what leaves the document was last listed at the answer before', () => {
  const left = poll([post(2, { publishedAt: day(-1) })], { record: first.record, at: 9, previousAt: 8 });
  const gone = left.record.entries.find(({ guid }) => guid === 'p1');
  assert.equal([left.changed, gone?.isListed, gone?.lastListed], [true, undefined, day(8)]);
  const later = poll([post(2, { publishedAt: day(-1) })], { record: left.record, at: 10, previousAt: 9 });
  assert.is(later.record.entries.find(({ guid }) => guid === 'p1')?.lastListed, day(8));
  assert.is(noLongerListed(first.record.entries[0] as Entry, day(0)).lastListed, day(1), 'after a clock went back');
  const back = poll([post(1), post(2)], { record: left.record, at: 10 });
  assert.is(back.record.entries.find(({ guid }) => guid === 'p1')?.isListed, true);
});

test('matchDocument: in a document that broke off nothing vanishes', () => {
  const cut = poll([post(2, { publishedAt: day(-1) })], { record: first.record, at: 9, complete: false });
  assert.equal([cut.changed, cut.record.entries.map(({ isListed }) => isListed)], [false, [true, true]]);
  const renamed = post(3, { title: 'Post 1', text: 'Text 1', publishedAt: day(0) });
  assert.is(poll([renamed], { record: first.record, at: 9, complete: false }).added, 1);
  assert.is(poll([renamed], { record: first.record, at: 9 }).added, 0);
});

test('expire: entries go retentionDays after they were last listed, and leave a tombstone', () => {
  const left = poll([post(2)], { record: first.record, at: 9, previousAt: 8 }).record;
  assert.is(poll([post(2)], { record: left, at: 98 }).record.entries.length, 2);
  const expired = poll([post(2)], { record: left, at: 99 });
  assert.is(expired.changed, true);
  assert.equal(
    expired.record.entries.map(({ guid }) => guid),
    ['p2'],
  );
  assert.equal(
    expired.record.tombstones.map(({ firstSeen, lastListed }) => [firstSeen, lastListed]),
    [[day(1), day(8)]],
  );
});

test('expire: nothing goes with 0, nor what is still needed', () => {
  const left = poll([post(2)], { record: first.record, at: 9, previousAt: 8 }).record;
  assert.is(poll([post(2)], { record: left, at: 999, retentionDays: 0 }).record.entries.length, 2);
  assert.is(poll([post(2)], { record: left, at: 999, isNeeded: () => true }).record.entries.length, 2);
});

/** [what comes back, how] */
const returns: readonly [string, ListedEntry][] = [
  ['under its guid', post(1, { link: 'https://alice.example/moved', title: 'Moved' })],
  ['under its link', post(1, { guid: 'other' })],
];
for (const [name, listed] of returns) {
  test(`findExpired: an expired entry comes back ${name}: it is not news`, () => {
    const left = poll([post(2)], { record: first.record, at: 9, previousAt: 8 }).record;
    const expired = poll([post(2)], { record: left, at: 99 }).record;
    const back = poll([post(2), listed], { record: expired, at: 100 });
    assert.equal([back.added, back.record.entries.length, back.record.tombstones[0]?.lastListed], [0, 1, day(100)]);
    const next = poll([post(2), listed], { record: back.record, at: 101 });
    assert.is(next.changed, false, 'a tombstone is dated anew once a week');
    const datedAt = (at: number) =>
      poll([post(2), listed], { record: back.record, at }).record.tombstones[0]?.lastListed;
    assert.equal([datedAt(107), datedAt(108)], [day(100), day(108)]);
    const tombstonesAt = (at: number) => poll([post(2)], { record: next.record, at }).record.tombstones.length;
    assert.equal([tombstonesAt(280), tombstonesAt(281)], [1, 0], 'and dropped half a year after it was last listed');
  });
}

test('findExpired: neither guid nor link: by title, date and text', () => {
  const bare = aListed({ title: 'Road closed', text: 'By the mill', publishedAt: day(1) });
  const start = poll([bare, post(2)], { at: 1 }).record;
  const left = poll([post(2)], { record: start, at: 2, previousAt: 1 }).record;
  const expired = poll([post(2)], { record: left, at: 99 }).record;
  assert.is(poll([bare, post(2)], { record: expired, at: 100 }).added, 0);
  assert.is(poll([{ ...bare, publishedAt: day(100) }, post(2)], { record: expired, at: 100 }).added, 1);
});

test('matchDocument: ids come from the source and the first name, and are never given twice', () => {
  const reused = poll(
    [
      post(9, {
        guid: 'p1',
        link: 'https://alice.example/x',
        title: 'All new',
        text: 'Other words',
        publishedAt: march(1),
      }),
    ],
    {
      record: poll([post(1, { publishedAt: day(1) })], { at: 1 }).record,
      at: 60,
    },
  ).record;
  const ids = reused.entries.map(({ id }) => id);
  assert.equal(new Set(ids).size, 2);
  assert.is(ids[1], first.record.entries[0]?.id, 'the same in every run');
  assert.ok(ids.every((id) => /^[a-z2-7]{12}$/.test(id)));
});

test('matchDocument: a name like __proto__ is a name like others', () => {
  const odd = ['__proto__', 'constructor', 'toString'].map((name) =>
    aListed({ guid: name, title: name, link: `https://alice.example/${name}` }),
  );
  const { record } = poll(odd, { at: 1 });
  assert.equal(
    record.entries.map(({ guid }) => guid),
    ['__proto__', 'constructor', 'toString'],
  );
  assert.is(poll(odd, { record, at: 2 }).changed, false);
});
test.run();
