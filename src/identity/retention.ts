import { addMs, DAY_MS } from '../durations.ts';
import type { Entry, Instant, ListedEntry, SourceRecord, Tombstone } from '../model.ts';
import { contentName, shortHash } from './facts.ts';
import type { Listing } from './listing.ts';

/** A tombstone is dropped so long after it was last listed. */
const TOMBSTONE_DAYS = 180;
/** A tombstone that is still listed is dated anew so often: once a poll would be a write a poll. */
const REFRESH_DAYS = 7;

/** Of the names of one entry that are remembered. */
const MAX_HASHES = 20;

/** Takes out entries that were last listed more than `retentionDays` ago (0: none), leaving a tombstone of each, and
 *  tombstones whose time is over. What stands in the last document never goes, nor what `isNeeded` says is still needed. */
export function expire(
  record: SourceRecord,
  options: { now: Instant; retentionDays: number; isNeeded: (entryId: string) => boolean },
): SourceRecord {
  const limit = options.retentionDays === 0 ? '' : addMs(options.now, -options.retentionDays * DAY_MS);
  const isOver = (entry: Entry) => !entry.isListed && entry.lastListed < limit && !options.isNeeded(entry.id);
  const over = new Set(record.entries.filter(isOver));
  const tombstoneLimit = addMs(options.now, -TOMBSTONE_DAYS * DAY_MS);
  const tombstones = [...[...over].map(tombstoneOf), ...record.tombstones].filter(
    ({ lastListed }) => lastListed >= tombstoneLimit,
  );
  if (over.size === 0 && tombstones.length === record.tombstones.length) return record;
  return { ...record, entries: record.entries.filter((entry) => !over.has(entry)), tombstones };
}

/** Which listed items are entries that have expired: `returned`, no news. Their tombstones are dated anew, at most once a
 *  week. */
export function findExpired(
  tombstones: readonly Tombstone[],
  listings: readonly Listing[],
  now: Instant,
): { readonly returned: ReadonlySet<Listing>; readonly tombstones: readonly Tombstone[] } {
  if (tombstones.length === 0) return { returned: new Set(), tombstones };
  const byHash = new Map(tombstones.flatMap((tombstone) => tombstone.keys.map((hash) => [hash, tombstone] as const)));
  const found = new Map<Listing, Tombstone>();
  for (const listing of listings) {
    const { guids, links } = listing.facts;
    const hash = hashesOf(listing.listed, guids, links).find((one) => byHash.has(one));
    const tombstone = hash === undefined ? undefined : byHash.get(hash);
    if (tombstone) found.set(listing, tombstone);
  }
  const listed = new Set(found.values());
  const refreshLimit = addMs(now, -REFRESH_DAYS * DAY_MS);
  const refreshed = tombstones.map((tombstone) =>
    listed.has(tombstone) && tombstone.lastListed < refreshLimit ? { ...tombstone, lastListed: now } : tombstone,
  );
  return { returned: new Set(found.keys()), tombstones: refreshed };
}

/** What is left of an entry that goes. */
export function tombstoneOf(entry: Entry): Tombstone {
  const { id, firstSeen, lastListed } = entry;
  return { id, keys: hashesOf(entry, entry.guids, entry.linkKeys).slice(0, MAX_HASHES), firstSeen, lastListed };
}

/** Short hashes of an entry's guids and links; of its content where it has neither. */
function hashesOf(listed: ListedEntry, guids: readonly string[], links: readonly string[]): readonly string[] {
  const names = [...guids.map((guid) => `guid\n${guid}`), ...links.map((link) => `link\n${link}`)];
  return (names.length > 0 ? names : [contentName(listed)]).map(shortHash);
}
