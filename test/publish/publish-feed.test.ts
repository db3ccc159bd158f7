import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Item } from '../../src/model.ts';
import type { FeedList, PublishContext } from '../../src/publish/publish-context.ts';
import { publishFeed, publishInTurns } from '../../src/publish/publish-feed.ts';
import { aConfig, aContext, aList, anEntry, anItem, anItemNumber, aSource, html } from './build-item.ts';
import { complaintsAboutAtom, complaintsAboutJsonFeed, complaintsAboutRss } from './feed-rules.ts';
import { childrenOf, parseStrictXml, textOf, type XmlElement } from './strict-xml.ts';

const PAGE = 'https://news.example.org/items/aaaaaaaaaaaa/small-models-long-memory';
const LEAD = 'The assistant moves onto the device. It remembers what was said.';

/** The items of a list as each format tells them; throws on any complaint. */
function read(items: readonly Item[], context: PublishContext = aContext(), fields: Partial<FeedList> = {}) {
  const feed = publishFeed(aList(items, fields), context);
  assert.is(complaintsAboutRss(feed.rss).join('; '), '');
  assert.is(complaintsAboutAtom(feed.atom).join('; '), '');
  assert.is(complaintsAboutJsonFeed(feed.json).join('; '), '');
  const [channel] = parseStrictXml(feed.rss).children;
  const atom = parseStrictXml(feed.atom);
  const json = JSON.parse(feed.json);
  return {
    feed,
    rss: { channel, items: channel ? childrenOf(channel, 'item') : [] },
    atom: { feed: atom, entries: childrenOf(atom, 'entry') },
    json,
  };
}

const configOf = (fields: Partial<Config>): PublishContext => aContext(aConfig(fields), { views: () => 24 });

const links = (element: XmlElement | undefined, rel: string): [href: string, title: string][] =>
  (element?.children ?? [])
    .filter(({ name, attributes }) => /^(atom:)?link$/.test(name) && attributes.get('rel') === rel)
    .map(({ attributes }) => [attributes.get('href') ?? '', attributes.get('title') ?? '']);

test('publishFeed: a link to a footnote leads to it on our page', () => {
  const body = '<a title="x href=" href="#user-content-fn:1">1</a> href="#user-content-fn:1"';
  const sources = [aSource({ id: 'field', title: 'Field Notes', content: 'full' })];
  const { rss } = read([anItem({}, [anEntry({ html: html(body) })])], configOf({ sources }));
  const expected = `<a title="x href=" href="${PAGE}#user-content-fn:1">1</a> href="#user-content-fn:1"`;
  assert.ok(textOf(rss.items[0], 'content:encoded')?.startsWith(expected));
});

const twoSources = [
  aSource({ id: 'field', title: 'Field Notes', homepage: 'https://field.example/' }),
  aSource({ id: 'kimmonismus', via: '@kimmonismus' }),
];
const shared = anItem({}, [
  anEntry({ authors: [{ name: 'Jane Doe', url: 'https://jane.example/' }] }),
  anEntry({ id: 'bbbbbbbbbbbb', source: 'kimmonismus', viaUrl: 'https://x.com/kimmonismus/status/1' }),
]);
const LINE = `<p><a href="${PAGE}">20+ views</a> · via <a href="https://field.example/1">Field Notes</a>, <a href="https://x.com/kimmonismus/status/1">@kimmonismus</a></p>`;

test('publishFeed: RSS: link, guid, creator, one source, every via, our page, the tally, the visible line', () => {
  const { rss } = read([shared], configOf({ sources: twoSources }));
  const [item] = rss.items;
  assert.is(textOf(item, 'link'), 'https://field.example/1');
  assert.is(textOf(item, 'dc:creator'), 'Jane Doe');
  assert.is(textOf(item, 'description'), LEAD);
  assert.is(textOf(item, 'content:encoded'), `<p>${LEAD}</p>\n${LINE}`);
  assert.is(textOf(item, 'pubDate'), 'Wed, 04 Mar 2026 09:12:00 GMT');
  assert.is(textOf(item, 'source'), 'Field Notes');
  assert.equal(links(item, 'via'), [
    ['https://field.example/1', 'Field Notes'],
    ['https://x.com/kimmonismus/status/1', '@kimmonismus'],
  ]);
  assert.equal(links(item, 'related'), [[PAGE, 'On Model Watch: 2 sources']]);
  const tally = item?.children.find(({ name }) => name === 'v:item');
  assert.equal(
    [...(tally?.attributes ?? [])],
    [
      ['views', '20'],
      ['sources', '2'],
    ],
  );
});

test('publishFeed: Atom: alternate, via, related, author, the source whole, language', () => {
  const [entry] = read([shared], configOf({ sources: twoSources })).atom.entries;
  assert.equal(links(entry, 'alternate'), [['https://field.example/1', '']]);
  assert.is(links(entry, 'via').length, 2);
  assert.equal(links(entry, 'related'), [[PAGE, 'On Model Watch: 2 sources']]);
  const author = entry?.children.find(({ name }) => name === 'author');
  assert.equal([textOf(author, 'name'), textOf(author, 'uri')], ['Jane Doe', 'https://jane.example/']);
  const source = entry?.children.find(({ name }) => name === 'source');
  assert.is(textOf(source, 'title'), 'Field Notes');
  assert.is(textOf(source, 'updated'), '2026-03-04T09:12:00.000Z');
  assert.equal(links(source, 'self'), [['https://field.example/feed.xml', '']]);
  assert.equal(links(source, 'alternate'), [['https://field.example/', '']]);
  assert.is(textOf(entry, 'content'), `<p>${LEAD}</p>\n${LINE}`);
});

test('publishFeed: JSON Feed 1.1 with _viaduct', () => {
  const { json } = read([shared], configOf({ sources: twoSources }));
  const [item] = json.items;
  assert.equal(item.authors, [{ name: 'Jane Doe', url: 'https://jane.example/' }]);
  assert.is(item.url, 'https://field.example/1');
  assert.is(item.summary, LEAD);
  assert.equal(item._viaduct, {
    about: 'https://news.example.org/about',
    views: 20,
    sources: 2,
    page: PAGE,
    via: [
      {
        source: 'field',
        name: 'Field Notes',
        url: 'https://field.example/1',
        feed: 'https://field.example/feed.xml',
        guid: 'tag:field.example,2026:1',
        firstSeen: '2026-03-04T09:20:00.000Z',
      },
      {
        source: 'kimmonismus',
        name: '@kimmonismus',
        url: 'https://x.com/kimmonismus/status/1',
        feed: 'https://kimmonismus.example/feed.xml',
        guid: 'tag:field.example,2026:1',
        firstSeen: '2026-03-04T09:20:00.000Z',
      },
    ],
  });
});

test('publishFeed: a list has its own id, title and addresses', () => {
  const { rss, atom, json } = read([shared], undefined, {
    key: 'categories/ai',
    title: 'AI & more',
    description: '',
    path: '/categories/ai',
  });
  assert.is(textOf(rss.channel, 'title'), 'AI & more');
  assert.is(textOf(rss.channel, 'description'), 'AI & more');
  assert.is(textOf(rss.channel, 'link'), 'https://news.example.org/categories/ai');
  assert.equal(links(rss.channel, 'self'), [['https://news.example.org/categories/ai/feed.xml', '']]);
  assert.equal(links(atom.feed, 'self'), [['https://news.example.org/categories/ai/atom.xml', '']]);
  assert.is(json.feed_url, 'https://news.example.org/categories/ai/feed.json');
  assert.is.not(textOf(atom.feed, 'id'), textOf(read([shared]).atom.feed, 'id'));
});

test('publishFeed: a search keeps its query', () => {
  const { json } = read([], undefined, { key: 'search/q=ai', path: '/search', query: '?q=a%26i' });
  assert.is(json.home_page_url, 'https://news.example.org/search?q=a%26i');
  assert.is(json.feed_url, 'https://news.example.org/search/feed.json?q=a%26i');
});

const LONG = html('<p>All of it.</p>');
const policies = [
  { content: 'summary', body: [`<p>${LEAD}</p>`], description: LEAD },
  { content: 'full', body: ['<p>All of it.</p>'], description: LEAD },
  { content: 'title', body: [], description: undefined },
] as const;
for (const { content, body, description } of policies) {
  test(`publishFeed: content policy ${content}, a source's own before the site's`, () => {
    const other = content === 'full' ? 'summary' : 'full';
    const context = configOf({ content: other, sources: [aSource({ id: 'field', title: 'Field Notes', content })] });
    const item = anItem({}, [anEntry({ html: LONG, image: 'https://field.example/i.png' })]);
    const { rss, atom, json } = read([item], context);
    const line = `<p><a href="${PAGE}">20+ views</a> · via <a href="https://field.example/1">Field Notes</a></p>`;
    const whole = [...body, line].join('\n');
    assert.is(textOf(rss.items[0], 'content:encoded'), whole);
    assert.is(textOf(rss.items[0], 'description'), description ?? '20+ views · via Field Notes');
    assert.is(textOf(atom.entries[0], 'content'), whole);
    assert.is(textOf(atom.entries[0], 'summary'), description);
    assert.is(json.items[0].content_html, whole);
    assert.is(json.items[0].summary, description);
    assert.is(json.items[0].image, content === 'full' ? 'https://field.example/i.png' : undefined);
  });
}

test('publishFeed: the text is that of the body, under its own source’s policy', () => {
  const [primary, body] = [anEntry({ text: '' }), anEntry({ id: 'b', source: 'kimmonismus', text: 'Their text.' })];
  const item = { ...anItem({}, [primary, body]), body };
  const sources = [aSource({ id: 'field' }), aSource({ id: 'kimmonismus', content: 'title' })];
  assert.not.match(read([item], configOf({ sources })).feed.rss, 'Their text');
  assert.match(read([item]).feed.rss, 'Their text');
});

test('publishFeed: link policy page: titles lead to our page, the original stays at hand', () => {
  const { rss, atom, json } = read([shared], configOf({ link: 'page', sources: twoSources }));
  assert.is(textOf(rss.items[0], 'link'), PAGE);
  assert.equal(links(rss.items[0], 'related'), [['https://field.example/1', 'Original: field.example']]);
  assert.equal(links(atom.entries[0], 'alternate'), [[PAGE, '']]);
  assert.is(json.items[0].url, PAGE);
  assert.is(json.items[0].external_url, 'https://field.example/1');
});

test('publishFeed: an item without an address leads to our page', () => {
  const { url, viaUrl, ...entry } = anEntry();
  const { rss, atom, json } = read([anItem({}, [entry])]);
  assert.is(textOf(rss.items[0], 'link'), PAGE);
  assert.equal(links(atom.entries[0], 'via'), [['https://field.example/feed.xml', 'Field Notes']]);
  assert.is(json.items[0].external_url, undefined);
  assert.match(json.items[0].content_html, '<p>via Field Notes</p>');
});

test('publishFeed: tallies false: no views, the sources stay', () => {
  const { feed, json } = read([shared], configOf({ tallies: false }));
  assert.not.match(feed.rss + feed.atom + feed.json, /views/);
  assert.is(json.items[0]._viaduct.sources, 2);
});

test('publishFeed: no views are not shown, one is one', () => {
  const line = (views: number): string =>
    read([shared], aContext(undefined, { views: () => views })).json.items[0].content_html;
  assert.not.match(line(0), /view/);
  assert.match(line(1), '>1 view</a> · via');
});

test('publishFeed: a view that passes no step changes no byte, one that does changes no date and no id', () => {
  const at = (views: number) => publishFeed(aList([shared]), aContext(undefined, { views: () => views }));
  assert.equal(at(20), at(49));
  const [before, after] = [read([shared], configOf({})), read([shared], aContext(undefined, { views: () => 50 }))];
  assert.is.not(before.feed.atom, after.feed.atom);
  for (const name of ['id', 'updated'])
    assert.is(textOf(before.atom.entries[0], name), textOf(after.atom.entries[0], name));
  assert.is(before.feed.updated, after.feed.updated);
});

test('publishFeed: what leads to a host without a dot is left out, unless it is the operator’s own', () => {
  const url = 'https://intranet/1';
  const item = anItem({ url }, [anEntry({ url, viaUrl: url, enclosures: [{ url: 'https://intranet/a.mp3' }] })]);
  const site = { ...aConfig().site, url: 'http://localhost:8080' };
  const feedsFor = (allow: readonly string[]) => {
    const { rss, atom, json } = publishFeed(aList([item]), aContext({ ...aConfig(), site, allow }));
    return [rss, atom, json];
  };
  for (const feed of feedsFor([])) {
    assert.not.match(feed, 'intranet');
    assert.match(feed, 'http://localhost:8080/items/');
  }
  for (const feed of feedsFor(['intranet'])) assert.match(feed, 'https://intranet/a.mp3');
});

test('publishFeed: two vias that lead to one page are both named, in every format', () => {
  const url = 'https://publisher.example/story';
  const entries = ['field', 'kimmonismus'].map((source) => anEntry({ source, id: source, url, viaUrl: url }));
  const { rss, atom, json } = read([anItem({}, entries)]);
  const both = [
    [url, 'Field Notes'],
    [url, '@kimmonismus'],
  ];
  assert.equal(links(rss.items[0], 'via'), both);
  assert.equal(links(atom.entries[0], 'via'), both);
  assert.equal(
    json.items[0]._viaduct.via.map((via: { url: string; name: string }) => [via.url, via.name]),
    both,
  );
});

test('publishInTurns: gives what publishFeed gives, and lets others take their turn', async () => {
  const list = aList(Array.from({ length: 120 }, (_, at) => anItemNumber(at)));
  let views = 0;
  let turns = 0;
  // Somebody reads on while it is made: all formats tell of one moment.
  const context = aContext(undefined, { views: () => views });
  const turn = async () => {
    turns += 1;
    if (turns > 2) views = 50;
  };
  const made = await publishInTurns(list, context, turn);
  assert.equal(made, publishFeed(list, aContext(undefined, { views: () => 50 })));
  assert.is(turns, 10);
});

test('publishFeed: a Flash player is no enclosure', () => {
  const flash = { url: 'https://video.example/v/1', type: 'application/x-shockwave-flash' };
  const { rss, atom, json } = publishFeed(aList([anItem({}, [anEntry({ enclosures: [flash] })])]), aContext());
  for (const feed of [rss, atom, json]) assert.not.match(feed, 'video.example');
});

test('publishFeed: the first enclosure with its true type; RSS has the others as links', () => {
  const enclosures = [
    { url: 'https://cdn.example/a?file=talk.mp3', type: 'audio/x-m4a', length: 1234 },
    { url: 'https://cdn.example/b.mp3' },
    { url: 'https://cdn.example/c.bin', type: 'rubbish', length: -1 },
    { url: 'relative.mp3', type: 'audio/mpeg' },
    { url: 'https://cdn.example/b.mp3' },
  ];
  const { rss, atom, json } = read([anItem({}, [anEntry({ enclosures })])]);
  const [enclosure] = rss.items[0] ? childrenOf(rss.items[0], 'enclosure') : [];
  assert.equal(Object.fromEntries(enclosure?.attributes ?? []), {
    url: 'https://cdn.example/a?file=talk.mp3',
    type: 'audio/x-m4a',
    length: '1234',
  });
  const others = [
    ['https://cdn.example/b.mp3', ''],
    ['https://cdn.example/c.bin', ''],
  ];
  assert.equal(links(rss.items[0], 'enclosure'), others);
  assert.equal(links(atom.entries[0], 'enclosure').slice(1), others);
  assert.equal(json.items[0].attachments, [
    { url: 'https://cdn.example/a?file=talk.mp3', mime_type: 'audio/x-m4a', size_in_bytes: 1234 },
    { url: 'https://cdn.example/b.mp3', mime_type: 'audio/mpeg' },
    { url: 'https://cdn.example/c.bin', mime_type: 'application/octet-stream' },
  ]);
});

test('publishFeed: an item without an author names its source in Atom, which demands one, and nobody elsewhere', () => {
  const { rss, atom, json } = read([anItem()]);
  assert.is(textOf(rss.items[0], 'dc:creator'), undefined);
  const author = atom.entries[0]?.children.find(({ name }) => name === 'author');
  assert.is(textOf(author, 'name'), 'Field Notes');
  assert.is(json.items[0].authors, undefined);
});

test('publishFeed: an author with an e-mail only is that; two of one name are one', () => {
  const authors = [{ email: 'jane@field.example' }, { name: 'Jo' }, { name: ' Jo ' }, { name: ' ' }, {}];
  const { json } = read([anItem({}, [anEntry({ authors })])]);
  assert.equal(json.items[0].authors, [{ name: 'jane@field.example' }, { name: 'Jo' }]);
});

test('publishFeed: categories: the configured one first, then the publisher’s, each once', () => {
  const entry = anEntry({ categories: ['AI', '', 'Opinion & Analysis', 'C++ <3'] });
  const { rss, atom, json } = read([anItem({ categories: ['Opinion & Analysis'] }, [entry])]);
  const expected = ['Opinion & Analysis', 'AI', 'C++ <3'];
  assert.equal(
    rss.items.flatMap((item) => childrenOf(item, 'category').map(({ text }) => text)),
    expected,
  );
  assert.equal(
    atom.entries.flatMap((entry) => childrenOf(entry, 'category').map(({ attributes }) => attributes.get('term'))),
    expected,
  );
  assert.equal(json.items[0].tags, expected);
});

test('publishFeed: an item in another language says so', () => {
  const { atom, json } = read([anItem({}, [anEntry({ language: 'de' })]), anItemNumber(2, { language: 'klingon!' })]);
  assert.equal(
    atom.entries.map(({ attributes }) => attributes.get('xml:lang')),
    ['de', undefined],
  );
  assert.equal(
    json.items.map((item: { language?: string }) => item.language),
    ['de', undefined],
  );
});

test('publishFeed: the stylesheet comes before the root', () => {
  const { rss, atom } = publishFeed(aList([]), aContext(undefined, { stylesheetPath: '/feed.css' }));
  for (const xml of [rss, atom]) {
    assert.match(
      xml,
      /^<\?xml version="1\.0" encoding="utf-8"\?>\n<\?xml-stylesheet type="text\/css" href="\/feed\.css"\?>\n<(rss|feed) /,
    );
  }
});

test('publishFeed: an empty feed is a sound one, dated with the site', () => {
  const { feed } = read([], aContext(undefined, { created: '2026-01-02T03:04:05.000Z' }));
  assert.is(feed.updated, '2026-01-02T03:04:05.000Z');
});

test('publishFeed: updated is the newest change: an old article found today is news', () => {
  const old = anItemNumber(1, { date: '2026-01-01T00:00:00.000Z', firstSeen: '2026-03-07T00:00:00.000Z' });
  const edited = anItemNumber(2, { edited: '2026-03-06T00:00:00.000Z' });
  assert.is(read([edited]).feed.updated, '2026-03-06T00:00:00.000Z');
  const { feed, atom } = read([old, edited]);
  assert.is(feed.updated, '2026-03-07T00:00:00.000Z');
  assert.is(textOf(atom.feed, 'updated'), feed.updated);
  assert.equal(
    atom.entries.map((entry) => textOf(entry, 'updated')),
    ['2026-01-01T00:00:00.000Z', '2026-03-06T00:00:00.000Z'],
  );
});

test('publishFeed: Atom: items of one instant are told apart, and those below keep theirs when one comes on top', () => {
  const items = Array.from({ length: 300 }, (_, index) => anItemNumber(index));
  const updates = (some: readonly Item[]) => read(some).atom.entries.map((entry) => textOf(entry, 'updated'));
  assert.is(new Set(updates(items)).size, 300);
  assert.equal(updates(items).slice(1), updates(items.slice(1)));
});

test('publishFeed: Atom: the millisecond that one of two equal dates is moved by is not the date of a third', () => {
  const [equal, next] = ['2026-03-06T00:00:00.000Z', '2026-03-06T00:00:00.001Z'];
  const items = [next, equal, equal].map((updated, index) => anItemNumber(index, {}, { updated }));
  assert.equal(
    read(items).atom.entries.map((entry) => textOf(entry, 'updated')),
    ['2026-03-06T00:00:00.002Z', next, equal],
  );
});

test('publishFeed: one bad item never costs the feed', () => {
  const bad: Item[] = [
    anItemNumber(1, {}, { date: 'yesterday', firstSeen: 'never', arrival: '' }),
    anItemNumber(2, {}, { url: 'not a url' }),
    anItemNumber(3, {}, { date: '+012026-01-01T00:00:00.000Z', updated: 'NaN' }),
    anItemNumber(4, { enclosures: [{ url: '::' }], image: '//x', authors: [{ name: 'x', url: 'y z' }] }),
    anItemNumber(5, { firstSeen: 'garbage', origins: [{ url: 'x' }, {}] }),
    anItemNumber(6, {}, { title: '\u0000\ud800' }),
  ];
  const { rss, atom, json } = read([...bad, anItem()]);
  assert.is(rss.items.length, 6); // all but the one without any date
  assert.is(atom.entries.length, 6);
  assert.is(json.items.length, 6);
  assert.is(json.items[1].date_published, '2026-03-04T09:20:00.000Z');
});

test('publishFeed: who told our source is kept as the outer end of the chain', () => {
  const origins = [
    { title: 'Jane’s blog', url: 'https://jane.example/', feed: 'https://jane.example/feed' },
    { title: 'A far planet', feed: 'https://far.example/feed' },
    { title: 'Only a name' },
    { url: 'https://field.example/1' },
  ];
  const { rss, atom, json } = read([anItem({}, [anEntry({ origins })])]);
  const chain = [
    ['https://field.example/1', 'Field Notes'],
    ['https://jane.example/', 'Jane’s blog'],
    ['https://far.example/feed', 'A far planet'],
  ];
  assert.equal(links(rss.items[0], 'via'), chain);
  assert.equal(links(atom.entries[0], 'via'), chain);
  assert.is(rss.items[0] && childrenOf(rss.items[0], 'source').length, 1);
  assert.equal(json.items[0]._viaduct.origins, origins);
});

test('publishFeed: an item that came from this site is refused', () => {
  const looped = anEntry({ source: 'planet', origins: [{ feed: 'https://news.example.org/atom.xml' }] });
  assert.is(read([anItem({}, [looped]), anItemNumber(2)]).json.items.length, 1);
});

test('publishFeed: a planet that got it from us does not cost the publisher the item, and is no via of it', () => {
  const looped = anEntry({ id: 'b', source: 'planet', origins: [{ feed: 'https://news.example.org/atom.xml' }] });
  const { json } = read([anItem({}, [anEntry(), looped])]);
  assert.equal(
    json.items[0]._viaduct.via.map((via: { source: string }) => via.source),
    ['field'],
  );
  assert.is(json.items[0]._viaduct.sources, 1);
});

test('publishFeed: the address of a private source appears nowhere', () => {
  const url = 'https://bridge.example/feed?user=kimmonismus&key=s3cret';
  const secret = aSource({
    id: 'kimmonismus',
    via: '@kimmonismus',
    url,
    private: true,
    homepage: 'https://x.com/kimmonismus',
    content: 'full',
  });
  const entry = anEntry({
    source: 'kimmonismus',
    url: `${url}#1`,
    viaUrl: `${url}#1`,
    guids: [`${url}#1`],
    title: `New at ${url}`,
    summary: `Read ${url}.`,
    html: html(`<p><a href="${url.replaceAll('&', '&amp;')}">feed</a></p>`),
    origins: [{ title: 'self', feed: url }],
    enclosures: [{ url: `${url}&e=1` }],
    image: `${url}&i=1`,
    authors: [{ name: url, url }],
  });
  const item = anItem({}, [entry]);
  const via = item.via.map((one) => ({ ...one, feed: url }));
  const { feed, rss, atom } = read([{ ...item, via }], aContext(aConfig({ sources: [secret] })));
  for (const bytes of [feed.rss, feed.atom, feed.json]) assert.not.match(bytes, 's3cret');
  const [source] = rss.items[0] ? childrenOf(rss.items[0], 'source') : [];
  assert.is(source?.text, '@kimmonismus');
  assert.is(source?.attributes.get('url'), 'https://news.example.org/sources/kimmonismus/feed.xml');
  const atomSource = atom.entries[0]?.children.find(({ name }) => name === 'source');
  assert.equal(links(atomSource, 'self'), []);
  assert.equal(links(atomSource, 'alternate'), [['https://x.com/kimmonismus', '']]);
});

test('publishFeed: a file is never told as an address', () => {
  const url = 'file:///srv/viaduct/welcome.xml';
  const source = aSource({ id: 'welcome', title: 'Welcome', url, homepage: url });
  const entry = anEntry({ source: 'welcome', url: `${url}#1`, viaUrl: `${url}#1` });
  const { feed, rss } = read([anItem({}, [entry])], aContext(aConfig({ sources: [source] })));
  for (const bytes of [feed.rss, feed.atom, feed.json]) assert.not.match(bytes, 'file:');
  assert.is(textOf(rss.items[0], 'source'), 'Welcome');
});

test('publishFeed: credentials in addresses are not told', () => {
  const source = aSource({ id: 'field', url: 'https://me:s3cret@field.example/feed', title: 'Field Notes' });
  const entry = anEntry({ url: 'https://me:s3cret@field.example/1', viaUrl: 'https://me:s3cret@field.example/1' });
  const { feed, json } = read([anItem({}, [entry])], aContext(aConfig({ sources: [source] })));
  for (const bytes of [feed.rss, feed.atom, feed.json]) assert.not.match(bytes, 's3cret');
  assert.is(json.items[0].url, 'https://field.example/1');
  assert.is(json.items[0]._viaduct.via[0].feed, undefined);
});

test('publishFeed: a source that is not followed any more keeps its name', () => {
  const { rss } = read([anItem()], aContext(aConfig({ sources: [] })));
  assert.is(textOf(rss.items[0], 'source'), 'Field Notes');
});

test('publishFeed: what an item was last published with is not used when anything about it has changed', () => {
  const item = anItem({}, [anEntry(), anEntry({ id: 'b', source: 'kimmonismus', viaUrl: 'https://x.com/1' })]);
  const source = aSource({ id: 'field', title: 'Field Notes', homepage: 'https://field.example/' });
  const config = aConfig({ sources: [source] });
  const base = aContext(config, { views: () => 24 });
  const known = base.source('field');
  if (known === undefined) throw new Error('no source');
  const withSource = (change: object) => ({ ...base, source: () => ({ ...known, ...change }) });
  const before = publishFeed(aList([item]), base).atom;
  const changes: Record<string, PublishContext> = {
    siteUuid: { ...base, siteUuid: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' },
    views: { ...base, views: () => 50 },
    link: { ...base, config: { ...config, link: 'page' } },
    tallies: { ...base, config: { ...config, tallies: false } },
    name: withSource({ name: 'Renamed' }),
    homepage: withSource({ homepage: 'https://field.example/new' }),
    content: withSource({ source: { ...source, content: 'title' } }),
    gone: { ...base, source: () => undefined },
  };
  for (const [name, context] of Object.entries(changes)) {
    const cached = publishFeed(aList([item]), context);
    assert.is.not(cached.atom, before, name);
    assert.equal(cached, publishFeed(aList([{ ...item }]), context), name);
    assert.is(publishFeed(aList([item]), base).atom, before, name);
  }
});

test('publishFeed: neither the site’s address nor its port has a part in any id', () => {
  const ids = (url: string) => {
    const { rss, atom, json } = read([shared], aContext(aConfig({ site: { url } })));
    return [textOf(rss.items[0], 'guid'), textOf(atom.feed, 'id'), textOf(atom.entries[0], 'id'), json.items[0].id];
  };
  assert.equal(ids('http://localhost:8080'), ids('https://news.example.org'));
});

test.run();
