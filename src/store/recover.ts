import { isUtf8 } from 'node:buffer';
import path from 'node:path';
import { ViaductError } from '../errors.ts';
import type { Instant } from '../model.ts';
import type { Notices } from './notices.ts';
import { errorCode, type StoreFs } from './store-fs.ts';

/** Whether a parsed file is what its reader expects; only what protects from a crash or a silent loss is looked at. */
export type Shape<T> = (value: object) => value is T & object;

/** A file that could not be read. */
export interface Damage {
  readonly file: string;
  /** 'is empty', 'is not JSON', … */
  readonly why: string;
  /** Whether its .bak was read in its place. */
  readonly restored: boolean;
}

const VERSION = 1;

/** The value of a JSON file; null if there is none. A damaged one gives its .bak's value, or null, and is told.
 *  Nothing is changed on disk.
 *  @throws ViaductError 'store/newer' for a version that only a later viaduct knows, 'store/unreadable' when the system refuses to read */
export async function readJson<T extends object>(
  fs: StoreFs,
  file: string,
  shape: Shape<T>,
  onDamage: (damage: Damage) => void,
): Promise<T | null> {
  const found = await inspect(fs, file, shape);
  if (typeof found === 'object') return found;
  const copy = await inspect(fs, `${file}.bak`, shape);
  if (found === 'is missing' && copy === 'is missing') return null;
  const restored = typeof copy === 'object';
  onDamage({ file, why: found, restored });
  return restored ? copy : null;
}

/** The value, or what is wrong with the file. */
async function inspect<T extends object>(fs: StoreFs, file: string, shape: Shape<T>): Promise<T | string> {
  let bytes: Buffer;
  try {
    bytes = await fs.readFile(file);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return 'is missing';
    if (code === undefined) throw error;
    throw new ViaductError('store/unreadable', `${file} cannot be read (${code}). Nothing was changed.`, {
      cause: error,
    });
  }
  if (bytes.length === 0) return 'is empty';
  // Decoding would turn foreign bytes into U+FFFD without a word.
  if (!isUtf8(bytes)) return 'is not UTF-8';
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null) return 'holds no data';
  if ('version' in value && typeof value.version === 'number' && value.version > VERSION) {
    throw new ViaductError(
      'store/newer',
      `${file} was written by a newer viaduct (version ${value.version}; this one knows ${VERSION}). Nothing was changed: use that viaduct again, or restore the data folder from a backup.`,
    );
  }
  return 'version' in value && value.version === VERSION && shape(value) ? value : 'has not the expected shape';
}

/** A damaged file and how its restored value gets back to disk. */
export interface Repair {
  /** Below the data folder. */
  readonly name: string;
  readonly damage: Damage;
  rewrite(): Promise<void>;
}

/** Keeps what is damaged aside, puts the copy's value in its place, and tells. */
export async function mend(
  fs: StoreFs,
  { name, damage, rewrite }: Repair,
  at: Instant,
  notices: Notices,
): Promise<void> {
  const kept = await setAside(fs, damage, at);
  if (damage.restored) await rewrite();
  notices.tell('error', 'store.damaged', name, tellDamage(damage, kept));
}

/** What happened to a file, for people. */
export function tellDamage({ why, restored }: Damage, kept: readonly string[] = []): string {
  const where = kept.length > 0 ? ` (kept as ${kept.join(', ')})` : '';
  return `${why}${where}: ${restored ? 'its last good copy is used' : 'there is no good copy, so it starts empty'}`;
}

/** Keeps a damaged file, and its copy if that is damaged as well, beside their places as *.corrupt-TIME. Returns the names. */
async function setAside(fs: StoreFs, { file, restored }: Damage, at: Instant): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const name of restored ? [file] : [file, `${file}.bak`]) {
    const target = `${name}.corrupt-${at.replaceAll(/[-:.]/g, '')}`;
    try {
      await fs.rename(name, target);
      kept.push(path.basename(target));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') continue;
      throw new ViaductError('store/write', `${name} is damaged and cannot be set aside (${errorCode(error)}).`, {
        cause: error,
      });
    }
  }
  return kept;
}

/** Removes what a write that never ended left behind. Returns the names of damaged files kept from earlier starts. */
export async function sweep(fs: StoreFs, folder: string): Promise<readonly string[]> {
  const files = (await fs.readdir(folder, { withFileTypes: true })).filter((entry) => !entry.isDirectory());
  const left = files.filter(({ name }) => name.endsWith('.tmp'));
  await Promise.all(left.map(({ name }) => fs.rm(path.join(folder, name), { force: true })));
  return files.map(({ name }) => name).filter((name) => name.includes('.corrupt-'));
}
