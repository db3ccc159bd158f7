import { HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { FeedDocument, Instant, ListedEntry } from '../model.ts';
import { contentName, Facts, listedDate } from './facts.ts';
import { type Home, meaningfulGuid } from './home.ts';
import { areTextsAlike, areTitlesAlike, haveOtherNumbers, titleKey } from './likeness.ts';
import { cleanLink, type Hosts, strongKey, weakKey } from './url-keys.ts';

const TWO_DAYS_MS = 48 * HOUR_MS;

/** One item of a document; if it stands there twice, both in one. */
export interface Listing {
  readonly listed: ListedEntry;
  /** Place in the document, from 0. */
  readonly position: number;
  readonly facts: Facts;
  /** Where the article is, listed tracking removed. */
  readonly url?: string;
  /** All strong link keys, unreliable ones too. */
  readonly linkKeys: readonly string[];
  /** Those of its doubles that name another page than its own. */
  readonly otherLinks: readonly string[];
}

/** What a document lists, and which guids and links identify nothing in its source. */
export interface Listings {
  readonly listings: readonly Listing[];
  /** The record's and those learnt now. */
  readonly unreliableGuids: ReadonlySet<string>;
  readonly unreliableLinks: ReadonlySet<string>;
}

/** A listing while doubles are sought. */
interface Draft {
  listed: ListedEntry;
  readonly position: number;
  url: string | undefined;
  readonly title: string;
  /** Of those below: neither the source's home nor known to be unreliable. */
  readonly guids: Set<string>;
  readonly links: Set<string>;
  readonly linkKeys: Set<string>;
  /** The weak keys of these. */
  readonly pages: Set<string>;
  readonly otherLinks: Set<string>;
}

interface Context {
  readonly home: Home;
  readonly ownHosts: Hosts;
  /** Where links of shorteners lead. */
  readonly resolved: ReadonlyMap<string, string>;
  readonly now: Instant;
}

/** Reads what identifies the items of a document.
 *
 *      for each item: its guid, its links and its address, without what identifies nothing
 *      (the source's home, placeholders such as 'N/A', what the record knows to be unreliable)
 *      repeat:
 *        make one item of each two that are doubles
 *        a guid or link that two items still share names different items: it is unreliable from now on
 *      until no guid or link is shared, each time from the items as they came, without what is unreliable
 *
 *  Two versions of one item are one (RFC 4287 §4.1.1): the later one counts. The same document gives the same items at the
 *  next poll. Reports: miniflux/v2#4197 and NewsBlur#1470 (one guid for all), NetNewsWire#4540 (one link). */
export function readListings(
  document: FeedDocument,
  unreliable: { readonly guids: Iterable<string>; readonly links: Iterable<string> },
  context: Context,
): Listings {
  const unreliableGuids = new Set(unreliable.guids);
  const unreliableLinks = new Set(unreliable.links);
  const isDated = !isGeneratorTime(document.entries, context.now);
  const items = document.entries.map((entry, position): Draft => {
    const address = entry.externalUrl ?? entry.origLink ?? entry.link ?? entry.permalink;
    const target = address === undefined ? undefined : context.resolved.get(address);
    const guid = meaningfulGuid(entry.guid, context.home);
    const linkKeys = [target, address].flatMap((url) => (url && strongKey(url, context.ownHosts)) ?? []);
    return {
      listed: isDated ? entry : undated(entry),
      position,
      url: address === undefined ? undefined : cleanLink(address, context.ownHosts),
      title: titleKey(entry.title),
      guids: new Set(guid === undefined ? [] : [guid]),
      links: new Set(linkKeys.filter((link) => !context.home.keys.has(link))),
      linkKeys: new Set(linkKeys),
      pages: new Set(linkKeys.map(weakKey)),
      otherLinks: new Set(),
    };
  });
  for (;;) {
    const drafts = foldDoubles(items.map((item) => withoutUnreliable(item, unreliableGuids, unreliableLinks)));
    const guids = sharedBy(drafts, (draft) => draft.guids);
    const links = sharedBy(drafts, (draft) => draft.links);
    for (const guid of guids) unreliableGuids.add(guid);
    for (const link of links) unreliableLinks.add(link);
    if (guids.size + links.size > 0) continue;
    return { listings: drafts.map(listingOf), unreliableGuids, unreliableLinks };
  }
}

/** Generators without memory date every item with the minute in which the document was made: no dates at all
 *  (Vauxoo/addons-vauxoo#619). */
function isGeneratorTime(entries: readonly ListedEntry[], now: Instant): boolean {
  const times = entries.map((entry) => Date.parse(listedDate(entry) ?? ''));
  if (times.length < 2 || times.some(Number.isNaN)) return false;
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return last - first < MINUTE_MS && Math.abs(Date.parse(now) - last) < 10 * MINUTE_MS;
}

function undated({ publishedAt, updatedAt, ...entry }: ListedEntry): ListedEntry {
  return entry;
}

/** A copy, for doubles are folded into it. */
function withoutUnreliable(item: Draft, guids: ReadonlySet<string>, links: ReadonlySet<string>): Draft {
  return {
    ...item,
    guids: new Set([...item.guids].filter((guid) => !guids.has(guid))),
    links: new Set([...item.links].filter((link) => !links.has(link))),
    linkKeys: new Set(item.linkKeys),
    pages: new Set(item.pages),
    otherLinks: new Set(),
  };
}

function listingOf({ listed, position, url, guids, links, linkKeys, otherLinks }: Draft): Listing {
  const facts = new Facts(listed, guids, links);
  const names = { linkKeys: [...linkKeys], otherLinks: [...otherLinks] };
  return { listed, position, facts, ...names, ...(url !== undefined && { url }) };
}

/** Each item is compared with the first one of each guid, link or content that it shares, until one is no double of it:
 *  that value names different items then, and asks no more. So a document of one guid costs no more than any other. */
function foldDoubles(drafts: readonly Draft[]): readonly Draft[] {
  const firstOf = new Map<string, Draft>();
  const disproved = new Set<string>();
  const kept: Draft[] = [];
  for (const draft of drafts) {
    const names = namesOf(draft);
    let double: Draft | undefined;
    for (const name of names) {
      const first = double ? undefined : firstOf.get(name);
      if (!first || disproved.has(name)) continue;
      if (isDouble(first, draft)) double = first;
      else disproved.add(name);
    }
    if (double) fold(double, draft);
    else kept.push(draft);
    for (const name of names) if (!firstOf.has(name)) firstOf.set(name, double ?? draft);
  }
  return kept;
}

function namesOf({ guids, links, linkKeys, title, listed }: Draft): string[] {
  const names = [...[...guids].map((guid) => `guid ${guid}`), ...[...links].map((link) => `link ${link} ${title}`)];
  return names.length > 0 ? names : [JSON.stringify([contentName(listed), listed.guid, ...linkKeys])];
}

/** Whether two items of one document are one. With the same guid: unless links, or dates and texts, are of two items.
 *  With the same link alone: only under the same title and about the same time. With neither, on either side: always,
 *  for then all that they have is the same (see namesOf). Never on title or text alone. */
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

/** Makes one item of two. The later version counts (RFC 4287 §4.1.1); the guids and links of both are known from now on. */
function fold(first: Draft, other: Draft): void {
  if ((other.listed.updatedAt ?? '') > (first.listed.updatedAt ?? '')) {
    first.listed = other.listed;
    first.url = other.url ?? first.url;
  }
  for (const guid of other.guids) first.guids.add(guid);
  for (const link of other.links) first.links.add(link);
  const isElsewhere = first.linkKeys.size > 0 && !sharesAny(other.pages, first.pages);
  for (const page of other.pages) first.pages.add(page);
  for (const link of other.linkKeys) {
    first.linkKeys.add(link);
    if (isElsewhere) first.otherLinks.add(link);
  }
}

function sharedBy(drafts: readonly Draft[], valuesOf: (draft: Draft) => Iterable<string>): ReadonlySet<string> {
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
