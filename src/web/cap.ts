import type { Instant } from '../model.ts';

/** Networks remembered at once; the longest known are forgotten first. 100,000 take about 15 MB. */
const MAX_KEYS = 100_000;

/** At most so many a key within one span of time. */
export interface Cap {
  /** Whether there was one left. */
  take(key: string, now: Instant): boolean;
  /** Takes one back, so that a visitor who was here before does not use up a network's share. */
  giveBack(key: string): void;
}

/** At most `limit` a key within one span of time, which is the first `spanChars` characters of an instant. */
export function createCap(limit: number, spanChars: number): Cap {
  let span = '';
  let taken = new Map<string, number>();
  return {
    take(key, now) {
      if (now.slice(0, spanChars) !== span) {
        span = now.slice(0, spanChars);
        taken = new Map();
      }
      const count = taken.get(key) ?? 0;
      if (count >= limit) return false;
      const oldest = taken.keys().next();
      if (taken.size >= MAX_KEYS && !oldest.done) taken.delete(oldest.value);
      taken.set(key, count + 1);
      return true;
    },
    giveBack(key) {
      const count = taken.get(key);
      if (count === undefined) return;
      if (count > 1) taken.set(key, count - 1);
      else taken.delete(key);
    },
  };
}
