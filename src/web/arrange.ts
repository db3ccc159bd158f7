import { hot, spread } from '../items/ranking.ts';
import type { Item } from '../model.ts';
import { categorySlug } from '../publish/links.ts';
import type { Snapshot } from './snapshot.ts';

const STORIES_SHOWN = 9;
const LATEST_SHOWN = 30;
const MORE_SHOWN = 6;
/** Of which those are chosen. */
const MORE_CANDIDATES = 200;
const OLDER_SHOWN = 3;
const OLDER_CANDIDATES = 20;
/** Newest items among which the home page looks for its lead and stories, and of one source: a burst hides nobody. */
const HOME_CANDIDATES = 500;
const CANDIDATES_OF_SOURCE = 20;
/** Of a list in which one source has nearly all, no more is looked at. */
const MAX_LOOKED = 5000;

/** What the home page shows: the hottest items first, no publisher's more than twice, then what arrived last and is not among them. */
export function arrangeHome({ lists: { published }, view }: Snapshot): {
  lead?: Item;
  stories: readonly Item[];
  latest: readonly Item[];
} {
  const ranked = newestOfEach(published)
    .map((item) => ({
      item,
      rank: hot(item, view.tally(item), view.now, view.source(item.primary.source)?.source.weight),
    }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ item }) => item);
  const [lead, ...stories] = spread(ranked, 1 + STORIES_SHOWN);
  const above = new Set([lead, ...stories]);
  const latest = firstOf(published, LATEST_SHOWN, (item) => !above.has(item));
  return { ...(lead && { lead }), stories, latest };
}

function newestOfEach(published: Iterable<Item>): readonly Item[] {
  const counts = new Map<string, number>();
  const candidates: Item[] = [];
  let looked = 0;
  for (const item of published) {
    looked += 1;
    if (candidates.length === HOME_CANDIDATES || looked > MAX_LOOKED) break;
    const count = (counts.get(item.primary.source) ?? 0) + 1;
    counts.set(item.primary.source, count);
    if (count <= CANDIDATES_OF_SOURCE) candidates.push(item);
  }
  return candidates;
}

/** Shown below an item: the newest of its category, no publisher's more than twice; of an item without one, the newest of its first
 *  source. */
export function moreLike(item: Item, { lists }: Snapshot): readonly Item[] {
  const [via] = item.via;
  const [category] = item.categories;
  const isOther = (other: Item) => other.published && other !== item;
  if (category !== undefined) {
    return spread(firstOf(lists.ofCategory(categorySlug(category)), MORE_CANDIDATES, isOther), MORE_SHOWN);
  }
  return via === undefined ? [] : firstOf(lists.ofSource(via.source), MORE_SHOWN, isOther);
}

/** Shown below an item on a static site: those that arrived before it, as these stay the same whatever arrives. */
export function olderLike(item: Item, { lists }: Snapshot): readonly Item[] {
  const [via] = item.via;
  const [category] = item.categories;
  const isPublished = (other: Item) => other.published;
  if (category !== undefined) {
    const older = lists.ofCategory(categorySlug(category)).after(item);
    return spread(firstOf(older, OLDER_CANDIDATES, isPublished), OLDER_SHOWN);
  }
  return via === undefined ? [] : firstOf(lists.ofSource(via.source).after(item), OLDER_SHOWN, isPublished);
}

function firstOf(items: Iterable<Item>, count: number, isWanted: (item: Item) => boolean): readonly Item[] {
  const first: Item[] = [];
  for (const item of items) {
    if (first.length === count) break;
    if (isWanted(item)) first.push(item);
  }
  return first;
}
