/** What a command may touch of its process, so that a test needs none. */
export interface CliIo {
  /** The result, a line; goes to stdout. Resolves when the stream took it (back-pressure). */
  out(line: string): Promise<void>;
  /** Words for the person: goes to stderr. */
  err(line: string): void;
  /** Whether stderr is a terminal that may be drawn on. */
  readonly isTerminal: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
