import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tooLarge } from './fetch-failure.ts';
import { FetchError, type Fetcher } from './fetcher.ts';

/** A fetcher for the file: addresses of feeds.json: regular files inside `folder`, also after every symbolic link was followed.
 *  It throws 'fetch/file-missing', 'fetch/refused-file', 'fetch/file' (cannot be read) and 'fetch/too-large'. */
export function createFileFetcher(options: { readonly folder: string; readonly maxBodyBytes: number }): Fetcher {
  const { folder, maxBodyBytes } = options;
  return async ({ url }) => {
    const bytes = await readInside(folder, pathOf(url), maxBodyBytes).catch(throwFileFailure);
    const bodyHash = createHash('sha256').update(bytes).digest('hex');
    return { kind: 'fetched', status: 200, bytes, bodyHash, wireBytes: bytes.length, url, hops: [], freshness: {} };
  };
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw new FetchError('fetch/bad-url', 'Its address is not the address of a file.');
  }
}

async function readInside(folder: string, file: string, maxBytes: number): Promise<Buffer> {
  const [realFolder, realFile] = await Promise.all([realpath(folder), realpath(file)]);
  const inside = path.relative(realFolder, realFile);
  if (inside === '' || inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) {
    throw new FetchError('fetch/refused-file', 'Its file is not in the folder of feeds.json.');
  }
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever; O_NOFOLLOW, because the path is final now.
  const handle = await open(realFile, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw new FetchError('fetch/refused-file', 'Its address is not that of a file.');
    if (info.size > maxBytes) throw tooLarge(maxBytes);
    const bytes = await handle.readFile();
    if (bytes.length > maxBytes) throw tooLarge(maxBytes);
    return bytes;
  } finally {
    await handle.close();
  }
}

function throwFileFailure(error: unknown): never {
  if (error instanceof FetchError) throw error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') throw new FetchError('fetch/file-missing', 'There is no such file.');
  throw new FetchError('fetch/file', `Its file cannot be read (${code}).`);
}
