import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanLine, cleanText, element, languageTag } from '../../src/publish/clean.ts';
import { parseStrictXml } from './strict-xml.ts';

const cases = [
  { name: 'what XML forbids goes', text: 'a\u0000b\u0001c\u000bd\uffffe\ufffef', clean: 'abcdef' },
  { name: 'lone surrogates go', text: '\udc00a\ud800b\ud83d', clean: 'ab' },
  { name: 'pairs stay', text: '😀𝒳', clean: '😀𝒳' },
  { name: 'C1 controls go', text: 'a\u0085b\u009fc\u007f', clean: 'abc' },
  { name: 'line breaks stay', text: 'a\r\n\tb', clean: 'a\r\n\tb' },
  { name: 'the replacement character stays', text: 'caf\ufffd', clean: 'caf\ufffd' },
];
for (const { name, text, clean } of cases) {
  test(`cleanText: ${name}`, () => assert.is(cleanText(text), clean));
}

test('cleanLine: one line', () => assert.is(cleanLine('  a\r\n\t b\u00a0\u2028c\u0000 '), 'a b c'));

test('element: any clean text and attribute reads back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, attribute) => {
      const [line, value] = [cleanLine(text), cleanLine(attribute)];
      const root = parseStrictXml(element('e', { a: value, none: undefined }, line));
      assert.equal([root.text, ...root.attributes], [line, ['a', value]]);
    }),
  );
});

test('element: without text it is empty', () => assert.is(element('v:item', { views: 20 }), '<v:item views="20"/>'));

const languages: readonly (readonly [string | undefined, string | undefined])[] = [
  ['en', 'en'],
  ['EN-us', 'en-US'],
  ['pt-br', 'pt-BR'],
  ['zh-Hant-TW', 'zh-Hant-TW'],
  ['gsw', 'gsw'],
  ['english', undefined],
  ['en_US', undefined],
  ['xx', undefined],
  ['qq', undefined],
  ['e', undefined],
  ['', undefined],
  ['en-', undefined],
  ['en-toolongsubtag', undefined],
  ['"><x', undefined],
  [undefined, undefined],
];
for (const [language, tag] of languages) {
  test(`languageTag: ${language}`, () => assert.is(languageTag(language), tag));
}

test.run();
