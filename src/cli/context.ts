import type { Log } from '../log.ts';
import type { Config, Settings } from '../model.ts';

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
  /** Calls back when the process is asked to end (SIGTERM, SIGINT, the end of its terminal). */
  onStop(stop: (signal: string) => void): void;
  /** Calls back whenever the process is asked to read feeds.json again (SIGHUP). */
  onReload(reload: () => void): void;
}

/** What a command gets: its surroundings, read when it asks for them. */
export interface CommandContext {
  readonly io: CliIo;
  readonly settings: Settings;
  readonly log: Log;
  loadConfig(): Promise<Config>;
}

export interface CommonFlags {
  readonly config?: string;
  readonly data?: string;
  readonly logLevel?: string;
  readonly host?: string;
  readonly port?: string;
}
