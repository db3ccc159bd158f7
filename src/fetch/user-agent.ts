import { isIP } from 'node:net';
import { parseUrl } from '../parse-url.ts';

const PROJECT_PAGE = 'https://github.com/viaduct-feeds/viaduct';

/** The User-Agent header: 'viaduct/VERSION (+contact; N subscribers)'. The contact is `contact`, else a `url` that the
 *  outside can reach, else the project's page; the number is left out while nobody is known to read through us. */
export function userAgent(facts: {
  readonly version: string;
  /** mailto: or a page. */
  readonly contact?: string;
  /** Where readers reach the site. */
  readonly url?: string;
  readonly subscribers?: number;
}): string {
  const { version, contact, url, subscribers } = facts;
  const reach = contact ?? (url !== undefined && isPublic(url) ? url : PROJECT_PAGE);
  const readers = subscribers !== undefined && subscribers > 0 ? `; ${subscribers} subscribers` : '';
  return `viaduct/${version} (+${commentSafe(reach)}${readers})`;
}

/** A name that only the owner's network knows is of no use to a publisher. */
function isPublic(url: string): boolean {
  const hostname = parseUrl(url)?.hostname ?? '';
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return false;
  return hostname.includes('.') && !/(^|\.)(localhost|local|internal|lan|home\.arpa|test|invalid)\.?$/.test(hostname);
}

/** RFC 9110 §5.6.5: a comment holds no parentheses of its own; and no other byte than visible ASCII. */
function commentSafe(text: string): string {
  return text.replace(/[^\x21-\x7e]+|[();]/g, (unsafe) =>
    [...Buffer.from(unsafe)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
