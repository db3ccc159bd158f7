/** Latest, categories, sources, subscribe, status, about and errors. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RANKING } from '../../../src/items/ranking.ts';
import { aboutPage } from '../../../src/web/pages/about.tsx';
import { errorPage } from '../../../src/web/pages/layout.tsx';
import { categoriesPage, categoryPage, latestPage, sourcePage, sourcesPage } from '../../../src/web/pages/lists.tsx';
import { statusPage } from '../../../src/web/pages/status.tsx';
import { subscribePage } from '../../../src/web/pages/subscribe.tsx';
import { aConfig, anItem, aSource } from '../site-under-test.ts';
import { alsoToldBy, aPrivateSource, aSourceView, aState, aView, onePage, otherSources } from './a-view.ts';
import { readPage } from './read-page.ts';

const CATEGORY = { name: 'Opinion & Analysis', slug: 'opinion-and-analysis', itemCount: 3 };
const NEXT = '/latest?before=2026-03-04T11:00:00.000Z_item1';

test('latestPage: time, title and via of each under its day, in the given order, and the way on', () => {
  const late = { date: '2025-01-09T10:00:00.000Z' };
  const items = [alsoToldBy(anItem(1), otherSources('One', 'Two')), anItem(2, late), anItem(1500)];
  const page = readPage(latestPage(aView(), { items, nextHref: NEXT }));
  assert.equal(
    page
      .all('section')
      .slice(0, 2)
      .map(({ text }) => text),
    [
      'Wednesday, March 4, 202611:59 Note 1 Field Notes +211:58 Note 2 Field Notes published Jan 9, 2025',
      'Tuesday, March 3, 202611:00 Note 1500 Field Notes',
    ],
  );
  assert.is(page.one('a', { href: '/archive/2026/03/03' }).text, 'Tuesday, March 3, 2026');
  assert.is(page.one('a', { rel: 'next' }).attributes.get('href'), NEXT);
  assert.is(page.one('link', { rel: 'next' }).attributes.get('href'), NEXT);
  assert.equal(JSON.parse(page.one('script').text).itemListElement, [
    { '@type': 'ListItem', position: 1, url: 'https://watch.example/items/item1/note-1' },
    { '@type': 'ListItem', position: 2, url: 'https://watch.example/items/item2/note-2' },
    { '@type': 'ListItem', position: 3, url: 'https://watch.example/items/item1500/note-1500' },
  ]);
});

test('latestPage: a later page has a title and an address of its own, and leads back', () => {
  const list = { items: [anItem(1)], href: NEXT, previousHref: '/latest' };
  const page = readPage(latestPage(aView(), list));
  assert.is(page.one('title').text, 'Latest, Mar 4, 2026, 11:59 UTC and before — Model Watch');
  assert.is(page.one('link', { rel: 'canonical' }).attributes.get('href'), `https://watch.example${NEXT}`);
  assert.is(page.one('a', { rel: 'prev' }).text, 'Newer');
  assert.is(page.one('link', { rel: 'prev' }).attributes.get('href'), '/latest');
});

test('latestPage: the last page leads no further, and an empty list says so', () => {
  assert.equal(readPage(latestPage(aView(), { items: [anItem(1)] })).all('a', { rel: 'next' }), []);
  assert.match(readPage(latestPage(aView(), { items: [] })).text, /Nothing here yet\./);
});

test('the navigation marks the page that is open, and the part that it belongs to', () => {
  const marked = (html: string) =>
    readPage(html)
      .all('a')
      .filter(({ attributes }) => attributes.has('aria-current'))
      .map(({ text, attributes }) => `${text} ${attributes.get('aria-current')}`);
  assert.equal(marked(latestPage(aView(), { items: [] })), ['Latest page']);
  assert.equal(marked(categoriesPage(aView())), ['Categories page']);
  assert.equal(marked(categoryPage(aView(), CATEGORY, { items: [] })), ['Categories true']);
  assert.equal(marked(sourcePage(aView(), aSourceView(), { items: [] })), ['Sources true']);
  assert.equal(marked(subscribePage(aView(), onePage(aView()))), ['Subscribe page']);
  assert.equal(marked(aboutPage(aView())), []);
});

test('lists have feeds of their own beside those of the site', () => {
  const feeds = (html: string) =>
    readPage(html)
      .all('link', { rel: 'alternate' })
      .map(({ attributes }) => `${attributes.get('title')}: ${attributes.get('href')}`);
  const site = ['Model Watch (RSS): /feed.xml', 'Model Watch (Atom): /atom.xml', 'Model Watch (JSON Feed): /feed.json'];
  assert.equal(feeds(categoryPage(aView(), CATEGORY, { items: [] })), [
    ...site,
    'Opinion & Analysis (RSS): /categories/opinion-and-analysis/feed.xml',
    'Opinion & Analysis (Atom): /categories/opinion-and-analysis/atom.xml',
    'Opinion & Analysis (JSON Feed): /categories/opinion-and-analysis/feed.json',
  ]);
  assert.equal(feeds(sourcePage(aView(), aSourceView(), { items: [] })).slice(3), [
    'Field Notes (RSS): /sources/notes/feed.xml',
    'Field Notes (Atom): /sources/notes/atom.xml',
    'Field Notes (JSON Feed): /sources/notes/feed.json',
  ]);
  assert.equal(feeds(aboutPage(aView())), site);
});

test('categoriesPage: each category with its count', () => {
  const page = readPage(
    categoriesPage(aView({ categories: [CATEGORY, { name: 'Policy', slug: 'policy', itemCount: 1 }] })),
  );
  assert.is(page.one('main').text, 'CategoriesOpinion & Analysis 3 itemsPolicy 1 item');
  assert.match(readPage(categoriesPage(aView({ categories: [] }))).text, /No source has a category yet/);
});

test('sourcesPage: each source with its site, category and count', () => {
  const page = readPage(sourcesPage(aView(), onePage(aView())));
  assert.is(page.one('ul', { class: 'cats rule' }).text, 'Field Notes notes.example · Opinion & Analysis 3 items');
});

test('sourcePage: where it is at home, and its own feed unless that is a secret', () => {
  const text = (about = aSourceView()) => readPage(sourcePage(aView({ sources: [about] }), about, { items: [] })).text;
  assert.match(
    text(),
    /3 items from notes\.example \(its own feed\) in Opinion & Analysis\. Follow it here as RSS, Atom or JSON Feed\./,
  );
  const secret = aSourceView({ source: aPrivateSource(), homepage: 'https://bridge.example/TOKEN-7391/feed.xml' });
  assert.match(text(secret), /3 items in Opinion & Analysis\./);
  assert.not.match(sourcePage(aView({ sources: [secret] }), secret, { items: [] }), /TOKEN/);
  const failed = aSourceView({ state: aState({ problem: { code: 'fetch/dns', message: 'No.' } }) });
  assert.match(text(failed), /This source could not be read when it was last checked; its earlier items remain\./);
});

test('subscribePage: every feed as an address to copy', () => {
  const page = readPage(subscribePage(aView(), onePage(aView())));
  assert.equal(
    page.all('input').map(({ attributes }) => [attributes.get('aria-label'), attributes.get('value')]),
    [
      ['Address of the feed: RSS', 'https://watch.example/feed.xml'],
      ['Address of the feed: Atom', 'https://watch.example/atom.xml'],
      ['Address of the feed: JSON Feed', 'https://watch.example/feed.json'],
      ['Address of the feed: Opinion & Analysis', 'https://watch.example/categories/opinion-and-analysis/feed.xml'],
      ['Address of the feed: Field Notes', 'https://watch.example/sources/notes/feed.xml'],
    ],
  );
  assert.ok(page.all('input').every(({ attributes }) => attributes.has('readonly')));
  assert.is(page.one('a', { href: '/sources/notes/atom.xml' }).text, 'Atom');
  assert.is(page.all('a', { href: '/opml.xml' }).length, 2);
});

// newsboat keeps one row a guid, under the feed that it read last: the item is gone from the other list, and read in both at once.
test('subscribePage: why not both, everything and a part of it', () => {
  assert.match(
    readPage(subscribePage(aView(), onePage(aView()))).text,
    /Follow everything or single categories and sources, not both: some/,
  );
});

const STATES = [
  { name: 'OK', state: {}, says: /^OK 18 min ago 78% of 40 240 kB in 30 min\s?on schedule$/ },
  { name: 'due', state: { notBefore: '2026-03-04T11:59:00.000Z' }, says: /^OK .* due$/ },
  {
    name: 'never asked',
    state: {
      askedAt: undefined,
      notBefore: undefined,
      reason: undefined,
      counts: { asked: 0, notModified: 0, failed: 0, bytes: 0 },
    },
    says: /^not checked yet never – – due$/,
  },
  {
    name: 'failing',
    state: {
      failures: 4,
      failingSince: '2026-03-03T22:00:00.000Z',
      problem: { code: 'fetch/status-503', message: 'Its server is busy or down for now (503).' },
      notBefore: '2026-03-04T18:00:00.000Z',
      reason: 'Retry-After',
    },
    says: /^Its server is busy or down for now \(503\)\.\s?4 times in a row, since Mar 3, 2026, 22:00 UTC .* in 6 h\s?Retry-After$/,
  },
  {
    name: 'gone',
    state: {
      gone: true,
      failures: 1,
      problem: { code: 'fetch/status-410', message: 'It has been removed for good (410).' },
    },
    says: /^It has been removed for good \(410\)\. .* never again$/,
  },
  {
    name: 'moved',
    state: { movedTo: 'https://notes.example/new.xml' },
    says: /^OK\s?It has moved to https:\/\/notes\.example\/new\.xml: change its address in feeds\.json\. 18 min/,
  },
] as const;
for (const { name, state, says } of STATES) {
  test(`statusPage: a source that is ${name}`, () => {
    const known = Object.fromEntries(
      Object.entries({ ...aState(), ...state }).filter(([, value]) => value !== undefined),
    );
    const about = { ...aSourceView(), state: known as unknown as ReturnType<typeof aState> };
    const [, row] = readPage(statusPage(aView({ sources: [about] }), onePage(aView({ sources: [about] })))).all('tr');
    const cells = readPage(statusPage(aView({ sources: [about] }), onePage(aView({ sources: [about] }))))
      .all('td')
      .map(({ text }) => text)
      .join(' ');
    assert.match(row?.text ?? '', /^Field Notes\s?3 items/);
    assert.match(cells, says);
  });
}

test('statusPage: marks certificates that nobody checks, and shows what is wrong with the store', () => {
  const sources = [aSourceView({ source: aSource({ insecureTls: true }) })];
  const notices = [{ at: '2026-03-04T11:00:00.000Z', file: 'sources/notes.json', message: 'could not be read' }];
  const { text } = readPage(statusPage(aView({ sources, notices }), onePage(aView({ sources, notices }))));
  assert.match(text, /Its certificate is not checked \(insecureTls\)/);
  assert.match(text, /Stored data\s?11:00 UTC, sources\/notes\.json: could not be read/);
  assert.match(text, /1 source, none with a problem; 3 items\. As of 12:00 UTC\./);
});

test('statusPage: never tells the address of a private source, nor where it was led', () => {
  const source = aPrivateSource();
  const message = `${source.url} led to https://other.example/TOKEN-7391?key=1, which is not there.`;
  const problem = { code: 'fetch/status-404', message };
  const state = aState({ problem, movedTo: 'https://other.example/TOKEN-7391' });
  const notices = [{ at: '2026-03-04T11:00:00.000Z', file: 'state.json', message: `lost ${source.url}` }];
  const html = statusPage(
    aView({ sources: [aSourceView({ source, state })], notices }),
    onePage(aView({ sources: [aSourceView({ source, state })], notices })),
  );
  assert.not.match(html, /TOKEN/);
  assert.match(readPage(html).text, /which is not there/);
});

test('aboutPage: prints the values of the ranking, and how to have a feed removed', () => {
  const site = { ...aConfig().site, contact: 'mailto:me@example.org?subject=viaduct' };
  const page = readPage(aboutPage(aView({ config: aConfig({ site }) })));
  assert.match(page.text, new RegExp(`${RANKING.hotSecondsPerTenfold / 3600} hours newer`));
  assert.match(page.text, /An item is removed 90 days after a source last listed it/);
  assert.is(page.one('a', { href: 'mailto:me@example.org?subject=viaduct' }).text, 'me@example.org');
  assert.match(page.text, /To have your feed removed/);
  assert.match(page.text, /Links in feeds lead straight to the original/);
  assert.match(
    readPage(aboutPage(aView({ config: aConfig({ link: 'page' }) }))).text,
    /Links in feeds lead to the item’s page here/,
  );
});

test('aboutPage: says nothing of views that are not shown, of a time that never comes, or of a contact that is none', () => {
  const site = { ...aConfig().site, contact: 'javascript:alert(1)' };
  const html = aboutPage(aView({ config: aConfig({ site, tallies: false, retentionDays: 0 }) }));
  assert.not.match(html, /javascript|An item is removed|counted once a day/);
  assert.match(html, /has not given a contact address/);
});

test('errorPage: says what happened and where to go, and is not indexed', () => {
  const page = readPage(
    errorPage(undefined, { status: 404, title: 'Nothing here', message: 'There is no such page.' }),
  );
  assert.match(page.one('main').text, /^404\s?Nothing here\s?There is no such page\.\s?Go to the front page$/);
  assert.is(page.one('meta', { name: 'robots' }).attributes.get('content'), 'noindex,follow');
  assert.equal(page.all('link', { rel: 'canonical' }), []);
});

test.run();
