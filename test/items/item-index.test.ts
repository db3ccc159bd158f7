/** Identity across sources: which entries are one item, which stands first, and who is named. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyRecord } from '../../src/identity/match-document.ts';
import { MATCH_RULES } from '../../src/identity/match-rules.ts';
import { createItemIndex, type ItemIndex } from '../../src/items/item-index.ts';
import type { ListedEntry, Source } from '../../src/model.ts';
import { aSource, march, type Poll, pollAll, reworded, wordsAbout } from './poll-all.ts';

type Listed = Partial<ListedEntry>;
const audio = (url: string) => [{ url, type: 'audio/mpeg' }];
const LINK = 'https://alice.example/2026/03/tea/';
const tea: Listed = {
  guid: 'https://alice.example/?p=101',
  link: LINK,
  title: 'On brewing tea properly',
  text: wordsAbout('tea'),
  publishedAt: march(1),
};
/** A link log's word on it. */
const pointer = (given: Listed = {}): Listed => ({
  guid: 'link-77',
  link: LINK,
  title: 'Alice knows her kettles',
  text: 'Worth a read.',
  publishedAt: march(1),
  ...given,
});
const alice = (...listed: Listed[]): Poll => ({ source: 'alice', listed });
const bob = (...listed: Listed[]): Poll => ({ source: 'bob', listed });
const carol = (...listed: Listed[]): Poll => ({ source: 'carol', listed });
/** The title and text of the tea, published elsewhere. */
const copied = (host: string, given: Listed = {}): Listed => ({
  ...tea,
  guid: `${host}-5`,
  link: `https://${host}.example/copies/5`,
  ...given,
});

/** [what, polls, items] */
const joined: readonly [string, readonly Poll[], readonly string[]][] = [
  ['the same link under another title', [alice(tea), bob(pointer())], ['0.0 1.0']],
  [
    'the same link with tracking, another scheme and no slash',
    [
      alice(tea),
      bob(pointer({ link: 'http://www.alice.example/2026/03/tea?utm_source=x&fbclid=1#xtor=RSS-1', title: 'Read' })),
    ],
    ['0.0 1.0'],
  ],
  [
    'a link that names the linking site (Ghost)',
    [alice(tea), bob(pointer({ link: `${LINK}?ref=bob.example` }))],
    ['0.0 1.0'],
  ],
  [
    'a link out of FeedBurner',
    [alice(tea), bob(pointer({ link: 'http://feedproxy.google.com/~r/x/~3/a/', origLink: LINK }))],
    ['0.0 1.0'],
  ],
  [
    'a short link whose target is known',
    [
      alice(tea),
      {
        ...bob(pointer({ link: 'https://sho.rt/x7' })),
        resolved: new Map([['https://sho.rt/x7', `${LINK}?utm_source=s`]]),
      },
    ],
    ['0.0 1.0'],
  ],
  [
    'the external_url of a link log',
    [alice(tea), bob(pointer({ link: 'https://bob.example/5', externalUrl: LINK }))],
    ['0.0 1.0'],
  ],
  [
    'the mobile edition under the same title',
    [alice(tea), bob({ ...pointer(), title: 'On brewing tea properly', link: 'https://m.alice.example/2026/03/tea/' })],
    ['0.0 1.0'],
  ],
  [
    'a plain fragment, the title with a name before it',
    [alice(tea), bob(pointer({ link: `${LINK}#more-101`, title: 'Alice: On brewing tea properly' }))],
    ['0.0 1.0'],
  ],
  [
    'a doubtful parameter, the title with the site after it',
    [alice(tea), bob(pointer({ link: `${LINK}?ref=rss`, title: 'On brewing tea properly - Bob7.example' }))],
    ['0.0 1.0'],
  ],
  [
    'a tag: URI and a title alike',
    [
      alice({ ...tea, guid: 'tag:alice.example,2026:/tea' }),
      bob(
        pointer({
          guid: 'tag:alice.example,2026:/tea',
          link: 'https://bob.example/go?id=1',
          title: 'Alice: On brewing tea properly',
        }),
      ),
    ],
    ['0.0 1.0'],
  ],
  [
    'the guid of a page, its host in capitals and with www, under a similar title',
    [
      alice({ ...tea, guid: 'https://WWW.Alice.example/?p=101' }),
      bob(
        pointer({ guid: 'http://alice.EXAMPLE/?p=101', link: 'https://bob.example/5', title: 'Brewing tea properly' }),
      ),
    ],
    ['0.0 1.0'],
  ],
  [
    'a UUID, untitled on one side',
    [
      alice({ ...tea, guid: 'urn:uuid:3590E2F5-f1e9-4101-82d5-5335f8d73799' }),
      bob({ guid: '3590e2f5-f1e9-4101-82d5-5335f8d73799', link: 'https://bob.example/5', text: 'Short.' }),
    ],
    ['0.0 1.0'],
  ],
  [
    'one audio under one distinct title',
    [
      alice({ guid: '1', title: 'A conversation with Ada Example', enclosures: audio('https://cdn.example/ada.mp3') }),
      bob({
        guid: '2',
        link: 'https://bob.example/2',
        title: 'A conversation with Ada Example',
        enclosures: audio('http://cdn.example/ada.mp3'),
      }),
    ],
    ['0.0 1.0'],
  ],
  [
    'title and text within three days',
    [alice(tea), bob(copied('bob', { text: wordsAbout('tea', 45), publishedAt: march(3) }))],
    ['0.0 1.0'],
  ],
  [
    'title and text, two of sixty words are others',
    [alice(tea), bob(copied('bob', { text: reworded(wordsAbout('tea'), 2) }))],
    ['0.0 1.0'],
  ],
  [
    'title and forty words of text, 72 hours apart',
    [
      alice({ ...tea, text: wordsAbout('tea', 40) }),
      { ...bob(copied('bob', { publishedAt: march(4) })), at: march(9) },
    ],
    ['0.0 1.0'],
  ],
  [
    'a third that ties two together later',
    [
      alice(tea),
      carol({ guid: tea.guid ?? '', link: 'https://carol.example/go', title: 'On brewing tea' }),
      bob(pointer()),
    ],
    ['0.0 1.0 2.0'],
  ],
];
for (const [name, polls, items] of joined) {
  test(`createItemIndex: ${name}: one item`, () => {
    assert.equal(pollAll(polls).items(), items);
  });
}

for (const rule of MATCH_RULES) {
  test(`MATCH_RULES: ${rule.words}: joins what no other does`, () => {
    const rules = MATCH_RULES.filter((one) => one !== rule);
    const missed = joined.filter(([, polls, items]) => pollAll(polls, { rules }).items().join() !== items.join());
    assert.ok(missed.length > 0);
  });
}

const apart: readonly [string, readonly Poll[], readonly string[]][] = [
  ...['a.png', 'avatar?s=96', 'a.webp?v=2'].map((picture): [string, Poll[], string[]] => [
    `one picture under one title: ${picture}`,
    [alice, bob].map((poll, at) =>
      poll({
        guid: `${at}`,
        link: `https://${at ? 'bob' : 'alice'}.example/books`,
        title: 'What I read this month',
        enclosures: [
          { url: `https://cdn.example/${picture}`, ...(picture.includes('.') ? {} : { type: 'image/png' }) },
        ],
      }),
    ),
    ['0.0', '1.0'],
  ]),
  [
    'one file under one title, which another entry of a source has too',
    [
      alice(
        { guid: '1', title: 'We are back very soon', enclosures: audio('https://cdn.example/jingle.mp3') },
        { guid: '2', title: 'Season three starts in May', enclosures: audio('https://cdn.example/jingle.mp3') },
      ),
      bob({ guid: '3', title: 'We are back very soon', enclosures: audio('https://cdn.example/jingle.mp3') }),
    ],
    ['0.0', '0.1', '1.0'],
  ],
  [
    'opaque guids',
    [
      alice({ guid: '123', link: 'https://alice.example/a', title: 'Pruning roses' }),
      bob({ guid: '123', link: 'https://bob.example/b', title: 'Pruning roses' }),
    ],
    ['0.0', '1.0'],
  ],
  [
    'the guid of a front page',
    [
      alice({ guid: 'https://x.example/', title: 'Pruning old roses' }),
      bob({ guid: 'https://x.example', title: 'Pruning old roses' }),
    ],
    ['0.0', '1.0'],
  ],
  [
    'a guid of localhost',
    [
      alice({ guid: 'http://localhost/?p=5', title: 'Pruning old roses' }),
      bob({ guid: 'http://localhost/?p=5', title: 'Pruning old roses' }),
    ],
    ['0.0', '1.0'],
  ],
  [
    'a guid of a host in a local network',
    [
      alice({ guid: 'http://blog.lan/?p=5', title: 'Pruning old roses' }),
      bob({ guid: 'http://blog.lan/?p=5', title: 'Pruning old roses' }),
    ],
    ['0.0', '1.0'],
  ],
  [
    'the guid of one demo site',
    [
      alice({ guid: 'https://demo.example/?p=8', title: 'Pruning roses' }),
      bob({ guid: 'https://demo.example/?p=8', title: 'Compiler flags' }),
    ],
    ['0.0', '1.0'],
  ],
  [
    'a guid that a source used for two items',
    [
      alice(
        { guid: 'https://x.example/1', link: 'https://alice.example/1', title: 'Of apples and pears' },
        { guid: 'https://x.example/1', link: 'https://alice.example/2', title: 'Of plums and cherries' },
      ),
      bob({ guid: 'https://x.example/1', title: 'Of apples and pears' }),
    ],
    ['0.0', '0.1', '1.0'],
  ],
  [
    'a front page',
    [
      alice(pointer({ link: 'https://tool.example/', title: 'Tool 2 is out' })),
      bob(pointer({ link: 'https://www.tool.example/index.html', title: 'Tool 2 is out' })),
    ],
    ['0.0', '1.0'],
  ],
  [
    'the home page of a followed source',
    [
      { ...carol(), listed: [tea], feed: { url: 'https://carol.example/blog/' } },
      alice(pointer({ link: 'https://carol.example/blog', title: 'Carol writes' })),
      bob(pointer({ link: 'https://carol.example/blog/', title: 'Read Carol' })),
    ],
    ['0.0', '1.0', '2.0'],
  ],
  [
    'a landing page that a source links all its issues to',
    [
      alice(
        pointer({ guid: '1', link: 'https://list.example/join', title: 'Issue one: apples' }),
        pointer({ guid: '2', link: 'https://list.example/join', title: 'Issue two: pears' }),
      ),
      bob(pointer({ link: 'https://list.example/join', title: 'Join this list' })),
    ],
    ['0.0', '0.1', '1.0'],
  ],
  [
    'a landing page that a source links its issues to one at a time',
    [
      alice(
        pointer({
          guid: '1',
          link: 'https://list.example/join',
          title: 'Issue one: apples',
          text: wordsAbout('apples'),
        }),
      ),
      alice(
        pointer({
          guid: '2',
          link: 'https://list.example/join',
          title: 'Issue two: pears',
          text: wordsAbout('pears'),
          publishedAt: march(3),
        }),
      ),
      bob(pointer({ link: 'https://list.example/join', title: 'Join this list' })),
    ],
    ['0.0', '1.0', '2.0'],
  ],
  [
    'one weak link under two titles',
    [
      alice(pointer({ link: 'https://git.example/notes?ref=v1.0', title: 'Notes for v1.0' })),
      bob(pointer({ link: 'https://git.example/notes?ref=v1.1', title: 'Notes for v1.1' })),
    ],
    ['0.0', '1.0'],
  ],
  [
    'two anchors of one page',
    [
      alice(pointer({ link: 'https://x.example/log#v1', title: 'The change log of x' })),
      bob(pointer({ link: 'https://x.example/log#v2', title: 'The change log of x' })),
    ],
    ['0.0', '1.0'],
  ],
  [
    'one video id in two cases',
    [
      alice(pointer({ link: 'https://www.youtube.com/watch?v=aFCO6WidGVM' })),
      bob(pointer({ link: 'https://youtu.be/afco6widgvm' })),
    ],
    ['0.0', '1.0'],
  ],
  [
    'one placeholder audio',
    [
      alice({ guid: '1', title: 'We are back very soon', enclosures: audio('https://cdn.example/silence.mp3') }),
      bob({ guid: '2', title: 'Season three starts in May', enclosures: audio('https://cdn.example/silence.mp3') }),
    ],
    ['0.0', '1.0'],
  ],
  [
    'one audio under one generic title',
    [
      alice({ guid: '1', title: 'Trailer', enclosures: audio('https://cdn.example/t.mp3') }),
      bob({ guid: '2', title: 'Trailer', enclosures: audio('https://cdn.example/t.mp3') }),
    ],
    ['0.0', '1.0'],
  ],
  ['one title over two texts', [alice(tea), bob(copied('bob', { text: wordsAbout('other') }))], ['0.0', '1.0']],
  [
    'one title and text, three of sixty words are others',
    [alice(tea), bob(copied('bob', { text: reworded(wordsAbout('tea'), 3) }))],
    ['0.0', '1.0'],
  ],
  [
    'one title and 39 words of text',
    [alice({ ...tea, text: wordsAbout('tea', 39) }), bob(copied('bob', { text: wordsAbout('tea', 39) }))],
    ['0.0', '1.0'],
  ],
  [
    'one title and text over 72 hours apart',
    [alice(tea), { ...bob(copied('bob', { publishedAt: '2026-03-04T12:00:00.001Z' })), at: march(9) }],
    ['0.0', '1.0'],
  ],
  [
    'one title over two short texts',
    [alice({ ...tea, text: wordsAbout('tea', 20) }), bob(copied('bob', { text: wordsAbout('tea', 20) }))],
    ['0.0', '1.0'],
  ],
  [
    'one title and text a week apart',
    [alice(tea), { ...bob(copied('bob', { publishedAt: march(8) })), at: march(9) }],
    ['0.0', '1.0'],
  ],
  [
    'one recurring title and text',
    [alice({ ...tea, title: 'Weekly links' }), bob(copied('bob', { title: 'Weekly links' }))],
    ['0.0', '1.0'],
  ],
  [
    'a title and text that a source has used before',
    [
      alice(
        { ...tea, guid: '1', link: 'https://alice.example/1' },
        { ...tea, guid: '2', link: 'https://alice.example/2' },
      ),
      bob(copied('bob')),
    ],
    ['0.0', '0.1', '1.0'],
  ],
  [
    'a link within the text',
    [alice(tea), bob({ guid: 'b', link: 'https://bob.example/b', title: 'An answer', text: `I read ${LINK} today` })],
    ['0.0', '1.0'],
  ],
];
for (const [name, polls, items] of apart) {
  test(`createItemIndex: ${name}: no evidence`, () => {
    assert.equal(pollAll(polls).items(), items);
  });
}

test('createItemIndex: two that one source listed together never meet through a third', () => {
  const one = { ...tea, guid: 'tag:alice.example,2026:1' };
  const other = { ...tea, guid: 'tag:alice.example,2026:2', link: 'https://alice.example/2026/03/tea-again/' };
  const between = pointer({ guid: 'tag:alice.example,2026:2', title: 'On brewing tea properly' });
  assert.equal(pollAll([alice(one, other), bob(between)]).items(), ['0.0 1.0', '0.1']);
});

test('createItemIndex: nor do two of which one came while the other was still listed; nothing of it is in the explanation', () => {
  const one = { ...tea, guid: 'tag:alice.example,2026:1' };
  const other = { ...tea, guid: 'tag:alice.example,2026:2', link: 'https://alice.example/2026/03/tea-again/' };
  const between = pointer({ guid: 'tag:alice.example,2026:2', title: 'On brewing tea properly' });
  const polled = pollAll([alice(one), alice(one, other), bob(between)]);
  assert.equal(polled.items(), ['0.0 1.0 2.0', '1.1']);
  const item = polled.index.newest().find(({ via }) => via.length === 2);
  assert.equal(
    polled.index.explain(item?.id ?? '').map(({ words }) => words),
    ['the same link'],
  );
});

test('createItemIndex: two that one source listed in turn meet through a third only where they do not stand at home', () => {
  const turns = (host: string) => {
    const one = { ...tea, guid: `tag:${host},2026:1`, link: `https://${host}/once/`, text: wordsAbout('one') };
    const other = {
      ...one,
      guid: `tag:${host},2026:2`,
      link: `https://${host}/again/`,
      text: wordsAbout('two'),
      publishedAt: march(3),
    };
    const between = pointer({ guid: `tag:${host},2026:2`, link: one.link, title: 'On brewing tea properly' });
    return pollAll([alice(one), alice(other), bob(between)]).items();
  };
  assert.equal(turns('elsewhere.example'), ['0.0 1.0 2.0']);
  assert.equal(turns('alice.example'), ['0.0 2.0', '1.0']);
});

test('createItemIndex: a link that turns out to be worth nothing splits the item, and the oldest keeps the id', () => {
  const first = [
    alice(
      pointer({ guid: '1', link: 'https://list.example/join', title: 'Issue one: apples', text: wordsAbout('apples') }),
    ),
    bob(pointer({ guid: 'b', link: 'https://list.example/join', title: 'Join this list' })),
  ];
  const before = pollAll(first).index.newest()[0];
  const after = pollAll([
    ...first,
    alice(
      pointer({
        guid: '2',
        link: 'https://list.example/join',
        title: 'Issue two: pears',
        text: wordsAbout('pears'),
        publishedAt: march(3),
      }),
    ),
  ]);
  assert.equal(after.items(), ['0.0', '1.0', '2.0']);
  assert.equal(after.index.find(before?.id ?? '')?.title, 'Issue one: apples');
  const split = after.index.newest().find(({ title }) => title === 'Join this list');
  assert.equal([split?.firstSeen, split?.arrival], [march(3), march(1)]);
});

test('createItemIndex: the publisher stands first, whoever carried it first', () => {
  const planet: Poll = {
    source: 'planet',
    listed: [{ ...tea, title: 'Alice: On brewing tea properly', publishedAt: '2026-02-20T00:00:00.000Z' }],
  };
  const item = pollAll([planet, alice(tea)]).index.newest()[0];
  assert.equal(
    [item?.title, item?.url, item?.via.map(({ source }) => source)],
    ['On brewing tea properly', LINK, ['planet', 'alice']],
  );
});

test('createItemIndex: a planet that counts clicks is not the publisher', () => {
  const guid = 'tag:alice.example,2026:/tea';
  const planet: Poll = { source: 'planet', listed: [{ ...tea, guid, link: 'https://planet.example/go?id=991' }] };
  assert.is(pollAll([planet, alice({ ...tea, guid })]).index.newest()[0]?.url, LINK);
});

test('createItemIndex: no document can claim to be the publisher of another configured host', () => {
  const impostor: Poll = {
    source: 'mallory',
    listed: [{ ...tea, title: 'Buy tea', publishedAt: '2026-02-01T00:00:00.000Z' }],
    feed: { url: 'https://alice.example/' },
  };
  assert.is(pollAll([impostor, alice(tea)]).index.newest()[0]?.title, 'On brewing tea properly');
});

test('createItemIndex: without a publisher the one that we saw first stands first, whatever the dates say', () => {
  const item = pollAll([
    bob(pointer({ link: 'https://paper.example/a', publishedAt: march(2), title: 'First' })),
    carol(pointer({ link: 'https://paper.example/a', publishedAt: march(1), title: 'Back-dated' })),
  ]).index.newest()[0];
  assert.equal([item?.title, item?.date], ['First', march(2)]);
});

test('createItemIndex: nobody else’s text stands under the name of a publisher without one', () => {
  const bare: Listed = { guid: tea.guid ?? '', link: LINK, title: 'On brewing tea properly' };
  const item = pollAll([
    alice(bare),
    bob(pointer({ text: wordsAbout('opinion', 90) })),
    carol(copied('carol', { link: LINK })),
  ]).index.newest()[0];
  assert.equal([item?.primary.source, item?.body.source], ['alice', 'alice']);
});

test('createItemIndex: an untitled entry shows the start of its text, or where and when it was', () => {
  const titles = pollAll([
    alice(
      { guid: '1', text: 'A short note.' },
      { guid: '2', text: 'word '.repeat(40).trim() },
      { guid: '3', link: 'https://www.alice.example/3', publishedAt: march(1) },
      { guid: '4', title: '\u200b', text: 'Named by nothing.' },
      { guid: '5', text: `${'x'.repeat(70)} to the end` },
      { guid: '6', text: `${'y'.repeat(70)} to the very end` },
    ),
  ])
    .index.ofSource('alice')
    .map(({ title }) => title);
  assert.equal(titles.sort(), [
    'A short note.',
    'Named by nothing.',
    'alice.example, 2026-03-01',
    `${'word '.repeat(16).trim()}…`,
    `${'x'.repeat(70)} to the…`,
    `${'y'.repeat(70)} to the…`,
  ]);
});

test('createItemIndex: a later source lifts no item, and an entry that was not announced is once another source carries it', () => {
  const old = Array.from(
    { length: 12 },
    (_, at): Listed => ({
      guid: `${at}`,
      link: `https://alice.example/${at}`,
      title: `Post number ${at}`,
      publishedAt: `2025-01-${10 + at}T00:00:00.000Z`,
    }),
  );
  const before = pollAll([alice(...old)]).index;
  const shown = before.newest().find(({ title }) => title === 'Post number 11');
  const hidden = before.newest().find(({ title }) => title === 'Post number 0');
  assert.equal([shown?.published, shown?.arrival, hidden?.published], [true, '2025-01-21T00:00:00.000Z', false]);
  const polled = pollAll([
    alice(...old),
    bob(pointer({ guid: 'x' })),
    bob(
      pointer({ guid: 'x' }),
      pointer({ guid: 'y', link: 'https://alice.example/0' }),
      pointer({ guid: 'z', link: 'https://alice.example/11' }),
    ),
  ]).index;
  assert.is(polled.find(shown?.id ?? '')?.arrival, '2025-01-21T00:00:00.000Z');
  const announced = polled.find(hidden?.id ?? '');
  assert.equal([announced?.published, announced?.arrival.slice(0, 10)], [true, '2026-03-04']);
});

/** Every way in which a source's entries go out of sight, from its record. */
const outOfSight: readonly [string, Partial<Source> | undefined][] = [
  ['not followed any more', undefined],
  ['left out by exclude', { exclude: ['tea'] }],
];
for (const [how, given] of outOfSight) {
  test(`createItemIndex: an item keeps its id when its oldest entry is ${how}`, () => {
    const { index, records } = pollAll([alice(tea), bob(pointer()), carol(copied('carol'))]);
    const [before] = index.newest();
    const record = records.get('alice');
    assert.ok(before && record);
    const hide = (of: ItemIndex) => of.apply(given && aSource('alice', given), record);
    assert.equal(hide(index), [before.id]);
    // Made from scratch in another order, as after a restart, it is the same.
    const fresh = createItemIndex();
    for (const id of ['carol', 'bob']) fresh.apply(aSource(id), records.get(id) ?? emptyRecord(id));
    hide(fresh);
    for (const after of [index, fresh]) {
      const [item, ...others] = after.newest();
      assert.equal([item?.id, others], [before.id, []]);
      assert.equal(
        item?.via.map(({ source }) => source),
        ['bob', 'carol'],
      );
      assert.equal(item?.url, 'https://carol.example/copies/5');
      for (const { id } of before.entries) assert.is(after.find(id), item);
      assert.equal(after.ofSource('alice'), []);
      assert.is(after.explain(before.id).length, 2);
    }
    index.apply(aSource('alice'), record);
    assert.equal(index.newest(), [before]);
  });

  test(`createItemIndex: an entry that is ${how} is no item by itself, and says nothing of the arrival of others`, () => {
    const { index, records } = pollAll([alice(tea), bob(pointer())]);
    const [alone, record] = [pollAll([alice(tea)]), records.get('alice')];
    assert.ok(record);
    index.apply(given && aSource('alice', given), record);
    alone.index.apply(given && aSource('alice', given), record);
    assert.equal([alone.index.size, alone.index.find(record.entries[0]?.id ?? '')], [0, undefined]);
    const [item] = index.newest();
    assert.equal(
      [item?.firstSeen, item?.arrival],
      [records.get('bob')?.entries[0]?.firstSeen, item?.entries[0]?.arrival],
    );
  });
}

test('createItemIndex: explains which evidence makes an item one, strongest first', () => {
  const guid = 'tag:alice.example,2026:/tea';
  const { index } = pollAll([
    alice({ ...tea, guid }),
    bob(pointer()),
    carol({ guid, link: 'https://carol.example/go?id=1', title: 'On brewing tea' }),
  ]);
  const [item] = index.newest();
  assert.equal(
    index
      .explain(item?.id ?? '')
      .map(({ entries, words, shared }) => [entries.map(({ source }) => source), words, shared]),
    [
      [['alice', 'bob'], 'the same link', 'alice.example/2026/03/tea'],
      [['alice', 'carol'], 'the same global guid, and a similar title', guid],
    ],
  );
  assert.equal(index.explain('unknown'), []);
});
test.run();
