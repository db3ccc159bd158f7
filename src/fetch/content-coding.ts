import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { failedCoding, tooLarge, truncated } from './fetch-failure.ts';
import type { FetchError } from './fetcher.ts';

export type Coding = 'gzip' | 'br' | 'deflate';

const MAX_CODINGS = 2;

/** The codings of an answer in the order in which they were applied (RFC 9110 §8.4).
 *  @throws FetchError 'fetch/bad-coding' for one that we do not know, or more than two */
export function codingsOf(contentEncoding: readonly string[]): Coding[] {
  const names = contentEncoding
    .flatMap((value) => value.split(','))
    .map((name) =>
      name
        .trim()
        .toLowerCase()
        .replace(/^x-gzip$/, 'gzip'),
    )
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MAX_CODINGS || !names.every(isCoding)) throw failedCoding();
  return names;
}

const isCoding = (name: string): name is Coding => name === 'gzip' || name === 'br' || name === 'deflate';

/** A whole body without its codings, decoded on Node's own threads. No step makes more than `maxBytes`, so that a small body
 *  that unpacks to gigabytes does no harm.
 *  @throws FetchError 'fetch/too-large', 'fetch/truncated' or 'fetch/bad-coding' */
export async function decodeBody(wire: Buffer, codings: readonly Coding[], maxBytes: number): Promise<Buffer> {
  let bytes = wire;
  try {
    for (const coding of codings.toReversed()) {
      if (bytes.length > 0) bytes = await decoderOf(coding, bytes)(bytes, { maxOutputLength: maxBytes });
    }
    return bytes;
  } catch (error) {
    throw decodingFailure(error, maxBytes);
  }
}

const gunzip = promisify(zlib.gunzip);
const unbrotli = promisify(zlib.brotliDecompress);
const inflate = promisify(zlib.inflate);
const inflateRaw = promisify(zlib.inflateRaw);

function decoderOf(coding: Coding, bytes: Buffer): typeof gunzip | typeof unbrotli {
  if (coding === 'gzip') return gunzip;
  if (coding === 'br') return unbrotli;
  // 'deflate' means the zlib format (RFC 9110 §8.4.1.2), but some servers send the bare stream: a zlib one starts with x8.
  return ((bytes[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw;
}

function decodingFailure(error: unknown, maxBytes: number): FetchError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(maxBytes);
  return code === 'Z_BUF_ERROR' ? truncated() : failedCoding();
}
