import { hostileCases } from './collection/cases.ts';
import { hostileDocuments } from './collection/served-documents.ts';
import { ingest } from './ingest.ts';
import type { Check } from './report.ts';
import { judgeFile, unsafe } from './site-judge.ts';

export const check: Check = {
  title: 'URL safety: only http and https in every field, no credentials, no link that shows another host',
  async run(report) {
    const cases = hostileCases().filter(({ kind }) => kind === 'url');
    const config = { site: { url: 'https://watch.example' }, content: 'full', items: 500 };
    await ingest(hostileDocuments(cases), config, async (ingested) => {
      const asExpected = cases.filter(({ id, expected }) => ingested.listed.get(id) === expected.items).length;
      report.equal('cases with the items that they should have', asExpected, cases.length);

      const files = await ingested.build();
      const judged = [...files].map(([name, text]) => ({ name, ...judgeFile(name, text) }));
      const stored = ingested.items.flatMap(({ url, via }) => [url, ...via.map((one) => one.url)]);
      const faults = [
        ...judged.flatMap(({ name, faults, links }) =>
          [...faults, ...links.flatMap(misleading)].map((fault) => `${name}: ${fault}`),
        ),
        ...unsafe(stored.flatMap((href) => (href === undefined ? [] : [{ href }]))).map(
          (fault) => `items --json: ${fault}`,
        ),
      ];
      report.none('addresses that are unsafe', faults);
      const addresses = judged.reduce((sum, { links }) => sum + links.length, 0);
      const enough = 20 * ingested.items.length;
      report.figure('addresses judged', addresses, `> ${enough}`, addresses > enough);

      const everywhere = [...files.values(), ingested.said, JSON.stringify(ingested.items)].join('\n');
      const secrets = everywhere.match(/user:secret/g)?.length ?? 0;
      report.none("'user:secret' in pages, feeds, log and items", secrets);
      const forbidden = cases.flatMap(({ id, expected: { mustNot = [] } }) =>
        mustNot.filter((pattern) => new RegExp(pattern).test(everywhere)).map((pattern) => `${id} ${pattern}`),
      );
      report.none('patterns that must not be there', forbidden);
      report.none('requests to addresses in feeds', ingested.strayRequests);
    });
  },
};

/** What a person cannot see of a link: characters that only look like others, or a host that its text does not name. */
function misleading({ href, text }: { readonly href: string; readonly text: string }): readonly string[] {
  const other = otherHost(href, text);
  return [
    ...(/^[\x21-\x7e]*$/.test(href) ? [] : [`not ASCII: ${href}`]),
    ...(other === undefined ? [] : [`${href} is shown as ${other}`]),
  ];
}

/** The host that a link's text names, if it is not the one that the link leads to. */
function otherHost(href: string, text: string): string | undefined {
  const [named] = /\b(?:https?:\/\/)?(?:[\w-]+\.)+(?:com|org|net|example)\b/i.exec(text) ?? [];
  if (named === undefined || !/^https?:/.test(href)) return undefined;
  const shown = named.replace(/^https?:\/\//i, '').toLowerCase();
  const { hostname } = new URL(href);
  return hostname === shown || hostname.endsWith(`.${shown}`) ? undefined : shown;
}
