import { addMs, DAY_MS } from '../durations.ts';
import { jsonChars, jsonCharsOf } from '../json-size.ts';
import type { Config, Entry, Instant, SourceRecord, Tombstone } from '../model.ts';
import { compareText } from './entry-keys.ts';
import { tombstoneOf } from './retention.ts';

/** How much one publisher may make us keep. */
export type SourceLimits = Pick<Config['limits'], 'maxEntries' | 'maxSourceMB' | 'newEntriesPerDay'>;

/** Those that feeds.json does not set. */
export const SOURCE_LIMITS: SourceLimits = { maxEntries: 10_000, maxSourceMB: 20, newEntriesPerDay: 2000 };

/** Of an entry's guids, and of its links: the first one, by which it got its id, and the latest. */
const MAX_NAMES = 50;

/** Each of the names once, of more than MAX_NAMES the first and the latest. */
export function cappedNames(names: Iterable<string>): readonly string[] {
  const distinct = [...new Set(names)];
  return distinct.length <= MAX_NAMES ? distinct : [...distinct.slice(0, 1), ...distinct.slice(1 - MAX_NAMES)];
}

/** How many new entries the source may still have: newEntriesPerDay within 24 hours, what its first document brought left
 *  out. */
export function roomForNew(record: SourceRecord | undefined, limits: SourceLimits, now: Instant): number {
  if (record === undefined) return Number.POSITIVE_INFINITY;
  const since = addMs(now, -DAY_MS);
  const seen = [...record.entries, ...record.tombstones];
  let first = now;
  for (const { firstSeen } of seen) if (firstSeen < first) first = firstSeen;
  const added = seen.filter(({ firstSeen }) => firstSeen > since && firstSeen !== first).length;
  return Math.max(0, limits.newEntriesPerDay - added);
}

/** The record with no more entries and characters than the limits allow, a tombstone for each that goes. First go those that
 *  its document does not list any more, of these those that were never announced, of these the oldest. */
export function withinLimits(
  record: SourceRecord,
  { maxEntries, maxSourceMB }: SourceLimits,
): { readonly record: SourceRecord; readonly dropped: number } {
  const { entries: _, tombstones, ...rest } = record;
  // What is remembered of what went is no more than a quarter.
  const graves = fitting(tombstones, maxEntries, (maxSourceMB * 1_000_000) / 4);
  const maxChars = maxSourceMB * 1_000_000 - jsonChars(rest) - graves.chars;
  let chars = record.entries.reduce((sum, entry) => sum + jsonCharsOf(entry), 0);
  if (record.entries.length <= maxEntries && chars <= maxChars && graves.kept.length === tombstones.length)
    return { record, dropped: 0 };
  const over = new Set<Entry>();
  for (const entry of record.entries.toSorted(compareWorth)) {
    if (record.entries.length - over.size <= maxEntries && chars <= maxChars) break;
    over.add(entry);
    chars -= jsonCharsOf(entry);
  }
  const all = [...[...over].map(tombstoneOf), ...tombstones];
  return {
    record: {
      ...record,
      entries: record.entries.filter((entry) => !over.has(entry)),
      tombstones: fitting(all, maxEntries, (maxSourceMB * 1_000_000) / 4).kept,
    },
    dropped: over.size,
  };
}

/** The tombstones that were listed last, as many as fit. */
function fitting(tombstones: readonly Tombstone[], maxCount: number, maxChars: number) {
  let chars = tombstones.reduce((sum, one) => sum + jsonCharsOf(one), 0);
  if (tombstones.length <= maxCount && chars <= maxChars) return { kept: tombstones, chars };
  const kept = tombstones.toSorted((a, b) => compareText(b.lastListed, a.lastListed)).slice(0, maxCount);
  chars = kept.reduce((sum, one) => sum + jsonCharsOf(one), 0);
  while (chars > maxChars) chars -= jsonCharsOf(kept.pop() as Tombstone);
  return { kept, chars };
}

/** What is worth least comes first. */
function compareWorth(a: Entry, b: Entry): number {
  const listed = Number(a.isListed ?? false) - Number(b.isListed ?? false);
  return listed || Number(a.published) - Number(b.published) || compareText(a.arrival, b.arrival);
}
