import { MINUTE_MS } from '../durations.ts';
import type { Log } from '../log.ts';
import type { Instant } from '../model.ts';
import type { StoreNotice } from './store.ts';

const NOTICES_KEPT = 50;
const SAME_AGAIN_AFTER_MS = MINUTE_MS;
/** A full disk refuses every file at once, and each of them once more every minute. */
const REFUSED_WRITES = new Set(['store.failed', 'store.tallies']);

/** What the operator should know: in the log, and on the status page through `list`. The same words at most once a minute; of
 *  refused writes the first in a minute, the others at level debug. */
export interface Notices {
  /** Oldest first, the last 50. */
  readonly list: readonly StoreNotice[];
  report(level: 'info' | 'warn' | 'error', event: string, file: string, message: string): void;
}

export function createNotices(clock: () => Instant, log: Log): Notices {
  const list: StoreNotice[] = [];
  const reportedAtMs = new Map<string, number>();
  let refusalReportedAtMs = Number.NEGATIVE_INFINITY;
  return {
    list,
    report(level, event, file, message) {
      const words = `${file}\n${message}`;
      const now = performance.now();
      if (now - (reportedAtMs.get(words) ?? Number.NEGATIVE_INFINITY) < SAME_AGAIN_AFTER_MS) return;
      reportedAtMs.delete(words);
      reportedAtMs.set(words, now);
      for (const oldest of reportedAtMs.keys()) if (reportedAtMs.size > NOTICES_KEPT) reportedAtMs.delete(oldest);
      const again = list.findIndex((notice) => notice.file === file && notice.message === message);
      if (again >= 0) list.splice(again, 1);
      list.push({ at: clock(), file, message });
      list.splice(0, list.length - NOTICES_KEPT);
      const isMoreOfTheSame = REFUSED_WRITES.has(event) && now - refusalReportedAtMs < SAME_AGAIN_AFTER_MS;
      if (REFUSED_WRITES.has(event) && !isMoreOfTheSame) refusalReportedAtMs = now;
      log(isMoreOfTheSame ? 'debug' : level, event, { file, message });
    },
  };
}
