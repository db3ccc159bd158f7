import { withServer } from '../test/helpers/http-server.ts';
import { parseStrictXml } from '../test/publish/strict-xml.ts';
import { NO_ATTACKS, readAttacks } from './attack-cases.ts';
import { hasChromium, withBrowser } from './chromium.ts';
import { readFeed } from './feed-readings.ts';
import { hostileDocuments } from './hostile-documents.ts';
import { loadHtmlJudge, textOfFirst } from './html-oracle.ts';
import { type Ingested, ingest } from './ingest.ts';
import type { Check, Report } from './report.ts';

const FEED = /(^|\/)(feed\.xml|atom\.xml|feed\.json)$/;

export const check: Check = {
  title: 'HTML safety: hostile content and text fields, read back from pages, feeds and OPML',
  async run(report) {
    const attacks = readAttacks();
    if (!attacks) return report.skip(NO_ATTACKS);
    const cases = attacks.filter(({ kind }) => kind === 'xss' || kind === 'xss-third-party');
    const documents = hostileDocuments(cases);
    await ingest(documents, { content: 'full', items: 500 }, async (ingested) => {
      const expected = cases.reduce((sum, { expected: { items = 0 } }) => sum + items, 0);
      const { length } = ingested.items;
      report.figure(`items stored of ${cases.length} cases`, length, `>= ${expected}`, length >= expected);
      const files = await ingested.build();
      const contents = await judge(files, ingested, report);
      if (hasChromium) await visitAll(files, contents, report);
      else report.skip('no chromium: what a browser runs was not tried');
    });
  },
};

/** Judges every file; returns each distinct piece of HTML that a feed reader would show. */
async function judge(
  files: ReadonlyMap<string, string>,
  { items }: Ingested,
  report: Report,
): Promise<ReadonlySet<string>> {
  const { fragment, page } = await loadHtmlJudge();
  const faults: string[] = [];
  const contents = new Set<string>();
  let [pages, feeds, literal] = [0, 0, 0];
  const titles = new Map(items.map(({ id, title }) => [id, title]));
  for (const [name, text] of files) {
    if (name.endsWith('.html')) {
      pages += 1;
      faults.push(...page(text).map((fault) => `${name}: ${fault}`));
      const title = titles.get(/^items\/([^/]+)\/[^/]+\/index\.html$/.exec(name)?.[1] ?? '');
      if (title !== undefined && textOfFirst(text, 'h1') === title) literal += 1;
    } else if (FEED.test(name)) {
      feeds += 1;
      for (const html of readFeed(name, text).flatMap((entry) => entry.html)) {
        if (!contents.has(html)) faults.push(...fragment(html).map((fault) => `${name}: ${fault}`));
        contents.add(html);
      }
    } else if (name.endsWith('.xml')) parseStrictXml(text);
  }
  report.figure('violations of the oracle', summary(faults), '0', faults.length === 0);
  report.figure('pages and feeds judged', `${pages} and ${feeds}`, '> 300 each', pages > 300 && feeds > 300);
  report.figure('distinct pieces of HTML in feeds', contents.size, '> 300', contents.size > 300);
  report.figure('item pages whose h1 is the title as text', literal, `${items.length}`, literal === items.length);
  return contents;
}

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
        report.figure('scripts seen to run in a page that has one', hits.length, '1', hits.length === 1);
        const ran: string[] = [];
        for (const path of pages.keys()) {
          const said = await browser.visit(server.url + path);
          ran.push(...said.map((words) => `${path} ${words}`));
        }
        report.figure(`scripts run in ${pages.size} pages in chromium`, summary(ran), '0', ran.length === 0);
      }),
  );
}

function summary(faults: readonly string[]): string {
  return faults.length === 0 ? '0' : `${faults.length}: ${faults.slice(0, 8).join(' | ')}`;
}
