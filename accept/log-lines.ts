/** One line of the program's log. */
export interface LogLine {
  readonly event: string;
  readonly level: string;
  readonly at: string;
  readonly [field: string]: unknown;
}

/** The whole lines of a log; a last one that was cut off was never said. */
export function logLines(stderr: string): readonly LogLine[] {
  return stderr
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}
