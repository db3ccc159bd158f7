/** Loaded before the program (node --import): its wall clock runs as far off as the file named by CLOCK_SHIFT says, in
 *  milliseconds. The monotonic clock stays. */
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_SHIFT ?? '';
const RealDate = Date;
const realNow = Date.now;
let shiftMs = 0;
setInterval(() => {
  shiftMs = Number(readFileSync(file, 'utf8')) || 0;
}, 50).unref();

class ShiftedDate extends RealDate {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(realNow() + shiftMs);
    else super(...given);
  }
  static override now(): number {
    return realNow() + shiftMs;
  }
}
globalThis.Date = ShiftedDate as DateConstructor;
