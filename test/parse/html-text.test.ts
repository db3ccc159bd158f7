import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { htmlToText, readHtml, titleToText } from '../../src/parse/html-text.ts';
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
  ['Tea<sup id="r1"><a href="#fn1" class="ref">1</a></sup>, too', 'Tea, too'],
  ['Tea<a href="https://a.example/1#fn1"><sup>[12]</sup></a>', 'Tea'],
  ['<a href="#tea">Tea</a><sup>2</sup> x<sup><a href="/n">n</a></sup>', 'Tea2 xn'],
];

for (const [html, text] of cases)
  test(`htmlToText: ${html.slice(0, 60)}`, () => assert.is(htmlToText(html, 1000), text));

const both: readonly (readonly [html: string, title: string, text: string])[] = [
  ['Vec<T> beats Map<K, V>', 'Vec<T> beats Map<K, V>', 'Vec<T> beats Map<K, V>'],
  ['#include <stdio.h>', '#include <stdio.h>', '#include <stdio.h>'],
  ['vector<std::string>', 'vector<std::string>', 'vector<std::string>'],
  ['Ann <ann-marie@example.org>', 'Ann <ann-marie@example.org>', 'Ann <ann-marie@example.org>'],
  ['see <https://example.org/x>', 'see <https://example.org/x>', 'see <https://example.org/x>'],
  ['<T>&amp;</T>', '<T>&</T>', '<T>&</T>'],
  ['<p>a</p>\n<T> b', 'a <T> b', 'a <T> b'],
  ['<o:p>a</o:p><my-widget>b</my-widget>', 'a b', 'a b'],
  ['<head> and <blink>', '<head> and <blink>', 'and'],
  ['the end, </head>', 'the end, </head>', 'the end,'],
  ['<input type="date"> is here', '<input type="date"> is here', 'is here'],
  ['What is <!DOCTYPE html>', 'What is <!DOCTYPE html>', 'What is'],
  ['React <></>', 'React <></>', 'React <>'],
  ['a<!-- b -->c', 'ac', 'ac'],
  ['<B>a</B> <font color="red">b</font><br/>c <img src="x.png">', 'a b c', 'a b c'],
  ['<script>a</script>b', 'b', 'b'],
  ['drop <script> now', 'drop <script> now', 'drop'],
  ['<ul><li>a</ul>', 'a', 'a'],
  ['a<object classid="x"> b', 'a b', 'a b'],
  ['<svg><text>a</text></svg>', 'a', 'a'],
];
for (const [html, title, text] of both) {
  test(`titleToText, htmlToText: ${html}`, () => {
    assert.is(titleToText(html, 1000), title);
    assert.is(htmlToText(html, 1000), text);
  });
}

const seen: readonly (readonly [html: string, text: string])[] = [
  ['a<div style="font-size:1px; DISPLAY: none">b<div>c</div></div>d', 'a d'],
  ['a <span style="visibility:hidden">b</span>c', 'a c'],
  ['<p hidden>a<p>b', 'b'],
  ['a<div style="max-height:0px;overflow:hidden">b</div>c', 'a c'],
  ['a<div hidden>never closed', 'a never closed'],
  ['a<p style="overflow:hidden; max-height: 0.5em">b</p>', 'a b'],
  ['a<input type="hidden" value="b">c<img hidden>d', 'a c d'],
  ['<span aria-hidden="true">a</span><div aria-hidden="true">b</div>', 'b'],
  ['<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x</annotation></semantics></math>', 'x'],
  [
    'is <math><mfrac><mrow><mfrac><mn>1</mn><mn>2</mn></mfrac></mrow> <mi>c</mi></mfrac></math><span aria-hidden="true">c</span>.',
    'is 1/2/c.',
  ],
  ['Hi <img alt="😀" class="wp-smiley">.', 'Hi 😀.'],
  ['a<img class="smilie" alt=":)"> <img alt=":blobcat:">', 'a:) :blobcat:'],
  ['a<img alt="&#x1F600;"><img alt="A fox">b', 'a😀 b'],
  ['a &#847; &zwnj;&nbsp;&#8199;&#173;&#8203; b', 'a b'],
  ['می\u200cخواهم co\u00adop', 'می\u200cخواهم co\u00adop'],
];
for (const [html, text] of seen)
  test(`htmlToText: what is seen of ${html.slice(0, 70)}`, () => assert.is(htmlToText(html, 1000), text));

test('htmlToText: the text that stands behind much filler', () => {
  assert.is(htmlToText(`<p>a</p>${'&#847; &zwnj; '.repeat(500)}<p>b</p>`, 100), 'a b');
});

test('htmlToText, titleToText: nothing takes time by the square of its length', () => {
  const start = performance.now();
  for (const piece of ['<head>', '<div hidden>', '<mfrac><a>', '<T', '<p hidden><b hidden>', '<svg>'])
    for (const toText of [htmlToText, titleToText]) toText(`${piece.repeat(40_000)}</head></svg>`, 1000);
  assert.ok(performance.now() - start < 10_000);
});

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
