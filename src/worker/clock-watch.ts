import { DAY_MS, MINUTE_MS, SECOND_MS } from '../durations.ts';
import type { Log } from '../log.ts';

/** A smaller step is NTP's, or a busy machine. */
const JUMP_MS = MINUTE_MS;
/** A change by more than this is no correction and no time zone: the clock is wrong now, or was wrong before. */
const FAR_MS = 7 * DAY_MS;

/** Sees when the wall clock is set, which timers do not notice: they count on another one. */
export interface ClockWatch {
  /** Calls `listener` after each jump of over a minute, either way. */
  onJump(listener: () => void): void;
  /** Whether the clock stands over a week from where it stood at the start by no passing of time: what is old by it may be new. */
  isFarOff(): boolean;
  stop(): void;
}

/** `everyMs` is well below a minute, so that node-cron hears of a jump before its next slot: it would walk through every minute
 *  that was left out, 21 million of them in 40 years. */
export function createClockWatch(ports: {
  readonly clockMs: () => number;
  readonly monotonicMs: () => number;
  readonly log: Log;
  readonly everyMs?: number;
}): ClockWatch {
  const { clockMs, monotonicMs, log, everyMs = SECOND_MS } = ports;
  const listeners: (() => void)[] = [];
  let offsetMs = clockMs() - monotonicMs();
  let farMs = 0;
  const timer = setInterval(() => {
    const jumpMs = clockMs() - monotonicMs() - offsetMs;
    offsetMs += jumpMs;
    if (Math.abs(jumpMs) < JUMP_MS) return;
    if (Math.abs(jumpMs) > FAR_MS) farMs += jumpMs;
    const words =
      Math.abs(farMs) > FAR_MS
        ? 'The clock was set far; until it is back, or viaduct starts anew, no entry expires.'
        : 'The clock was set.';
    log('warn', 'clock.jumped', { seconds: Math.round(jumpMs / SECOND_MS), message: words });
    for (const listener of listeners) listener();
  }, everyMs);
  timer.unref();
  return {
    onJump: (listener) => void listeners.push(listener),
    isFarOff: () => Math.abs(farMs) > FAR_MS,
    stop: () => clearInterval(timer),
  };
}
