import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Item } from '../../src/model.ts';
import { listStaticFiles } from '../../src/web/static-site.ts';
import { aConfig, anItem, aSource, NOW, testStore, withSite } from './site-under-test.ts';

async function build(items: readonly Item[], config = aConfig()): Promise<ReadonlyMap<string, string>> {
  const store = testStore(items);
  const files = listStaticFiles({ store, config, now: NOW });
  const made = new Map<string, string>();
  for (const { name, make } of files) {
    assert.not(made.has(name), `${name} twice`);
    made.set(name, String(await make()));
  }
  return made;
}

const MANY = Array.from({ length: 95 }, (_, n) => anItem(n));
const HOSTILE = [
  anItem(1, { title: '日本語のタイトル' }),
  anItem(2, { title: '../../etc/passwd' }),
  anItem(3, { title: 'index.html' }),
  anItem(4, { title: '…' }),
];

for (const { it, items } of [
  { it: 'many items', items: MANY },
  { it: 'hostile titles', items: HOSTILE },
  { it: 'nothing', items: [] },
]) {
  test(`listStaticFiles: ${it}: every link of a page to this site leads to a file, and none leaves the folder`, async () => {
    const made = await build(items);
    for (const [name, text] of made) {
      assert.not(name.split('/').includes('..'), name);
      if (!name.endsWith('.html')) continue;
      for (const [, href = ''] of text.matchAll(/\s(?:href|action)="(\/[^"]*)"/g)) {
        const { pathname, search } = new URL(href, 'https://watch.example');
        const path = decodeURIComponent(pathname).slice(1);
        const isThere = [path, `${path}/index.html`, `${path}index.html`].some((file) => made.has(file));
        assert.ok(isThere && search === '', `${name} leads to ${href}`);
      }
    }
  });
}

test('listStaticFiles: "status": "local" leaves the status page and its feed out, and every link to them', async () => {
  const isOfStatus = (name: string) => name.startsWith('status/');
  assert.equal([...(await build([])).keys()].filter(isOfStatus), ['status/feed.xml', 'status/index.html']);
  const made = await build([anItem(1)], aConfig({ status: 'local' }));
  assert.equal([...made.keys()].filter(isOfStatus), []);
  for (const [name, text] of made) assert.not.match(text, /\/status/, name);
});

test('listStaticFiles: a list goes on over pages of 40, the oldest the first, and every item is on one of them', async () => {
  const made = await build([...MANY, ...Array.from({ length: 40 }, (_, n) => anItem(95 + n))]);
  const pages = ['latest/index.html', 'latest/page/2/index.html', 'latest/page/1/index.html'];
  const mains = pages.map((name) => /<main[\s\S]*<\/main>/.exec(made.get(name) ?? '')?.[0] ?? '');
  const counts = mains.map((main) => new Set(main.match(/\/items\/item\d+\//g)).size);
  assert.equal(counts, [55, 40, 40]);
  assert.match(mains[0] ?? '', /href="\/latest\/page\/2"/);
  assert.match(mains[1] ?? '', /href="\/latest".*href="\/latest\/page\/1"/);
  assert.match(mains[2] ?? '', /href="\/latest\/page\/2"/);
  assert.not.match(mains[2] ?? '', /page\/0/);
});

/** What of a page does not stand beside something that changes at every poll. */
const mainOf = (page: string) => /<main[\s\S]*<\/main>/.exec(page)?.[0];

/** A static site has one file where a running one has the style in each page. */
const withStyleFile = (page: string) =>
  page.replace(/<style>\s*:root\{--paper[\s\S]*<\/style>/, '<link rel="stylesheet" href="/style.css"/>');

test('listStaticFiles: pages and feeds are what a running viaduct sends', async () => {
  const items = [anItem(1), anItem(2)];
  const made = await build(items);
  const pairs = [
    ['index.html', '/'],
    ['feed.xml', '/feed.xml'],
    ['atom.xml', '/atom.xml'],
    ['feed.json', '/feed.json'],
    ['categories/opinion-and-analysis/atom.xml', '/categories/opinion-and-analysis/atom.xml'],
    ['sources/notes/feed.xml', '/sources/notes/feed.xml'],
    ['opml.xml', '/opml.xml'],
    ['status/feed.xml', '/status/feed.xml'],
    ['feed.css', '/feed.css'],
    ['favicon.svg', '/favicon.svg'],
    ['robots.txt', '/robots.txt'],
  ] as const;
  const mains = [
    ['latest/index.html', '/latest'],
    ['items/item1/note-1/index.html', '/items/item1/note-1'],
    ['categories/opinion-and-analysis/index.html', '/categories/opinion-and-analysis'],
  ] as const;
  await withSite(items, async ({ site }) => {
    for (const [name, path] of mains) {
      assert.is(mainOf(made.get(name) ?? ''), mainOf(await (await site.app.request(path)).text()), name);
    }
    for (const [name, path] of pairs) {
      assert.is(made.get(name), withStyleFile(await (await site.app.request(path)).text()), name);
    }
    assert.is(made.get('404.html'), withStyleFile(await (await site.app.request('/nowhere')).text()));
    assert.match(made.get('style.css') ?? '', /^\n:root\{/);
  });
});

test('listStaticFiles: the id of any entry leads to its item', async () => {
  const one = anItem(1);
  const other = anItem(2).primary;
  const made = await build([anItem(1, { entries: [one.primary, other] })]);
  for (const id of ['item1', 'item2']) {
    assert.match(
      made.get(`items/${id}/index.html`) ?? '',
      /http-equiv="refresh" content="0;url=\/items\/item1\/note-1"/,
    );
  }
});

test('listStaticFiles: what was stored and not announced has its page, and stands in no merged list', async () => {
  const made = await build([anItem(1, { published: false })]);
  assert.ok(made.has('items/item1/note-1/index.html'));
  assert.match(made.get('sources/notes/index.html') ?? '', /note-1/);
  assert.not.match(`${made.get('index.html')}${made.get('latest/index.html')}${made.get('feed.xml')}`, /note-1/);
});

test('listStaticFiles: the same store at the same moment is the same files', async () => {
  assert.equal([...(await build(MANY))], [...(await build(MANY))]);
});

test('listStaticFiles: feeds are the same bytes at another moment', async () => {
  const config = aConfig({ sources: [aSource(), aSource({ id: 'other', categories: ['Models'] })] });
  const feedsAt = async (now: string) => {
    const files = listStaticFiles({ store: testStore(MANY), config, now });
    const feeds = files.filter(({ name }) => /(?:feed|atom)\.(?:xml|json)$|opml/.test(name));
    return Promise.all(feeds.map(async ({ name, make }) => [name, String(await make())]));
  };
  const first = await feedsAt(NOW);
  assert.is(first.length, 17);
  assert.equal(await feedsAt('2026-03-04T12:31:00.000Z'), first);
});

test.run();
