/** One acceptance check: accept/check-NN-name.ts exports it as `check`. */
export interface Check {
  readonly title: string;
  run(report: Report): Promise<void>;
}

/** Where a check says what it measured. */
export interface Report {
  /** One measured figure beside its limit; the check passes when all of them are good. */
  figure(name: string, value: number | string, limit: string, isGood: boolean): void;
  /** Nothing could be measured, and why (material that is not here, a tool that is not installed). */
  skip(reason: string): void;
  /** 'failed' also for a check that measured nothing. */
  outcome(): 'passed' | 'failed' | 'skipped';
}

export function createReport(print: (line: string) => void): Report {
  let figures = 0;
  let bad = 0;
  let isSkipped = false;
  return {
    figure(name, value, limit, isGood) {
      figures += 1;
      if (!isGood) bad += 1;
      print(`${isGood ? 'ok  ' : 'MISS'} ${name}: ${value} (limit ${limit})`);
    },
    skip(reason) {
      isSkipped = true;
      print(`skip: ${reason}`);
    },
    outcome: () => (bad > 0 || (figures === 0 && !isSkipped) ? 'failed' : figures === 0 ? 'skipped' : 'passed'),
  };
}
