import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addSources, allowHost, removeSources } from '../../src/config/edit-feeds.ts';
import { read } from './config-under-test.ts';

const NEW = { url: 'https://new.example/rss' };
const TOLD = { ...NEW, title: 'New', category: 'News' };

const additions: readonly { name: string; before: string; source?: typeof NEW | typeof TOLD; after: string }[] = [
  {
    name: 'a list on one line',
    before: '["https://a.example"]',
    after: '["https://a.example", "https://new.example/rss"]',
  },
  {
    name: 'a list on one line with a last comma',
    before: '[ "https://a.example", ]',
    after: '[ "https://a.example", "https://new.example/rss", ]',
  },
  { name: 'an empty list', before: '[]\n', after: '[\n  "https://new.example/rss"\n]\n' },
  {
    name: 'an empty list with a comment',
    before: '{\n\t"sources": [\n\t\t// none yet\n\t],\n}',
    after: '{\n\t"sources": [\n\t\t// none yet\n\t\t"https://new.example/rss",\n\t],\n}',
  },
  {
    name: 'a line each, without a last comma',
    before: '[\n  "https://a.example"\n]',
    after: '[\n  "https://a.example",\n  "https://new.example/rss"\n]',
  },
  {
    name: 'a comment behind the last stays with it',
    before: '[\n  "https://a.example" // mine\n  // the end\n]',
    after: '[\n  "https://a.example", // mine\n  "https://new.example/rss"\n  // the end\n]',
  },
  {
    name: 'a comment behind the last comma stays with it',
    before: '[\r\n    "https://a.example", /* one */ // two\r\n\r\n    // the end\r\n]',
    after:
      '[\r\n    "https://a.example", /* one */ // two\r\n    "https://new.example/rss",\r\n\r\n    // the end\r\n]',
  },
  {
    name: 'an object on one line',
    before: '{ "sources": [ { "url": "https://a.example" } ] }',
    source: TOLD,
    after:
      '{ "sources": [ { "url": "https://a.example" }, { "url": "https://new.example/rss", "title": "New", "category": "News" } ] }',
  },
  {
    name: 'an object with a line for each key',
    before: '{\n  "sources": [\n    {\n      "url": "https://a.example",\n    },\n  ],\n}\n',
    source: TOLD,
    after:
      '{\n  "sources": [\n    {\n      "url": "https://a.example",\n    },\n    {\n      "url": "https://new.example/rss",\n      "title": "New",\n      "category": "News",\n    },\n  ],\n}\n',
  },
  {
    name: 'a byte order mark and commas in front',
    before: '\ufeff[\n  "https://a.example"\n  , "https://b.example"\n]',
    after: '\ufeff[\n  "https://a.example"\n  , "https://b.example", "https://new.example/rss"\n]',
  },
];
for (const { name, before, source = NEW, after } of additions) {
  test(`addSources: ${name}`, () => {
    assert.is(addSources(before, [source]), after);
    assert.is(read(after).sources.at(-1)?.url, NEW.url);
  });
}

const removals: readonly { name: string; before: string; index: number; after: string }[] = [
  { name: 'the only one', before: '["https://a.example"]', index: 0, after: '[]' },
  {
    name: 'the first of a line',
    before: '["https://a.example", "https://b.example"]',
    index: 0,
    after: '["https://b.example"]',
  },
  {
    name: 'the last of a line',
    before: '["https://a.example", "https://b.example"]',
    index: 1,
    after: '["https://a.example"]',
  },
  {
    name: 'a line with its comment',
    before: '[\n  // both good\n  "https://a.example", // mine\n  "https://b.example" // yours\n]',
    index: 0,
    after: '[\n  // both good\n  "https://b.example" // yours\n]',
  },
  {
    name: 'the last line, and the comma before it',
    before: '[\n  "https://a.example", // mine\n  "https://b.example" // yours\n]',
    index: 1,
    after: '[\n  "https://a.example" // mine\n]',
  },
  {
    name: 'the last line where a last comma is usual',
    before: '[\n  "https://a.example",\n  {\n    "url": "https://b.example",\n  },\n\n  // the end\n]',
    index: 1,
    after: '[\n  "https://a.example",\n\n  // the end\n]',
  },
];
for (const { name, before, index, after } of removals) {
  test(`removeSources: ${name}`, () => assert.is(removeSources(before, [index]), after));
}

const allowances: readonly { name: string; before: string; after: string }[] = [
  {
    name: 'a list that is there',
    before: '{"allow": ["nas.local"], "sources": []}',
    after: '{"allow": ["nas.local", "127.0.0.1:80"], "sources": []}',
  },
  {
    name: 'none so far',
    before: '{\n  "poll": "* * * * *",\n  "sources": []\n}',
    after: '{\n  "poll": "* * * * *",\n  "allow": ["127.0.0.1:80"],\n  "sources": []\n}',
  },
  { name: 'none so far, on one line', before: '{"sources": []}', after: '{"allow": ["127.0.0.1:80"], "sources": []}' },
  {
    name: 'a bare list',
    before: '// mine\n["https://a.example"] // all\n',
    after: '// mine\n{\n  "allow": ["127.0.0.1:80"],\n  "sources": ["https://a.example"]\n} // all\n',
  },
];
for (const { name, before, after } of allowances) {
  test(`allowHost: ${name}`, () => {
    assert.is(allowHost(before, '127.0.0.1:80'), after);
    assert.ok(read(after).allow.includes('127.0.0.1:80'));
  });
}

/** A feeds.json of any manner: bare or not, on one line or many, comments and commas here and there. */
const files = fc
  .record({
    count: fc.integer({ min: 1, max: 4 }),
    isBare: fc.boolean(),
    isByLine: fc.boolean(),
    hasLastComma: fc.boolean(),
    eol: fc.constantFrom('\n', '\r\n'),
    indent: fc.constantFrom('  ', '\t', ''),
    comments: fc.array(fc.constantFrom('', ' // "x", ]', ' /* , */'), { minLength: 4, maxLength: 4 }),
    above: fc.constantFrom('', '// [1, "two"]'),
    isObject: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  })
  .map(({ count, isBare, isByLine, hasLastComma, eol, indent, comments, above, isObject }) => {
    const lines = Array.from({ length: count }, (_, at) => {
      const address = `"https://s${at}.example/a,b]"`;
      const comma = at < count - 1 || hasLastComma ? ',' : '';
      const comment = isByLine ? comments[at] : '';
      return `${isObject[at] ? `{ "url": ${address} }` : address}${comma}${comment}`;
    });
    const gap = isByLine ? eol + indent : ' ';
    const list = `[${gap}${isByLine && above ? above + gap : ''}${lines.join(gap)}${isByLine ? eol : ' '}]`;
    return {
      count,
      text: isBare ? `${list}${eol}` : `{${eol}${indent}"items": 5,${eol}${indent}"sources": ${list}${eol}}`,
    };
  });

const sourcesOf = (text: string): unknown[] => {
  const value = parse(text, [], { allowTrailingComma: true });
  return Array.isArray(value) ? value : value.sources;
};

test('addSources, removeSources: in any file the one undoes the other, and no other source changes', () => {
  fc.assert(
    fc.property(files, fc.boolean(), ({ count, text }, isTold) => {
      const added = addSources(text, [isTold ? TOLD : NEW]);
      assert.equal(sourcesOf(added), [...sourcesOf(text), isTold ? TOLD : NEW.url]);
      assert.is(removeSources(added, [count]), text);
    }),
    { numRuns: 500 },
  );
});

test('removeSources: in any file exactly these sources go, and all comments that stand on lines of their own stay', () => {
  fc.assert(
    fc.property(files, fc.array(fc.integer({ min: 0, max: 3 })), ({ text }, indexes) => {
      const after = removeSources(text, indexes);
      assert.equal(
        sourcesOf(after),
        sourcesOf(text).filter((_, at) => !indexes.includes(at)),
      );
      assert.is(after.includes('// [1, "two"]'), text.includes('// [1, "two"]'));
    }),
    { numRuns: 500 },
  );
});

test('addSources: in a file of 10,000 sources every other byte stays', () => {
  const text = `[\n${Array.from({ length: 10_000 }, (_, at) => `  "https://s${at}.example/", // ${at}`).join('\n')}\n]\n`;
  const line = '  "https://new.example/rss",\n';
  const added = addSources(text, [NEW]);
  assert.is(added, text.replace('\n]', `\n${line}]`));
  assert.is(removeSources(added, [10_000]), text);
});

test.run();
