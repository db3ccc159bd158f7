import type { Instant, Item } from '../model.ts';

const MINUTE_CHARS = '2026-11-26T14:15'.length;

/** The day of an instant in a time zone, '2026-11-26'. Remembered by the minute: no time zone changes its day within one. */
export function createDayOf(timezone: string): (at: Instant) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' });
  const known = new Map<string, string>();
  return (at) => {
    const key = at.slice(0, MINUTE_CHARS);
    const day = known.get(key) ?? format.format(new Date(`${key}:00.000Z`));
    known.set(key, day);
    return day;
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
