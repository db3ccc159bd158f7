import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparePlaces, createItemList } from '../../src/items/item-list.ts';
import type { Item } from '../../src/model.ts';

const itemAt = (minute: number, id: string) =>
  ({ id, arrival: new Date(Date.UTC(2026, 2, 4, 12, -minute)).toISOString() }) as Item;
const take = (items: Iterable<Item>, count = Number.POSITIVE_INFINITY) => {
  const taken: string[] = [];
  for (const { id } of items) if (taken.push(id) >= count) break;
  return taken;
};

test('createItemList: whatever came and went, and whenever it was read, it is the sorted list', () => {
  const step = fc.record({ minute: fc.nat(40), isRead: fc.boolean(), isGone: fc.boolean(), many: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = createItemList();
      let there: Item[] = [];
      for (const [at, { minute, isRead, isGone, many }] of steps.entries()) {
        const [gone] = isGone ? there.splice(minute % Math.max(1, there.length), 1) : [];
        if (gone) list.remove(gone);
        for (let n = 0; n < many * many; n++) {
          const item = itemAt(minute + (n % 3), `${at}-${n}`);
          there.push(item);
          list.add(item);
        }
        if (isRead) take(list, 1);
      }
      there = there.sort(comparePlaces);
      const ids = there.map(({ id }) => id);
      assert.equal([list.size, take(list)], [ids.length, ids]);
      const middle = there[there.length >> 1];
      if (!middle) return;
      const place = ids.indexOf(middle.id);
      assert.equal(take(list.after(middle)), ids.slice(place + 1));
      assert.equal(take(list.before(middle)), ids.slice(0, place).reverse());
      list.remove(middle);
      assert.equal(take(list.after(middle), 3), ids.slice(place + 1, place + 4));
      assert.equal(take(list.before(middle), 3), ids.slice(Math.max(0, place - 3), place).reverse());
    }),
    { numRuns: 100 },
  );
});

test('createItemList: what is not there is no item to take out', () => {
  const list = createItemList();
  assert.throws(() => list.remove(itemAt(1, 'a')), /item a is not in the list/);
});

test('createItemList: to read its start or its end, or behind a place, most of it stays unread', () => {
  const list = createItemList();
  let reads = 0;
  const counted = Array.from({ length: 20_000 }, (_, n) => {
    const { id, arrival } = itemAt(n, `i${n}`);
    return {
      id,
      get arrival() {
        reads += 1;
        return arrival;
      },
    } as Item;
  });
  for (const item of counted) list.add(item);
  take(list, 1);
  reads = 0;
  const middle = counted[10_000] as Item;
  take(list, 40);
  take(list.after(middle), 40);
  take(list.before(middle), 40);
  list.remove(middle);
  list.add(middle);
  take(list, 1);
  assert.ok(reads < 1000, `${reads} reads`);
});

test.run();
