import type { Item } from '../model.ts';
import { createItemList, type GrowingItemList, type ItemList } from './item-list.ts';

/** Items in lists by key, one item in several, kept up to date one item at a time. */
export interface ItemGroups {
  /** Empty for a key that no item has. */
  get(key: string): ItemList;
  keys(): Iterable<string>;
  put(item: Item): void;
  /** The item as it was put. */
  take(item: Item): void;
}

const NONE: ItemList = createItemList();

/** No items. `keysOf` gives an item's keys, each once, the same whenever it is asked. */
export function createItemGroups(keysOf: (item: Item) => Iterable<string>): ItemGroups {
  const groups = new Map<string, GrowingItemList>();
  return {
    get: (key) => groups.get(key) ?? NONE,
    keys: () => groups.keys(),
    put(item) {
      for (const key of keysOf(item)) {
        const group = groups.get(key) ?? createItemList();
        group.add(item);
        groups.set(key, group);
      }
    },
    take(item) {
      for (const key of keysOf(item)) {
        const group = groups.get(key);
        group?.remove(item);
        if (group?.size === 0) groups.delete(key);
      }
    },
  };
}
