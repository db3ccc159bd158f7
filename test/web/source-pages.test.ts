/** Lists of sources, cut into pages and filtered by name, without script. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { numberedSources, sourcesPageOf } from '../../src/web/source-pages.ts';
import type { SourceView } from '../../src/web/view.ts';
import { aPrivateSource, aSourceView, aView } from './pages/a-view.ts';
import { aConfig, aSource, withSite } from './site-under-test.ts';

const sourceOf = (n: number) => aSource({ id: `s${n}`, title: `Source ${n}`, homepage: `https://host${n}.example/` });
const viewOf = (n: number) => {
  const source = sourceOf(n);
  return { source, name: source.title, homepage: source.homepage, itemCount: 0 } as SourceView;
};
const many = Array.from({ length: 120 }, (_, n) => viewOf(n));
const VIEW = aView();
const idsOf = (sources: readonly SourceView[] = []) => sources.map(({ source }) => source.id);

test('sourcesPageOf: 50 a page, each with the ways to the pages beside it', () => {
  const [first, second, third] = ['1', '2', '3'].map((number) => sourcesPageOf(VIEW, many, { number }, '/sources'));
  assert.equal([first?.sources.length, second?.sources.length, third?.sources.length], [50, 50, 20]);
  assert.equal(idsOf([first, second, third].flatMap((page) => page?.sources ?? [])), idsOf(many));
  assert.equal([first?.previousHref, first?.href, first?.nextHref], [undefined, undefined, '/sources?page=2']);
  assert.equal(
    [second?.previousHref, second?.href, second?.nextHref],
    ['/sources', '/sources?page=2', '/sources?page=3'],
  );
  assert.equal([third?.previousHref, third?.nextHref], ['/sources?page=2', undefined]);
  for (const number of ['4', '0', '-1', 'x', '', '1e9']) {
    assert.is(sourcesPageOf(VIEW, many, { number }, '/sources'), undefined, number);
  }
  assert.is(sourcesPageOf(VIEW, [], {}, '/sources')?.total, 0);
});

test('sourcesPageOf: a filter finds by name, id and homepage, and stays on the further pages', () => {
  const found = (filter: string) => idsOf(sourcesPageOf(VIEW, many, { filter }, '/sources')?.sources);
  assert.equal(found('source 77'), ['s77']);
  assert.equal(found('HOST77.example'), ['s77']);
  assert.equal(found('s77'), ['s77']);
  assert.equal(found('nobody'), []);
  const page = sourcesPageOf(VIEW, many, { filter: ' Source ' }, '/sources');
  assert.equal([page?.filter, page?.total, page?.nextHref], ['Source', 120, '/sources?q=Source&page=2']);
});

test('sourcesPageOf: a private address is not found, letter by letter', () => {
  const source = aPrivateSource({ id: 'secret', homepage: aPrivateSource().url });
  const hidden: SourceView = { ...aSourceView({ source, name: `Feed ${source.url}` }), homepage: source.url };
  const sources = [...many, hidden];
  const view = aView({ sources });
  const found = (filter: string) => idsOf(sourcesPageOf(view, sources, { filter }, '/sources')?.sources);
  assert.equal(found('secret'), ['secret']);
  for (const piece of ['TOKEN-7391', 'bridge.example/T', '7391/feed']) assert.equal(found(piece), [], piece);
});

test('sourcesPageOf: few have no filter', () => {
  assert.is(sourcesPageOf(VIEW, many.slice(0, 50), {}, '/sources')?.filter, undefined);
  assert.is(sourcesPageOf(VIEW, many, {}, '/sources')?.filter, '');
});

test('numberedSources: pages with addresses of their own, all sources on them, none with a filter', () => {
  const pages = numberedSources(many, '/sources');
  assert.equal(
    pages.map(({ path }) => path),
    ['/sources', '/sources/page/2', '/sources/page/3'],
  );
  assert.equal(idsOf(pages.flatMap(({ list }) => list.sources)), idsOf(many));
  assert.ok(pages.every(({ list }) => list.filter === undefined));
  assert.equal(numberedSources([], '/sources').length, 1);
});

test('GET /sources, /status and /subscribe: a page of many, and a form that finds one', async () => {
  const config = aConfig({ sources: Array.from({ length: 120 }, (_, n) => sourceOf(n)) });
  await withSite(
    [],
    async ({ site }) => {
      const get = async (path: string) => {
        const response = await site.app.request(path);
        return { status: response.status, text: await response.text() };
      };
      for (const path of ['/sources', '/status', '/subscribe']) {
        const first = await get(path);
        assert.match(first.text, `<form class="find ui" action="${path}">`);
        assert.is(new Set(first.text.match(/href="\/sources\/s\d+"/g)).size, 50, path);
        assert.match((await get(`${path}?page=3`)).text, /<title>\w+, page 3 — /);
        const found = await get(`${path}?q=Source+77`);
        assert.equal([...new Set(found.text.match(/href="\/sources\/s\d+"/g))], ['href="/sources/s77"']);
        assert.match((await get(`${path}?q=%22%3E%3Cb%3E`)).text, 'value="&quot;&gt;&lt;b&gt;"');
        assert.is((await get(`${path}?page=4`)).status, 404);
      }
    },
    config,
  );
});

test.run();
