import { HOUR_MS } from '../durations.ts';
import type { Instant, Item } from '../model.ts';

const RECENT_MS = 48 * HOUR_MS;
const MAX_RECENT_ITEMS = 500;

/** What a feed holds of `items` (newest arrival first): the newest `limit`, and all that arrived in the 48 h before
 *  `now` up to 500, so that a reader that asks once a day misses nothing. Keeps the order; unpublished items are left out. */
export function selectRiver(items: readonly Item[], now: Instant, limit: number): Item[] {
  const recentFrom = new Date(Date.parse(now) - RECENT_MS).toISOString();
  const river: Item[] = [];
  for (const item of items) {
    const isWanted = river.length < limit || (river.length < MAX_RECENT_ITEMS && item.arrival >= recentFrom);
    if (!isWanted) break;
    if (item.published) river.push(item);
  }
  return river;
}
