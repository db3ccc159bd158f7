import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHeapWatch } from '../../src/worker/heap-watch.ts';

const NOW = '2026-03-04T12:00:00.000Z';
const LIMIT = 1_000_000_000;

/** What the watch says when the heap was found to be so full, in shares of its limit, one after the other. */
async function watch(...shares: readonly number[]) {
  const logged: string[] = [];
  const rest = [...shares];
  // The watch keeps no process alive.
  const alive = setInterval(() => undefined, 1000);
  const notice = await new Promise((resolve) => {
    const watched = createHeapWatch({
      clock: () => NOW,
      log: (_, event) => void logged.push(event),
      statistics: () => {
        if (rest.length === 0) {
          resolve(watched.notice());
          watched.stop();
        }
        return { used_heap_size: (rest.shift() ?? 0) * LIMIT, heap_size_limit: LIMIT };
      },
      everyMs: 1,
    });
  });
  clearInterval(alive);
  return { logged, notice: notice as { at: string; message: string } | undefined };
}

const full = (count: number) => Array.from({ length: count }, () => 0.9);

test('createHeapWatch: a heap that stays nearly full is told once, with what to do', async () => {
  const { logged, notice } = await watch(...full(30));
  assert.equal(logged, ['memory.short']);
  assert.is(notice?.at, NOW);
  assert.match(
    notice?.message ?? '',
    /^900 of 1000 MB of memory are in use; .*--max-old-space-size=1908.*retentionDays/,
  );
});

test('createHeapWatch: one that was collected meanwhile is not full', async () => {
  const { logged, notice } = await watch(...full(9), 0.5, ...full(9));
  assert.equal([logged, notice], [[], undefined]);
});

test('createHeapWatch: when there is room again nothing is said any more', async () => {
  const { logged, notice } = await watch(...full(15), 0.2);
  assert.equal([logged, notice], [['memory.short'], undefined]);
});

test.run();
