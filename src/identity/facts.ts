import { hash } from 'node:crypto';
import type { Enclosure, Instant, ListedEntry } from '../model.ts';
import { titleKey } from './likeness.ts';
import { pathKey, strongKey, weakKey } from './url-keys.ts';

/** What the match steps may know of an entry, listed or kept: the same facts on both sides. Most are worked out only when
 *  they are asked for: parsing the URLs of 10,000 kept entries would hold up a poll for 100 ms. */
export class Facts {
  readonly #listed: ListedEntry;
  /** Guids that identify: no placeholder, not unreliable. */
  readonly guids: readonly string[];
  /** Strong link keys that identify: no homepage, not unreliable. */
  readonly links: readonly string[];
  /** Published, else updated; absent where the document's dates mean nothing. */
  readonly date: Instant | undefined;
  #title: string | undefined;
  #guidKeys: readonly string[] | undefined;

  constructor(listed: ListedEntry, guids: Iterable<string>, links: Iterable<string>) {
    this.#listed = listed;
    this.guids = [...guids];
    this.links = [...links];
    this.date = listedDate(listed);
  }

  /** titleKey; '' for an absent title. */
  get title(): string {
    this.#title ??= titleKey(this.#listed.title);
    return this.#title;
  }

  /** Guid, link and title, as the publisher wrote them. */
  get signature(): string {
    const { guid, externalUrl, origLink, link, title } = this.#listed;
    return `${guid}\n${externalUrl ?? origLink ?? link}\n${title}`;
  }

  get text(): string | undefined {
    return this.#listed.text ?? this.#listed.summary;
  }

  /** Strong keys of the guids that are http(s) URLs. */
  get guidKeys(): readonly string[] {
    this.#guidKeys ??= this.guids.flatMap((guid) => strongKey(guid) ?? []);
    return this.#guidKeys;
  }

  get weakGuidKeys(): readonly string[] {
    return this.guidKeys.map(weakKey);
  }

  get weakLinks(): readonly string[] {
    return this.links.map(weakKey);
  }

  get paths(): readonly string[] {
    return this.links.flatMap((link) => pathKey(link) ?? []);
  }

  get enclosures(): readonly string[] {
    return enclosureKeys(this.#listed);
  }
}

/** Enclosure addresses as they are compared: without the scheme, and with everything else, for a token may be the identity.
 *  Pictures prove nothing: the author's avatar or the site's default picture comes with every entry. */
export function enclosureKeys(listed: ListedEntry): readonly string[] {
  return listed.enclosures.filter(isNoPicture).map(({ url }) => url.replace(/^https?:/i, ''));
}

function isNoPicture({ url, type }: Enclosure): boolean {
  return type === undefined ? !/\.(?:jpe?g|png|gif|webp|avif|svg|ico)(?:[?#]|$)/i.test(url) : !/^image\//i.test(type);
}

/** When the publisher says that it was published, or else updated. */
export function listedDate(listed: ListedEntry): Instant | undefined {
  return listed.publishedAt ?? listed.updatedAt;
}

/** What names an entry that has neither guid nor link: title, date and text. */
export function contentName(listed: ListedEntry): string {
  return [titleKey(listed.title), listedDate(listed) ?? '', listed.text ?? ''].join('\n');
}

/** An id that is not in `taken`, of 12 characters: from the source and the entry's first name (a guid, link key or
 *  content), with a number added where an earlier entry had that name (a guid that was used again). */
export function entryId(source: string, name: string, taken: ReadonlySet<string>): string {
  let id = shortHash(`${source}\n${name}`);
  for (let number = 2; taken.has(id); number++) id = shortHash(`${source}\n${name}\n${number}`);
  return id;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** 12 characters of base32 (RFC 4648 §6, lower case) of the SHA-256 of `text`. */
export function shortHash(text: string): string {
  let bits = 0n;
  for (const byte of hash('sha256', text, 'buffer').subarray(0, 8)) bits = (bits << 8n) | BigInt(byte);
  return Array.from({ length: 12 }, (_, at) => BASE32[Number((bits >> BigInt(59 - 5 * at)) & 31n)]).join('');
}
