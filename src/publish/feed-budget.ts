import { jsonCharsOf } from '../json-size.ts';
import { escapeText } from './clean.ts';
import type { PublishedItem } from './published-item.ts';

/** Of the items of a feed; readers give up on more, and so do those who pay for what crosses the wire. */
const FEED_BYTES = 8_000_000;
/** UTF-8 of one UTF-16 unit at most. */
const BYTES_A_CHAR = 3;

/** The items with no more bytes together than a feed may have: of the fattest only the excerpt is left; where that is not
 *  enough the last ones go. */
export function withinFeedBudget(items: readonly PublishedItem[], maxBytes = FEED_BYTES): readonly PublishedItem[] {
  const chars = items.reduce((sum, item) => sum + jsonCharsOf(item), 0);
  if (chars * BYTES_A_CHAR <= maxBytes) return items;
  const bytes = new Map(items.map((item) => [item, bytesOf(item)]));
  let total = [...bytes.values()].reduce((sum, size) => sum + size, 0);
  const short = new Map<PublishedItem, PublishedItem>();
  for (const [item, size] of [...bytes].sort(([, a], [, b]) => b - a)) {
    if (total <= maxBytes) break;
    const cut = {
      ...item,
      html: [...(item.excerpt ? [`<p>${escapeText(item.excerpt)}</p>`] : []), item.viaLine].join('\n'),
    };
    short.set(item, cut);
    bytes.set(item, bytesOf(cut));
    total += (bytes.get(item) ?? 0) - size;
  }
  const kept = [...items];
  while (total > maxBytes) total -= bytes.get(kept.pop() as PublishedItem) ?? 0;
  return kept.map((item) => short.get(item) ?? item);
}

function bytesOf(item: PublishedItem): number {
  return Buffer.byteLength(JSON.stringify(item));
}
