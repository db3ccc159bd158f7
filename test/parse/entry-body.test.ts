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

const pictures: readonly { title?: string; html: string; text: string | undefined }[] = [
  { html: '<img src="s.gif" alt=" "><IMG alt="A &lt;red&gt; fox" src="a.jpg">', text: 'A <red> fox' },
  { title: 'Fox', html: '<img src="a.jpg" alt="A red fox">', text: undefined },
  { html: 'Look: <img src="a.jpg" alt="A red fox">', text: 'Look:' },
  { html: '<img alt="', text: undefined },
];
for (const { html, text, ...titled } of pictures) {
  test(`readBody: a picture's own words are the text where there is no other: ${JSON.stringify({ html, ...titled })}`, async () => {
    const document = JSON.stringify({ items: [{ id: '1', content_html: html, ...titled }] });
    const { entries } = await parseFeed(Buffer.from(document), { html: false });
    assert.is(entries[0]?.text, text);
  });
}

test.run();
