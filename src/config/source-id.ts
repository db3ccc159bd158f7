import { createHash } from 'node:crypto';
import { decodePercent, parseUrl } from '../parse-url.ts';
import { looksRandom } from '../secrets.ts';

const MAX_ID_CHARACTERS = 60;
const HASH_CHARACTERS = 8;
/** Path parts that say that this is a feed, and not which. */
const GENERIC = /^(feeds?|rss|rss2|atom|atom1|xml|rdf|index|default|json|www|public|syndication)$/;
const EXTENSION = /\.(xml|rss|rss2|atom|rdf|json|php|html?|aspx?|cgi)$/;

/** An address as it is written in feeds.json (`${NAME}` not filled in), and the id that its owner gave it. */
export interface Addressed {
  readonly address: string;
  readonly id?: string;
  /** The id that was made from this address when it was first met, if data/ knows one. */
  readonly remembered?: string;
  readonly private: boolean;
}

/** Makes a source's id, [a-z0-9-]{1,60}, from its address alone: host without "www.", port if it has one, and those path parts that
 *  say which feed it is. Of a private address only the host and a hash go in, and the hash knows neither its password nor what
 *  `${NAME}` stands for: a new key keeps the id. */
export function sourceId(address: string, options: { readonly private: boolean } = { private: false }): string {
  const { host, parts } = readAddress(address);
  if (options.private) return withHash(host, address);
  const distinct = [host, ...parts].filter((part) => part !== '').filter((part, index, all) => part !== all[index - 1]);
  return cut(distinct.join('-'), MAX_ID_CHARACTERS) || withHash('', address);
}

/** The ids of all sources, in their order. An id that its owner gave is kept, and so is a remembered one that nobody else was given.
 *  Of ids made from addresses that come out alike, or like a kept one, each gets a hash of its address: so that no id depends on
 *  the order of the list. */
export function assignSourceIds(sources: readonly Addressed[]): readonly string[] {
  const given = new Set(sources.map(({ id }) => id));
  const kept = sources.map(({ id, remembered }) => id ?? (given.has(remembered) ? undefined : remembered));
  const made = sources.map(({ address, private: isPrivate }, index) => {
    return kept[index] ?? sourceId(address, { private: isPrivate });
  });
  const count = new Map<string, number>();
  for (const id of made) count.set(id, (count.get(id) ?? 0) + 1);
  return sources.map(({ address }, index) => {
    const id = made[index] ?? '';
    return kept[index] !== undefined || count.get(id) === 1 ? id : withHash(id, address);
  });
}

/** Under what data/ remembers the id that was made from an address: the address itself (of a file as it is written: the folder may
 *  move); of a private one a hash that, like its id,
 *  knows neither its password nor what `${NAME}` stands for. */
export function addressKey({ address, url, private: isPrivate }: { address: string; url: string; private: boolean }) {
  if (isPrivate) return `sha256:${hashOf(address)}`;
  return url.startsWith('file:') ? address : url;
}

/** Host and distinct path parts, each [a-z0-9-]*. Neither of an address that cannot be read before `${NAME}` is filled in. */
function readAddress(address: string): { host: string; parts: readonly string[] } {
  const isFile = /^file:/i.test(address);
  const readable = isFile ? address.replace(/^file:/i, 'file:///') : address;
  const url = parseUrl(readable);
  if (!url) return { host: 'feed', parts: [] };
  const host = url.hostname.includes('$') ? 'feed' : slug(`${url.hostname.replace(/^www\./, '')} ${url.port}`);
  return { host, parts: url.pathname.split('/').map(distinctPart) };
}

function distinctPart(part: string): string {
  if (/\$|%24/.test(part)) return '';
  const bare = decodePercent(part).toLowerCase().replace(EXTENSION, '').replace(EXTENSION, '');
  return GENERIC.test(bare) || looksRandom(part.replace(EXTENSION, '')) ? '' : slug(bare);
}

function slug(text: string): string {
  const letters = text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
  return letters.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

function withHash(id: string, address: string): string {
  const hash = hashOf(address).slice(0, HASH_CHARACTERS);
  return `${cut(id, MAX_ID_CHARACTERS - HASH_CHARACTERS - 1)}-${hash}`.replace(/^-/, '');
}

function hashOf(address: string): string {
  const withoutPassword = address.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1');
  return createHash('sha256').update(withoutPassword).digest('hex');
}

function cut(id: string, maxCharacters: number): string {
  return id.slice(0, maxCharacters).replace(/-+$/, '');
}
