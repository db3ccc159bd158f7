import { createTask, parse } from 'node-cron';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../durations.ts';
import type { Instant } from '../model.ts';

/** All offsets of time zones in use are multiples of it, and they change on one. */
const QUARTER_MS = 15 * MINUTE_MS;
const DAY_MINUTES = 24 * 60;
/** Reaches the next 29 February; for a day that never comes the answer is `after` plus this. */
const HORIZON_MS = 5 * 366 * 24 * HOUR_MS;

/** The sources of one round ask about the same few ticks: now, the one after it, and where their waits end. Worked out anew each
 *  time, they took a third of a poll that finds nothing changed. */
const ANSWERS_KEPT = 16;

/** The first tick of a cron expression after an instant. */
export type NextTick = (poll: string, after: Instant) => Instant;

/** A calculator of ticks as node-cron understands its expressions in `timezone`. node-cron itself counts only from the wall
 *  clock; here the answer depends on nothing but the arguments. Throws what node-cron throws for a bad expression.
 *
 *  Where clocks change it is as with Vixie's cron: an expression that fixes the hour ticks once that day, at the first instant
 *  after the gap if its time is left out, the first time if it comes twice; one for every hour goes on as if nothing were. */
export function createNextTick(timezone: string): NextTick {
  const crons = new Map<string, Cron>();
  return (poll, after) => {
    const cron = crons.get(poll) ?? readCron(poll, timezone);
    crons.set(poll, cron);
    const afterMs = Date.parse(after);
    const known = cron.answers.find((answer) => afterMs >= answer.afterMs && afterMs < answer.nextMs);
    if (known) return known.next;
    const nextMs = findNext(cron, afterMs);
    const answer = { afterMs, nextMs, next: new Date(nextMs).toISOString() };
    cron.answers = [answer, ...cron.answers.slice(0, ANSWERS_KEPT - 1)];
    return answer.next;
  };
}

interface Cron {
  readonly seconds: ReadonlySet<number>;
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly matches: (date: Date) => boolean;
  /** Of the day alone, whatever the time. */
  readonly matchesDay: (date: Date) => boolean;
  readonly localTime: (ms: number) => { hour: number; minute: number };
  /** The last few, newest first; each is good for every instant between its two. */
  answers: readonly { readonly afterMs: number; readonly nextMs: number; readonly next: Instant }[];
}

function readCron(poll: string, timezone: string): Cron {
  const { second, minute, hour } = parse(poll);
  const dayFields = poll.trim().split(/\s+/).slice(-3).join(' ');
  return {
    seconds: new Set(second),
    minutes: new Set(minute),
    hours: new Set(hour),
    matches: matcherOf(poll, timezone),
    matchesDay: matcherOf(`* * ${dayFields}`, timezone),
    localTime: localClock(timezone),
    answers: [],
  };
}

function matcherOf(poll: string, timezone: string): (date: Date) => boolean {
  const task = createTask(poll, () => undefined, { timezone });
  // Out of node-cron's list of tasks: it is never to run.
  void task.destroy();
  return (date) => task.match(date);
}

/** Steps by quarters of an hour and asks node-cron (0.02 ms a question) only where hour, minute and second fit already. */
function findNext(cron: Cron, afterMs: number): number {
  const endMs = afterMs + HORIZON_MS;
  const isHourFixed = cron.hours.size < 24;
  let quarterMs = Math.floor(afterMs / QUARTER_MS) * QUARTER_MS;
  while (quarterMs < endMs) {
    const { hour, minute } = cron.localTime(quarterMs);
    if (isHourFixed && quarterMs > afterMs && isLeftOutBefore(cron, quarterMs) && cron.matchesDay(new Date(quarterMs)))
      return quarterMs;
    const isWanted = cron.hours.has(hour) && !(isHourFixed && isSecondTime(cron, quarterMs));
    const [first] = isWanted ? timesIn(cron, quarterMs, minute).filter((ms) => ms > afterMs) : [];
    if (first !== undefined && cron.matches(new Date(first))) return first;
    // Only its day can be wrong: on to 22 o'clock, which is the same day even where clocks change.
    quarterMs += first !== undefined && hour < 22 ? (22 - hour) * HOUR_MS : QUARTER_MS;
  }
  return endMs;
}

/** Whether clocks go forward at the instant, over a time that the expression wants. */
function isLeftOutBefore({ hours, minutes, localTime }: Cron, ms: number): boolean {
  const minuteOfDay = ({ hour, minute }: { hour: number; minute: number }) => hour * 60 + minute;
  const last = minuteOfDay(localTime(ms - QUARTER_MS));
  const leftOut = (minuteOfDay(localTime(ms)) - last - 15 + DAY_MINUTES) % DAY_MINUTES;
  // Where they go back it is nearly a day.
  if (leftOut === 0 || leftOut > DAY_MINUTES / 2) return false;
  const times = Array.from({ length: leftOut }, (_, at) => (last + 15 + at) % DAY_MINUTES);
  return times.some((time) => hours.has(Math.floor(time / 60)) && minutes.has(time % 60));
}

/** Whether clocks showed the same time less than three hours before: they have gone back. */
function isSecondTime({ localTime }: Cron, ms: number): boolean {
  const { hour, minute } = localTime(ms);
  return [30, 60, 120].some((back) => {
    const before = localTime(ms - back * MINUTE_MS);
    return before.hour === hour && before.minute === minute;
  });
}

function timesIn(cron: Cron, quarterMs: number, startMinute: number): number[] {
  const times: number[] = [];
  for (let minute = 0; minute < 15; minute += 1) {
    if (!cron.minutes.has(startMinute + minute)) continue;
    for (const second of cron.seconds) times.push(quarterMs + minute * MINUTE_MS + second * SECOND_MS);
  }
  return times.sort((a, b) => a - b);
}

function localClock(timezone: string): Cron['localTime'] {
  if (timezone === 'UTC') {
    return (ms) => ({ hour: Math.floor(ms / HOUR_MS) % 24, minute: Math.floor(ms / MINUTE_MS) % 60 });
  }
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (ms) => {
    const [hour = '', minute = ''] = format.format(ms).split(':');
    return { hour: Number(hour), minute: Number(minute) };
  };
}
