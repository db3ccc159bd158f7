import { Feed } from 'feed';
import type { Instant } from '../model.ts';
import { element, escapeText, openTag } from './clean.ts';
import { forAttribute, forCdata, forText, MARKED, mark, settle } from './feed-quirks.ts';
import type { PublishedItem } from './published-item.ts';
import { type PublishedList, VIADUCT_NAMESPACE } from './published-list.ts';

/** The list as Atom 1.0 (RFC 4287): who brought us to an article is rel=via (§4.2.7.2), the feed that we read it in is
 *  atom:source (§4.2.11), who wrote it is the author. */
export function writeAtom(list: PublishedList): string {
  const feed = new Feed({
    id: list.id,
    title: forText(list.title),
    description: forText(list.description),
    link: list.home,
    updated: new Date(list.updated),
    generator: 'viaduct',
    feedLinks: { atom: list.urls.atom },
  });
  const updates = tellUpdatesApart(list.items);
  for (const [index, item] of list.items.entries()) {
    feed.addItem({
      title: mark(index) + forCdata(item.title),
      id: item.id,
      link: item.link,
      date: updates.get(item.id) ?? new Date(item.updated),
      published: new Date(item.published),
      ...(item.excerpt !== undefined && { description: escapeText(item.excerpt) }),
      content: forCdata(item.html),
      author: authorsOf(item),
      category: item.categories.map((term) => ({ term: forAttribute(term) })),
      // `feed` has no option for further elements of an entry: its <rights>, which items never have, holds a mark with
      // the item's number, and writeAdditions' elements are put in its place.
      copyright: mark(index),
    });
  }
  const root = openTag('feed', {
    xmlns: 'http://www.w3.org/2005/Atom',
    'xmlns:v': VIADUCT_NAMESPACE,
    'xml:lang': list.language,
  });
  const xml = feed
    .atom1()
    .replace(/<feed [^>]*>/, () => list.stylesheet + root)
    .replace(ENTRY_START, (_, space, index, titleAndId) => {
      const start = openTag('entry', { 'xml:lang': list.items[Number(index)]?.language });
      return `${start}${space}<title><![CDATA[${titleAndId}<link rel="alternate" type="text/html" href=`;
    })
    .replace(new RegExp(`<rights>${MARKED}</rights>`, 'g'), (_, index) => writeAdditions(list.items[Number(index)]));
  return settle(xml);
}

/** `feed` calls every title HTML and leaves the link without rel: as plain text, readers that decode only once show it right too. */
const ENTRY_START = new RegExp(
  `<entry>(\\s*)<title type="html"><!\\[CDATA\\[${MARKED}([^]*?\\]\\]></title>\\s*<id>[^<]*</id>\\s*)<link href=`,
  'g',
);

/** Two entries with one `updated` are a warning (no reader could order them): the newer-come gets a millisecond more. */
function tellUpdatesApart(items: readonly PublishedItem[]): Map<string, Date> {
  const updates = new Map<string, Date>();
  const taken = new Set<number>();
  const lastTaken = new Map<Instant, number>();
  // From the oldest on, so that the entries that come on top change nothing in those that are there.
  for (const { id, updated } of items.toReversed()) {
    let ms = (lastTaken.get(updated) ?? Date.parse(updated) - 1) + 1;
    while (taken.has(ms)) ms += 1;
    taken.add(ms);
    lastTaken.set(updated, ms);
    updates.set(id, new Date(ms));
  }
  return updates;
}

/** An entry must have an author (§4.1.2), and the site is none: without a name of a person it is the source. */
function authorsOf({ authors, source }: PublishedItem): { name: string; link?: string }[] {
  if (authors.length === 0) return [{ name: forText(source.name) }];
  return authors.map(({ name, url }) => ({ name: forText(name), ...(url !== undefined && { link: url }) }));
}

/** What `feed` leaves out (it ignores extensions in Atom), or guesses (the types of enclosures). */
function writeAdditions(item: PublishedItem | undefined): string {
  if (item === undefined) return '';
  const { source, related } = item;
  return [
    ...item.chain.map(({ href, isPage, title }) =>
      element('link', { rel: 'via', type: isPage ? 'text/html' : undefined, href, title }),
    ),
    // RFC 4685 §4: where its readers discuss it.
    ...item.via.flatMap(({ discussion, name }) =>
      discussion === undefined
        ? []
        : [element('link', { rel: 'replies', type: 'text/html', href: discussion, title: `Discussion: ${name}` })],
    ),
    element('link', { rel: 'related', type: 'text/html', href: related.url, title: related.title }),
    ...item.enclosures.map(({ url, type, length }) => element('link', { rel: 'enclosure', type, length, href: url })),
    '<source>',
    `    ${element('id', {}, source.id)}`,
    `    ${element('title', {}, source.name)}`,
    `    ${element('updated', {}, source.updated)}`,
    ...(source.feed === undefined ? [] : [`    ${element('link', { rel: 'self', href: source.feed })}`]),
    ...(source.homepage === undefined ? [] : [`    ${element('link', { rel: 'alternate', href: source.homepage })}`]),
    '</source>',
    element('v:item', { views: item.views, sources: item.sources }),
  ].join('\n        ');
}
