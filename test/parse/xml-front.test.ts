import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readXml } from '../../src/parse/xml-front.ts';

/** What a document is read as, on one line: elements in brackets, text as it is, literal text in quotes. */
function told(document: string): string {
  let line = '';
  const isComplete = readXml(document, 'https://base.example/', {
    open({ prefix, local, attributes }) {
      line += `[${prefix === '' ? '' : `${prefix}:`}${local}`;
      for (const [name, value] of attributes) line += ` ${name}=${value}`;
      line += '|';
    },
    text(raw, isLiteral) {
      line += isLiteral ? `"${raw}"` : raw;
    },
    close() {
      line += ']';
    },
  });
  return line + (isComplete ? '' : '…');
}

const cases = [
  { name: 'nested elements', document: '<a>x<b/>y</a>', line: '[a|x[b|]y]' },
  {
    name: 'quoted, unquoted and empty attributes',
    document: `<a b="1>2" c='"' d=3 e/>`,
    line: '[a b=1>2 c=" d=3 e=|]',
  },
  { name: 'references in attributes', document: '<a b="&amp;amp;&eacute;&x;"/>', line: '[a b=&amp;é&x;|]' },
  { name: 'the first of two attributes of a name', document: '<a b="1" B="2"/>', line: '[a b=1|]' },
  { name: 'CDATA', document: '<a><![CDATA[<b>&amp;]]>&amp;</a>', line: '[a|"<b>&amp;"&amp;]' },
  { name: 'CDATA without an end', document: '<a><![CDATA[x', line: '[a|"x"]…' },
  { name: 'comments and instructions', document: '<?xml?><a><!-- <b> --><?x <c>?></a><!-- x', line: '[a|?>]' },
  { name: 'a comment without an end ends at the next >', document: '<a><!-- x >y</a>', line: '[a|y]' },
  {
    name: 'a document type with entities',
    document: `<!DOCTYPE a [<!ENTITY b "]><c>"> <!-- ]> --> ]><a>&b;</a>`,
    line: '[a|&b;]',
  },
  { name: 'missing end tags', document: '<a><b>x<c>y</a>', line: '[a|[b|x[c|y]]]' },
  { name: 'stray end tags', document: '</z><a>x</b></a>', line: '[a|x]' },
  { name: 'end tags in another case', document: '<Item>x</ITEM>', line: '[item|x]' },
  { name: 'an end tag without its end', document: '<a>x</a', line: '[a|x]' },
  { name: 'signs that are no tags', document: '<a>1 < 2 <3 <></a>', line: '[a|1 "<" 2 "<"3 "<">]' },
  { name: 'a sign before a letter', document: '<a>x <b and c</a>', line: '[a|x "<"b and c]' },
  { name: 'a quote without an end', document: '<a><b c="1>x</b></a>', line: '[a|[b|x]]' },
  {
    name: 'an empty element with > in an attribute, and another one behind it',
    document: '<r><a b="]]>"/><c d="1"/>x</r>',
    line: '[r|[a b=]]>|][c d=1|]x]',
  },
  { name: 'two signs in what is no tag', document: '<a>x <b <c <d e="1"/>y</a>', line: '[a|x "<"b "<"c [d e=1|]y]' },
  { name: 'a tag that is cut', document: '<a>x<b c="', line: '[a|x]…' },
  {
    name: 'well-known namespaces by name',
    document: '<z:a xmlns:z="http://www.w3.org/2005/Atom" xmlns="http://purl.org/rss/1.0/"><b z:c="1"/></z:a>',
    line: '[atom:a xmlns:z=http://www.w3.org/2005/Atom xmlns=http://purl.org/rss/1.0/|[b atom:c=1|]]',
  },
  {
    name: 'an unknown namespace',
    document: '<a><z:b xmlns:z="urn:z"><z:c/></z:b><z:c/></a>',
    line: '[a|[?:b xmlns:z=urn:z|[?:c|]][?:c|]]',
  },
  { name: 'an undeclared prefix that everybody knows', document: '<a><dc:b/></a>', line: '[a|[dc:b|]]' },
];

for (const { name, document, line } of cases) {
  // How xmlns attributes themselves are named is no matter here.
  test(`readXml: ${name}`, () => assert.is(told(document).replaceAll('?:z=', 'xmlns:z='), line));
}

test('readXml: what is nested too deep has its text, but no elements', () => {
  const line = told(`${'<a>'.repeat(250)}x${'</a>'.repeat(250)}`);
  assert.is(line, `${'[a|'.repeat(200)}x${']'.repeat(200)}`);
});

test('readXml: what begins like a tag and is none, half a million times, is read in one pass', () => {
  for (const start of ['<a/b=', '<a b="', `<a b='<a b="`, '<a x x ', '<a b=" <c d=\' "']) {
    const document = `<r>${start.repeat(500_000)} <`;
    assert.ok(told(document).startsWith('[r'), start);
  }
});

test('readXml: xml:base and xml:lang are inherited and resolved', () => {
  const seen: unknown[] = [];
  readXml('<a xml:base="x/" xml:lang="en"><b xml:base="y"><c/></b><d xml:lang="de"/></a>', 'https://base.example/z', {
    open: ({ local, base, language }) => seen.push([local, base, language]),
    text() {},
    close() {},
  });
  assert.equal(seen, [
    ['a', 'https://base.example/x/', 'en'],
    ['b', 'https://base.example/x/y', 'en'],
    ['c', 'https://base.example/x/y', 'en'],
    ['d', 'https://base.example/x/', 'de'],
  ]);
});

test('readXml: of declared entities so many are read, so long, and they come to so much in all', () => {
  const document = (entities: string, content: string) => `<!DOCTYPE a [${entities}]><a>${content}</a>`;
  const names = Array.from({ length: 101 }, (_, at) => `e${at}`);
  const many = names.map((name) => `<!ENTITY ${name} "x">`).join('');
  assert.is(told(document(many, '&e0;&e99;&e100;')), '[a|xx&e100;]');
  const ofLength = (length: number) => told(document(`<!ENTITY b "${'y'.repeat(length)}">`, '&b;'));
  assert.equal([ofLength(1000).length, ofLength(1001)], [1004, '[a|&b;]']);
  // Two thousand references to a thousand characters: the first thousand are all there is room for.
  const bomb = told(document(`<!ENTITY b "${'y'.repeat(1000)}">`, '&b;'.repeat(2000)));
  assert.is(bomb.length, 1_000_000 + 1000 * 3 + 4);
  const laughs = `<!ENTITY l0 "lol">${Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('')}`;
  assert.ok(told(document(laughs, '&l9;')).length < 2000);
});

test.run();
