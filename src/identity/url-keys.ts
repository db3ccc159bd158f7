import { parseUrl } from '../parse-url.ts';

/** A set of hosts (lower case, without www.). */
export type Hosts = Pick<ReadonlySet<string>, 'has'>;

const NO_HOSTS: Hosts = new Set<string>();

/** Query parameters that only count visits: removed from every link, compared or republished. Names in lower case. */
const TRACKING = new Set(
  `at_medium at_campaign fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid yclid ysclid igshid mc_cid mc_eid mc_tc mkt_tok
  _hsenc _hsmi __hstc __hssc __hsfp hsctatracking oly_anon_id oly_enc_id vero_id vero_conv wickedid rb_clickid srsltid _openstat
  fb_action_ids fb_action_types fb_ref fb_source s_cid __twitter_impression _ga _gl _bhlid _branch_match_id _branch_referrer
  ml_subscriber ml_subscriber_hash cmpid xtor`.split(/\s+/),
);
const TRACKING_PREFIX = /^(?:utm_|mtm_|itm_|hsa_|at_custom|at_link_)/;
/** Name the page that links here (Ghost adds ref=HOST): tracking only when the value is a host that we follow,
 *  for `ref=v1.0` is content on git hosts. */
const REFERRER = new Set(['ref', 'source', 'via']);
/** May be content: a link without them is the same page only if the title is the same too. */
const DOUBTFUL = new Set('ref ref_src source src via share from si feature cmp rss amp output outputtype'.split(' '));

/** The form in which two links to one page are equal, evidence by itself: wrappers taken off, scheme and www. ignored,
 *  percent-encoding normalised (RFC 3986 §6.2.2), tracking removed, the query sorted. Case of the path, unknown
 *  parameters, ports and fragments stay. Like 'host/path?query#fragment'. For comparing only.
 *  `ownHosts` (without www.) are hosts of followed sources. Undefined unless `url` is absolute http(s). */
export function strongKey(url: string, ownHosts = NO_HOSTS): string | undefined {
  const [plain, host, path = '', fragment = ''] = PLAIN.exec(url) ?? [];
  if (plain !== undefined && !UNUSUAL.test(host ?? '')) return host + path + keyOfFragment(fragment);
  return keyOfAny(url, ownHosts);
}

/** Addresses that need no URL parser, which are nearly all: it takes ten times as long. No login, port, query, dots alone or percent. */
const PLAIN = /^https?:\/\/(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24})((?:\/[\w~-][\w.~-]*)*)\/*(#[\w-]+)?$/;
/** Hosts whose addresses are wrappers or videos, and those of letters beyond ASCII. */
const UNUSUAL = /(?:^|\.)(?:google|ampproject|facebook|youtube|youtu|xn--[^.]*)\./;

function keyOfAny(url: string, ownHosts: Hosts): string | undefined {
  const parsed = unwrap(url);
  if (!parsed) return undefined;
  const host = hostOf(parsed);
  const video = videoId(host, parsed);
  if (video) return `youtu.be/${video}`;
  const login = parsed.username === '' ? '' : `${parsed.username}:${parsed.password}@`;
  const port = parsed.port === '' ? '' : `:${parsed.port}`;
  const path = normalisePercent(parsed.pathname).replace(/\/+$/, '');
  return login + host + port + path + keyOfQuery(parsed.search, ownHosts) + keyOfFragment(parsed.hash);
}

/** A strong key without what may differ between two addresses of one page: the host of a mobile or AMP edition, an index
 *  file, doubtful parameters, a plain fragment. Evidence only together with an equal title. */
export function weakKey(strong: string): string {
  const { host, path, query, fragment } = splitKey(strong);
  const bareHost = host.replace(/^(?:m|mobile|amp)\.(?=.*\.)/, '');
  const barePath = path
    .replace(/\/{2,}/g, '/')
    .replace(/\/index\.(?:html?|php)$/, '')
    .replace(/^\/amp(?=\/)|\/amp$|\.amp(?=\.html$|$)/, '')
    .replace(/\/$/, '');
  const parameters = query === '' ? [] : query.split('&').filter((parameter) => !isDoubtful(parameter));
  const bareQuery = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return bareHost + barePath + bareQuery + (isPageFragment(fragment) ? `#${fragment}` : '');
}

/** Path and query of a strong key, which survive a move to another host. Undefined for a homepage. */
export function pathKey(strong: string): string | undefined {
  const { path, query } = splitKey(strong);
  return path === '' && query === '' ? undefined : `${path}?${query}`;
}

export function hasFragment(strong: string): boolean {
  return strong.includes('#');
}

/** Whether the key is the front page of a host, under any name: no evidence for anything. */
export function isHomepage(strong: string): boolean {
  return !/[/?#]/.test(weakKey(strong));
}

/** The publisher's link with the listed tracking removed and every other byte as it was. */
export function cleanLink(url: string, ownHosts = NO_HOSTS): string {
  const [, address = url, query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? [];
  const parameters = query.slice(1).split('&');
  const kept = parameters.filter((parameter) => !isTracking(parameter, ownHosts));
  const cleanQuery = kept.length === parameters.length ? query : kept.length === 0 ? '' : `?${kept.join('&')}`;
  return address + cleanQuery + (isTrackingFragment(fragment.slice(1)) ? '' : fragment);
}

/** Host of an http(s) address in lower case, without www. and a trailing dot; undefined for any other. */
export function hostOfUrl(url: string): string | undefined {
  const plain = PLAIN_HOST.exec(url)?.[1];
  if (plain !== undefined && !UNUSUAL.test(plain)) return plain;
  const parsed = parseHttp(url);
  return parsed && hostOf(parsed);
}

/** The start of an address whose host needs no parser. */
const PLAIN_HOST = /^https?:\/\/(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24})(?:[/?#]|$)/;

/** The address behind wrappers that carry it in themselves, so that no network is needed. */
function unwrap(url: string): URL | undefined {
  let parsed = parseHttp(url);
  // A wrapper in a wrapper is seen (Facebook around AMP); more than three deep would be a trap.
  for (let depth = 0; parsed && depth < 3; depth++) {
    const inner = innerAddress(parsed);
    const next = inner === undefined ? undefined : parseHttp(inner);
    if (!next) break;
    parsed = next;
  }
  return parsed;
}

function innerAddress({ hostname, pathname, search, searchParams }: URL): string | undefined {
  if (/^(?:[a-z0-9-]+\.)*google\.(?:com|[a-z]{2}|com?\.[a-z]{2})$/.test(hostname)) {
    if (pathname === '/url') return searchParams.get('url') ?? searchParams.get('q') ?? undefined;
    return addressInPath(/^\/amp\/(s\/)?(.+)/.exec(pathname), search);
  }
  if (hostname.endsWith('.cdn.ampproject.org')) return addressInPath(/^\/[a-z]\/(s\/)?(.+)/.exec(pathname), search);
  if (/^lm?\.facebook\.com$/.test(hostname) && pathname === '/l.php') return searchParams.get('u') ?? undefined;
  return undefined;
}

function addressInPath(match: RegExpExecArray | null, search: string): string | undefined {
  return match ? `http${match[1] ? 's' : ''}://${match[2]}${search}` : undefined;
}

function videoId(host: string, { pathname, searchParams }: URL): string | undefined {
  if (host === 'youtu.be') return /^\/([\w-]+)\/?$/.exec(pathname)?.[1];
  if (!/^(?:m\.|music\.)?youtube\.com$/.test(host)) return undefined;
  if (pathname === '/watch') return searchParams.get('v') ?? undefined;
  return /^\/(?:shorts|live|embed)\/([\w-]+)\/?$/.exec(pathname)?.[1];
}

function parseHttp(url: string): URL | undefined {
  return /^\s*https?:/i.test(url) ? parseUrl(url) : undefined;
}

/** Lower case and IDNA are the parser's work. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/\.$/, '').replace(/^www\.(?=.*\.)/, '');
}

function keyOfQuery(search: string, ownHosts: Hosts): string {
  if (search.length < 2) return '';
  const kept = search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '' && !isTracking(parameter, ownHosts))
    .map(normalisePercent)
    .sort();
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

function keyOfFragment(hash: string): string {
  const fragment = hash.slice(1);
  return fragment === '' || isTrackingFragment(fragment) ? '' : `#${normalisePercent(fragment)}`;
}

/** Unreserved characters decoded, the rest in upper case (RFC 3986 §6.2.2.1, §6.2.2.2). */
function normalisePercent(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9a-f]{2})/gi, (encoded, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(character) ? character : encoded.toUpperCase();
  });
}

function splitKey(strong: string): { host: string; path: string; query: string; fragment: string } {
  const [, host = '', path = '', query = '', fragment = ''] = /^([^/?#]*)([^?#]*)\??([^#]*)#?(.*)$/s.exec(strong) ?? [];
  return { host, path, query, fragment };
}

/** Whether a fragment is a page of its own: the route of a script site, or one comment or post. */
function isPageFragment(fragment: string): boolean {
  return /^[/!]|^(?:comment-|c-|p|post-|msg-|reply-|note-|issuecomment-|discussion_r)\d+$/.test(fragment);
}

/** Whether the query parameter (as written, 'name=value') is tracking and nothing else. */
function isTracking(parameter: string, ownHosts: Hosts): boolean {
  const name = nameOf(parameter);
  if (TRACKING.has(name) || TRACKING_PREFIX.test(name)) return true;
  return REFERRER.has(name) && ownHosts.has(hostInValue(parameter.slice(name.length + 1)));
}

/** Whether the query parameter may be there or not on one page. */
function isDoubtful(parameter: string): boolean {
  return DOUBTFUL.has(nameOf(parameter));
}

/** Whether a fragment (without #) was put there by a feed's generator or a browser and marks no place in the page. */
function isTrackingFragment(fragment: string): boolean {
  return /^(?:utm_|xtor=|at_|atom-|rss|ref=|:~:)/.test(fragment);
}

function nameOf(parameter: string): string {
  const end = parameter.indexOf('=');
  return (end < 0 ? parameter : parameter.slice(0, end)).toLowerCase();
}

function hostInValue(value: string): string {
  return value
    .toLowerCase()
    .replace(/^https?(?::|%3a)(?:\/|%2f){2}/, '')
    .replace(/(?:\/|%2f)$/, '')
    .replace(/^www\./, '');
}
