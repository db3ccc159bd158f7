import type { Entry } from '../model.ts';
import type { Facts } from './facts.ts';
import { areTextsAlike, areTitlesAlike, isGenericTitle } from './likeness.ts';
import type { Listing } from './listing.ts';
import { hasFragment } from './url-keys.ts';

/** Newest entries that the steps with costly values look at (1,000 items are read of a document). All 10,000 entries of a
 *  busy source would hold up each of its polls for 0.5 s. */
const NEWEST = 2000;

/** Entries of one value that a listing is compared with, the newest: a guid or link of more names none of them. */
const MAX_CANDIDATES = 20;

/** One rule by which an item of a document is one of its source's entries. */
export interface MatchStep {
  /** By what an entry was recognised, as people read it. */
  readonly name: string;
  /** The values that are compared: both must have one of them. */
  readonly valuesOf: (facts: Facts) => readonly string[];
  /** Whether the shared value is enough. */
  readonly accepts: (listed: Facts, known: Facts) => boolean;
  /** Its values are at hand, so that all kept entries can be asked; the other steps ask the newest. */
  readonly isCheap?: true;
  /** The shared value must belong to one item and one entry only: weak evidence picks no one out of several. It also
   *  bounds the work: 1,000 items of one title are not compared with 2,000 entries of that title. */
  readonly isUnique?: true;
  /** It says that the entry left the document under its old name, so the document must be whole. */
  readonly needsWholeDocument?: true;
}

/** The steps, strongest first (docs/identity.md has the report that each comes from). */
export const MATCH_STEPS: readonly MatchStep[] = [
  {
    // Of items that are alike in all that the steps below look at, each stays what it was.
    name: 'nothing changed',
    valuesOf: ({ signature }) => [signature],
    accepts: (listed, known) => listed.text === known.text && (listed.date === known.date || !isNameless(listed)),
  },
  {
    // All that publishers keep through edits (davidmerfield/blot#387); a counter that starts again is the one exception.
    name: 'the same guid',
    valuesOf: ({ guids }) => guids,
    isCheap: true,
    accepts: (listed, known) => !isReused(listed, known),
  },
  {
    // Guids start, stop or take another form (FreshRSS#1552, #5909); a status page has one link for all (FreshRSS PR#4487).
    name: 'the same link',
    valuesOf: ({ links }) => links,
    isCheap: true,
    accepts: (listed, known) =>
      listed.guids.length === 0 ||
      known.guids.length === 0 ||
      areTitlesAlike(listed.title, known.title) ||
      areTextsAlike(listed.text, known.text) ||
      isSameDate(listed, known),
  },
  {
    // http or https, www or not, with or without a slash (NetNewsWire#324, FreshRSS#5151, feedbin/support#431).
    name: 'the same guid, read as a URL',
    valuesOf: ({ guidKeys }) => guidKeys,
    accepts: () => true,
  },
  {
    // The BBC counts edits in the fragment (jocmp/capyreader#865, FreshRSS#6521).
    name: 'nearly the same guid, read as a URL, and the same title',
    valuesOf: ({ weakGuidKeys }) => weakGuidKeys,
    accepts: isSameTitle,
    isUnique: true,
  },
  {
    // simonw/simonwillisonblog#698; but two anchors of one page are two items (getpelican/pelican#1306).
    name: 'nearly the same link, and the same title',
    valuesOf: ({ weakLinks }) => weakLinks,
    accepts: (listed, known) =>
      isSameTitle(listed, known) && !(listed.links.some(hasFragment) && known.links.some(hasFragment)),
    isUnique: true,
  },
  {
    // The site has moved (NetNewsWire#3835); a planet lists /hello-world/ and ?p=12 of many hosts.
    name: 'the same path on another host, and the same title',
    valuesOf: ({ paths }) => paths,
    accepts: (listed, known) =>
      isSameTitle(listed, known) &&
      (isSameDate(listed, known) ||
        (!isGenericTitle(listed.title) && (areUndated(listed, known) || areTextsAlike(listed.text, known.text)))),
    isUnique: true,
  },
  {
    // AntennaPod#3275, #1642; two episodes under one latest.mp3 have other titles (AntennaPod#5729).
    name: 'the same enclosure, and the same title or date',
    valuesOf: ({ enclosures }) => enclosures,
    accepts: (listed, known) =>
      isSameTitle(listed, known) ||
      (isNameless(listed) && isNameless(known) && (isSameDate(listed, known) || isOneUndated(listed, known))),
    isUnique: true,
  },
  {
    // The slug was corrected, or topics got other ids (NetNewsWire#3286, #4520).
    name: 'the same title, date and text',
    valuesOf: titleAndDate,
    accepts: (listed, known) =>
      areTextsAlike(listed.text, known.text) && (listed.date !== undefined || !isGenericTitle(listed.title)),
    isUnique: true,
    needsWholeDocument: true,
  },
  {
    // Neither guid nor link is asked of an item (RSS 2.0, "item"; Athou/commafeed#1629).
    name: 'the same title, and the same date or text, without guid and link',
    valuesOf: (facts) => (isNameless(facts) && facts.title !== '' ? [...titleAndDate(facts), facts.title] : []),
    accepts: (listed, known) =>
      isSameDate(listed, known) ||
      (isOneUndated(listed, known) && (listed.text === known.text || areTextsAlike(listed.text, known.text))),
    isUnique: true,
  },
  {
    // RSS 2.0, "item": title or description is enough.
    name: 'the same text, without guid and link',
    valuesOf: (facts) => (isNameless(facts) ? [facts.date ?? facts.text ?? ''] : []),
    accepts: (listed, known) =>
      areTextsAlike(listed.text, known.text)
        ? listed.title === '' || known.title === '' || areTitlesAlike(listed.title, known.title)
        : listed.text === known.text && listed.title === known.title,
    isUnique: true,
  },
];

/** A kept entry and what the steps may know of it. */
export interface Known {
  readonly entry: Entry;
  readonly facts: Facts;
}

/** Which listed item is which kept entry. */
export interface Matches {
  readonly known: ReadonlyMap<Listing, Known>;
  /** Most titles of the document had come under new names: the publisher gave all of its items new guids and links. */
  readonly isReidentified: boolean;
}

/** Matches the items of a document with the kept entries of its source, newest first, one to one:
 *
 *      for each step, strongest first:
 *        for each item that is not matched yet, in the order of the document:
 *          it is the first entry that is not matched yet, shares a value of the step's kind, and is accepted
 *      at last, if most of what is left has the title of an entry that has just vanished, these are the same
 *
 *  Step by step and not item by item, so that a new item on top cannot take the guid of one that is known by more.
 *  `isWhole` false: the document broke off, so nothing is known to have vanished. */
export function matchListings(
  listings: readonly Listing[],
  kept: readonly Known[],
  steps: readonly MatchStep[],
  isWhole: boolean,
): Matches {
  const known = new Map<Listing, Known>();
  const claimed = new Set<Known>();
  for (const step of steps) {
    if (known.size === listings.length || claimed.size === kept.length) break;
    if (step.needsWholeDocument && !isWhole) continue;
    // The document is the short side: only what it asks for is looked up among the kept.
    const asked = step.isCheap ? kept : kept.slice(0, NEWEST);
    const listedBy = groupBy(listings, ({ facts }) => step.valuesOf(facts));
    const keptBy = groupBy(asked, ({ facts }) => step.valuesOf(facts).filter((value) => listedBy.has(value)));
    const isUsable = (value: string) =>
      !step.isUnique || (keptBy.get(value)?.length === 1 && listedBy.get(value)?.length === 1);
    for (const listing of listings) {
      if (known.has(listing)) continue;
      const candidates = step
        .valuesOf(listing.facts)
        .flatMap((value) => (isUsable(value) && keptBy.get(value)?.slice(0, MAX_CANDIDATES)) || []);
      const found = candidates.find((one) => !claimed.has(one) && step.accepts(listing.facts, one.facts));
      if (!found) continue;
      known.set(listing, found);
      claimed.add(found);
    }
  }
  const renamed = isWhole ? vanishedTitles(listings, kept, known, claimed) : [];
  for (const [listing, found] of renamed) known.set(listing, found);
  return { known, isReidentified: renamed.length > 0 };
}

/** All items under new guids and links at once (lemon24/reader#322): at least 3, and 60 %, of the items that nothing
 *  matched have a title that one entry had which just vanished. Reports that come daily under the same titles do so too:
 *  what has another date and another text is another item. */
function vanishedTitles(
  listings: readonly Listing[],
  kept: readonly Known[],
  known: ReadonlyMap<Listing, Known>,
  claimed: ReadonlySet<Known>,
): readonly (readonly [Listing, Known])[] {
  const left = listings.filter((listing) => !known.has(listing));
  if (left.length < 3) return [];
  const vanished = kept.filter((one) => one.entry.isListed && !claimed.has(one));
  const vanishedBy = groupBy(vanished, ({ facts }) => [facts.title]);
  const listedBy = groupBy(left, ({ facts }) => [facts.title]);
  const pairs = left.flatMap((listing): (readonly [Listing, Known])[] => {
    const { title } = listing.facts;
    const [found, ...others] = vanishedBy.get(title) ?? [];
    const isClear = title !== '' && others.length === 0 && listedBy.get(title)?.length === 1;
    return found && isClear && !isAnotherIssue(listing.facts, found.facts) ? [[listing, found]] : [];
  });
  return pairs.length >= 3 && pairs.length >= 0.6 * left.length ? pairs : [];
}

function isAnotherIssue(a: Facts, b: Facts): boolean {
  return a.date !== undefined && b.date !== undefined && a.date !== b.date && !areTextsAlike(a.text, b.text);
}

/** Whether a guid names another item than before: of link, title, text and date at least three can be compared, and all of
 *  these differ. */
function isReused(listed: Facts, known: Facts): boolean {
  const differs = [
    listed.links.length > 0 && known.links.length > 0 ? !sharesAny(listed.links, known.links) : undefined,
    listed.title !== '' && known.title !== '' ? !areTitlesAlike(listed.title, known.title) : undefined,
    listed.text !== undefined && known.text !== undefined ? !areTextsAlike(listed.text, known.text) : undefined,
    listed.date !== undefined && known.date !== undefined ? listed.date !== known.date : undefined,
  ].filter((difference) => difference !== undefined);
  return differs.length >= 3 && differs.every(Boolean);
}

function isNameless({ guids, links }: Facts): boolean {
  return guids.length === 0 && links.length === 0;
}

function isSameTitle(a: Facts, b: Facts): boolean {
  return a.title !== '' && a.title === b.title;
}

function isSameDate(a: Facts, b: Facts): boolean {
  return a.date !== undefined && a.date === b.date;
}

function areUndated(a: Facts, b: Facts): boolean {
  return a.date === undefined && b.date === undefined;
}

function isOneUndated(a: Facts, b: Facts): boolean {
  return a.date === undefined || b.date === undefined;
}

/** Undated ones share a value, too. */
function titleAndDate({ title, date }: Facts): readonly string[] {
  return title === '' ? [] : [`${title}\n${date ?? ''}`];
}

function sharesAny(a: readonly string[], b: readonly string[]): boolean {
  return a.some((value) => b.includes(value));
}

function groupBy<T>(values: readonly T[], keysOf: (value: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    for (const key of keysOf(value)) {
      const group = groups.get(key);
      if (group) group.push(value);
      else groups.set(key, [value]);
    }
  }
  return groups;
}
