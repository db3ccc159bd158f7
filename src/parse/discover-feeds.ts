import { Parser } from 'htmlparser2';
import { parseUrl } from '../parse-url.ts';
import { decode } from './decode.ts';
import { cleanText } from './plain-text.ts';
import { resolveUrl } from './urls.ts';

const MAX_FEEDS = 50;
const TITLE_CHARS = 200;
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
  const parser = new Parser({
    onopentag(name, { href, rel = '', type = '', title }) {
      const relations = rel.toLowerCase().split(/\s+/);
      if (name === 'base' && base === baseUrl) base = resolveUrl(href, baseUrl) ?? baseUrl;
      else if (name === 'a' && looksLikeFeed(href)) add(anchors, href, title);
      else if (name === 'link' && relations.includes('alternate') && FEED_TYPE.test(type)) add(links, href, title);
      else if (name === 'link' && relations.includes('feed')) add(links, href, title);
    },
  });
  parser.end(decode(bytes, contentType));
  const isAboutComments = ({ url, title = '' }: FeedLink) => COMMENTS.test(title) || COMMENTS.test(url);
  const found = links.length > 0 ? links : anchors;
  return [...found.filter((link) => !isAboutComments(link)), ...found.filter(isAboutComments)];
}

function looksLikeFeed(href: string | undefined): boolean {
  const path = href === undefined ? undefined : parseUrl(href, 'https://page.invalid/')?.pathname;
  return (
    path !== undefined && /(^|\/)(feed|rss|atom)\/?$|\.(rss|atom)$|(feed|rss|atom|index)[\w-]*\.(xml|json)$/i.test(path)
  );
}
