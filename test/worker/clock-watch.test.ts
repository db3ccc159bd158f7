import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/durations.ts';
import { createClockWatch } from '../../src/worker/clock-watch.ts';

const YEAR_MS = 365 * DAY_MS;

/** What is seen of jumps of the wall clock that follow each other. */
async function watch(jumps: readonly number[]): Promise<readonly [seconds: number[], isFarOff: boolean[]]> {
  let wallMs = Date.parse('2026-03-04T12:00:00Z');
  let monotonicMs = 1000;
  const seen: number[] = [];
  const log = (_: string, __: string, fields?: object) => {
    if (fields && 'seconds' in fields) seen.push(Number(fields.seconds));
  };
  const clocks = { clockMs: () => wallMs, monotonicMs: () => monotonicMs, log };
  const clockWatch = createClockWatch({ ...clocks, everyMs: 1 });
  let heard = 0;
  clockWatch.onJump(() => {
    heard += 1;
  });
  const isFarOff: boolean[] = [];
  for (const jump of jumps) {
    wallMs += jump + 5 * MINUTE_MS;
    monotonicMs += 5 * MINUTE_MS;
    await new Promise((resolve) => setTimeout(resolve, 10));
    isFarOff.push(clockWatch.isFarOff());
  }
  clockWatch.stop();
  assert.is(heard, seen.length);
  return [seen, isFarOff];
}

test('createClockWatch: time that passes is no jump, nor is a second either way', async () => {
  assert.equal(await watch([0, SECOND_MS, -SECOND_MS, 59 * SECOND_MS]), [[], [false, false, false, false]]);
});

for (const [name, jump, isFar] of [
  ['an hour', HOUR_MS, false],
  ['a day', DAY_MS, false],
  ['40 years', 40 * YEAR_MS, true],
] as const) {
  test(`createClockWatch: ${name} forward and back, back and forward`, async () => {
    const seconds = jump / SECOND_MS;
    assert.equal(await watch([jump, 0, -jump]), [
      [seconds, -seconds],
      [isFar, isFar, false],
    ]);
    assert.equal(await watch([-jump, jump]), [
      [-seconds, seconds],
      [isFar, false],
    ]);
  });
}

test.run();
