import { HOUR_MS } from '../durations.ts';
import type { Entry } from '../model.ts';
import { compareSightings, type EntryKeys } from './entry-keys.ts';
import { areTitlesAlike, areTitlesOne, textLikeness, wordsOf } from './likeness.ts';
import { hasFragment } from './url-keys.ts';

const THREE_DAYS_MS = 72 * HOUR_MS;
/** Fewer words are no proof that a text was copied. */
const MIN_WORDS = 40;

/** What is known of all followed sources together. */
export interface World {
  /** Whether some source uses the strong link key for different items, or lives there. */
  isUnreliableLink(key: string): boolean;
  isUnreliableWeakLink(key: string): boolean;
  isUnreliableGuid(key: string): boolean;
  /** Whether the copy's source has another entry of that title. */
  isTitleReused(copy: EntryKeys): boolean;
}

/** One kind of evidence that entries of two sources are one article. */
export interface MatchRule {
  readonly letter: string;
  readonly words: string;
  /** What both must share a value of. */
  readonly keys: (copy: EntryKeys) => readonly string[];
  /** A value that proves nothing, whoever shares it. */
  readonly isDead: (key: string, world: World) => boolean;
  /** A copy that it can say nothing about, whatever it shares. */
  readonly isSilent?: (copy: EntryKeys, world: World) => boolean;
  /** `a` is not silent. */
  readonly accepts: (a: EntryKeys, b: EntryKeys, world: World) => boolean;
}

export interface Edge {
  readonly a: EntryKeys;
  readonly b: EntryKeys;
  readonly join: MatchRule;
  /** Place of `join` in the list: 0 is the strongest. */
  readonly rank: number;
}

/** The kinds of evidence, strongest first. Title alone, a link within the text and guids like '123' are none. */
export const MATCH_RULES: readonly MatchRule[] = [
  {
    letter: 'a',
    words: 'the same link',
    keys: ({ links }) => links,
    isDead: (key, world) => world.isUnreliableLink(key),
    accepts: () => true,
  },
  {
    letter: 'b',
    words: 'nearly the same link, and the same title',
    keys: ({ weakLinks }) => weakLinks,
    isDead: (key, world) => world.isUnreliableWeakLink(key),
    accepts: (a, b) => areTitlesOne(a.title, b.title) && !(hasAnchor(a) && hasAnchor(b)),
  },
  {
    letter: 'c',
    words: 'the same global guid, and a title alike',
    keys: ({ globalGuids }) => globalGuids,
    isDead: (key, world) => world.isUnreliableGuid(key),
    accepts: (a, b) =>
      a.title === '' || b.title === '' || areTitlesAlike(a.title, b.title) || areTitlesOne(a.title, b.title),
  },
  {
    letter: 'd',
    words: 'the same enclosure, and the same title',
    keys: ({ enclosures }) => enclosures,
    isDead: () => false,
    isSilent: isTitleUseless,
    accepts: (a, b, world) => a.title === b.title && !isTitleUseless(b, world),
  },
  {
    letter: 'e',
    words: 'the same title and text within three days',
    keys: distinctTitle,
    isDead: () => false,
    isSilent: isTitleUseless,
    accepts: (a, b, world) =>
      !isTitleUseless(b, world) && areDatesNear(a.entry, b.entry) && areTextsOne(a.entry, b.entry),
  },
];

/** The title, if it can tell one article from another. */
export function distinctTitle({ title, isTitleGeneric }: EntryKeys): readonly string[] {
  return isTitleGeneric ? [] : [title];
}

/** Gathers the copies of one article: edges are followed strongest first, but two entries of one source that were ever
 *  listed together never meet, not even through a third. The same for every order of `copies` and `edges`. */
export function cluster(copies: readonly EntryKeys[], edges: readonly Edge[]): readonly (readonly EntryKeys[])[] {
  const joined = [...new Set(edges.flatMap(({ a, b }) => [a, b]))];
  joined.sort((a, b) => compareSightings(a.entry, b.entry));
  const places = new Map(joined.map((copy, place) => [copy, place]));
  const groups = joined.map((copy) => [copy]);
  for (const [first, second] of strongestFirst(edges, places)) {
    const [mine, theirs] = [groups[first], groups[second]];
    if (!mine || !theirs || mine === theirs || mine.some((one) => theirs.some((other) => areApart(one, other))))
      continue;
    mine.push(...theirs);
    for (const copy of theirs) groups[places.get(copy) ?? 0] = mine;
  }
  const alone = copies.filter((copy) => !places.has(copy)).map((copy) => [copy]);
  const together = new Set(groups);
  for (const group of together) group.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  return [...alone, ...together];
}

/** The places of each edge's ends, the one seen first before the other, in order of rank and these. As numbers: when 250
 *  sources tell one article, each two of them share an edge, and comparing those took 50 ms at every poll. */
function* strongestFirst(
  edges: readonly Edge[],
  places: ReadonlyMap<EntryKeys, number>,
): Generator<readonly [first: number, second: number]> {
  const count = places.size;
  const keys = Float64Array.from(edges, ({ a, b, rank }) => {
    const [one, other] = [places.get(a) ?? 0, places.get(b) ?? 0];
    return (rank * count + Math.min(one, other)) * count + Math.max(one, other);
  });
  for (const key of keys.sort()) yield [Math.floor(key / count) % count, key % count];
}

/** One source's list of the moment says that its items are different ones. Between first sighting and last listing an
 *  entry counts as listed all the time. */
function areApart({ entry: a }: EntryKeys, { entry: b }: EntryKeys): boolean {
  return a.source === b.source && isBefore(a.firstSeen, b) && isBefore(b.firstSeen, a);
}

function isBefore(instant: string, { isListed, lastListed }: Entry): boolean {
  return isListed === true || instant <= lastListed;
}

/** Whether the title says too little, or is one that its source uses again. */
function isTitleUseless(copy: EntryKeys, world: World): boolean {
  return copy.isTitleGeneric || world.isTitleReused(copy);
}

/** An anchor names a place in a page: two of them are two items. */
function hasAnchor({ links }: EntryKeys): boolean {
  return links.every(hasFragment);
}

function areDatesNear(a: Entry, b: Entry): boolean {
  return Math.abs(Date.parse(a.date) - Date.parse(b.date)) <= THREE_DAYS_MS;
}

function areTextsOne(a: Entry, b: Entry): boolean {
  const [mine, theirs] = [a.text ?? a.summary ?? '', b.text ?? b.summary ?? ''];
  if (wordsOf(mine).length < MIN_WORDS || wordsOf(theirs).length < MIN_WORDS) return false;
  return (textLikeness(mine, theirs) ?? 0) >= 0.8;
}
