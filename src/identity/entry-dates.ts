import { DAY_MS } from '../durations.ts';
import type { Instant, ListedEntry } from '../model.ts';

/** Before this a date is a mistake of the generator. */
const EARLIEST: Instant = '1990-01-01T00:00:00.000Z';
/** Entries of a first document or back-fill that are announced. */
const ANNOUNCED = 10;
/** A new entry that was dated so long before the last poll comes out of an archive. */
const ARCHIVED_MS = 14 * DAY_MS;
/** So many of them at once are a back-fill. */
const BACKFILL = 5;

/** Where an entry stands in time, decided once, when it is first seen. */
export interface Place {
  readonly date: Instant;
  readonly arrival: Instant;
  readonly published: boolean;
}

export interface Newcomer {
  readonly listed: ListedEntry;
  /** Place in the document, from 0. */
  readonly position: number;
}

/** The date that the publisher gives, as far as it can be true: later than 1990 and at most a day ahead (then: now).
 *  Published, else updated; undefined if neither is so. */
export function trueDate(
  { publishedAt, updatedAt }: Pick<ListedEntry, 'publishedAt' | 'updatedAt'>,
  now: Instant,
): Instant | undefined {
  const date = [publishedAt, updatedAt].find(
    (one) => one && one >= EARLIEST && (one <= now || one <= addMs(now, DAY_MS)),
  );
  return date && (date < now ? date : now);
}

/** Places new entries in time. Those of a source's first document, or of a back-fill, arrive with their own dates
 *  (undated: just after the one listed before them), and only the 10 newest are announced; all others arrive now, the
 *  newest first. `isAllAnnounced` exempts a source (feeds that the owner wrote himself). */
export function placeNewcomers(
  newcomers: readonly Newcomer[],
  options: {
    now: Instant;
    isFirst: boolean;
    previousAt: Instant | undefined;
    isAllAnnounced: boolean;
    /** Whether the source's filters let it through: what they hold back takes nobody's place among the announced. */
    isWanted?: (listed: ListedEntry) => boolean;
  },
): ReadonlyMap<Newcomer, Place> {
  const { now, isWanted = () => true } = options;
  const archived = archivedOnes(newcomers, options);
  const wanted = [...archived].filter(({ listed }) => isWanted(listed));
  const announced = new Set(newestFirst(wanted, now).slice(0, ANNOUNCED));
  const places = new Map<Newcomer, Place>();
  let above = now;
  for (const newcomer of inOrder(archived)) {
    const date = trueDate(newcomer.listed, now);
    const arrival = date ?? addMs(above, -1000);
    const published = options.isAllAnnounced || announced.has(newcomer);
    places.set(newcomer, { date: date ?? addMs(now, -1000 * newcomer.position), arrival, published });
    above = arrival;
  }
  const fresh = newestFirst(
    newcomers.filter((newcomer) => !archived.has(newcomer)),
    now,
  );
  for (const [rank, newcomer] of fresh.entries()) {
    // The milliseconds keep the order within one poll.
    places.set(newcomer, { date: trueDate(newcomer.listed, now) ?? now, arrival: addMs(now, -rank), published: true });
  }
  return places;
}

export function addMs(instant: Instant, ms: number): Instant {
  return new Date(Date.parse(instant) + ms).toISOString();
}

function archivedOnes(
  newcomers: readonly Newcomer[],
  { now, isFirst, previousAt }: Parameters<typeof placeNewcomers>[1],
): ReadonlySet<Newcomer> {
  if (isFirst) return new Set(newcomers);
  if (previousAt === undefined) return new Set();
  const limit = addMs(previousAt, -ARCHIVED_MS);
  const old = newcomers.filter(({ listed }) => (trueDate(listed, now) ?? now) < limit);
  return new Set(old.length >= BACKFILL ? old : []);
}

function inOrder(newcomers: ReadonlySet<Newcomer>): readonly Newcomer[] {
  return [...newcomers].sort((a, b) => a.position - b.position);
}

/** The undated count as old. */
function newestFirst(newcomers: readonly Newcomer[], now: Instant): readonly Newcomer[] {
  const dated = newcomers.map((newcomer) => ({ newcomer, date: trueDate(newcomer.listed, now) ?? '' }));
  dated.sort((a, b) => {
    if (a.date === b.date) return a.newcomer.position - b.newcomer.position;
    return a.date < b.date ? 1 : -1;
  });
  return dated.map(({ newcomer }) => newcomer);
}
