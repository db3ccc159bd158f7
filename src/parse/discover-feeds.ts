import { Parser } from 'htmlparser2';
import { parseUrl } from '../parse-url.ts';
import { decode } from './decode.ts';
import { cleanText } from './plain-text.ts';
import { resolveUrl } from './urls.ts';

const MAX_FEEDS = 50;
const TITLE_CHARS = 200;
/** What htmlparser2 takes for an end tag grows with the elements that are open: a page of 200,000 would take 20 s. What lies deeper
 *  than any page is not read. */
const MAX_DEPTH = 1000;
const FEED_TYPE = /^\s*(application\/(rss|atom|rdf|feed)\+(xml|json)|(application|text)\/xml)\s*(;|$)/i;
/** Comments on one article or all of them are seldom what somebody means who names a site. */
const COMMENTS = /\bcomments?\b|\/comments\//i;

/** A feed that a page names. */
export interface FeedLink {
  readonly url: string;
  readonly title?: string;
}

/** The feeds that a web page names, each once: its `<link rel="alternate">` (RSS Autodiscovery, HTML §4.6.7.1) in their order, feeds
 *  of comments last; if it has none, its visible links that look like feeds. `baseUrl` is the address of the page. */
export function discoverFeeds(bytes: Uint8Array, baseUrl: string, contentType?: string): readonly FeedLink[] {
  const links: FeedLink[] = [];
  const anchors: FeedLink[] = [];
  let base = baseUrl;
  const add = (list: FeedLink[], href: string | undefined, written: string | undefined) => {
    const url = resolveUrl(href, base);
    // In feeds.json that would be filled in from the environment of the operator.
    if (url === undefined || url.includes('${') || list.length >= MAX_FEEDS) return;
    const title = cleanText(written ?? '', TITLE_CHARS);
    if (!list.some((known) => known.url === url)) list.push({ url, ...(title !== '' && { title }) });
  };
  let depth = 0;
  const parser = new Parser({
    onclosetag() {
      depth -= 1;
    },
    onopentag(name, { href, rel = '', type = '', title }) {
      depth += 1;
      if (depth > MAX_DEPTH) throw TOO_DEEP;
      const relations = rel.toLowerCase().split(/\s+/);
      if (name === 'base' && base === baseUrl) base = resolveUrl(href, baseUrl) ?? baseUrl;
      else if (name === 'a' && looksLikeFeed(href)) add(anchors, href, title);
      else if (name === 'link' && relations.includes('alternate') && FEED_TYPE.test(type)) add(links, href, title);
      else if (name === 'link' && relations.includes('feed')) add(links, href, title);
    },
  });
  try {
    parser.end(decode(bytes, contentType));
  } catch (error) {
    if (error !== TOO_DEEP) throw error;
  }
  const isAboutComments = ({ url, title = '' }: FeedLink) => COMMENTS.test(title) || COMMENTS.test(url);
  const found = links.length > 0 ? links : anchors;
  return [...found.filter((link) => !isAboutComments(link)), ...found.filter(isAboutComments)];
}

const TOO_DEEP = new Error('nested too deep');

function looksLikeFeed(href: string | undefined): boolean {
  const path = href === undefined ? undefined : parseUrl(href, 'https://page.invalid/')?.pathname;
  return (
    path !== undefined && /(^|\/)(feed|rss|atom)\/?$|\.(rss|atom)$|(feed|rss|atom|index)[\w-]*\.(xml|json)$/i.test(path)
  );
}

/** Where the feeds of a page are on sites that everybody knows, most likely first; none for a page of any other site. The
 *  site itself is not asked: these pages are large, and some are shown to browsers only. */
export function knownFeeds(address: string): readonly string[] {
  const url = parseUrl(address);
  if (url === undefined) return [];
  const host = url.hostname.replace(/^(www|m|mobile|old|new)\./, '');
  const parts = url.pathname.split('/').filter((part) => part !== '');
  return SITES.get(host)?.(parts, url) ?? [];
}

/** Feeds of a page that may run software with feeds at a place of its own (Mastodon, and those that do as it does). */
export function likelyFeeds(address: string): readonly string[] {
  const url = parseUrl(address);
  const [handle = '', ...rest] = url?.pathname.split('/').filter((part) => part !== '') ?? [];
  return url && /^@[\w.-]+$/.test(handle) && rest.length === 0 ? [`${url.origin}/${handle}.rss`] : [];
}

/** Where feeds usually are, below the page that was named and at the front of its site. */
export function usualFeeds(address: string): readonly string[] {
  const url = parseUrl(address);
  if (url === undefined) return [];
  const folder = url.pathname.replace(/[^/]*$/, '');
  const below = url.pathname.endsWith('/') ? folder : `${url.pathname}/`;
  const places = [...new Set([below, folder, '/'])].slice(0, 2);
  return places.flatMap((place) => NAMES.map((name) => `${url.origin}${place}${name}`));
}

const NAMES = ['feed', 'feed.xml', 'rss.xml', 'atom.xml', 'index.xml', 'rss', 'feed.json'];

type Site = (parts: readonly string[], url: URL) => readonly string[];

const youtube: Site = ([kind = '', name = ''], url) => {
  const feed = (parameter: string, value: string) => [
    `https://www.youtube.com/feeds/videos.xml?${parameter}=${encodeURIComponent(value)}`,
  ];
  const list = url.searchParams.get('list');
  if (kind === 'channel' && name !== '') return feed('channel_id', name);
  if (kind === 'user' && name !== '') return feed('user', name);
  return kind === 'playlist' && list ? feed('playlist_id', list) : [];
};

const reddit: Site = (parts, url) => {
  const isListing = parts.length === 0 || ['r', 'u', 'user'].includes(parts[0] ?? '');
  const path = parts.map((part) => `${part}/`).join('');
  return isListing && !parts.at(-1)?.endsWith('.rss') ? [`https://www.reddit.com/${path}.rss${url.search}`] : [];
};

const github: Site = ([owner, repository, kind, branch]) => {
  if (owner === undefined || /^(features|topics|search|explore|marketplace|settings)$/.test(owner)) return [];
  if (repository === undefined) return [`https://github.com/${owner}.atom`];
  const base = `https://github.com/${owner}/${repository.replace(/\.git$/, '')}`;
  if (kind === 'commits' || kind === 'tree') return [`${base}/commits${branch === undefined ? '' : `/${branch}`}.atom`];
  if (kind === undefined || kind === 'releases' || kind === 'tags') {
    const [first, second] = kind === 'tags' ? ['tags', 'releases'] : ['releases', 'tags'];
    return [`${base}/${first}.atom`, `${base}/${second}.atom`, `${base}/commits.atom`];
  }
  return [];
};

const SITES: ReadonlyMap<string, Site> = new Map([
  ['youtube.com', youtube],
  ['reddit.com', reddit],
  ['github.com', github],
]);
