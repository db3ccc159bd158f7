import { hot } from '../items/ranking.ts';
import type { Item } from '../model.ts';
import { categorySlug } from '../publish/links.ts';
import type { Store } from '../store/store.ts';
import type { Snapshot } from './snapshot.ts';

const STORIES_SHOWN = 9;
const LATEST_SHOWN = 30;
const MORE_SHOWN = 6;
/** Newest items among which the home page looks for its lead and stories. */
const HOME_CANDIDATES = 500;

/** What the home page shows: the hottest items first, then what arrived last and is not among them. */
export function arrangeHome({ published, view }: Snapshot): {
  lead?: Item;
  stories: readonly Item[];
  latest: readonly Item[];
} {
  const ranked = published
    .slice(0, HOME_CANDIDATES)
    .map((item) => ({ item, rank: hot(item, view.tally(item), view.now) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ item }) => item);
  const [lead, ...others] = ranked.slice(0, 1 + STORIES_SHOWN);
  const above = new Set(ranked.slice(0, 1 + STORIES_SHOWN));
  const latest = published.filter((item) => !above.has(item)).slice(0, LATEST_SHOWN);
  return { ...(lead && { lead }), stories: others, latest };
}

/** Shown below an item: the newest of its category; of an item without one, the newest of its first source. */
export function moreLike(item: Item, { ofCategory }: Snapshot, store: Store): readonly Item[] {
  const [via] = item.via;
  const [category] = item.categories;
  const like =
    category !== undefined
      ? ofCategory(categorySlug(category))
      : via === undefined
        ? []
        : store.items.ofSource(via.source);
  const more: Item[] = [];
  for (const other of like) {
    if (other.published && other !== item) more.push(other);
    if (more.length === MORE_SHOWN) break;
  }
  return more;
}
