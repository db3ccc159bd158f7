import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Adapter } from 'lowdb';
import { ViaductError } from '../errors.ts';
import { type Damage, readJson, type Shape } from './recover.ts';
import { errorCode, type StoreFs } from './store-fs.ts';

/** Characters that are made and written at a time: bounds how long the event loop is held, whatever the file's size. */
const SLICE_CHARS = 128 * 1024;
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** lowdb's way to one JSON file: a write that resolved survives a power cut, one that threw changed nothing.
 *  Reading falls back to the copy that the last write kept; `onDamage` hears of it. */
export function durableAdapter<T extends object>(
  fs: StoreFs,
  file: string,
  shape: Shape<T>,
  onDamage: (damage: Damage) => void,
  options?: WriteOptions,
): Adapter<T> {
  return {
    read: () => readJson(fs, file, shape, onDamage),
    write: (data) => writeDurably(fs, file, jsonSlices(data), options),
  };
}

export interface WriteOptions {
  /** Whether the old content is kept as .bak; default true. */
  readonly backup?: boolean;
  /** Permissions of the new file, less the umask. */
  readonly mode?: number;
}

/** Puts a new content in the place of a file, whole or not at all: temp file in the same folder, fsync, size compared,
 *  the old content kept as .bak, rename, fsync of the folder.
 *  @throws ViaductError 'store/full' or 'store/write': the file is as it was, the temp file is gone (if only the
 *  fsync of the folder failed, the new content may be in place) */
export async function writeDurably(
  fs: StoreFs,
  file: string,
  slices: Iterable<string>,
  { backup = true, mode = 0o666 }: WriteOptions = {},
): Promise<void> {
  const temp = `${file}.tmp`;
  try {
    await writeTemp(fs, temp, slices, mode);
    if (backup) await keepOld(fs, file);
    await fs.rename(temp, file);
    await syncTogether(fs, path.dirname(file));
  } catch (error) {
    await fs.rm(temp, { force: true }).catch(() => undefined);
    throw explainWriteError(error, file);
  }
}

async function writeTemp(fs: StoreFs, temp: string, slices: Iterable<string>, mode: number): Promise<void> {
  const handle = await fs.open(temp, 'w', mode);
  try {
    let written = 0;
    for (const slice of slices) {
      const bytes = Buffer.from(slice);
      await handle.writeFile(bytes);
      written += bytes.length;
    }
    await handle.sync();
    const { size } = await handle.stat();
    // A full disk has been seen to "succeed" with a shorter file.
    if (size !== written) throw new ViaductError('store/full', `${temp}: only ${size} of ${written} bytes were kept.`);
  } finally {
    await handle.close();
  }
}

/** A hard link costs no space; where the file system has none, a copy. The copy of before goes only when there is an old
 *  content to take its place. */
async function keepOld(fs: StoreFs, file: string): Promise<void> {
  const copy = `${file}.bak`;
  const link = () => fs.link(file, copy);
  const replace = () => fs.rm(copy).then(link);
  try {
    await link().catch((error) => {
      const code = errorCode(error);
      if (code === 'EEXIST') return replace();
      if (code === 'ENOENT') throw error;
      return fs.copyFile(file, copy);
    });
  } catch (error) {
    // Nothing is kept of a file that is new.
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

interface FolderSyncs {
  running: Promise<unknown>;
  /** Has not begun yet, so it takes along every rename up to now. */
  next: Promise<void> | undefined;
}

const syncsOf = new WeakMap<StoreFs, Map<string, FolderSyncs>>();

/** syncFolder, shared by all that wait for it at one time: a first poll of 1,000 sources has 16 files in hand at once, and one
 *  sync makes all their renames durable. */
function syncTogether(fs: StoreFs, folder: string): Promise<void> {
  const folders = syncsOf.get(fs) ?? new Map<string, FolderSyncs>();
  syncsOf.set(fs, folders);
  const syncs = folders.get(folder) ?? { running: Promise.resolve(), next: undefined };
  folders.set(folder, syncs);
  syncs.next ??= syncs.running.then(() => {
    syncs.next = undefined;
    const sync = syncFolder(fs, folder);
    syncs.running = sync.catch(() => undefined);
    return sync;
  });
  return syncs.next;
}

/** Makes renames in a folder durable. */
export async function syncFolder(fs: StoreFs, folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await fs.open(folder, 'r');
    await handle.sync();
  } catch (error) {
    // Some file systems (and Windows) cannot sync a folder, and need not.
    if (!['EINVAL', 'EPERM', 'EBADF', 'ENOTSUP', 'EISDIR'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}

/** JSON with each element of a top-level list on a line of its own, in slices: readable with line tools, and the event loop
 *  gets its turn between two slices. */
export function* jsonSlices(data: object): Generator<string> {
  let text = '{';
  let comma = '';
  for (const [key, value] of Object.entries(data)) {
    if (value === undefined) continue;
    text += `${comma}\n${JSON.stringify(key)}:`;
    comma = ',';
    if (!Array.isArray(value)) {
      text += JSON.stringify(value);
      continue;
    }
    text += '[';
    let separator = '\n';
    for (const element of value) {
      text += separator + JSON.stringify(element);
      separator = ',\n';
      if (text.length < SLICE_CHARS) continue;
      yield text;
      text = '';
    }
    text += ']';
  }
  yield `${text}\n}\n`;
}

/** The failed write of `file` as a ViaductError; what is no error of a file system comes back as it is. */
export function explainWriteError(error: unknown, file: string): unknown {
  const code = errorCode(error);
  if (error instanceof ViaductError || code === undefined) return error;
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new ViaductError('store/write', `${file} cannot be made: there is a file where a folder is needed.`, {
      cause: error,
    });
  }
  return FULL.has(code)
    ? new ViaductError(
        'store/full',
        `There is no space left to write ${file} (${code}). Free some: nothing stored is lost, and polling goes on by itself.`,
        { cause: error },
      )
    : new ViaductError(
        'store/write',
        `${file} cannot be written (${code}). Does its folder exist, can it be written to, and is the disk working?`,
        { cause: error },
      );
}
