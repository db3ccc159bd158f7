import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { htmlToText, readHtml } from '../../src/parse/html-text.ts';
import { cleanText } from '../../src/parse/plain-text.ts';

const cases: readonly (readonly [html: string, text: string])[] = [
  ['plain', 'plain'],
  ['<b>T</b>itle', 'Title'],
  ['<p>One</p><p>Two<br>Three</p>', 'One Two Three'],
  ['<p>\n  One\n</p>\n<ul>\n <li>Two</li>\n</ul>', 'One Two'],
  ['a &amp; b &lt;c&gt; &eacute;', 'a & b <c> é'],
  ['a<script>alert("</b>")</script>b<style>p{}</style>c', 'abc'],
  ['a<SCRIPT>x</ScRiPt >b', 'ab'],
  ['a<script>never closed', 'a'],
  ['a<select>never closed', 'a never closed'],
  ['a<!-- b -->c<!---->d', 'acd'],
  ['a<!-- b > c', 'a c'],
  ['a<!-- no end', 'a'],
  ['<a title="x > y" href=\'>\'>b</a>', 'b'],
  ['<a title="never closed>b', 'b'],
  ['1 < 2 and 3 <3', '1 < 2 and 3 <3'],
  ['A<B', 'A<B'],
  ['cut <a href="https://a.example/lo', 'cut'],
  ['a</>b</ c>d', 'abd'],
  ['a<![CDATA[b]]>c<?php d ?>e', 'ace'],
  ['\u202eevil\u202c \u0007bell\0', 'evil bell'],
  ['a\u00a0\u00a0b\u2003c', 'a b c'],
  ['👨‍👩‍👧', '👨‍👩‍👧'],
];

for (const [html, text] of cases)
  test(`htmlToText: ${html.slice(0, 60)}`, () => assert.is(htmlToText(html, 1000), text));

test('htmlToText: a cut halves no surrogate pair', () => {
  assert.is(htmlToText('a😀', 2), 'a');
  assert.is(htmlToText('<b>a😀</b>', 3), 'a😀');
});

test('readHtml: reads no more than it needs, and says how much that was', () => {
  const { text, read } = readHtml('<p>0123456789</p>'.repeat(1000), 100);
  assert.is(text.length, 100);
  assert.ok(read > 100 && read < 200, `${read}`);
});

test('cleanText: folds, trims and cuts', () => {
  assert.is(cleanText(' \t a \r\n\u00a0 b\u200b ', 100), 'a b\u200b');
  assert.is(cleanText('one two', 4), 'one');
  assert.is(cleanText('x'.repeat(50), 10).length, 10);
});

test.run();
