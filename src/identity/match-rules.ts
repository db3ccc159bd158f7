import { HOUR_MS } from '../durations.ts';
import type { Entry } from '../model.ts';
import { compareSightings, type EntryKeys, foremostOf } from './entry-keys.ts';
import { areTitlesAlike, areTitlesOne, textLikeness, wordsOf } from './likeness.ts';
import { hasFragment } from './url-keys.ts';

/** Entries dated further apart are not one text published twice. */
const THREE_DAYS_MS = 72 * HOUR_MS;
/** Fewer words are no proof that a text was copied. */
const MIN_WORDS = 40;
/** Texts of two sources that are less alike are two texts about one thing. */
const MIN_LIKENESS = 0.8;

/** What is compared of entries and can turn out to identify nothing: strong and weak link keys (url-keys.ts), global guids,
 *  enclosures. */
export type ValueKind = 'links' | 'weakLinks' | 'guids' | 'enclosures';

/** What sources show of their own entries. */
export interface Unreliable {
  /** Whether the entry's source has another entry of that title. */
  isTitleReused(keys: EntryKeys): boolean;
}

/** One kind of evidence that entries of two sources are one article. */
export interface MatchRule {
  /** The evidence as people read it. */
  readonly words: string;
  /** The values of an entry that are compared: both must have one of them. */
  readonly valuesOf: (keys: EntryKeys) => readonly string[];
  /** What they are, if such a value can be evidence for nothing: by the word of either source, or of whose site it names. */
  readonly kind?: ValueKind;
  /** Whether the rule can never join this entry, whatever it shares. */
  readonly isOutOfScope?: (keys: EntryKeys, unreliable: Unreliable) => boolean;
  /** Whether two entries that share a value are one. Asked only of two that are in scope. */
  readonly accepts: (a: EntryKeys, b: EntryKeys) => boolean;
}

/** Two entries that a rule says are one. */
export interface Edge {
  readonly a: EntryKeys;
  readonly b: EntryKeys;
  readonly rule: MatchRule;
  /** Place of `rule` in the list: 0 is the strongest. */
  readonly rank: number;
}

/** The rules, strongest first (docs/identity.md). Title alone, a link within the text and guids like '123' prove nothing. */
export const MATCH_RULES: readonly MatchRule[] = [
  {
    // Titles may differ: a link log has its own (Daring Fireball, JSON Feed 1.1 external_url).
    words: 'the same link',
    valuesOf: ({ links }) => links,
    kind: 'links',
    accepts: () => true,
  },
  {
    // Mobile and AMP editions (zhanghai/Untracker#24); two anchors of one page are two items (getpelican/pelican#1306).
    words: 'nearly the same link, and the same title',
    valuesOf: ({ weakLinks }) => weakLinks,
    kind: 'weakLinks',
    accepts: (a, b) => wereTitles(areTitlesOne, a, b) && !(isAnchor(a) && isAnchor(b)),
  },
  {
    // A planet whose links go through its counter of clicks (RFC 4287 §4.2.6: an id is universally unique); sites cloned from one demo share guids.
    words: 'the same global guid, and a similar title',
    valuesOf: ({ globalGuids }) => globalGuids,
    kind: 'guids',
    accepts: (a, b) => wereTitles(mayBeOne, a, b),
  },
  {
    // One episode in two podcast feeds; shows share a placeholder audio (AntennaPod#5729), so the title counts as well.
    words: 'the same enclosure, and the same title',
    valuesOf: ({ enclosures }) => enclosures,
    kind: 'enclosures',
    isOutOfScope: isTitleUseless,
    accepts: (a, b) => wereTitles(areTitlesEqual, a, b) && isOriginalKnown(a, b),
  },
  {
    // Press releases and cross-posts; two newsrooms write one headline over texts of their own (Lallassu/gorss#14).
    words: 'the same title and text within three days',
    valuesOf: distinctTitle,
    isOutOfScope: isTitleUseless,
    accepts: (a, b) =>
      wereTitles(areTitlesEqual, a, b) &&
      isOriginalKnown(a, b) &&
      areDatesNear(a.entry, b.entry) &&
      areTextsOne(a.entry, b.entry),
  },
];

/** The title, if it can distinguish one article from another. */
export function distinctTitle({ title, isTitleGeneric }: EntryKeys): readonly string[] {
  return isTitleGeneric ? [] : [title];
}

/** Whether the titles of two entries are of one article, those that they came with, too: what an entry is turned into later
 *  makes it no part of another's item. The first title of each must fit one that the other had. */
function wereTitles(areOne: (a: string, b: string) => boolean, a: EntryKeys, b: EntryKeys): boolean {
  if (!areOne(a.title, b.title)) return false;
  const fits = (first: string, other: EntryKeys) => areOne(first, other.title) || areOne(first, other.firstTitle);
  return (a.firstTitle === a.title || fits(a.firstTitle, b)) && (b.firstTitle === b.title || fits(b.firstTitle, a));
}

/** Of an article that two publishers have on their own sites the one that we saw first stands for it. Of two that we first saw in
 *  one round either may have copied the other, so each stands for itself. */
function isOriginalKnown(a: EntryKeys, b: EntryKeys): boolean {
  const areTwo = a.standing > 0 && b.standing > 0 && a.publisher !== b.publisher;
  return !areTwo || a.entry.firstSeen !== b.entry.firstSeen;
}

function areTitlesEqual(a: string, b: string): boolean {
  return a === b;
}

/** Of two that have one guid a title may be absent. */
function mayBeOne(a: string, b: string): boolean {
  return a === '' || b === '' || areTitlesAlike(a, b) || areTitlesOne(a, b);
}

/** Gathers the entries of one article. The same for every order of `entries` and `edges`:
 *
 *      each entry is a group of its own
 *      for each edge (first those between publishers of their articles, last those between sources that are none; of these
 *      the strongest rule first, then in order of first sighting):
 *        make one group of the two that it joins, unless
 *          some source has an entry in both and listed these at one time: a source lists an article once
 *          there is a publisher among them, and one of its entries has no edge with another publisher, or another entry none
 *          with a publisher: no third makes one of two articles, and nobody is brought along by others
 *
 *  Publishers: those of foremostOf who have a Standing. Each group is in order of first sighting. */
export function cluster(entries: readonly EntryKeys[], edges: readonly Edge[]): readonly (readonly EntryKeys[])[] {
  const joined = [...new Set(edges.flatMap(({ a, b }) => [a, b]))];
  joined.sort((a, b) => compareSightings(a.entry, b.entry));
  const ranks = new Map(joined.map((keys, rank) => [keys, rank]));
  const rankOf = (keys: EntryKeys) => ranks.get(keys) ?? 0;
  const withPublisher = new Set<number>();
  for (const { a, b } of edges) {
    if (!isPublisher(a) && !isPublisher(b)) continue;
    withPublisher.add(rankOf(a) * joined.length + rankOf(b)).add(rankOf(b) * joined.length + rankOf(a));
  }
  const haveEdge = (a: EntryKeys, b: EntryKeys) => withPublisher.has(rankOf(a) * joined.length + rankOf(b));
  const groups = joined.map((keys) => groupOf([keys]));
  for (const [first, second] of strongestFirst(edges, rankOf, joined.length)) {
    const [mine, theirs] = [groups[first], groups[second]];
    if (!mine || !theirs || mine === theirs || mine.refused.has(theirs) || theirs.refused.has(mine)) continue;
    const both = groupOf([...mine.members, ...theirs.members]);
    if (mayJoin(mine, theirs, both, haveEdge)) for (const keys of both.members) groups[rankOf(keys)] = both;
    else mine.refused.add(theirs);
  }
  const alone = entries.filter((keys) => !ranks.has(keys)).map((keys) => [keys]);
  const together = [...new Set(groups)].map(({ members }) => members.toSorted((a, b) => rankOf(a) - rankOf(b)));
  return [...alone, ...together];
}

/** Entries that are one, as far as edges have been looked at. */
interface Group {
  readonly members: readonly EntryKeys[];
  /** Those of its publishers, each of which has an edge with every other. Empty where there is none. */
  readonly publishers: ReadonlySet<EntryKeys>;
  /** Groups that it is not one with. */
  readonly refused: Set<Group>;
}

function groupOf(members: readonly EntryKeys[]): Group {
  return { members, publishers: new Set(members.some(isPublisher) ? foremostOf(members) : []), refused: new Set() };
}

/** Whether two groups may become `both`. What was asked when each of them was made is not asked again: all pairs of 250
 *  publishers, at each entry that joined them, took minutes. */
function mayJoin(mine: Group, theirs: Group, both: Group, haveEdge: (a: EntryKeys, b: EntryKeys) => boolean): boolean {
  if (mine.members.some(({ entry }) => theirs.members.some((other) => wereListedTogether(entry, other.entry))))
    return false;
  const publishers = [...both.publishers];
  if (publishers.length === 0) return true;
  const haveEdges = (some: readonly EntryKeys[], others: readonly EntryKeys[]) =>
    some.every((one) => others.every((other) => one === other || haveEdge(one, other)));
  const known = (group: Group) => publishers.filter((keys) => group.publishers.has(keys));
  const further = publishers.filter((keys) => !mine.publishers.has(keys) && !theirs.publishers.has(keys));
  return (
    haveEdges(known(mine), known(theirs)) &&
    haveEdges(further, publishers) &&
    both.members.every((keys) => both.publishers.has(keys) || publishers.some((one) => haveEdge(one, keys)))
  );
}

const isPublisher = ({ standing }: EntryKeys): boolean => standing > 0;

/** The ranks of each edge's two entries, the one seen first before the other; edges of publishers first, then the strongest, then
 *  by these ranks. Sorted as numbers: when 250 sources carry one article, each two of them share an edge, and sorting the
 *  edges themselves took 50 ms at every poll. */
function* strongestFirst(
  edges: readonly Edge[],
  rankOf: (keys: EntryKeys) => number,
  count: number,
): Generator<readonly [first: number, second: number]> {
  const numbers = Float64Array.from(edges, ({ a, b, rank }) => {
    const [one, other] = [rankOf(a), rankOf(b)];
    const order =
      (8 - 3 * Math.min(a.standing, b.standing) - Math.max(a.standing, b.standing)) * MATCH_RULES.length + rank;
    return (order * count + Math.min(one, other)) * count + Math.max(one, other);
  });
  for (const number of numbers.sort()) yield [Math.floor(number / count) % count, number % count];
}

/** Whether one document listed both. Between first sighting and last listing an entry counts as listed all the time. */
function wereListedTogether(a: Entry, b: Entry): boolean {
  return a.source === b.source && wasListedAt(a.firstSeen, b) && wasListedAt(b.firstSeen, a);
}

function wasListedAt(instant: string, { isListed, lastListed }: Entry): boolean {
  return isListed === true || instant <= lastListed;
}

/** Whether the title says too little, or is one that its source uses again. */
function isTitleUseless(keys: EntryKeys, unreliable: Unreliable): boolean {
  return keys.isTitleGeneric || unreliable.isTitleReused(keys);
}

/** Whether every link of the entry names a place within a page. */
function isAnchor({ links }: EntryKeys): boolean {
  return links.every(hasFragment);
}

function areDatesNear(a: Entry, b: Entry): boolean {
  return Math.abs(Date.parse(a.date) - Date.parse(b.date)) <= THREE_DAYS_MS;
}

/** What was found of two, by the one of the lesser id: 250 copies of a press release are 31,000 twos, at every poll of each. */
const textsCompared = new WeakMap<Entry, WeakMap<Entry, boolean>>();

function areTextsOne(a: Entry, b: Entry): boolean {
  const [one, other] = a.id < b.id ? [a, b] : [b, a];
  const ofOne = textsCompared.get(one) ?? new WeakMap<Entry, boolean>();
  const areOne = ofOne.get(other) ?? compareTexts(one.text ?? one.summary ?? '', other.text ?? other.summary ?? '');
  textsCompared.set(one, ofOne.set(other, areOne));
  return areOne;
}

function compareTexts(a: string, b: string): boolean {
  if (wordsOf(a).length < MIN_WORDS || wordsOf(b).length < MIN_WORDS) return false;
  return (textLikeness(a, b) ?? 0) >= MIN_LIKENESS;
}
