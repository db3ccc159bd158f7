import { lstat, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ViaductError } from '../errors.ts';
import { compressBrotli, compressGzip } from './prepared.ts';
import type { StaticFile } from './static-site.ts';

/** How a folder came to hold the site. Files are counted without their compressed copies. */
export interface WrittenSite {
  readonly written: number;
  readonly unchanged: number;
  /** Written by an earlier build, and not part of the site any more. */
  readonly removed: number;
}

/** The folder within the site's folder that marks it as ours; new files are written here before they are put in place. */
const MARKER = '.viaduct-build';
/** All folders in which one build may leave out what an earlier one wrote. Only in these are files removed. */
const CHANGING_FOLDERS = 'items sources categories tags authors latest archive status subscribe'.split(' ');
const COPIES = [
  { ending: '.gz', compress: compressGzip },
  { ending: '.br', compress: compressBrotli },
];
const AT_ONCE = 8;

/** Makes the folder hold these files, each with a .gz and a .br beside it where that is smaller. Each file is put in place
 *  in one step, so that a build that is stopped leaves a site that works and that the next build completes; bytes that are
 *  there already stay, with the dates by which web servers recognise them. At the end, what is not of this build is removed
 *  from CHANGING_FOLDERS. `onDone` is called after each file.
 *  @throws ViaductError 'usage/folder' when the folder holds something and has no marker of ours */
export async function writeStaticSite(
  folder: string,
  files: readonly StaticFile[],
  onDone: () => void = () => {},
): Promise<WrittenSite> {
  const marker = path.join(folder, MARKER);
  if (!(await areThere(folder, [MARKER]))) await demandEmpty(folder);
  await mkdir(marker, { recursive: true });
  for (const name of await readdir(marker)) await rm(path.join(marker, name), { recursive: true });

  const current = new Set<string>();
  let written = 0;
  await eachOf(files, async (file) => {
    const { names, isWritten } = await put(folder, file.name, await file.make());
    for (const name of names) current.add(name);
    if (isWritten) written += 1;
    onDone();
  });
  let removed = 0;
  for (const name of CHANGING_FOLDERS) removed += await removeOthers(folder, name, current);
  return { written, unchanged: files.length - written, removed };
}

/** Puts one file and its copies in place. Nothing is written when the bytes are the same and all copies are there. */
async function put(
  folder: string,
  name: string,
  bytes: Buffer,
): Promise<{ names: readonly string[]; isWritten: boolean }> {
  const target = path.join(folder, name);
  const isSame = (await readFile(target).catch(() => undefined))?.equals(bytes) === true;
  const all = [name, ...COPIES.map(({ ending }) => name + ending)];
  if (isSame && (await areThere(folder, all))) return { names: all, isWritten: false };
  const compressed = await Promise.all(
    COPIES.map(async ({ ending, compress }) => ({ name: name + ending, bytes: await compress(bytes) })),
  );
  const smaller = compressed.filter((copy) => copy.bytes.length < bytes.length);
  const names = [name, ...smaller.map((copy) => copy.name)];
  if (isSame && (await areThere(folder, names))) return { names, isWritten: false };

  await mkdir(path.dirname(target), { recursive: true });
  // First: a copy of the last version would be sent in place of this one.
  for (const copy of compressed) await rm(path.join(folder, copy.name), { force: true });
  for (const file of [{ name, bytes }, ...smaller]) await replace(folder, file.name, file.bytes);
  return { names, isWritten: true };
}

let parts = 0;

async function replace(folder: string, name: string, bytes: Buffer): Promise<void> {
  parts += 1;
  const next = path.join(folder, MARKER, String(parts));
  await writeFile(next, bytes);
  await rename(next, path.join(folder, name));
}

/** Removes the files below `name` that are not among `current`, and the folders that are empty then. The number of files,
 *  without compressed copies. */
async function removeOthers(folder: string, name: string, current: ReadonlySet<string>): Promise<number> {
  const entries = await readdir(path.join(folder, name), { withFileTypes: true }).catch(() => []);
  let removed = 0;
  for (const entry of entries) {
    const inner = `${name}/${entry.name}`;
    if (entry.isDirectory()) {
      removed += await removeOthers(folder, inner, current);
    } else if (!current.has(inner)) {
      await rm(path.join(folder, inner));
      if (!COPIES.some(({ ending }) => inner.endsWith(ending))) removed += 1;
    }
  }
  // Refused by the system while something is in it.
  await rmdir(path.join(folder, name)).catch(() => undefined);
  return removed;
}

/** A folder with something in it is somebody's, unless that is hidden (.git, .well-known). */
async function demandEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR')
      throw new ViaductError('usage/folder', `${folder} is a file or below one: name a folder.`);
    throw error;
  });
  const [first] = names.filter((name) => !name.startsWith('.'));
  if (first === undefined) return;
  throw new ViaductError(
    'usage/folder',
    `${folder} holds files that viaduct did not write (${first}): name a new or empty folder.`,
  );
}

async function areThere(folder: string, names: readonly string[]): Promise<boolean> {
  return Promise.all(names.map((name) => lstat(path.join(folder, name)))).then(
    () => true,
    () => false,
  );
}

/** Some at a time: zlib works in threads of its own. After a failure nothing more is begun, and what is under way ends first. */
async function eachOf<T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  const rest = values.values();
  const failures: unknown[] = [];
  const workThrough = async () => {
    for (const value of rest) {
      if (failures.length > 0) return;
      await work(value).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workThrough));
  if (failures.length > 0) throw failures[0];
}
