/** Identity within one source: which items of a document are entries that were known. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recognitionOf } from '../../src/identity/match-document.ts';
import { MATCH_RULES } from '../../src/identity/match-rules.ts';
import { MATCH_STEPS } from '../../src/identity/match-steps.ts';
import type { ListedEntry } from '../../src/model.ts';
import { aSource, march, pollAll, reworded, wordsAbout } from '../items/poll-all.ts';

type Listed = Partial<ListedEntry>;
/** [what happens, documents of successive polls, which item is which] */
type Case = readonly [string, readonly (readonly Listed[])[], readonly string[]];
const audio = (url: string) => [{ url, type: 'audio/mpeg' }];
const tea: Listed = {
  guid: 'https://alice.example/?p=101',
  link: 'https://alice.example/2026/03/tea/',
  title: 'On brewing tea properly',
  text: wordsAbout('tea'),
  publishedAt: march(1),
};
const bread: Listed = {
  guid: 'https://alice.example/?p=102',
  link: 'https://alice.example/2026/03/bread/',
  title: 'A slow bread for the weekend',
  text: wordsAbout('bread'),
  publishedAt: '2026-02-28T12:00:00.000Z',
};
const bike: Listed = {
  guid: 'https://alice.example/?p=103',
  link: 'https://alice.example/2026/03/bike/',
  title: 'Fixing the old bicycle',
  text: wordsAbout('bike'),
  publishedAt: '2026-02-27T12:00:00.000Z',
};
const without = <K extends keyof ListedEntry>(listed: Listed, ...keys: K[]): Listed =>
  Object.fromEntries(Object.entries(listed).filter(([key]) => !keys.includes(key as K)));
const moved = (listed: Listed, host: string): Listed => ({
  ...listed,
  ...(listed.guid && { guid: listed.guid.replace('alice.example', host) }),
  link: String(listed.link).replace('alice.example', host),
});

const known: readonly Case[] = [
  ['the same again', [[tea], [tea]], ['0.0 1.0']],
  [
    'another order',
    [
      [tea, bread],
      [bread, tea],
    ],
    ['0.0 1.1', '0.1 1.0'],
  ],
  [
    'fell off and came back',
    [
      [bread, bike],
      [tea, bread],
      [bread, bike],
    ],
    ['0.0 1.1 2.0', '0.1 2.1', '1.0'],
  ],
  [
    'guid and link stay, all else is edited',
    [[tea], [{ ...tea, title: 'Chai', text: wordsAbout('chai'), publishedAt: march(3) }]],
    ['0.0 1.0'],
  ],
  [
    'guid stays, title and slug are edited',
    [[{ ...tea, title: 'Draft: tea', link: 'https://alice.example/draft/' }], [tea]],
    ['0.0 1.0'],
  ],
  [
    'guid stays, undated, title, slug edited',
    [
      [{ guid: 'g', link: 'https://alice.example/a', title: 'Draft' }],
      [{ guid: 'g', link: 'https://alice.example/b', title: 'Tea' }],
    ],
    ['0.0 1.0'],
  ],
  ...(['publishedAt', 'text', 'title', 'link'] as const).map((same): Case => {
    const documents = [[{ ...tea, guid: '1' }], [{ ...bread, guid: '1', [same]: tea[same] }]];
    return [`guid and ${same} stay, all else is edited`, documents, ['0.0 1.0']];
  }),
  ['guids start', [[without(tea, 'guid')], [tea]], ['0.0 1.0']],
  ['guids stop', [[tea], [without(tea, 'guid')]], ['0.0 1.0']],
  [
    'a new guid, the link stays, the title is edited',
    [[tea], [{ ...tea, guid: 'x9', title: 'On brewing green tea', text: wordsAbout('green'), publishedAt: march(2) }]],
    ['0.0 1.0'],
  ],
  ['two kinds of guid in turn', [[tea], [{ ...tea, guid: tea.link ?? '' }], [tea]], ['0.0 1.0 2.0']],
  [
    'the guid changes its scheme, there is no link, all else is edited',
    [
      [{ guid: 'http://alice.example/?p=1', title: 'Tea', text: wordsAbout('tea'), publishedAt: march(1) }],
      [{ guid: 'https://www.alice.example/?p=1', title: 'Coffee', text: wordsAbout('coffee'), publishedAt: march(2) }],
    ],
    ['0.0 1.0'],
  ],
  [
    'the fragment of the guid counts the edits',
    [
      [
        {
          guid: 'https://alice.example/a/cvg#0',
          title: 'Water under desert',
          text: 'A team reports.',
          publishedAt: march(1),
        },
      ],
      [
        {
          guid: 'https://alice.example/a/cvg#3',
          title: 'Water under desert',
          text: 'It is larger than thought.',
          publishedAt: march(2),
        },
      ],
    ],
    ['0.0 1.0'],
  ],
  [
    'the link gains a fragment, no guid',
    [
      [without(tea, 'guid', 'publishedAt')],
      [{ ...without(tea, 'guid', 'publishedAt'), link: `${tea.link}#more-101`, text: wordsAbout('other') }],
    ],
    ['0.0 1.0'],
  ],
  [
    'the link gains ?ref=, no guid',
    [
      [without(tea, 'guid')],
      [{ ...without(tea, 'guid'), link: `${tea.link}?ref=rss`, publishedAt: march(2), text: wordsAbout('other') }],
    ],
    ['0.0 1.0'],
  ],
  [
    'the site moves, dates stay',
    [
      [tea, bread],
      [moved(tea, 'new.example'), moved(bread, 'new.example')],
    ],
    ['0.0 1.0', '0.1 1.1'],
  ],
  [
    'the site moves, titles and dates stay, no texts',
    [
      [without(tea, 'text'), without(bread, 'text')],
      [moved(without(tea, 'text'), 'new.example'), moved(without(bread, 'text'), 'new.example')],
    ],
    ['0.0 1.0', '0.1 1.1'],
  ],
  [
    'the site moves, undated, texts stay',
    [[without(tea, 'publishedAt')], [moved(without(tea, 'publishedAt'), 'new.example')]],
    ['0.0 1.0'],
  ],
  [
    'the site moves, dates change, four of sixty words are others',
    [
      [without(tea, 'guid')],
      [moved({ ...without(tea, 'guid'), text: reworded(wordsAbout('tea'), 4), publishedAt: march(2) }, 'new.example')],
    ],
    ['0.0 1.0'],
  ],
  [
    'the episode gets a new guid and date',
    [
      [
        {
          guid: 'b7f1',
          title: 'Episode 31: Tides',
          publishedAt: march(1),
          enclosures: audio('https://cdn.example/31.mp3'),
        },
      ],
      [
        {
          guid: 'c9aa',
          title: 'Episode 31: Tides',
          publishedAt: march(2),
          enclosures: audio('http://cdn.example/31.mp3'),
        },
      ],
    ],
    ['0.0 1.0'],
  ],
  [
    'an enclosure and nothing else, the title is edited',
    [
      [{ title: 'Ep 12 Strom', publishedAt: march(1), enclosures: audio('https://cdn.example/12.mp3') }],
      [{ title: 'Ep 12: Storm', publishedAt: march(1), enclosures: audio('https://cdn.example/12.mp3') }],
    ],
    ['0.0 1.0'],
  ],
  [
    'a token in the enclosure',
    [
      [{ ...tea, enclosures: audio('https://cdn.example/1.mp3?token=1') }],
      [{ ...tea, enclosures: audio('https://cdn.example/1.mp3?token=2') }],
    ],
    ['0.0 1.0'],
  ],
  [
    'guid and slug change, title, date and text stay',
    [
      [tea, bread],
      [{ ...tea, guid: 'n1', link: 'https://alice.example/posts/tea' }, bread],
    ],
    ['0.0 1.0', '0.1 1.1'],
  ],
  [
    'a random guid at every poll, no link and no date',
    [
      [{ guid: 'r1', title: tea.title ?? '', text: wordsAbout('tea') }],
      [{ guid: 'r2', title: tea.title ?? '', text: wordsAbout('tea') }],
    ],
    ['0.0 1.0'],
  ],
  [
    'neither guid nor link: title and date',
    [
      [{ title: 'Road  closed\n near the mill', publishedAt: march(1) }],
      [{ title: 'Road closed near the mill', publishedAt: march(1), text: wordsAbout('road') }],
    ],
    ['0.0 1.0'],
  ],
  [
    'neither guid nor link: title and text, undated',
    [
      [
        { title: 'Road closed', text: wordsAbout('road') },
        { title: 'Road open', text: wordsAbout('open') },
      ],
      [
        { title: 'Road open', text: wordsAbout('open') },
        { title: 'Road closed', text: wordsAbout('road') },
      ],
    ],
    ['0.0 1.1', '0.1 1.0'],
  ],
  [
    'neither guid nor link nor text: title, undated',
    [[{ title: 'Road closed near the mill' }], [{ title: 'Road closed near the mill' }]],
    ['0.0 1.0'],
  ],
  [
    'neither guid, link nor title: text and date',
    [
      [{ text: wordsAbout('a', 12), publishedAt: march(1) }],
      [{ text: `${wordsAbout('a', 12)} more`, publishedAt: march(1) }],
    ],
    ['0.0 1.0'],
  ],
  [
    'neither guid, link, title nor date: text',
    [
      [{ text: wordsAbout('a', 12) }, { text: wordsAbout('b', 12) }],
      [{ text: wordsAbout('b', 12) }, { text: wordsAbout('a', 12) }],
    ],
    ['0.0 1.1', '0.1 1.0'],
  ],
  [
    'neither guid nor link: the title has a typo',
    [
      [{ title: 'Road closde near the mill', text: wordsAbout('road'), publishedAt: march(1) }],
      [{ title: 'Road closed near the mill', text: wordsAbout('road'), publishedAt: march(1) }],
    ],
    ['0.0 1.0'],
  ],
  [
    'neither guid nor link: two with one title in one second',
    [
      [
        { title: 'Flood warning', text: 'River Ash', publishedAt: march(1) },
        { title: 'Flood warning', text: 'River Ost', publishedAt: march(1) },
      ],
      [
        { title: 'Flood warning', text: 'River Ost', publishedAt: march(1) },
        { title: 'Flood warning', text: 'River Ash', publishedAt: march(1) },
      ],
    ],
    ['0.0 1.1', '0.1 1.0'],
  ],
  [
    'neither guid nor link: two alike in another order',
    [
      [
        { title: 'Road closed', text: wordsAbout('road') },
        { title: 'Road closed', text: wordsAbout('road', 45) },
      ],
      [
        { title: 'Road closed', text: wordsAbout('road', 45) },
        { title: 'Road closed', text: wordsAbout('road') },
      ],
    ],
    ['0.0 1.1', '0.1 1.0'],
  ],
  [
    'all under new guids, links and dates; the titles stay',
    [
      [tea, bread, bike],
      [
        { ...tea, guid: '1', link: 'https://alice.example/n/1', publishedAt: march(3) },
        { ...bread, guid: '2', link: 'https://alice.example/n/2', publishedAt: march(3) },
        { ...bike, guid: '3', link: 'https://alice.example/n/3', publishedAt: march(2) },
      ],
    ],
    ['0.0 1.0', '0.1 1.1', '0.2 1.2'],
  ],
  [
    'three of five under new guids, links and dates; the titles stay',
    [
      [tea, bread, bike],
      [tea, bread, bike, { ...tea, title: 'One more' }, { ...tea, title: 'And another' }].map((one, at) => ({
        ...one,
        text: wordsAbout(['tea', 'bread', 'bike', 'more', 'another'][at] ?? ''),
        guid: `${at}`,
        link: `https://alice.example/n/${at}`,
        publishedAt: march(3),
      })),
    ],
    ['0.0 1.0', '0.1 1.1', '0.2 1.2', '1.3', '1.4'],
  ],
];
for (const [name, documents, groups] of known) {
  test(`matchDocument: ${name}: the same entry`, () => {
    assert.equal(pollAll(documents.map((listed) => ({ listed }))).entries(), groups);
  });
}

test('MATCH_STEPS, MATCH_RULES: each says what it goes by, in other words than the rest', () => {
  const names = [...MATCH_STEPS.map(({ name }) => name), ...MATCH_RULES.map(({ words }) => words)];
  assert.ok(names.every((name) => /^(?:nearly )?the same |^nothing changed$/.test(name)));
  assert.is(new Set(MATCH_STEPS.map(({ name }) => name)).size, MATCH_STEPS.length);
});

for (const step of MATCH_STEPS) {
  test(`MATCH_STEPS: ${step.name}: finds what no other step does`, () => {
    const steps = MATCH_STEPS.filter((one) => one !== step);
    const missed = known.filter(([, documents, groups]) => {
      const found = pollAll(
        documents.map((listed) => ({ listed })),
        { steps },
      ).entries();
      return found.join() !== groups.join();
    });
    assert.ok(missed.length > 0);
  });
}

const issue = (number: number, given: Listed = {}): Listed => ({
  guid: `https://alice.example/?p=${number}`,
  link: `https://alice.example/w/${number}/`,
  title: 'Weekly links',
  text: wordsAbout(`week${number}x`),
  publishedAt: march(number),
  ...given,
});
const event = (day: number): Listed => ({
  guid: `https://alice.example/choir#2026-03-${day}`,
  link: 'https://alice.example/choir',
  title: 'Choir rehearsal',
  text: 'Rehearsal in the hall.',
  publishedAt: march(day),
});
const release = (number: string, given: Listed = {}): Listed => ({
  guid: `https://alice.example/dl/${number}`,
  link: `https://alice.example/dl/${number}`,
  title: `Word ${number} released`,
  text: 'Bug fixes and small improvements.',
  publishedAt: march(1),
  ...given,
});

const different: readonly Case[] = [
  ['one title every week', [[issue(1)], [issue(8)], [issue(15)]], ['0.0', '1.0', '2.0']],
  [
    'one title and text every day',
    [
      [issue(1, { text: 'Be kind.' }), issue(2, { text: 'Be kind.' })],
      [issue(3, { text: 'Be kind.' }), issue(2, { text: 'Be kind.' })],
    ],
    ['0.0', '0.1 1.1', '1.0'],
  ],
  [
    'a recurring event in a sliding window',
    [
      [event(10), event(17)],
      [event(17), event(24)],
      [event(24), event(31)],
    ],
    ['0.0', '0.1 1.0', '1.1 2.0', '2.1'],
  ],
  [
    'anchors of one page',
    [['v1.3', 'v1.2'].map((v): Listed => ({ link: `https://alice.example/log.html#${v}`, title: `Version ${v}` }))],
    ['0.0', '0.1'],
  ],
  [
    'anchors under one title, one at a time',
    [
      [{ link: 'https://alice.example/diary.html#d1', title: 'Diary', text: wordsAbout('one') }],
      [{ link: 'https://alice.example/diary.html#d2', title: 'Diary', text: wordsAbout('two') }],
    ],
    ['0.0', '1.0'],
  ],
  [
    'routes of a script site',
    [
      [{ link: 'https://alice.example/#/post/1', title: 'First light' }],
      [{ link: 'https://alice.example/#/post/2', title: 'First light' }],
    ],
    ['0.0', '1.0'],
  ],
  [
    'a placeholder guid, one item at a time',
    [[release('16.1', { guid: 'N/A' })], [release('16.2', { guid: 'N/A' })]],
    ['0.0', '1.0'],
  ],
  [
    'the homepage as guid',
    [[release('16.1', { guid: 'http://www.alice.example' })], [release('16.2', { guid: 'https://alice.example/' })]],
    ['0.0', '1.0'],
  ],
  [
    'the homepage as link',
    [
      [release('16.1', { guid: '1', link: 'https://alice.example/' })],
      [release('16.2', { guid: '2', link: 'https://alice.example/' })],
    ],
    ['0.0', '1.0'],
  ],
  [
    'one guid for all',
    [[issue(1, { guid: 'x' }), issue(8, { guid: 'x' })], [issue(15, { guid: 'x' })]],
    ['0.0', '0.1', '1.0'],
  ],
  [
    'one guid and link for all',
    [
      [
        release('1.3', { guid: 'https://alice.example/log', link: 'https://alice.example/log' }),
        release('1.2', { guid: 'https://alice.example/log', link: 'https://alice.example/log' }),
      ],
      [release('1.4', { guid: 'https://alice.example/log', link: 'https://alice.example/log' })],
    ],
    ['0.0', '0.1', '1.0'],
  ],
  ['a counter that starts again', [[{ ...tea, guid: '1' }], [{ ...bread, guid: '1' }]], ['0.0', '1.0']],
  ...(['publishedAt', 'text', 'title', 'link'] as const).map((absent): Case => {
    const documents = [tea, bread].map((one) => [{ ...without(one, absent), guid: '1' }]);
    return [`a counter that starts again, no ${absent}`, documents, ['0.0', '1.0']];
  }),
  [
    'one link and title, no guid: dates and texts differ',
    [
      [
        { link: 'https://alice.example/status', title: 'Notice', text: wordsAbout('a'), publishedAt: march(1) },
        { link: 'https://alice.example/status', title: 'Notice', text: wordsAbout('b'), publishedAt: march(2) },
      ],
      [{ link: 'https://alice.example/status', title: 'Notice', text: wordsAbout('c'), publishedAt: march(3) }],
    ],
    ['0.0', '0.1', '1.0'],
  ],
  [
    'two with one title in one second',
    [
      [release('1', { title: 'Flood warning', text: 'River Ash' })],
      [release('2', { title: 'Flood warning', text: 'River Ost' })],
    ],
    ['0.0', '1.0'],
  ],
  [
    'one placeholder audio',
    [
      [
        { guid: '1', title: 'Morning news', enclosures: audio('https://cdn.example/latest.mp3') },
        { guid: '2', title: 'Evening news', enclosures: audio('https://cdn.example/latest.mp3') },
      ],
      [{ guid: '3', title: 'Morning news', enclosures: audio('https://cdn.example/latest.mp3') }],
    ],
    ['0.0', '0.1', '1.0'],
  ],
  [
    'one picture, and a title that comes every month',
    [
      [{ guid: '1', title: 'What I read', enclosures: [{ url: 'https://cdn.example/me.jpg' }] }],
      [{ guid: '2', title: 'What I read', enclosures: [{ url: 'https://cdn.example/me.jpg' }] }],
    ],
    ['0.0', '1.0'],
  ],
  [
    'one boilerplate on two hosts of a planet',
    [
      [
        {
          guid: 'https://ann.example/?p=1',
          link: 'https://ann.example/hello-world/',
          title: 'Hello world!',
          text: 'Welcome to WordPress.',
          publishedAt: march(1),
        },
      ],
      [
        {
          guid: 'https://ben.example/?p=1',
          link: 'https://ben.example/hello-world/',
          title: 'Hello world!',
          text: 'Welcome to WordPress.',
          publishedAt: march(2),
        },
      ],
    ],
    ['0.0', '1.0'],
  ],
  [
    'one path and title on two hosts, five of sixty words are others',
    [
      [without(tea, 'guid')],
      [moved({ ...without(tea, 'guid'), text: reworded(wordsAbout('tea'), 5), publishedAt: march(2) }, 'new.example')],
    ],
    ['0.0', '1.0'],
  ],
  [
    '?p=12 on two hosts of a planet',
    [
      [{ link: 'https://ann.example/?p=12', title: 'Pruning roses', text: wordsAbout('rose'), publishedAt: march(1) }],
      [{ link: 'https://ben.example/?p=12', title: 'Pruning roses', text: wordsAbout('code'), publishedAt: march(2) }],
    ],
    ['0.0', '1.0'],
  ],
  [
    'guids that differ in case',
    [
      [
        { guid: 'ABC', link: 'https://alice.example/A', title: 'Item' },
        { guid: 'abc', link: 'https://alice.example/a', title: 'Item' },
      ],
    ],
    ['0.0', '0.1'],
  ],
  [
    'two under new guids, links and dates',
    [
      [tea, bread],
      [tea, bread].map((one, at) => ({
        ...one,
        guid: `${at}`,
        link: `https://alice.example/n/${at}`,
        publishedAt: march(3),
      })),
    ],
    ['0.0', '0.1', '1.0', '1.1'],
  ],
  [
    'three titles of before among six new ones',
    [
      [tea, bread, bike],
      [tea, bread, bike, issue(1, { title: 'A' }), issue(2, { title: 'B' }), issue(3, { title: 'C' })].map(
        (one, at) => ({ ...one, guid: `${at}`, link: `https://alice.example/n/${at}`, publishedAt: march(3) }),
      ),
    ],
    ['0.0', '0.1', '0.2', '1.0', '1.1', '1.2', '1.3', '1.4', '1.5'],
  ],
  [
    'daily reports under fresh names',
    [
      ['North', 'South', 'West'].map((part, at) => issue(at + 1, { title: `Weather ${part}` })),
      ['North', 'South', 'West'].map((part, at) => issue(at + 4, { title: `Weather ${part}` })),
    ],
    ['0.0', '0.1', '0.2', '1.0', '1.1', '1.2'],
  ],
  [
    'neither guid nor link: another date',
    [
      [{ title: 'Road closed', text: wordsAbout('a'), publishedAt: march(1) }],
      [{ title: 'Road closed', text: wordsAbout('b'), publishedAt: march(2) }],
    ],
    ['0.0', '1.0'],
  ],
  [
    'untitled notes',
    [
      [
        { guid: '1', text: 'One.' },
        { guid: '2', text: 'Two.' },
      ],
    ],
    ['0.0', '0.1'],
  ],
];
for (const [name, documents, groups] of different) {
  test(`matchDocument: ${name}: different entries`, () => {
    assert.equal(pollAll(documents.map((listed) => ({ listed }))).entries(), groups);
  });
}
/** Each entry with what recognises it: the step, and the start of the value. */
function recognitions(listed: readonly Listed[]): readonly (string | undefined)[] {
  const record = pollAll([{ listed }]).records.get('alice');
  return (record?.entries ?? []).map((entry) => {
    const by = record && recognitionOf(entry, record, aSource());
    return by && `${by.step}: ${by.value.slice(0, 30)}`;
  });
}

test('recognitionOf: the strongest step for which an entry has a value that no other entry of its source has', () => {
  const { guid: _, ...linked } = bread;
  const { guid: __, link: ___, ...bare } = bike;
  assert.equal(recognitions([tea, linked, bare]).toSorted(), [
    'the same guid: https://alice.example/?p=101',
    'the same link: alice.example/2026/03/bread',
    'the same title, date and text: fixing the old bicycle\n2026-02',
  ]);
});

test('recognitionOf: an unreliable guid recognises nothing', () => {
  const shared = [tea, bread].map((item) => ({ ...item, guid: 'one for all' }));
  assert.equal(recognitions(shared).toSorted(), [
    'the same link: alice.example/2026/03/bread',
    'the same link: alice.example/2026/03/tea',
  ]);
});

test.run();
