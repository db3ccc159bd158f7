import type { FeedInfo, ListedEntry, Source } from '../model.ts';
import { parseUrl } from '../parse-url.ts';
import { publisherOf } from './publisher.ts';
import { hostOfUrl, strongKey } from './url-keys.ts';

/** Values that generators write when they have no guid. */
const PLACEHOLDER = /^(?:0|-|n\/?a|none|null|nil|undefined|nan|false|true|id|guid|#|\[object object\])$/i;

/** Where a source lives, by its configuration and by what its document says. */
export interface Home {
  /** Strong keys of its home page, of its feed, and of the front pages of their hosts: links and guids that name no article. */
  readonly keys: ReadonlySet<string>;
  /** Hosts without www. */
  readonly hosts: ReadonlySet<string>;
  /** Who publishes there (publisher.ts), by the configuration and by redirects alone: no document can claim to be it. */
  readonly publishers: ReadonlySet<string>;
  /** The same by all that it says. */
  readonly named: ReadonlySet<string>;
}

/** The home of a source, undefined for one that is not followed; `documentUrl` is the address that its document came from
 *  after redirects. */
export function homeOf(source: Source | undefined, feed: FeedInfo, documentUrl?: string): Home {
  const configured = [source?.url, source?.homepage, feed.movedTo].flatMap((url) => url ?? []);
  const addresses = [...configured, feed.url, feed.feedUrl, documentUrl].flatMap((url) => url ?? []);
  const hosts = new Set(addresses.flatMap((url) => hostOfUrl(url) ?? []));
  return {
    keys: new Set(addresses.flatMap((url) => [strongKey(url), frontPageKey(url)]).flatMap((key) => key ?? [])),
    hosts,
    publishers: publishersOf(configured),
    named: publishersOf(addresses),
  };
}

function publishersOf(urls: readonly string[]): ReadonlySet<string> {
  return new Set(urls.filter((url) => /^https?:/i.test(url)).flatMap((url) => publisherOf(url) ?? []));
}

/** The guid as it identifies: undefined if it is absent, a placeholder, or the address of the site or its feed. */
export function meaningfulGuid(guid: string | undefined, home: Home): string | undefined {
  const trimmed = guid?.trim();
  if (!trimmed || PLACEHOLDER.test(trimmed)) return undefined;
  const key = strongKey(trimmed);
  return key !== undefined && home.keys.has(key) ? undefined : trimmed;
}

/** The source's own page for the entry: JSON Feed's url where external_url leads elsewhere (JSON Feed 1.1, items), else the
 *  link if it stays on the source's site; where it leads elsewhere Atom's related (Daring Fireball), a permalink or the
 *  comments there. Undefined where none is known: who only points at an article has no page of it. */
export function pageUrl(listed: ListedEntry, home: Home): string | undefined {
  const { link, origLink, externalUrl, related, permalink, comments } = listed;
  if (link && externalUrl && strongKey(link) !== strongKey(externalUrl)) return link;
  return [origLink ?? link, related, permalink, comments].find((url) => url !== undefined && isAtHome(url, home));
}

/** 'x.com/name'; a room for many, such as 'reddit.com/r/name', is nobody's account. */
const ACCOUNT = /^([^/]+)\/[^/]+$/;

/** On a host of many accounts only its own is its home, unless it is the whole site. */
function isAtHome(url: string, { hosts, publishers, named }: Home): boolean {
  const publisher = publisherOf(url) ?? '';
  if (publishers.has(publisher)) return true;
  const site = ACCOUNT.exec(publisher)?.[1];
  return hosts.has(hostOfUrl(url) ?? '') && (site === undefined || named.has(publisher) || named.has(site));
}

function frontPageKey(url: string): string | undefined {
  const frontPage = parseUrl('/', url);
  return frontPage && strongKey(frontPage.href);
}
