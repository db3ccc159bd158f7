/** One acceptance check: accept/check-NN-name.ts exports it as `check`. */
export interface Check {
  readonly title: string;
  run(report: Report): Promise<void>;
}

/** Where a check says what it measured. */
export interface Report {
  /** One measured figure beside its limit; the check passes when all of them are good. */
  figure(name: string, value: number | string, limit: string, isGood: boolean): void;
  /** What must not be there: how many, or which. The first few are shown. */
  none(name: string, found: number | Iterable<string>): void;
  /** A figure that must be exactly this. */
  equal(name: string, value: number | string | null, wanted: number | string): void;
  /** Nothing could be measured, and why (material that is not here, a tool that is not installed). */
  skip(reason: string): void;
  /** 'failed' also for a check that measured nothing. */
  outcome(): 'passed' | 'failed' | 'skipped';
}

const SHOWN = 10;

export function createReport(print: (line: string) => void): Report {
  let figures = 0;
  let bad = 0;
  let isSkipped = false;
  const figure: Report['figure'] = (name, value, limit, isGood) => {
    figures += 1;
    if (!isGood) bad += 1;
    print(`${isGood ? 'ok  ' : 'MISS'} ${name}: ${value} (limit ${limit})`);
  };
  return {
    figure,
    none(name, found) {
      const list = typeof found === 'number' ? [] : [...found];
      const count = typeof found === 'number' ? found : list.length;
      const shown = list.slice(0, SHOWN).map((one) => `\n        ${one}`);
      figure(name, `${count}${shown.join('')}`, '0', count === 0);
    },
    equal: (name, value, wanted) => figure(name, `${value}`, `${wanted}`, value === wanted),
    skip(reason) {
      isSkipped = true;
      print(`skip: ${reason}`);
    },
    outcome: () => (bad > 0 || (figures === 0 && !isSkipped) ? 'failed' : figures === 0 ? 'skipped' : 'passed'),
  };
}
