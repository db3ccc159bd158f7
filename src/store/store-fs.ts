import type * as nodeFs from 'node:fs/promises';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ViaductError } from '../errors.ts';

/** What the store asks of a file system. node:fs/promises has it; a test can watch the order of the calls. */
export type StoreFs = Pick<
  typeof nodeFs,
  | 'chmod'
  | 'copyFile'
  | 'link'
  | 'mkdir'
  | 'open'
  | 'readdir'
  | 'readFile'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rm'
  | 'stat'
  | 'utimes'
>;

/** 'ENOENT' and the like; undefined for what no system call threw. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}

/** Makes a folder and those above it that are missing; returns the topmost one made, undefined if it was there.
 *  Not by mkdir's own `recursive`, which tries for ever where nothing can be made (/proc; Node 20). */
export async function makeFolder(fs: Pick<StoreFs, 'mkdir' | 'stat'>, folder: string): Promise<string | undefined> {
  try {
    await fs.mkdir(folder);
    return folder;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return undefined;
    const parent = path.dirname(folder);
    if (code !== 'ENOENT' || parent === folder || (await exists(fs, parent))) throw error;
    const made = await makeFolder(fs, parent);
    await makeFolder(fs, folder);
    return made ?? folder;
  }
}

/** Whether something is there (a link that leads nowhere is not). */
export function exists(fs: Pick<StoreFs, 'stat'>, file: string): Promise<boolean> {
  return fs.stat(file).then(
    () => true,
    () => false,
  );
}

/** Where a link leads, so that the file there is replaced and not the link; what is no link comes back as it is.
 *  @throws ViaductError 'store/unreadable' when it leads nowhere */
export async function followLink(fs: StoreFs, file: string): Promise<string> {
  const isLink = await fs.readlink(file).then(
    () => true,
    () => false,
  );
  if (!isLink) return file;
  return fs.realpath(file).catch((error) => {
    throw new ViaductError(
      'store/unreadable',
      `${file} is a link that leads nowhere (${errorCode(error)}). Nothing was changed.`,
      { cause: error },
    );
  });
}

/** Bytes of all files in a folder and below. What goes away while it is counted does not count. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += await folderBytes(at);
    else
      bytes += await stat(at).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}
