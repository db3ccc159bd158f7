/** What holds of each page, whatever it shows. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Item } from '../../../src/model.ts';
import { pageStyleHashes } from '../../../src/web/pages/layout.tsx';
import type { View } from '../../../src/web/view.ts';
import { anItem, aSource } from '../site-under-test.ts';
import { alsoToldBy, anItemOf, aSourceView, aState, aView, otherSources, safe } from './a-view.ts';
import { everyPage } from './every-page.ts';
import { type ReadPage, readPage } from './read-page.ts';

const PARAGRAPH =
  'For two years the contest among assistants was told as a story about size. The thread that travelled furthest this week tells another one, of a small model with a tidy record.';

/** A site with something of everything, and with what is often missing missing. */
function aBusySite(): { view: View; items: readonly Item[] } {
  const others = otherSources('Mirror Notes', 'Zero Result', 'Gazette Desk', 'Slow Compute', 'Small Print');
  const sources = [
    aSourceView({ source: aSource({ via: '@notes', insecureTls: true }), name: '@notes' }),
    ...others,
    aSourceView({
      source: aSource({
        id: 'full',
        title: 'In Full',
        url: 'https://full.example/feed',
        content: 'full',
        license: 'cc',
      }),
      name: 'In Full',
      state: aState({
        failures: 3,
        failingSince: '2026-03-01T00:00:00.000Z',
        problem: { code: 'fetch/dns', message: 'No.' },
      }),
    }),
    aSourceView({
      source: aSource({ id: 'new', title: 'New', url: 'file:new.xml' }),
      name: 'New',
      homepage: '',
      itemCount: 0,
    }),
  ];
  const { url: _url, ...bare } = anItem(40, { categories: [] });
  const items = [
    alsoToldBy(anItem(1, { title: 'Open weights licence gains a patent clause' }), others),
    alsoToldBy(anItem(2), others.slice(0, 1)),
    anItemOf({ source: 'full', html: safe(`<h1>So</h1><p>${PARAGRAPH}</p>`), text: `So ${PARAGRAPH}`, language: 'he' }),
    { ...bare, via: [], title: 'Neither address nor source' },
    ...Array.from({ length: 30 }, (_, at) => anItem(50 + at)),
  ];
  const view = aView({
    sources,
    itemCount: 1148,
    categories: [
      { name: 'Opinion & Analysis', slug: 'opinion-and-analysis', itemCount: 3 },
      { name: 'Policy', slug: 'policy', itemCount: 0 },
    ],
    trending: items.slice(0, 5),
    notices: [{ at: '2026-03-04T12:00:00.000Z', file: 'sources/full.json', message: 'could not be read' }],
    tally: (item) => ({ views: item.id === 'item1' ? 1240 : 1, clicks: 0, hours: [] }),
  });
  return { view, items };
}

const site = aBusySite();
const pages = [...everyPage(site.view, site.items)].map(([name, html]) => ({ name, html, page: readPage(html) }));

function judgeEach(judge: (page: ReadPage, html: string) => void): void {
  for (const { name, html, page } of pages) {
    try {
      judge(page, html);
    } catch (error) {
      throw new Error(`on the page "${name}": ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
}

test('every page: one title, one h1 inside the one main, which the skip link leads to', () => {
  judgeEach((page, html) => {
    assert.match(html, /^<!doctype html><html lang="en">/);
    assert.ok(page.one('title', {}).text.length > 0);
    assert.ok(page.one('h1').within.includes('main'));
    assert.is(page.one('main').attributes.get('id'), 'main');
    const [first] = page.elements.filter(({ tag, within }) => tag === 'a' && within.includes('body'));
    assert.is(first?.attributes.get('href'), '#main');
  });
});

test('every page: nothing that should have been left out is written as a word', () => {
  judgeEach((_page, html) => assert.not.match(html, /undefined|NaN|\[object|Invalid Date|null|>\s*some time/));
});

test('every page: loads nothing from elsewhere and runs nothing', () => {
  judgeEach((page) => {
    for (const tag of ['img', 'iframe', 'object', 'embed', 'audio', 'video', 'base', 'form'])
      assert.is(page.all(tag).length, 0, tag);
    for (const script of page.all('script')) assert.is(script.attributes.get('type'), 'application/ld+json');
    for (const link of page.all('link')) {
      const isShownOnly = ['canonical', 'alternate', 'next'].includes(link.attributes.get('rel') ?? '');
      assert.ok(isShownOnly || link.attributes.get('href')?.startsWith('/'), link.attributes.get('href'));
    }
    const names = page.elements.flatMap(({ attributes }) => [...attributes.keys()]);
    assert.equal(
      names.filter((name) => name.startsWith('on') || name === 'style'),
      [],
    );
  });
});

test('every page: each link leads to a path here, to http(s), or opens a letter', () => {
  judgeEach((page) => {
    const hrefs = page.all('a').map(({ attributes }) => attributes.get('href') ?? '');
    assert.equal(
      hrefs.filter((href) => !/^(?:\/(?!\/)|#|https?:\/\/[^/]|mailto:)/.test(href)),
      [],
    );
  });
});

test('every page: ids are unique, and what refers to one finds it', () => {
  judgeEach((page) => {
    const { elements } = page;
    const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
    assert.equal(ids, [...new Set(ids)]);
    const named = elements.flatMap(({ attributes }) => attributes.get('aria-labelledby') ?? []);
    const led = elements.flatMap(({ attributes }) => /^#(.+)/.exec(attributes.get('href') ?? '')?.[1] ?? []);
    assert.equal(
      [...named, ...led].filter((id) => !ids.includes(id)),
      [],
    );
  });
});

test('every page: landmarks of one kind have names that tell them apart', () => {
  judgeEach((page) => {
    for (const tag of ['nav', 'aside', 'section']) {
      const names = page
        .all(tag)
        .map(({ attributes }) => attributes.get('aria-label') ?? attributes.get('aria-labelledby'));
      assert.not(names.includes(undefined), `${tag} without a name`);
      assert.is(new Set(names).size, names.length);
    }
  });
});

test('every page: its feeds can be found, and the style is the one that the policy allows', () => {
  judgeEach((page, html) => {
    const site = page.all('link', { rel: 'alternate' }).slice(0, 3);
    assert.equal(
      site.map(({ attributes }) => attributes.get('href')),
      ['/feed.xml', '/atom.xml', '/feed.json'],
    );
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    const hash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
    assert.equal(pageStyleHashes, [hash]);
  });
});

test('every page: at most 14 KB compressed, with its style', () => {
  judgeEach((_page, html) => {
    const bytes = gzipSync(html, { level: 9 }).length;
    assert.ok(bytes <= 14 * 1024, `${bytes} bytes`);
  });
});

test.run();
