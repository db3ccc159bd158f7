import type { Entry } from '../model.ts';
import type { Facts } from './facts.ts';
import type { Rung } from './ladder.ts';
import type { Listing } from './listing.ts';

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

/** Matches a document as a whole: each rung places all it can, one to one, before the next runs, so that a new item on
 *  top cannot take a known one's guid. `isWhole` false: the document broke off, so nothing is known to have vanished. */
export function placeListings(
  listings: readonly Listing[],
  known: readonly Known[],
  rungs: readonly Rung[],
  isWhole: boolean,
): Placement {
  const places = new Map<Listing, Known>();
  const claimed = new Set<Known>();
  for (const rung of rungs) {
    if (places.size === listings.length || claimed.size === known.length) break;
    if (!rung.isAboutVanished || isWhole) climb(rung, listings, known, places, claimed);
  }
  return { places, isReidentified: isWhole && matchVanishedTitles(listings, known, places, claimed) };
}

function climb(
  rung: Rung,
  listings: readonly Listing[],
  known: readonly Known[],
  places: Map<Listing, Known>,
  claimed: Set<Known>,
): void {
  const knownByKey = groupBy(known, ({ facts }) => rung.keys(facts));
  const listedByKey = rung.isUnique && groupBy(listings, ({ facts }) => rung.keys(facts));
  for (const listing of listings) {
    if (places.has(listing)) continue;
    const candidates = rung.keys(listing.facts).flatMap((key) => {
      const sharing = knownByKey.get(key) ?? [];
      const isAmbiguous = listedByKey && (sharing.length > 1 || (listedByKey.get(key)?.length ?? 0) > 1);
      return isAmbiguous ? [] : sharing;
    });
    const found = candidates.find((one) => !claimed.has(one) && rung.accepts(listing.facts, one.facts));
    if (!found) continue;
    places.set(listing, found);
    claimed.add(found);
  }
}

/** All items under new guids and links at once (lemon24/reader#322): at least 3, and 60 %, of the items that nothing
 *  placed have a title that one entry had which just vanished. */
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
    return found && isClear ? [{ listing, found }] : [];
  });
  if (pairs.length < 3 || pairs.length < 0.6 * unplaced.length) return false;
  for (const { listing, found } of pairs) {
    places.set(listing, found);
    claimed.add(found);
  }
  return true;
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
