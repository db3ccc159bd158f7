import { getHeapStatistics } from 'node:v8';
import { HOUR_MS, SECOND_MS } from '../durations.ts';
import type { Log } from '../log.ts';
import type { Instant } from '../model.ts';

const EVERY_MS = 30 * SECOND_MS;
/** Within five minutes a full collection has been: the least of so many is what really is in use. */
const SAMPLES = 10;
const NEARLY_FULL = 0.8;
const AGAIN_MS = HOUR_MS;

/** Sees that the heap is nearly full, before V8 ends the process in words of its own. */
export interface HeapWatch {
  /** What the operator should do, as long as it is so. */
  notice(): { readonly at: Instant; readonly file: string; readonly message: string } | undefined;
  stop(): void;
}

export function createHeapWatch(ports: {
  readonly clock: () => Instant;
  readonly log: Log;
  readonly statistics?: () => { readonly used_heap_size: number; readonly heap_size_limit: number };
  readonly everyMs?: number;
}): HeapWatch {
  const { clock, log, statistics = getHeapStatistics, everyMs = EVERY_MS } = ports;
  const used: number[] = [];
  let notice: ReturnType<HeapWatch['notice']>;
  let saidAtMs = Number.NEGATIVE_INFINITY;
  const timer = setInterval(() => {
    const { used_heap_size, heap_size_limit } = statistics();
    used.push(used_heap_size);
    if (used.length > SAMPLES) used.shift();
    const least = Math.min(...used);
    if (used.length < SAMPLES || least < NEARLY_FULL * heap_size_limit) {
      notice = undefined;
      return;
    }
    const message = inWords(least, heap_size_limit);
    notice = { at: notice?.at ?? clock(), file: 'memory', message };
    if (performance.now() - saidAtMs < AGAIN_MS) return;
    saidAtMs = performance.now();
    log('warn', 'memory.short', { usedBytes: least, limitBytes: heap_size_limit, message });
  }, everyMs);
  timer.unref();
  return { notice: () => notice, stop: () => clearInterval(timer) };
}

function inWords(used: number, limit: number): string {
  const inMB = (bytes: number) => Math.round(bytes / 1_000_000);
  const twice = Math.ceil((2 * limit) / 1_048_576);
  return (
    `${inMB(used)} of ${inMB(limit)} MB of memory are in use; when all are, viaduct ends. ` +
    `Give it more (NODE_OPTIONS=--max-old-space-size=${twice}), or keep less: lower retentionDays, limits.maxMemoryMB or the number of sources.`
  );
}
