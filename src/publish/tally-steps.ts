/** The last of the steps 1, 2, 5, 10, 20, 50, … that `count` has passed: all that feeds tell of a tally, so that their
 *  bytes change a handful of times in an item's life. Undefined below 1 and for what is no count. */
export function tallyStep(count: number): number | undefined {
  if (!(count >= 1 && count <= Number.MAX_SAFE_INTEGER)) return undefined;
  let power = 1;
  while (power * 10 <= count) power *= 10;
  if (count >= 5 * power) return 5 * power;
  return count >= 2 * power ? 2 * power : power;
}

/** The step in words: '1 view', '20+ views', '5K+ views'. Undefined below 1. */
export function shownCount(count: number): string | undefined {
  const step = tallyStep(count);
  if (step === undefined) return undefined;
  return step === 1 ? '1 view' : `${shorten(step)}+ views`;
}

function shorten(step: number): string {
  if (step >= 1_000_000) return `${step / 1_000_000}M`;
  return step >= 1_000 ? `${step / 1_000}K` : `${step}`;
}
