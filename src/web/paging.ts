import type { Item } from '../model.ts';
import type { ListPage } from './view.ts';

const PAGE_ITEMS = 40;

/** Where a list goes on after this item: its place by arrival and id, so that what arrives meanwhile moves nothing. */
export function cursorOf(item: Item): string {
  return `${item.arrival}_${item.id}`;
}

/** The items after `before` (from the start without one) of a list that is sorted newest arrival first, ties by id.
 *  Undefined when `before` is not a cursor. */
export function pageOf(items: readonly Item[], before: string | undefined, path: string): ListPage | undefined {
  const start = before === undefined ? 0 : startAfter(items, before);
  if (start === undefined) return undefined;
  const shown = items.slice(start, start + PAGE_ITEMS);
  const last = shown.at(-1);
  const hasMore = start + PAGE_ITEMS < items.length;
  return { items: shown, ...(last && hasMore && { nextHref: `${path}?before=${cursorOf(last)}` }) };
}

/** A whole list cut into pages with addresses that any web server has, for the static site: LIST, LIST/page/2, …
 *  An empty list has one page. */
export function numberedPages(items: readonly Item[], path: string): readonly { path: string; list: ListPage }[] {
  const count = Math.max(1, Math.ceil(items.length / PAGE_ITEMS));
  const pathOf = (number: number) => (number === 1 ? path : `${path}/page/${number}`);
  return Array.from({ length: count }, (_, index) => ({
    path: pathOf(index + 1),
    list: {
      items: items.slice(index * PAGE_ITEMS, (index + 1) * PAGE_ITEMS),
      ...(index + 1 < count && { nextHref: pathOf(index + 2) }),
    },
  }));
}

function startAfter(items: readonly Item[], cursor: string): number | undefined {
  const [, arrival, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([\w-]{1,64})$/.exec(cursor) ?? [];
  if (arrival === undefined || id === undefined) return undefined;
  const last = items.findIndex((item) => item.id === id && item.arrival === arrival);
  if (last !== -1) return last + 1;
  // The item has gone since: what arrived with it may show again, which is better than never.
  const next = items.findIndex((item) => item.arrival <= arrival);
  return next === -1 ? items.length : next;
}
