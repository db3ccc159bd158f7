import { createTask, parse } from 'node-cron';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../durations.ts';
import type { Instant } from '../model.ts';

/** All offsets of time zones in use are multiples of it, and they change on one. */
const QUARTER_MS = 15 * MINUTE_MS;
/** Reaches the next 29 February; for a day that never comes the answer is `after` plus this. */
const HORIZON_MS = 5 * 366 * 24 * HOUR_MS;

/** The sources of one round ask about the same few ticks: now, the one after it, and where their waits end. Worked out anew each
 *  time, they took a third of a poll that finds nothing changed. */
const ANSWERS_KEPT = 16;

/** The first tick of a cron expression after an instant. */
export type NextTick = (poll: string, after: Instant) => Instant;

/** A calculator of ticks as node-cron understands its expressions in `timezone`. node-cron itself counts only from the wall
 *  clock; here the answer depends on nothing but the arguments. Throws what node-cron throws for a bad expression. */
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
  readonly localTime: (ms: number) => { hour: number; minute: number };
  /** The last few, newest first; each is good for every instant between its two. */
  answers: readonly { readonly afterMs: number; readonly nextMs: number; readonly next: Instant }[];
}

function readCron(poll: string, timezone: string): Cron {
  const { second, minute, hour } = parse(poll);
  const task = createTask(poll, () => undefined, { timezone });
  // Out of node-cron's list of tasks: it is never to run.
  void task.destroy();
  return {
    seconds: new Set(second),
    minutes: new Set(minute),
    hours: new Set(hour),
    matches: (date) => task.match(date),
    localTime: localClock(timezone),
    answers: [],
  };
}

/** Steps by quarters of an hour and asks node-cron (0.02 ms a question) only where hour, minute and second fit already. */
function findNext(cron: Cron, afterMs: number): number {
  const endMs = afterMs + HORIZON_MS;
  let quarterMs = Math.floor(afterMs / QUARTER_MS) * QUARTER_MS;
  while (quarterMs < endMs) {
    const { hour, minute } = cron.localTime(quarterMs);
    const candidates = cron.hours.has(hour) ? timesIn(cron, quarterMs, minute).filter((ms) => ms > afterMs) : [];
    const [first] = candidates;
    if (first !== undefined && cron.matches(new Date(first))) return first;
    // Only its day can be wrong: on to 22 o'clock, which is the same day even where clocks change.
    quarterMs += first !== undefined && hour < 22 ? (22 - hour) * HOUR_MS : QUARTER_MS;
  }
  return endMs;
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
