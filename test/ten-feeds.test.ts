/** Eleven feeds in the shapes that such publishers write, through the real commands: what of each via a reader sees.
 *
 *  An entry reaches an article by its link only; a link within its text proves nothing (docs/identity.md). So one toot and one tweet
 *  have the form of bridges that put the first link of a post into <link> and the post into <guid>; another toot, in Mastodon's own
 *  form, names the same article in its text and stays an item of its own. */
import { cp, readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedDocument } from '../src/model.ts';
import { parseFeed } from '../src/parse/parse-feed.ts';
import { spawnViaduct, viaduct, withFolder } from './helpers/run-viaduct.ts';
import { childrenOf, parseStrictXml, textOf, type XmlElement } from './publish/strict-xml.ts';

const FIXTURE = 'test/fixtures/ten';
const SITE = 'https://rivers.example';

const DRAWER = 'A year with a model that fits in a drawer';
const PARSING = 'Parsing dates is still not a solved problem';
const TESTS = 'Why your tests are slow, and who likes it that way';
const DICTIONARIES = 'Brüssel will Schnittstellen für Wörterbücher';
const BOARD = 'The board we would buy today';

const HACKER_NEWS = 'https://news.ycombinator.com/item?id=99000107';
const LOBSTERS = 'https://lobste.rs/s/zzdrw1/year_with_model_fits_drawer';
const TOOT = 'https://tooting.example/@rosa/116000000000000107';
const LINKED = 'https://marginal.example/linked/2026/03/04/drawer';
const ON_PARSING = 'https://lobste.rs/s/zzdat2/parsing_dates_is_still_not_solved';
const ROSA_SAYS =
  'We did the same at the library and our fan is fine, thank you. Nine hundred letters and four returned is a better rate than mine. #SmallModels';
const TOM_SAYS =
  'Ines Okafor, on twelve months of running everything from one shelf: The fan broke first, in May, and nobody noticed for six weeks because the board simply ran slower. I cannot think of a better review. If your machine can lose its cooling and the only symptom is patience, then most of what we buy is there to spare us…';

/** Name and page of each via of the article. */
const VIAS = [
  ['Field Notes', 'https://fieldnotes.example/2026/03/drawer/'],
  ['Hacker News', HACKER_NEWS],
  ['Lobsters', LOBSTERS],
  ['@rosa', TOOT],
  ['Marginal Light', LINKED],
];

/** Every page and feed that is asked below, by its path. */
const documents = new Map<string, string>();

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no '${name}'`);
  return value;
}

const pageOf = (title: string) => {
  const { items } = JSON.parse(documents.get('/feed.json') ?? '') as JsonFeed;
  const page = found(items.find((item) => item.title === title)?._viaduct.page, title);
  return page.slice(SITE.length);
};
const read = (path: string) => found(documents.get(path), path);

const config = JSON.parse(await readFile(`${FIXTURE}/feeds.json`, 'utf8')) as { sources: { id: string }[] };
await withFolder(config, async (folder) => {
  await cp(FIXTURE, folder, { recursive: true });
  const polled = await viaduct(folder, 'poll', '--now', '2026-03-04T20:00:00Z');
  assert.is(polled.stdout, '11 asked, 0 not due, 24 items new, 7 merged\n');
  const server = spawnViaduct(folder, ['serve', '--port', '0']);
  const { port } = await server.logged('serving');
  const ask = async (paths: readonly string[]) => {
    for (const path of paths) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      assert.is(answer.status, 200, path);
      documents.set(path, await answer.text());
    }
  };
  const lists = ['', ...config.sources.map(({ id }) => `/sources/${id}`)];
  const labels = ['/categories/machines', '/categories/languages', '/tags/hardware', '/authors/ines-okafor'];
  await ask(
    [...lists, ...labels].flatMap((path) => ['', '/feed.xml', '/atom.xml', '/feed.json'].map((file) => path + file)),
  );
  const { items } = JSON.parse(read('/feed.json')) as JsonFeed;
  await ask(items.map(({ _viaduct: { page } }) => page.slice(SITE.length)));
  server.child.kill('SIGTERM');
  await server.ended;
});

interface JsonFeed {
  readonly items: readonly {
    readonly title: string;
    readonly url: string;
    readonly content_html: string;
    readonly tags?: readonly string[];
    readonly _viaduct: {
      readonly page: string;
      readonly sources: number;
      readonly via: readonly { name: string; url: string; discussion?: string; comment?: string }[];
    };
  }[];
}

/** The first piece of a page between these two, which is well-formed for all that our pages write there. */
function part(page: string, start: string, end: string): XmlElement {
  const from = page.indexOf(start);
  assert.ok(from >= 0, `no ${start}`);
  return parseStrictXml(page.slice(from, page.indexOf(end, from) + end.length));
}

const words = (element: XmlElement): string => element.text + element.children.map(words).join('');
const linksIn = (element: XmlElement): string[][] =>
  element.children.flatMap((child) =>
    child.name === 'a' ? [[words(child), child.attributes.get('href') ?? '']] : linksIn(child),
  );

/** Of each source that says something its links and its words; the links of those that say nothing. */
function coverageOn(title: string): { said: unknown[]; carried: string[][] } {
  const section = part(read(pageOf(title)), '<section class="cov"', '</section>');
  const said = childrenOf(section, 'ol').flatMap((list) =>
    list.children.map(({ children: [links, ...told] }) => [links && linksIn(links), told.map(words).join(' ')]),
  );
  return { said, carried: childrenOf(section, 'p').flatMap(linksIn) };
}

test('ten feeds: the item page has each via with its own page, its words and where it is discussed', () => {
  assert.equal(coverageOn(DRAWER), {
    said: [
      [[['@rosa', TOOT]], ROSA_SAYS],
      [[['Marginal Light', LINKED]], TOM_SAYS],
    ],
    carried: [
      ['Hacker News', HACKER_NEWS],
      ['Lobsters', LOBSTERS],
      ['Discuss on news.ycombinator.com', HACKER_NEWS],
      ['Discuss on lobste.rs', LOBSTERS],
    ],
  });
  const page = read(pageOf(DRAWER));
  assert.match(page, '<h2>What broke</h2>');
  assert.match(page, 'All five link to fieldnotes.example/2026/03/drawer');
});

test('ten feeds: a letter about a linked article, a tweet about a film, and two notes in other languages', () => {
  assert.equal(coverageOn(PARSING), {
    said: [
      [
        [['The Slow Letter', 'https://slowletter.example/p/dates']],
        'I asked three libraries for the day after the thirtieth of January plus one month, and kept all four answers. The article explains the fourth.',
      ],
    ],
    carried: [
      ['Lobsters', ON_PARSING],
      ['Discuss on lobste.rs', ON_PARSING],
    ],
  });
  assert.equal(coverageOn(TESTS), {
    said: [
      [
        [['@benchkeeper', 'https://x.com/benchkeeper/status/2030000000000000107']],
        'Watched the whole talk about slow tests. The part at minute eleven is worth the rest.',
      ],
    ],
    carried: [],
  });
  assert.equal(coverageOn(DICTIONARIES), {
    said: [
      [
        [['هوامش رقمية', 'https://hawamish.example/notes/107']],
        'خبر صغير من بروكسل يهم كل من يكتب بلغتين: القاموس الذي لا يُفتح لا يُصحَّح. ننتظر ما سيقوله الناشرون (3 منهم على الأقل).',
      ],
    ],
    carried: [['Netzblick', 'https://netzblick.example/2026/03/woerterbuecher']],
  });
  const page = read(pageOf(DICTIONARIES));
  assert.match(page, '<h1 class="p-name" lang="de-DE" dir="auto">');
  assert.match(page, '<p lang="ar" dir="auto">خبر');
});

test('ten feeds: a link within a text joins nothing', () => {
  const { items } = JSON.parse(read('/feed.json')) as JsonFeed;
  const toot = items.find(({ title }) => title.startsWith('Something about drawers'));
  assert.is(toot?.url, 'https://tooting.example/@rosa/116000000000000101');
  assert.is(toot?._viaduct.sources, 1);
});

/** The paragraphs of the five sources' item below its text. */
const BELOW = [
  `<p><b><a href="${TOOT}">@rosa</a>:</b> ${ROSA_SAYS}</p>`,
  `<p><b><a href="${LINKED}">Marginal Light</a>:</b> ${TOM_SAYS}</p>`,
  `<p>via ${VIAS.map(([name, url]) => `<a href="${url}">${name}</a>`).join(', ')}</p>`,
];
const below = (html = '') => html.split('\n').slice(-3);

const rssItems = (path: string) =>
  childrenOf(found(childrenOf(parseStrictXml(read(path)), 'channel')[0], 'channel'), 'item');
const atomEntries = (path: string) => childrenOf(parseStrictXml(read(path)), 'entry');
const titled = (elements: readonly XmlElement[], title: string) =>
  found(
    elements.find((element) => textOf(element, 'title') === title),
    title,
  );
const linksOf = (element: XmlElement, name: string, rel: string) =>
  childrenOf(element, name)
    .filter(({ attributes }) => attributes.get('rel') === rel)
    .map(({ attributes }) => [attributes.get('title'), attributes.get('href')]);

test('ten feeds: the vias, their words and discussions in RSS', () => {
  const item = titled(rssItems('/feed.xml'), DRAWER);
  assert.is(textOf(item, 'link'), 'https://fieldnotes.example/2026/03/drawer/');
  assert.equal(linksOf(item, 'atom:link', 'via'), VIAS);
  assert.equal(below(textOf(item, 'content:encoded')), BELOW);
  assert.is(textOf(item, 'comments'), 'https://fieldnotes.example/2026/03/drawer/#respond');
  assert.is(textOf(titled(rssItems('/feed.xml'), PARSING), 'comments'), ON_PARSING);
});

test('ten feeds: the vias, their words and discussions in Atom', () => {
  const entry = titled(atomEntries('/atom.xml'), DRAWER);
  assert.equal(linksOf(entry, 'link', 'via'), VIAS);
  assert.equal(linksOf(entry, 'link', 'replies'), [
    ['Discussion: Field Notes', 'https://fieldnotes.example/2026/03/drawer/#respond'],
    ['Discussion: Hacker News', HACKER_NEWS],
    ['Discussion: Lobsters', LOBSTERS],
  ]);
  assert.equal(below(textOf(entry, 'content')), BELOW);
});

test('ten feeds: the vias, their words and discussions in JSON Feed', () => {
  const { items } = JSON.parse(read('/feed.json')) as JsonFeed;
  const item = items.find(({ title }) => title === DRAWER);
  assert.equal(
    item?._viaduct.via.map(({ name, url, discussion, comment }) => [name, url, discussion, comment]),
    [
      [...(VIAS[0] ?? []), 'https://fieldnotes.example/2026/03/drawer/#respond', undefined],
      [...(VIAS[1] ?? []), HACKER_NEWS, undefined],
      [...(VIAS[2] ?? []), LOBSTERS, undefined],
      [...(VIAS[3] ?? []), undefined, ROSA_SAYS],
      [...(VIAS[4] ?? []), undefined, TOM_SAYS],
    ],
  );
  assert.equal(below(item?.content_html), BELOW);
  assert.equal(item?.tags, ['Reports', 'Machines', 'Forums', 'Opinion', 'Small models', 'Hardware']);
});

test('ten feeds: a source’s own feed has its words, and what others say below', () => {
  const [first, ...rest] = (
    textOf(titled(rssItems('/sources/linkblog/feed.xml'), DRAWER), 'content:encoded') ?? ''
  ).split('\n');
  assert.match(first ?? '', /^<p>Ines Okafor, on twelve months .* I cannot think of a better review\./);
  assert.equal(rest, [BELOW[0], BELOW[2]]);
  const toot = textOf(titled(atomEntries('/sources/toots/atom.xml'), DRAWER), 'content') ?? '';
  assert.match(toot, /^<p>We did the same at the library and our fan is fine, thank you\./);
  const forum = textOf(titled(rssItems('/sources/hackernews/feed.xml'), DRAWER), 'content:encoded') ?? '';
  assert.match(forum, /^<p>Twelve months ago/, 'who says nothing has the publisher’s text');
});

test('ten feeds: the front page leads with what most carry', () => {
  const lead = part(read(''), '<article class="st lead"', '</article>');
  assert.equal(linksIn(lead), [
    [DRAWER, pageOf(DRAWER)],
    ['Reports', '/categories/reports'],
    ['Machines', '/categories/machines'],
    ['Field Notes', '/sources/newsroom'],
    ['Discuss on news.ycombinator.com', HACKER_NEWS],
    ['Hacker News', HACKER_NEWS],
    ['Lobsters', LOBSTERS],
    ['@rosa', TOOT],
    ['1 more', `${pageOf(DRAWER)}#coverage`],
  ]);
});

const lists: readonly [string, readonly string[]][] = [
  [
    '/categories/machines',
    [
      DRAWER,
      'Ask HN: What do you keep in plain text?',
      'Counting What Small Models Forget',
      'A Grammar of Footnotes',
      BOARD,
      'Minutes of the reading group, February',
    ],
  ],
  [
    '/categories/languages',
    [DICTIONARIES, 'In eigener Sache: neue Öffnungszeiten', 'أرشيف الصحف القديمة صار قابلا للبحث'],
  ],
  ['/tags/hardware', [DRAWER, BOARD, 'Letter 40: kettles']],
  ['/authors/ines-okafor', [DRAWER, BOARD]],
];
for (const [path, titles] of lists) {
  test(`ten feeds: ${path} and its three feeds have the same items`, () => {
    const rows = part(read(path), '<ol class="rows">', '</ol>');
    assert.equal(
      rows.children.map((row) => linksIn(row)[0]),
      titles.map((title) => [title, pageOf(title)]),
    );
    assert.equal(
      rssItems(`${path}/feed.xml`).map((item) => textOf(item, 'title')),
      titles,
    );
    assert.equal(
      atomEntries(`${path}/atom.xml`).map((entry) => textOf(entry, 'title')),
      titles,
    );
    const { items } = JSON.parse(read(`${path}/feed.json`)) as JsonFeed;
    assert.equal(
      items.map(({ title }) => title),
      titles,
    );
  });
}

for (const file of ['/feed.xml', '/atom.xml', '/feed.json']) {
  test(`ten feeds: ${file}, read by another viaduct, gives back the vias, the words and the discussion`, async () => {
    const document: FeedDocument = await parseFeed(Buffer.from(read(file)), { html: true, baseUrl: SITE + file });
    const entry = document.entries.find(({ title }) => title === DRAWER);
    const origins = entry?.origins.map(({ title, url }) => [title, url]) ?? [];
    // In XML the first is the <source>.
    assert.equal(file === '/feed.json' ? origins : origins.slice(1), VIAS);
    assert.is(entry?.link, 'https://fieldnotes.example/2026/03/drawer/');
    assert.is(entry?.comments, 'https://fieldnotes.example/2026/03/drawer/#respond');
    for (const said of [ROSA_SAYS, TOM_SAYS]) assert.ok(entry?.html?.includes(said), said);
  });
}

test('ten feeds: no document carries anything that only counts visits', () => {
  for (const [path, text] of documents) assert.not.match(text, /utm_|mc_cid/, path);
});

test('ten feeds: every feed in XML is well-formed', () => {
  const feeds = [...documents].filter(([path]) => path.endsWith('.xml'));
  assert.is(feeds.length, 32);
  for (const [, text] of feeds) parseStrictXml(text);
});

test.run();
