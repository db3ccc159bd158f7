import { isUtf8 } from 'node:buffer';
import { getBOMEncoding, normalizeEncoding, TextDecoder } from '@exodus/bytes/encoding.js';
import { ViaductError } from '../errors.ts';
import { charsetOf, declaredEncoding, decodeFast } from './decode-plain.ts';
import { MAX_DOCUMENT_CHARS } from './limits.ts';

/** The text of a document: by byte order mark, then the charset of `contentType`, then the XML declaration, then a guess
 *  (UTF-16 by its zero bytes, UTF-8 if the bytes are, else windows-1252). RFC 7303 §3, XML 1.0 appendix F.
 *  Bytes that are no character come out as U+FFFD.
 *  @throws ViaductError parse/empty · parse/too-large · parse/encoding (UTF-32) */
export function decode(bytes: Uint8Array, contentType?: string, maxChars = MAX_DOCUMENT_CHARS): string {
  if (bytes.length === 0) throw new ViaductError('parse/empty', 'the document is empty');
  // A character takes at most 4 bytes, so that this bounds the work before any is done.
  if (bytes.length > maxChars * 4) throw tooLarge(maxChars);
  const encoding = encodingOf(bytes, contentType);
  const text = decodeFast(bytes, encoding) ?? new TextDecoder(encoding).decode(bytes);
  if (text.length > maxChars) throw tooLarge(maxChars);
  return text;
}

function tooLarge(maxChars: number): ViaductError {
  const words = `the document is longer than ${maxChars.toLocaleString('en-US')} characters`;
  return new ViaductError('parse/too-large', words);
}

function encodingOf(bytes: Uint8Array, contentType: string | undefined): string {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    throw utf32();
  const mark = getBOMEncoding(bytes);
  if (mark !== null) return mark;
  // A document begins with < or { or white space, all ASCII: the place of the zero bytes tells the width.
  if (a === 0 && b === 0 && c === 0) throw utf32();
  if (a === 0 && b !== 0) return 'utf-16be';
  if (a !== 0 && b === 0) {
    if (c === 0 && d === 0) throw utf32();
    return 'utf-16le';
  }
  for (const label of [charsetOf(contentType), declaredEncoding(bytes)]) {
    const name = label === undefined ? null : normalizeEncoding(label);
    if (name === null || name === 'replacement' || name.startsWith('utf-16')) continue;
    // Declared UTF-8 that is not: a publisher's mistake in most cases, Latin letters in nearly all of those.
    if (name === 'utf-8') return isMostlyUtf8(bytes) ? 'utf-8' : 'windows-1252';
    return name;
  }
  return isMostlyUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

function utf32(): ViaductError {
  return new ViaductError('parse/encoding', 'the document is in UTF-32, which is not supported');
}

/** Whether bytes that are not wholly UTF-8 are so for the most part: one bad byte must not garble a Japanese feed. */
function isMostlyUtf8(bytes: Uint8Array): boolean {
  if (isUtf8(bytes)) return true;
  const text = new TextDecoder('utf-8').decode(bytes);
  const bad = text.split('\ufffd').length - 1;
  const good = text.match(/[^\0-\x7f\ufffd]/g)?.length ?? 0;
  return good > bad;
}
