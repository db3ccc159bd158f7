import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import RssParser from 'rss-parser';

/** One entry as a parser that is not ours reads it. */
export type Reading = readonly [
  id: string | undefined,
  title: string | undefined,
  link: string | undefined,
  atMs: number,
];

/** What feedsmith reads in a feed of ours. */
export function readWithFeedsmith(name: string, text: string): readonly Reading[] {
  if (name.endsWith('feed.json')) {
    const { items = [] } = parseJsonFeed(JSON.parse(text));
    return items.map(({ id, title, url, date_published: date = '' }) => [id, title, url, Date.parse(date)]);
  }
  if (name.endsWith('atom.xml')) {
    const { entries = [] } = parseAtomFeed(text);
    return entries.map(({ id, title, links, published = '' }) => [
      id,
      title?.value,
      links?.find(({ rel }) => rel === 'alternate')?.href,
      Date.parse(published),
    ]);
  }
  const { items = [] } = parseRssFeed(text);
  return items.map(({ guid, title, link, pubDate = '' }) => [guid?.value, title, link, Date.parse(pubDate)]);
}

const parser = new RssParser<object, { id?: string }>();

/** What rss-parser reads in a feed of ours (RSS and Atom). */
export async function readWithRssParser(text: string): Promise<readonly Reading[]> {
  const { items } = await parser.parseString(text);
  return items.map(({ id, guid, title, link, isoDate = '' }) => [id ?? guid, title, link, Date.parse(isoDate)]);
}
