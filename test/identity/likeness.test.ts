/** When two titles or texts are one. */

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  areTextsAlike,
  areTitlesAlike,
  areTitlesOne,
  isGenericTitle,
  textLikeness,
  titleKey,
  wordsOf,
} from '../../src/identity/likeness.ts';
import { reworded, wordsAbout } from '../items/poll-all.ts';

const pairs = (judge: (a: string, b: string) => boolean) => (a: string, b: string) => {
  assert.is(judge(titleKey(b), titleKey(a)), judge(titleKey(a), titleKey(b)), 'both ways');
  return judge(titleKey(a), titleKey(b));
};

test('wordsOf: words, versions and single characters of scripts without spaces', () => {
  assert.equal(wordsOf('Don’t  use C++ v1.2.3 (ＡＢＣ)… 日本 東'), [
    "don't",
    'use',
    'c++',
    'v1.2.3',
    'abc',
    '日',
    '本',
    '東',
  ]);
});

test('titleKey: white space, case and punctuation do not count', () => {
  assert.is(titleKey('Road  CLOSED:\n “near” the mill!'), 'road closed near the mill');
  assert.equal([titleKey(undefined), titleKey('?!')], ['', '?!']);
});

const alike: readonly [string, string, boolean][] = [
  ['On brewing tea properly', 'On brewing green tea', true],
  ['On brewing tea properly', 'Alice: On brewing tea properly', true],
  ['Pruning roses', 'Compiler flags', false],
  ['Word 16.1 released', 'Word 16.2 released', false],
  ['Tour, part 1', 'Tour, part 2', false],
  ['10 tips for tea', 'Tips for tea', true],
  ['Release v1.2.3', 'Release v1.2.4', false],
];
for (const [a, b, expected] of alike) {
  test(`areTitlesAlike: ${a} / ${b}`, () => {
    assert.is(pairs(areTitlesAlike)(a, b), expected);
  });
}

const one: readonly [string, string, boolean][] = [
  ['On brewing tea properly', 'ON BREWING TEA – PROPERLY', true],
  ['On brewing tea properly', 'Alice: On brewing tea properly', true],
  ['On brewing tea properly', 'On brewing tea properly - Site7.example', true],
  ['On brewing tea properly', 'On brewing green tea properly', false],
  ['On brewing tea', 'On brewing tea by Alice Example', true],
  ['On brewing tea', 'On brewing tea by Alice Example again', false],
  ['Brewing tea', 'Alice: Brewing tea', false],
  ['The long tour', 'The long tour, part 2', false],
  ['Release notes', 'Release notes of Word', false],
  ['', '', false],
];
for (const [a, b, expected] of one) {
  test(`areTitlesOne: ${a} / ${b}`, () => {
    assert.is(pairs(areTitlesOne)(a, b), expected);
  });
}

test('textLikeness: an excerpt is the whole, an edit is most of it, another text is nothing', () => {
  const text = wordsAbout('tea');
  assert.is(textLikeness(text, wordsAbout('tea', 20)), 1);
  assert.ok(areTextsAlike(text, text.replace('teak10', 'coffee')));
  assert.is(textLikeness(text, wordsAbout('bread')), 0);
  assert.equal(
    [textLikeness(text, undefined), textLikeness('', text), textLikeness('!', '?')],
    [undefined, undefined, undefined],
  );
});

test('areTextsAlike: six tenths of two texts are the same', () => {
  const text = wordsAbout('tea');
  const likeness = [2, 3, 4, 5].map((count) => textLikeness(text, reworded(text, count))?.toFixed(3));
  assert.equal(likeness, ['0.813', '0.731', '0.657', '0.589']);
  assert.equal([areTextsAlike(text, reworded(text, 4)), areTextsAlike(text, reworded(text, 5))], [true, false]);
  // 4 runs of 6 words, 3 of them shared with another 4 of 6: 3 of 5.
  assert.is(areTextsAlike('a b c d e f', 'a b c d e x'), true);
});

test('areTitlesAlike: half of the words of two titles are the same', () => {
  assert.is(areTitlesAlike('one two three four', 'one two three five six'), true);
  assert.is(areTitlesAlike('one two three four five', 'one two three six seven'), false);
});

test('textLikeness: texts of one or two words are compared whole', () => {
  assert.equal([areTextsAlike('+1', '+1'), areTextsAlike('River Ash', 'River Ost')], [true, false]);
});

test('isGenericTitle: short ones and those that come with every issue', () => {
  const generic = [
    'Trailer',
    'Weekly links',
    'Re: On brewing tea properly',
    'Photo of the day',
    'Links for 2026-03-01',
    'Happy new year to all of you',
    'A b c',
  ];
  assert.equal(
    generic.filter((title) => !isGenericTitle(titleKey(title))),
    [],
  );
  const distinct = ['On brewing tea properly', 'Acme Corporation announces solar kettle', 'Remembering the old mill'];
  assert.equal(
    distinct.filter((title) => isGenericTitle(titleKey(title))),
    [],
  );
});

test('isGenericTitle: two words, or fourteen characters, say too little', () => {
  const titles = ['Considerable misunderstandings', 'abcd efgh ijkl', 'abcde fghi jklm', 'New release notes of Word 9'];
  assert.equal(titles.map(isGenericTitle), [true, true, false, false]);
});

test('textLikeness: the order of words counts, and texts of two words are one run', () => {
  assert.equal([textLikeness('a b', 'b a'), textLikeness('a b', 'a b c d')], [0, 1]);
  assert.is(textLikeness('a b c d', 'a b c x'), 1 / 3);
});

test('wordsOf: a text of ASCII alone has the words that it has beside a foreign one', () => {
  const character = fc.constantFrom(...' abcXYZ0129.\'+#-_/,:"@');
  const text = fc.string({ unit: character, maxLength: 40 });
  fc.assert(fc.property(text, (ascii) => assert.equal(wordsOf(ascii), wordsOf(`${ascii} é`).slice(0, -1))));
});

test.run();
