import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Entry, FeedInfo, Item, Source } from '../../src/model.ts';
import { cleanLine } from '../../src/publish/clean.ts';
import { publishOpml } from '../../src/publish/opml.ts';
import { publishFeed } from '../../src/publish/publish-feed.ts';
import { aConfig, aContext, aList, anEntry, anItem, aSource, html, published } from './build-item.ts';
import { complaintsAboutAtom, complaintsAboutJsonFeed, complaintsAboutRss } from './feed-rules.ts';
import { askXmllint, childrenOf, hasXmllint, parseStrictXml, textOf } from './strict-xml.ts';

/** Whatever a publisher or an operator may write into any field. */
const PIECES = [
  ']]>',
  '<![CDATA[',
  '<',
  '>',
  '&',
  '&amp;',
  '&#0;',
  '&nbsp;',
  '"',
  "'",
  '<b>',
  '</title>',
  '<rights>',
  '<!--',
  '-->',
  '<?xml?>',
  '<script>alert(1)</script>',
  '$&',
  '$1',
  '$`',
  '\\',
  '\u0000',
  '\u0001',
  '\u0002',
  '\u00020\u0002',
  '\u0003',
  '\u000b',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\ud800',
  '\udc00',
  '\ufffe',
  '\uffff',
  '\ufffd',
  '\u2028',
  '\u202e',
  '😀',
  '漢字',
  'é',
  '\r\n',
  '\t',
  ' ',
  'word',
  '__proto__',
  'constructor',
  'undefined',
  'null',
  'NaN',
  '[object Object]',
]; // prettier-ignore
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 8 })
  .map((pieces) => pieces.join(''));
const hostileUrl = fc.oneof(
  hostile,
  hostile.map((text) => `https://host.example/${text}`),
  hostile.map((text) => `https://host.example/?q=${text}#${text}`),
  fc.constantFrom(
    'javascript:alert(1)',
    'https://',
    'http://[::1]/',
    'https://a:b@c.example',
    'HTTPS://Ü.example',
    '//x',
  ),
);
const hostileDate = fc.oneof(
  { weight: 4, arbitrary: fc.constant('2026-03-04T09:12:00.000Z') },
  { weight: 1, arbitrary: fc.constantFrom('', 'x', '+275760-09-13T00:00:00.000Z', '2026-13-45T99:00:00.000Z') },
);

const entry: fc.Arbitrary<Entry> = fc
  .record({
    guids: fc.array(hostile, { maxLength: 2 }),
    url: hostileUrl,
    viaUrl: hostileUrl,
    comments: hostileUrl,
    title: hostile,
    summary: hostile,
    text: hostile,
    html: hostile.map(html),
    authors: fc.array(fc.record({ name: hostile, email: hostile, url: hostileUrl }, { requiredKeys: [] }), {
      maxLength: 2,
    }),
    categories: fc.array(hostile, { maxLength: 3 }),
    enclosures: fc.array(
      fc.record({ url: hostileUrl, type: hostile, length: fc.double() }, { requiredKeys: ['url'] }),
      { maxLength: 3 },
    ),
    origins: fc.array(fc.record({ title: hostile, url: hostileUrl, feed: hostileUrl }, { requiredKeys: [] }), {
      maxLength: 3,
    }),
    language: hostile,
    image: hostileUrl,
    firstSeen: hostileDate,
    date: hostileDate,
    edited: hostileDate,
  })
  .map(anEntry);

const item: fc.Arbitrary<Item> = fc
  .tuple(entry, entry, hostile, hostile, fc.uuid())
  .map(([first, second, title, category, id]) =>
    anItem({ title, categories: [category] }, [
      { ...first, id },
      { ...second, id: `${id}-2`, source: 'kimmonismus' },
    ]),
  );

const config: fc.Arbitrary<Config> = fc
  .record({
    title: hostile,
    description: hostile,
    language: hostile,
    homepage: hostileUrl,
    via: hostile,
    category: hostile,
  })
  .chain((texts) =>
    fc.record({
      content: fc.constantFrom('summary', 'full', 'title'),
      link: fc.constantFrom('original', 'page'),
      site: fc.constant({ title: texts.title, description: texts.description, language: texts.language }),
      sources: fc.constant<Source[]>([
        aSource({
          id: 'field',
          title: texts.title,
          via: texts.via,
          homepage: texts.homepage,
          categories: [texts.category],
        }),
        aSource({ id: 'kimmonismus', title: texts.via }),
      ]),
    }),
  )
  .map(({ content, link, site, sources }) =>
    aConfig({ content, link, site, sources: sources.map((source) => ({ ...source, content })) }),
  );

const scene = fc.record({
  config,
  items: fc.uniqueArray(item, { maxLength: 4, selector: ({ id }) => id }),
  title: hostile,
  views: fc.double(),
});

test('publishFeed: whatever stands in any field, every format keeps all its rules and every title its text', () => {
  fc.assert(
    fc.property(scene, ({ config, items, title, views }) => {
      const context = aContext(config, { views: () => views, stylesheetPath: '/feed.css' });
      const list = aList(items, { title, description: title });
      const feed = publishFeed(list, context);
      expectNone(complaintsAboutRss(feed.rss));
      expectNone(complaintsAboutAtom(feed.atom));
      expectNone(complaintsAboutJsonFeed(feed.json));
      const told = items.map((one) => cleanLine(one.title)).filter((text) => text !== '');
      const [channel] = parseStrictXml(feed.rss).children;
      const titles = childrenOf(channel ?? parseStrictXml(feed.rss), 'item').map((one) => textOf(one, 'title') ?? '');
      const entries = childrenOf(parseStrictXml(feed.atom), 'entry').map((one) => textOf(one, 'title') ?? '');
      assert.equal(entries, titles);
      for (const text of told) assert.ok(titles.includes(text), `${JSON.stringify(text)} is missing`);
      assert.equal(publishFeed(list, context), feed);
      parseStrictXml(publishOpml(config, config.sources.map(published)));
    }),
    { numRuns: 60, includeErrorInReport: true },
  );
});

/** Says in the report which rule it was. */
function expectNone(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(complaints.join('; '));
}

const xmllintTest = hasXmllint ? test : test.skip;
const XMLLINT_TITLE = 'publishFeed: a second strict parser agrees';
if (!hasXmllint) console.log(`# skip: ${XMLLINT_TITLE}: xmllint is not installed`);
xmllintTest(XMLLINT_TITLE, () => {
  for (const { config, items, title } of fc.sample(scene, { numRuns: 25, seed: 7 })) {
    const feed = publishFeed(aList(items, { title }), aContext(config, { stylesheetPath: '/feed.css' }));
    assert.is(askXmllint(feed.rss), '');
    assert.is(askXmllint(feed.atom), '');
    assert.is(askXmllint(publishOpml(config, config.sources.map(published))), '');
  }
});

const pieces = PIECES.map((piece) => ({ piece, text: `a${piece}b${piece}c` }));
for (const { piece, text } of pieces) {
  test(`publishFeed: ${JSON.stringify(piece)} in a title, a text and a name reads back as it was`, () => {
    const feedInfo: FeedInfo = { title: text };
    const one = anItem({ title: text, categories: [text] }, [
      anEntry({ summary: `Begins ${text}`, authors: [{ name: text }], html: html(text) }),
    ]);
    const source = { ...published(aSource({ id: 'field', content: 'full' })), name: text, feed: feedInfo };
    const feed = publishFeed(aList([one]), aContext(undefined, { source: () => source }));
    const line = cleanLine(text);
    const [channel] = parseStrictXml(feed.rss).children;
    const [rssItem] = channel ? childrenOf(channel, 'item') : [];
    const [entry] = childrenOf(parseStrictXml(feed.atom), 'entry');
    const author = entry?.children.find(({ name }) => name === 'author');
    const atomSource = entry?.children.find(({ name }) => name === 'source');
    const [category] = entry ? childrenOf(entry, 'category') : [];
    const found = [
      textOf(rssItem, 'title'),
      textOf(rssItem, 'dc:creator'),
      textOf(rssItem, 'source'),
      textOf(rssItem, 'category'),
      textOf(entry, 'title'),
      textOf(author, 'name'),
      textOf(atomSource, 'title'),
      category?.attributes.get('term'),
    ];
    assert.equal(found, Array(8).fill(line));
    const [jsonItem] = JSON.parse(feed.json).items;
    assert.equal([jsonItem.title, jsonItem.authors[0].name, jsonItem.tags[0]], [line, line, line]);
  });
}

test.run();
