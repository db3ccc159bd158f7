import { parseStrictXml } from '../test/publish/strict-xml.ts';
import { NO_ATTACKS, readAttacks } from './attack-cases.ts';
import { readFeed } from './feed-readings.ts';
import { hostileDocuments } from './hostile-documents.ts';
import { linksOf, loadHtmlJudge } from './html-oracle.ts';
import { ingest } from './ingest.ts';
import type { Check } from './report.ts';

const FEED = /(^|\/)(feed\.xml|atom\.xml|feed\.json)$/;
const SITE = 'https://watch.example';

export const check: Check = {
  title: 'URL safety: only http and https in every field, no credentials, no link that shows another host',
  async run(report) {
    const attacks = readAttacks();
    if (!attacks) return report.skip(NO_ATTACKS);
    const cases = attacks.filter(({ kind }) => kind === 'url');
    const { fragment } = await loadHtmlJudge();
    await ingest(hostileDocuments(cases), { site: { url: SITE }, content: 'full', items: 500 }, async (ingested) => {
      const asExpected = cases.filter(({ id, expected }) => ingested.told.get(id) === expected.items).length;
      report.figure(
        'cases with the items that they should have',
        asExpected,
        `${cases.length}`,
        asExpected === cases.length,
      );

      const files = await ingested.build();
      const faults: string[] = [];
      let addresses = 0;
      const judgeUrl = (where: string, url: string, schemes: readonly string[]) => {
        addresses += 1;
        const scheme = schemeOf(url);
        if (!schemes.includes(scheme)) faults.push(`${where}: ${url}`);
        if (!/^[\x21-\x7e]*$/.test(url)) faults.push(`${where}: not ASCII: ${url}`);
      };
      for (const [name, text] of files) {
        if (name.endsWith('.html')) {
          for (const { href, text: shown } of linksOf(text)) {
            judgeUrl(name, href, ['http:', 'https:', 'mailto:']);
            const other = otherHost(href, shown);
            if (other !== undefined) faults.push(`${name}: ${href} is shown as ${other}`);
          }
        } else if (FEED.test(name)) {
          for (const { urls, html } of readFeed(name, text)) {
            for (const url of urls) judgeUrl(name, url, ['http:', 'https:']);
            faults.push(...html.flatMap((piece) => fragment(piece)).map((fault) => `${name}: ${fault}`));
          }
        } else if (name === 'opml.xml') {
          for (const { attributes } of parseStrictXml(text).children.flatMap(({ children }) => children)) {
            for (const key of ['xmlUrl', 'htmlUrl', 'url']) {
              const url = attributes.get(key);
              if (url !== undefined) judgeUrl(name, url, ['http:', 'https:']);
            }
          }
        }
      }
      for (const item of ingested.items) {
        const told = item.via.map((via) => (via as { url?: string }).url);
        for (const url of [item.url, ...told])
          if (url !== undefined) judgeUrl('items --json', url, ['http:', 'https:']);
      }
      const firstFaults = faults.slice(0, 8).join(' | ');
      report.figure('addresses that are unsafe', `${faults.length} ${firstFaults}`.trim(), '0', faults.length === 0);
      report.figure('addresses judged', addresses, '> 5000', addresses > 5000);

      const everywhere = [...files.values(), ingested.said, JSON.stringify(ingested.items)].join('\n');
      const secrets = everywhere.match(/user:secret/g)?.length ?? 0;
      report.figure("'user:secret' in pages, feeds, log and items", secrets, '0', secrets === 0);
      const forbidden = cases.flatMap(({ id, expected: { mustNot = [] } }) =>
        mustNot.filter((pattern) => new RegExp(pattern).test(everywhere)).map((pattern) => `${id} ${pattern}`),
      );
      report.figure('patterns that must not be there', forbidden.join(', ') || 0, '0', forbidden.length === 0);
      report.figure(
        'requests to addresses in feeds',
        ingested.strayRequests.join(' ') || 0,
        '0',
        ingested.strayRequests.length === 0,
      );
    });
  },
};

function schemeOf(url: string): string {
  try {
    return new URL(url, `${SITE}/`).protocol;
  } catch {
    return 'unreadable';
  }
}

/** The host that a link's text names, if it is not the one that the link leads to. */
function otherHost(href: string, text: string): string | undefined {
  const [named] = /\b(?:https?:\/\/)?(?:[\w-]+\.)+(?:com|org|net|example)\b/i.exec(text) ?? [];
  if (named === undefined || !/^https?:/.test(href)) return undefined;
  const shown = named.replace(/^https?:\/\//i, '').toLowerCase();
  const { hostname } = new URL(href);
  return hostname === shown || hostname.endsWith(`.${shown}`) ? undefined : shown;
}
