import type { Instant } from '../model.ts';
import type { Freshness } from './fetcher.ts';

/** Header lines of an answer by lower-case name; the values are its bytes, read as latin-1. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Longer validators are forgotten: no honest server needs them, and each is kept and sent again every time. */
const MAX_VALIDATOR_CHARS = 1024;
/** Keeps an absurd number of seconds within the range of a Date. */
const MAX_SECONDS = 10 * 365 * 86_400;

/** All lines of one header. */
export function headerValues(headers: ResponseHeaders, name: string): readonly string[] {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return value === undefined ? [] : [value].flat();
}

/** The validators of an answer, exactly as they came (RFC 9110 §8.8), and for how long it says that it is fresh. */
export function readFreshness(headers: ResponseHeaders, nowMs: number): Freshness {
  const etag = readValidator(headers, 'etag');
  const lastModified = readValidator(headers, 'last-modified');
  const maxAgeSeconds = readMaxAge(headers, nowMs);
  return {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
  };
}

/** Whether a stored validator can go into a request as it is. */
export function isSendable(validator: string): boolean {
  return validator.length > 0 && validator.length <= MAX_VALIDATOR_CHARS && !/[^\t\x20-\x7e\x80-\xff]/.test(validator);
}

/** Retry-After in both forms (RFC 9110 §10.2.3) as an instant of our clock; undefined if it is neither, or over.
 *  A date is taken as so long after the answer's own Date, so that a server's wrong clock does not matter. */
export function readRetryAt(headers: ResponseHeaders, nowMs: number): Instant | undefined {
  const value = headerValues(headers, 'retry-after')[0]?.trim() ?? '';
  const waitMs = /^\d+$/.test(value)
    ? Math.min(Number(value), MAX_SECONDS) * 1000
    : parseHttpDate(value) - sentAt(headers, nowMs);
  return waitMs > 0 ? new Date(nowMs + Math.min(waitMs, MAX_SECONDS * 1000)).toISOString() : undefined;
}

/** Two different ones contradict each other; then there is none. */
function readValidator(headers: ResponseHeaders, name: string): string | undefined {
  const [value, ...others] = new Set(headerValues(headers, name));
  return value !== undefined && others.length === 0 && isSendable(value) ? value : undefined;
}

/** Seconds of freshness left: max-age, else Expires − Date, less Age (RFC 9111 §4.2). s-maxage is for shared caches only. */
function readMaxAge(headers: ResponseHeaders, nowMs: number): number | undefined {
  const control = headerValues(headers, 'cache-control').join(',');
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d+)/i.exec(control)?.[1];
  const expires = parseHttpDate(headerValues(headers, 'expires')[0] ?? '');
  const lifetime = maxAge === undefined ? (expires - sentAt(headers, nowMs)) / 1000 : Number(maxAge);
  if (Number.isNaN(lifetime)) return undefined;
  const age = Number(/^\d+$/.exec(headerValues(headers, 'age')[0]?.trim() ?? '')?.[0] ?? 0);
  return Math.max(0, Math.min(Math.floor(lifetime), MAX_SECONDS) - age);
}

function sentAt(headers: ResponseHeaders, nowMs: number): number {
  const date = parseHttpDate(headerValues(headers, 'date')[0] ?? '');
  return Number.isNaN(date) ? nowMs : date;
}

/** The three forms of RFC 9110 §5.6.7; NaN for anything else ("0", "-1", "soon"). */
function parseHttpDate(text: string): number {
  if (!/^\s*(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return Number.NaN;
  return Date.parse(/(GMT|UTC|[+-]\d{4})\s*$/i.test(text) ? text : `${text.trim()} GMT`);
}
