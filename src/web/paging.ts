import type { Item } from '../model.ts';
import type { ListPage } from './view.ts';

const PAGE_ITEMS = 40;

/** Where a list goes on after this item: its place by arrival and id, so that what arrives meanwhile moves nothing. */
export function cursorOf(item: Item): string {
  return `${item.arrival}_${item.id}`;
}

/** Where a reader is in a list: past one item, or before one. */
export interface Place {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** The items older than `before`, or those just newer than `after` (from the start without either), of a list that is sorted newest
 *  arrival first, ties by id. Undefined when these are no cursors. */
export function pageOf(items: readonly Item[], { before, after }: Place, path: string): ListPage | undefined {
  const place = after === undefined ? startOf(items, before) : startBefore(items, after);
  if (place === undefined) return undefined;
  const shown = items.slice(place, place + PAGE_ITEMS);
  const [first, last] = [shown[0], shown.at(-1)];
  const hasMore = place + PAGE_ITEMS < items.length;
  const newerHref = (from: Item) => (place <= PAGE_ITEMS ? path : `${path}?after=${cursorOf(from)}`);
  return {
    items: shown,
    ...(last && hasMore && { nextHref: `${path}?before=${cursorOf(last)}` }),
    ...(place > 0 && { previousHref: first ? newerHref(first) : path }),
    ...(place > 0 && { href: `${path}?${after === undefined ? `before=${before}` : `after=${after}`}` }),
  };
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
      ...(index > 0 && { previousHref: pathOf(index), href: pathOf(index + 1) }),
    },
  }));
}

function startOf(items: readonly Item[], before: string | undefined): number | undefined {
  return before === undefined ? 0 : startAfter(items, before);
}

/** A whole page that ends before the item. */
function startBefore(items: readonly Item[], after: string): number | undefined {
  const end = startAfter(items, after);
  return end === undefined ? undefined : Math.max(0, end - 1 - PAGE_ITEMS);
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
