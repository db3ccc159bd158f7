import { parseStrictXml } from '../test/publish/strict-xml.ts';
import type { AttackCase } from './attack-cases.ts';
import type { BadServer } from './bad-server.ts';
import { addressesInJson, readFeed } from './feed-readings.ts';
import { linksOf, loadHtmlJudge, textOfFirst } from './html-oracle.ts';
import type { MeasuredPoll } from './measured-polls.ts';
import type { PollingResult } from './polling-child.ts';

/** Of the item that every source has before its hostile document comes. */
export const KEPT_GUID = 'kept';

const FEED = /(^|\/)(feed\.xml|atom\.xml|feed\.json)$/;
/** JSON's own escapes keep all of these out of a line. */
const NOT_IN_A_LINE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** What is wrong with how a case came out, [] for nothing. `printed` is its line of `viaduct parse`. */
type CaseJudge = (attack: AttackCase, poll: MeasuredPoll, printed: string) => readonly string[];

/** The judge of everything that a case's `expected` may ask for, but time and memory. Its oracles are asked of every case,
 *  whether it names them or not. */
export async function createCaseJudge(bad: BadServer): Promise<CaseJudge> {
  const { fragment, page } = await loadHtmlJudge();

  function judge({ id, expected }: AttackCase, { result, stderr }: MeasuredPoll, printed: string): readonly string[] {
    if (result === undefined) return [];
    const guids = new Map(result.guids).get(id) ?? [];
    const stored = guids.length - 1;
    const everywhere = [...result.files.map(([, text]) => text), JSON.stringify(result.titles), printed, stderr];
    return [
      ...judgeOutcome(expected.outcome, result.outcomes[0]?.[1] ?? 'never came'),
      ...(expected.items === undefined || expected.items === stored ? [] : [`${stored} items, not ${expected.items}`]),
      ...(guids.includes(KEPT_GUID) ? [] : ['what was stored before is gone']),
      ...(expected.mustNot ?? []).filter((pattern) => everywhere.some((text) => new RegExp(pattern).test(text))),
      ...result.contents.flatMap((html) => fragment(html)),
      ...judgePrinted(printed),
      ...result.files.flatMap(([name, text]) => judgeFile(name, text).map((fault) => `${name}: ${fault}`)),
      ...judgeTitles(result),
      ...(stderr.includes('POLLUTED') ? ['a prototype is polluted'] : []),
      ...linesOf(stderr)
        .filter((line) => !isWholeLine(line))
        .map((line) => `log: ${line.slice(0, 80)}`),
    ];
  }

  function judgePrinted(printed: string): readonly string[] {
    const line = JSON.parse(printed) as { readonly items?: readonly { readonly contentHtml?: string }[] };
    const faults = (line.items ?? []).flatMap(({ contentHtml = '' }) => fragment(contentHtml));
    return [...faults, ...addressesInJson(line).filter((url) => isUnsafe(url))].map((fault) => `parse: ${fault}`);
  }

  function judgeFile(name: string, text: string): readonly string[] {
    try {
      if (name.endsWith('.html')) {
        const links = linksOf(text).map(({ href }) => href);
        return [...page(text), ...links.filter((href) => isUnsafe(href, ['http:', 'https:', 'mailto:']))];
      }
      if (name.endsWith('.xml')) parseStrictXml(text);
      if (!FEED.test(name)) return [];
      return readFeed(name, text).flatMap(({ html, urls }) => [
        ...html.flatMap((piece) => fragment(piece)),
        ...urls.filter((url) => isUnsafe(url)),
      ]);
    } catch (error) {
      return [String(error).slice(0, 120)];
    }
  }

  /** Addresses of our own are relative. */
  function isUnsafe(url: string, schemes: readonly string[] = ['http:', 'https:']): boolean {
    try {
      const { protocol, username, password } = new URL(url, bad.url);
      return !schemes.includes(protocol) || username !== '' || password !== '';
    } catch {
      return true;
    }
  }

  return judge;
}

function judgeOutcome(expected: string, outcome: string): readonly string[] {
  const isRead = outcome === 'updated' || outcome === 'unchanged';
  const isGood = { ok: isRead, reject: /^(?:parse|fetch)\//.test(outcome), either: outcome !== 'never came' }[expected];
  return isGood ? [] : [`${outcome}, expected ${expected}`];
}

/** A title is text wherever it stands. */
function judgeTitles({ titles, files }: PollingResult): readonly string[] {
  const pages = new Map(
    files.flatMap(([name, text]) => {
      const [, id] = /^items\/([^/]+)\/[^/]+\/index\.html$/.exec(name) ?? [];
      return id === undefined ? [] : [[id, text] as const];
    }),
  );
  return titles.flatMap(([id, title]) => {
    const page = pages.get(id);
    const shown = page && textOfFirst(page, 'h1');
    return shown === title ? [] : [`the title ${JSON.stringify(title)} is shown as ${JSON.stringify(shown)}`];
  });
}

function linesOf(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && line !== 'POLLUTED');
}

function isWholeLine(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object' && !NOT_IN_A_LINE.test(line);
  } catch {
    return false;
  }
}
