import { pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One event: a fixed dotted name; everything that varies goes into `fields`, units in their names. */
export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** A log that writes one line an event: JSON (pino) for machines, short words when `pretty` for a person at a terminal.
 *  No control character gets through either way: JSON escapes them, the pretty line replaces them. */
export function createLog(options: {
  level: LogLevel | 'silent';
  pretty: boolean;
  write: (line: string) => void;
}): Log {
  const { level, pretty, write } = options;
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'event',
      errorKey: 'error',
    },
    { write: (line: string) => write(pretty ? prettyLine(line) : escapeDel(line)) },
  );
  return (eventLevel, event, fields = {}) => logger[eventLevel](fields, event);
}

function prettyLine(json: string): string {
  const { at, level, event, message, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const words = message === undefined ? event : `${event}: ${plain(message)}`;
  const details = Object.entries(fields).map(([name, value]) => `${name}=${plain(value)}`);
  const mark = level === 'info' || level === 'debug' ? '' : `${level}: `;
  return `${String(at).slice(11, 19)} ${mark}${[words, ...details].join(' ')}\n`;
}

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `${text}`.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ');
}

/** JSON leaves DEL and the C1 controls as they are; some terminals obey them. */
function escapeDel(line: string): string {
  return line.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
