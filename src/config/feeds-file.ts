import { chown, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ViaductError } from '../errors.ts';
import type { Config, Place } from '../model.ts';
import { readFeedsFile } from './load-config.ts';

/** An edit is made anew this often when somebody else saves at the same moment. */
const MAX_TRIES = 5;

/** Changes feeds.json as a whole or not at all: a daemon that looks at it sees the old file or the new one. `edit` gets the text
 *  and what it says, and gives the new text; it is called again when the file was saved meanwhile, so that no other change is lost.
 *  Mode and owner stay, links are followed. `known` is a text whose Config is at hand.
 *  @throws what `load` throws, and ViaductError 'config/unwritable' */
export async function editFeedsFile(
  place: Place,
  load: () => Promise<Config>,
  edit: (text: string, config: Config) => string,
  known?: { readonly text: string; readonly config: Config },
): Promise<void> {
  const file = await realpath(place.configFile).catch(() => place.configFile);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const text = await readFeedsFile(file);
    const config = known?.text === text ? known.config : await load();
    const next = edit(text, config);
    if (next === text) return;
    if (await replaceFile(file, text, next).catch(throwUnwritable)) return;
  }
  throw new ViaductError(
    'config/unwritable',
    `${file} is being saved by somebody else again and again; nothing changed.`,
  );
}

/** False when the file is not `text` any more. */
async function replaceFile(file: string, text: string, next: string): Promise<boolean> {
  const { mode, uid, gid } = await stat(file);
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    const handle = await open(temporary, 'w', mode & 0o7777);
    try {
      // The mask of the process may have taken rights away.
      await handle.chmod(mode & 0o7777);
      await handle.writeFile(next);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Only root may give a file away; for everybody else it is the same owner nearly always.
    await chown(temporary, uid, gid).catch(() => undefined);
    if ((await readFeedsFile(file)) !== text) return false;
    await rename(temporary, file);
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}

function throwUnwritable(error: unknown): never {
  if (!(error instanceof Error && 'code' in error) || error instanceof ViaductError) throw error;
  const code = String(error.code);
  const reasons = new Map([
    ['EACCES', 'this user may not write into its folder'],
    ['EPERM', 'this user may not write into its folder'],
    ['EROFS', 'its folder is read-only'],
    ['EBUSY', 'it is mounted by itself; mount its folder instead'],
    ['ENOSPC', 'the disk is full'],
  ]);
  throw new ViaductError('config/unwritable', `feeds.json cannot be changed: ${reasons.get(code) ?? code}.`, {
    cause: error,
  });
}
