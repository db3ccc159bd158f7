import { parseUrl } from '../parse-url.ts';
import { URL_CHARS } from './limits.ts';

/** `reference` made absolute against `base` (RFC 3986 §5) without user name and password, because what a feed says is
 *  republished; undefined unless an http(s) URL comes out. White space around it is the URL parser's to drop: String's
 *  trim would turn U+00A0 + "javascript:", a harmless relative URL, into a harmful one. */
export function resolveUrl(reference: string | undefined, base: string | undefined): string | undefined {
  if (reference === undefined || reference.length > URL_CHARS) return undefined;
  if (PLAIN_URL.test(reference) && !HAS_MORE_TO_IT.test(reference)) return reference;
  // Guids and other names, which are mostly no URLs: new URL() takes 5 µs to say so.
  if (base === undefined && !/^\s*https?:/i.test(reference)) return undefined;
  const url = parseUrl(reference, base);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  // No host has a name with quotation marks, and whoever puts an address into HTML need not be as careful as we are.
  if (QUOTES.test(url.host)) return undefined;
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
  }
  return url.href.length <= URL_CHARS ? url.href : undefined;
}

/** URLs that the URL parser would give back as they are, which are nine of ten: it takes 2 µs, this 0.1. No port, no
 *  user, a name and no number for a host, and no character that would have to be encoded. */
const PLAIN_URL = /^https?:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}\/[\w./~!$&()*+,;=:@%?-]*$/;

const QUOTES = /["'`]/;

/** Dot segments, also encoded ones, and international names. */
const HAS_MORE_TO_IT = /\/\.|%2e|xn--/i;
