import { parseUrl } from '../parse-url.ts';
import { FetchError, type Hop } from './fetcher.ts';

const TEMPORARY = new Set([302, 303, 307]);
const PERMANENT = new Set([301, 308]);

/** Whether a status sends the client on by itself (RFC 9110 §15.4); 300 does not. */
export const isRedirect = (status: number): boolean => TEMPORARY.has(status) || PERMANENT.has(status);

/** The next hop. The new address is not checked here: like every address it is before a connection is made.
 *  @throws FetchError 'fetch/redirect-refused' without a usable Location, for another scheme, and from https to http when
 *  the address has credentials; 'fetch/redirect-loop' */
export function followRedirect(
  from: URL,
  status: number,
  location: string | undefined,
  so: { readonly hops: readonly Hop[]; readonly hasCredentials: boolean },
): Hop {
  const { hops, hasCredentials } = so;
  const text = location === undefined ? '' : asText(location);
  if (text === '' || !parseUrl(text, from.href)) {
    throw new FetchError('fetch/redirect-refused', 'It redirects, but not to a proper address.', { status, hops });
  }
  const url = new URL(text, from.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new FetchError('fetch/redirect-refused', 'It redirects to something that is not a web page.', {
      status,
      hops,
    });
  }
  if (hasCredentials && from.protocol === 'https:' && url.protocol === 'http:') {
    const words = 'It redirects from https to http, and its password must not travel unprotected.';
    throw new FetchError('fetch/redirect-refused', words, { status, hops });
  }
  // What a server says of users, passwords and fragments concerns nobody.
  const to = `${url.origin}${url.pathname}${url.search}`;
  if (to === from.href || hops.some((hop) => hop.from === to)) {
    throw new FetchError('fetch/redirect-loop', 'It redirects in a circle.', { status, hops });
  }
  return { from: from.href, to, permanent: PERMANENT.has(status) };
}

/** Header bytes that are UTF-8 mean it, as browsers take them; else latin-1. */
function asText(value: string): string {
  const bytes = Buffer.from(value.trim(), 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? value.trim() : text;
}
