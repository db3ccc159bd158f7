import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import type { Config, Settings } from '../model.ts';
import { readSourceIds } from '../store/small-files.ts';
import { ConfigError, parseConfig } from './parse-config.ts';

const MAX_FILE_MB = 32;

/** Reads feeds.json and makes a Config of it, with the ids that data/ remembers.
 *  @throws ConfigError when the file is missing, cannot be read, or is not right */
export async function loadConfig(
  settings: Pick<Settings, 'configFile' | 'port'> & Partial<Pick<Settings, 'dataDir'>>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Config> {
  const file = settings.configFile;
  const text = await readFeedsFile(file);
  const knownIds = settings.dataDir === undefined ? undefined : await readSourceIds(settings.dataDir);
  return parseConfig(text, { file, port: settings.port, env, ...(knownIds && { knownIds }) });
}

/** The text of feeds.json, byte order mark and all.
 *  @throws ConfigError when the file is missing or cannot be read */
export async function readFeedsFile(file: string): Promise<string> {
  const bytes = await readBytes(file).catch((error: unknown) => {
    throw asConfigError(error, file);
  });
  return decode(bytes, file);
}

async function readBytes(file: string): Promise<Buffer> {
  const found = await stat(file);
  if (found.isDirectory())
    throw new ConfigError('config/unreadable', `${file} is a folder; expected a file, such as feeds.json in it.`);
  if (!found.isFile()) throw new ConfigError('config/unreadable', `${file} is not a plain file.`);
  if (found.size > MAX_FILE_MB * 1e6)
    throw new ConfigError('config/too-large', `${file} is larger than ${MAX_FILE_MB} MB.`);
  return readFile(file);
}

function asConfigError(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'code' in error) || error instanceof ConfigError) return error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    const advice = 'Run viaduct from the folder of feeds.json, or name the file with --config.';
    return new ConfigError('config/missing', `There is no ${file}. ${advice}`, { cause: error });
  }
  const reason = error.code === 'EACCES' || error.code === 'EPERM' ? 'this user may not read it' : String(error.code);
  return new ConfigError('config/unreadable', `${file} cannot be read: ${reason}.`, { cause: error });
}

function decode(bytes: Buffer, file: string): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const before = bytes.toString('utf8').split('\ufffd', 1)[0] ?? '';
  const place = isUtf16 ? 'it is UTF-16' : `line ${before.split(/\r\n|\r|\n/).length} holds bytes that are no UTF-8`;
  throw new ConfigError('config/invalid', `${file}: ${place}; save it as UTF-8 in your editor.`);
}
