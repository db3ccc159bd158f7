/** What a page and a feed look at does not grow with what is stored: reads of items and of the store are counted, and nothing is timed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Item } from '../../src/model.ts';
import { createSite } from '../../src/web/site.ts';
import { aConfig, anItem, aSource, NOW, testStore } from './site-under-test.ts';

const SOURCES = 40;
const CATEGORIES = ['Law', 'Models', 'Essays'];
const MOST = 1.5;

interface Counter {
  reads: number;
}

/** The same object, with every read of it counted. */
function counted<T extends object>(target: T, counter: Counter): T {
  return new Proxy(target, {
    get(one, key, receiver) {
      counter.reads += 1;
      return Reflect.get(one, key, receiver);
    },
  });
}

function itemOf(n: number, counter: Counter): Item {
  const item = anItem(n);
  const source = `s${n % SOURCES}`;
  const url = `https://${source}.example/${n}`;
  const categories = [`tag${n % 20}`];
  const primary = { ...item.primary, source, url, categories, authors: [{ name: `Author ${n % 30}` }] };
  const others = n % 10 === 0 ? [`s${(n + 1) % SOURCES}`] : [];
  const via = [source, ...others].map((id) => ({
    source: id,
    name: id,
    url: `https://${id}.example/`,
    firstSeen: item.arrival,
  }));
  const entries = [primary, ...others.map((id) => ({ ...primary, id: `${item.id}-${id}`, source: id }))];
  const category = CATEGORIES[n % CATEGORIES.length] ?? '';
  return counted({ ...item, url, primary, body: primary, entries, via, categories: [category] }, counter);
}

const PATHS = [
  // First: what it looks at others find at hand.
  '/status',
  '/',
  '/latest',
  '/latest?before=2026-03-04T08:00:00.000Z_item240',
  '/categories/law',
  '/sources/s1',
  '/tags/tag1',
  '/authors/author-1',
  '/archive/2026/03/04',
  '/items/item30/note-30',
];
/** Each in the list that the changed item is in. */
const FEEDS = ['/feed.xml', '/categories/essays/feed.xml', '/sources/s5/feed.json', '/tags/tag5/atom.xml'];

/** Reads of each path at so many items, after all of them were asked for once and one item has changed. */
async function readsAt(count: number): Promise<ReadonlyMap<string, number>> {
  const counter = { reads: 0 };
  const items = Array.from({ length: count }, (_, n) => itemOf(n, counter));
  const byId = new Map(items.map((item) => [item.id, item]));
  const plain = testStore(items);
  const store = counted(
    { ...plain, items: counted({ ...plain.items, find: (id: string) => byId.get(id) }, counter) },
    counter,
  );
  const sources = Array.from({ length: SOURCES }, (_, n) =>
    aSource({ id: `s${n}`, categories: [CATEGORIES[n % CATEGORIES.length] ?? ''] }),
  );
  const config = aConfig({ sources, items: 40 });
  const site = createSite({ store, config: () => config, clock: () => NOW, log: () => undefined, version: '1' });
  const ask = async (path: string) => {
    const { status } = await site.app.request(path, { headers: { accept: 'text/html' } });
    assert.is(status, 200, path);
  };
  try {
    for (const path of [...PATHS, ...FEEDS]) await ask(path);
    // What was put in before a list was first read is sorted when it is changed.
    plain.tell(['item5']);
    const changed = itemOf(5, counter);
    byId.set('item5', changed);
    counter.reads = 0;
    plain.tell(['item5']);
    const reads = new Map([['one changed item', counter.reads]]);
    for (const path of PATHS) {
      counter.reads = 0;
      await ask(path);
      reads.set(path, counter.reads);
    }
    counter.reads = 0;
    await site.prepare();
    reads.set('the feeds that it is in', counter.reads);
    return reads;
  } finally {
    await site.close();
  }
}

test('createSite: no page and no feed looks at more in 50,000 items than in 1,000', async () => {
  const few = await readsAt(1000);
  const many = await readsAt(50_000);
  const grown = [...few].filter(([path, reads]) => (many.get(path) ?? 0) > MOST * reads);
  assert.equal(
    grown.map(([path, reads]) => `${path}: ${reads} → ${many.get(path)}`),
    [],
  );
  assert.equal(
    [...few].filter(([, reads]) => reads === 0),
    [],
  );
});

test.run();
