import type { Config, Source } from '../model.ts';
import { parseUrl } from '../parse-url.ts';
import { cleanText, escapeAttribute } from './clean.ts';
import { sourcePath } from './links.ts';

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

/** The address that we may tell of a source's feed. Undefined for a private source, for one whose address holds
 *  credentials, and for a file. */
export function publicFeedUrl(source: Source): string | undefined {
  const parsed = source.private ? undefined : parseUrl(source.url);
  return parsed?.username === '' && parsed.password === '' ? webUrl(source.url) : undefined;
}

/** What stands in stored texts for a piece of a private address. An address with it leads nowhere, so it is not told. */
export const CONCEALED = '[private]';
const CONCEALED_IN_URL = /\[private\]|%5Bprivate%5D/i;

/** The ways in which an address may be written in a text or in HTML. */
export function spellingsOf(url: string): ReadonlySet<string> {
  return new Set([url, webUrl(url) ?? url].flatMap((address) => [address, escapeAttribute(address)]));
}

/** Keeps the addresses that may not be told out of what is published. */
export interface Discretion {
  /** `webUrl`, but undefined when the URL gives such an address away (an item of a bridge often links to FEED#1). */
  tellUrl(url: string | undefined): string | undefined;
  /** Text or HTML with such addresses replaced by the source's homepage, else by its page here. */
  tell(text: string): string;
}

/** An address without path and query tells nothing more than its site: only it itself counts as a secret. */
export function makeDiscretion({ sources, site }: Pick<Config, 'sources' | 'site'>): Discretion {
  const secrets = sources
    .filter((source) => !source.url.startsWith('file:') && publicFeedUrl(source) === undefined)
    .map(({ id, url, homepage }) => ({
      spellings: spellingsOf(url),
      isSiteRoot: /^https?:\/\/[^/]*\/?$/.test(url),
      substitute: webUrl(homepage) ?? site.url + sourcePath(id),
    }));
  const wide = secrets.filter(({ isSiteRoot }) => !isSiteRoot);
  const pieces = sources.flatMap((source) => source.secrets ?? []);
  const isSecret = (href: string): boolean =>
    CONCEALED_IN_URL.test(href) ||
    pieces.some((piece) => href.includes(piece)) ||
    secrets.some(({ spellings }) => spellings.has(href)) ||
    wide.some(({ spellings }) => [...spellings].some((spelling) => href.includes(spelling)));
  return {
    tellUrl(url) {
      const href = webUrl(url);
      return href === undefined || isSecret(href) ? undefined : href;
    },
    tell(text) {
      let told = text;
      for (const { spellings, substitute } of wide) {
        for (const spelling of spellings) told = told.replaceAll(spelling, () => substitute);
      }
      for (const piece of pieces) told = told.replaceAll(piece, CONCEALED);
      return told;
    },
  };
}
