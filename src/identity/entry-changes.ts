import { isDeepStrictEqual } from 'node:util';
import { addMs, DAY_MS } from '../durations.ts';
import type { Entry, Instant, ListedEntry, Source, SourceRecord } from '../model.ts';
import { compareText } from './entry-keys.ts';
import { contentName, entryId } from './facts.ts';
import { type Home, pageUrl } from './home.ts';
import { titleKey } from './likeness.ts';
import type { Listing } from './listing.ts';
import { publisherOf } from './publisher.ts';
import { isShortKey } from './short-links.ts';
import { cappedNames } from './source-limits.ts';
import { cleanLink, weakKey } from './url-keys.ts';

/** Before this a date is a mistake of the generator. */
const EARLIEST: Instant = '1990-01-01T00:00:00.000Z';
/** So many entries of a first document or back-fill are announced. */
const ANNOUNCED = 10;
/** A new entry that was dated so long before the last poll comes out of an archive. */
const ARCHIVED_MS = 14 * DAY_MS;
/** So many of them at once are a back-fill. */
const BACKFILL = 5;

/** When an entry was published, and when it came to us: decided once, when it is first seen. */
export interface EntryDates {
  readonly date: Instant;
  readonly arrival: Instant;
  readonly published: boolean;
}

/** What one poll knows when it changes entries. */
export interface ChangeContext {
  readonly source: Source;
  readonly home: Home;
  readonly now: Instant;
  readonly unreliableGuids: ReadonlySet<string>;
}

/** The entries that new items of a document become: under an id that no entry of the record has or had. */
export function newEntries(
  listings: readonly Listing[],
  datesOf: ReadonlyMap<Listing, EntryDates>,
  record: SourceRecord,
  { source, home, now }: ChangeContext,
): readonly Entry[] {
  const taken = new Set([...record.entries, ...record.tombstones].map(({ id }) => id));
  return listings.flatMap((listing): Entry[] => {
    const dates = datesOf.get(listing);
    if (!dates) return [];
    const { listed, facts, linkKeys, otherLinks } = listing;
    const id = entryId(source.id, facts.guids[0] ?? facts.links[0] ?? contentName(listed), taken);
    taken.add(id);
    const names = { guids: cappedNames(facts.guids), linkKeys: cappedNames(linkKeys) };
    const late = otherLinks.filter((link) => names.linkKeys.includes(link));
    const seen = { firstSeen: now, isListed: true as const, lastListed: now };
    const ownSite = ownSiteOf(listing, home);
    return [
      {
        ...listed,
        id,
        source: source.id,
        ...names,
        ...(ownSite !== undefined && { ownSite }),
        ...(late.length > 0 && { late }),
        ...urlsOf(listing, home),
        ...seen,
        ...dates,
      },
    ];
  });
}

/** The entry after its document listed it again: the listed fields are the latest, every guid and link is remembered, the
 *  dates stay (the publisher can only move them back). The same object when nothing changed. */
export function listedAgain(entry: Entry, listing: Listing, { home, now, unreliableGuids }: ChangeContext): Entry {
  const { listed, facts } = listing;
  const isChanged = isReworded(listed, entry);
  // Texts that change at every poll (a counter, a clock) are announced as edited once a day.
  const wasEditedToday = entry.edited !== undefined && addMs(entry.edited, DAY_MS) > now;
  const edited = isChanged && !wasEditedToday ? now : entry.edited;
  const updatedAt = isChanged ? (listed.updatedAt ?? entry.updatedAt) : (entry.updatedAt ?? listed.updatedAt);
  // A touched date is no fact to store, but where nothing else names an entry it is what the next poll looks for.
  const isNamed = facts.guids.length + facts.links.length > 0;
  const publishedAt = isNamed ? earliest(listed.publishedAt, entry.publishedAt) : listed.publishedAt;
  const published = listed.publishedAt && trueDate({ publishedAt: listed.publishedAt }, now);
  const { publishedAt: _, updatedAt: __, ...content } = listed;
  const names = {
    guids: cappedNames([...entry.guids, ...facts.guids].filter((guid) => !unreliableGuids.has(guid))),
    linkKeys: cappedNames([...entry.linkKeys, ...listing.linkKeys]),
  };
  // Never fewer than are kept of both: a name that is forgotten to be late would be one that the entry came with.
  const late = lateNames(entry, listing).filter((name) => names.guids.includes(name) || names.linkKeys.includes(name));
  const ownSite = entry.ownSite ?? ownSiteOf(listing, home);
  const firstTitle = entry.firstTitle ?? (isRetitled(entry, listed) ? (entry.title ?? '') : undefined);
  const next: Entry = {
    ...content,
    ...(publishedAt !== undefined && { publishedAt }),
    ...(updatedAt !== undefined && { updatedAt }),
    id: entry.id,
    source: entry.source,
    ...names,
    ...(ownSite !== undefined && { ownSite }),
    ...(late.length > 0 && { late }),
    ...(firstTitle !== undefined && { firstTitle }),
    ...urlsOf(listing, home),
    firstSeen: entry.firstSeen,
    isListed: true,
    lastListed: entry.lastListed,
    arrival: entry.arrival,
    date: earliest(entry.date, published) ?? entry.date,
    ...(edited !== undefined && { edited }),
    published: entry.published,
  };
  return isDeepStrictEqual(next, entry) ? entry : next;
}

/** What the entry was not first listed with: guids, and links of another page. Where a short link that it had leads is not late. */
function lateNames({ late = [], guids, linkKeys }: Entry, listing: Listing): readonly string[] {
  const pages = new Set(linkKeys.map(weakKey));
  const isKnown = (link: string) => pages.has(weakKey(link));
  const isResolved =
    listing.linkKeys.some((link) => isKnown(link) && isShortKey(link)) && listing.otherLinks.length === 0;
  const newLinks = isResolved ? [] : listing.linkKeys.filter((link) => !isKnown(link));
  const newGuids = listing.facts.guids.filter((guid) => !guids.includes(guid));
  return [...new Set([...late, ...newGuids, ...listing.otherLinks, ...newLinks])];
}

function ownSiteOf({ url }: Listing, { publishers }: Home): string | undefined {
  const publisher = url === undefined ? publishers.values().next().value : publisherOf(url);
  return publisher !== undefined && publishers.has(publisher) ? publisher : undefined;
}

function isRetitled(entry: Entry, { title }: ListedEntry): boolean {
  return entry.title !== title && titleKey(entry.title) !== titleKey(title);
}

/** The entry after its source's document does not list it any more; `lastAnswer` is the answer before. */
export function noLongerListed({ isListed, ...entry }: Entry, lastAnswer: Instant): Entry {
  return { ...entry, lastListed: lastAnswer > entry.lastListed ? lastAnswer : entry.lastListed };
}

/** Whether title or text differ by more than white space. */
export function isReworded(a: ListedEntry, b: ListedEntry): boolean {
  if (a.title === b.title && a.text === b.text) return false;
  const wording = ({ title, text }: ListedEntry) => `${title ?? ''}\n${text ?? ''}`.replace(/\s+/g, ' ').trim();
  return wording(a) !== wording(b);
}

/** The date that the publisher gives, as far as it can be true: later than 1990 and at most a day ahead (then: now).
 *  Published, else updated; undefined if neither is so. */
export function trueDate(
  { publishedAt, updatedAt }: Pick<ListedEntry, 'publishedAt' | 'updatedAt'>,
  now: Instant,
): Instant | undefined {
  const date = [publishedAt, updatedAt].find((one) => one && one >= EARLIEST && one <= addMs(now, DAY_MS));
  return date && (date < now ? date : now);
}

/** Dates new entries, given in the order of their document.
 *
 *      a source's first document, or 5 and more entries from over 14 days before the last answer (a back-fill):
 *        these arrive with their own dates (undated: a second before the one listed above), and only the 10 newest
 *        of those that the source's filters want are announced
 *      all others arrive now, the newest first, and are announced
 *
 *  `isAllAnnounced` exempts a source from the 10 (feeds that the owner wrote himself). */
export function dateNewEntries(
  listings: readonly Listing[],
  options: {
    readonly now: Instant;
    readonly isFirst: boolean;
    readonly previousAt: Instant | undefined;
    readonly isAllAnnounced: boolean;
    readonly isWanted: (listed: ListedEntry) => boolean;
  },
): ReadonlyMap<Listing, EntryDates> {
  const { now, isWanted } = options;
  const trueDates = new Map(listings.map((listing) => [listing, trueDate(listing.listed, now)]));
  const dateOf = (listing: Listing) => trueDates.get(listing);
  // The sort is stable: of one date, and of the undated, which count as old, the one listed first comes first.
  const newestFirst = (some: readonly Listing[]) =>
    some.toSorted((a, b) => compareText(dateOf(b) ?? '', dateOf(a) ?? ''));
  const archived = archivedOf(listings, options, dateOf);
  const announced = new Set(newestFirst([...archived].filter(({ listed }) => isWanted(listed))).slice(0, ANNOUNCED));
  const dates = new Map<Listing, EntryDates>();
  let above = now;
  for (const listing of archived) {
    const date = dateOf(listing);
    above = date ?? addMs(above, -1000);
    const published = options.isAllAnnounced || announced.has(listing);
    dates.set(listing, { date: date ?? addMs(now, -1000 * listing.position), arrival: above, published });
  }
  for (const [rank, listing] of newestFirst(listings.filter((one) => !archived.has(one))).entries()) {
    // The milliseconds keep the order within one poll.
    dates.set(listing, { date: dateOf(listing) ?? now, arrival: addMs(now, -rank), published: true });
  }
  return dates;
}

function archivedOf(
  listings: readonly Listing[],
  { now, isFirst, previousAt }: { now: Instant; isFirst: boolean; previousAt: Instant | undefined },
  dateOf: (listing: Listing) => Instant | undefined,
): ReadonlySet<Listing> {
  if (isFirst) return new Set(listings);
  if (previousAt === undefined) return new Set();
  const limit = addMs(previousAt, -ARCHIVED_MS);
  const old = listings.filter((listing) => (dateOf(listing) ?? now) < limit);
  return new Set(old.length >= BACKFILL ? old : []);
}

function urlsOf(listing: Listing, home: Home): Pick<Entry, 'url' | 'viaUrl'> {
  const page = pageUrl(listing.listed, home);
  return {
    ...(listing.url !== undefined && { url: listing.url }),
    ...(page !== undefined && { viaUrl: cleanLink(page) }),
  };
}

function earliest(...instants: readonly (Instant | undefined)[]): Instant | undefined {
  return instants.filter((instant) => instant !== undefined).sort()[0];
}
