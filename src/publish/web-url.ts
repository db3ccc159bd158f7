import { cleanLink } from '../identity/url-keys.ts';
import type { Source } from '../model.ts';
import { parseUrl } from '../parse-url.ts';
import { cleanText } from './clean.ts';

/** `url` as feeds may carry it: absolute http(s), no credentials, and nothing but the characters of RFC 3986 §2
 *  (browsers leave '|', '{' and others as they are; strict readers and the W3C's validator refuse them).
 *  Undefined when it is not absolute http(s). */
export function webUrl(url: string | undefined): string | undefined {
  const parsed = url === undefined ? undefined : parseUrl(cleanText(url).trim());
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') return undefined;
  parsed.username = '';
  parsed.password = '';
  const { origin, pathname, search, hash } = parsed;
  return origin + `${pathname}${search}${hash}`.replace(/[^\w;/?:@&=+$.\-!~*'()%,#]/g, encodeURIComponent);
}

/** Sanitised HTML whose links count nobody (identity/url-keys.ts). */
export function withoutTracking(html: string): string {
  return html.replace(/ href="([^"]*[?#][^"]*)"/g, (whole, href: string) => {
    const url = href.replaceAll('&amp;', '&');
    const clean = cleanLink(url);
    return clean === url ? whole : ` href="${clean.replaceAll('&', '&amp;')}"`;
  });
}

/** The address that we may publish of a source's feed. Undefined for a private source, for one whose address holds
 *  credentials, and for a file. */
export function publicFeedUrl(source: Source): string | undefined {
  const parsed = source.private ? undefined : parseUrl(source.url);
  return parsed?.username === '' && parsed.password === '' ? webUrl(source.url) : undefined;
}
