import { DAY_MS } from '../durations.ts';
import type { Entry, Instant, ListedEntry, SourceRecord, Tombstone } from '../model.ts';
import { addMs } from './entry-dates.ts';
import { contentName, shortHash } from './entry-id.ts';
import type { Listing } from './listing.ts';

/** A tombstone is dropped so long after it was last listed. */
const TOMBSTONE_DAYS = 180;
/** A tombstone that is still listed is dated anew so often: once a poll would be a write a poll. */
const REFRESH_DAYS = 7;

/** Takes out entries that were last listed more than `retentionDays` ago (0: none), leaving a tombstone of each, and
 *  tombstones whose time is over. What stands in the last document never goes, nor what `isNeeded` says is still needed. */
export function expire(
  record: SourceRecord,
  options: { now: Instant; retentionDays: number; isNeeded: (entryId: string) => boolean },
): SourceRecord {
  const limit = options.retentionDays === 0 ? '' : addMs(options.now, -options.retentionDays * DAY_MS);
  const isOver = (entry: Entry) => !entry.isListed && entry.lastListed < limit && !options.isNeeded(entry.id);
  const over = record.entries.filter(isOver);
  const tombstoneLimit = addMs(options.now, -TOMBSTONE_DAYS * DAY_MS);
  const tombstones = [...over.map(tombstoneOf), ...record.tombstones].filter(
    ({ lastListed }) => lastListed >= tombstoneLimit,
  );
  if (over.length === 0 && tombstones.length === record.tombstones.length) return record;
  return { ...record, entries: record.entries.filter((entry) => !isOver(entry)), tombstones };
}

/** Looks listed items up among the tombstones; each one found is dated anew, at most once a week. */
export function visitGraves(
  tombstones: readonly Tombstone[],
  listings: readonly Listing[],
  now: Instant,
): { readonly buried: ReadonlySet<Listing>; readonly tombstones: readonly Tombstone[] } {
  if (tombstones.length === 0) return { buried: new Set(), tombstones };
  const byKey = new Map(tombstones.flatMap((tombstone) => tombstone.keys.map((key) => [key, tombstone] as const)));
  const buried = new Set<Listing>();
  const visited = new Set<Tombstone>();
  for (const listing of listings) {
    const { guids, links } = listing.facts;
    const found = graveKeys(listing.listed, guids, links).find((key) => byKey.has(key));
    const tombstone = found === undefined ? undefined : byKey.get(found);
    if (!tombstone) continue;
    buried.add(listing);
    visited.add(tombstone);
  }
  const refreshLimit = addMs(now, -REFRESH_DAYS * DAY_MS);
  const refreshed = tombstones.map((tombstone) =>
    visited.has(tombstone) && tombstone.lastListed < refreshLimit ? { ...tombstone, lastListed: now } : tombstone,
  );
  return { buried, tombstones: refreshed };
}

function tombstoneOf(entry: Entry): Tombstone {
  const { id, firstSeen, lastListed } = entry;
  return { id, keys: graveKeys(entry, entry.guids, entry.linkKeys), firstSeen, lastListed };
}

function graveKeys(listed: ListedEntry, guids: readonly string[], links: readonly string[]): readonly string[] {
  const names = [...guids.map((guid) => `guid\n${guid}`), ...links.map((link) => `link\n${link}`)];
  return (names.length > 0 ? names : [contentName(listed)]).map(shortHash);
}
