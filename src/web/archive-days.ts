import type { SiteLists } from './site-lists.ts';

/** A day on which something arrived. */
export interface Day {
  /** '2026-11-26', in the site's time zone. */
  readonly date: string;
  readonly itemCount: number;
}

/** With the days before and after it that have a page. */
export interface DayView extends Day {
  readonly later?: string;
  readonly earlier?: string;
}

/** Every day on which something arrived, the last one first. */
export function daysWithCounts(lists: Pick<SiteLists, 'days' | 'ofDay'>): readonly Day[] {
  return lists.days().map((date) => ({ date, itemCount: lists.ofDay(date).size }));
}

/** One of them, and the days beside it on which something arrived. */
export function dayWithNeighbours(date: string, lists: Pick<SiteLists, 'days' | 'ofDay'>): DayView {
  const days = lists.days();
  const at = days.indexOf(date);
  const [later, earlier] = [days[at - 1], days[at + 1]];
  return {
    date,
    itemCount: lists.ofDay(date).size,
    ...(later !== undefined && { later }),
    ...(earlier !== undefined && { earlier }),
  };
}
