import { withServer } from '../test/helpers/http-server.ts';
import { hasChromium, withBrowser } from './chromium.ts';
import { hostileCases } from './collection/cases.ts';
import { hostileDocuments } from './collection/served-documents.ts';
import { ingest } from './ingest.ts';
import type { Check, Report } from './report.ts';
import { FEED, judgeFile, judgeTitles } from './site-judge.ts';

export const check: Check = {
  title: 'HTML safety: hostile content and text fields, read back from pages, feeds and OPML',
  async run(report) {
    const cases = hostileCases().filter(({ kind }) => kind === 'xss' || kind === 'xss-third-party');
    await ingest(hostileDocuments(cases), { content: 'full', items: 500 }, async ({ items, build }) => {
      const expected = cases.reduce((sum, { expected: { items = 0 } }) => sum + items, 0);
      report.figure(`items stored of ${cases.length} cases`, items.length, `>= ${expected}`, items.length >= expected);
      const files = await build();
      const judged = [...files].map(([name, text]) => ({ name, ...judgeFile(name, text) }));
      const faults = judged.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
      report.none('what is unsafe in pages, feeds and OPML', faults);
      const pages = judged.filter(({ name }) => name.endsWith('.html')).length;
      const feeds = judged.filter(({ name }) => FEED.test(name)).length;
      const isEnough = pages > items.length && feeds > 3 * cases.length;
      report.figure('pages and feeds judged', `${pages} and ${feeds}`, '> one an item, three a case', isEnough);
      const half = Math.floor(expected / 2);
      const contents = new Set(judged.flatMap(({ html }) => html));
      report.figure('distinct pieces of HTML in feeds', contents.size, `> ${half}`, contents.size > half);
      const untrue = judgeTitles(
        items.map(({ id, title }) => [id, title] as const),
        [...files],
      );
      report.none('item pages whose h1 is not the title as text', untrue);
      if (hasChromium) await visitAll(files, contents, report);
      else report.skip('no chromium: what a browser runs was not tried');
    });
  },
};

/** Opens every page, and every piece of a feed as a careless reader would show it. */
async function visitAll(
  files: ReadonlyMap<string, string>,
  contents: ReadonlySet<string>,
  report: Report,
): Promise<void> {
  const pages = new Map<string, string>();
  for (const [name, text] of files) {
    if (name.endsWith('.html') && !/^items\/[^/]+\/index\.html$/.test(name)) pages.set(`/${encodeURI(name)}`, text);
  }
  let count = 0;
  for (const html of contents) {
    count += 1;
    pages.set(`/reader/${count}`, `<!doctype html><meta charset="utf-8"><title>reader</title><body>${html}`);
  }
  const control = '/control';
  await withServer(
    (request, response) => {
      const page = request.url === control ? '<img src=x onerror=VIAXSS(1)>' : pages.get(request.url ?? '');
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(page);
    },
    (server) =>
      withBrowser(async (browser) => {
        const hits = await browser.visit(server.url + control);
        report.equal('scripts seen to run in a page that has one', hits.length, 1);
        const ran: string[] = [];
        for (const path of pages.keys()) {
          const said = await browser.visit(server.url + path);
          ran.push(...said.map((words) => `${path} ${words}`));
        }
        report.none(`scripts run in ${pages.size} pages in chromium`, ran);
      }),
  );
}
