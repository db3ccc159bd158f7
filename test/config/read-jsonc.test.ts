import fc from 'fast-check';
import { getNodeValue, type ParseError, parse } from 'jsonc-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findNode, keyOffsetOf, readJsonc } from '../../src/config/read-jsonc.ts';

/** What people write wrongly: the text, and every problem as offset and words. */
const slips: readonly { name: string; text: string; problems: readonly [number, string][] }[] = [
  { name: 'an empty file', text: '', problems: [[0, 'the file is empty; expected a list of addresses']] },
  { name: 'only a comment', text: '// x', problems: [[4, 'the file is empty; expected a list of addresses']] },
  { name: 'a missing comma in a list', text: '["a"\n "b"]', problems: [[4, 'expected a comma after this value']] },
  {
    name: 'a missing comma in an object',
    text: '{"a": 1 "b": 2}',
    problems: [[7, 'expected a comma after this value']],
  },
  {
    name: 'two missing commas',
    text: '["a" "b" "c"]',
    problems: [
      [4, 'expected a comma after this value'],
      [8, 'expected a comma after this value'],
    ],
  },
  { name: 'a comma too many', text: '[1,,2]', problems: [[3, 'expected a value before this comma']] },
  { name: 'a comma too early', text: '{,"a":1}', problems: [[1, 'expected a value before this comma']] },
  {
    name: 'an unclosed list',
    text: '{"a": [1, 2',
    problems: [[6, 'this [ is never closed; expected ] at the end of the list']],
  },
  {
    name: 'an unclosed object',
    text: '{"a": 1,',
    problems: [[0, 'this { is never closed; expected } at the end of the object']],
  },
  {
    name: 'an object cut after a key',
    text: '{"a":',
    problems: [[0, 'this { is never closed; expected } at the end of the object']],
  },
  { name: 'a list closed as an object', text: '\n[1}', problems: [[3, 'expected ] to close the [ of line 2, not }']] },
  {
    name: 'an object closed as a list',
    text: '[{"a":1]',
    problems: [[7, 'expected } to close the { of line 1, not ]']],
  },
  {
    name: 'the next object without the end of the last',
    text: '[{"a":1,\n{"a":2}]',
    problems: [[9, 'expected a key in double quotes, not {; is a } missing before it?']],
  },
  {
    name: 'an unclosed text',
    text: '["a\n]',
    problems: [[1, 'this text is never closed; expected a quotation mark on the same line']],
  },
  {
    name: 'an unclosed text that swallows its comma',
    text: '["a,\n"b"]',
    problems: [[1, 'this text is never closed; expected a quotation mark on the same line']],
  },
  {
    name: 'an unclosed text that swallows its bracket',
    text: '[{"a": "b}\n]',
    problems: [[7, 'this text is never closed; expected a quotation mark on the same line']],
  },
  {
    name: 'a mark missing before a key',
    text: '{"a": 1, b": 2}',
    problems: [[9, 'expected a key in straight double quotes ("…")']],
  },
  {
    name: 'a text that ends in the middle',
    text: '["a"b]',
    problems: [[4, 'expected nothing more after this text; is a quotation mark missing?']],
  },
  { name: 'single quotes', text: "['a, b']", problems: [[1, 'expected text in straight double quotes ("…")']] },
  { name: 'curly quotes', text: '[“a”]', problems: [[1, 'expected text in straight double quotes ("…")']] },
  { name: 'a bare key', text: '{a: 1}', problems: [[1, 'expected a key in straight double quotes ("…")']] },
  {
    name: 'a bare address, which looks like a comment',
    text: '{"a": https://x.example/y, "b": 1}',
    problems: [[6, 'expected text in double quotes ("…"), a number, true or false']],
  },
  { name: 'True', text: '[True]', problems: [[1, 'expected lower case: true, false, null']] },
  { name: 'a number as a key', text: '{1: 2}', problems: [[1, 'expected a key in double quotes, not this']] },
  { name: 'an equals sign', text: '{"a" = 1}', problems: [[5, 'expected : after this key']] },
  { name: 'no colon', text: '{"a" 1}', problems: [[5, 'expected : after the key']] },
  { name: 'no value', text: '{"a":, "b": 1}', problems: [[5, 'expected a value before this comma']] },
  {
    name: 'a key twice',
    text: '{"a": 1,\n"a": 2}',
    problems: [[9, 'this key already stands on line 1; expected it once']],
  },
  {
    name: 'something after the end',
    text: '[] []',
    problems: [[3, 'expected nothing more after the end of the list']],
  },
  { name: 'an unclosed comment', text: '[1] /* x', problems: [[4, 'this comment is never closed; expected */']] },
  { name: 'a comment that is only opened', text: '/*/', problems: [[0, 'this comment is never closed; expected */']] },
  { name: 'a single backslash', text: '["a\\d"]', problems: [[1, 'expected \\\\ where this text has a single \\']] },
  { name: 'a bad \\u', text: '["\\u12"]', problems: [[1, 'expected four hexadecimal digits after \\u in this text']] },
  {
    name: 'a tab in a text',
    text: '["a\tb"]',
    problems: [[1, 'this text holds a tab or another control character; write \\t for a tab']],
  },
  { name: 'a number that stops', text: '[1.]', problems: [[1, 'this number is not complete']] },
  {
    name: 'a no-break space',
    text: '[\u00a01]',
    problems: [[1, 'an invisible character that is no plain space; delete it']],
  },
  {
    name: 'a stray sign',
    text: '[&]',
    problems: [[1, 'expected text in double quotes ("…"), a number, true or false']],
  },
];
for (const { name, text, problems } of slips) {
  test(`readJsonc: ${name} is reported once, in words and with its place`, () => {
    assert.equal(
      readJsonc(text).problems.map((problem) => [problem.offset, problem.message]),
      problems,
    );
  });
}

test('readJsonc: comments, trailing commas and every kind of value are read with their places', () => {
  const { root, problems } = readJsonc('/* a */ {"n": [1.5e1, true, false, null, "x\\n",], // b\n}');
  assert.equal(problems, []);
  assert.is(JSON.stringify(root && getNodeValue(root)), '{"n":[15,true,false,null,"x\\n"]}');
  const list = root && findNode(root, ['n']).node;
  assert.equal([root?.offset, list && keyOffsetOf(list)], [8, 9]);
  assert.equal(
    list?.children?.map((item) => item.offset),
    [15, 22, 28, 35, 41],
  );
});

test('readJsonc: missing commas leave the values readable, so that they can be judged as well', () => {
  const { root, problems } = readJsonc('{"a": [1 2], "b": true "c": 3, "a": 4}');
  assert.is(problems.length, 3);
  assert.is(JSON.stringify(root && getNodeValue(root)), '{"a":4,"b":true,"c":3}');
});

test('readJsonc: of a text that is broken otherwise only the first slip is reported, and nothing is said of its values', () => {
  const { root, problems } = readJsonc('{a: [1 2,, \'x\'], "b": yes "c": 3}');
  assert.equal(
    problems.map(({ offset }) => offset),
    [1],
  );
  assert.is(root, undefined);
});

test('readJsonc: a value without a key has the offset of its own', () => {
  const { root } = readJsonc(' [1]');
  assert.is(root && keyOffsetOf(findNode(root, [0]).node), 2);
});

test('findNode: goes as far along the path as the text does', () => {
  const { root } = readJsonc('{"a": [{"b": 1}]}');
  const depths = [['a', 0, 'b'], ['a', 0, 'c', 'd'], ['x']].map((path) => root && findNode(root, path).depth);
  assert.equal(depths, [3, 2, 0]);
});

test('readJsonc: __proto__ and constructor are keys like any other', () => {
  const { root } = readJsonc('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}}');
  const value: unknown = root && getNodeValue(root);
  assert.equal(Object.keys(value as object), ['__proto__', 'constructor']);
  assert.is(Object.getPrototypeOf(value), null);
  assert.is(({} as { polluted?: unknown }).polluted, undefined);
});

const floods: readonly { name: string; text: string; message: string }[] = [
  { name: 'a million [', text: '['.repeat(1e6), message: 'lists and objects are nested too deeply here' },
  { name: 'a million {', text: '{"a":'.repeat(1e6), message: 'lists and objects are nested too deeply here' },
  { name: 'a million values', text: `[${'1,'.repeat(1e6)}]`, message: 'the file holds more than 500000 values' },
];
for (const { name, text, message } of floods) {
  test(`readJsonc: ${name} end in one problem`, () => {
    const { root, problems } = readJsonc(text);
    assert.is(root, undefined);
    assert.equal(
      problems.map((problem) => problem.message),
      [message],
    );
  });
}

test('readJsonc: a file of nonsense ends after 20 problems', () => {
  assert.is(readJsonc(`[${'1 '.repeat(1000)}]`).problems.length, 20);
});

test('readJsonc: what JSON.stringify writes is read as the same, whatever its keys', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom('', ' ', '\t'), (value, indent) => {
      const { root, problems } = readJsonc(JSON.stringify(value, undefined, indent));
      assert.equal(problems, []);
      assert.is(JSON.stringify(root && getNodeValue(root)), JSON.stringify(value));
    }),
    { numRuns: 300 },
  );
});

test('readJsonc: finds a problem exactly where jsonc-parser finds one, and never throws', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '1',
    'true',
    'null',
    ' ',
    '\n',
    '// c\n',
    '/*',
    '*/',
    '"',
    "'",
    'x',
    '-',
    '\\',
  ];
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      const errors: ParseError[] = [];
      parse(text, errors, { allowTrailingComma: true });
      const problems = readJsonc(text).problems.filter(({ message }) => !message.startsWith('this key already stands'));
      assert.is(problems.length > 0, errors.length > 0, JSON.stringify(text));
    }),
    { numRuns: 3000 },
  );
});

test.run();
