import type { Entry, FeedInfo, Source } from '../model.ts';
import { enclosureKeys } from './facts.ts';
import type { Home } from './home.ts';
import { isGenericTitle, titleKey } from './likeness.ts';
import { isHomepage, weakKey } from './url-keys.ts';

/** A followed source as its entries' items show it. */
export interface SourceProfile {
  readonly source: Source;
  readonly feed: FeedInfo;
  readonly home: Home;
}

/** An entry with the values that match rules compare. */
export interface EntryKeys {
  readonly entry: Entry;
  /** Strong keys, without the front pages of hosts: they are evidence for nothing. */
  readonly links: readonly string[];
  readonly weakLinks: readonly string[];
  readonly globalGuids: readonly string[];
  readonly enclosures: readonly string[];
  /** titleKey; '' for an absent title. */
  readonly title: string;
  readonly isTitleGeneric: boolean;
}

export function entryKeysOf(entry: Entry): EntryKeys {
  const title = titleKey(entry.title);
  const links = entry.linkKeys.filter((link) => !isHomepage(link));
  return {
    entry,
    links,
    weakLinks: unique(links.map(weakKey)),
    globalGuids: unique(entry.guids.flatMap((guid) => globalGuid(guid) ?? [])),
    enclosures: enclosureKeys(entry),
    title,
    isTitleGeneric: isGenericTitle(title),
  };
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
export function guidHost(guid: string): string | undefined {
  const host = /^(?:tag:|https?:\/\/)([^/?#,:]+)/i.exec(guid)?.[1];
  return host?.toLowerCase().replace(/^www\./, '');
}

/** Order of first sighting: when first seen, then published, then source id; the rest only to be the same every time. */
export function compareSightings(a: Entry, b: Entry): number {
  return (
    compareText(a.firstSeen, b.firstSeen) ||
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

function unique(values: readonly string[]): readonly string[] {
  return values.length < 2 ? values : [...new Set(values)];
}
