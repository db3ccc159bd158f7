/** Lists that follow the change are those that are made anew. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addMs, HOUR_MS } from '../../src/durations.ts';
import { trendRank } from '../../src/items/ranking.ts';
import type { Item } from '../../src/model.ts';
import { createSiteLists, type SiteLists } from '../../src/web/site-lists.ts';
import { anItem, NOW, testStore } from './site-under-test.ts';

const SOURCES = ['a', 'b', 'c'];
const NAMES = ['Law', 'law', 'Models', 'C++'];

/** Item `id` in one of its states. */
const item: fc.Arbitrary<Item> = fc
  .record({
    id: fc.nat(12),
    hours: fc.nat(80),
    sources: fc.subarray(SOURCES, { minLength: 1 }),
    categories: fc.subarray(['Law', 'Models']),
    tags: fc.subarray(NAMES),
    authors: fc.subarray(NAMES),
    published: fc.boolean(),
  })
  .map(({ id, hours, sources, categories, tags, authors, published }) => {
    const plain = anItem(id);
    const arrival = addMs(NOW, -hours * HOUR_MS);
    const primary = {
      ...plain.primary,
      source: sources[0] ?? 'a',
      categories: tags,
      authors: authors.map((name) => ({ name })),
    };
    const via = sources.map((source) => ({
      source,
      name: source,
      url: `https://${source}.example/`,
      firstSeen: arrival,
    }));
    return { ...plain, arrival, primary, entries: [primary], via, categories, published };
  });
/** What is there at one moment: at most one state of each item. */
const moment = fc.uniqueArray(item, { selector: ({ id }) => id, maxLength: 12 });

const ids = (items: Iterable<Item>) => [...items].map(({ id }) => id);

function contentOf(lists: SiteLists) {
  const labels = [...lists.tags.all(), ...lists.authors.all()];
  return {
    published: ids(lists.published),
    sources: SOURCES.map((source) => ids(lists.ofSource(source))),
    categories: ['law', 'models'].map((slug) => ids(lists.ofCategory(slug))),
    days: lists.days().map((date) => [date, ids(lists.ofDay(date))]),
    labels: labels.map(({ name, path, items }) => [name, path, ids(items)]),
    liveliest: ids(lists.liveliest(5)).length,
  };
}

test('createSiteLists: whatever came, changed and went, the lists are those made from scratch', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(moment, fc.boolean()), { minLength: 1, maxLength: 8 }), (moments) => {
      const store = testStore([]);
      const lists = createSiteLists(store, 'UTC');
      store.onChange(lists.touch);
      for (const [items, isRead] of moments) {
        store.put(items);
        if (isRead) contentOf(lists);
      }
      assert.equal(contentOf(lists), contentOf(createSiteLists(store, 'UTC')));
    }),
    { numRuns: 200 },
  );
});

test('createSiteLists: the liveliest are those of the highest rank, in its order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(5000), { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (hours, count) => {
      const items = hours.map((ago, n) => {
        const firstSeen = addMs(NOW, -ago * HOUR_MS);
        const via = ['a', 'b'].map((id) => ({ source: id, name: id, url: `https://${id}.example/`, firstSeen }));
        return anItem(n, { via });
      });
      const store = testStore(items);
      const rank = (one: Item) => trendRank(one, store.tally(one)) ?? 0;
      const sorted = items.toSorted((a, b) => rank(b) - rank(a)).slice(0, count);
      assert.equal(ids(createSiteLists(store, 'UTC').liveliest(count)), ids(sorted));
    }),
    { numRuns: 100 },
  );
});

test.run();
