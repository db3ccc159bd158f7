import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shownCount, tallyStep } from '../../src/publish/tally-steps.ts';

const cases: readonly (readonly [count: number, step: number | undefined, shown: string | undefined])[] = [
  [0, undefined, undefined],
  [-3, undefined, undefined],
  [0.5, undefined, undefined],
  [Number.NaN, undefined, undefined],
  [Number.POSITIVE_INFINITY, undefined, undefined],
  [1, 1, '1 view'],
  [2, 2, '2+ views'],
  [4, 2, '2+ views'],
  [5, 5, '5+ views'],
  [9, 5, '5+ views'],
  [10, 10, '10+ views'],
  [19, 10, '10+ views'],
  [24, 20, '20+ views'],
  [99, 50, '50+ views'],
  [999, 500, '500+ views'],
  [1000, 1000, '1K+ views'],
  [26_000, 20_000, '20K+ views'],
  [5_100_000, 5_000_000, '5M+ views'],
];
for (const [count, step, shown] of cases) {
  test(`tallyStep: ${count}`, () => {
    assert.is(tallyStep(count), step);
    assert.is(shownCount(count), shown);
  });
}

test('tallyStep: 10,000 views change what is shown 13 times', () => {
  const steps = new Set(Array.from({ length: 10_000 }, (_, index) => tallyStep(index + 1)));
  assert.equal([...steps], [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]);
});

test.run();
