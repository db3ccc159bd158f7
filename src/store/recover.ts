import { constants, isUtf8 } from 'node:buffer';
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

/** The only version of the files so far. */
const VERSION = 1;
/** Keys of version 1 and what they are called now. A file with the earlier names is read; its next write has the names of now. */
const FORMER_KEYS = { spoiledGuids: 'unreliableGuids', spoiledLinks: 'unreliableLinks', holds: 'hostWaits' } as const;

/** The value of a JSON file; null if there is none. Of a damaged one the value of its .bak, or null; `onDamage` hears of it.
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
    const stats = await fs.stat(file);
    // Reading a FIFO or a device would never end.
    if (!stats.isFile() && !stats.isDirectory()) return 'is no regular file';
    if (stats.size > constants.MAX_STRING_LENGTH) throw tooLarge(file, stats.size);
    bytes = await fs.readFile(file);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return 'is missing';
    if (code === undefined) throw error;
    const why = code === 'ENOTDIR' ? 'there is a file where a folder is needed' : code;
    throw new ViaductError('store/unreadable', `${file} cannot be read (${why}). Nothing was changed.`, {
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
  const version = 'version' in value ? value.version : undefined;
  refuseNewer(file, version);
  const current = withCurrentKeys(value);
  return version === VERSION && shape(current) ? current : 'has not the expected shape';
}

function tooLarge(file: string, size: number): ViaductError {
  const megabytes = Math.round(size / 1_000_000);
  return new ViaductError(
    'store/unreadable',
    `${file} has ${megabytes} MB, which is more than can be read at once. It is not damaged, and nothing was changed: move it away, and its source begins anew (limits.maxSourceMB keeps files from growing so).`,
  );
}

function withCurrentKeys(value: object): object {
  const renamed = Object.entries(FORMER_KEYS).filter(([before, now]) => before in value && !(now in value));
  if (renamed.length === 0) return value;
  const names = new Map<string, string>(renamed);
  return Object.fromEntries(Object.entries(value).map(([key, content]) => [names.get(key) ?? key, content]));
}

/** @throws ViaductError 'store/newer' for a version that only a later viaduct knows */
export function refuseNewer(file: string, version: unknown): void {
  if (typeof version !== 'number' || version <= VERSION) return;
  throw new ViaductError(
    'store/newer',
    `${file} was written by a newer viaduct (version ${version}; this one knows ${VERSION}). Nothing was changed: use that viaduct again, or restore the data folder from a backup.`,
  );
}

/** A damaged file and how its restored value gets back to disk. */
export interface Repair {
  /** Below the data folder. */
  readonly name: string;
  readonly damage: Damage;
  rewrite(): Promise<void>;
}

/** Keeps what is damaged aside, puts the copy's value in its place, and reports it. */
export async function repair(
  fs: StoreFs,
  { name, damage, rewrite }: Repair,
  at: Instant,
  notices: Notices,
): Promise<void> {
  const kept = await setAside(fs, damage, at);
  if (damage.restored) await rewrite();
  notices.report('error', 'store.damaged', name, describeDamage(damage, kept));
}

/** What happened to a file, for people. */
export function describeDamage({ why, restored }: Damage, kept: readonly string[] = []): string {
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

/** Removes what writes that never ended left in a folder. */
export async function sweep(fs: StoreFs, folder: string): Promise<void> {
  const files = await fs.readdir(folder, { withFileTypes: true });
  const left = files.filter((file) => !file.isDirectory() && file.name.endsWith('.tmp'));
  await Promise.all(left.map(({ name }) => fs.rm(path.join(folder, name), { force: true })));
}
