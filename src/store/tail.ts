import type { FileHandle } from 'node:fs/promises';
import { explainWriteError, writeDurably } from './durable-adapter.ts';
import { type Damage, refuseNewer } from './recover.ts';
import { errorCode, type StoreFs } from './store-fs.ts';

/** A file that only grows, a line of JSON a change: what was changed since the file that it goes on from was last written whole. */
export interface Tail {
  /** Resolves once the text survives the process. After a failure the end may be torn: `replace` before the next append. */
  append(text: string): Promise<void>;
  /** Resolves once all that was appended survives a power cut. */
  sync(): Promise<void>;
  /** A new content in place of the whole, durable. */
  replace(slices: Iterable<string>): Promise<void>;
  close(): Promise<void>;
}

export interface TailContent<Line> {
  /** Number of the whole file that it goes on from. */
  readonly generation: number;
  readonly lines: readonly Line[];
  /** False when the last line was torn: then nothing may be appended. */
  readonly isWhole: boolean;
}

/** The tail at `file`. Every failure is a ViaductError 'store/full' or 'store/write'. */
export function openTail(fs: StoreFs, file: string): Tail {
  let handle: FileHandle | undefined;

  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainWriteError(error, file);
    }
  };

  async function close(): Promise<void> {
    const open = handle;
    handle = undefined;
    await open?.close();
  }

  return {
    append: (text) =>
      explained(async () => {
        handle ??= await fs.open(file, 'a');
        await handle.writeFile(text);
      }),
    sync: () => explained(async () => handle?.datasync()),
    replace: (slices) =>
      explained(async () => {
        await close();
        // No copy is kept: what went from the tail must be gone, such as yesterday's keys.
        await writeDurably(fs, file, slices, { backup: false });
      }),
    close: () => explained(close),
  };
}

/** What a tail holds; undefined if there is none, or if it is damaged (`onDamage` hears of it), because then nobody knows which file it
 *  goes on from. Lines that are none (`isLine`) are left out. */
export async function readTail<Line extends object>(
  fs: StoreFs,
  file: string,
  isLine: (value: object) => value is Line,
  onDamage: (damage: Damage) => void,
): Promise<TailContent<Line> | undefined> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw explainWriteError(error, file);
  }
  const [first = '', ...rest] = text.split('\n');
  const header = parseLine(first) as { version?: unknown; generation?: unknown } | undefined;
  refuseNewer(file, header?.version);
  if (typeof header?.generation !== 'number') {
    onDamage({ file, why: text === '' ? 'is empty' : 'has no readable first line', restored: false });
    return undefined;
  }
  const torn = rest.pop();
  const values = rest.map(parseLine).filter((value) => value !== undefined);
  return { generation: header.generation, lines: values.filter(isLine), isWhole: torn === '' };
}

function parseLine(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a fresh tail, in slices. */
export function* tailText(generation: number, lines: readonly object[]): Generator<string> {
  yield `${JSON.stringify({ version: 1, generation })}\n`;
  const LINES_A_SLICE = 1000;
  for (let from = 0; from < lines.length; from += LINES_A_SLICE) {
    yield linesText(lines.slice(from, from + LINES_A_SLICE));
  }
}

export function linesText(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
