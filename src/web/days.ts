import { DAY_MS } from '../durations.ts';
import type { Instant, Item } from '../model.ts';

/** The day of an instant in a time zone, '2026-11-26'. To ask Intl takes ten times as long as all else about an item, so it is asked
 *  about each UTC day once: where within it the zone's midnight is. */
export function createDayOf(timezone: string): (at: Instant) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' });
  const known = new Map<number, { readonly first: string; readonly last: string; readonly midnightMs: number }>();

  function splitOf(utcDay: number) {
    const [startMs, endMs] = [utcDay * DAY_MS, (utcDay + 1) * DAY_MS];
    const first = format.format(startMs);
    // The last moment that is still of the first day, and the first that is not: no zone has two midnights within 24 hours.
    let [before, after] = [startMs, endMs];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (format.format(middle) === first) before = middle;
      else after = middle;
    }
    return { first, last: format.format(endMs - 1), midnightMs: after };
  }

  return (at) => {
    const ms = Date.parse(at);
    const utcDay = Math.floor(ms / DAY_MS);
    const split = known.get(utcDay) ?? splitOf(utcDay);
    known.set(utcDay, split);
    return ms < split.midnightMs ? split.first : split.last;
  };
}

/** Items in the order of their arrival, by its days. */
export function daysOf(
  items: readonly Item[],
  timezone: string,
): readonly { readonly date: string; readonly items: readonly Item[] }[] {
  const dayOf = createDayOf(timezone);
  const days = new Map<string, Item[]>();
  for (const item of items) {
    const date = dayOf(item.arrival);
    const day = days.get(date);
    if (day) day.push(item);
    else days.set(date, [item]);
  }
  return [...days].map(([date, some]) => ({ date, items: some }));
}
