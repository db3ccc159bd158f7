/** The RSS that rss-parser is given: what it looks like, that nothing in it breaks it, and that nothing in it costs. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDocument, type Value } from '../../src/parse/document-reader.ts';
import { parseFeed } from '../../src/parse/parse-feed.ts';
import { parseRss, type RssDocument, writeRss } from '../../src/parse/rss-document.ts';
import type { Field } from '../../src/parse/vocabulary.ts';
import { parseStrictXml } from '../publish/strict-xml.ts';
import { hostileText } from './html-oracle.ts';

const BASE_URL = 'https://desk.example/feed';

function write(document: string): RssDocument {
  return writeRss(readDocument(document, BASE_URL), BASE_URL);
}

/** The children of the only item, one a line. */
function itemOf({ xml }: RssDocument): readonly string[] {
  const item = /<item>(.*)<\/item>/s.exec(xml)?.[1] ?? '';
  return item.split(/(?<=<\/[\w:]+>|\/>)(?=<(?!!))/);
}

test('writeRss: an Atom entry is written as an item of RSS', () => {
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Desk</title><link href="/"/>
    <entry xml:lang="de" xml:base="sub/"><title type="html">A &amp;lt; &lt;b&gt;B&lt;/b&gt;</title><id>tag:desk.example,2026:1</id>
      <link rel="edit" href="edit/1"/><link href="1"/><link rel="enclosure" href="a.mp3" type="audio/mpeg" length="5"/>
      <published>2026-03-02T10:00:00.123+01:00</published><updated>2026-03-03T00:00:00Z</updated>
      <author><name>Ann</name><email>ann@desk.example</email></author><author><uri>/bob</uri></author>
      <category term="x" label="Red &amp; blue"/><summary>1 &lt; 2</summary>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Text<br/></div></content>
      <source><title>Elsewhere</title><link rel="self" href="https://else.example/feed"/><link href="https://else.example/"/></source>
    </entry></feed>`;
  assert.equal(itemOf(write(atom)), [
    '<title><![CDATA[A < B]]></title>',
    '<link>https://desk.example/sub/1</link>',
    '<guid isPermaLink="false">tag:desk.example,2026:1</guid>',
    '<pubDate>2026-03-02T09:00:00.123Z</pubDate>',
    '<atom:updated>2026-03-03T00:00:00.000Z</atom:updated>',
    '<dc:creator email="ann@desk.example">Ann</dc:creator>',
    '<dc:creator url="https://desk.example/bob"></dc:creator>',
    '<category><![CDATA[Red & blue]]></category>',
    '<description><![CDATA[1 &lt; 2]]></description>',
    '<content:encoded><![CDATA[<div>Text<br></div>]]></content:encoded>',
    '<contentBase>https://desk.example/sub/</contentBase>',
    '<enclosure url="https://desk.example/sub/a.mp3" type="audio/mpeg" length="5"/>',
    '<dc:language>de</dc:language>',
    '<source url="https://else.example/feed" page="https://else.example/">Elsewhere</source>',
  ]);
});

test('writeRss: only a body of more than 500 characters stands beside the document', () => {
  const rss = (chars: number) =>
    `<rss><channel><item><title>${'t'.repeat(600)}</title><description>${'d'.repeat(chars)}</description></item></channel></rss>`;
  const short = write(rss(500));
  assert.is(itemOf(short).at(-1), `<description>${'d'.repeat(500)}</description>`);
  assert.equal(short.longBodies, []);
  const long = write(rss(501));
  assert.equal(itemOf(long), [`<title>${'t'.repeat(600)}</title>`, '<longDescription>0</longDescription>']);
  assert.equal(long.longBodies, ['d'.repeat(501)]);
});

test('writeRss: so does a short one of many signs that might begin a tag, since a snippet takes the square of their number', () => {
  const rss = (signs: number) =>
    `<rss><channel><item><description><![CDATA[${'<'.repeat(signs)}]]></description></item></channel></rss>`;
  assert.equal(write(rss(29)).longBodies, []);
  assert.equal(write(rss(30)).longBodies, ['<'.repeat(30)]);
});

test('writeRss: what no XML document may hold is left out, but a form feed still parts words', () => {
  const { xml } = write(
    '<rss><channel><item><description>a\fb \0c&#x1;d &#xFFFE;e</description></item></channel></rss>',
  );
  assert.match(xml, '<description>a b cd e</description>');
});

test('parseFeed: no publisher can have a long body of another entry shown as his', async () => {
  const mark = '<longContent>0</longContent><longDescription>0</longDescription>';
  const escaped = mark.replaceAll('<', '&lt;');
  const forged = `<item>${mark}<description><![CDATA[${mark}]]></description><title>${escaped}</title></item>`;
  const document = `<rss><channel><item><description>${'secret '.repeat(100)}</description></item>${forged}</channel></rss>`;
  const { entries } = await parseFeed(new TextEncoder().encode(document), { html: true });
  assert.match(entries[0]?.text ?? '', /^secret secret/);
  assert.equal([entries[1]?.text, entries[1]?.html, entries[1]?.title], [mark, '00', mark]);
});

const FIELDS: readonly Field[] = ['title', 'link', 'guid', 'author', 'category', 'summary', 'content', 'comments'];
const anyText = fc.oneof(
  hostileText,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(']]>', ']]', '\ud83d', '\0', '\ufffe', '\r\n', '<![CDATA[', '&#0;', '__proto__', '"\'', '\u2028'),
);

test('writeRss: whatever the values are, the document is well-formed and each comes back from rss-parser', async () => {
  const property = fc.asyncProperty(fc.record(Object.fromEntries(FIELDS.map((f) => [f, anyText]))), async (texts) => {
    const values = new Map<Field, Value[]>();
    for (const field of FIELDS) values.set(field, [aValue(field, texts[field] ?? '')]);
    const fields = { values, base: undefined, language: undefined };
    const { xml } = writeRss({ ...readDocument('<rss>', BASE_URL), feed: fields, entries: [fields] }, BASE_URL);
    const item = parseStrictXml(xml).children[0]?.children.find(({ name }) => name === 'item');
    const written = (name: string) => item?.children.find((child) => child.name === name)?.text || undefined;
    const [read] = (await parseRss(xml)).items;
    // XML 1.0 §2.11 makes line ends alike, rss-parser leaves them as they are.
    const alike = (text: string | undefined) => text?.replace(/\r\n?/g, '\n');
    assert.equal(
      [
        read?.title,
        read?.link,
        read?.guid,
        read?.creator,
        alike(read?.content),
        alike(read?.['content:encoded']),
        read?.comments,
      ],
      ['title', 'link', 'guid', 'dc:creator', 'description', 'content:encoded', 'comments'].map(written),
    );
    assert.equal(read?.categories?.[0], written('category'));
  });
  await fc.assert(property, { numRuns: 500, includeErrorInReport: true });
});

function aValue(field: Field, text: string): Value {
  const attributes = new Map<string, string>();
  const element = {
    prefix: '',
    local: field,
    hasDocumentPrefix: false,
    attributes,
    base: undefined,
    language: undefined,
  };
  return { element, row: { field, kind: 'text', rank: 0 }, parts: [], text, isInline: false };
}

test('parseFeed: a feed and entries of which nothing can be used are read all the same', async () => {
  for (const inner of ['', '<item><link>mailto:x</link></item>', '<item><guid> </guid></item>', '<title> </title>']) {
    const document = `<rss version="2.0"><channel>${inner}</channel></rss>`;
    const { feed, entries, skipped } = await parseFeed(new TextEncoder().encode(document), { html: false });
    assert.equal([feed, entries.length, skipped], [{}, inner.startsWith('<item>') ? 1 : 0, 0]);
    if (entries[0]) {
      const nothing = { minutes: 1, authors: [], categories: [], enclosures: [], origins: [] };
      assert.equal(entries[0], nothing);
    }
  }
});

test('writeRss: attributes stay small, as a tokenizer takes its time over them; what they would hold more is left out', () => {
  const enclosures = Array.from({ length: 20 }, (_, at) => `<enclosure url="${at}" length="5"/>`).join('');
  const base = `https://a.example/${'x'.repeat(2000)}/`;
  const items = `<item><title>t</title>${enclosures}<author>a@b.example</author></item>`.repeat(1000);
  const { xml } = write(`<rss xml:base="${base}"><channel>${items}</channel></rss>`);
  assert.ok(xml.length < 4_000_000, `${xml.length} characters`);
  assert.is(xml.split(base).length - 1, Math.floor(2_000_000 / (base.length + 2)));
  assert.is(xml.split('<title>').length - 1, 1000);
});

test.run();
