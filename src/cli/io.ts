/** What a command may touch of its process, so that a test needs none. */
export interface CliIo {
  /** The result, a line without its end; goes to stdout. Resolves when the stream took it (back-pressure). */
  out(line: string): Promise<void>;
  /** Words for the person and log lines, as they are: goes to stderr. */
  err(text: string): void;
  /** Whether stderr is a terminal that may be drawn on. */
  readonly isTerminal: boolean;
  /** Asks the person at the keyboard; undefined when no answer will come (end of input, Ctrl-C). Absent when nobody is there. */
  ask?(question: string): Promise<string | undefined>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back once, when the process is asked to end (SIGTERM, SIGINT, SIGHUP). */
  onStop(stop: (signal: string) => void): void;
}
