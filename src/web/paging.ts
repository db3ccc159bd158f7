import type { ItemList, ItemPlace } from '../items/item-list.ts';
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

/** The items older than `before`, or those just newer than `after`; from the start without either. Undefined when these are no
 *  cursors. */
export function pageOf(items: ItemList, { before, after }: Place, path: string): ListPage | undefined {
  const cursor = after ?? before;
  const place = cursor === undefined ? undefined : placeOf(cursor);
  if (cursor !== undefined && !place) return undefined;
  const isBack = after !== undefined && place !== undefined;
  const newer = isBack ? firstOf(items.before(place), PAGE_ITEMS) : [];
  // Less than a page before it: the first page.
  const start = !isBack ? place : newer.length < PAGE_ITEMS ? undefined : placeBefore(items, newer.at(-1));
  const [shown, [next]] = split(firstOf(items.after(start), PAGE_ITEMS + 1));
  const [first, last] = [shown[0] ?? start, shown.at(-1)];
  const ahead = first && start ? firstOf(items.before(first), PAGE_ITEMS + 1).length : 0;
  if (start === undefined || (ahead === 0 && shown.length > 0))
    return { items: shown, ...(next && last && { nextHref: nextOf(path, last) }) };
  return {
    items: shown,
    ...(next && last && { nextHref: nextOf(path, last) }),
    previousHref: ahead <= PAGE_ITEMS || !shown[0] ? path : `${path}?after=${cursorOf(shown[0])}`,
    href: `${path}?${after === undefined ? `before=${before}` : `after=${after}`}`,
  };
}

const nextOf = (path: string, last: Item): string => `${path}?before=${cursorOf(last)}`;

/** The item that stands right before this one; undefined for the first one. */
function placeBefore(items: ItemList, item: Item | undefined): ItemPlace | undefined {
  return item && firstOf(items.before(item), 1)[0];
}

function split(items: readonly Item[]): readonly [shown: readonly Item[], more: readonly Item[]] {
  return [items.slice(0, PAGE_ITEMS), items.slice(PAGE_ITEMS)];
}

function firstOf(items: Iterable<Item>, count: number): readonly Item[] {
  const first: Item[] = [];
  for (const item of items) {
    if (first.push(item) === count) break;
  }
  return first;
}

function placeOf(cursor: string): ItemPlace | undefined {
  const [, arrival, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([\w-]{1,64})$/.exec(cursor) ?? [];
  return arrival === undefined || id === undefined ? undefined : { arrival, id };
}

/** A whole list cut into pages with addresses that any web server has, for the static site, the oldest first: LIST/page/1 holds the
 *  oldest 40, LIST/page/2 those that came next, and LIST what does not fill a page, with a page before it. So what arrives changes no
 *  page but LIST. */
export function numberedPages(
  items: readonly Item[],
  path: string,
): readonly { readonly path: string; readonly list: ListPage }[] {
  const full = Math.max(0, Math.floor(items.length / PAGE_ITEMS) - 1);
  const pathOf = (number: number) => (number > full ? path : `${path}/page/${number}`);
  return Array.from({ length: full + 1 }, (_, index) => {
    const [number, end] = [index + 1, items.length - index * PAGE_ITEMS];
    return {
      path: pathOf(number),
      list: {
        items: items.slice(number > full ? 0 : end - PAGE_ITEMS, end),
        ...(number > 1 && { nextHref: pathOf(number - 1) }),
        ...(number <= full && { previousHref: pathOf(number + 1), href: pathOf(number) }),
      },
    };
  });
}
