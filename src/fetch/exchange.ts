import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Dispatcher } from 'undici';
import { failedCoding, failureOf, headersTooLarge, tooLarge, truncated } from './fetch-failure.ts';
import { FetchError } from './fetcher.ts';
import { headerValues, type ResponseHeaders } from './response-headers.ts';

const MAX_HEADER_LINES = 100;
const MAX_CODINGS = 2;
/** One more than a server may announce: some pack what is packed already and announce it once. */
const MAX_DEPTH = 3;
/** What has arrived of a coded body is unpacked on trial at this size, and each time that it is four times as large: a bomb of
 *  gigabytes is seen in its first pieces, an honest body is unpacked a third more at most. */
const FIRST_TRIAL_BYTES = 64 * 1024;

/** One answer. The body is read for a success only. */
export interface Answer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The whole body without its codings; empty unless `isSuccess(status)`. */
  readonly bytes: Buffer;
  /** Bytes of the body as they came. */
  readonly wireBytes: number;
}

/** 203 is a 200 that a proxy has touched; every other 2xx is a part, a difference or nothing. */
export const isSuccess = (status: number): boolean => status === 200 || status === 203;

/** One GET (or HEAD, whose answer has no body) over `dispatcher`: the whole answer or a FetchError. Settles when `signal` aborts
 *  (with its reason) or the headers take too long, whatever the connection does; nothing of it lives on. */
export function exchange(options: {
  dispatcher: Dispatcher;
  method?: 'GET' | 'HEAD';
  url: URL;
  headers: Readonly<Record<string, string>>;
  maxBodyBytes: number;
  headersLimitMs: number;
  signal: AbortSignal;
}): Promise<Answer> {
  const { dispatcher, method = 'GET', url, headers, maxBodyBytes, headersLimitMs, signal } = options;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let answer: { readonly status: number; readonly headers: ResponseHeaders } | undefined;
    let codings: readonly Coding[] = [];
    let chunks: Buffer[] = [];
    let wireBytes = 0;
    let nextTrialBytes = FIRST_TRIAL_BYTES;
    let settled = false;

    const headersTimer = setTimeout(() => {
      fail(new FetchError('fetch/timeout-headers', 'Its server did not start to answer in time.'));
    }, headersLimitMs);
    const onAbort = () => fail(signal.reason);
    signal.addEventListener('abort', onAbort);

    function settle(): boolean {
      if (settled) return false;
      settled = true;
      clearTimeout(headersTimer);
      signal.removeEventListener('abort', onAbort);
      return true;
    }

    function fail(error: FetchError): void {
      if (!settle()) return;
      chunks = [];
      controller?.abort(error);
      reject(error);
    }

    function succeed(bytes: Buffer): void {
      if (answer !== undefined && settle()) resolve({ ...answer, bytes, wireBytes });
    }

    function readHead(status: number, answerHeaders: ResponseHeaders): void {
      answer = { status, headers: answerHeaders };
      clearTimeout(headersTimer);
      const length = headerValues(answerHeaders, 'content-length')[0];
      if (isSuccess(status) && method === 'GET') {
        if (Number(length) > maxBodyBytes) throw tooLarge(maxBodyBytes);
        codings = codingsOf(headerValues(answerHeaders, 'content-encoding'));
        return;
      }
      succeed(NOTHING);
      // What an error or a redirect says in its body is not read, so such a connection cannot be used again.
      if (status !== 304 && length !== '0' && method === 'GET') controller?.abort(new Error('body not wanted'));
    }

    if (signal.aborted) return onAbort();
    dispatcher.dispatch(
      { origin: url.origin, path: `${url.pathname}${url.search}`, method, headers },
      {
        onRequestStart(started) {
          controller = started;
          // It was given up while it waited for its connection.
          if (settled) started.abort(new Error('given up'));
        },
        onResponseStart({ rawHeaders }, status, answerHeaders) {
          if (settled || status < 200) return;
          try {
            if (Array.isArray(rawHeaders) && rawHeaders.length / 2 > MAX_HEADER_LINES) throw headersTooLarge();
            readHead(status, answerHeaders);
          } catch (error) {
            fail(failureOf(error, 'body'));
          }
        },
        onResponseData(_started, chunk) {
          if (settled) return;
          wireBytes += chunk.length;
          if (wireBytes > maxBodyBytes) return fail(tooLarge(maxBodyBytes));
          chunks.push(chunk);
          const isCoded = codings.length > 0 || isGzip(chunks[0] ?? NOTHING);
          if (!isCoded || wireBytes < nextTrialBytes) return;
          nextTrialBytes *= 4;
          decodeBody(Buffer.concat(chunks, wireBytes), codings, maxBodyBytes, 'start').catch(fail);
        },
        onResponseEnd() {
          if (settled) return;
          const wire = Buffer.concat(chunks, wireBytes);
          chunks = [];
          decodeBody(wire, codings, maxBodyBytes).then(succeed, fail);
        },
        onResponseError(_started, error) {
          if (!settled) fail(failureOf(error, answer === undefined ? 'request' : 'body'));
        },
      },
    );
  });
}

const NOTHING = Buffer.alloc(0);

/** 'unknown' for names that mean none to us: `UTF-8`, `none` and `aws-chunked` are mistakes, `zstd` was never asked for. */
export type Coding = 'gzip' | 'br' | 'deflate' | 'unknown';

/** The codings of an answer in the order in which they were applied (RFC 9110 §8.4).
 *  @throws FetchError 'fetch/bad-coding' for more than two */
export function codingsOf(contentEncoding: readonly string[]): Coding[] {
  const names = contentEncoding
    .flatMap((value) => value.split(','))
    .map((name) =>
      name
        .trim()
        .toLowerCase()
        .replace(/^x-gzip$/, 'gzip'),
    )
    .filter((name) => name !== '' && name !== 'identity')
    .map((name) => (isCoding(name) ? name : 'unknown'));
  if (names.length > MAX_CODINGS) throw failedCoding();
  return names;
}

const isCoding = (name: string) => name === 'gzip' || name === 'br' || name === 'deflate';

/** A body without its codings, whole or as much as its `start` gives, decoded on Node's own threads. No step makes more than
 *  `maxBytes`, so that a small body that unpacks to gigabytes does no harm. What the bytes are counts more than what was
 *  announced: plain text stays as it is, gzip (RFC 1952 §2.3.1) is unpacked, under whatever name either comes.
 *  @throws FetchError 'fetch/too-large', 'fetch/truncated' or 'fetch/bad-coding' */
export async function decodeBody(
  wire: Buffer,
  codings: readonly Coding[],
  maxBytes: number,
  part: 'whole' | 'start' = 'whole',
): Promise<Buffer> {
  let bytes = wire;
  let depth = 0;
  const unpack = async (coding: Exclude<Coding, 'unknown'>) => {
    const { BROTLI_OPERATION_FLUSH, Z_SYNC_FLUSH } = zlib.constants;
    const finishFlush = coding === 'br' ? BROTLI_OPERATION_FLUSH : Z_SYNC_FLUSH;
    const options = { maxOutputLength: maxBytes, ...(part === 'start' && { finishFlush }) };
    bytes = await decoderOf(coding, bytes)(bytes, options);
    depth += 1;
  };
  for (const coding of codings.toReversed()) {
    if (bytes.length === 0) return bytes;
    try {
      if (coding === 'unknown') throw failedCoding();
      await unpack(coding);
    } catch (error) {
      const failure = decodingFailure(error, maxBytes);
      if (failure.code !== 'fetch/bad-coding' || !(isPlain(bytes) || isGzip(bytes))) throw failure;
    }
  }
  try {
    while (depth < MAX_DEPTH && isGzip(bytes)) await unpack('gzip');
  } catch (error) {
    throw decodingFailure(error, maxBytes);
  }
  return bytes;
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Whether bytes begin as a text can: with a byte order mark, white space or a bracket of XML or JSON. */
const isPlain = (bytes: Buffer): boolean =>
  /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|[\s\0<{[])/.test(bytes.toString('latin1', 0, 3));

const gunzip = promisify(zlib.gunzip);
const unbrotli = promisify(zlib.brotliDecompress);
const inflate = promisify(zlib.inflate);
const inflateRaw = promisify(zlib.inflateRaw);

function decoderOf(coding: Exclude<Coding, 'unknown'>, bytes: Buffer): typeof gunzip | typeof unbrotli {
  if (coding === 'gzip') return gunzip;
  if (coding === 'br') return unbrotli;
  // 'deflate' means the zlib format (RFC 9110 §8.4.1.2), but some servers send the bare stream: a zlib one starts with x8.
  return ((bytes[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw;
}

function decodingFailure(error: unknown, maxBytes: number): FetchError {
  if (error instanceof FetchError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(maxBytes);
  return code === 'Z_BUF_ERROR' ? truncated() : failedCoding();
}
