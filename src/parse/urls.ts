import { URL_CHARS } from './limits.ts';

/** `reference` made absolute against `base` (RFC 3986 §5) without user name and password, because what a feed says is
 *  republished; undefined unless an http(s) URL comes out. White space around it is the URL parser's to drop: String's
 *  trim would turn U+00A0 + "javascript:", a harmless relative URL, into a harmful one. */
export function resolveUrl(reference: string | undefined, base: string | undefined): string | undefined {
  if (reference === undefined || reference.length > URL_CHARS) return undefined;
  // Guids and other names, which are mostly no URLs: new URL() takes 5 µs to say so.
  if (base === undefined && !/^\s*https?:/i.test(reference)) return undefined;
  const url = parseUrl(reference, base);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
  }
  return url.href;
}

function parseUrl(reference: string, base: string | undefined): URL | undefined {
  try {
    return new URL(reference, base);
  } catch {
    return undefined;
  }
}
