import { Feed } from 'feed';
import { HOUR_MS } from '../durations.ts';
import type { Instant, Item } from '../model.ts';
import { writeAtom } from './atom.ts';
import type { FeedList, PublishContext } from './publish-context.ts';
import type { PublishedItem } from './published-item.ts';
import { type PublishedList, prepareItems, prepareList } from './published-list.ts';
import { writeRss } from './rss.ts';

/** One list as RSS 2.0, Atom 1.0 and JSON Feed 1.1. */
export interface PublishedFeed {
  readonly rss: string;
  readonly atom: string;
  readonly json: string;
  /** The newest change among the items, for Last-Modified. Steps of tallies do not count as one. */
  readonly updated: Instant;
}

/** The list in the three formats. The same list and context give the same bytes; an item that no feed can hold is left
 *  out and costs the others nothing. */
export function publishFeed(list: FeedList, context: PublishContext): PublishedFeed {
  const prepared = prepareList(list, context);
  return {
    rss: writeRss(prepared),
    atom: writeAtom(prepared),
    json: writeJsonFeed(prepared),
    updated: prepared.updated,
  };
}

/** Items that are made ready at a stretch. */
const AT_A_STRETCH = 20;

/** As publishFeed, in pieces with a `turn` for others between them: 500 items with all of their text take 300 ms. All three
 *  formats say the same, whatever happens meanwhile. */
export async function publishInTurns(
  list: FeedList,
  context: PublishContext,
  turn: () => Promise<void>,
): Promise<PublishedFeed> {
  for (let at = 0; at < list.items.length; at += AT_A_STRETCH) {
    prepareItems({ ...list, items: list.items.slice(at, at + AT_A_STRETCH) }, context);
    await turn();
  }
  const prepared = prepareList(list, context);
  await turn();
  const rss = writeRss(prepared);
  await turn();
  const atom = writeAtom(prepared);
  await turn();
  const json = writeJsonFeed(prepared);
  await turn();
  return { rss, atom, json, updated: prepared.updated };
}

const RECENT_MS = 48 * HOUR_MS;
const MAX_RECENT_ITEMS = 500;

/** What a feed holds of `items` (newest arrival first): the newest `limit`, and all that arrived in the 48 h before
 *  `now` up to 500, so that a reader that asks once a day misses nothing. Keeps the order; unpublished items are left out. */
export function selectRiver(items: Iterable<Item>, now: Instant, limit: number): Item[] {
  const recentFrom = new Date(Date.parse(now) - RECENT_MS).toISOString();
  const river: Item[] = [];
  for (const item of items) {
    const isWanted = river.length < limit || (river.length < MAX_RECENT_ITEMS && item.arrival >= recentFrom);
    if (!isWanted) break;
    if (item.published) river.push(item);
  }
  return river;
}

/** The list as JSON Feed 1.1, with the via chain and the tally in `_viaduct` (docs/namespace.md). `feed` writes version 1
 *  with one author an item: it is finished here. */
export function writeJsonFeed(list: PublishedList): string {
  const feed = new Feed({
    title: list.title,
    description: list.description,
    link: list.home,
    feedLinks: { json: list.urls.json },
  });
  for (const item of list.items) {
    feed.addItem({
      id: item.id,
      title: item.title,
      link: item.link,
      date: new Date(item.updated),
      published: new Date(item.published),
      content: item.html,
      ...(item.excerpt !== undefined && { description: item.excerpt }),
      ...(item.image !== undefined && { image: item.image }),
      ...(item.categories.length > 0 && { category: item.categories.map((name) => ({ name })) }),
    });
  }
  const { items, ...head } = JSON.parse(feed.json1()) as { items: Record<string, unknown>[] };
  return JSON.stringify({
    ...head,
    version: 'https://jsonfeed.org/version/1.1',
    language: list.language,
    items: list.items.map((item, index) => ({ ...items[index], ...additions(item, list.about) })),
  });
}

function additions(item: PublishedItem, about: string): Record<string, unknown> {
  const { authors, enclosures, language, original, link, page } = item;
  const attachments = enclosures.map(({ url, type, length }) => ({
    url,
    mime_type: type,
    ...(length !== undefined && { size_in_bytes: length }),
  }));
  return {
    ...(original !== undefined && original !== link && { external_url: original }),
    ...(authors.length > 0 && { authors }),
    ...(language !== undefined && { language }),
    ...(attachments.length > 0 && { attachments }),
    _viaduct: {
      about,
      ...(item.views !== undefined && { views: item.views }),
      sources: item.sources,
      page,
      via: item.via,
      ...(item.origins.length > 0 && { origins: item.origins }),
    },
  };
}
