import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import RssParser from 'rss-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Item } from '../../src/model.ts';
import { publishFeed } from '../../src/publish/publish-feed.ts';
import { aConfig, aContext, aList, anEntry, anItem, aSource } from './build-item.ts';

/** What must come back from every format, read by parsers that are not ours. */
interface Told {
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly link: string | undefined;
  readonly at: number;
  readonly source: string | undefined;
  readonly via: readonly (readonly [string | undefined, string | undefined])[];
}

const TITLES = [
  'Small models, long memory',
  'AT&T buys <everything>; "why" isn’t told',
  '&amp; is how you write &',
  '1 < 2 && 3 > 2',
  'if (a[b[0]]>1) return',
  '2026',
  'true',
  '0.10',
  '日本語のタイトル、長い題名',
  'العنوان بالعربية',
  '👩‍👩‍👧 family 🏳️‍🌈',
  '__proto__',
  '<![CDATA[ not one ]]>',
  "'single' and “double”",
];

const sources = [
  aSource({ id: 'field', via: 'Field & Notes' }),
  aSource({ id: 'kimmonismus', via: '@kimmonismus', url: 'https://bridge.example/k.xml?a=1&b=2' }),
];

const items: readonly Item[] = TITLES.map((title, index) => {
  const id = `round${index}`;
  const { href: url } = new URL(`https://field.example/${index}?a=1&b=${encodeURIComponent(title)}`);
  const date = `2026-03-${String(10 + index)}T09:12:00.000Z`;
  const own = anEntry({ id, title, url, viaUrl: url, date });
  const second = anEntry({ id: `${id}-b`, source: 'kimmonismus', viaUrl: `https://x.com/k/status/${index}?s=20&t=a` });
  return anItem({}, index % 3 === 0 ? [own] : [own, second]);
});
const feed = publishFeed(aList(items), aContext(aConfig({ sources })));

const expected: readonly Told[] = JSON.parse(feed.json).items.map((item: Record<string, unknown>, index: number) => ({
  id: item.id,
  title: TITLES[index],
  link: items[index]?.url,
  at: Date.parse(items[index]?.date ?? ''),
  source: 'Field & Notes https://field.example/feed.xml',
  via: items[index]?.via.map(({ source, url }) => [source === 'field' ? 'Field & Notes' : '@kimmonismus', url]),
}));

interface Link {
  readonly rel?: string;
  readonly href?: string;
  readonly title?: string;
}

const viaOf = (links: readonly Link[] = []) =>
  links.filter(({ rel }) => rel === 'via').map(({ title, href }) => [title, href] as const);

test('round trip: RSS by feedsmith', () => {
  const told = parseRssFeed(feed.rss).items?.map(({ guid, title, link, pubDate, source, atom }) => ({
    id: guid?.value,
    title,
    link,
    at: Date.parse(pubDate ?? ''),
    source: `${source?.title} ${source?.url}`,
    via: viaOf(atom?.links),
  }));
  assert.equal(told, expected);
});

test('round trip: Atom by feedsmith', () => {
  const told = parseAtomFeed(feed.atom).entries?.map(({ id, title, links, published, source }) => ({
    id,
    title: title?.value,
    link: links?.find(({ rel }) => rel === 'alternate')?.href,
    at: Date.parse(published ?? ''),
    source: `${source?.title?.value} ${source?.links?.find(({ rel }) => rel === 'self')?.href}`,
    via: viaOf(links),
  }));
  assert.equal(told, expected);
});

test('round trip: JSON Feed by feedsmith', () => {
  const told = parseJsonFeed(JSON.parse(feed.json)).items?.map(({ id, title, url, date_published: date }) => ({
    id,
    title,
    link: url,
    at: Date.parse(date ?? ''),
  }));
  assert.equal(
    told,
    expected.map(({ id, title, link, at }) => ({ id, title, link, at })),
  );
});

interface Attributed {
  readonly $: Link & { readonly url?: string };
}

test('round trip: RSS by rss-parser', async () => {
  const parser = new RssParser<object, { links: Attributed[]; source: string }>({
    customFields: { item: ['source', ['atom:link', 'links', { keepArray: true }]] },
  });
  const { items: read } = await parser.parseString(feed.rss);
  const told = read.map(({ guid, title, link, isoDate, source, links }) => ({
    id: guid,
    title,
    link,
    at: Date.parse(isoDate ?? ''),
    source: `${source} https://field.example/feed.xml`,
    via: viaOf(links.map(({ $ }) => $)),
  }));
  assert.equal(told, expected);
});

test('round trip: Atom by rss-parser', async () => {
  const parser = new RssParser<
    object,
    { id: string; links: Attributed[]; source: { title: string[]; link: Attributed[] } }
  >({
    customFields: { item: ['source', ['link', 'links', { keepArray: true }]] },
  });
  const { items: read } = await parser.parseString(feed.atom);
  const told = read.map(({ id, title, link, isoDate, source, links }) => ({
    id,
    title,
    link,
    at: Date.parse(isoDate ?? ''),
    source: `${source.title[0]} ${source.link[0]?.$.href}`,
    via: viaOf(links.map(({ $ }) => $)),
  }));
  assert.equal(told, expected);
});

test('round trip: the same items published twice are the same bytes', () => {
  assert.equal(publishFeed(aList(items), aContext(aConfig({ sources }))), feed);
});

test('round trip: an edit changes the feeds that hold the item, and no other', () => {
  const [first, second, ...rest] = items;
  if (first === undefined || second === undefined) throw new Error('too few items');
  const entry = { ...first.primary, title: 'Edited', edited: '2026-04-01T00:00:00.000Z' };
  const edited: Item = { ...anItem({}, [entry, ...first.entries.slice(1)]) };
  const publish = (some: readonly Item[]) => publishFeed(aList(some), aContext(aConfig({ sources })));
  assert.equal(publish([second, ...rest]), publish([second, ...rest]));
  const [before, after] = [publish(items), publish([edited, second, ...rest])];
  for (const format of ['rss', 'atom', 'json'] as const) assert.is.not(after[format], before[format]);
  const others = (json: string) => JSON.parse(json).items.slice(1);
  assert.equal(others(after.json), others(before.json));
  assert.is(JSON.parse(after.json).items[0].id, JSON.parse(before.json).items[0].id);
  assert.is(after.updated, '2026-04-01T00:00:00.000Z');
});

test.run();
