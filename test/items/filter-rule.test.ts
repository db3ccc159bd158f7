import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchDocument } from '../../src/identity/match-document.ts';
import { isWanted, readFilterRule } from '../../src/items/filter-rule.ts';
import { createItemIndex } from '../../src/items/item-index.ts';
import type { ListedEntry, Source, SourceRecord } from '../../src/model.ts';
import { aListed, aSource, march, pollAll } from './poll-all.ts';

const meets: readonly { rule: string; entry: Partial<ListedEntry>; isMet: boolean }[] = [
  { rule: 'podcast', entry: { title: 'Our Podcast, part 2' }, isMet: true },
  { rule: 'podcast', entry: { title: 'All podcasts' }, isMet: false },
  { rule: 'podcast*', entry: { title: 'All Podcasts' }, isMet: true },
  { rule: 'cast', entry: { title: 'A podcast' }, isMet: false },
  { rule: 'machine   learning', entry: { text: 'of machine-learning: a talk' }, isMet: true },
  { rule: 'machine learning', entry: { text: 'a machine is learning' }, isMet: false },
  { rule: 'sponsored', entry: { categories: ['News', 'Sponsored'] }, isMet: true },
  { rule: 'jane doe', entry: { authors: [{ name: 'Jane Doe' }] }, isMet: true },
  { rule: 'jane@a.example', entry: { authors: [{ email: 'jane@a.example' }] }, isMet: true },
  { rule: 'title: ads', entry: { title: 'Ads' }, isMet: true },
  { rule: 'title:ads', entry: { text: 'ads', categories: ['ads'] }, isMet: false },
  { rule: 'Category:ads', entry: { categories: ['ads'] }, isMet: true },
  { rule: 'author:doe', entry: { title: 'doe' }, isMet: false },
  { rule: 'text:ads', entry: { summary: 'No ads here' }, isMet: true },
  { rule: 'note:this', entry: { title: 'Note: this' }, isMet: true },
  { rule: 'c++', entry: { title: 'C++, again' }, isMet: true },
  { rule: 'c++', entry: { title: 'Vitamin C' }, isMet: false },
  { rule: '#golang', entry: { title: 'on golang' }, isMet: true },
  { rule: 'straße', entry: { title: 'Die STRASSE' }, isMet: false },
  { rule: 'cafe\u0301', entry: { title: 'Café' }, isMet: true },
  { rule: '広告', entry: { title: '【広告】新製品' }, isMet: true },
  { rule: '広告', entry: { title: 'この広告塔' }, isMet: true },
  { rule: 'title: /^ads$/', entry: { title: 'Ads' }, isMet: true },
  { rule: '/^ep(isode)? \\d+/', entry: { title: 'Episode 12' }, isMet: true },
  { rule: '/^ep(isode)? \\d+/', entry: { title: 'The episode 12' }, isMet: false },
  { rule: 'category:/^ads?$/i', entry: { categories: ['News', 'AD'] }, isMet: true },
  { rule: '  title:  /^ads$/  ', entry: { title: 'Ads' }, isMet: true },
  { rule: ' /^ads$/ ', entry: { title: 'Ads' }, isMet: true },
  { rule: 'a/b/c', entry: { title: 'a b c' }, isMet: true },
];
for (const { rule, entry, isMet } of meets) {
  test(`readFilterRule: ${rule} ${isMet ? 'finds' : 'does not find'} ${JSON.stringify(entry)}`, () => {
    const read = readFilterRule(rule);
    if (typeof read !== 'function') throw new Error(read.problem);
    assert.is(read(aListed(entry)), isMet);
  });
}

const unreadable: readonly { rule: string; problem: string }[] = [
  { rule: '!!!', problem: 'expected a word or phrase, or a /pattern/' },
  { rule: 'title:', problem: 'expected a word or phrase, or a /pattern/' },
  { rule: '/(/', problem: 'expected a pattern that RE2 can read; missing closing )' },
  { rule: '/(a)\\1/', problem: 'expected a pattern that RE2 can read; invalid escape sequence' },
  { rule: '/a*/', problem: 'expected a pattern that does not match every text' },
];
for (const { rule, problem } of unreadable) {
  test(`readFilterRule: ${rule} is refused with words`, () => assert.equal(readFilterRule(rule), { problem }));
}

test('readFilterRule: a pattern that backtracking engines hang on comes to an end', () => {
  const read = readFilterRule('/(a+)+$/');
  assert.is(typeof read === 'function' && read(aListed({ text: `${'a'.repeat(2000)}!` })), false);
});

const listed = ['Rust 2', 'Sponsored: rust', 'Go 3'].map((title, at) =>
  aListed({ title, guid: `g${at}`, link: `https://alice.example/${at}` }),
);

function poll(source = aSource(), record?: SourceRecord, entries = listed) {
  return matchDocument({
    source,
    record,
    document: { feed: {}, entries, skipped: 0, complete: true },
    now: march(2),
    retentionDays: 0,
    ownHosts: new Set(),
    addressChanged: false,
    baseUrl: source.url,
    isWanted: (listed) => isWanted(source, listed),
  });
}

test('matchDocument: what filters exclude is kept and not counted as added', () => {
  const { record, added, excluded } = poll(aSource('alice', { include: ['rust'], exclude: ['sponsored'] }));
  assert.equal([record.entries.length, added, excluded], [3, 1, 2]);
});

test('matchDocument: an edit of what filters exclude is not counted', () => {
  const { record } = poll();
  const reworded = listed.map((one) => ({ ...one, text: 'Other words.' }));
  const editedBy = (source: Source) => poll(source, record, reworded).edited;
  assert.equal([editedBy(aSource()), editedBy(aSource('alice', { exclude: ['sponsored'] }))], [3, 2]);
});

test('matchDocument: what filters exclude takes no place among the ten announced of a first document', () => {
  const many = Array.from({ length: 30 }, (_, at) =>
    aListed({ title: at < 15 ? 'ads' : 'news', guid: `g${at}`, publishedAt: march(30 - at) }),
  );
  const source = aSource('alice', { exclude: ['ads'] });
  const { record } = matchDocument({
    source,
    record: undefined,
    document: { feed: {}, entries: many, skipped: 0, complete: true },
    now: march(31),
    retentionDays: 0,
    ownHosts: new Set(),
    addressChanged: false,
    baseUrl: source.url,
    isWanted: (listed) => isWanted(source, listed),
  });
  const announced = record.entries.filter(({ published }) => published);
  assert.equal([announced.length, announced.every(({ title }) => title === 'news')], [10, true]);
});

test('createItemIndex: filters act on what is stored at once, both ways, and leave ids as they were', () => {
  const { record } = poll();
  const index = createItemIndex();
  const titles = () => index.newest().map(({ title }) => title);
  index.apply(aSource(), record);
  const before = index.newest();
  const changed = index.apply(aSource('alice', { exclude: ['sponsored'] }), record);
  assert.equal([titles().sort(), changed.length], [['Go 3', 'Rust 2'], 1]);
  index.apply(aSource('alice', { include: ['title:go'] }), record);
  assert.equal(titles(), ['Go 3']);
  index.apply(aSource(), record);
  assert.equal(index.newest(), before);
});

test('createItemIndex: an item of two sources loses only the via that is excluded', () => {
  const item = { title: 'Rust 2 is out', link: 'https://alice.example/rust-2', text: 'The new version is out today.' };
  const { records } = pollAll([{ listed: [item] }, { source: 'bob', listed: [item] }]);
  const index = createItemIndex();
  for (const [id, record] of records) {
    index.apply(aSource(id, id === 'alice' ? { exclude: ['rust'] } : {}), record);
  }
  assert.equal(
    index.newest().map(({ via }) => via.map(({ source }) => source)),
    [['bob']],
  );
});

test('createItemIndex: hundreds of items that come or go at once, and a few, stand where their arrival puts them', () => {
  const listed = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => ({
      guid: `${from + n}`,
      link: `https://alice.example/${from + n}`,
      title: `Post number ${from + n}`,
      categories: [(from + n) % 2 ? 'odd' : 'even'],
      publishedAt: new Date(Date.UTC(2026, 0, 1, 0, from + n)).toISOString(),
    }));
  const record = pollAll([
    { listed: listed(0, 600) },
    { listed: [...listed(0, 600), ...listed(600, 620)] },
  ]).records.get('alice');
  assert.ok(record);
  const index = createItemIndex();
  index.apply(aSource(), record);
  const inOrder = () => {
    const arrivals = index.newest().map(({ arrival }) => arrival);
    assert.equal(arrivals, arrivals.toSorted().reverse());
    assert.equal(index.ofSource('alice'), index.newest());
    return arrivals.length;
  };
  assert.is(inOrder(), 620);
  for (const [exclude, count] of [
    [['category:odd'], 310],
    [[], 620],
    [['title:619'], 619],
    [['title:3', 'title:77'], 618],
  ] as const) {
    index.apply(aSource('alice', { exclude }), record);
    assert.is(inOrder(), count);
  }
});

test.run();
