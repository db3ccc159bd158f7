import { DAY_MS, HOUR_MS } from '../durations.ts';
import type { FeedInfo, HostWait, Instant, Source, SourceState } from '../model.ts';
import type { Reading } from './reading.ts';
import {
  addressMark,
  forgetBody,
  forgetValidators,
  learnRedirect,
  pickValidators,
  rememberBody,
  type SuccessReading,
  type Validators,
} from './schedule-memory.ts';
import {
  cappedRetry,
  MAX_RETRY_AFTER_MS,
  RETRY_AFTER,
  type ScheduleRules,
  type Wait,
  waitAfterFailure,
  waitAfterSuccess,
  waitAsAsked,
} from './schedule-wait.ts';

/** Some servers answer 304 for ever: after so long without a body it is asked for unconditionally. */
const UNCONDITIONAL_AFTER_MS = 8 * DAY_MS;
/** An instant so much later than is possible was written by a clock that ran ahead: it makes nobody wait. */
const CLOCK_SLACK_MS = HOUR_MS;
/** So many failures at an address learnt from redirects lead back to the configured one. */
const MOVED_FAILURES = 3;

/** Whether this is the time to ask, and if so what. */
export type Ask =
  | {
      readonly ask: true;
      readonly url: string;
      readonly etag?: string;
      readonly lastModified?: string;
      /** Host (as in URL.host) that gave the validators. */
      readonly validatorsFrom?: string;
    }
  | { readonly ask: false; readonly reason: string; readonly until?: Instant };

/** What else the next time depends on. */
export interface ScheduleFacts {
  /** Entries that this reading brought. */
  readonly newEntries: number;
  /** Entries that arrived in the 7 days before now. */
  readonly entriesLastWeek: number;
  /** What the source's last document said of itself: its hints. */
  readonly feed: FeedInfo | undefined;
  readonly hostOf: (url: string) => string;
}

/** The state of a source that was never asked. */
export function initialState(sourceId: string): SourceState {
  const counts = { asked: 0, notModified: 0, failed: 0, bytes: 0 };
  return { source: sourceId, sameBodyCount: 0, failures: 0, gone: false, counts };
}

/** Whether a source is asked now, at which address and with which validators; else until when not, and why.
 *
 *      disabled, or gone (410): not asked
 *      waits := its own, and that of its host (429, 503), as far as they are not over
 *      with `force` only those that a server asked for itself (Retry-After) count
 *      none left: ask; else the reason is the longest of them
 *
 *  An address that was edited in feeds.json is due, whatever its predecessor had earned; so is a source whose wait was
 *  written by a clock that ran ahead. */
export function whetherToAsk(
  source: Source,
  state: SourceState,
  hostWaits: readonly HostWait[],
  now: Instant,
  { force }: { readonly force: boolean },
): Ask {
  if (source.disabled) return { ask: false, reason: 'disabled in feeds.json' };
  const known = stateFor(source, state);
  if (known.gone) return { ask: false, reason: '410: gone for good' };
  const url = known.movedTo ?? source.url;
  const waits: Wait[] = hostWaitsOn(url, hostWaits, now);
  if (known.notBefore !== undefined && !isAhead(known.askedAt, now))
    waits.push({ until: known.notBefore, reason: known.reason ?? 'not due' });
  const standing = waits.filter(({ until, reason }) => until > now && (!force || reason === RETRY_AFTER));
  const longest = standing.sort((a, b) => (a.until < b.until ? 1 : -1))[0];
  if (longest !== undefined) return { ask: false, reason: longest.reason, until: longest.until };
  return { ask: true, url, ...validatorsToSend(source, known, now) };
}

/** The waits that the host of an address asked for, as far as they are not over. */
export function hostWaitsOn(url: string, hostWaits: readonly HostWait[], now: Instant): HostWait[] {
  return hostWaits.filter(
    ({ host, until }) => until > now && isOnHost(url, host) && !isAhead(until, now, MAX_RETRY_AFTER_MS),
  );
}

/** What one reading does to a source's state, with the time of the next request and its reason, and to its host.
 *
 *      read well:        failures end; validators, body hash and permanent redirects are remembered; the next request is
 *                        at the longest of what cron, publisher and our manners ask for (waitAfterSuccess)
 *      410:              gone: never asked again
 *      with Retry-After: as asked; after 429 and 503 the whole host waits (waitAsAsked; RFC 9110 §10.2.3, RFC 6585 §4)
 *      else failed:      twice as long as the last time (waitAfterFailure) */
export function scheduleNext(
  source: Source,
  state: SourceState,
  reading: Reading,
  facts: ScheduleFacts,
  now: Instant,
  rules: ScheduleRules,
): { readonly state: SourceState; readonly hostWaits: readonly HostWait[] } {
  const before = { ...stateFor(source, state), address: addressMark(source), counts: count(state, reading) };
  const poll: Poll = { source, before, url: before.movedTo ?? source.url, facts, now, rules };
  if (reading.kind === 'fetch-failed' || reading.kind === 'parse-failed') return afterFailure(poll, reading);
  return { state: afterSuccess(poll, reading), hostWaits: [] };
}

/** One poll. */
interface Poll {
  readonly source: Source;
  /** The state before it, with this poll counted. */
  readonly before: SourceState & { readonly address: string };
  /** The address that was asked. */
  readonly url: string;
  readonly facts: ScheduleFacts;
  readonly now: Instant;
  readonly rules: ScheduleRules;
}

function isAhead(instant: Instant | undefined, now: Instant, byMs = 0): boolean {
  return instant !== undefined && Date.parse(instant) > Date.parse(now) + byMs + CLOCK_SLACK_MS;
}

/** The state as far as it belongs to the configured address: of another address only the counts live on. */
function stateFor(source: Source, state: SourceState): SourceState {
  if (state.address !== undefined && state.address !== addressMark(source)) {
    return { ...initialState(state.source), counts: state.counts };
  }
  // It was read without the HTML that is wanted now; "not modified" would be true, and leave it missing.
  const lacksHtml = source.content === 'full' && state.bodyHash !== undefined && !state.withHtml;
  return lacksHtml ? forgetBody(state) : state;
}

/** Hash of a source's last body; undefined when the next one is to be read whether or not it is the same. */
export function lastBodyHash(source: Source, state: SourceState): string | undefined {
  return stateFor(source, state).bodyHash;
}

/** `host` is a host, a registrable domain, or address:port. */
function isOnHost(url: string, host: string): boolean {
  const { protocol, hostname, port } = new URL(url);
  const hostAndPort = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
  const name = hostname.replace(/\.$/, '');
  return name === host || name.endsWith(`.${host}`) || hostAndPort === host;
}

function validatorsToSend(source: Source, state: SourceState, now: Instant): Validators {
  const { etag, lastModified, lastUnconditionalAt: wholeAt } = state;
  if (etag === undefined && lastModified === undefined) return {};
  if (wholeAt === undefined || isAhead(wholeAt, now) || Date.parse(now) - Date.parse(wholeAt) >= UNCONDITIONAL_AFTER_MS)
    return {};
  return { ...pickValidators(state), validatorsFrom: state.validatorsFrom ?? new URL(source.url).host };
}

type FailedReading = Extract<Reading, { kind: 'fetch-failed' | 'parse-failed' }>;

function afterSuccess({ source, before, url, facts, now, rules }: Poll, reading: SuccessReading): SourceState {
  const memory = rememberBody(source, before, reading, now);
  const hasValidators = memory.etag !== undefined || memory.lastModified !== undefined;
  const sameBodyCount = reading.kind === 'same' && !hasValidators ? before.sameBodyCount + 1 : 0;
  const { maxAgeSeconds } = reading.fetched.freshness;
  const { entriesLastWeek, feed } = facts;
  const answered = { url, poll: source.poll, hasValidators, sameBodyCount, maxAgeSeconds, entriesLastWeek, feed };
  const wait = waitAfterSuccess(answered, now, rules);
  const newEntryAt = facts.newEntries > 0 ? now : before.newEntryAt;
  return {
    // Failures, their problem and a wait end here.
    ...initialState(before.source),
    address: before.address,
    ...memory,
    askedAt: now,
    succeededAt: now,
    ...(newEntryAt !== undefined && { newEntryAt }),
    sameBodyCount,
    notBefore: wait.until,
    reason: wait.reason,
    ...learnRedirect(source, before, reading, now),
    counts: before.counts,
  };
}

function afterFailure(
  { source: { poll }, before, url, facts, now, rules }: Poll,
  reading: FailedReading,
): { state: SourceState; hostWaits: HostWait[] } {
  const { code, message } = reading.error;
  const { status, retryAt, answeredBy } = reading.kind === 'fetch-failed' ? reading.error : {};
  const failures = before.failures + 1;
  // "Not modified" of something that we did not ask for: what we would ask with next time cannot be trusted.
  const trusted = code === 'fetch/unexpected-304' ? forgetValidators(before) : before;
  const { notBefore: _wait, reason: _why, ...kept } = trusted;
  const failingSince = before.failingSince ?? now;
  const state: SourceState = { ...kept, askedAt: now, failures, failingSince, problem: { code, message } };
  if (isGone(before, reading)) return { state: { ...state, gone: true }, hostWaits: [] };

  const isAsked = retryAt !== undefined && retryAt > now;
  const wait = isAsked
    ? waitAsAsked({ url, poll, retryAt }, now, rules)
    : waitAfterFailure({ url, poll, failures, code }, now, rules);
  const host = facts.hostOf(url);
  // A redirect can lead to anybody: what is said there holds back the source that redirects, and nobody else's.
  const isItsHost = facts.hostOf(answeredBy ?? url) === host;
  const concernsHost = isAsked && isItsHost && (status === 429 || status === 503);
  return {
    state: { ...leaveBadMove(state, status), notBefore: wait.until, reason: wait.reason },
    hostWaits: concernsHost ? [{ host, until: cappedRetry(retryAt, now), reason: RETRY_AFTER }] : [],
  };
}

/** 410 (RFC 9110 §15.5.11) counts from the feed's own address; at the end of a temporary redirect, or at an address that we
 *  learnt, it is only one more failure. */
function isGone(before: SourceState, reading: FailedReading): boolean {
  if (reading.kind !== 'fetch-failed' || reading.error.status !== 410) return false;
  return before.movedTo === undefined && reading.error.hops.every((hop) => hop.permanent);
}

function leaveBadMove(state: SourceState, status: number | undefined): SourceState {
  if (state.movedTo === undefined || (state.failures < MOVED_FAILURES && status !== 410)) return state;
  const { movedTo: _bad, redirect: _sighting, ...back } = state;
  return back;
}

function count({ counts }: SourceState, reading: Reading): SourceState['counts'] {
  const isFailure = reading.kind === 'fetch-failed' || reading.kind === 'parse-failed';
  return {
    asked: counts.asked + 1,
    notModified: counts.notModified + (reading.kind === 'not-modified' ? 1 : 0),
    failed: counts.failed + (isFailure ? 1 : 0),
    bytes: counts.bytes + ('fetched' in reading && reading.fetched.kind === 'fetched' ? reading.fetched.wireBytes : 0),
  };
}
