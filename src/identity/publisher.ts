import { getDomain } from 'tldts';
import { parseUrl } from '../parse-url.ts';

/** Sites of many authors, on which a part of the path is the author. */
const AUTHOR_PATHS = new Map<string, RegExp>([
  ['x.com', /^\/([^/]+)/],
  ['twitter.com', /^\/([^/]+)/],
  ['github.com', /^\/([^/]+)/],
  ['raw.githubusercontent.com', /^\/([^/]+)/],
  ['gist.githubusercontent.com', /^\/([^/]+)/],
  ['gitlab.com', /^\/([^/]+)/],
  ['bsky.app', /^\/profile\/([^/]+)/],
  ['youtube.com', /^\/(?:channel|c|user)\/([^/]+)/],
  ['reddit.com', /^\/((?:r|u|user)\/[^/]+)/],
  ['facebook.com', /^\/([^/]+)/],
  ['feeds.feedburner.com', /^\/(?:~r\/)?([^/]+)/],
  ['feeds2.feedburner.com', /^\/(?:~r\/)?([^/]+)/],
  ['feedproxy.google.com', /^\/~r\/([^/]+)/],
  ['medium.com', /^\/(?:feed\/)?(@[^/]+)/],
  ['codeberg.org', /^\/([^/]+)/],
  ['dev.to', /^\/(?:feed\/)?([^/]+)/],
  ['feeds.buzzsprout.com', /^\/([^/.]+)/],
  ['buzzsprout.com', /^\/([^/.]+)/],
  ['anchor.fm', /^\/(?:s\/)?([^/]+)/],
  ['sites.google.com', /^\/((?:view\/)?[^/]+)/],
  ['storage.googleapis.com', /^\/([^/]+)/],
]);
/** Sites on which the subdomain is the author, beside those that the public suffix list knows (github.io, blogspot.com …). */
const AUTHOR_SUBDOMAINS = new Set(
  `substack.com medium.com wordpress.com tumblr.com ghost.io neocities.org hashnode.dev micro.blog svbtle.com typepad.com
  livejournal.com squarespace.com write.as libsyn.com podbean.com buttondown.email beehiiv.com bandcamp.com itch.io pika.page mataroa.blog`.split(
    /\s+/,
  ),
);

/** Addresses that need no URL parser, which are nearly all: it takes ten times as long. */
const PLAIN = /^https?:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24})(:\d+)?(\/[^?#]*)?(?:[?#]|$)/;

/** Domains that were looked up: feeds name the same few hosts again and again. */
const domains = new Map<string, string | null>();
const MAX_DOMAINS = 10_000;

/** Who publishes at an address: its registrable domain; on sites of many authors the author, as far as the address names
 *  one. Undefined when there is no address. */
export function publisherOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const [, host, port = '', path = ''] = PLAIN.exec(url) ?? [];
  if (host !== undefined) return publisherAt(host, host + port, path);
  const parsed = parseUrl(url);
  return parsed && publisherAt(parsed.hostname.replace(/\.$/, ''), parsed.host, parsed.pathname);
}

/** As publisherOf, of a strong key (url-keys.ts). */
export function publisherOfKey(key: string): string | undefined {
  const [, host = '', port = '', path = ''] = /^(?:[^/?#@]*@)?([^/?#:]+)(:\d+)?([^?#]*)/.exec(key) ?? [];
  return host === '' ? undefined : publisherAt(host, host + port, path);
}

function publisherAt(hostname: string, host: string, path: string): string {
  const domain = domainOf(hostname);
  const pattern = AUTHOR_PATHS.get(hostname) ?? AUTHOR_PATHS.get(domain ?? '');
  // Mastodon, YouTube and others: /@author, and its feed /@author.rss; a home on a university's host: /~author.
  const author = pattern?.exec(path)?.[1] ?? /^\/([@~][^/]+?)(?:\.(?:rss|atom|json|xml))?(?:\/|$)/.exec(path)?.[1];
  if (author !== undefined) return `${domain ?? host}/${author.toLowerCase()}`;
  if (domain === null) return host;
  if (domain === 'youtu.be') return 'youtube.com';
  return AUTHOR_SUBDOMAINS.has(domain) ? hostname : domain;
}

/** Null for an IP address, a name without a dot, and a public suffix itself. */
function domainOf(hostname: string): string | null {
  const known = domains.get(hostname);
  if (known !== undefined) return known;
  if (domains.size >= MAX_DOMAINS) domains.clear();
  const domain = getDomain(hostname, { allowPrivateDomains: true });
  domains.set(hostname, domain);
  return domain;
}
