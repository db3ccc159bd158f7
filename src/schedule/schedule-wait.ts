import { addMs, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../durations.ts';
import type { FeedInfo, Instant } from '../model.ts';

/** What the schedule cannot work out itself: the ticks of a cron, chance, and which hosts are the owner's (`allow`). */
export interface ScheduleRules {
  /** First tick of a cron expression after an instant. */
  nextTick(poll: string, after: Instant): Instant;
  /** [0, 1) */
  random(): number;
  isOwnHost(url: string): boolean;
}

/** No publisher is asked more often, whatever the cron says. */
export const FLOOR_MS = 5 * MINUTE_MS;
/** Longest wait that a feed's own hints bring: a max-age of a year is a mistake, not a wish. */
const MAX_HINT_MS = DAY_MS;
/** Longest wait for a source that rarely publishes. */
const MAX_ADAPTIVE_MS = 6 * HOUR_MS;
/** Without validators every answer is a whole document. */
const WITHOUT_VALIDATORS_MS = HOUR_MS;
/** And longer once that stayed the same so many times. */
const SAME_BODY_MS = 6 * HOUR_MS;
const SAME_BODY_COUNT = 3;
/** Before jitter; with 20 % more it is 24 h. */
const MAX_BACK_OFF_MS = 20 * HOUR_MS;
/** A name that cannot be looked up costs its publisher nothing, and mostly it is our own line that is down. */
const MAX_LOOKUP_BACK_OFF_MS = 2 * HOUR_MS;
const JITTER = 0.2;
/** Longest wait that a server may ask for. */
export const MAX_RETRY_AFTER_MS = 7 * DAY_MS;
/** Where a rule of ours (not the publisher's) ends so little after a tick, that tick is taken: 1 h is not to become 1.5 h
 *  because the last answer took a second. */
const SLACK_MS = MINUTE_MS;
/** Where the cron is as rare as a rule of ours wants it, a tick that comes up to a tenth too early is taken all the same:
 *  a source that had to wait for its host's turn is not to miss it. */
const ENOUGH_SHARE = 0.9;
/** Skipped hours and days are passed over no further ahead: 200 ticks of a yearly cron took 7 s to work out. */
const MAX_SKIP_MS = 366 * DAY_MS;

/** The reason of a wait that a server asked for itself. Not even --force cuts it short. */
export const RETRY_AFTER = 'Retry-After';
const ON_SCHEDULE = 'on schedule';

/** Until when a source is not asked, and why, in a few words for people. */
export interface Wait {
  readonly until: Instant;
  readonly reason: string;
}

/** What decides about the next request beside the clock. */
export interface Answered {
  readonly url: string;
  readonly poll: string;
  readonly hasValidators: boolean;
  readonly sameBodyCount: number;
  readonly maxAgeSeconds?: number | undefined;
  readonly entriesLastWeek: number;
  readonly feed: FeedInfo | undefined;
}

/** The wait after an answer that was read. The longest of
 *
 *      the next tick of the source's cron
 *      what the publisher asks for: max-age (RFC 9111 §4.2), RSS ttl, sy:updatePeriod; each at most a day
 *      our own manners, at the next tick: 5 minutes; a quarter of the usual time between two entries, at most 6 hours;
 *      1 hour without validators, 6 hours if the body stayed the same three times
 *
 *  and then on to the first tick that the feed's skipHours and skipDays allow (RSS 2.0). A file waits for its cron alone,
 *  the owner's own hosts for cron and hints. */
export function waitAfterSuccess(answered: Answered, now: Instant, rules: ScheduleRules): Wait {
  const { url, poll, feed } = answered;
  const byCron = { until: rules.nextTick(poll, now), reason: ON_SCHEDULE };
  if (isFile(url)) return byCron;
  const hints = hintsOf(answered).map(({ ms, reason }) => ({ until: addMs(now, ms), reason }));
  const manners = mannersFor(answered, now, rules).map(({ ms, reason }) => ({
    until: onTick(poll, addMs(now, ms), rules),
    reason,
  }));
  return outsideSkips(poll, longest([byCron, ...manners, ...hints]), feed, rules);
}

/** The wait after a failure: twice as long each time, up to a day, ± 20 % so that sources which failed together part. */
export function waitAfterFailure(
  failed: { readonly url: string; readonly poll: string; readonly failures: number; readonly code: string },
  now: Instant,
  rules: ScheduleRules,
): Wait {
  const { url, poll, failures, code } = failed;
  const byCron = { until: rules.nextTick(poll, now), reason: ON_SCHEDULE };
  if (isFile(url)) return byCron;
  const step = cronStep(poll, now, rules);
  const firstMs = rules.isOwnHost(url) ? step : Math.max(step, FLOOR_MS);
  const limitMs = code === 'fetch/dns' ? MAX_LOOKUP_BACK_OFF_MS : MAX_BACK_OFF_MS;
  const waitMs = Math.min(firstMs * 2 ** (failures - 1), limitMs) * (1 - JITTER + 2 * JITTER * rules.random());
  const reason = `back-off after ${failures} ${failures === 1 ? 'failure' : 'failures'}`;
  return { until: longest([byCron, { until: addMs(now, waitMs), reason }]).until, reason };
}

/** The wait that a server asked for, at most 7 days and never less than cron and the floor of 5 minutes. */
export function waitAsAsked(
  asked: { url: string; poll: string; retryAt: Instant },
  now: Instant,
  rules: ScheduleRules,
): Wait {
  const { url, poll, retryAt } = asked;
  const floorMs = rules.isOwnHost(url) ? 0 : FLOOR_MS;
  const instants = [rules.nextTick(poll, now), addMs(now, floorMs), cappedRetry(retryAt, now)];
  return { until: instants.sort().at(-1) ?? retryAt, reason: RETRY_AFTER };
}

/** The end of the wait that a server asked for, at most 7 days ahead. */
export function cappedRetry(retryAt: Instant, now: Instant): Instant {
  return earlier(retryAt, addMs(now, MAX_RETRY_AFTER_MS));
}

interface Span {
  readonly ms: number;
  readonly reason: string;
}

function hintsOf({ maxAgeSeconds = 0, feed }: Answered): Span[] {
  const hints = [
    { ms: maxAgeSeconds * SECOND_MS, asks: 'fresh for', name: 'max-age' },
    { ms: (feed?.ttlMinutes ?? 0) * MINUTE_MS, asks: 'the feed asks for every', name: 'ttl' },
    { ms: (feed?.updateEveryMinutes ?? 0) * MINUTE_MS, asks: 'the feed asks for every', name: 'sy:updatePeriod' },
  ];
  return hints
    .filter(({ ms }) => ms > 0)
    .map(({ ms, ...hint }) => ({ ...hint, ms: Math.min(ms, MAX_HINT_MS) }))
    .map(({ ms, asks, name }) => ({ ms, reason: `${asks} ${inWords(ms)} (${name})` }));
}

/** Our own manners (https://rachelbythebay.com/fs/), where they ask for more than the cron: its ticks may lie apart unevenly
 *  ('0,1 * * * *'), and the next one may come soon after a source was asked between two, as at a start. */
function mannersFor(answered: Answered, now: Instant, rules: ScheduleRules): Span[] {
  const { url, poll, hasValidators, sameBodyCount, entriesLastWeek } = answered;
  if (rules.isOwnHost(url)) return [];
  const adaptiveMs = Math.min((7 * DAY_MS) / (4 * entriesLastWeek), MAX_ADAPTIVE_MS);
  const manners = [
    { ms: FLOOR_MS, reason: 'at most every 5 min' },
    { ms: adaptiveMs, reason: 'rarely publishes' },
  ];
  if (!hasValidators && sameBodyCount >= SAME_BODY_COUNT) {
    manners.push({ ms: SAME_BODY_MS, reason: 'keeps sending the same document' });
  } else if (!hasValidators) {
    manners.push({ ms: WITHOUT_VALIDATORS_MS, reason: 'cannot answer "not modified"' });
  }
  const stepMs = cronStep(poll, now, rules);
  const gapMs = Date.parse(rules.nextTick(poll, now)) - Date.parse(now);
  return manners.filter(({ ms }) => ms > stepMs || gapMs < ms * ENOUGH_SHARE);
}

/** The tick just before an instant, if it is less than the slack before it; else the instant itself. */
function onTick(poll: string, until: Instant, rules: ScheduleRules): Instant {
  return earlier(rules.nextTick(poll, addMs(until, -SLACK_MS)), until);
}

/** Moves a wait on until the first tick after it lies in no hour and on no day that the feed asks to be skipped (RSS 2.0,
 *  skipHours and skipDays, UTC). A feed that asks for all of them is not taken at its word. */
function outsideSkips(poll: string, wait: Wait, feed: FeedInfo | undefined, rules: ScheduleRules): Wait {
  const hours = new Set(feed?.skipHours);
  const days = new Set(feed?.skipDays);
  const furthest = addMs(wait.until, MAX_SKIP_MS);
  let { until, reason } = wait;
  for (let hour = 0; hour <= 8 * 24; hour += 1) {
    if (until > furthest) return wait;
    const tick = new Date(rules.nextTick(poll, addMs(until, -1)));
    const isSkippedHour = hours.has(tick.getUTCHours());
    if (!isSkippedHour && !days.has(tick.getUTCDay())) return { until, reason };
    until = new Date(Math.floor(tick.getTime() / HOUR_MS + 1) * HOUR_MS).toISOString();
    reason = isSkippedHour ? 'quiet hours (skipHours)' : 'quiet days (skipDays)';
  }
  return wait;
}

/** Milliseconds between two ticks of a cron expression. */
function cronStep(poll: string, now: Instant, rules: ScheduleRules): number {
  const first = rules.nextTick(poll, now);
  return Date.parse(rules.nextTick(poll, first)) - Date.parse(first);
}

const longest = (waits: readonly [Wait, ...Wait[]]): Wait => waits.reduce((a, b) => (a.until < b.until ? b : a));
const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);
const isFile = (url: string): boolean => url.startsWith('file:');

/** '45 min', '6 h', '2 d': rounded, for people. */
function inWords(ms: number): string {
  if (ms < 2 * HOUR_MS && ms % HOUR_MS !== 0) return `${Math.max(1, Math.round(ms / MINUTE_MS))} min`;
  return ms < 2 * DAY_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / DAY_MS)} d`;
}
