import { FetchError } from './fetcher.ts';

/** How far a request had come when it failed. */
export type Stage = 'lookup' | 'connect' | 'tls' | 'request' | 'body';

/** The failure of a request as a FetchError, whatever Node or undici threw. No byte that the server sent gets into it: it has
 *  no cause, because undici's parser errors carry a piece of the answer. */
export function failureOf(error: unknown, stage: Stage): FetchError {
  if (error instanceof FetchError) return error;
  const { code = '', name = '', message = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return aborted();
  const hint = hintOf(code);
  if (stage === 'lookup') return new FetchError('fetch/dns', `The name of its server could not be looked up${hint}.`);
  if (stage === 'connect') return new FetchError('fetch/connect', `Its server cannot be reached${hint}.`);
  if (stage === 'tls') {
    return new FetchError('fetch/tls', `${TLS_WORDS.get(code) ?? 'No secure connection could be made'}${hint}.`);
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return headersTooLarge();
  if (name === 'HTTPParserError') return notHttp(message, stage);
  if (stage === 'body') return truncated();
  if (message === 'bad response' || message === 'bad upgrade' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return new FetchError('fetch/protocol', 'Its answer is not valid HTTP.');
  }
  if (code === 'UND_ERR_SOCKET')
    return new FetchError('fetch/closed', 'Its server closed the connection without an answer.');
  if (code === RESET || code === 'EPIPE') {
    return new FetchError('fetch/reset', 'Its server cut the connection without an answer.');
  }
  return new FetchError('fetch/failed', `The request failed${hint}.`);
}

/** The name under which a connector passes ECONNRESET to undici. */
export const RESET = 'VIADUCT_RESET';

/** The system's name of an error, for those who know it; never more than a word of capitals. */
function hintOf(code: string): string {
  if (code === RESET) return ' (ECONNRESET)';
  return /^(E|CERT_|DEPTH_|SELF_|UNABLE_|HOSTNAME_)[A-Z0-9_]{2,60}$/.test(code) ? ` (${code})` : '';
}

/** undici's parser names what it stumbled over in words of its own, in brackets at the end. */
function notHttp(message: string, stage: Stage): FetchError {
  const reason = /\(([A-Za-z][A-Za-z0-9 ,/'-]{2,60})\)$/.exec(message)?.[1];
  if (stage === 'body' && reason === 'Invalid EOF state') return truncated();
  return new FetchError('fetch/protocol', `Its answer is not valid HTTP${reason === undefined ? '' : ` (${reason})`}.`);
}

export function aborted(): FetchError {
  return new FetchError('fetch/aborted', 'viaduct was stopped during the request.');
}

export function truncated(): FetchError {
  return new FetchError('fetch/truncated', 'Its answer ended before it was complete.');
}

export function headersTooLarge(): FetchError {
  return new FetchError('fetch/headers-too-large', 'Its answer has more than 100 header lines or 64 KB of them.');
}

export function failedCoding(): FetchError {
  return new FetchError('fetch/bad-coding', 'Its answer is compressed in a way that cannot be decoded.');
}

export function tooLarge(maxBytes: number): FetchError {
  return new FetchError('fetch/too-large', `Its answer is larger than ${maxBytes / 1_000_000} MB.`);
}

/** What a status that is not a success means, for people. */
export function statusWords(status: number): string {
  const words = STATUS_WORDS.get(status);
  if (words !== undefined) return `${words} (${status}).`;
  return status >= 500
    ? `Its server reports an error of its own (${status}).`
    : `Its server answered with a status that carries no feed (${status}).`;
}

const STATUS_WORDS = new Map([
  [204, 'Its server answered with nothing'],
  [205, 'Its server answered with nothing'],
  [206, 'Its server sent a part that was not asked for'],
  [226, 'Its server sent a difference that was not asked for'],
  [300, 'Its server offers several addresses and picks none'],
  [401, 'Its server asks for a name and a password'],
  [402, 'Its server asks for payment'],
  [403, 'Its server does not allow us to read it'],
  [404, 'There is nothing at its address'],
  [407, 'A proxy asks for a name and a password'],
  [410, 'It has been removed for good'],
  [429, 'Its server says it is being asked too often'],
  [451, 'It is unavailable for legal reasons'],
  [503, 'Its server is busy or down for now'],
]);

const TLS_WORDS = new Map([
  ['CERT_HAS_EXPIRED', 'Its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'Its certificate is not valid yet'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'Its certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'Its certificate is signed by an unknown authority'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'Its certificate is signed by an unknown authority'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'The chain of its certificate is incomplete'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'Its certificate was issued for another name'],
  ['EPROTO', 'Its server does not speak TLS properly'],
]);
