import type { FeedDocument } from '../model.ts';
import { MAX_ITEMS } from './limits.ts';

/** At most MAX_ITEMS of the items, in the order they came in: the newest, where more are dated, else those that come
 *  first. `dateOf` gives an Instant, or '' for one without. */
export function newestItems<T>(items: readonly T[], dateOf: (item: T) => string): readonly T[] {
  if (items.length <= MAX_ITEMS) return items;
  const dated = items.map((item, index) => ({ item, index, date: dateOf(item) }));
  // Stable: of undated ones, and of those of one date, the first in the document stay.
  const newest = dated.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0)).slice(0, MAX_ITEMS);
  return newest.sort((a, b) => a.index - b.index).map(({ item }) => item);
}

/** The key of a document that says how many entries were not kept. */
export function surplusOf(count: number): Pick<FeedDocument, 'surplus'> {
  return count > 0 ? { surplus: count } : {};
}
