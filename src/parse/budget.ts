import { jsonChars } from '../json-size.ts';
import type { FeedDocument, ListedEntry } from '../model.ts';

/** What is kept of a document may have so many characters for each of its bytes, and these besides: publishers repeat
 *  nothing, but what they say once may count for many entries (an xml:base, the authors of the feed). */
const CHARS_A_BYTE = 4;
const FREE_CHARS = 1_000_000;

/** How often more each address is kept: as what identifies the entry, as what its title leads to, as the source's own page. */
const COPIES = { guid: 1, comments: 1, related: 1, permalink: 3, link: 3, origLink: 3, externalUrl: 3 } as const;

/** An entry's own id and dates. */
const CHARS_AN_ENTRY = 300;

/** The document with no more entries than its `bytes` justify: the largest go first. One document of 3 KB could else be
 *  320 MB in data/. */
export function withinBudget(document: FeedDocument, bytes: number): FeedDocument {
  const budget = CHARS_A_BYTE * bytes + FREE_CHARS;
  const sizes = new Map(document.entries.map((entry) => [entry, keptChars(entry)]));
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (total <= budget) return document;
  const left = new Set(document.entries);
  for (const [entry, size] of [...sizes].sort(([, a], [, b]) => b - a)) {
    if (total <= budget) break;
    left.delete(entry);
    total -= size;
  }
  const entries = document.entries.filter((entry) => left.has(entry));
  return { ...document, entries, tooLarge: document.entries.length - entries.length };
}

/** About how many characters will be kept of an entry. */
function keptChars(entry: ListedEntry): number {
  const copies = (Object.keys(COPIES) as (keyof typeof COPIES)[]).map(
    (name) => COPIES[name] * jsonChars(entry[name] ?? ''),
  );
  return copies.reduce((sum, chars) => sum + chars, CHARS_AN_ENTRY + jsonChars(entry));
}
