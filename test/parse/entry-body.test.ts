import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFeed } from '../../src/parse/parse-feed.ts';

const minutes: readonly { name: string; html: string; minutes: number }[] = [
  { name: 'nothing', html: '', minutes: 1 },
  { name: '230 words', html: 'abc '.repeat(230), minutes: 1 },
  { name: '231 words', html: 'abc '.repeat(231), minutes: 2 },
  { name: '460 words, each in bold', html: '<b>abc</b> '.repeat(460), minutes: 2 },
  { name: '10,000 words, of which the first are counted', html: 'abc '.repeat(10_000), minutes: 44 },
  { name: '500 Chinese characters', html: '字'.repeat(500), minutes: 1 },
  { name: '501 Chinese characters', html: '字'.repeat(501), minutes: 2 },
  { name: '500 kana', html: 'カな'.repeat(250), minutes: 1 },
  { name: '501 Korean syllables', html: '한'.repeat(501), minutes: 2 },
  {
    name: 'a text in which words and characters add up',
    html: `${'abc '.repeat(50)}${'字'.repeat(200)}`.repeat(2),
    minutes: 2,
  },
];
for (const { name, html, minutes: expected } of minutes) {
  test(`readBody: minutes to read ${name}`, async () => {
    const document = JSON.stringify({ items: [{ id: '1', title: 'T', content_html: html }] });
    const { entries } = await parseFeed(Buffer.from(document), { html: false });
    assert.is(entries[0]?.minutes, expected);
  });
}

test.run();
