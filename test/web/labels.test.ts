/** Tags and authors: which have a page, and what stands there. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Entry, Item } from '../../src/model.ts';
import { createSiteLists } from '../../src/web/site-lists.ts';
import { aConfig, anItem, aSource, testStore, withSite } from './site-under-test.ts';

/** An item whose one entry has these tags. */
function tagged(
  n: number,
  categories: readonly string[],
  entry: Partial<Entry> = {},
  changes: Partial<Item> = {},
): Item {
  const item = anItem(n);
  const primary = { ...item.primary, categories, ...entry };
  return { ...item, primary, body: primary, entries: [primary], ...changes };
}

const tagsOf = (items: readonly Item[]) => createSiteLists(testStore(items), 'UTC').tags;

test('createSiteLists: a tag has a page from two items on, newest first; spellings of one slug are one tag', () => {
  const items = [tagged(1, ['ai', 'Law']), tagged(2, ['#AI']), tagged(3, ['AI', 'C++']), tagged(4, ['C#', 'C'])];
  const tags = tagsOf(items);
  assert.equal(
    tags.all().map(({ name, path, items: some }) => [name, path, [...some].map(({ id }) => id)]),
    [['#AI', '/tags/ai', ['item1', 'item2', 'item3']]],
  );
  assert.equal(tags.of(items[0] as Item), [{ name: 'ai', path: '/tags/ai' }, { name: 'Law' }]);
  assert.is(tags.find('law'), undefined);
});

test('createSiteLists: a tag in any script has an address; what is no tag has none', () => {
  const tags = tagsOf(
    [1, 2].map((n) =>
      tagged(n, ['Öffentlichkeit', 'ذكاء', 'Uncategorized', '!!', 'x'.repeat(61), 'https://b.example/s3cret']),
    ),
  );
  assert.equal(
    tags.all().map(({ path }) => decodeURIComponent(path)),
    ['/tags/öffentlichkeit', '/tags/ذكاء'],
  );
});

test('createSiteLists: at most eight of an item, its publisher’s first', () => {
  const item = tagged(1, ['a', 'b']);
  const other = { ...item.primary, id: 'other', source: 'other', categories: [...'bcdefghijkl'] };
  const names = tagsOf([item])
    .of({ ...item, entries: [other, item.primary] })
    .map(({ name }) => name);
  assert.equal(names, [...'abcdefgh']);
});

test('createSiteLists: pages follow the items that come, change and go', () => {
  const store = testStore([tagged(1, ['law']), tagged(2, ['law'])]);
  const { tags, touch } = createSiteLists(store, 'UTC');
  const paths = () => tags.all().map(({ path }) => path);
  store.onChange(touch);
  assert.equal(paths(), ['/tags/law']);
  store.put([tagged(1, ['law']), tagged(2, ['order'])]);
  assert.equal(paths(), []);
  store.put([tagged(1, ['law']), tagged(2, ['order']), tagged(3, ['law', 'order'])]);
  assert.equal(paths(), ['/tags/law', '/tags/order']);
  store.put([tagged(3, ['law', 'order'])]);
  assert.equal(paths(), []);
  store.put([tagged(3, ['law', 'order']), tagged(4, ['law'], {}, { published: false })]);
  assert.equal(paths(), []);
});

test('createSiteLists: one source alone makes 200 pages at most, and takes no room from those of several', () => {
  const many = Array.from({ length: 2000 }, (_, n) => tagged(n, [`t${n >> 1}`, `u${n >> 1}`], { source: 'flood' }));
  const shared = [tagged(5001, ['law'], { source: 'a' }), tagged(5002, ['law'], { source: 'b' })];
  const tags = tagsOf([...many, ...shared]);
  assert.is(tags.all().length, 201);
  assert.ok(tags.find('law'));
});

const AUTHORS = { authors: [{ name: 'Ada Writer' }] };
const ITEMS = [tagged(1, ['law'], AUTHORS), tagged(2, ['law'], AUTHORS), tagged(3, ['once'])];

test('GET /tags and /authors: a page and three feeds each, linked from the items', async () => {
  await withSite(ITEMS, async ({ site }) => {
    const textOf = async (path: string) => (await site.app.request(path)).text();
    for (const [path, name] of [
      ['/tags/law', 'law'],
      ['/authors/ada-writer', 'Ada Writer'],
    ] as const) {
      const page = await textOf(path);
      assert.match(page, `>${name}</h1>`);
      assert.match(page, 'Note 1</a>');
      assert.not.match(page, 'Note 3</a>');
      for (const file of ['feed.xml', 'atom.xml', 'feed.json']) {
        assert.match(page, `href="${path}/${file}"`);
        const feed = await textOf(`${path}/${file}`);
        assert.match(feed, `: ${name}`);
        assert.match(feed, 'Note 2');
        assert.not.match(feed, 'Note 3');
      }
    }
    const item = await textOf('/items/item1/note-1');
    assert.match(item, '<a href="/tags/law" rel="tag"><bdi>law</bdi></a>');
    assert.match(item, '<a href="/authors/ada-writer" rel="author"><bdi>Ada Writer</bdi></a>');
    assert.match(await textOf('/items/item3/note-3'), /Tags: <bdi>once<\/bdi>/);
    for (const path of ['/tags/once', '/tags/once/feed.xml', '/tags/none', '/authors/none', '/authors/none/atom.xml']) {
      assert.is((await site.app.request(path)).status, 404);
    }
  });
});

test('GET /items/ID: what is private in a tag or author stands in no address and no feed', async () => {
  const secret = 'sekrettoken12345';
  const source = aSource({ url: `https://b.example/${secret}/feed`, private: true, secrets: [secret] });
  const items = [1, 2].map((n) => tagged(n, [secret, 'law'], { authors: [{ name: `By ${secret}` }] }));
  await withSite(
    items,
    async ({ site }) => {
      for (const path of [
        '/items/item1/note-1',
        '/feed.xml',
        '/atom.xml',
        '/feed.json',
        '/tags/law',
        '/tags/law/feed.xml',
      ]) {
        const response = await site.app.request(path);
        assert.is(response.status, 200, path);
        assert.not.match(await response.text(), secret);
      }
    },
    aConfig({ sources: [source] }),
  );
});

test('GET /tags/…/feed.xml: made anew when an item of it comes', async () => {
  await withSite(ITEMS, async ({ site, store }) => {
    await site.prepare();
    const feed = async () => (await site.app.request('/tags/law/feed.xml')).text();
    assert.not.match(await feed(), 'Note 4');
    store.put([...ITEMS, tagged(4, ['law'])]);
    await site.prepare();
    assert.match(await feed(), 'Note 4');
  });
});

test('GET /: an item of several categories is in the list and feed of each, and shows the first two', async () => {
  const categories = ['Law', 'Models', 'Essays'];
  const config = aConfig({ sources: [aSource({ categories })] });
  await withSite(
    [anItem(1, { categories })],
    async ({ site }) => {
      const textOf = async (path: string) => (await site.app.request(path)).text();
      for (const slug of ['law', 'models', 'essays']) {
        assert.match(await textOf(`/categories/${slug}`), 'Note 1</a>');
        assert.match(await textOf(`/categories/${slug}/feed.json`), 'Note 1');
      }
      const item = await textOf('/items/item1/note-1');
      assert.match(
        item,
        /kick ui"><a class="p-category" href="\/categories\/law">Law<\/a> · <a [^>]*>Models<\/a><\/p>/,
      );
    },
    config,
  );
});

test.run();
