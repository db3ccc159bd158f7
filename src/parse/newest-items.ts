import { parseDate } from './dates.ts';
import type { Fields } from './document-reader.ts';
import { MAX_ITEMS } from './limits.ts';

/** At most MAX_ITEMS entries in document order: the newest, where more are dated than that, else those that come first. */
export function newestItems(entries: readonly Fields[]): readonly Fields[] {
  if (entries.length <= MAX_ITEMS) return entries;
  const dated = entries.map((entry, index) => ({ entry, index, date: dateOf(entry) }));
  // Stable: of undated ones, and of those of one date, the first in the document stay.
  const newest = dated.toSorted((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0)).slice(0, MAX_ITEMS);
  return newest.sort((a, b) => a.index - b.index).map(({ entry }) => entry);
}

function dateOf({ values }: Fields): string {
  const times = values.get('time') ?? [];
  const value = times.find(({ row }) => row.field === 'published') ?? times[0];
  return (value && parseDate(value.text)) ?? '';
}
