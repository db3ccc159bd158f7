import { isDeepStrictEqual } from 'node:util';
import { addMs, DAY_MS } from '../durations.ts';
import type { Entry, FeedDocument, Instant, ListedEntry, Source, SourceRecord } from '../model.ts';
import { dateNewEntries, isReworded, listedAgain, newEntries, noLongerListed } from './entry-changes.ts';
import { Facts } from './facts.ts';
import { type Home, homeOf } from './home.ts';
import { type Listing, readListings } from './listing.ts';
import { type Known, MATCH_STEPS, type Matches, type MatchStep, matchListings } from './match-steps.ts';
import { expire, findExpired } from './retention.ts';
import { roomForNew, SOURCE_LIMITS, type SourceLimits, withinLimits } from './source-limits.ts';
import type { Hosts } from './url-keys.ts';

/** So many unreliable guids and links of a source are remembered, the latest ones. */
const MAX_UNRELIABLE = 1000;

/** Documents can be made in which each link that turns out to be unreliable shows one more. */
const MAX_ROUNDS = 10;

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
  /** Where permanent redirects have led that are believed. */
  readonly movedTo?: string;
  /** Where links of shorteners lead, as far as that is known. */
  readonly resolved?: ReadonlyMap<string, string>;
  /** Whether an entry that is due to expire is still needed: its item has entries that other sources list. */
  readonly isNeeded?: (entryId: string) => boolean;
  /** Left out, SOURCE_LIMITS. */
  readonly limits?: SourceLimits;
  /** Whether the source's filters let an entry through (left out: all). What they exclude is kept, and not announced. */
  readonly isWanted?: (listed: ListedEntry) => boolean;
}

export interface Matched {
  readonly record: SourceRecord;
  /** Whether a fact changed that must be stored. Dates that the publisher touches without an edit are none. */
  readonly changed: boolean;
  readonly added: number;
  /** New entries that the source's filters exclude; they are in the record, and not in `added`. */
  readonly excluded: number;
  /** Known entries whose title or text changed. */
  readonly edited: number;
  /** New entries that are not in the record, because the source had too many within a day. */
  readonly waiting: number;
  /** Entries that went because the source has more than is kept of one. */
  readonly dropped: number;
}

/** Matches a document with what is kept of its source: which listings are known, which are new, what was edited, what left
 *  the document, what expires.
 *
 *      read the document's listings; two that are one become one                         (listing.ts)
 *      find the entry that each listing is, by the strongest evidence first              (match-steps.ts)
 *      a listing that matches no entry has expired before (no news), or is new           (retention.ts)
 *      a new listing with the link of a kept entry: that link names two articles and so
 *        identifies nothing in this source; begin again without it
 *      each kept entry: listed again, with its latest words, or listed no longer         (entry-changes.ts)
 *      each new listing: an entry with an id and dates of its own                        (entry-changes.ts)
 *      entries that were last listed over retentionDays ago go                           (retention.ts)
 *      new listings beyond what a source may add in a day wait; what it has too much of
 *        goes                                                                            (source-limits.ts)
 *
 *  An empty document changes nothing, and in one that broke off nothing vanishes (lemon24/reader, FreshRSS: falling out of
 *  a document is not deletion). `steps`: fewer of them are for measuring what each is worth. */
export function matchDocument(input: MatchInput, steps: readonly MatchStep[] = MATCH_STEPS): Matched {
  const { source, document, now, isWanted = () => true, limits = SOURCE_LIMITS } = input;
  const old = input.record ?? emptyRecord(source.id);
  if (document.entries.length === 0)
    return { record: old, changed: false, added: 0, excluded: 0, edited: 0, waiting: 0, dropped: 0 };

  const feed = { ...document.feed, ...(input.movedTo !== undefined && { movedTo: input.movedTo }) };
  const home = homeOf(source, feed, input.baseUrl);
  const { known, isReidentified, newcomers, tombstones, unreliable } = identify(input, old, home, steps);
  const admitted = newcomers.slice(0, roomForNew(input.record, limits, now));
  const context = { source, home, now, unreliableGuids: unreliable.guids };
  // A poll of which only the record was stored, as the process ended then, was an answer as well.
  const answers = [input.previousSuccessAt, ...old.entries.map(({ firstSeen }) => firstSeen)];
  const lastAnswer = answers
    .filter((at) => at !== undefined)
    .sort()
    .at(-1);
  const listingOf = new Map([...known].map(([listing, { entry }]) => [entry, listing]));
  const kept = old.entries.map((entry) => {
    const listing = listingOf.get(entry);
    if (listing) return listedAgain(entry, listing, context);
    return entry.isListed && document.complete ? noLongerListed(entry, lastAnswer ?? now) : entry;
  });
  const dates = dateNewEntries(admitted, {
    now,
    isFirst: input.record === undefined || input.addressChanged || isReidentified,
    previousAt: lastAnswer,
    // A feed that the owner wrote: all of it is meant.
    isAllAnnounced: source.url.startsWith('file:'),
    isWanted,
  });
  const added = newEntries(admitted, dates, old, context);
  const current = expire(
    {
      ...old,
      feed,
      entries: [...added, ...kept],
      unreliableGuids: [...unreliable.guids].slice(-MAX_UNRELIABLE),
      unreliableLinks: [...unreliable.links].slice(-MAX_UNRELIABLE),
      tombstones,
    },
    { now, retentionDays: input.retentionDays, isNeeded: input.isNeeded ?? (() => false) },
  );
  const { record, dropped } = withinLimits(current, limits);
  const wanted = added.filter(isWanted);
  const edited = [...listingOf].filter(([entry, { listed }]) => isWanted(listed) && isReworded(listed, entry));
  return {
    record,
    changed: !isSameRecord(old, record),
    added: wanted.length,
    excluded: added.length - wanted.length,
    edited: edited.length,
    waiting: newcomers.length - admitted.length,
    dropped,
  };
}

/** The record of a source that nothing is known of yet. */
export function emptyRecord(source: string): SourceRecord {
  return { version: 1, source, feed: {}, entries: [], unreliableGuids: [], unreliableLinks: [], tombstones: [] };
}

/** How many entries are dated in the 7 days before `now`: how busy a source is. */
export function entriesLastWeek(record: SourceRecord, now: Instant): number {
  const limit = addMs(now, -7 * DAY_MS);
  return record.entries.filter(({ date }) => date > limit).length;
}

/** For `viaduct explain`: by what an entry is recognised within its source, the strongest step that would still find it if
 *  all else about it had changed, and the value that no other entry has. Undefined when nothing about it is its own; then
 *  only a listing that is unchanged is the entry. */
export function recognitionOf(
  entry: Entry,
  record: SourceRecord,
  source: Source,
): { readonly step: string; readonly value: string } | undefined {
  const unreliable = { guids: new Set(record.unreliableGuids), links: new Set(record.unreliableLinks) };
  const home = homeOf(source, record.feed);
  const { facts } = knownOf(entry, unreliable, home);
  const others = record.entries.filter(({ id }) => id !== entry.id).map((other) => knownOf(other, unreliable, home));
  for (const { name, valuesOf, accepts } of CHANGED_STEPS) {
    const taken = new Set(others.flatMap((other) => valuesOf(other.facts)));
    const value = valuesOf(facts).find((one) => !taken.has(one));
    if (value !== undefined && accepts(facts, facts)) return { step: name, value };
  }
  return undefined;
}

/** The steps but the first, which asks for an item that is the same in everything. */
const CHANGED_STEPS = MATCH_STEPS.slice(1);

function knownOf(entry: Entry, unreliable: Identified['unreliable'], home: Home): Known {
  const guids = entry.guids.filter((guid) => !unreliable.guids.has(guid));
  const links = entry.linkKeys.filter((link) => !unreliable.links.has(link) && !home.keys.has(link));
  return { entry, facts: new Facts(entry, guids, links) };
}

interface Identified extends Matches {
  readonly newcomers: readonly Listing[];
  readonly tombstones: SourceRecord['tombstones'];
  readonly unreliable: { readonly guids: ReadonlySet<string>; readonly links: ReadonlySet<string> };
}

/** Which listing is which entry, and which are new. No step matched a new listing; so if a kept entry has its link, that link
 *  names two articles. It is unreliable from now on, and all is done again without it, so that the next poll sees the same.
 *  That ends, for a link that is unreliable is no listing's any more, and after MAX_ROUNDS: then the next polls go on with it. */
function identify(input: MatchInput, old: SourceRecord, home: Home, steps: readonly MatchStep[]): Identified {
  const { document, now, resolved = new Map() } = input;
  // Two look-ups and no united set, which would be made anew for every document, with the hosts of all sources in it.
  const ownHosts: Hosts = { has: (host) => input.ownHosts.has(host) || home.hosts.has(host) };
  const learnt = new Set(old.unreliableLinks);
  for (let round = 1; ; round++) {
    const known = { guids: old.unreliableGuids, links: learnt };
    const read = readListings(document, known, { home, ownHosts, resolved, now });
    const unreliable = { guids: read.unreliableGuids, links: read.unreliableLinks };
    const kept = old.entries.map((entry) => knownOf(entry, unreliable, home));
    const matches = matchListings(read.listings, kept, steps, document.complete);
    const left = read.listings.filter((listing) => !matches.known.has(listing));
    const { returned, tombstones } = findExpired(old.tombstones, left, now);
    const newcomers = left.filter((listing) => !returned.has(listing));
    const newLinks = new Set(newcomers.flatMap(({ facts }) => facts.links));
    const reused = old.entries.flatMap(({ linkKeys }) => linkKeys.filter((key) => newLinks.has(key)));
    if (reused.length === 0 || round === MAX_ROUNDS) {
      return {
        ...matches,
        newcomers,
        tombstones,
        unreliable: { ...unreliable, links: new Set([...unreliable.links, ...reused]) },
      };
    }
    for (const key of reused) learnt.add(key);
  }
}

/** Whether the two hold the same facts; the date that a feed gives itself is none. */
function isSameRecord(old: SourceRecord, next: SourceRecord): boolean {
  const factsOf = ({ feed: { updatedAt: _, ...feed }, entries: __, ...rest }: SourceRecord) => ({ ...rest, feed });
  return (
    old.entries.length === next.entries.length &&
    old.entries.every((entry, at) => entry === next.entries[at]) &&
    isDeepStrictEqual(factsOf(old), factsOf(next))
  );
}
