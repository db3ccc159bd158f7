import type { Item } from '../model.ts';
import { createItemList, type GrowingItemList, type ItemList } from './item-list.ts';

/** Items in lists by key, one item in several, kept up to date one item at a time. */
export interface ItemGroups {
  /** Empty for a key that no item has. */
  get(key: string): ItemList;
  /** How many items have the key, without making a list of a lone one. */
  count(key: string): number;
  keys(): Iterable<string>;
  put(item: Item): void;
  /** The item as it was put. */
  take(item: Item): void;
}

const NONE: ItemList = createItemList();

/** No items. `keysOf` gives an item's keys, each once, the same whenever it is asked. */
export function createItemGroups(keysOf: (item: Item) => Iterable<string>): ItemGroups {
  const groups = new Map<string, GrowingItemList | Item>();

  function listOf(key: string): GrowingItemList | undefined {
    const group = groups.get(key);
    if (group === undefined || 'add' in group) return group;
    const list = createItemList();
    list.add(group);
    groups.set(key, list);
    return list;
  }

  return {
    get: (key) => listOf(key) ?? NONE,
    count(key) {
      const group = groups.get(key);
      return group === undefined ? 0 : 'add' in group ? group.size : 1;
    },
    keys: () => groups.keys(),
    put(item) {
      for (const key of keysOf(item)) {
        // Of tens of thousands of keys most have one item: a list for each would take 40 times as much.
        if (groups.has(key)) listOf(key)?.add(item);
        else groups.set(key, item);
      }
    },
    take(item) {
      for (const key of keysOf(item)) {
        const group = groups.get(key);
        if (group && 'add' in group) group.remove(item);
        if (group === item || (group && 'add' in group && group.size === 0)) groups.delete(key);
      }
    },
  };
}
