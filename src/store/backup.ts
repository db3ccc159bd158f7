import { createWriteStream } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ViaductError } from '../errors.ts';
import { explainWriteError } from './durable-adapter.ts';
import { errorCode } from './store-fs.ts';

/** The files of a data folder that a backup needs, in the order in which they are read, so that it is whole also beside a daemon:
 *  the state before the sources (validators that are newer than the entries would hide what lies between), and each tail before the file
 *  that it goes on from (what is folded in between is then known by its number). */
const FIRST = [
  'state.ndjson',
  'state.json',
  'tallies.ndjson',
  'tallies.json',
  'ids.json',
  'links.json',
  'subscribers.json',
  'site.json',
] as const;
const BLOCK_BYTES = 512;

export interface Backup {
  readonly files: number;
  readonly bytes: number;
}

/** Writes data/ and feeds.json into one .tar.gz that only this user may read, whole or not at all. private/ stays out of it: the lock and
 *  the salt of the day are worth nothing elsewhere.
 *  @throws ViaductError 'store/unreadable' when there is nothing to save; 'store/full', 'store/write' */
export async function writeBackup(
  file: string,
  from: { dataDir: string; configFile: string; now: Date },
): Promise<Backup> {
  const { dataDir, configFile, now } = from;
  const sources = await readdir(path.join(dataDir, 'sources')).catch(() => []);
  const names = [...FIRST, ...sources.filter((name) => name.endsWith('.json')).map((name) => `sources/${name}`)];
  const temp = `${file}.tmp`;
  let files = 0;

  // Each file is read whole: a daemon replaces files while they are saved, and a size that was asked for before would be another's.
  async function* entry(name: string, at: string): AsyncGenerator<Buffer> {
    const content = await read(at);
    if (content === undefined) return;
    files += 1;
    const padding = (BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES;
    yield* [header(name, content.length, now), content, Buffer.alloc(padding)];
  }
  async function* archive(): AsyncGenerator<Buffer> {
    for (const name of names) yield* entry(`data/${name}`, path.join(dataDir, name));
    if (files === 0) throw new ViaductError('store/unreadable', `There is nothing to save in ${dataDir}.`);
    yield* entry('feeds.json', configFile);
    yield Buffer.alloc(2 * BLOCK_BYTES);
  }

  try {
    // Not through a file that is there: it may be another's to read, or a link to somewhere.
    await rm(temp, { force: true });
    await pipeline(archive, createGzip(), createWriteStream(temp, { mode: 0o600, flush: true, flags: 'wx' }));
    await rename(temp, file);
    return { files, bytes: (await stat(file)).size };
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined);
    throw explainWriteError(error, file);
  }
}

async function read(at: string): Promise<Buffer | undefined> {
  try {
    return await readFile(at);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new ViaductError('store/unreadable', `${at} cannot be read (${errorCode(error)}).`, { cause: error });
  }
}

/** A ustar header (POSIX.1-2008, pax, "ustar Interchange Format"). Our names are shorter than its 100 bytes. */
function header(name: string, bytes: number, at: Date): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  block.write(name, 0, 100);
  block.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  block.write(`${octal(bytes, 11)}\0${octal(Math.floor(at.getTime() / 1000), 11)}\0`, 124);
  block.write('        0', 148);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}
