import { cp } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import { spawnViaduct, viaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { ask } from './ask.ts';
import { type Browser, hasChromium, withBrowser } from './chromium.ts';
import type { Check } from './report.ts';

const FIXTURE = path.resolve('test/fixtures/ten');
const WIDTHS = [1280, 390, 320];
const SCHEMES = ['light', 'dark'] as const;
const MAX_BYTES = 14 * 1024;
/** WCAG 2.0 to 2.2, A and AA, and what axe's authors advise beside them. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const check: Check = {
  title:
    'Accessibility: every kind of page in a browser, by axe, in both schemes and three widths; and how large it is',
  async run(report) {
    if (!hasChromium) return report.skip('no chromium');
    await withFolder({}, async (folder) => {
      await cp(FIXTURE, folder, { recursive: true });
      await viaduct(folder, 'poll');
      const daemon = spawnViaduct(folder, ['serve', '--port', '0']);
      const site = `http://127.0.0.1:${Number((await daemon.logged('serving')).port)}`;
      const pages = await pagesOf(site);
      report.figure('pages', pages.length, '> 25', pages.length > 25);
      const large = await Promise.all(
        pages.map(async (page) => [page, gzipSync((await ask(site + page)).body).length] as const),
      );
      report.none(
        `larger than ${MAX_BYTES} bytes in gzip`,
        large.filter(([, bytes]) => bytes > MAX_BYTES).map(([page, bytes]) => `${page}: ${bytes}`),
      );
      const found = await withBrowser((browser) => judge(browser, site, pages));
      report.none(
        `violations in ${pages.length} pages × ${WIDTHS.length} widths × ${SCHEMES.length} schemes`,
        found.violations,
      );
      report.none('pages wider than the window', found.wide);
      daemon.child.kill('SIGTERM');
      await daemon.ended;
    });
  },
};

/** One of each kind, and every item. */
async function pagesOf(site: string): Promise<readonly string[]> {
  const linksIn = async (page: string, pattern: RegExp) => {
    const { body } = await ask(site + page);
    return [...new Set([...body.matchAll(pattern)].map(([, href = '']) => href))];
  };
  const items = await linksIn('/latest', /href="(\/items\/[^"#]+)"/g);
  const labels = (await Promise.all(items.map((item) => linksIn(item, /href="(\/(?:tags|authors)\/[^"]+)"/g)))).flat();
  const kinds = ['tags', 'authors'].flatMap((kind) => labels.find((path) => path.startsWith(`/${kind}/`)) ?? []);
  const [day] = await linksIn('/archive', /href="(\/archive\/\d[^"]+)"/g);
  const [category] = await linksIn('/categories', /href="(\/categories\/[^"]+)"/g);
  const fixed = [
    '/',
    '/latest',
    '/archive',
    '/categories',
    '/sources',
    '/sources/lobsters',
    '/subscribe',
    '/about',
    '/status',
    '/nowhere',
  ];
  return [...fixed, ...[day, category].flatMap((path) => path ?? []), ...kinds, ...items];
}

async function judge(browser: Browser, site: string, pages: readonly string[]) {
  const violations: string[] = [];
  const wide: string[] = [];
  for (const scheme of SCHEMES) {
    for (const width of WIDTHS) {
      await browser.look(width, scheme);
      for (const page of pages) {
        await browser.visit(site + page);
        await browser.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
        await browser.evaluate(axe.source);
        const run = `axe.run({ runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`;
        const broken = (await browser.evaluate(run)) as readonly string[] | undefined;
        if (broken === undefined) violations.push(`${page}: axe did not run`);
        for (const rule of broken ?? []) violations.push(`${page} at ${width}, ${scheme}: ${rule.slice(0, 200)}`);
        const over = await browser.evaluate('document.documentElement.scrollWidth - innerWidth');
        if (Number(over) > 0) wide.push(`${page} at ${width}: ${over} px`);
      }
    }
  }
  return { violations, wide };
}
