import { hot, spread } from '../items/ranking.ts';
import type { Item } from '../model.ts';
import { categorySlug } from '../publish/links.ts';
import type { Store } from '../store/store.ts';
import type { Snapshot } from './snapshot.ts';

const STORIES_SHOWN = 9;
const LATEST_SHOWN = 30;
const MORE_SHOWN = 6;
/** Newest items among which the home page looks for its lead and stories, and of one source: a burst hides nobody. */
const HOME_CANDIDATES = 500;
const CANDIDATES_OF_SOURCE = 20;

/** What the home page shows: the hottest items first, no publisher's more than twice, then what arrived last and is not among them. */
export function arrangeHome({ published, view }: Snapshot): {
  lead?: Item;
  stories: readonly Item[];
  latest: readonly Item[];
} {
  const weights = new Map(view.sources.map(({ source }) => [source.id, source.weight]));
  const ranked = newestOfEach(published)
    .map((item) => ({ item, rank: hot(item, view.tally(item), view.now, weights.get(item.primary.source)) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ item }) => item);
  const [lead, ...stories] = spread(ranked, 1 + STORIES_SHOWN);
  const above = new Set([lead, ...stories]);
  const latest = published.filter((item) => !above.has(item)).slice(0, LATEST_SHOWN);
  return { ...(lead && { lead }), stories, latest };
}

function newestOfEach(published: readonly Item[]): readonly Item[] {
  const counts = new Map<string, number>();
  const candidates: Item[] = [];
  for (const item of published) {
    if (candidates.length === HOME_CANDIDATES) break;
    const count = (counts.get(item.primary.source) ?? 0) + 1;
    counts.set(item.primary.source, count);
    if (count <= CANDIDATES_OF_SOURCE) candidates.push(item);
  }
  return candidates;
}

/** Shown below an item: the newest of its category, no publisher's more than twice; of an item without one, the newest of its first
 *  source. */
export function moreLike(item: Item, { ofCategory }: Snapshot, store: Store): readonly Item[] {
  const [via] = item.via;
  const [category] = item.categories;
  const isOther = (other: Item) => other.published && other !== item;
  if (category !== undefined) return spread(ofCategory(categorySlug(category)).filter(isOther), MORE_SHOWN);
  const ofSource = via === undefined ? [] : store.items.ofSource(via.source);
  return ofSource.filter(isOther).slice(0, MORE_SHOWN);
}
