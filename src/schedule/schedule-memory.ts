import { createHash } from 'node:crypto';
import { DAY_MS } from '../durations.ts';
import type { Instant, RedirectSighting, Source, SourceState } from '../model.ts';
import type { Reading } from './reading.ts';

const REDIRECT_SIGHTINGS = 3;
const REDIRECT_SPAN_MS = DAY_MS;

/** A reading that a publisher's server answered well. */
export type SuccessReading = Exclude<Reading, { kind: 'fetch-failed' | 'parse-failed' }>;

export type Validators = Pick<SourceState, 'etag' | 'lastModified' | 'validatorsFrom'>;

/** How a state remembers the address that it belongs to: as it is, or as a hash when the address holds a secret. */
export function addressMark(source: Source): string {
  const known = marks.get(source);
  if (known !== undefined) return known;
  const mark = hasSecret(source) ? createHash('sha256').update(source.url).digest('hex') : source.url;
  marks.set(source, mark);
  return mark;
}

/** Remembered: it is asked four times at every poll. */
const marks = new WeakMap<Source, string>();

/** Validators and hash of the last body (RFC 9110 §8.8, §13.1). A 304 changes none of them; nor does a document that was cut,
 *  or a later 304 would hide the rest of it. lastUnconditionalAt is when a whole body last came. */
export function rememberBody(
  source: Source,
  before: SourceState,
  reading: SuccessReading,
  now: Instant,
): Validators & Pick<SourceState, 'bodyHash' | 'withHtml' | 'lastUnconditionalAt'> {
  if (reading.kind === 'not-modified' || (reading.kind === 'document' && !reading.document.complete)) {
    const { bodyHash, withHtml, lastUnconditionalAt } = before;
    return { ...pickValidators(before), ...defined({ bodyHash, withHtml, lastUnconditionalAt }) };
  }
  const { url, bodyHash, freshness } = reading.fetched;
  const { host } = new URL(url);
  const validatorsFrom = url === source.url || host === new URL(source.url).host ? undefined : host;
  const hasHtml = reading.kind === 'same' ? before.withHtml : source.content === 'full';
  return {
    ...pickValidators({ ...freshness, ...defined({ validatorsFrom }) }),
    bodyHash,
    ...(hasHtml && { withHtml: true }),
    lastUnconditionalAt: now,
  };
}

/** The validators of a state, and nothing without any. */
export function pickValidators({ etag, lastModified, validatorsFrom }: Validators): Validators {
  return etag === undefined && lastModified === undefined ? {} : defined({ etag, lastModified, validatorsFrom });
}

/** 301 and 308 (RFC 9110 §15.4) are believed after 3 sightings over a day, as far as a chain of them goes unbroken from its
 *  start. Of an address that holds a secret nothing is learnt: where it leads may hold it too. */
export function learnRedirect(
  source: Source,
  { movedTo, redirect }: SourceState,
  { fetched: { hops } }: SuccessReading,
  now: Instant,
): { movedTo?: string; redirect?: RedirectSighting } {
  if (addressMark(source) !== source.url) return {};
  const stays = movedTo === undefined ? {} : { movedTo };
  const temporaryAt = hops.findIndex((hop) => !hop.permanent);
  const to = (temporaryAt === -1 ? hops : hops.slice(0, temporaryAt)).at(-1)?.to;
  if (to === undefined) return stays;
  // It leads back to where it led away from.
  if (to === source.url) return {};
  // A first time that is still to come was written by a clock that ran ahead.
  const isAgain = redirect?.to === to && redirect.firstAt <= now;
  const sighting = {
    to,
    count: isAgain ? redirect.count + 1 : 1,
    firstAt: isAgain ? redirect.firstAt : now,
    lastAt: now,
  };
  const spanMs = Date.parse(now) - Date.parse(sighting.firstAt);
  if (sighting.count >= REDIRECT_SIGHTINGS && spanMs >= REDIRECT_SPAN_MS) return { movedTo: to };
  return { ...stays, redirect: sighting };
}

/** A state without its validators: the next request asks for everything. */
export function forgetValidators(state: SourceState): SourceState {
  const { etag: _etag, lastModified: _lastModified, validatorsFrom: _from, ...rest } = state;
  return rest;
}

/** A state without its last body: what comes next is read, whatever it is. */
export function forgetBody(state: SourceState): SourceState {
  const { bodyHash: _hash, ...rest } = forgetValidators(state);
  return rest;
}

function hasSecret({ private: isPrivate, url }: Source): boolean {
  const { username, password } = new URL(url);
  return isPrivate || username !== '' || password !== '';
}

/** The object without its undefined keys: absent is a key left out. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
