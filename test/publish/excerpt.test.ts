import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { excerpt, standfirst, tellingText } from '../../src/publish/excerpt.ts';
import { anEntry } from './build-item.ts';

const words = (count: number): string => Array.from({ length: count }, (_, index) => `word${index}`).join(' ');

const sentences = [
  { name: 'the first two', text: 'One is here. Two is here! Three is not.', first: 'One is here. Two is here!' },
  {
    name: 'titles',
    text: 'Mr. Smith met Dr. Who. They spoke. Then left.',
    first: 'Mr. Smith met Dr. Who. They spoke.',
  },
  {
    name: 'initials',
    text: 'J. K. Rowling wrote. G. R. R. did too. No more.',
    first: 'J. K. Rowling wrote. G. R. R. did too.',
  },
  {
    name: 'countries',
    text: 'He went to the U.S. Army base. It was shut. So he left.',
    first: 'He went to the U.S. Army base. It was shut.',
  },
  {
    name: 'numbers',
    text: 'Version 3.5 costs $2.50 now. See no. 5 for more. Bye.',
    first: 'Version 3.5 costs $2.50 now. See no. 5 for more.',
  },
  {
    name: 'i.e.',
    text: 'It is cheap, i.e. free. Take it, e.g. now. Or not.',
    first: 'It is cheap, i.e. free. Take it, e.g. now.',
  },
  { name: 'quotations', text: '"Is it?" she asked. "It is." Nobody spoke.', first: '"Is it?" she asked. "It is."' },
  { name: 'Chinese', text: '这是第一句。这是第二句！这是第三句。', first: '这是第一句。这是第二句！' },
  { name: 'Japanese', text: 'これは文です。次の文です。三つ目。', first: 'これは文です。次の文です。' },
  { name: 'no end', text: 'No stop at all', first: 'No stop at all' },
];
for (const { name, text, first } of sentences) {
  test(`standfirst: sentences: ${name}`, () => assert.is(standfirst(anEntry({ text })), first));
}

const cases = [
  {
    name: "the publisher's summary before the text, whole",
    entry: { summary: 'A summary. With three. Sentences.', text: 'Text.' },
    standfirst: 'A summary. With three. Sentences.',
    excerpt: 'A summary. With three. Sentences.',
  },
  {
    name: 'a summary of 60 words is whole',
    entry: { summary: words(60) },
    standfirst: words(60),
    excerpt: words(60),
  },
  {
    name: 'a summary of 61 words is cut in the standfirst only',
    entry: { summary: words(61) },
    standfirst: `${words(60)}…`,
    excerpt: words(61),
  },
  {
    name: 'a summary of 120 words is whole in a feed, one of 121 is cut',
    entry: { summary: words(121) },
    standfirst: `${words(60)}…`,
    excerpt: `${words(120)}…`,
  },
  {
    name: 'a long summary gives its first two sentences',
    entry: { summary: `First. Second. Third ${words(130)}` },
    standfirst: 'First. Second.',
    excerpt: 'First. Second.',
  },
  {
    name: 'a cut leaves no loose punctuation',
    entry: { summary: `${words(59)} end, ${words(70)}` },
    standfirst: `${words(59)} end…`,
    excerpt: `${words(59)} end, ${words(60)}…`,
  },
  {
    name: "WordPress's mark of a cut becomes an ellipsis",
    entry: { summary: 'Begun and not […]' },
    standfirst: 'Begun and not …',
    excerpt: 'Begun and not …',
  },
  { name: 'no text, no excerpt', entry: { text: '' }, standfirst: undefined, excerpt: undefined },
  {
    name: 'a summary that only repeats the title gives way to the text',
    entry: { title: 'The same!', summary: 'the same', text: 'Something else.' },
    standfirst: 'Something else.',
    excerpt: 'Something else.',
  },
  {
    name: "a link aggregator's 'Comments' is no summary",
    entry: { title: 'A story', summary: 'Comments', text: 'Comments' },
    standfirst: undefined,
    excerpt: undefined,
  },
  {
    name: 'scripts without spaces: two characters are a word',
    entry: { text: '漢'.repeat(300) },
    standfirst: `${'漢'.repeat(120)}…`,
    excerpt: `${'漢'.repeat(240)}…`,
  },
];
for (const { name, entry, standfirst: short, excerpt: longer } of cases) {
  test(`excerpt: ${name}`, () => {
    const { text, ...rest } = anEntry();
    const built = { ...rest, ...entry };
    assert.is(standfirst(built), short);
    assert.is(excerpt(built), longer);
  });
}

test('standfirst: whatever the text, at most 60 words, and what it keeps is the start of the text', () => {
  const text = fc.array(fc.constantFrom('word', '. ', ' ', '!', '…', '漢', '[', '😀', 'Mr.', 'U.S.', '\n', 'ไทย'), {
    maxLength: 400,
  });
  fc.assert(
    fc.property(text, (parts) => {
      const whole = parts.join('').trim();
      const short = standfirst(anEntry({ title: 'Title', text: whole }));
      if (short === undefined) return;
      assert.ok(short.split(/\s+/).length <= 60);
      assert.ok(whole.startsWith(short.replace(/…$/, '')) || whole.startsWith(short));
    }),
    { numRuns: 300 },
  );
});

const framed: readonly [name: string, title: string, text: string, told: string][] = [
  ['arXiv’s list', 'On tea', 'arXiv:2603.00001v1 Announce Type: new Abstract: We brew tea.', 'We brew tea.'],
  [
    'hnrss',
    'On tea',
    'A note. Article URL: https://a.example/1 Comments URL: https://b.example/2 Points: 3 # Comments: 0',
    'A note.',
  ],
  ['WordPress', 'On tea', 'We brew. The post On tea appeared first on The Blog.', 'We brew.'],
  ['chapters alone', 'On tea', '0:00 Intro 01:23 Water 1:02:03 The end', ''],
  ['chapters below', 'On tea', 'We brew. Chapters: 00:00 Intro 01:23 Water 05:03 The end', 'We brew.'],
  ['times of day', 'On tea', 'Open from 0:00 to 12:30 every day.', 'Open from 0:00 to 12:30 every day.'],
  [
    'an hour of the day',
    'On tea',
    'It broke at 00:00 UTC and was back at 02:30 UTC, by 03:00 all was well.',
    'It broke at 00:00 UTC and was back at 02:30 UTC, by 03:00 all was well.',
  ],
  ['a time with hours', 'On tea', 'Final 10:00:00 score 20:00 30:00', 'Final 10:00:00 score 20:00 30:00'],
  ['the title as a sentence', 'How tea is brewed', 'How tea is brewed. We brew it hot.', 'We brew it hot.'],
  ['the title as a heading', 'How tea is brewed', 'How tea is brewed We brew it hot.', 'We brew it hot.'],
  ['the title twice', 'Tea brewing', 'Tea brewing Tea brewing – hot', 'hot'],
  [
    'a sentence that begins as the title',
    'How tea is brewed',
    'How tea is brewed in Kyoto.',
    'How tea is brewed in Kyoto.',
  ],
  [
    'a name that goes on',
    'Acme shows its new Tea',
    'Acme shows its new Tea Pot Pro.',
    'Acme shows its new Tea Pot Pro.',
  ],
  [
    'addresses that count',
    'On tea',
    'See https://a.example/?utm_source=x&id=1 now.',
    'See https://a.example/?id=1 now.',
  ],
];
for (const [name, title, text, told] of framed) {
  test(`tellingText: ${name}`, () => assert.is(tellingText(text, title), told));
}

// A quadratic pattern would stand still for minutes here, far beyond the runner's limit.
const endless = [
  '0:00 ',
  '0:00 1:',
  'The post ',
  'arXiv:',
  'https://a.example/?a&',
  'a. ',
  'A.',
  '[',
  ' [',
  '.',
  '漢',
  '.)',
  '. . ',
  '"',
  'x',
];
for (const part of endless) {
  test(`excerpt: 400,000 characters of ${JSON.stringify(part)} end`, () => {
    const text = part.repeat(400_000 / part.length);
    const short = excerpt(anEntry({ summary: text, text, title: text }));
    assert.ok(short === undefined || short.length <= 10_000);
  });
}

test.run();
