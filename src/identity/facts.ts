import type { Instant, ListedEntry } from '../model.ts';
import { titleKey } from './likeness.ts';
import { pathKey, strongKey, weakKey } from './url-keys.ts';

/** What the rules may know of an entry, listed or kept: the same facts on both sides. Keys that few entries are ever
 *  asked for are worked out when they are (URL parsing of 10,000 kept entries would hold up a poll for 100 ms). */
export class Facts {
  readonly #listed: ListedEntry;
  /** Good guids only. */
  readonly guids: readonly string[];
  /** Strong link keys that identify: no homepage, not spoiled. */
  readonly links: readonly string[];
  /** Published, else updated; absent where the document's dates mean nothing. */
  readonly date: Instant | undefined;
  #title: string | undefined;
  #guidKeys: readonly string[] | undefined;

  constructor(
    listed: ListedEntry,
    identity: { guids: readonly string[]; links: readonly string[]; date: Instant | undefined },
  ) {
    this.#listed = listed;
    this.guids = identity.guids;
    this.links = identity.links;
    this.date = identity.date;
  }

  /** titleKey; '' for an absent title. */
  get title(): string {
    this.#title ??= titleKey(this.#listed.title);
    return this.#title;
  }

  /** What it is called as it stands in the document. */
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

/** Enclosure addresses as they are compared: only the scheme is looked away from, for a token may be the identity. */
export function enclosureKeys(listed: ListedEntry): readonly string[] {
  return listed.enclosures.map(({ url }) => url.replace(/^https?:/i, ''));
}

/** When the publisher says that it was published, or else updated. */
export function listedDate(listed: ListedEntry): Instant | undefined {
  return listed.publishedAt ?? listed.updatedAt;
}
