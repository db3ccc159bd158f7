import { compareText } from '../identity/entry-keys.ts';
import type { Item } from '../model.ts';

/** Where an item stands in a list: newest arrival first, ties by id. */
export type ItemPlace = Pick<Item, 'arrival' | 'id'>;

/** Items by arrival, newest first. Reading a page of it costs no more in a long list. */
export interface ItemList extends Iterable<Item> {
  readonly size: number;
  /** Those behind a place, which need not be there any more; all without one. */
  after(place?: ItemPlace): Iterable<Item>;
  /** Those before a place, the nearest first. */
  before(place: ItemPlace): Iterable<Item>;
}

/** An ItemList that changes. While it is walked through it must not. */
export interface GrowingItemList extends ItemList {
  /** The item must not be there. */
  add(item: Item): void;
  /** The item as it was added. */
  remove(item: Item): void;
}

/** A chunk is cut in two beyond this; to put an item into one is quicker than to find it. */
const CHUNK_ITEMS = 512;

export function comparePlaces(a: ItemPlace, b: ItemPlace): number {
  return compareText(b.arrival, a.arrival) || compareText(a.id, b.id);
}

/** An empty list: sorted chunks, so that an item is put in its place, or taken out, in the time of one chunk. What is added before
 *  it is first read is sorted then, all at once. */
export function createItemList(): GrowingItemList {
  let chunks: Item[][] = [];
  let unsorted: Item[] = [];
  let size = 0;

  function settle(): void {
    if (unsorted.length === 0) return;
    const added = unsorted;
    unsorted = [];
    if (added.length * 8 < size) {
      for (const item of added) insert(item);
      return;
    }
    const all = [...chunks.flat(), ...added].sort(comparePlaces);
    chunks = [];
    for (let at = 0; at < all.length; at += CHUNK_ITEMS / 2) chunks.push(all.slice(at, at + CHUNK_ITEMS / 2));
  }

  function insert(item: Item): void {
    const at = Math.max(0, firstBehind(chunks, (chunk) => chunk[0], item) - 1);
    const chunk = chunks[at];
    if (!chunk) {
      chunks = [[item]];
      return;
    }
    chunk.splice(
      firstBehind(chunk, (one) => one, item),
      0,
      item,
    );
    if (chunk.length > CHUNK_ITEMS) chunks.splice(at + 1, 0, chunk.splice(CHUNK_ITEMS / 2));
  }

  function remove(item: Item): void {
    size -= 1;
    if (unsorted.length > CHUNK_ITEMS) settle();
    const waiting = unsorted.indexOf(item);
    if (waiting >= 0) {
      unsorted.splice(waiting, 1);
      return;
    }
    const at = firstBehind(chunks, (chunk) => chunk[0], item) - 1;
    const chunk = chunks[at];
    const place = chunk ? firstBehind(chunk, (one) => one, item) - 1 : -1;
    if (!chunk || chunk[place] !== item) throw new Error(`item ${item.id} is not in the list`);
    chunk.splice(place, 1);
    if (chunk.length === 0) chunks.splice(at, 1);
  }

  function* after(place?: ItemPlace): Iterable<Item> {
    settle();
    const start = place ? Math.max(0, firstBehind(chunks, (chunk) => chunk[0], place) - 1) : 0;
    for (let at = start; at < chunks.length; at++) {
      const chunk = chunks[at] ?? [];
      const from = place && at === start ? firstBehind(chunk, (one) => one, place) : 0;
      for (let index = from; index < chunk.length; index++) yield chunk[index] as Item;
    }
  }

  function* before(place: ItemPlace): Iterable<Item> {
    settle();
    const start = firstBehind(chunks, (chunk) => chunk[0], place) - 1;
    for (let at = start; at >= 0; at--) {
      const chunk = chunks[at] ?? [];
      const end = at === start ? firstBehind(chunk, (one) => one, place) : chunk.length;
      for (let index = end - 1; index >= 0; index--) {
        const item = chunk[index] as Item;
        if (comparePlaces(item, place) < 0) yield item;
      }
    }
  }

  return {
    get size() {
      return size;
    },
    add(item) {
      size += 1;
      unsorted.push(item);
    },
    remove,
    after,
    before,
    [Symbol.iterator]: () => after()[Symbol.iterator](),
  };
}

/** How many of a sorted list stand before a place or at it. */
function firstBehind<T>(sorted: readonly T[], placeOf: (one: T) => ItemPlace | undefined, place: ItemPlace): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = placeOf(sorted[middle] as T);
    if (one && comparePlaces(one, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
