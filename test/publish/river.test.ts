import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Item } from '../../src/model.ts';
import { selectRiver } from '../../src/publish/publish-feed.ts';
import { anItemNumber } from './build-item.ts';

const HOUR_MS = 3_600_000;
const NOW = '2026-03-04T12:00:00.000Z';

/** `count` items, one every `everyHours`, the newest at NOW; newest first. */
function arrivals(count: number, everyHours: number, fields: Partial<Item> = {}): Item[] {
  return Array.from({ length: count }, (_, index) => {
    const arrival = new Date(Date.parse(NOW) - index * everyHours * HOUR_MS).toISOString();
    return anItemNumber(index, {}, { arrival, ...fields });
  });
}

test('selectRiver: a quiet river holds the newest N, however old', () => {
  const items = arrivals(300, 24);
  assert.equal(selectRiver(items, NOW, 100), items.slice(0, 100));
});

test('selectRiver: all that arrived in the last 48 h is in, beyond the limit', () => {
  const items = arrivals(300, 0.5);
  assert.equal(selectRiver(items, NOW, 10), items.slice(0, 97)); // 48 h and the instant itself
});

test('selectRiver: a flood ends at 500', () => {
  assert.is(selectRiver(arrivals(2000, 0.01), NOW, 100).length, 500);
});

test('selectRiver: what is stored and not announced takes no place', () => {
  const hidden = arrivals(50, 1, { published: false });
  const shown = arrivals(20, 100);
  const items = [...hidden, ...shown].sort((a, b) => (a.arrival < b.arrival ? 1 : -1));
  assert.equal(selectRiver(items, NOW, 5), shown.slice(0, 5));
});

test('selectRiver: nothing in, nothing out', () => assert.equal(selectRiver([], NOW, 100), []));

test('selectRiver: a reader that asks once a day for 30 days misses none of 500 items a day, some found a day late', () => {
  const start = Date.parse('2026-03-01T06:00:00.000Z');
  const seen = new Set<string>();
  const found: Item[] = []; // newest arrival first
  let number = 0;
  let missed = 0;
  for (let day = 0; day < 30; day += 1) {
    const dayStart = start + day * 24 * HOUR_MS;
    for (let index = 0; index < 500; index += 1) {
      const arrival = new Date(dayStart + (index * 24 * HOUR_MS) / 500 + 1).toISOString();
      const lateHours = index % 7 === 0 ? 24 : 0; // dated a day before it was found
      const date = new Date(Date.parse(arrival) - lateHours * HOUR_MS).toISOString();
      found.unshift(anItemNumber(number, {}, { arrival, date }));
      number += 1;
    }
    const asked = new Date(dayStart + 24 * HOUR_MS).toISOString();
    for (const item of selectRiver(found, asked, 100)) seen.add(item.id);
    missed = found.filter((item) => !seen.has(item.id)).length;
    assert.is(missed, 0, `day ${day}`);
  }
  assert.is(seen.size, 15_000);
});

test.run();
