import type { Entry, FeedInfo, Source } from '../model.ts';
import { enclosureKeys } from './facts.ts';
import type { Home } from './home.ts';
import { isGenericTitle, titleKey } from './likeness.ts';
import { publisherOf, publisherOfKey } from './publisher.ts';
import { isShortKey } from './short-links.ts';
import { hostOfUrl, isHomepage, weakKey } from './url-keys.ts';

/** A followed source as its entries' items show it. */
export interface SourceProfile {
  readonly source: Source;
  readonly feed: FeedInfo;
  readonly home: Home;
}

/** What an entry's source is to its article: 2 its publisher, whose site it is on by the configuration; 1 one whose document calls
 *  that host its home; 0 anybody else. */
export type Standing = 0 | 1 | 2;

/** An article without an address is where its source is. Who names a page of others, now or before, is no publisher of it. */
function standingOf(entry: Entry, { publishers, hosts }: Home): Standing {
  const { url, ownSite, linkKeys } = entry;
  const isForeign = linkKeys.some((key) => {
    const publisher = publisherOfKey(key) ?? '';
    return !publishers.has(publisher) && publisher !== ownSite && !isShortKey(key);
  });
  if (publishers.has(publisherOfEntry(entry, publishers) ?? '') && !isForeign) return 2;
  return url !== undefined && hosts.has(hostOfUrl(url) ?? '') ? 1 : 0;
}

/** Who publishes at the entry's address; of one without an address its source. */
function publisherOfEntry({ url }: Entry, publishers: ReadonlySet<string>): string | undefined {
  return url === undefined ? publishers.values().next().value : publisherOf(url);
}

/** Whether the entry names, by any link or guid that it ever had, one of `makers` beside its own publisher: then that one made the
 *  article. A planet links to its own counter and keeps the author's guid. */
export function isMadeBy(
  makers: ReadonlySet<string | undefined>,
  { entry, publisher }: Pick<EntryKeys, 'entry' | 'publisher'>,
): boolean {
  if (makers.size === 1 && makers.has(publisher)) return false;
  return namedBy(entry).some((one) => one !== publisher && one !== entry.ownSite && makers.has(one));
}

const named = new WeakMap<Entry, readonly string[]>();

/** Who made what the entry's guids and links name. Remembered, as each of 250 publishers of one article is asked at every poll. */
function namedBy(entry: Entry): readonly string[] {
  const known = named.get(entry);
  if (known) return known;
  const all = [...entry.guids.map(guidPublisher), ...entry.linkKeys.map(publisherOfKey)];
  const made = unique(all.filter((one) => one !== undefined));
  named.set(entry, made);
  return made;
}

/** Of entries of one article those of its publishers: of the highest Standing, but for who names another one of them by a link or
 *  guid. Of strangers all who name none. */
export function foremostOf<T extends Pick<EntryKeys, 'entry' | 'standing' | 'publisher'>>(
  group: readonly T[],
): readonly T[] {
  const highest = Math.max(...group.map(({ standing }) => standing));
  const home = group.filter(({ standing }) => standing === highest);
  const makers = new Set(home.map(({ publisher }) => publisher));
  const made = home.filter((one) => !isMadeBy(makers, one));
  return made.length > 0 ? made : home;
}

/** An entry with the values that match rules compare: what it says of articles, as far as that is its to say. */
export interface EntryKeys {
  readonly entry: Entry;
  readonly standing: Standing;
  /** Who publishes at its address (publisher.ts). */
  readonly publisher: string | undefined;
  /** Strong keys, without the front pages of hosts: they are evidence for nothing. */
  readonly links: readonly string[];
  readonly weakLinks: readonly string[];
  readonly globalGuids: readonly string[];
  readonly enclosures: readonly string[];
  /** titleKey; '' for an absent title. */
  readonly title: string;
  /** titleKey of the title that it came with. */
  readonly firstTitle: string;
  readonly isTitleGeneric: boolean;
}

export function entryKeysOf(entry: Entry, home: Home): EntryKeys {
  const { publishers } = home;
  const title = titleKey(entry.title);
  const links = claimedLinks(entry, publishers);
  return {
    entry,
    standing: standingOf(entry, home),
    publisher: publisherOfEntry(entry, publishers),
    links,
    weakLinks: sameAs(links, unique(links.map(weakKey))),
    globalGuids: sameAs(links, claimedGuids(entry, publishers)),
    enclosures: enclosureKeys(entry),
    title,
    firstTitle: entry.firstTitle === undefined ? title : titleKey(entry.firstTitle),
    isTitleGeneric: isGenericTitle(title),
  };
}

/** The links by which an entry names its article: those on the source's own site, and elsewhere the one that it came with. Whoever
 *  names several articles of others, or first one and then another, would make one item of them. */
function claimedLinks({ linkKeys, late = [] }: Entry, publishers: ReadonlySet<string>): readonly string[] {
  const links = sameAs(
    linkKeys,
    linkKeys.filter((link) => !isHomepage(link)),
  );
  if (late.length === 0) return links.length <= MAX_LINKS ? links : links.slice(0, MAX_LINKS);
  const isOwn = (link: string) => publishers.has(publisherOfKey(link) ?? '');
  const claimed = links.some((link) => late.includes(link) && !isOwn(link)) ? links.filter(isOwn) : links;
  return claimed.length <= MAX_LINKS ? claimed : [...claimed.slice(0, 1), ...claimed.slice(1 - MAX_LINKS)];
}

/** Of an article that was moved more often the first link and the latest are compared: each of 50 with 30 others of 2,000 entries
 *  took 5 s. */
const MAX_LINKS = 8;

/** The guids by which an entry names its article in the whole world: those made on the source's own site, and one other that it
 *  came with. */
function claimedGuids({ guids, late = [] }: Entry, publishers: ReadonlySet<string>): readonly string[] {
  const first = unique(guids.flatMap((guid) => (late.includes(guid) ? [] : (globalGuid(guid) ?? []))));
  if (first.length < 2 && late.length === 0) return first;
  const all = unique(guids.flatMap((guid) => globalGuid(guid) ?? []));
  const own = all.filter((guid) => publishers.has(guidPublisher(guid) ?? ''));
  return all.length - own.length === 1 ? all.filter((guid) => own.includes(guid) || first.includes(guid)) : own;
}

/** The form in which a guid names one thing in the whole world (tag: URI, UUID, URL of a real host below its front page);
 *  undefined for '123' or 'http://localhost/?p=5'. */
export function globalGuid(guid: string): string | undefined {
  if (guid.startsWith('tag:')) return guid;
  const uuid = /^(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(guid)?.[1];
  if (uuid) return `urn:uuid:${uuid.toLowerCase()}`;
  const [, host = '', rest = ''] = /^https?:\/\/(?:www\.)?([^/?#]+)(.*)$/is.exec(guid) ?? [];
  const isReal =
    /\.[a-z][a-z0-9-]+(?::\d+)?$/i.test(host) && !/\.(?:local|localhost|internal|lan|test|invalid)$/i.test(host);
  const path = rest.replace(/\/$/, '');
  return isReal && path !== '' ? host.toLowerCase() + path : undefined;
}

/** The host that a global guid was made on; undefined where it names none. */
function guidHost(guid: string): string | undefined {
  const host = /^(?:tag:|https?:\/\/)([^/?#,:]+)/i.exec(guid)?.[1];
  return host?.toLowerCase().replace(/^www\./, '');
}

/** Who made what a global guid names; undefined where it names no host. */
export function guidPublisher(guid: string): string | undefined {
  const host = guidHost(guid);
  return host?.includes('.') ? publisherOfKey(guid.startsWith('tag:') ? host : (globalGuid(guid) ?? host)) : undefined;
}

/** Order of first sighting: when first seen; of those of one round, what stood on its source's own site first, then when it
 *  says that it was published, then by source id; the rest only to be the same every time. */
export function compareSightings(a: Entry, b: Entry): number {
  return (
    compareText(a.firstSeen, b.firstSeen) ||
    Number(b.ownSite !== undefined) - Number(a.ownSite !== undefined) ||
    compareText(a.date, b.date) ||
    compareText(a.source, b.source) ||
    compareText(a.guids[0] ?? '', b.guids[0] ?? '') ||
    compareText(a.id, b.id)
  );
}

/** Order by UTF-16 code units, for sort(): the same in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `values`, as the list that is there already where it says the same: of most entries strong keys, weak keys and guids do. */
function sameAs(known: readonly string[], values: readonly string[]): readonly string[] {
  return values.length === known.length && values.every((value, at) => value === known[at]) ? known : values;
}

function unique(values: readonly string[]): readonly string[] {
  return values.length < 2 ? values : [...new Set(values)];
}
