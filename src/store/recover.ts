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

/** One step forward: what a file of one version is in the next. */
export type Upgrade = (value: object) => object;

/** From version 1 on, in order: the version that is written is one more than there are steps. There was no other one yet. */
const UPGRADES: readonly Upgrade[] = [];

export interface Upgrading {
  readonly steps?: readonly Upgrade[];
  /** The file was of this earlier version; on disk it still is. */
  readonly onUpgrade?: (from: number) => void;
}

/** The value of a JSON file; null if there is none. A damaged one gives its .bak's value, or null, and is told.
 *  One of an earlier version is brought forward. Nothing is changed on disk.
 *  @throws ViaductError 'store/newer' for a version that only a later viaduct knows, 'store/unreadable' when the system refuses to read */
export async function readJson<T extends object>(
  fs: StoreFs,
  file: string,
  shape: Shape<T>,
  onDamage: (damage: Damage) => void,
  upgrading: Upgrading = {},
): Promise<T | null> {
  const found = await inspect(fs, file, shape, upgrading);
  if (typeof found === 'object') return found;
  const copy = await inspect(fs, `${file}.bak`, shape, { ...upgrading, onUpgrade: () => {} });
  if (found === 'is missing' && copy === 'is missing') return null;
  const restored = typeof copy === 'object';
  onDamage({ file, why: found, restored });
  return restored ? copy : null;
}

/** The value, or what is wrong with the file. */
async function inspect<T extends object>(
  fs: StoreFs,
  file: string,
  shape: Shape<T>,
  { steps = UPGRADES, onUpgrade }: Upgrading,
): Promise<T | string> {
  let bytes: Buffer;
  try {
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
  refuseNewer(file, version, steps.length + 1);
  if (!Number.isSafeInteger(version) || Number(version) < 1) return 'has not the expected shape';
  const late = steps.slice(Number(version) - 1);
  const current = late.reduce((old, step) => step(old), value);
  if (!shape(current)) return 'has not the expected shape';
  if (late.length > 0) onUpgrade?.(Number(version));
  return current;
}

/** @throws ViaductError 'store/newer' for a version that only a later viaduct knows */
export function refuseNewer(file: string, version: unknown, known = UPGRADES.length + 1): void {
  if (typeof version !== 'number' || version <= known) return;
  throw new ViaductError(
    'store/newer',
    `${file} was written by a newer viaduct (version ${version}; this one knows ${known}). Nothing was changed: use that viaduct again, or restore the data folder from a backup.`,
  );
}

/** A file that was brought forward, and how its new value gets to disk. */
export interface Upgraded {
  /** Below the data folder. */
  readonly name: string;
  readonly file: string;
  readonly from: number;
  rewrite(): Promise<void>;
}

/** Keeps the file of the earlier version beside it as *.version-N, then writes the new one in its place, and tells.
 *  @throws ViaductError 'store/full', 'store/write': the old file is as it was */
export async function upgrade(fs: StoreFs, { name, file, from, rewrite }: Upgraded, notices: Notices): Promise<void> {
  const kept = `${file}.version-${from}`;
  try {
    await fs.copyFile(file, kept);
  } catch (error) {
    throw new ViaductError('store/write', `${kept} cannot be written (${errorCode(error)}). Nothing was changed.`, {
      cause: error,
    });
  }
  await rewrite();
  notices.tell(
    'info',
    'store.upgraded',
    name,
    `was of version ${from}: brought forward, kept as ${path.basename(kept)}`,
  );
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
