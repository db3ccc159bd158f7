import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSiteLists } from '../../src/web/site-lists.ts';
import { takeSnapshot } from '../../src/web/snapshot.ts';
import { aConfig, anItem, aSource, NOW, testStore } from './site-under-test.ts';

function snapshotOf(items: Parameters<typeof testStore>[0], config = aConfig(), feedTitle?: string) {
  const store = testStore(items);
  if (feedTitle !== undefined) {
    store.record = (source) => ({
      version: 1,
      source,
      feed: { title: feedTitle, url: 'https://home.example/' },
      entries: [],
      unreliableGuids: [],
      unreliableLinks: [],
      tombstones: [],
    });
  }
  return takeSnapshot({ store, config, now: NOW, lists: createSiteLists(store, 'UTC') });
}

test('takeSnapshot: unpublished items count for their source alone', () => {
  const { view, lists } = snapshotOf([anItem(1), anItem(2, { published: false })]);
  assert.equal(
    [...lists.published].map(({ id }) => id),
    ['item1'],
  );
  assert.equal(
    [...lists.ofCategory('opinion-and-analysis')].map(({ id }) => id),
    ['item1'],
  );
  assert.equal([view.itemCount, view.sources[0]?.itemCount, view.categories[0]?.itemCount], [1, 2, 1]);
});

test('takeSnapshot: categories in the order of feeds.json; names of one slug are one category', () => {
  const sources = ['Zoo', 'C', undefined, 'C!', 'Hidden'].map((category, n) =>
    aSource({ id: `s${n}`, disabled: category === 'Hidden', categories: category === undefined ? [] : [category] }),
  );
  const [, , bare] = sources;
  assert.ok(bare);
  const items = [anItem(1, { categories: ['C'] }), anItem(2, { categories: ['C!'] })];
  const { view, lists } = snapshotOf(items, aConfig({ sources }));
  assert.equal(view.categories.slice(0, 2), [
    { name: 'Zoo', slug: 'zoo', itemCount: 0 },
    { name: 'C', slug: 'c', itemCount: 2 },
  ]);
  assert.equal(
    [...lists.ofCategory('c')].map(({ id }) => id),
    ['item1', 'item2'],
  );
  assert.ok(!view.categories.some(({ name }) => name === 'Hidden'));
});

const named = [
  { name: 'its handle', source: aSource({ via: '@notes' }), shown: '@notes' },
  { name: 'its title', source: aSource(), shown: 'Field Notes' },
  { name: "the feed's title", source: withoutTitle(), feedTitle: 'From the Field', shown: 'From the Field' },
  { name: 'its id', source: withoutTitle(), shown: 'notes' },
];
for (const { name, source, feedTitle, shown } of named) {
  test(`takeSnapshot: a source is called by ${name}`, () => {
    const { view } = snapshotOf([], aConfig({ sources: [source] }), feedTitle);
    assert.is(view.sources[0]?.name, shown);
    assert.is(view.sources[0]?.homepage, feedTitle === undefined ? undefined : 'https://home.example/');
  });
}

function withoutTitle() {
  const { title: _, ...source } = aSource();
  return source;
}

test.run();
