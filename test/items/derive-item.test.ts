/** What an item shows of its entries and their sources. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { homeOf, pageUrl } from '../../src/identity/home.ts';
import { createItemIndex } from '../../src/items/item-index.ts';
import type { ListedEntry, Source } from '../../src/model.ts';
import { aListed, aSource, march, type Poll, pollAll, wordsAbout } from './poll-all.ts';

const LINK = 'https://alice.example/2026/03/tea/';
const tea: Partial<ListedEntry> = { guid: '1', link: LINK, title: 'On brewing tea properly', publishedAt: march(1) };
const alice: Poll = { source: 'alice', listed: [{ ...tea, text: 'Short.' }], feed: { title: 'Alice writes' } };
const bob: Poll = { source: 'bob', listed: [{ ...tea, guid: '2', text: wordsAbout('tea') }] };

/** The one item of these polls, its sources configured like this. */
function itemOf(polls: readonly Poll[], configured: Readonly<Record<string, Partial<Source>>> = {}) {
  const index = createItemIndex();
  for (const [id, record] of pollAll(polls).records) index.apply(aSource(id, configured[id]), record);
  const [item, ...others] = index.newest();
  assert.is(others.length, 0);
  return item;
}

test('deriveItem: the feed of a source is named, but of a private source or a file it is not', () => {
  const feedOf = (given: Partial<Source>) => itemOf([alice], { alice: given })?.via[0]?.feed;
  assert.is(feedOf({}), 'https://alice.example/feed.xml');
  assert.is(feedOf({ private: true }), undefined);
  assert.is(feedOf({ url: 'file:///srv/alice.xml' }), undefined);
});

test('sourceName: the handle, else the configured title, else that of the feed, else the id', () => {
  const nameOf = (given: Partial<Source>, poll = alice) => itemOf([poll], { [poll.source ?? '']: given })?.via[0]?.name;
  assert.is(nameOf({ via: '@alice', title: 'Alice' }), '@alice');
  assert.is(nameOf({ title: 'Alice' }), 'Alice');
  assert.is(nameOf({}), 'Alice writes');
  assert.is(nameOf({}, bob), 'bob');
});

test('deriveItem: the categories are those of all its sources, the publisher’s first', () => {
  const categoriesOf = (configured: Readonly<Record<string, Partial<Source>>>) =>
    itemOf([bob, alice], configured)?.categories;
  const both = { alice: { categories: ['Food', 'Tea'] }, bob: { categories: ['Links', 'Tea'] } };
  assert.equal(categoriesOf(both), ['Food', 'Tea', 'Links']);
  assert.equal(categoriesOf({ bob: { categories: ['Links'] } }), ['Links']);
  assert.equal(categoriesOf({}), []);
});

test('deriveItem: the publisher keeps its own text, however short', () => {
  assert.is(itemOf([alice, bob])?.body.source, 'alice');
});

test('deriveItem: a guid of no host does not say that the entry was made elsewhere', () => {
  const own: Poll = { source: 'alice', listed: [{ ...tea, guid: 'tag:local,2026:1' }] };
  const claims: Poll = { source: 'mallory', listed: [{ ...tea, guid: '9' }], feed: { url: 'https://alice.example/' } };
  assert.is(itemOf([claims, own])?.primary.source, 'alice');
});

test('createItemIndex: a source under another name makes its items anew, though their entries are the same', () => {
  const record = pollAll([alice]).records.get('alice');
  assert.ok(record);
  const index = createItemIndex();
  const [id] = index.apply(aSource('alice'), record);
  assert.equal(index.apply(aSource('alice'), record), []);
  assert.equal(index.apply(aSource('alice', { title: 'New' }), record), [id]);
  assert.is(index.newest()[0]?.via[0]?.name, 'New');
});

const pages: readonly [string, Partial<ListedEntry>, string | undefined][] = [
  ['the link', { link: LINK, comments: 'https://alice.example/c/1' }, LINK],
  [
    'a link elsewhere: the comments on its own host',
    { link: 'https://x.example/1', comments: 'https://alice.example/c/1' },
    'https://alice.example/c/1',
  ],
  [
    'a link elsewhere: the permalink on its own host',
    { link: 'https://x.example/1', permalink: 'https://alice.example/p/1' },
    'https://alice.example/p/1',
  ],
  ['comments elsewhere: none', { link: 'https://x.example/1', comments: 'https://y.example/c/1' }, undefined],
  [
    'related on its own site, where the link leads elsewhere (Daring Fireball)',
    { link: 'https://x.example/1', related: 'https://alice.example/linked/1', permalink: 'https://alice.example/p/1' },
    'https://alice.example/linked/1',
  ],
  [
    'related beside a link to its own site',
    { link: 'https://alice.example/1', related: 'https://alice.example/2' },
    'https://alice.example/1',
  ],
  ['related elsewhere: none', { link: 'https://x.example/1', related: 'https://y.example/1' }, undefined],
  [
    'a page on another host of its own domain',
    { link: 'https://blog.alice.example/1' },
    'https://blog.alice.example/1',
  ],
  [
    'url beside another external_url (JSON Feed 1.1)',
    { link: 'https://y.example/5', externalUrl: 'https://x.example/1', permalink: 'https://alice.example/p/1' },
    'https://y.example/5',
  ],
  [
    'url beside the same external_url',
    { link: 'https://x.example/1', externalUrl: 'http://x.example/1/', permalink: 'https://alice.example/p/1' },
    'https://alice.example/p/1',
  ],
  ['external_url alone', { externalUrl: 'https://x.example/1' }, undefined],
  ['the original address, not that of a counter', { origLink: LINK, link: 'https://alice.example/~r/alice/1' }, LINK],
  [
    'a counter before the article of others: the permalink',
    { origLink: 'https://x.example/1', link: 'https://alice.example/~r/1', permalink: 'https://alice.example/p/1' },
    'https://alice.example/p/1',
  ],
];
for (const [name, listed, expected] of pages) {
  test(`pageUrl: ${name}`, () => {
    assert.is(pageUrl(aListed(listed), homeOf(aSource('alice'), {})), expected);
  });
}

const accounts: readonly [string, string, Partial<ListedEntry>, string | undefined][] = [
  ['its own account', 'https://x.com/Alice', { link: 'https://x.com/alice/status/1' }, 'https://x.com/alice/status/1'],
  ['the account of another', 'https://x.com/alice', { link: 'https://x.com/bob/status/1' }, undefined],
  [
    'the account of another, repeated in its own',
    'https://toot.example/@alice',
    { link: 'https://toot.example/@bob/1', permalink: 'https://toot.example/@alice/2' },
    'https://toot.example/@alice/2',
  ],
  [
    'any account, of a source that is the whole site',
    'https://dev.to/',
    { link: 'https://dev.to/bob/post' },
    'https://dev.to/bob/post',
  ],
  [
    'a page of a site with accounts that names none',
    'https://www.youtube.com/@alice',
    { link: 'https://www.youtube.com/watch?v=1' },
    'https://www.youtube.com/watch?v=1',
  ],
  [
    'a room of several that it reads',
    'https://www.reddit.com/r/tea+coffee/',
    { link: 'https://www.reddit.com/r/tea/comments/1/green/' },
    'https://www.reddit.com/r/tea/comments/1/green/',
  ],
];
for (const [name, homepage, listed, expected] of accounts) {
  test(`pageUrl on a site of many: ${name}`, () => {
    assert.is(pageUrl(aListed(listed), homeOf(aSource('alice', { homepage }), {})), expected);
  });
}

test('deriveItem: a discussion is a page beside the article, but for one that is there to be discussed', () => {
  const discussionOf = (link: string, comments: string) => {
    const record = pollAll([{ source: 'alice', listed: [{ ...tea, link }] }]).records.get('alice');
    assert.ok(record);
    const index = createItemIndex();
    index.apply(aSource('alice'), { ...record, entries: record.entries.map((entry) => ({ ...entry, comments })) });
    return index.newest()[0]?.via[0]?.discussion;
  };
  assert.is(discussionOf(LINK, 'https://alice.example/c/1?utm_source=rss'), 'https://alice.example/c/1');
  assert.is(discussionOf(LINK, `${LINK}#respond`), `${LINK}#respond`);
  assert.is(discussionOf(LINK, 'http://alice.example/2026/03/tea?utm_source=rss'), undefined);
  const ask = 'https://news.ycombinator.com/item?id=1';
  assert.is(discussionOf(ask, ask), ask);
});

test('deriveItem: a via has the guid that its entry came with first', () => {
  const renamed = pollAll([alice, { ...alice, listed: [{ ...tea, guid: '1b', text: 'Short.' }] }]).index.newest();
  assert.equal(
    renamed.map(({ via }) => via[0]?.guid),
    ['1'],
  );
  assert.is(
    itemOf([{ source: 'alice', listed: [{ link: LINK, title: 'On brewing tea properly' }] }])?.via[0]?.guid,
    undefined,
  );
});

test('deriveItem: it was updated when what it shows was last edited, and no copy’s edit counts', () => {
  const edited = (source: string): Poll => ({ source, listed: [{ ...tea, text: wordsAbout('coffee') }], at: march(9) });
  assert.is(itemOf([alice, bob, edited('alice')])?.updated, march(9));
  assert.is(itemOf([alice, bob, edited('bob')])?.updated, march(1));
});

test('deriveItem: of several that no publisher is among the first seen stands first, of one round the earliest published', () => {
  const entry = { link: 'https://nobody.example/1', title: 'Title' };
  const polls = (...given: [string, string, string][]): Poll[] =>
    given.map(([source, publishedAt, at]) => ({ source, listed: [{ ...entry, publishedAt }], at }));
  const first = (...given: [string, string, string][]) => itemOf(polls(...given))?.primary.source;
  assert.is(first(['alice', march(1), march(3)], ['bob', march(2), march(3)]), 'alice');
  assert.is(first(['alice', march(2), march(3)], ['bob', march(1), march(3)]), 'bob');
  assert.is(first(['alice', march(2), march(3)], ['bob', march(1), march(4)]), 'alice');
  assert.is(first(['bob', march(2), march(3)], ['alice', march(1), march(4)]), 'bob');
});

/** [what, text, title] */
const starts: readonly [string, string, string][] = [
  ['no spaces, wide', '今日は良い天気です。'.repeat(9), `${'今日は良い天気です。'.repeat(4)}…`],
  ['no spaces, narrow', 'สวัสดี'.repeat(30), `${'สวัสดี'.repeat(20)}…`],
  ['one word and then no space', `Copilot ${'記事'.repeat(50)}`, `Copilot ${'記事'.repeat(18)}…`],
  ['one long word', `Look: https://a.example/${'x'.repeat(200)}`, `Look: https://a.example/${'x'.repeat(56)}…`],
  ['what is wide beyond the first plane', '𠀀'.repeat(60), `${'𠀀'.repeat(40)}…`],
  ['emoji of several signs', '👩‍👩‍👧‍👦'.repeat(60), `${'👩‍👩‍👧‍👦'.repeat(40)}…`],
  [
    'a word that ends at the last column',
    `${'a'.repeat(39)} ${'b'.repeat(40)} c`,
    `${'a'.repeat(39)} ${'b'.repeat(40)}…`,
  ],
  ['a word that ends at the first column where it may', `${'a'.repeat(60)} ${'b'.repeat(40)}`, `${'a'.repeat(60)}…`],
  [
    'a word that ends a column too early',
    `${'a'.repeat(59)} ${'b'.repeat(40)}`,
    `${'a'.repeat(59)} ${'b'.repeat(20)}…`,
  ],
  ['exactly as much as fits', `${'ab '.repeat(26)}ab`, `${'ab '.repeat(26)}ab`],
];
for (const [name, text, title] of starts) {
  test(`deriveItem: a title made of a text with ${name}`, () => {
    assert.is(itemOf([{ source: 'alice', listed: [{ guid: '1', text }] }])?.title, title);
  });
}

test('deriveItem: an ampersand that was escaped once too often is one', () => {
  const titleOf = (title: string) => itemOf([{ source: 'alice', listed: [{ guid: '1', title }] }])?.title;
  assert.equal([titleOf('AT&amp;T'), titleOf('AT&T'), titleOf('&lt;b&gt;')], ['AT&T', 'AT&T', '&lt;b&gt;']);
});

test.run();
