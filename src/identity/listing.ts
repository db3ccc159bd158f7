import { HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { FeedDocument, Instant, ListedEntry, SourceRecord } from '../model.ts';
import { contentName } from './entry-id.ts';
import { Facts, listedDate } from './facts.ts';
import { type Home, meaningfulGuid } from './home.ts';
import { areTextsAlike, areTitlesAlike, haveOtherNumbers, titleKey } from './likeness.ts';
import { cleanLink, type Hosts, strongKey } from './url-keys.ts';

const TWO_DAYS_MS = 48 * HOUR_MS;

/** One item of a document, doubles folded into it. */
export interface Listing {
  readonly listed: ListedEntry;
  /** Place in the document, from 0. */
  readonly position: number;
  readonly facts: Facts;
  /** Where the article is, listed tracking removed. */
  readonly url?: string;
  /** All strong link keys, spoiled ones too. */
  readonly linkKeys: readonly string[];
}

/** What a document lists, and what it shows to be worth nothing as an identity. */
export interface Listings {
  readonly listings: readonly Listing[];
  /** The record's and those learnt now. */
  readonly unreliableGuids: readonly string[];
  readonly unreliableLinks: readonly string[];
}

interface Draft {
  listed: ListedEntry;
  readonly position: number;
  url: string | undefined;
  readonly title: string;
  /** Neither home nor spoiled so far. */
  readonly guids: Set<string>;
  readonly links: Set<string>;
  readonly linkKeys: Set<string>;
}

interface Context {
  readonly home: Home;
  readonly ownHosts: Hosts;
  /** Where links of shorteners lead. */
  readonly resolved: ReadonlyMap<string, string>;
  readonly now: Instant;
}

/** Reads a document's items as identities: the same item twice becomes one (RFC 4287 §4.1.1 allows versions of an entry;
 *  the latest counts), and a guid or link that different items share is spoiled from now on. */
export function readListings(
  document: FeedDocument,
  record: Pick<SourceRecord, 'unreliableGuids' | 'unreliableLinks'> | undefined,
  context: Context,
): Listings {
  const unreliableGuids = new Set(record?.unreliableGuids);
  const unreliableLinks = new Set(record?.unreliableLinks);
  const isDated = !isGeneratorTime(document.entries, context.now);
  const rawDrafts = document.entries.map((entry, position): Draft => {
    const { guid, url, linkKeys } = namesOf(entry, context);
    const listed = isDated ? entry : undated(entry);
    const guids = new Set(guid === undefined ? [] : [guid]);
    const links = new Set(linkKeys.filter((link) => !context.home.keys.has(link)));
    return { listed, position, url, title: titleKey(entry.title), guids, links, linkKeys: new Set(linkKeys) };
  });
  const drafts = foldAndSpoil(rawDrafts, unreliableGuids, unreliableLinks);
  const listings = drafts.map(({ listed, position, url, ...draft }): Listing => {
    const facts = new Facts(listed, { guids: [...draft.guids], links: [...draft.links], date: listedDate(listed) });
    return { listed, position, facts, linkKeys: [...draft.linkKeys], ...(url !== undefined && { url }) };
  });
  return { listings, unreliableGuids: [...unreliableGuids], unreliableLinks: [...unreliableLinks] };
}

/** Folds doubles; what is then still shared is spoiled. What was folded by a spoiled value was no double, so all is done
 *  again without it, and the same document gives the same items at the next poll. Adds to the two sets. */
function foldAndSpoil(
  raw: readonly Draft[],
  unreliableGuids: Set<string>,
  unreliableLinks: Set<string>,
): readonly Draft[] {
  for (;;) {
    const drafts = foldDoubles(
      raw.map((draft) => ({
        ...draft,
        guids: new Set([...draft.guids].filter((guid) => !unreliableGuids.has(guid))),
        links: new Set([...draft.links].filter((link) => !unreliableLinks.has(link))),
        linkKeys: new Set(draft.linkKeys),
      })),
    );
    const guids = sharedBy(drafts, (draft) => draft.guids);
    const links = sharedBy(drafts, (draft) => draft.links);
    if (guids.size + links.size === 0) return drafts;
    for (const guid of guids) unreliableGuids.add(guid);
    for (const link of links) unreliableLinks.add(link);
  }
}

function namesOf(entry: ListedEntry, { home, ownHosts, resolved }: Context) {
  const address = entry.externalUrl ?? entry.origLink ?? entry.link ?? entry.permalink;
  const target = address === undefined ? undefined : resolved.get(address);
  return {
    guid: meaningfulGuid(entry.guid, home),
    url: address === undefined ? undefined : cleanLink(address, ownHosts),
    linkKeys: [target, address].flatMap((url) => (url && strongKey(url, ownHosts)) ?? []),
  };
}

function undated({ publishedAt, updatedAt, ...entry }: ListedEntry): ListedEntry {
  return entry;
}

/** Generators without memory date every item with the minute in which the document was made: no dates at all. */
function isGeneratorTime(entries: readonly ListedEntry[], now: Instant): boolean {
  const times = entries.map((entry) => Date.parse(listedDate(entry) ?? ''));
  if (times.length < 2 || times.some(Number.isNaN)) return false;
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return last - first < MINUTE_MS && Math.abs(Date.parse(now) - last) < 10 * MINUTE_MS;
}

/** Each item is compared with the first of each guid, link or content that it shares, until one is no double of it (that
 *  value names different items then, and will be spoiled): a document of one guid costs no more than any other. */
function foldDoubles(drafts: readonly Draft[]): readonly Draft[] {
  const firstOf = new Map<string, Draft>();
  const shared = new Set<string>();
  const kept: Draft[] = [];
  for (const draft of drafts) {
    const keys = keysOf(draft);
    let first: Draft | undefined;
    for (const key of keys) {
      const other = first ? undefined : firstOf.get(key);
      if (!other || shared.has(key)) continue;
      if (isDouble(other, draft)) first = other;
      else shared.add(key);
    }
    if (first) fold(first, draft);
    else kept.push(draft);
    for (const key of keys) if (!firstOf.has(key)) firstOf.set(key, first ?? draft);
  }
  return kept;
}

function keysOf({ guids, links, linkKeys, title, listed }: Draft): string[] {
  const named = [...[...guids].map((guid) => `guid ${guid}`), ...[...links].map((link) => `link ${link} ${title}`)];
  return named.length > 0 ? named : [JSON.stringify([contentName(listed), listed.guid, ...linkKeys])];
}

function isDouble(a: Draft, b: Draft): boolean {
  const isGuidShared = sharesAny(a.guids, b.guids);
  const isLinkShared = sharesAny(a.links, b.links);
  if (!isGuidShared && !isLinkShared) return a.guids.size + b.guids.size + a.links.size + b.links.size === 0;
  if (haveOtherNumbers(a.title, b.title)) return false;
  const apart = millisecondsApart(a.listed, b.listed);
  const isTextAlike = areTextsAlike(a.listed.text, b.listed.text);
  if (isGuidShared) {
    if (!isLinkShared && a.links.size > 0 && b.links.size > 0) return a.title === b.title && apart === 0 && isTextAlike;
    const isTextKnown = a.listed.text !== undefined && b.listed.text !== undefined;
    if (apart > TWO_DAYS_MS && !isTextAlike) return false;
    return a.title === b.title || isTextAlike || (!isTextKnown && areTitlesAlike(a.title, b.title));
  }
  if (a.title !== b.title) return false;
  if (a.guids.size > 0 && b.guids.size > 0) return apart <= TWO_DAYS_MS;
  return apart === 0 || isTextAlike || a.guids.size + b.guids.size > 0;
}

/** The later version counts (RFC 4287 §4.1.1); both guids are known from now on. */
function fold(first: Draft, other: Draft): void {
  if ((other.listed.updatedAt ?? '') > (first.listed.updatedAt ?? '')) {
    first.listed = other.listed;
    first.url = other.url ?? first.url;
  }
  for (const guid of other.guids) first.guids.add(guid);
  for (const link of other.links) first.links.add(link);
  for (const link of other.linkKeys) first.linkKeys.add(link);
}

function sharedBy(drafts: readonly Draft[], valuesOf: (draft: Draft) => Iterable<string>): Set<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const draft of drafts) {
    for (const value of valuesOf(draft)) {
      if (seen.has(value)) shared.add(value);
      seen.add(value);
    }
  }
  return shared;
}

function sharesAny(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const value of a) if (b.has(value)) return true;
  return false;
}

/** Milliseconds between two dates; 0 if one is absent. */
function millisecondsApart(a: ListedEntry, b: ListedEntry): number {
  const [mine, theirs] = [listedDate(a), listedDate(b)];
  return mine === undefined || theirs === undefined ? 0 : Math.abs(Date.parse(mine) - Date.parse(theirs));
}
