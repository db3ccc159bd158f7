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

/** An empty list. */
export function createItemList(): GrowingItemList {
  return new ChunkedList();
}

/** Sorted chunks, so that an item is put in its place, or taken out, in the time of one chunk. What is added before it is first read
 *  is sorted then, all at once. A class, because there are tens of thousands: closures would take five times the memory. */
class ChunkedList implements GrowingItemList {
  #chunks: Item[][] = [];
  #unsorted: Item[] = [];
  size = 0;

  add(item: Item): void {
    this.size += 1;
    this.#unsorted.push(item);
  }

  remove(item: Item): void {
    this.size -= 1;
    if (this.#unsorted.length > CHUNK_ITEMS) this.#settle();
    const waiting = this.#unsorted.indexOf(item);
    if (waiting >= 0) {
      this.#unsorted.splice(waiting, 1);
      return;
    }
    const at = firstBehind(this.#chunks, (chunk) => chunk[0], item) - 1;
    const chunk = this.#chunks[at];
    const place = chunk ? firstBehind(chunk, (one) => one, item) - 1 : -1;
    if (!chunk || chunk[place] !== item) throw new Error(`item ${item.id} is not in the list`);
    chunk.splice(place, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  *after(place?: ItemPlace): Iterable<Item> {
    this.#settle();
    const start = place ? Math.max(0, firstBehind(this.#chunks, (chunk) => chunk[0], place) - 1) : 0;
    for (let at = start; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] ?? [];
      const from = place && at === start ? firstBehind(chunk, (one) => one, place) : 0;
      for (let index = from; index < chunk.length; index++) yield chunk[index] as Item;
    }
  }

  *before(place: ItemPlace): Iterable<Item> {
    this.#settle();
    const start = firstBehind(this.#chunks, (chunk) => chunk[0], place) - 1;
    for (let at = start; at >= 0; at--) {
      const chunk = this.#chunks[at] ?? [];
      const end = at === start ? firstBehind(chunk, (one) => one, place) : chunk.length;
      for (let index = end - 1; index >= 0; index--) {
        const item = chunk[index] as Item;
        if (comparePlaces(item, place) < 0) yield item;
      }
    }
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.after()[Symbol.iterator]();
  }

  #settle(): void {
    if (this.#unsorted.length === 0) return;
    const added = this.#unsorted;
    this.#unsorted = [];
    if (added.length * 8 < this.size) {
      for (const item of added) this.#insert(item);
      return;
    }
    const all = [...this.#chunks.flat(), ...added].sort(comparePlaces);
    this.#chunks = [];
    for (let at = 0; at < all.length; at += CHUNK_ITEMS / 2) this.#chunks.push(all.slice(at, at + CHUNK_ITEMS / 2));
  }

  #insert(item: Item): void {
    const at = Math.max(0, firstBehind(this.#chunks, (chunk) => chunk[0], item) - 1);
    const chunk = this.#chunks[at];
    if (!chunk) {
      this.#chunks = [[item]];
      return;
    }
    chunk.splice(
      firstBehind(chunk, (one) => one, item),
      0,
      item,
    );
    if (chunk.length > CHUNK_ITEMS) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_ITEMS / 2));
  }
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
