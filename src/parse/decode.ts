import { isAscii, isUtf8, transcode } from 'node:buffer';
import { createRequire } from 'node:module';
import { ViaductError } from '../errors.ts';
import { MAX_DOCUMENT_CHARS } from './limits.ts';

/** How far into a document its XML declaration is looked for: PHP warnings and blank lines stand before some. */
const DECLARATION_BYTES = 2048;

/** Loaded with the first document that is not plainly UTF-8: 20 ms that most threads never need. */
const encodings = () =>
  (library ??= createRequire(import.meta.url)(
    '@exodus/bytes/encoding.js',
  ) as typeof import('@exodus/bytes/encoding.js'));
let library: typeof import('@exodus/bytes/encoding.js') | undefined;

/** The text of a document: by byte order mark, then the charset of `contentType`, then the XML declaration, then a guess
 *  (UTF-16 by its zero bytes, UTF-8 if the bytes are, else windows-1252). RFC 7303 §3, XML 1.0 appendix F.
 *  Bytes that are no character come out as U+FFFD.
 *  @throws ViaductError parse/empty · parse/too-large · parse/encoding (UTF-32) */
export function decode(bytes: Uint8Array, contentType?: string): string {
  if (bytes.length === 0) throw new ViaductError('parse/empty', 'the document is empty');
  // A character takes at most 4 bytes, so that this bounds the work before any is done.
  if (bytes.length > MAX_DOCUMENT_CHARS * 4) throw tooLarge();
  const encoding = encodingOf(bytes, contentType);
  const text = decodeFast(bytes, encoding) ?? decodeAny(bytes, encoding);
  if (text.length > MAX_DOCUMENT_CHARS) throw tooLarge();
  return text;
}

/** ASCII and sound UTF-8, which is nearly every feed, by Node's own means: 0.02 ms for 50 KB, where TextDecoder takes
 *  0.09. Undefined for everything else. */
function decodeFast(bytes: Uint8Array, encoding: string): string | undefined {
  if (encoding === 'utf-8' || encoding === 'windows-1252') {
    if (isAscii(bytes)) return latin1(bytes);
    if (encoding === 'utf-8' && isUtf8(bytes)) {
      const body = hasUtf8Mark(bytes) ? bytes.subarray(3) : bytes;
      return transcode(body, 'utf8', 'utf16le').toString('utf16le');
    }
  }
  return undefined;
}

function decodeAny(bytes: Uint8Array, encoding: string): string {
  const { TextDecoder } = encodings();
  return new TextDecoder(encoding).decode(bytes);
}

function tooLarge(): ViaductError {
  const megabytes = MAX_DOCUMENT_CHARS / 1024 / 1024;
  return new ViaductError('parse/too-large', `the document is longer than ${megabytes} million characters`);
}

function encodingOf(bytes: Uint8Array, contentType: string | undefined): string {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    throw utf32();
  if (hasUtf8Mark(bytes)) return 'utf-8';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  // A document begins with < or { or white space, all ASCII: the place of the zero bytes tells the width.
  if (a === 0 && b === 0 && c === 0) throw utf32();
  if (a === 0 && b !== 0) return 'utf-16be';
  if (a !== 0 && b === 0) {
    if (c === 0 && d === 0) throw utf32();
    return 'utf-16le';
  }
  for (const label of [charsetOf(contentType), declaredEncoding(bytes)]) {
    if (label === undefined) continue;
    const name = /^utf-?8$/i.test(label) ? 'utf-8' : encodings().normalizeEncoding(label);
    if (name === null || name === 'replacement' || name.startsWith('utf-16')) continue;
    // Declared UTF-8 that is not: a publisher's mistake in most cases, Latin letters in nearly all of those.
    if (name === 'utf-8') return isMostlyUtf8(bytes) ? 'utf-8' : 'windows-1252';
    return name;
  }
  return isMostlyUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

function hasUtf8Mark([a, b, c]: Uint8Array): boolean {
  return a === 0xef && b === 0xbb && c === 0xbf;
}

function utf32(): ViaductError {
  return new ViaductError('parse/encoding', 'the document is in UTF-32, which is not supported');
}

/** The charset parameter of a Content-Type, quotes removed; undefined when there is none. RFC 9110 §8.3.1. */
function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1];
}

/** The encoding of `<?xml … encoding="…"?>`; undefined when there is none. XML 1.0 §4.3.3. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = latin1(bytes.subarray(0, DECLARATION_BYTES));
  return /<\?xml\s[^>]{0,200}?encoding\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1];
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

/** Whether bytes that are not wholly UTF-8 are so for the most part: one bad byte must not garble a Japanese feed. */
function isMostlyUtf8(bytes: Uint8Array): boolean {
  if (isUtf8(bytes)) return true;
  const text = decodeAny(bytes, 'utf-8');
  const bad = text.split('\ufffd').length - 1;
  const good = text.match(/[^\0-\x7f\ufffd]/g)?.length ?? 0;
  return good > bad;
}
