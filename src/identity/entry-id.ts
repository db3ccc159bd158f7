import { hash as hashAtOnce } from 'node:crypto';
import type { ListedEntry } from '../model.ts';
import { listedDate } from './facts.ts';
import { titleKey } from './likeness.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** 12 characters of base32 (RFC 4648 §6, lower case) of the SHA-256 of `text`. */
export function shortHash(text: string): string {
  const bytes = hashAtOnce('sha256', text, 'buffer');
  let bits = 0n;
  for (const byte of bytes.subarray(0, 8)) bits = (bits << 8n) | BigInt(byte);
  let hash = '';
  for (let at = 0; at < 12; at++) hash += ALPHABET[Number((bits >> BigInt(59 - 5 * at)) & 31n)];
  return hash;
}

/** An id that no other entry has: from the source and the entry's first name (a guid, link key or content), with a
 *  number added while it is `taken` (a guid that was used again). */
export function entryId(source: string, name: string, taken: ReadonlySet<string>): string {
  let id = shortHash(`${source}\n${name}`);
  for (let copy = 2; taken.has(id); copy++) id = shortHash(`${source}\n${name}\n${copy}`);
  return id;
}

/** What names an entry that has neither guid nor link: title, date and text. */
export function contentName(listed: ListedEntry): string {
  return [titleKey(listed.title), listedDate(listed) ?? '', listed.text ?? ''].join('\n');
}
