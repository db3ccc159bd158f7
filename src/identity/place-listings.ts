import type { Entry } from '../model.ts';
import type { Facts } from './facts.ts';
import { areTextsAlike } from './likeness.ts';
import type { Listing } from './listing.ts';
import type { MatchStep } from './match-steps.ts';

/** Newest entries that the rungs with costly keys look at (1,000 items are read of a document). All 10,000 entries of a
 *  busy source would hold up each of its polls for 0.5 s. */
const REACH = 2000;

/** A kept entry and what the rules may know of it. */
export interface Known {
  readonly entry: Entry;
  readonly facts: Facts;
}

/** Which listed item is which kept entry. */
export interface Placement {
  readonly places: ReadonlyMap<Listing, Known>;
  /** Most titles of the document had come under new names: the publisher moved house. */
  readonly isReidentified: boolean;
}

/** Matches a document as a whole; `known` has the newest first. Each rung places all it can, one to one, before the next runs, so that a new item on
 *  top cannot take a known one's guid. `isWhole` false: the document broke off, so nothing is known to have vanished. */
export function placeListings(
  listings: readonly Listing[],
  known: readonly Known[],
  rungs: readonly MatchStep[],
  isWhole: boolean,
): Placement {
  const places = new Map<Listing, Known>();
  const claimed = new Set<Known>();
  for (const rung of rungs) {
    if (places.size === listings.length || claimed.size === known.length) break;
    const asked = rung.isCheap ? known : known.slice(0, REACH);
    if (!rung.isAboutVanished || isWhole) climb(rung, listings, asked, places, claimed);
  }
  return { places, isReidentified: isWhole && matchVanishedTitles(listings, known, places, claimed) };
}

function climb(
  rung: MatchStep,
  listings: readonly Listing[],
  known: readonly Known[],
  places: Map<Listing, Known>,
  claimed: Set<Known>,
): void {
  // The document is the short side: only what it asks for is looked up among the kept.
  const listedByKey = groupBy(listings, ({ facts }) => rung.keys(facts));
  const knownByKey = groupBy(known, ({ facts }) => rung.keys(facts).filter((key) => listedByKey.has(key)));
  for (const listing of listings) {
    if (places.has(listing)) continue;
    const candidates = rung.keys(listing.facts).flatMap((key) => {
      const sharing = knownByKey.get(key) ?? [];
      const isAmbiguous = sharing.length > 1 || (listedByKey.get(key)?.length ?? 0) > 1;
      return rung.isUnique && isAmbiguous ? [] : sharing;
    });
    const found = candidates.find((one) => !claimed.has(one) && rung.accepts(listing.facts, one.facts));
    if (!found) continue;
    places.set(listing, found);
    claimed.add(found);
  }
}

/** All items under new guids and links at once (lemon24/reader#322): at least 3, and 60 %, of the items that nothing
 *  placed have a title that one entry had which just vanished. Reports that come daily under the same titles do so too:
 *  what has another date and another text is another item. */
function matchVanishedTitles(
  listings: readonly Listing[],
  known: readonly Known[],
  places: Map<Listing, Known>,
  claimed: Set<Known>,
): boolean {
  const unplaced = listings.filter((listing) => !places.has(listing));
  if (unplaced.length < 3) return false;
  const vanished = known.filter((one) => one.entry.isListed && !claimed.has(one));
  const byTitle = groupBy(vanished, ({ facts }) => [facts.title]);
  const listedByTitle = groupBy(unplaced, ({ facts }) => [facts.title]);
  const pairs = unplaced.flatMap((listing) => {
    const { title } = listing.facts;
    const [found, ...others] = byTitle.get(title) ?? [];
    const isClear = title !== '' && others.length === 0 && listedByTitle.get(title)?.length === 1;
    return found && isClear && !isAnotherIssue(listing.facts, found.facts) ? [{ listing, found }] : [];
  });
  if (pairs.length < 3 || pairs.length < 0.6 * unplaced.length) return false;
  for (const { listing, found } of pairs) {
    places.set(listing, found);
    claimed.add(found);
  }
  return true;
}

function isAnotherIssue(a: Facts, b: Facts): boolean {
  return a.date !== undefined && b.date !== undefined && a.date !== b.date && !areTextsAlike(a.text, b.text);
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
