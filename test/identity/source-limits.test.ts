/** How much one publisher may make us keep, poll after poll. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addMs, HOUR_MS } from '../../src/durations.ts';
import { matchDocument } from '../../src/identity/match-document.ts';
import { SOURCE_LIMITS, type SourceLimits } from '../../src/identity/source-limits.ts';
import { jsonChars } from '../../src/json-size.ts';
import type { ListedEntry, SourceRecord } from '../../src/model.ts';
import { aListed, aSource, march } from '../items/poll-all.ts';

const post = (name: string | number, given: Partial<ListedEntry> = {}): ListedEntry =>
  aListed({ guid: `post-${name}`, link: `https://alice.example/${name}`, title: `Post ${name}`, ...given });
const posts = (from: number, count: number) => Array.from({ length: count }, (_, at) => post(from + at));

function poll(
  entries: readonly ListedEntry[],
  { record, hour, limits = {} }: { record?: SourceRecord; hour: number; limits?: Partial<SourceLimits> },
) {
  return matchDocument({
    source: aSource(),
    record,
    document: { feed: { url: 'https://alice.example/' }, entries, skipped: 0, complete: true },
    now: addMs(march(1), hour * HOUR_MS),
    retentionDays: 90,
    ownHosts: new Set(),
    addressChanged: false,
    baseUrl: aSource().url,
    limits: { ...SOURCE_LIMITS, ...limits },
  });
}

const guidsOf = ({ entries }: SourceRecord) => entries.map(({ guid }) => guid).sort();

test('new entries: as many a day as the limit says, whatever the first document held; the others wait and then come', () => {
  const limits = { newEntriesPerDay: 3 };
  const first = poll(posts(0, 5), { hour: 0, limits });
  assert.equal([first.added, first.waiting], [5, 0]);
  const second = poll([...posts(5, 2), ...posts(0, 5)], { record: first.record, hour: 1, limits });
  assert.equal([second.added, second.waiting], [2, 0]);
  const third = poll([...posts(7, 4), ...posts(0, 7)], { record: second.record, hour: 2, limits });
  assert.equal([third.added, third.waiting], [1, 3]);
  const fourth = poll([...posts(7, 4), ...posts(0, 7)], { record: third.record, hour: 3, limits });
  assert.equal([fourth.added, fourth.waiting, fourth.changed], [0, 3, false]);
  const nextDay = poll([...posts(7, 4), ...posts(0, 7)], { record: third.record, hour: 26, limits });
  assert.equal([nextDay.added, nextDay.waiting], [3, 0]);
  assert.is(new Set(nextDay.record.entries.map(({ id }) => id)).size, 11);
});

test('new entries: what was dropped meanwhile counts for its day, too', () => {
  const limits = { newEntriesPerDay: 3, maxEntries: 2 };
  let matched = poll(posts(0, 2), { hour: 0, limits });
  const added: number[] = [];
  for (let hour = 1; hour < 6; hour++) {
    matched = poll(posts(hour * 10, 1), { record: matched.record, hour, limits });
    added.push(matched.added);
  }
  assert.equal(added, [1, 1, 1, 0, 0]);
});

test('a thousand fresh items at every poll of a week: entries, tombstones and characters stay below their limits', () => {
  let record: SourceRecord | undefined;
  const limits = { maxEntries: 1500, newEntriesPerDay: 1000, maxSourceMB: 0.5 };
  for (let hour = 0; hour < 7 * 24; hour += 6) {
    record = poll(posts(hour * 1000, 1000), { ...(record && { record }), hour, limits }).record;
    assert.ok(record.entries.length <= 1500 && record.tombstones.length <= 1500);
    assert.ok(jsonChars(record.entries) <= 500_000 * 1.01, `${jsonChars(record.entries)}`);
  }
});

test('what goes first: no longer listed before listed, never announced before announced, the oldest of these', () => {
  const limits = { maxEntries: 14 };
  const first = poll(posts(0, 12), { hour: 0 });
  // Two of the twelve were never announced.
  const silent = guidsOf({ ...first.record, entries: first.record.entries.filter(({ published }) => !published) });
  assert.is(silent.length, 2);
  const second = poll(posts(12, 2), { record: first.record, hour: 1, limits });
  assert.equal([second.dropped, second.record.entries.length], [0, 14]);
  const third = poll(posts(14, 2), { record: second.record, hour: 2, limits });
  assert.equal(
    guidsOf(second.record).filter((guid) => !guidsOf(third.record).includes(guid)),
    silent,
  );
  const fourth = poll(posts(16, 3), { record: third.record, hour: 3, limits });
  assert.is(fourth.dropped, 3);
  for (const number of [12, 13, 14, 15, 16, 17, 18]) assert.ok(guidsOf(fourth.record).includes(`post-${number}`));
});

test('what was dropped is no news when it is listed again', () => {
  const limits = { maxEntries: 2 };
  const first = poll(posts(0, 2), { hour: 0, limits });
  const second = poll(posts(2, 2), { record: first.record, hour: 1, limits });
  assert.equal([second.dropped, second.record.tombstones.length], [2, 2]);
  const again = poll(posts(0, 2), { record: second.record, hour: 2, limits });
  assert.equal([again.added, again.record.entries.length], [0, 2]);
});

test('a source that holds more than its megabytes loses entries, even such as it lists', () => {
  const long = (name: number) => post(name, { text: 'x'.repeat(1000) });
  const { record, dropped } = poll([1, 2, 3, 4, 5].map(long), { hour: 0, limits: { maxSourceMB: 0.005 } });
  assert.ok(dropped > 0 && record.entries.length > 0);
  assert.ok(jsonChars(record.entries) < 5000);
});

test('one guid under another link at every poll, and one link under another guid: 50 of each are kept, the first one too', () => {
  for (const isGuidFixed of [true, false]) {
    let record: SourceRecord | undefined;
    for (let hour = 0; hour < 120; hour++) {
      const guid = isGuidFixed ? 'one' : `guid-${hour}`;
      const link = `https://alice.example/${isGuidFixed ? hour : 'one'}`;
      record = poll([post('one', { guid, link })], { ...(record && { record }), hour }).record;
    }
    const [entry, ...others] = record?.entries ?? [];
    assert.is(others.length, 0);
    const names = (isGuidFixed ? entry?.linkKeys : entry?.guids) ?? [];
    assert.is(names.length, 50);
    assert.match(names[0] ?? '', /\b0$/);
    assert.match(names.at(-1) ?? '', /\b119$/);
  }
});

test('a document that folds a hundred guids into one entry keeps 50', () => {
  const same = Array.from({ length: 100 }, (_, at) => post('one', { guid: `guid-${at}` }));
  for (const entry of poll(same, { hour: 0 }).record.entries) assert.ok(entry.guids.length <= 50);
});

test.run();
