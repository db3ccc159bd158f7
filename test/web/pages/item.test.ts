import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Entry, Source } from '../../../src/model.ts';
import { itemPage } from '../../../src/web/pages/item.tsx';
import type { View } from '../../../src/web/view.ts';
import { aConfig, anItem, aSource } from '../site-under-test.ts';
import { alsoToldBy, anItemOf, aPrivateSource, aSourceView, aView, otherSources, safe } from './a-view.ts';
import { readPage } from './read-page.ts';

const show = (item = anItem(30), view: View = aView()) => readPage(itemPage(view, item, { more: [] }));
const viewOf = (source: Partial<Source>) => aView({ sources: [aSourceView({ source: aSource(source) })] });
const SHORT = 'Recall beats reasoning. The record stays on the device.';
const words = (count: number) => `Words${' and words'.repeat((count - 1) / 2)}`;

test('itemPage: category, title, standfirst, date, minutes, views and via, in this order', () => {
  const others = otherSources('One', 'Two', 'Three');
  const item = alsoToldBy(anItemOf({ title: 'Small models, long memory', summary: SHORT, minutes: 3 }), others);
  const sources = [aSourceView({ source: aSource({ via: '@kimmonismus' }), name: '@kimmonismus' }), ...others];
  const named = { ...item, via: item.via.map((via, at) => (at === 0 ? { ...via, name: '@kimmonismus' } : via)) };
  const page = show(named, aView({ sources, tally: () => ({ views: 24, clicks: 0, hours: [] }) }));
  assert.is(page.one('h1').text, 'Small models, long memory');
  assert.match(
    page.one('article').text,
    /^Opinion & Analysis\s?Small models, long memory\s?Recall beats reasoning\. The record stays on the device\.\s?Mar 4, 2026 · 3 min read · 24 views · via @kimmonismus and 3 moreShare:/,
  );
  assert.is(page.one('span', { title: 'Unique daily readers of this page here' }).text, '24 views');
  assert.is(page.one('a', { href: '#coverage' }).text, '3 more');
  assert.is(page.one('section', { id: 'coverage' }).text, 'Also carried byOne, Two and Three');
});

test('itemPage: of a source that only points at the article its own page, and where it is discussed', () => {
  const coverage = (url: string | undefined, discussion?: string, others = otherSources()) => {
    const { primary, via, ...item } = anItemOf(
      { url: 'https://pub.example/1', ...(url !== undefined && { viaUrl: url }) },
      { url: 'https://pub.example/1' },
    );
    const vias = via.map((one) => ({
      ...one,
      ...(url !== undefined && { url }),
      ...(discussion !== undefined && { discussion }),
    }));
    const page = show(
      alsoToldBy({ ...item, primary, via: vias }, others),
      aView({ sources: [aSourceView(), ...others] }),
    );
    return page.all('section', { id: 'coverage' }).map(({ text }) => text);
  };
  assert.equal(coverage('https://notes.example/9'), ['Carried byField Notes']);
  assert.equal(coverage('https://notes.example/9', 'https://forum.example/9'), [
    'Carried byField NotesDiscuss on forum.example',
  ]);
  assert.equal(coverage('https://notes.example/9', undefined, otherSources('One')), ['Carried byField Notes and One']);
  assert.equal(coverage('https://www.pub.example/1'), []);
  assert.equal(coverage('https://pub.example/1', 'https://pub.example/1#comments'), []);
});

test('itemPage: of a source without a page of its own for the article nothing but its name', () => {
  const item = anItemOf({ url: 'https://pub.example/1' }, { url: 'https://pub.example/1' });
  const { viaUrl: _, ...primary } = item.primary;
  assert.is(show({ ...item, entries: [primary], primary, body: primary }).all('section', { id: 'coverage' }).length, 0);
});

const AUDIO = [{ url: 'https://a.example/1.mp3', type: 'audio/mpeg' }];
const FILM = [{ url: 'https://a.example/1.mp4' }];
const times: readonly [string, Partial<Entry>, string | undefined][] = [
  ['a text', { summary: SHORT, minutes: 3 }, '3 min read'],
  ['a title alone', { summary: '', text: '' }, undefined],
  ['a text that is the title', { title: 'Small models', summary: 'Small models.', text: '' }, undefined],
  ['a podcast', { summary: SHORT, enclosures: AUDIO, durationSeconds: 3723, minutes: 2 }, '62 min listen'],
  ['a film', { summary: SHORT, enclosures: FILM, durationSeconds: 20 }, '1 min watch'],
  ['a podcast of unknown length', { summary: SHORT, enclosures: AUDIO, minutes: 1 }, undefined],
  ['a text that is read aloud, too', { summary: SHORT, enclosures: AUDIO, minutes: 4 }, '4 min read'],
];
for (const [name, entry, expected] of times) {
  test(`itemPage: the time that it takes: ${name}`, () => {
    const { text } = show(anItemOf({ summary: '', text: '', ...entry }));
    const [time] = /\d+ min (?:read|listen|watch)/.exec(text) ?? [];
    assert.is(time, expected);
  });
}

test('itemPage: of many sources with words of their own twenty are shown, and how many there are besides', () => {
  const item = alsoToldBy(anItem(30), otherSources(...Array.from({ length: 60 }, (_, n) => `Blog ${n}`)));
  const entries = item.entries.map((entry, n) => (n === 0 ? entry : { ...entry, summary: `Opinion ${n} of sixty.` }));
  const page = show({ ...item, entries });
  assert.is(page.all('ol', { class: 'said' })[0]?.text.match(/of sixty/g)?.length, 20);
  assert.match(page.text, /Also carried by Blog 20, .* and 32 more/);
});

test('itemPage: one view is not many, none is not shown, and none at all with tallies off', () => {
  const viewed = (views: number, tallies = true) =>
    show(anItem(30), aView({ config: aConfig({ tallies }), tally: () => ({ views, clicks: 9, hours: [] }) })).text;
  assert.match(viewed(1), /· 1 view ·/);
  assert.match(viewed(1240), /· 1\.2K views ·/);
  assert.not.match(viewed(0), /\bviews?\b(?! are counted)/);
  assert.not.match(viewed(24, false), /\bviews?\b/i);
});

test('itemPage: dates are those of the time zone of the site', () => {
  const view = aView({ config: aConfig({ timezone: 'Asia/Tokyo' }) });
  const page = show(anItemOf({}, { date: '2026-03-04T16:00:00.000Z' }), view);
  assert.is(page.one('time', { class: 'dt-published' }).text, 'Mar 5, 2026');
  assert.is(page.one('time', { class: 'dt-published' }).attributes.get('datetime'), '2026-03-04T16:00:00.000Z');
});

const HTML = safe(`<h1>What is claimed</h1><p>${words(41)}.</p>`);
const CASES: readonly {
  name: string;
  source?: Partial<Source>;
  entry: Partial<Entry>;
  dek?: string;
  body?: string;
  says: RegExp;
}[] = [
  {
    name: 'a short summary is the standfirst and nothing more',
    entry: { summary: SHORT },
    dek: SHORT,
    says: /Excerpt shown, as of Mar 4, 2026, 11:30 UTC; the full text is at the original\./,
  },
  {
    name: 'a longer summary goes on below its first sentences',
    entry: { summary: `${SHORT} ${words(91)}.` },
    dek: SHORT,
    body: `${words(91)}.`,
    says: /Excerpt shown/,
  },
  {
    name: 'a long first sentence is shown once, below',
    entry: { summary: `${words(81)}.` },
    body: `${words(81)}.`,
    says: /Excerpt shown/,
  },
  {
    name: 'a text without summary gives its first sentences',
    entry: { text: `${SHORT} ${words(301)}.` },
    dek: SHORT,
    says: /Excerpt shown/,
  },
  {
    name: 'the whole text stays with the publisher unless the source says otherwise',
    entry: { summary: SHORT, html: HTML, text: words(41) },
    dek: SHORT,
    says: /Excerpt shown/,
  },
  {
    name: 'the whole text below its own summary',
    source: { content: 'full' },
    entry: { summary: SHORT, html: HTML, text: `What is claimed ${words(41)}.` },
    dek: SHORT,
    body: `What is claimed${words(41)}.`,
    says: /Shown in full, as of Mar 4, 2026, 11:30 UTC\./,
  },
  {
    name: 'the whole text without a standfirst that it begins with',
    source: { content: 'full' },
    entry: { html: HTML, text: `What is claimed\n${words(41)}.` },
    body: `What is claimed${words(41)}.`,
    says: /Shown in full/,
  },
  {
    name: 'the whole text, but for its pictures',
    source: { content: 'full' },
    entry: { html: safe(`<p>${words(41)}</p><img src="https://a.example/i.png" alt="" />`), text: words(41) },
    body: `${words(41)}Image`,
    says: /Its text is shown, as of .*; pictures, sound and film are at the original\./,
  },
  {
    name: 'as much as its publisher gives',
    source: { content: 'full' },
    entry: { html: safe(`<p>${words(41)} <a href="https://a.example/1">Continue reading →</a></p>`), text: words(41) },
    body: `${words(41)} Continue reading →`,
    says: /Excerpt shown, as of .*; the full text is at the original\./,
  },
  {
    name: 'an excerpt where the whole text did not come',
    source: { content: 'full' },
    entry: { summary: SHORT },
    dek: SHORT,
    says: /Excerpt shown/,
  },
  {
    name: 'the title only, where that is all that may be shown',
    source: { content: 'title' },
    entry: { summary: SHORT, html: HTML },
    says: /Only the title is shown/,
  },
  { name: 'the title only, where no text came', entry: {}, says: /Only the title is shown/ },
];
for (const { name, source = {}, entry, dek, body, says } of CASES) {
  test(`itemPage: ${name}`, () => {
    const { summary: _summary, ...bare } = anItem(30).primary;
    const item = anItem(30);
    const told = { ...bare, title: 'A title', ...entry };
    const page = show({ ...item, title: 'A title', primary: told, body: told, entries: [told] }, viewOf(source));
    assert.is(page.all('p', { class: 'dek p-summary' })[0]?.text, dek);
    assert.is(page.all('div', { class: 'body e-content' })[0]?.text, body);
    assert.match(page.text, says);
  });
}

test('itemPage: a text that changed is shown as of its change', () => {
  assert.match(show(anItemOf({ edited: '2026-03-04T11:45:00.000Z' })).text, /as of Mar 4, 2026, 11:45 UTC/);
});

test('itemPage: in a whole text headings step down, and images are links that load nothing', () => {
  const html = safe(
    '<h1>One</h1><h1 title="a &lt;h1&gt; b">Two</h1>' +
      '<p><img src="https://example.org/a.png" alt="A &quot;chart&quot;" loading="lazy" /> <img src="https://example.org/b.png" /></p>' +
      '<a href="https://example.org/c"><img src="https://example.org/c.png" alt="C" /></a><img src="https://example.org/d.png" alt="D" />',
  );
  const page = show(anItemOf({ html }), viewOf({ content: 'full' }));
  assert.equal(page.all('h1').length, 1);
  assert.is(page.all('img').length, 0);
  assert.is(page.one('a', { href: 'https://example.org/a.png' }).text, 'Image: A "chart"');
  assert.is(page.one('a', { href: 'https://example.org/b.png' }).text, 'Image');
  assert.is(page.one('a', { href: 'https://example.org/c' }).text, 'Image: C');
  assert.is(page.one('a', { href: 'https://example.org/d.png' }).text, 'Image: D');
  assert.equal(page.all('a', { href: 'https://example.org/c.png' }), []);
});

test('itemPage: the original is named before the text and large below it; without one there is no such link', () => {
  const links = show().all('a', { rel: 'external', href: 'https://notes.example/30' });
  assert.equal(
    links.map(({ text }) => text),
    ['notes.example ↗', 'Original source notes.example ↗'],
  );
  const { url: _url, ...without } = anItem(30);
  const page = show(without);
  assert.not.match(page.text, /Original source|at the original/);
});

test('itemPage: addresses that are not http(s) are no links', () => {
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'ftp://a.example/', '//a.example', 'notes']) {
    const item = alsoToldBy(anItem(30), otherSources('One'));
    const via = item.via.map((one) => ({ ...one, url }));
    const sources = [aSourceView({ homepage: url }), ...otherSources('One').map((one) => ({ ...one, homepage: url }))];
    const page = readPage(itemPage(aView({ sources }), { ...item, url, via }, { more: [] }));
    assert.equal(page.all('a', { href: url }), []);
    assert.match(page.text, /Also carried by/);
  }
});

test('itemPage: nothing tells the address of a private source', () => {
  const source = aPrivateSource({ content: 'full' });
  const item = anItemOf(
    {
      html: safe(`<p>From <a href="${source.url}">${source.url}</a></p>`),
      text: `Read ${source.url} now`,
      summary: `See ${source.url}`,
      authors: [{ name: source.url }],
    },
    { url: `${source.url}#1`, title: `New in ${source.url}` },
  );
  const via = item.via.map((one) => ({ ...one, url: source.url, feed: source.url, name: source.url }));
  const sources = [aSourceView({ source, name: source.url, homepage: source.url, feed: { title: source.url } })];
  const told = { ...item, via };
  assert.not.match(itemPage(aView({ sources, trending: [told] }), told, { more: [told] }), /TOKEN|7391/i);
});

test('itemPage: can be shared, also with a title that is no proper text', () => {
  const page = show(anItemOf({ title: `\ud83d\ude4f & more? \ud800${'😀'.repeat(300)}` }));
  const hrefs = page.all('a').filter(({ within }) => within.includes('nav') && within.includes('article'));
  assert.equal(
    hrefs.map(({ text }) => text),
    ['Link', 'E-mail', 'Bluesky', 'Mastodon', 'X', 'LinkedIn'],
  );
  const [, mail, , mastodon] = hrefs.map(({ attributes }) => new URL(attributes.get('href') ?? ''));
  assert.match(mail?.searchParams.get('body') ?? '', /^https:\/\/watch\.example\/items\/item30\//);
  assert.is(mastodon?.searchParams.get('text'), `🙏 & more? ${'😀'.repeat(190)}`);
});

test('itemPage: others are not found by search engines here, unless their licence says so', () => {
  const robots = (source: Partial<Source>) =>
    show(anItem(30), viewOf(source)).one('meta', { name: 'robots' }).attributes.get('content');
  assert.is(robots({}), 'noindex,follow');
  for (const license of ['own', 'cc', 'permitted'] as const) assert.is(robots({ license }), 'index,follow');
});

test('itemPage: says where it stands, and cites the original', () => {
  const page = show(anItemOf({ summary: SHORT, authors: [{ email: 'a@b.example' }, { name: 'A. Writer' }] }));
  assert.is(
    page.one('link', { rel: 'canonical' }).attributes.get('href'),
    'https://watch.example/items/item30/note-30',
  );
  assert.is(page.one('meta', { name: 'description' }).attributes.get('content'), SHORT);
  assert.is(page.one('meta', { property: 'og:type' }).attributes.get('content'), 'article');
  assert.equal(
    page.all('meta').filter(({ attributes }) => attributes.get('property') === 'og:image'),
    [],
  );
  assert.equal(JSON.parse(page.one('script').text), {
    '@context': 'https://schema.org',
    '@type': 'WebPage',
    name: 'Note 30',
    url: 'https://watch.example/items/item30/note-30',
    description: SHORT,
    isPartOf: { '@type': 'WebSite', name: 'Model Watch', url: 'https://watch.example' },
    citation: {
      '@type': 'NewsArticle',
      headline: 'Note 30',
      url: 'https://notes.example/30',
      author: { '@type': 'Person', name: 'A. Writer' },
    },
  });
});

test('itemPage: the source line names source, author and whom they credit', () => {
  const page = show(anItemOf({ authors: [{ name: 'A. Writer' }], origins: [{ title: 'Planet' }] }));
  assert.match(page.text, /Source: Field Notes on notes\.example, by A\. Writer, which credits Planet\. Excerpt/);
});

test('itemPage: More in its category, and in its first source where it has none', () => {
  const page = readPage(itemPage(aView(), anItem(30), { more: [alsoToldBy(anItem(5), otherSources('One', 'Two'))] }));
  const more = page.one('section', { 'aria-labelledby': 'mo' });
  assert.is(more.text, 'More in Opinion & Analysis View allNote 5 11:55 · via Field Notes and 2 more');
  assert.is(
    page.one('a', { 'aria-label': 'View all in Opinion & Analysis' }).attributes.get('href'),
    '/categories/opinion-and-analysis',
  );
  const without = anItem(30, { categories: [] });
  assert.match(readPage(itemPage(aView(), without, { more: [anItem(5)] })).text, /More in Field Notes/);
  assert.not.match(show().text, /More in/);
});

test('itemPage: a very long title is set smaller', () => {
  assert.is(
    show(anItemOf({ title: 'W'.repeat(1000) }))
      .one('h1')
      .attributes.get('class'),
    'p-name long',
  );
  assert.is(show().one('h1').attributes.get('class'), 'p-name');
});

test.run();
