import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../durations.ts';
import type { FeedInfo, Instant } from '../model.ts';

/** What the schedule needs of the world outside: the clock's cron, chance, and which hosts are ours. */
export interface ScheduleRules {
  /** First tick of a cron expression after an instant. */
  nextTick(poll: string, after: Instant): Instant;
  /** [0, 1) */
  random(): number;
  isOwnHost(url: string): boolean;
}

const FLOOR_MS = 5 * MINUTE_MS;
/** Longest wait that a feed's own hints bring: a max-age of a year is a mistake, not a wish. */
const MAX_HINT_MS = DAY_MS;
const MAX_ADAPTIVE_MS = 6 * HOUR_MS;
const WITHOUT_VALIDATORS_MS = HOUR_MS;
const SAME_BODY_MS = 6 * HOUR_MS;
const SAME_BODY_COUNT = 3;
/** Before jitter; with 20 % more it is 24 h. */
const MAX_BACK_OFF_MS = 20 * HOUR_MS;
/** A name that cannot be looked up costs its publisher nothing, and mostly it is our own line that is down. */
const MAX_LOOKUP_BACK_OFF_MS = 2 * HOUR_MS;
const JITTER = 0.2;
/** Longest wait that a server may ask for. */
export const MAX_RETRY_AFTER_MS = 7 * DAY_MS;
/** Rules of ours (not the publisher's) let a tick pass that comes so much too early, so that 1 h does not become 1.5 h
 *  because the last answer took a second. */
const SLACK_MS = MINUTE_MS;
/** Hours and days to be spared are passed over no further ahead: 200 ticks of a yearly cron took 7 s to work out. */
const MAX_SKIP_MS = 366 * DAY_MS;

/** A tick that comes up to a tenth too early for a rule of ours is taken all the same, where the cron is as rare as the rule wants it:
 *  a source that had to wait for its host's turn is not to miss it. */
const ENOUGH_SHARE = 0.9;

/** The reason of a wait that a server asked for itself. Not even --force cuts it short. */
export const RETRY_AFTER = 'Retry-After';
const ITS_CRON = 'its cron';

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

/** The wait after an answer that was read: the longest of what cron, the publisher's hints (RFC 9111 §4.2, RSS ttl, skipHours and
 *  skipDays, sy:updatePeriod) and our own manners ask for. */
export function waitAfterSuccess(answered: Answered, now: Instant, rules: ScheduleRules): Wait {
  const { url, poll, feed } = answered;
  const byCron = { until: rules.nextTick(poll, now), reason: ITS_CRON };
  if (isFile(url)) return byCron;
  const hints = hintsOf(answered).map(({ ms, reason }) => ({ until: add(now, ms), reason }));
  const manners = mannersFor(answered, now, rules).map(({ ms, reason }) => ({
    until: onTick(poll, add(now, ms), rules),
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
  const byCron = { until: rules.nextTick(poll, now), reason: ITS_CRON };
  if (isFile(url)) return byCron;
  const step = cronStep(poll, now, rules);
  const firstMs = rules.isOwnHost(url) ? step : Math.max(step, FLOOR_MS);
  const limitMs = code === 'fetch/dns' ? MAX_LOOKUP_BACK_OFF_MS : MAX_BACK_OFF_MS;
  const waitMs = Math.min(firstMs * 2 ** (failures - 1), limitMs) * (1 - JITTER + 2 * JITTER * rules.random());
  const reason = `back-off after ${failures} ${failures === 1 ? 'failure' : 'failures'}`;
  return { until: longest([byCron, { until: add(now, waitMs), reason }]).until, reason };
}

/** The wait that a server asked for, at most 7 days and never less than cron and the floor of 5 minutes. */
export function waitAsAsked(
  asked: { url: string; poll: string; retryAt: Instant },
  now: Instant,
  rules: ScheduleRules,
): Wait {
  const { url, poll, retryAt } = asked;
  const floorMs = rules.isOwnHost(url) ? 0 : FLOOR_MS;
  const instants = [rules.nextTick(poll, now), add(now, floorMs), min(retryAt, add(now, MAX_RETRY_AFTER_MS))];
  return { until: instants.sort().at(-1) ?? retryAt, reason: RETRY_AFTER };
}

/** The end of a wait that a server asked of everything on its host. */
export function holdUntil(retryAt: Instant, now: Instant): Instant {
  return min(retryAt, add(now, MAX_RETRY_AFTER_MS));
}

interface Span {
  readonly ms: number;
  readonly reason: string;
}

function hintsOf({ maxAgeSeconds = 0, feed }: Answered): Span[] {
  const hints = [
    { ms: maxAgeSeconds * SECOND_MS, says: (time: string) => `fresh for ${time} (max-age)` },
    { ms: (feed?.ttlMinutes ?? 0) * MINUTE_MS, says: (time: string) => `the feed says every ${time} (ttl)` },
    {
      ms: (feed?.updateEveryMinutes ?? 0) * MINUTE_MS,
      says: (time: string) => `the feed says every ${time} (sy:updatePeriod)`,
    },
  ];
  return hints
    .filter(({ ms }) => ms > 0)
    .map(({ ms, says }) => ({ ms: Math.min(ms, MAX_HINT_MS), reason: says(span(Math.min(ms, MAX_HINT_MS))) }));
}

/** Our own manners, where they ask for more than the cron: its ticks may lie apart unevenly ('0,1 * * * *'), and the next one may
 *  come soon after a source was asked between two, as at a start. The owner's own hosts are asked as the cron says. */
function mannersFor(answered: Answered, now: Instant, rules: ScheduleRules): Span[] {
  const { url, poll, hasValidators, sameBodyCount, entriesLastWeek } = answered;
  if (rules.isOwnHost(url)) return [];
  const adaptiveMs = Math.min((7 * DAY_MS) / (4 * entriesLastWeek), MAX_ADAPTIVE_MS);
  const manners = [
    { ms: FLOOR_MS, reason: 'never more often than every 5 min' },
    { ms: adaptiveMs, reason: 'writes rarely' },
  ];
  if (!hasValidators && sameBodyCount >= SAME_BODY_COUNT) {
    manners.push({ ms: SAME_BODY_MS, reason: 'sent the same again and again' });
  } else if (!hasValidators) {
    manners.push({ ms: WITHOUT_VALIDATORS_MS, reason: 'cannot say "not modified"' });
  }
  const stepMs = cronStep(poll, now, rules);
  const gapMs = Date.parse(rules.nextTick(poll, now)) - Date.parse(now);
  return manners.filter(({ ms }) => ms > stepMs || gapMs < ms * ENOUGH_SHARE);
}

/** The tick just before an instant, if it is less than the slack before it; else the instant itself. */
function onTick(poll: string, until: Instant, rules: ScheduleRules): Instant {
  return min(rules.nextTick(poll, add(until, -SLACK_MS)), until);
}

/** Moves a wait on until the first tick after it lies in no hour and on no day that the feed wants to be spared.
 *  A feed that wants to be spared for ever is not taken at its word. */
function outsideSkips(poll: string, wait: Wait, feed: FeedInfo | undefined, rules: ScheduleRules): Wait {
  const hours = new Set(feed?.skipHours);
  const days = new Set(feed?.skipDays);
  const furthest = add(wait.until, MAX_SKIP_MS);
  let { until, reason } = wait;
  for (let hour = 0; hour <= 8 * 24; hour += 1) {
    if (until > furthest) return wait;
    const tick = new Date(rules.nextTick(poll, add(until, -1)));
    const isSkippedHour = hours.has(tick.getUTCHours());
    if (!isSkippedHour && !days.has(tick.getUTCDay())) return { until, reason };
    until = new Date(Math.floor(tick.getTime() / HOUR_MS + 1) * HOUR_MS).toISOString();
    reason = isSkippedHour ? 'skipHours' : 'skipDays';
  }
  return wait;
}

/** Milliseconds between two ticks of a cron expression. */
function cronStep(poll: string, now: Instant, rules: ScheduleRules): number {
  const first = rules.nextTick(poll, now);
  return Date.parse(rules.nextTick(poll, first)) - Date.parse(first);
}

const longest = (waits: readonly [Wait, ...Wait[]]): Wait => waits.reduce((a, b) => (a.until < b.until ? b : a));
const min = (a: Instant, b: Instant): Instant => (a < b ? a : b);
const add = (instant: Instant, ms: number): Instant => new Date(Date.parse(instant) + ms).toISOString();
const isFile = (url: string): boolean => url.startsWith('file:');

/** '45 min', '6 h', '2 d': rounded, for people. */
function span(ms: number): string {
  if (ms < 2 * HOUR_MS && ms % HOUR_MS !== 0) return `${Math.max(1, Math.round(ms / MINUTE_MS))} min`;
  return ms < 2 * DAY_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / DAY_MS)} d`;
}
