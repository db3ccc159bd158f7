import { violationsIn } from '../test/parse/html-oracle.ts';
import type { HostileCase } from './collection/cases.ts';
import { addressesInJson } from './feed-readings.ts';
import type { MeasuredPoll } from './measured-polls.ts';
import { judgeFile, judgeTitles, unsafe } from './site-judge.ts';

/** Of the item that every source has before its hostile document comes. */
export const KEPT_GUID = 'kept';

/** JSON's own escapes keep all of these out of a line. */
const NOT_IN_A_LINE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** What is wrong with how a case came out, [] for nothing: everything that its `expected` may ask for but time and memory.
 *  `printed` is its line of `viaduct parse`. */
export function judgeCase(
  { id, expected }: HostileCase,
  { result, stderr }: MeasuredPoll,
  printed: string,
): readonly string[] {
  if (result === undefined) return [];
  const guids = new Map(result.guids).get(id) ?? [];
  const stored = guids.length - 1;
  const everywhere = [...result.files.map(([, text]) => text), JSON.stringify(result.titles), printed, stderr];
  return [
    ...judgeOutcome(expected.outcome, result.outcomes[0]?.[1] ?? 'never came'),
    ...(expected.items === undefined || expected.items === stored ? [] : [`${stored} items, not ${expected.items}`]),
    ...(guids.includes(KEPT_GUID) ? [] : ['what was stored before is gone']),
    ...(expected.mustNot ?? []).filter((pattern) => everywhere.some((text) => new RegExp(pattern).test(text))),
    ...result.contents.flatMap(violationsIn),
    ...judgePrinted(printed),
    ...result.files.flatMap(([name, text]) => judgeFile(name, text).faults.map((fault) => `${name}: ${fault}`)),
    ...judgeTitles(result.titles, result.files),
    ...(stderr.includes('POLLUTED') ? ['a prototype is polluted'] : []),
    ...linesOf(stderr)
      .filter((line) => !isWholeLine(line))
      .map((line) => `log: ${line.slice(0, 80)}`),
  ];
}

function judgePrinted(printed: string): readonly string[] {
  const line = JSON.parse(printed) as { readonly items?: readonly { readonly contentHtml?: string }[] };
  const faults = (line.items ?? []).flatMap(({ contentHtml = '' }) => violationsIn(contentHtml));
  return [...faults, ...unsafe(addressesInJson(line).map((href) => ({ href })))].map((fault) => `parse: ${fault}`);
}

function judgeOutcome(expected: string, outcome: string): readonly string[] {
  const isRead = outcome === 'updated' || outcome === 'unchanged';
  const isGood = { ok: isRead, reject: /^(?:parse|fetch)\//.test(outcome), either: outcome !== 'never came' }[expected];
  return isGood ? [] : [`${outcome}, expected ${expected}`];
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
