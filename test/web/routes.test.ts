import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Site } from '../../src/web/site.ts';
import { aConfig, anItem, aSource, BROWSER, NOW, withSite } from './site-under-test.ts';

const PEER = { peer: '203.0.113.9' };
const ITEMS = [anItem(1), anItem(2), anItem(3)];

function get(site: Site, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return site.app.request(path, { method, headers }, PEER);
}

const pages = [
  '/',
  '/latest',
  '/categories',
  '/categories/opinion-and-analysis',
  '/sources',
  '/sources/notes',
  '/subscribe',
  '/about',
  '/status',
  '/items/item1/note-1',
];
for (const path of pages) {
  test(`GET ${path}: a whole page with tag, date and security headers; 304 the second time; HEAD alike`, async () => {
    await withSite(ITEMS, async ({ site, logged }) => {
      const response = await get(site, path);
      assert.is(response.status, 200);
      assert.match(await response.text(), /^<!doctype html>/i);
      assert.is(response.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.is(response.headers.get('vary'), 'Accept-Encoding');
      assert.is(response.headers.get('last-modified'), new Date(NOW).toUTCString());
      assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'none'/);
      assert.is(response.headers.get('x-content-type-options'), 'nosniff');
      const etag = response.headers.get('etag') ?? '';
      assert.match(etag, /^"[\w-]{22}"$/);
      const again = await get(site, path, { 'if-none-match': etag });
      assert.equal([again.status, await again.text()], [304, '']);
      const head = await get(site, path, {}, 'HEAD');
      assert.equal([head.status, await head.text(), head.headers.get('etag')], [200, '', etag]);
      assert.equal(logged, []);
    });
  });
}

const feeds = [
  { path: '/feed.xml', type: 'application/rss+xml; charset=utf-8' },
  { path: '/atom.xml', type: 'application/atom+xml; charset=utf-8' },
  { path: '/feed.json', type: 'application/feed+json' },
  { path: '/categories/opinion-and-analysis/atom.xml', type: 'application/atom+xml; charset=utf-8' },
  { path: '/sources/notes/feed.json', type: 'application/feed+json' },
];
for (const { path, type } of feeds) {
  test(`GET ${path}: a feed for readers and for scripts of other sites`, async () => {
    await withSite(ITEMS, async ({ site }) => {
      const response = await get(site, path, { 'accept-encoding': 'gzip' });
      assert.is(response.status, 200);
      assert.is(response.headers.get('content-type'), type);
      assert.is(response.headers.get('content-encoding'), 'gzip');
      assert.is(response.headers.get('cache-control'), 'public, max-age=300, stale-while-revalidate=60');
      assert.is(response.headers.get('vary'), 'Accept-Encoding, Sec-Fetch-Dest');
      assert.is(response.headers.get('access-control-allow-origin'), '*');
      const etag = response.headers.get('etag') ?? '';
      assert.match(etag, /-gz"$/);
      assert.is((await get(site, path, { 'if-none-match': etag })).status, 304);
      const preflight = await get(site, path, { origin: 'https://reader.example' }, 'OPTIONS');
      assert.is(preflight.status, 204);
      assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /If-None-Match/);
    });
  });
}

test('GET /feed.xml: a query does not hide it', async () => {
  await withSite(ITEMS, async ({ site }) => assert.is((await get(site, '/feed.xml?utm_source=x')).status, 200));
});

test('GET /feed.xml: with an address bar before it, XML with a style sheet that is there', async () => {
  await withSite(ITEMS, async ({ site }) => {
    const response = await get(site, '/feed.xml', { 'sec-fetch-dest': 'document' });
    assert.is(response.headers.get('content-type'), 'application/xml; charset=utf-8');
    const [, href = ''] = /<\?xml-stylesheet type="text\/css" href="([^"]*)"/.exec(await response.text()) ?? [];
    const style = await get(site, href);
    assert.equal([style.status, style.headers.get('content-type')], [200, 'text/css; charset=utf-8']);
  });
});

test('GET /opml.xml: the sources', async () => {
  await withSite(ITEMS, async ({ site }) => {
    const response = await get(site, '/opml.xml');
    assert.is(response.headers.get('content-type'), 'text/x-opml; charset=utf-8');
    assert.match(await response.text(), /xmlUrl="https:\/\/notes\.example\/feed\.xml"/);
  });
});

const small = [
  { path: '/healthz', status: 200, type: 'application/json' },
  { path: '/readyz', status: 200, type: 'application/json' },
  { path: '/robots.txt', status: 200, type: 'text/plain; charset=utf-8' },
  { path: '/favicon.svg', status: 200, type: 'image/svg+xml' },
  { path: '/favicon.ico', status: 200, type: 'image/svg+xml' },
];
for (const { path, status, type } of small) {
  test(`GET ${path}: ${status}`, async () => {
    await withSite([], async ({ site }) => {
      const response = await get(site, path);
      assert.equal([response.status, response.headers.get('content-type')], [status, type]);
    });
  });
}

const moves = [
  { path: '/items/item1', to: '/items/item1/note-1' },
  { path: '/items/item1/an-older-title', to: '/items/item1/note-1' },
  { path: '/items/item1/note-1/', to: '/items/item1/note-1' },
  { path: '/latest/', to: '/latest' },
  { path: '/latest/?before=x', to: '/latest?before=x' },
];
for (const { path, to } of moves) {
  test(`GET ${path}: leads to ${to}`, async () => {
    await withSite(ITEMS, async ({ site }) => {
      const response = await get(site, path, BROWSER);
      assert.equal([response.status, response.headers.get('location')], [301, to]);
      assert.match(response.headers.get('content-security-policy') ?? '', /default-src/);
    });
  });
}

test('GET /items/ID: the id of any entry leads to the item', async () => {
  const [first] = anItem(1).entries;
  const merged = anItem(1, { entries: first ? [first, { ...first, id: 'later' }] : [] });
  await withSite([merged], async ({ site }) => {
    assert.is((await get(site, '/items/later/x')).headers.get('location'), '/items/item1/note-1');
  });
});

test('GET /items/ID/SLUG: a title in another script has an address that does not run in a circle', async () => {
  await withSite([anItem(1, { title: '小さなモデル' })], async ({ site }) => {
    const first = await get(site, '/items/item1');
    const there = await get(site, first.headers.get('location') ?? '');
    assert.is(there.status, 200);
  });
});

test('GET /items/ID/SLUG: a view is counted before the page is made, and only when a person reads', async () => {
  await withSite(ITEMS, async ({ site, store, ...under }) => {
    assert.match(await (await get(site, '/items/item1/note-1', BROWSER)).text(), /\b1 view\b/);
    await get(site, '/items/item1/note-1', { ...BROWSER, 'if-none-match': '*' });
    await get(site, '/items/item1/wrong', BROWSER);
    await get(site, '/items/item2/note-2', { ...BROWSER, 'sec-purpose': 'prefetch' });
    await get(site, '/items/item2/note-2', BROWSER, 'HEAD');
    await get(site, '/items/item2/note-2', { accept: 'text/html' });
    assert.equal(store.counted, ['view item1']);
    assert.is(under.now, NOW);
  });
});

test('GET /items/ID/SLUG: a first reading that is answered 304 counts', async () => {
  await withSite(ITEMS, async ({ site, store }) => {
    const response = await get(site, '/items/item1/note-1', { ...BROWSER, 'if-none-match': '*' });
    assert.is(response.status, 304);
    assert.equal(store.counted, ['view item1']);
  });
});

test('GET /go/ID: to the original, counted as a click, kept by nobody', async () => {
  await withSite(ITEMS, async ({ site, store }) => {
    const response = await get(site, '/go/item1', BROWSER);
    assert.is(response.status, 302);
    assert.is(response.headers.get('location'), 'https://notes.example/1');
    assert.is(response.headers.get('cache-control'), 'no-store');
    for (let n = 0; n < 5; n++) await get(site, '/go/item1', BROWSER);
    await get(site, '/go/item2', BROWSER, 'HEAD');
    await get(site, '/go/item2', { ...BROWSER, purpose: 'prefetch' });
    await get(site, '/go/item2', { ...BROWSER, 'user-agent': 'Googlebot/2.1' });
    assert.equal(store.counted, ['click item1']);
  });
});

test('GET /go/ID: credentials and secret addresses are not told', async () => {
  const secret = aSource({ id: 'paid', url: 'https://paid.example/feed?token=s3cret', private: true });
  const items = [
    anItem(1, { url: 'https://user:pass@notes.example/1' }),
    anItem(2, { url: 'https://paid.example/feed?token=s3cret#2' }),
  ];
  const config = aConfig({ sources: [aSource(), secret] });
  await withSite(
    items,
    async ({ site }) => {
      assert.is((await get(site, '/go/item1')).headers.get('location'), 'https://notes.example/1');
      assert.is((await get(site, '/go/item2')).status, 404);
    },
    config,
  );
});

const nowhere = [
  '/nothing',
  '/items/unknown/x',
  '/items/__proto__',
  '/items/item1/note-1/more',
  '/categories/constructor',
  '/sources/__proto__',
  '/sources/toString',
  '/go',
  '/go?u=https://evil.example',
  '/go?u=//evil.example',
  '/go/https://evil.example',
  '/go?u=/%5cevil.example',
  '/go/1%0d%0aSet-Cookie:%20x=1',
  '/go/%00',
  '/%00',
  '/%',
  '/%ff%fe',
  '/items/%E0%A4%A',
  '/../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/data/site.json',
  '/feeds.json',
  '/package.json',
  '/<script>VIAXSS(1)</script>',
  `/${'a'.repeat(5000)}`,
  '/latest?before=rubbish',
  '/latest?before=2026-03-04T12:00:00.000Z_%3Cscript%3E',
  '/metrics',
  '/admin',
];
for (const path of nowhere) {
  test(`GET ${path.slice(0, 60)}: 404, in our words alone`, async () => {
    await withSite(ITEMS, async ({ site, logged }) => {
      const response = await get(site, path);
      const page = await response.text();
      assert.is(response.status, 404);
      assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
      assert.is(response.headers.get('x-content-type-options'), 'nosniff');
      assert.is(response.headers.get('set-cookie'), null);
      assert.not.match(page, /VIAXSS|<script>|evil\.example|at .*\.js:\d+|root:/);
      assert.equal(logged, []);
    });
  });
}

test('GET //evil.example//: stays here', async () => {
  await withSite([], async ({ site }) => {
    for (const path of ['//evil.example/', '//evil.example/%2e%2e', '/\\evil.example/', '/%5cevil.example/', '///x/']) {
      const response = await site.app.request(`http://localhost${path}`);
      const location = response.headers.get('location') ?? '/';
      assert.is(new URL(location, 'http://localhost').host, 'localhost', path);
    }
  });
});

test('GET /?x=…: what a query says is in no page', async () => {
  await withSite(ITEMS, async ({ site }) => {
    const response = await get(site, '/?x=%22%3E%3Cscript%3EVIAXSS(1)%3C/script%3E');
    assert.is(response.status, 200);
    assert.not.match(await response.text(), /VIAXSS/);
  });
});

for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
  test(`${method}: nothing here can be written`, async () => {
    await withSite(ITEMS, async ({ site, store }) => {
      for (const path of ['/', '/go/item1', '/items/item1/note-1', '/admin', '/nothing']) {
        const response = await get(site, path, BROWSER, method);
        assert.equal([response.status, response.headers.get('allow')], [405, 'GET, HEAD']);
        assert.match(response.headers.get('content-security-policy') ?? '', /default-src/);
      }
      assert.equal(store.counted, []);
    });
  });
}

test('an unforeseen error: 500 without its words, which the log has', async () => {
  await withSite(ITEMS, async ({ site, store, logged }) => {
    store.tally = () => {
      throw new Error('secret detail');
    };
    const response = await get(site, '/');
    assert.is(response.status, 500);
    assert.not.match(await response.text(), /secret detail|\.js:\d/);
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src/);
    assert.equal(logged, ['error web.failed']);
  });
});

test('/latest: every item once over the pages, also when some arrive or go meanwhile', async () => {
  const many = Array.from({ length: 95 }, (_, n) => anItem(n + 10));
  await withSite(many, async ({ site, store }) => {
    const seen: string[] = [];
    let path: string | undefined = '/latest';
    while (path !== undefined) {
      const page = await (await get(site, path)).text();
      seen.push(...new Set([...page.matchAll(/\/items\/(item\d+)\//g)].flatMap(([, id]) => id ?? [])));
      path = /href="(\/latest\?before=[^"]*)"/.exec(page)?.[1];
      store.put([anItem(1), ...store.items.newest().slice(1)]);
    }
    const once = many.map(({ id }) => id).filter((id) => seen.filter((other) => other === id).length === 1);
    // The aside of each page may name some again.
    assert.ok(once.length >= 85, `${once.length} of 95`);
    assert.equal(
      many.filter(({ id }) => !seen.includes(id)),
      [],
    );
  });
});

test('pages: made anew after a change, and after a minute', async () => {
  await withSite(ITEMS, async (under) => {
    const { site, store } = under;
    const before = await (await get(site, '/latest')).text();
    store.put([anItem(0, { title: 'Breaking' }), ...ITEMS]);
    const after = await (await get(site, '/latest')).text();
    assert.not.match(before, /Breaking/);
    assert.match(after, /Breaking/);
    await store.count('view', 'item0', 'k', NOW);
    under.now = '2026-03-04T12:00:59.000Z';
    assert.is(await (await get(site, '/latest')).text(), after);
    under.now = '2026-03-04T12:01:01.000Z';
    assert.ok((await get(site, '/latest')).headers.get('last-modified')?.includes('12:01:01'));
  });
});

test('a disabled source is gone from every page at once', async () => {
  await withSite(ITEMS, async (under) => {
    assert.is((await get(under.site, '/sources/notes')).status, 200);
    under.config = aConfig({ sources: [aSource({ disabled: true })] });
    under.store.put([]);
    under.site.refresh();
    for (const path of [
      '/sources/notes',
      '/sources/notes/feed.xml',
      '/categories/opinion-and-analysis',
      '/items/item1/note-1',
      '/go/item1',
    ]) {
      assert.is((await get(under.site, path)).status, 404, path);
    }
  });
});

test.run();
