import { createInterface } from 'node:readline';
import type { CliIo } from './context.ts';

const MAX_DRAWN_CHARACTERS = 78;

/** Lines of left-aligned columns, two spaces apart; the last column is not padded. Control characters become spaces. */
export function inTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** `text` on one line, as what a publisher wrote must not move the cursor or change the colours of a terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

/** A number with its noun: '1 source', '2 sources', '1 entry', '0 entries'. */
export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ie` : noun}s`;
}

/** A line that says what is going on, drawn over on a terminal. */
export interface DrawnLine {
  show(text: string): void;
  clear(): void;
}

/** One line of stderr; nothing when it is no terminal. */
export function drawLine(io: CliIo): DrawnLine {
  if (!io.isTerminal) return { show() {}, clear() {} };
  const clear = () => io.err('\r\u001b[K');
  return { show: (text) => io.err(`\r\u001b[K${printable(text).slice(0, MAX_DRAWN_CHARACTERS)}`), clear };
}

/** A way to ask the person at the keyboard a line, on stderr. The answer is trimmed; undefined at the end of input or Ctrl-C. */
export function askAtKeyboard(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
  return (question: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      const reader = createInterface({ input, output, terminal: true });
      reader.question(question, (answer) => {
        resolve(answer.trim());
        reader.close();
      });
      reader.on('SIGINT', () => reader.close());
      reader.on('close', () => resolve(undefined));
    });
}
