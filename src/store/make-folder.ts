import path from 'node:path';
import { errorCode, type StoreFs } from './store-fs.ts';

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

async function exists(fs: Pick<StoreFs, 'stat'>, folder: string): Promise<boolean> {
  return fs.stat(folder).then(
    () => true,
    () => false,
  );
}
