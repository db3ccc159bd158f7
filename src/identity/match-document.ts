import { isDeepStrictEqual } from 'node:util';
import { DAY_MS } from '../durations.ts';
import { isWanted } from '../items/is-wanted.ts';
import type { Entry, FeedDocument, Instant, ListedEntry, Source, SourceRecord } from '../model.ts';
import { addMs, type Newcomer, type Place, placeNewcomers, trueDate } from './entry-dates.ts';
import { contentName, entryId } from './entry-id.ts';
import { Facts, listedDate } from './facts.ts';
import { type Home, homeOf } from './home.ts';
import { type Listing, readListings } from './listing.ts';
import { MATCH_STEPS, type MatchStep } from './match-steps.ts';
import { type Known, placeListings } from './place-listings.ts';
import { expire, visitGraves } from './retention.ts';
import type { Hosts } from './url-keys.ts';
import { pageUrl } from './via-url.ts';

/** Sticky, but not endless: of what a source spoiled, so much is remembered. */
const MAX_UNRELIABLE = 1000;

/** What one document is matched with. */
export interface MatchInput {
  readonly source: Source;
  /** What is kept of the source; undefined before its first document. */
  readonly record: SourceRecord | undefined;
  readonly document: FeedDocument;
  /** One time for all sources of a round. */
  readonly now: Instant;
  /** The last answer (200 or 304) before this one. */
  readonly previousSuccessAt?: Instant;
  /** 0: for ever. */
  readonly retentionDays: number;
  /** Hosts (without www.) of the configured sources. From the configuration alone, not from what documents say: else the
   *  order of polls within a round would count. */
  readonly ownHosts: Hosts;
  /** The source has another feed address than at its last document. */
  readonly addressChanged: boolean;
  /** Address of the document after redirects. */
  readonly baseUrl: string;
  /** Where links of shorteners lead, as far as that is known. */
  readonly resolved?: ReadonlyMap<string, string>;
  /** Whether an entry that is due to expire is still needed: its item has entries that other sources list. */
  readonly isNeeded?: (entryId: string) => boolean;
}

export interface Matched {
  readonly record: SourceRecord;
  /** Whether a fact changed that must be stored. Dates that the publisher touches without an edit are none. */
  readonly changed: boolean;
  readonly added: number;
  /** New entries that the source's filters hold back; they are in the record, and not in `added`. */
  readonly excluded: number;
  /** Known entries whose title or text changed. */
  readonly edited: number;
}

/** Matches a document with what is kept of its source: which items are known, which are new, what was edited, what fell
 *  out, what expires. An empty document changes nothing, and one that broke off makes nothing vanish.
 *  `rungs` is the ladder; a shorter one is for measuring what each rung is worth. */
export function matchDocument(input: MatchInput, rungs: readonly MatchStep[] = MATCH_STEPS): Matched {
  const { source, document, now } = input;
  const old = input.record ?? emptyRecord(source.id);
  if (document.entries.length === 0) return { record: old, changed: false, added: 0, excluded: 0, edited: 0 };

  const home = homeOf(source, document.feed, input.baseUrl);
  const { places, newcomers, tombstones, spoiled, isReidentified } = identify(input, old, home, rungs);
  const lastAnswer = latest([input.previousSuccessAt, ...old.entries.map(({ firstSeen }) => firstSeen)]);
  const listingOf = new Map([...places].map(([listing, { entry }]) => [entry, listing]));
  const kept = old.entries.map((entry) => {
    const listing = listingOf.get(entry);
    if (listing) return updateEntry(entry, listing, { source, home, now, spoiled });
    return entry.isListed && document.complete ? leaveDocument(entry, lastAnswer ?? now) : entry;
  });
  const entryPlaces = placeNewcomers(newcomers, {
    now,
    isFirst: input.record === undefined || input.addressChanged || isReidentified,
    previousAt: lastAnswer,
    isAllAnnounced: source.url.startsWith('file:'),
    isWanted: (listed) => isWanted(source, listed),
  });
  const added = addEntries(newcomers, entryPlaces, old, { source, home, now, spoiled });
  const next = expire(
    {
      ...old,
      feed: document.feed,
      entries: [...added, ...kept],
      unreliableGuids: [...spoiled.guids].slice(-MAX_UNRELIABLE),
      unreliableLinks: [...spoiled.links].slice(-MAX_UNRELIABLE),
      tombstones,
    },
    { now, retentionDays: input.retentionDays, isNeeded: input.isNeeded ?? (() => false) },
  );
  const wanted = added.filter((entry) => isWanted(source, entry));
  const edited = old.entries.filter((entry) => {
    const listed = listingOf.get(entry)?.listed;
    return listed && isWanted(source, listed) && isReworded(listed, entry);
  });
  return {
    record: next,
    changed: !isSameRecord(old, next),
    added: wanted.length,
    excluded: added.length - wanted.length,
    edited: edited.length,
  };
}

interface Identified {
  readonly places: ReadonlyMap<Listing, Known>;
  readonly newcomers: readonly Listing[];
  readonly tombstones: SourceRecord['tombstones'];
  readonly spoiled: { readonly guids: ReadonlySet<string>; readonly links: ReadonlySet<string> };
  readonly isReidentified: boolean;
}

function identify(input: MatchInput, old: SourceRecord, home: Home, rungs: readonly MatchStep[]): Identified {
  const { document, now, resolved = new Map() } = input;
  // No third set: with every document it would be made of the hosts of all sources.
  const ownHosts: Hosts = { has: (host) => input.ownHosts.has(host) || home.hosts.has(host) };
  const links = new Set(old.unreliableLinks);
  for (;;) {
    const read = readListings(document, { ...old, unreliableLinks: [...links] }, { home, ownHosts, resolved, now });
    const spoiled = { guids: new Set(read.unreliableGuids), links: new Set(read.unreliableLinks) };
    const known = old.entries.map((entry): Known => ({ entry, facts: factsOf(entry, spoiled, home) }));
    const { places, isReidentified } = placeListings(read.listings, known, rungs, document.complete);
    const unplaced = read.listings.filter((listing) => !places.has(listing));
    const { buried, tombstones } = visitGraves(old.tombstones, unplaced, now);
    const newcomers = unplaced.filter((listing) => !buried.has(listing));
    // A newcomer is unlike what its link named before, or a rung had matched it: that link names nothing from now on,
    // and all is done again without it, so that the next poll sees the same.
    const newLinks = new Set(newcomers.flatMap(({ facts }) => facts.links));
    const learnt = old.entries.flatMap(({ linkKeys }) => linkKeys.filter((key) => newLinks.has(key)));
    if (learnt.length === 0) return { places, newcomers, tombstones, spoiled, isReidentified };
    for (const key of learnt) links.add(key);
  }
}

/** How many entries are dated in the 7 days before `now`: how busy a source is. */
export function entriesLastWeek(record: SourceRecord, now: Instant): number {
  const limit = addMs(now, -7 * DAY_MS);
  return record.entries.filter(({ date }) => date > limit).length;
}

/** The record of a source that nothing is known of yet. */
export function emptyRecord(source: string): SourceRecord {
  return { version: 1, source, feed: {}, entries: [], unreliableGuids: [], unreliableLinks: [], tombstones: [] };
}

interface Context {
  readonly source: Source;
  readonly home: Home;
  readonly now: Instant;
  readonly spoiled: { readonly guids: ReadonlySet<string>; readonly links: ReadonlySet<string> };
}

function factsOf(entry: Entry, spoiled: Context['spoiled'], home: Home): Facts {
  const guids = entry.guids.filter((guid) => !spoiled.guids.has(guid));
  const links = entry.linkKeys.filter((link) => !spoiled.links.has(link) && !home.keys.has(link));
  return new Facts(entry, { guids, links, date: listedDate(entry) });
}

function addEntries(
  newcomers: readonly Listing[],
  places: ReadonlyMap<Newcomer, Place>,
  old: SourceRecord,
  { source, home, now, spoiled }: Context,
): readonly Entry[] {
  const taken = new Set([...old.entries, ...old.tombstones].map(({ id }) => id));
  return newcomers.flatMap((listing): Entry[] => {
    const place = places.get(listing);
    if (!place) return [];
    const { listed, facts, linkKeys } = listing;
    const id = entryId(source.id, facts.guids[0] ?? facts.links[0] ?? contentName(listed), taken);
    taken.add(id);
    const guids = facts.guids.filter((guid) => !spoiled.guids.has(guid));
    const stay = { firstSeen: now, isListed: true as const, lastListed: now };
    return [{ ...listed, id, source: source.id, guids, linkKeys, ...urlsOf(listing, home), ...stay, ...place }];
  });
}

/** The entry after another listing: the listed fields are the latest, but its dates stay (corrected backwards only), and
 *  the old object comes back when nothing changed. */
function updateEntry(entry: Entry, listing: Listing, { home, now, spoiled }: Context): Entry {
  const { listed } = listing;
  const isChanged = isReworded(listed, entry);
  const edited = isChanged && !isLately(entry.edited, now) ? now : entry.edited;
  const updatedAt = isChanged ? (listed.updatedAt ?? entry.updatedAt) : (entry.updatedAt ?? listed.updatedAt);
  // A touched date is no fact to store, but where nothing else names an entry it is what the next poll looks for.
  const isNamed = listing.facts.guids.length + listing.facts.links.length > 0;
  const publishedAt = isNamed ? earliest([listed.publishedAt, entry.publishedAt]) : listed.publishedAt;
  const { publishedAt: _, updatedAt: __, ...content } = listed;
  const next: Entry = {
    ...content,
    ...(publishedAt !== undefined && { publishedAt }),
    ...(updatedAt !== undefined && { updatedAt }),
    id: entry.id,
    source: entry.source,
    guids: [...new Set([...entry.guids, ...listing.facts.guids])].filter((guid) => !spoiled.guids.has(guid)),
    linkKeys: [...new Set([...entry.linkKeys, ...listing.linkKeys])],
    ...urlsOf(listing, home),
    firstSeen: entry.firstSeen,
    isListed: true,
    lastListed: entry.lastListed,
    arrival: entry.arrival,
    date: correctDate(entry, listed, now),
    ...(edited !== undefined && { edited }),
    published: entry.published,
  };
  return isDeepStrictEqual(next, entry) ? entry : next;
}

function urlsOf(listing: Listing, home: Home): Pick<Entry, 'url' | 'viaUrl'> {
  const viaUrl = pageUrl(listing.listed, home);
  return { ...(listing.url !== undefined && { url: listing.url }), ...(viaUrl !== undefined && { viaUrl }) };
}

function correctDate(entry: Entry, listed: ListedEntry, now: Instant): Instant {
  const date = listed.publishedAt && trueDate({ publishedAt: listed.publishedAt }, now);
  return date && date < entry.date ? date : entry.date;
}

function leaveDocument({ isListed, ...entry }: Entry, lastAnswer: Instant): Entry {
  return { ...entry, lastListed: lastAnswer > entry.lastListed ? lastAnswer : entry.lastListed };
}

/** Whether title or text differ by more than white space. */
function isReworded(a: ListedEntry, b: ListedEntry): boolean {
  if (a.title === b.title && a.text === b.text) return false;
  const wording = ({ title, text }: ListedEntry) => `${title ?? ''}\n${text ?? ''}`.replace(/\s+/g, ' ').trim();
  return wording(a) !== wording(b);
}

/** Texts that change at every poll (a counter, a clock) are announced as edited once a day. */
function isLately(edited: Instant | undefined, now: Instant): boolean {
  return edited !== undefined && addMs(edited, DAY_MS) > now;
}

function isSameRecord(old: SourceRecord, next: SourceRecord): boolean {
  const { updatedAt: _, ...feed } = next.feed;
  const { updatedAt: __, ...oldFeed } = old.feed;
  return (
    old.entries.length === next.entries.length &&
    old.entries.every((entry, at) => entry === next.entries[at]) &&
    isDeepStrictEqual(feed, oldFeed) &&
    isDeepStrictEqual(
      [old.unreliableGuids, old.unreliableLinks, old.tombstones],
      [next.unreliableGuids, next.unreliableLinks, next.tombstones],
    )
  );
}

function latest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  return instants.reduce((a, b) => (a === undefined || (b !== undefined && b > a) ? b : a), undefined);
}

function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  return instants.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined);
}
