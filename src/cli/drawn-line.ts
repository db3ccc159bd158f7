import type { CliIo } from './context.ts';
import { printable } from './table.ts';

const MAX_CHARACTERS = 78;

/** A line that says what is going on, drawn over on a terminal. */
export interface DrawnLine {
  show(text: string): void;
  clear(): void;
}

/** One line of stderr; nothing when it is no terminal. */
export function drawLine(io: CliIo): DrawnLine {
  if (!io.isTerminal) return { show() {}, clear() {} };
  const clear = () => io.err('\r\u001b[K');
  return { show: (text) => io.err(`\r\u001b[K${printable(text).slice(0, MAX_CHARACTERS)}`), clear };
}
