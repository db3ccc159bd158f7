import type { FileHandle } from 'node:fs/promises';
import { explainWriteError, writeDurably } from './durable-adapter.ts';
import { type Damage, refuseNewer } from './recover.ts';
import { errorCode, type StoreFs } from './store-fs.ts';

/** The end of a log: what was counted since tallies.json was last written. */
export interface Tail {
  /** Resolves once the text survives the process. After a failure the end may be torn: `replace` before the next append. */
  append(text: string): Promise<void>;
  /** Resolves once all that was appended survives a power cut. */
  sync(): Promise<void>;
  /** A new content in place of the whole, durable. */
  replace(slices: Iterable<string>): Promise<void>;
  close(): Promise<void>;
}

/** One line of tallies.ndjson; without an item it only says that the key was seen on its day. */
export interface TailLine {
  readonly kind: 'view' | 'click';
  readonly item?: string;
  readonly key: string;
  /** Hours since 1970. */
  readonly hour: number;
}

export interface TailContent {
  readonly generation: number;
  readonly lines: readonly TailLine[];
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
        // No copy is kept: it would hold yesterday's keys.
        await writeDurably(fs, file, slices, { backup: false });
      }),
    close: () => explained(close),
  };
}

/** What a tail holds; undefined if there is none, or if it is damaged (`onDamage` hears of it), because then nobody knows whether it was counted. */
export async function readTail(
  fs: StoreFs,
  file: string,
  onDamage: (damage: Damage) => void,
): Promise<TailContent | undefined> {
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
  return { generation: header.generation, lines: rest.map(parseLine).filter(isTailLine), isWhole: torn === '' };
}

function isTailLine(line: object | undefined): line is TailLine {
  const { kind, item, key, hour } = (line ?? {}) as Partial<TailLine>;
  const isItem = item === undefined || typeof item === 'string';
  return (kind === 'view' || kind === 'click') && isItem && typeof key === 'string' && Number.isSafeInteger(hour);
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
export function* tailText(generation: number, lines: readonly TailLine[]): Generator<string> {
  yield `${JSON.stringify({ version: 1, generation })}\n`;
  const LINES_A_SLICE = 1000;
  for (let from = 0; from < lines.length; from += LINES_A_SLICE) {
    yield lines
      .slice(from, from + LINES_A_SLICE)
      .map(tailLineText)
      .join('');
  }
}

export function tailLineText(line: TailLine): string {
  return `${JSON.stringify(line)}\n`;
}
