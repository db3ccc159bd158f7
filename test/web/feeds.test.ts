import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Item } from '../../src/model.ts';
import { createFeeds, type Feeds } from '../../src/web/feeds.ts';
import type { Prepared } from '../../src/web/prepared.ts';
import { createSiteLists } from '../../src/web/site-lists.ts';
import { takeSnapshot } from '../../src/web/snapshot.ts';
import { aConfig, anItem, aSource, NOW, type TestStore, testStore } from './site-under-test.ts';

interface UnderTest {
  readonly feeds: Feeds;
  readonly store: TestStore;
  readonly logged: readonly string[];
  config: Config;
  now: string;
}

async function withFeeds(items: readonly Item[], work: (under: UnderTest) => Promise<void>, config = aConfig()) {
  const store = testStore(items);
  const under = { config, now: NOW };
  const logged: string[] = [];
  const lists = createSiteLists(store, 'UTC');
  const feeds = createFeeds({
    store,
    config: () => under.config,
    clock: () => under.now,
    log: (_level, event) => logged.push(event),
    snapshot: () => takeSnapshot({ store, config: under.config, now: under.now, lists }),
  });
  const stop = store.onChange((ids) => {
    lists.touch(ids);
    feeds.touch(ids);
  });
  try {
    await work(Object.assign(under, { feeds, store, logged }));
  } finally {
    stop();
    feeds.close();
  }
}

const text = (document: Prepared | undefined): string => document?.identity.bytes.toString() ?? '';

const OTHER_SOURCE = aSource({ id: 'null', title: 'Null Result', categories: ['Research'] });
const TWO_SOURCES = aConfig({ sources: [aSource(), OTHER_SOURCE] });
const inResearch = (n: number): Item =>
  anItem(n, { categories: ['Research'], via: [{ source: 'null', name: 'Null Result', firstSeen: NOW }] });

test('feeds: nothing is ready before it is asked for; then every format of the list is', async () => {
  await withFeeds([anItem(1)], async ({ feeds }) => {
    assert.is(feeds.ready('/feed.xml'), undefined);
    assert.match(text(await feeds.find('/feed.xml')), /^<\?xml[\s\S]*<rss[\s\S]*Note 1/);
    assert.match(text(feeds.ready('/atom.xml')), /<feed[\s\S]*Note 1/);
    assert.is(JSON.parse(text(feeds.ready('/feed.json'))).items.length, 1);
    const gzip = feeds.ready('/feed.xml')?.encoded.get('gzip')?.bytes ?? Buffer.alloc(0);
    assert.is(gunzipSync(gzip).toString(), text(feeds.ready('/feed.xml')));
    assert.ok(feeds.ready('/feed.xml')?.encoded.has('br'));
  });
});

test('feeds: many first requests at once make the list once', async () => {
  await withFeeds([anItem(1)], async ({ feeds }) => {
    const found = await Promise.all(Array.from({ length: 20 }, () => feeds.find('/sources/notes/atom.xml')));
    assert.is(new Set(found).size, 1);
    assert.match(text(found[0]), /Note 1/);
  });
});

const paths = [
  { path: '/feed.xml', titles: ['Note 1', 'Note 2'] },
  { path: '/categories/opinion-and-analysis/feed.xml', titles: ['Note 1'] },
  { path: '/categories/research/feed.xml', titles: ['Note 2'] },
  { path: '/categories/r%65search/feed.xml', titles: ['Note 2'] },
  { path: '/sources/null/feed.xml', titles: ['Note 2'] },
  { path: '/sources/notes/feed.xml', titles: ['Note 1'] },
  { path: '/categories/none/feed.xml' },
  { path: '/sources/__proto__/feed.xml' },
  { path: '/sources/constructor/feed.xml' },
  { path: '/sources/%/feed.xml' },
  { path: '/sources/notes/../feed.xml' },
  { path: '/sources//feed.xml' },
  { path: '//feed.xml' },
  { path: '/feed.xml/feed.xml' },
  { path: '/trending.xml' },
  { path: '' },
];
for (const { path, titles } of paths) {
  test(`feeds: ${path} ${titles ? `holds ${titles}` : 'is no feed'}`, async () => {
    await withFeeds(
      [anItem(1), inResearch(2)],
      async ({ feeds }) => {
        const document = await feeds.find(path);
        const found = document && [...text(document).matchAll(/<item>[\s\S]*?<title>(?:<!\[CDATA\[)?(Note \d+)/g)];
        assert.equal(
          found?.map(([, title]) => title),
          titles,
        );
      },
      TWO_SOURCES,
    );
  });
}

test('feeds: a change makes anew the lists that hold the item, and no other', async () => {
  await withFeeds(
    [anItem(1), inResearch(2)],
    async ({ feeds, store }) => {
      const all = ['/feed.xml', '/sources/notes/feed.xml', '/sources/null/feed.xml', '/categories/research/feed.xml'];
      const before = await Promise.all(all.map((path) => feeds.find(path)));
      store.put([anItem(1), { ...inResearch(2), title: 'Corrected' }]);
      await feeds.settle();
      const after = all.map((path) => feeds.ready(path));
      assert.equal(
        after.map((document, index) => document === before[index]),
        [false, true, false, false],
      );
      assert.equal(
        after.map((document) => text(document).includes('Corrected')),
        [true, false, true, true],
      );
    },
    TWO_SOURCES,
  );
});

test('feeds: an item that moves to another category leaves the old one', async () => {
  await withFeeds(
    [anItem(1), inResearch(2)],
    async ({ feeds, store }) => {
      await feeds.find('/categories/research/feed.xml');
      await feeds.find('/categories/opinion-and-analysis/feed.xml');
      store.put([anItem(1), anItem(2)]);
      await feeds.settle();
      assert.not.match(text(feeds.ready('/categories/research/feed.xml')), /Note 2/);
      assert.match(text(feeds.ready('/categories/opinion-and-analysis/feed.xml')), /Note 2/);
    },
    TWO_SOURCES,
  );
});

test('feeds: a change without consequence keeps bytes, tag and date', async () => {
  await withFeeds([anItem(1)], async (under) => {
    const before = await under.feeds.find('/feed.xml');
    under.now = '2026-03-04T12:10:00.000Z';
    under.feeds.touch(['item1']);
    await under.feeds.settle();
    assert.is(under.feeds.ready('/feed.xml'), before);
  });
});

test('feeds: Last-Modified is the newest change first, and the time of making from then on', async () => {
  await withFeeds([anItem(1), anItem(2)], async (under) => {
    const first = await under.feeds.find('/feed.xml');
    assert.is(first?.recipe.lastModified, anItem(1).updated);
    under.now = '2026-03-04T12:10:00.000Z';
    under.store.put([anItem(2)]);
    await under.feeds.settle();
    assert.is(under.feeds.ready('/feed.xml')?.recipe.lastModified, under.now, 'what went left no date of its own');
  });
});

test('feeds: by itself, a little after a change', async () => {
  await withFeeds([anItem(2)], async ({ feeds, store }) => {
    const before = await feeds.find('/feed.xml');
    store.put([anItem(1), anItem(2)]);
    assert.is(feeds.ready('/feed.xml'), before, 'the old bytes are answered meanwhile');
    while (feeds.ready('/feed.xml') === before) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.match(text(feeds.ready('/feed.xml')), /Note 1/);
  });
});

test('feeds: a view that passes no step changes nothing; one that does changes the lists that tell it', async () => {
  await withFeeds(
    [anItem(1), inResearch(2)],
    async ({ feeds, store }) => {
      await feeds.find('/sources/null/feed.json');
      await feeds.find('/feed.json');
      const told: (number | undefined)[] = [];
      const changed: boolean[] = [];
      for (let views = 1; views <= 6; views++) {
        const before = feeds.ready('/feed.json');
        await store.count('view', 'item1', `${views}`, NOW);
        feeds.viewed(anItem(1));
        await feeds.settle();
        changed.push(feeds.ready('/feed.json') !== before);
        told.push(JSON.parse(text(feeds.ready('/feed.json'))).items[0]._viaduct.views);
      }
      assert.equal(told, [1, 2, 2, 2, 5, 5]);
      assert.equal(changed, [true, true, false, false, true, false]);
    },
    TWO_SOURCES,
  );
});

test('feeds: two views at once that pass a step together are not missed', async () => {
  await withFeeds([anItem(1)], async ({ feeds, store }) => {
    for (const key of ['a', 'b', 'c', 'd']) await store.count('view', 'item1', key, NOW);
    await feeds.find('/feed.json');
    await store.count('view', 'item1', 'e', NOW);
    await store.count('view', 'item1', 'f', NOW);
    feeds.viewed(anItem(1));
    await feeds.settle();
    assert.is(JSON.parse(text(feeds.ready('/feed.json'))).items[0]._viaduct.views, 5);
  });
});

/** A list that is being made: everything is rendered, and zlib is at work in its threads. */
async function whileMaking(feeds: Feeds, path: string, change: () => void): Promise<Prepared | undefined> {
  const found = feeds.find(path);
  assert.is(feeds.ready(path), undefined, 'it is not there yet');
  change();
  return found;
}

test('feeds: a source that leaves feeds.json while its feed is being made does not come back', async () => {
  await withFeeds([anItem(1)], async (under) => {
    const found = await whileMaking(under.feeds, '/sources/notes/feed.xml', () => {
      under.config = aConfig({ sources: [] });
      under.feeds.refresh();
    });
    assert.is(found, undefined);
    assert.is(under.feeds.ready('/sources/notes/feed.xml'), undefined);
  });
});

test('feeds: an item that changes while its list is made for the first time is soon right', async () => {
  await withFeeds([anItem(1)], async ({ feeds, store }) => {
    const found = await whileMaking(feeds, '/sources/notes/feed.xml', () =>
      store.put([{ ...anItem(1), title: 'Corrected' }]),
    );
    assert.match(text(found), /Note 1/);
    await feeds.settle();
    assert.match(text(feeds.ready('/sources/notes/feed.xml')), /Corrected/);
  });
});

test('feeds: a source that is disabled is gone at once, its feed with it', async () => {
  await withFeeds(
    [anItem(1), inResearch(2)],
    async (under) => {
      await under.feeds.find('/sources/null/feed.xml');
      await under.feeds.find('/categories/research/feed.xml');
      under.config = aConfig({ sources: [aSource(), { ...OTHER_SOURCE, disabled: true }] });
      under.store.put([anItem(1)]);
      assert.is(under.feeds.ready('/sources/null/feed.xml'), undefined);
      assert.is(under.feeds.ready('/categories/research/feed.xml'), undefined);
      assert.is(await under.feeds.find('/sources/null/feed.xml'), undefined);
    },
    TWO_SOURCES,
  );
});

test('feeds: a title that changed in feeds.json is in all of them after refresh', async () => {
  await withFeeds([anItem(1)], async (under) => {
    await under.feeds.find('/feed.xml');
    await under.feeds.find('/sources/notes/feed.xml');
    under.config = aConfig({ site: { ...aConfig().site, title: 'Other Watch' } });
    under.feeds.refresh();
    await under.feeds.settle();
    assert.match(text(under.feeds.ready('/feed.xml')), /Other Watch/);
    assert.match(text(under.feeds.ready('/sources/notes/feed.xml')), /Other Watch: Field Notes/);
  });
});

test('feeds: what cannot be made keeps its last bytes, and the log says so', async () => {
  await withFeeds([anItem(1)], async (under) => {
    const before = await under.feeds.find('/feed.xml');
    under.now = 'no instant';
    under.store.put([anItem(1), anItem(2)]);
    await under.feeds.settle();
    assert.is(under.feeds.ready('/feed.xml'), before);
    assert.equal(under.logged, ['feed.failed']);
  });
});

test('feeds: of many lists only the lately asked ones stay prepared', async () => {
  const sources = Array.from({ length: 60 }, (_, n) => aSource({ id: `s${n}` }));
  await withFeeds(
    [anItem(1)],
    async ({ feeds }) => {
      await feeds.find('/feed.xml');
      for (const { id } of sources) {
        await feeds.find(`/sources/${id}/feed.xml`);
        feeds.ready('/sources/s0/feed.xml');
      }
      const ready = sources.filter(({ id }) => feeds.ready(`/sources/${id}/feed.xml`)).map(({ id }) => id);
      assert.is(ready.length, 40);
      assert.ok(ready.includes('s0') && ready.includes('s59') && !ready.includes('s1'));
      assert.ok(feeds.ready('/feed.xml'), 'the merged one is not counted');
      assert.ok(await feeds.find('/sources/s1/feed.xml'), 'and comes back when it is asked for');
    },
    aConfig({ sources }),
  );
});

test.run();
