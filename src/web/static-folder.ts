import { existsSync, lstatSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ViaductError } from '../errors.ts';
import { type FileHash, hashOf } from './file-hashes.ts';
import { compressGzip } from './prepared.ts';
import type { StaticFile } from './static-site.ts';

/** How a folder came to hold the site. Files are counted without their compressed copies. */
export interface WrittenSite {
  readonly written: number;
  readonly unchanged: number;
  /** Written by an earlier build, and not part of the site any more. */
  readonly removed: number;
}

/** The folder within the site's folder that marks it as ours. */
const MARKER = '.viaduct-build';
/** In it, while a build runs: new files are written here before they are put in place. One that is there before is of a build that
 *  was stopped. */
const NEXT = `${MARKER}/next`;
/** What the last build that came to its end left in the folder: the hash of the second line, and that line, a Written for each file as
 *  JSON. */
const WRITTEN = `${MARKER}/written`;
/** All folders in which one build may leave out what an earlier one wrote. */
const CHANGING_FOLDERS = 'items sources categories tags authors latest archive status subscribe'.split(' ');
/** Of a file and of what an earlier version wrote beside it. */
const COPIES = ['.gz', '.br'];
/** Ten packets, which a server sends before it waits for a first answer (RFC 6928): shorter files come no sooner compressed. */
const COPY_FROM_BYTES = 14_600;
const AT_ONCE = 8;

/** One file as it was put in place, and its copy. */
interface Written {
  readonly name: string;
  readonly hash: FileHash;
  readonly parts: readonly Part[];
}

interface Part {
  /** '' for the file itself. */
  readonly ending: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Makes the folder hold these files, each with a .gz beside it where that is worth it. What an earlier build left under the same
 *  hash, and nobody has touched, is neither made nor read. Each file is put in place in one step, so that a build that is stopped
 *  leaves a site that works and that the next build completes; bytes that are there already stay, with the dates by which web servers
 *  recognise them. At the end, what earlier builds wrote and this one did not is removed. `onDone` is called after each file.
 *  @throws ViaductError 'usage/folder' when the folder holds something and has no marker of ours */
export async function writeStaticSite(
  folder: string,
  files: readonly StaticFile[],
  onDone: () => void = () => {},
): Promise<WrittenSite> {
  if (!existsSync(path.join(folder, MARKER))) await demandEmpty(folder);
  const last = await readWritten(folder);
  const before = last && !existsSync(path.join(folder, NEXT)) ? last.flatMap(namesOf) : await namesBelow(folder);
  await mkdir(path.join(folder, NEXT), { recursive: true });
  for (const name of await readdir(path.join(folder, MARKER))) {
    if (`${MARKER}/${name}` !== WRITTEN) await rm(path.join(folder, MARKER, name), { recursive: true });
  }
  await mkdir(path.join(folder, NEXT));

  const known = new Map(last?.map((file) => [file.name, file]));
  const current: Written[] = [];
  let written = 0;
  await eachOf(files, async (file) => {
    const bytes = file.hash === undefined ? await file.make() : undefined;
    const hash = file.hash ?? hashOf(bytes ?? '');
    const old = known.get(file.name);
    if (old?.hash === hash && isUntouched(folder, old)) {
      current.push(old);
    } else {
      const { names, isWritten } = await put(folder, file.name, bytes ?? (await file.make()));
      current.push({ name: file.name, hash, parts: names.map((name) => partOf(folder, file.name, name)) });
      if (isWritten) written += 1;
    }
    onDone();
  });
  const kept = new Set(current.flatMap(namesOf));
  const gone = before.filter((name) => !kept.has(name));
  for (const name of gone) await remove(folder, name);
  await saveWritten(folder, current);
  await rm(path.join(folder, NEXT), { recursive: true });
  const removed = gone.filter((name) => !isCopy(name)).length;
  return { written, unchanged: files.length - written, removed };
}

function namesOf({ name, parts }: Written): readonly string[] {
  return parts.map(({ ending }) => name + ending);
}

function isCopy(name: string): boolean {
  return COPIES.some((ending) => name.endsWith(ending));
}

/** Undefined when nothing is known, and also when what was written there is damaged. */
async function readWritten(folder: string): Promise<readonly Written[] | undefined> {
  const [hash, list = ''] = (await readFile(path.join(folder, WRITTEN), 'utf8').catch(() => '')).split('\n');
  return hash === hashOf(list) ? (JSON.parse(list) as readonly Written[]) : undefined;
}

async function saveWritten(folder: string, files: readonly Written[]): Promise<void> {
  const list = JSON.stringify(files);
  await replace(folder, WRITTEN, `${hashOf(list)}\n${list}`);
}

/** All files in folders that change from build to build. */
async function namesBelow(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const top of CHANGING_FOLDERS) {
    const entries = await readdir(path.join(folder, top), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isDirectory()) continue;
      names.push(path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
    }
  }
  return names;
}

/** By size and time, as make and rsync tell: to read all would take longer than all else. */
function isUntouched(folder: string, { name, parts }: Written): boolean {
  return parts.every(({ ending, size, mtimeMs }) => {
    const now = lstatSync(path.join(folder, name + ending), { throwIfNoEntry: false });
    return now?.isFile() && now.size === size && now.mtimeMs === mtimeMs;
  });
}

function partOf(folder: string, name: string, partName: string): Part {
  const { size, mtimeMs } = lstatSync(path.join(folder, partName));
  return { ending: partName.slice(name.length), size, mtimeMs };
}

/** Puts one file and its copy in place. What has the same bytes already is not written. */
async function put(
  folder: string,
  name: string,
  bytes: Buffer,
): Promise<{ names: readonly string[]; isWritten: boolean }> {
  const compressed = bytes.length < COPY_FROM_BYTES ? bytes : await compressGzip(bytes);
  const files = [
    { name, bytes },
    ...(compressed.length < bytes.length ? [{ name: `${name}.gz`, bytes: compressed }] : []),
  ];
  const names = files.map((file) => file.name);
  const missing: typeof files = [];
  for (const file of files) if (!(await holds(folder, file))) missing.push(file);
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  // First: a copy of the last version would be sent in place of this one.
  for (const copy of COPIES.map((ending) => name + ending)) {
    const isStale = !names.includes(copy) || missing.some((file) => file.name === copy);
    if (isStale && existsSync(path.join(folder, copy))) await rm(path.join(folder, copy));
  }
  for (const file of missing) await replace(folder, file.name, file.bytes);
  return { names, isWritten: missing.length > 0 };
}

async function holds(folder: string, { name, bytes }: { name: string; bytes: Buffer }): Promise<boolean> {
  const there = await readFile(path.join(folder, name)).catch(() => undefined);
  return there?.equals(bytes) === true;
}

let parts = 0;

async function replace(folder: string, name: string, bytes: Buffer | string): Promise<void> {
  parts += 1;
  const next = path.join(folder, NEXT, String(parts));
  await writeFile(next, bytes);
  await rename(next, path.join(folder, name));
}

/** Removes the file, and the folders that are empty then. */
async function remove(folder: string, name: string): Promise<void> {
  await rm(path.join(folder, name), { force: true });
  for (let above = path.posix.dirname(name); above !== '.'; above = path.posix.dirname(above)) {
    // Refused by the system while something is in it.
    const isGone = await rmdir(path.join(folder, above)).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
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
