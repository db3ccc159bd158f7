import { MINUTE_MS } from '../durations.ts';
import type { Log } from '../log.ts';
import type { Instant } from '../model.ts';
import type { StoreNotice } from './store.ts';

const NOTICES_KEPT = 50;
const SAME_AGAIN_AFTER_MS = MINUTE_MS;
/** A full disk refuses every file at once, and each of them once more every minute. */
const REFUSED_WRITES = new Set(['store.failed', 'store.tallies']);

/** Tells the operator: in the log, and on the status page through `list`. The same words at most once a minute; of writes that
 *  are refused the first in a minute, the others at level debug. */
export interface Notices {
  /** Oldest first, the last 50. */
  readonly list: readonly StoreNotice[];
  tell(level: 'info' | 'warn' | 'error', event: string, file: string, message: string): void;
}

export function createNotices(clock: () => Instant, log: Log): Notices {
  const list: StoreNotice[] = [];
  const toldAtMs = new Map<string, number>();
  let refusalToldAtMs = Number.NEGATIVE_INFINITY;
  return {
    list,
    tell(level, event, file, message) {
      const words = `${file}\n${message}`;
      const now = performance.now();
      if (now - (toldAtMs.get(words) ?? Number.NEGATIVE_INFINITY) < SAME_AGAIN_AFTER_MS) return;
      toldAtMs.delete(words);
      toldAtMs.set(words, now);
      for (const oldest of toldAtMs.keys()) if (toldAtMs.size > NOTICES_KEPT) toldAtMs.delete(oldest);
      const again = list.findIndex((notice) => notice.file === file && notice.message === message);
      if (again >= 0) list.splice(again, 1);
      list.push({ at: clock(), file, message });
      list.splice(0, list.length - NOTICES_KEPT);
      const isMoreOfTheSame = REFUSED_WRITES.has(event) && now - refusalToldAtMs < SAME_AGAIN_AFTER_MS;
      if (REFUSED_WRITES.has(event) && !isMoreOfTheSame) refusalToldAtMs = now;
      log(isMoreOfTheSame ? 'debug' : level, event, { file, message });
    },
  };
}
