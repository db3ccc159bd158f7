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
  holdUntil,
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
/** What lies so much further ahead than it can was written by a clock that ran ahead: it makes nobody wait. */
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

/** Decides whether a source is asked now. `force` passes over every wait but Retry-After, and never over 410.
 *  An address that was edited in feeds.json is due, whatever its predecessor had earned. */
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

/** The waits that hold the host of an address now. */
export function hostWaitsOn(url: string, hostWaits: readonly HostWait[], now: Instant): HostWait[] {
  return hostWaits.filter(
    ({ host, until }) => until > now && isOnHost(url, host) && !isAhead(until, now, MAX_RETRY_AFTER_MS),
  );
}

/** What one reading does to a source's state, with the time of the next request and its reason, and to its host. */
export function scheduleNext(
  source: Source,
  state: SourceState,
  reading: Reading,
  facts: ScheduleFacts,
  now: Instant,
  rules: ScheduleRules,
): { readonly state: SourceState; readonly hostWaits: readonly HostWait[] } {
  const before = {
    ...stateFor(source, state),
    address: addressMark(source),
    askedAt: now,
    counts: count(state, reading),
  };
  if (reading.kind === 'fetch-failed' || reading.kind === 'parse-failed') {
    return afterFailure(source, before, reading, facts, now, rules);
  }
  return { state: afterSuccess(source, before, reading, facts, now, rules), hostWaits: [] };
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

/** Hash of the body that we hold of a source; undefined when the next one is to be read whether or not it is the same. */
export function heldBodyHash(source: Source, state: SourceState): string | undefined {
  return stateFor(source, state).bodyHash;
}

/** Host or registrable domain, or address:port. */
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

function afterSuccess(
  source: Source,
  before: SourceState,
  reading: SuccessReading,
  facts: ScheduleFacts,
  now: Instant,
  rules: ScheduleRules,
): SourceState {
  const memory = rememberBody(source, before, reading, now);
  const hasValidators = memory.etag !== undefined || memory.lastModified !== undefined;
  const sameBodyCount = reading.kind === 'same' && !hasValidators ? before.sameBodyCount + 1 : 0;
  const { poll } = source;
  const { maxAgeSeconds } = reading.fetched.freshness;
  const { entriesLastWeek, feed } = facts;
  const url = before.movedTo ?? source.url;
  const answered = { url, poll, hasValidators, sameBodyCount, maxAgeSeconds, entriesLastWeek, feed };
  const { until, reason } = waitAfterSuccess(answered, now, rules);
  const newEntryAt = facts.newEntries > 0 ? now : before.newEntryAt;
  const { address, askedAt, counts } = before;
  return {
    ...initialState(before.source),
    ...(address !== undefined && { address }),
    ...memory,
    ...(askedAt !== undefined && { askedAt }),
    succeededAt: now,
    ...(newEntryAt !== undefined && { newEntryAt }),
    sameBodyCount,
    notBefore: until,
    reason,
    ...learnRedirect(source, before, reading, now),
    counts,
  };
}

function afterFailure(
  source: Source,
  before: SourceState,
  reading: FailedReading,
  facts: ScheduleFacts,
  now: Instant,
  rules: ScheduleRules,
): { state: SourceState; hostWaits: HostWait[] } {
  const { error } = reading;
  const { status, retryAt, answeredBy } = reading.kind === 'fetch-failed' ? reading.error : {};
  const url = before.movedTo ?? source.url;
  const failures = before.failures + 1;
  const { poll } = source;
  const {
    notBefore: _wait,
    reason: _why,
    problem: _old,
    ...kept
  } = isWrong304(reading) ? forgetValidators(before) : before;
  const state: SourceState = {
    ...kept,
    failures,
    failingSince: before.failingSince ?? now,
    problem: { code: error.code, message: error.message },
  };
  if (isGone(before, reading)) return { state: { ...state, gone: true }, hostWaits: [] };

  const wait =
    retryAt !== undefined && retryAt > now
      ? waitAsAsked({ url, poll, retryAt }, now, rules)
      : waitAfterFailure({ url, poll, failures, code: error.code }, now, rules);
  const holdsHost = wait.reason === RETRY_AFTER && (status === 429 || status === 503);
  const host = facts.hostOf(answeredBy ?? url);
  return {
    state: { ...leaveBadMove(state, status), notBefore: wait.until, reason: wait.reason },
    hostWaits:
      holdsHost && retryAt !== undefined ? [{ host, until: holdUntil(retryAt, now), reason: RETRY_AFTER }] : [],
  };
}

/** 410 is the word of the feed's own address; at the end of a temporary redirect, or at an address that we learnt, it is only
 *  one more failure. */
function isGone(before: SourceState, reading: FailedReading): boolean {
  if (reading.kind !== 'fetch-failed' || reading.error.status !== 410) return false;
  return before.movedTo === undefined && reading.error.hops.every((hop) => hop.permanent);
}

function leaveBadMove(state: SourceState, status: number | undefined): SourceState {
  if (state.movedTo === undefined || (state.failures < MOVED_FAILURES && status !== 410)) return state;
  const { movedTo: _bad, redirect: _sighting, ...back } = state;
  return back;
}

/** The server says "not modified" of something that we did not ask for: what we would ask with next time cannot be trusted. */
const isWrong304 = (reading: FailedReading): boolean => reading.error.code === 'fetch/unexpected-304';

function count({ counts }: SourceState, reading: Reading): SourceState['counts'] {
  const isFailure = reading.kind === 'fetch-failed' || reading.kind === 'parse-failed';
  return {
    asked: counts.asked + 1,
    notModified: counts.notModified + (reading.kind === 'not-modified' ? 1 : 0),
    failed: counts.failed + (isFailure ? 1 : 0),
    bytes: counts.bytes + ('fetched' in reading && reading.fetched.kind === 'fetched' ? reading.fetched.wireBytes : 0),
  };
}
