/** What one document says twice, and what it shows to be worth nothing. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListedEntry } from '../../src/model.ts';
import { march, pollAll, wordsAbout } from '../items/poll-all.ts';

type Listed = Partial<ListedEntry>;
const tea: Listed = {
  guid: 'g1',
  link: 'https://alice.example/tea',
  title: 'On brewing tea properly',
  text: wordsAbout('tea'),
  publishedAt: march(1),
};
const without = <K extends keyof ListedEntry>(listed: Listed, ...keys: K[]): Listed =>
  Object.fromEntries(Object.entries(listed).filter(([key]) => !keys.includes(key as K)));
const kept = (listed: readonly Listed[]) => {
  const record = pollAll([{ listed }]).records.get('alice');
  return [record?.entries.length, record?.unreliableGuids, record?.unreliableLinks];
};

/** [what, items of one document, the titles that are kept] */
const doubles: readonly [string, readonly Listed[], readonly string[]][] = [
  ['all equal', [tea, tea], ['On brewing tea properly']],
  ['all equal, without guid and link', [{ title: 'Road closed' }, { title: 'Road closed' }], ['Road closed']],
  [
    'two versions (RFC 4287 §4.1.1): the later one counts',
    [
      { ...tea, updatedAt: march(1) },
      { ...tea, title: 'On brewing tea properly (corrected)', updatedAt: march(2) },
    ],
    ['On brewing tea properly (corrected)'],
  ],
  [
    'two versions, the later one first',
    [
      { ...tea, title: 'On brewing tea properly (corrected)', updatedAt: march(2) },
      { ...tea, updatedAt: march(1) },
    ],
    ['On brewing tea properly (corrected)'],
  ],
  [
    'one link and title, two guids within two days',
    [tea, { ...tea, guid: 'g1#3', publishedAt: march(2) }],
    ['On brewing tea properly'],
  ],
  [
    'one guid, date, title and text, a session in the link',
    [tea, { ...tea, link: 'https://alice.example/tea?sid=2' }],
    ['On brewing tea properly'],
  ],
  [
    'one guid and link, the title edited, one text missing',
    [tea, { ...without(tea, 'text'), title: 'On brewing green tea' }],
    ['On brewing tea properly'],
  ],
  [
    'one guid and link, another title over the same text',
    [tea, { ...tea, title: 'Kettles' }],
    ['On brewing tea properly'],
  ],
  [
    'one guid, one link missing',
    [tea, { ...without(tea, 'link'), text: wordsAbout('other') }],
    ['On brewing tea properly'],
  ],
  [
    'one guid, link and text, a week apart',
    [tea, { ...tea, publishedAt: '2026-02-20T00:00:00.000Z' }],
    ['On brewing tea properly'],
  ],
  [
    'one link and title without guids, at one time',
    [without(tea, 'guid'), { ...without(tea, 'guid'), text: wordsAbout('other') }],
    ['On brewing tea properly'],
  ],
  [
    'one link, title and text without guids',
    [without(tea, 'guid'), { ...without(tea, 'guid'), publishedAt: march(2) }],
    ['On brewing tea properly'],
  ],
  [
    'one link and title, two guids, exactly two days apart',
    [tea, { ...tea, guid: 'g2', publishedAt: march(3) }],
    ['On brewing tea properly'],
  ],
  [
    'one link and title, one guid missing',
    [tea, { ...tea, guid: 'N/A', text: wordsAbout('other') }],
    ['On brewing tea properly'],
  ],
];
for (const [name, listed, titles] of doubles) {
  test(`readListings: ${name}: one item`, () => {
    const entries = pollAll([{ listed }]).records.get('alice')?.entries ?? [];
    assert.equal(
      entries.map(({ title }) => title),
      titles,
    );
  });
}

test('readListings: both guids of a double are known afterwards', () => {
  const polled = pollAll([
    { listed: [tea, { ...tea, guid: 'g2' }] },
    { listed: [{ guid: 'g2', title: 'Moved', link: 'https://alice.example/x' }] },
  ]);
  assert.equal(polled.entries(), ['0.0 1.0']);
});

/** [what, items of one document, [entries, unreliable guids, unreliable links]] */
const shared: readonly [string, readonly Listed[], unknown][] = [
  [
    'one guid, other links and titles',
    [tea, { ...tea, link: 'https://alice.example/bread', title: 'A slow bread', text: wordsAbout('bread') }],
    [2, ['g1'], []],
  ],
  [
    'one guid and title, other links, dates and texts',
    [tea, { ...tea, link: 'https://alice.example/tea2', text: wordsAbout('other'), publishedAt: march(2) }],
    [2, ['g1'], []],
  ],
  [
    'one guid, date and title, other links and texts',
    [tea, { ...tea, link: 'https://alice.example/tea2', text: wordsAbout('other') }],
    [2, ['g1'], []],
  ],
  [
    'one guid, date and text, other links and titles',
    [tea, { ...tea, link: 'https://alice.example/tea2', title: 'Kettles' }],
    [2, ['g1'], []],
  ],
  [
    'one guid and link, similar titles over unlike texts',
    [tea, { ...tea, title: 'On brewing green tea', text: wordsAbout('other') }],
    [2, ['g1'], ['alice.example/tea']],
  ],
  [
    'one guid and link, part 1 and part 2',
    [
      { ...tea, title: 'Of tea, part 1' },
      { ...tea, title: 'Of tea, part 2' },
    ],
    [2, ['g1'], ['alice.example/tea']],
  ],
  [
    'one link and title without guids, other dates and texts',
    [without(tea, 'guid'), { ...without(tea, 'guid'), text: wordsAbout('other'), publishedAt: march(2) }],
    [2, [], ['alice.example/tea']],
  ],
  [
    'one link, other titles',
    [tea, { ...tea, guid: 'g2', title: 'A slow bread', text: wordsAbout('bread') }],
    [2, [], ['alice.example/tea']],
  ],
  [
    'one link and title, other guids, more than two days apart',
    [tea, { ...tea, guid: 'g2', publishedAt: '2026-03-03T12:00:00.001Z' }],
    [2, [], ['alice.example/tea']],
  ],
  [
    'one guid, link and title, texts a week apart',
    [tea, { ...tea, text: wordsAbout('other'), publishedAt: '2026-02-20T00:00:00.000Z' }],
    [2, ['g1'], ['alice.example/tea']],
  ],
  [
    'the home page for all',
    [tea, { ...tea, guid: 'g2', title: 'Bread' }].map((one) => ({ ...one, link: 'https://alice.example' })),
    [2, [], []],
  ],
  ['anchors', [tea, { ...tea, guid: 'g2', link: 'https://alice.example/tea#2' }], [2, [], []]],
];
for (const [name, listed, expected] of shared) {
  test(`readListings: ${name}: two items`, () => {
    assert.equal(kept(listed), expected);
  });
}

test('readListings: what was unreliable once stays so', () => {
  const polled = pollAll([
    {
      listed: [tea, { ...tea, link: 'https://alice.example/bread', title: 'A slow bread', text: wordsAbout('bread') }],
    },
    { listed: [{ ...tea, link: 'https://alice.example/bike', title: 'A bicycle', text: undefined as never }] },
  ]);
  assert.equal(polled.entries(), ['0.0', '0.1', '1.0']);
  assert.equal(polled.records.get('alice')?.entries[0]?.guids, []);
});

test('readListings: an entry that was known by a guid loses it when the guid turns out to name several', () => {
  const other = { ...tea, link: 'https://alice.example/bread', title: 'A slow bread', text: wordsAbout('bread') };
  const polled = pollAll([{ listed: [tea] }, { listed: [tea, other] }]);
  assert.equal(polled.entries(), ['0.0 1.0', '1.1']);
  assert.equal(
    polled.records.get('alice')?.entries.map(({ guids }) => guids),
    [[], []],
  );
});

test('readListings: the front page of the feed’s host names no article, wherever the home page is', () => {
  const [one, other] = [tea, { ...tea, guid: 'g2', title: 'Kettles' }].map((each) => ({
    ...each,
    link: 'https://alice.example/',
  }));
  const polls = [one, other].map((each) => ({ listed: [each ?? {}], feed: { url: 'https://home.example/alice/' } }));
  assert.equal(pollAll(polls).entries(), ['0.0', '1.0']);
  assert.equal(pollAll(polls).records.get('alice')?.unreliableLinks, []);
});

test('readListings: of what identifies nothing the latest thousand are remembered', () => {
  const twice = Array.from({ length: 1001 }, (_, at): Listed[] => [
    { guid: `g${at}`, link: `https://alice.example/a${at}`, title: `Apples ${at}`, text: 'Of apples.' },
    { guid: `g${at}`, link: `https://alice.example/b${at}`, title: `Pears ${at}`, text: 'Of pears.' },
  ]);
  const guids = pollAll([{ listed: twice.flat() }]).records.get('alice')?.unreliableGuids;
  assert.equal([guids?.length, guids?.[0], guids?.at(-1)], [1000, 'g1', 'g1000']);
});

test('readListings: dates of one minute are dates where it is over ten minutes ago, or where one is of another minute', () => {
  const at = (...instants: string[]) =>
    pollAll([
      { listed: instants.map((publishedAt, number) => ({ guid: `g${number}`, title: `N ${number}`, publishedAt })) },
    ])
      .records.get('alice')
      ?.entries.map(({ publishedAt }) => publishedAt !== undefined);
  assert.equal(at('2026-03-02T11:50:00.001Z', '2026-03-02T11:50:00.001Z'), [false, false]);
  assert.equal(at('2026-03-02T11:50:00.000Z', '2026-03-02T11:50:00.000Z'), [true, true]);
  assert.equal(at('2026-03-02T11:55:00.000Z', '2026-03-02T11:55:59.999Z'), [false, false]);
  assert.equal(at('2026-03-02T11:55:00.000Z', '2026-03-02T11:56:00.000Z'), [true, true]);
  assert.equal(at('2026-03-02T12:00:00.000Z'), [true]);
});

test('readListings: every item dated with the minute of the document is undated', () => {
  const notes = ['one', 'two', 'three'].map((word): Listed => ({ title: `Note ${word}`, text: wordsAbout(word) }));
  const now = (day: number) => notes.map((note): Listed => ({ ...note, publishedAt: march(day) }));
  const polled = pollAll([{ listed: now(2) }, { listed: now(3) }]);
  assert.equal(polled.entries(), ['0.0 1.0', '0.1 1.1', '0.2 1.2']);
  assert.equal(
    polled.records.get('alice')?.entries.map(({ publishedAt }) => publishedAt),
    [undefined, undefined, undefined],
  );
});
test.run();
