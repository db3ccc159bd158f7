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
  /** Names of files that were there and are not ours: they stayed as they are. */
  readonly kept: readonly string[];
}

/** In the site's folder; what is in it is viaduct's own. */
const OWN_FOLDER = '.viaduct-build';
const MANIFEST = 'files.json';
const AT_ONCE = 8;
const COPIES = ['.gz', '.br'];

interface Manifest {
  readonly version: 1;
  readonly about: string;
  /** Sorted names of all files that viaduct wrote, compressed copies included. */
  readonly files: readonly string[];
}

/** Makes the folder hold these files, each with a .gz and a .br beside it where that is smaller. A file is put in place in one
 *  step, and only if its bytes changed; what an earlier build wrote and this one does not is removed at the end. A list of
 *  what we wrote is kept in the folder, so that nothing else is ever touched. `onDone` is called after each file.
 *  @throws ViaductError 'usage/folder' when the folder holds something and no build made it */
export async function writeStaticSite(
  folder: string,
  files: readonly StaticFile[],
  onDone: () => void = () => {},
): Promise<WrittenSite> {
  const old = await readManifest(folder);
  await rm(path.join(folder, OWN_FOLDER, 'next'), { recursive: true, force: true });
  await mkdir(path.join(folder, OWN_FOLDER, 'next'), { recursive: true });

  const kept: string[] = [];
  const ours: StaticFile[] = [];
  for (const file of files) {
    if (await hasForeign(folder, file.name, old)) kept.push(file.name);
    else ours.push(file);
  }
  // Before the first file: after a crash the next build must know all of them as ours.
  await writeManifest(folder, new Set([...old, ...ours.flatMap(({ name }) => [name, ...copiesOf(name)])]));

  const made = new Set<string>();
  let written = 0;
  await eachOf(ours, async (file) => {
    const { names, isWritten } = await put(folder, file, old);
    for (const name of names) made.add(name);
    if (isWritten) written += 1;
    onDone();
  });
  const stale = [...old].filter((name) => !made.has(name));
  for (const name of stale) await remove(folder, name);
  await writeManifest(folder, made);
  await rmdir(path.join(folder, OWN_FOLDER, 'next'));
  const removed = stale.filter((name) => !isCopy(name)).length;
  return { written, unchanged: ours.length - written, removed, kept };
}

/** Puts one file and its copies in place; they are left alone when all are there and the bytes are the same. */
async function put(
  folder: string,
  { name, make }: StaticFile,
  old: ReadonlySet<string>,
): Promise<{ names: readonly string[]; isWritten: boolean }> {
  const bytes = await make();
  const known = [name, ...copiesOf(name)].filter((file) => old.has(file));
  const before = old.has(name) ? await readFile(path.join(folder, name)).catch(() => undefined) : undefined;
  const areCopiesThere = async () =>
    (await Promise.all(known.map((file) => isThere(path.join(folder, file))))).every((is) => is);
  if (before?.equals(bytes) && (await areCopiesThere())) return { names: known, isWritten: false };

  const [gzip, brotli] = await Promise.all([compressGzip(bytes), compressBrotli(bytes)]);
  const copies = [
    { name: `${name}.gz`, bytes: gzip },
    { name: `${name}.br`, bytes: brotli },
  ];
  const smaller = copies.filter((copy) => copy.bytes.length < bytes.length);
  // A copy of the last version would be sent in place of this one.
  for (const copy of copies) if (!smaller.includes(copy)) await rm(path.join(folder, copy.name), { force: true });
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  for (const file of [...smaller, { name, bytes }]) await replace(folder, file.name, file.bytes);
  return { names: [name, ...smaller.map((copy) => copy.name)], isWritten: true };
}

let parts = 0;

async function replace(folder: string, name: string, bytes: Buffer | string): Promise<void> {
  parts += 1;
  const next = path.join(folder, OWN_FOLDER, 'next', String(parts));
  await writeFile(next, bytes);
  await rename(next, path.join(folder, name));
}

/** Removes a file and the folders that it leaves empty. */
async function remove(folder: string, name: string): Promise<void> {
  await rm(path.join(folder, name), { force: true });
  for (let parent = path.dirname(name); parent !== '.'; parent = path.dirname(parent)) {
    const isRemoved = await rmdir(path.join(folder, parent)).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}

async function hasForeign(folder: string, name: string, old: ReadonlySet<string>): Promise<boolean> {
  for (const file of [name, ...copiesOf(name)]) {
    if (!old.has(file) && (await isThere(path.join(folder, file)))) return true;
  }
  return false;
}

async function readManifest(folder: string): Promise<ReadonlySet<string>> {
  const file = path.join(folder, OWN_FOLDER, MANIFEST);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) {
    await demandEmpty(folder);
    return new Set();
  }
  const names = readNames(text);
  if (names) return names;
  throw new ViaductError('usage/folder', `${file} cannot be read: delete ${folder} and build again.`);
}

function readNames(text: string): ReadonlySet<string> | undefined {
  try {
    const { version, files } = JSON.parse(text) as Partial<Manifest>;
    if (version !== 1 || !Array.isArray(files) || !files.every(isInside)) return undefined;
    return new Set(files);
  } catch {
    return undefined;
  }
}

/** Whether a name, as somebody may have edited it, stays below the folder. */
function isInside(name: unknown): boolean {
  return typeof name === 'string' && !path.isAbsolute(name) && !name.split(/[/\\]/).includes('..');
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

async function writeManifest(folder: string, names: ReadonlySet<string>): Promise<void> {
  const manifest: Manifest = {
    version: 1,
    about: 'The files in the folder above that viaduct wrote. It replaces and removes these and no others.',
    files: [...names].sort(),
  };
  await replace(folder, path.join(OWN_FOLDER, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`);
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

const copiesOf = (name: string) => COPIES.map((ending) => name + ending);
const isCopy = (name: string) => COPIES.some((ending) => name.endsWith(ending));

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
