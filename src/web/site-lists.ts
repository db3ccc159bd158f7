import { createItemGroups } from '../items/item-groups.ts';
import type { ItemList } from '../items/item-list.ts';
import { trendRank } from '../items/ranking.ts';
import type { Item } from '../model.ts';
import { categorySlug } from '../publish/links.ts';
import type { Store } from '../store/store.ts';
import { createDayOf } from './days.ts';
import { createAuthors, createTags, type Labels } from './labels.ts';

/** The lists that pages and feeds are cut from, kept up to date by the items that change: what one change costs does not grow with
 *  what is there. */
export interface SiteLists {
  readonly published: ItemList;
  /** Unpublished ones, too. */
  ofSource(id: string): ItemList;
  /** Published items of one category; categories whose names give one slug are one. */
  ofCategory(slug: string): ItemList;
  /** Published items that arrived on a day of the site's time zone, '2026-11-26'. */
  ofDay(date: string): ItemList;
  /** The last one first. */
  days(): readonly string[];
  readonly tags: Labels;
  readonly authors: Labels;
  /** Of the published items so many of the highest trendRank. */
  liveliest(count: number): readonly Item[];
  /** To be called with the ids of items that came, changed or went. */
  touch(itemIds: readonly string[]): void;
  /** To be called when somebody visited the item. */
  visited(item: Item): void;
}

/** The lists over all items of the store. `timezone` is that of the days; another one needs other lists. */
export function createSiteLists(store: Pick<Store, 'items' | 'tally'>, timezone: string): SiteLists {
  const dayOf = createDayOf(timezone);
  const published = createItemGroups(() => [ALL]);
  const sources = createItemGroups((item) => item.via.map(({ source }) => source));
  const categories = createItemGroups((item) => new Set(item.categories.map(slugOf)));
  const days = createItemGroups((item) => [dayOf(item.arrival)]);
  const [tags, authors] = [createTags(), createAuthors()];
  const ofPublished = [published, categories, days, tags, authors];
  const known = new Map<string, Item>();
  const lively = new Map<Item, number>();

  function put(item: Item): void {
    known.set(item.id, item);
    sources.put(item);
    if (!item.published) return;
    for (const lists of ofPublished) lists.put(item);
    rank(item);
  }

  function rank(item: Item): void {
    const trend = trendRank(item, store.tally(item));
    if (trend !== undefined) lively.set(item, trend);
  }

  function take(item: Item): void {
    known.delete(item.id);
    lively.delete(item);
    sources.take(item);
    if (item.published) for (const lists of ofPublished) lists.take(item);
  }

  for (const item of store.items.all()) put(item);
  return {
    get published() {
      return published.get(ALL);
    },
    ofSource: sources.get,
    ofCategory: categories.get,
    ofDay: days.get,
    days: () => [...days.keys()].sort().reverse(),
    tags,
    authors,
    liveliest: (count) => highest(lively, count),
    touch(itemIds) {
      for (const id of itemIds) {
        const before = known.get(id);
        if (before) take(before);
        const item = store.items.find(id);
        if (item?.id === id) put(item);
      }
    },
    visited(item) {
      if (item.published && known.get(item.id) === item) rank(item);
    },
  };
}

/** The items of the highest ranks, in one walk over the numbers: to sort all of tens of thousands takes 10 ms. */
function highest(ranks: ReadonlyMap<Item, number>, count: number): readonly Item[] {
  const best: { readonly item: Item; readonly rank: number }[] = [];
  for (const [item, rank] of ranks) {
    const last = best.length < count ? undefined : best.at(-1);
    if (last && rank <= last.rank) continue;
    if (last) best.pop();
    const place = best.findIndex((one) => one.rank < rank);
    best.splice(place < 0 ? best.length : place, 0, { item, rank });
  }
  return best.map(({ item }) => item);
}

const ALL = 'all';

const slugs = new Map<string, string>();

/** The categories of feeds.json are few. */
function slugOf(name: string): string {
  const slug = slugs.get(name) ?? categorySlug(name);
  slugs.set(name, slug);
  return slug;
}
