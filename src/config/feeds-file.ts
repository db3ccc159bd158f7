import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ViaductError } from '../errors.ts';
import type { Config, Settings } from '../model.ts';
import { readFeedsFile } from './load-config.ts';

/** An edit is made anew this often when an editor saves at the same moment. */
const MAX_TRIES = 5;
/** So long another edit is waited for; a file that was left behind by a crash is older. */
const MAX_WAIT_MS = 10_000;
const WAIT_MS = 20;

/** Changes feeds.json as a whole or not at all: a daemon that looks at it sees the old file or the new one. `edit` gets the text
 *  and what it says, and gives the new text; it is called again when the file was saved meanwhile, so that no other change is lost.
 *  Mode and owner stay, links are followed. `known` is a text whose Config is at hand.
 *  @throws what `load` and `edit` throw, and ViaductError 'config/unwritable' */
export async function editFeedsFile(
  settings: Settings,
  load: () => Promise<Config>,
  edit: (text: string, config: Config) => string,
  known?: { readonly text: string; readonly config: Config },
): Promise<void> {
  const file = await realpath(settings.configFile).catch(() => settings.configFile);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const isDone = await replaceFile(file, async (text) =>
      edit(text, known?.text === text ? known.config : await load()),
    ).catch(throwUnwritable);
    if (isDone) return;
  }
  throw new ViaductError('config/unwritable', `${file} is being saved again and again; nothing was changed.`);
}

/** False when somebody else saved it meanwhile. The new file is written beside the old one under a name that only one process can
 *  make, so that two edits at the same moment come one after the other. */
async function replaceFile(file: string, change: (text: string) => Promise<string>): Promise<boolean> {
  const { mode, uid, gid } = await readFeedsFile(file).then(() => stat(file));
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.new`);
  const handle = await openAlone(beside, mode & 0o7777);
  let isLeft = true;
  try {
    const text = await readFeedsFile(file);
    const next = await change(text);
    if (next === text) return true;
    // The mask of the process may have taken rights away.
    await handle.chmod(mode & 0o7777);
    // Only root may give a file away; for everybody else it is the same owner nearly always.
    await handle.chown(uid, gid).catch(() => undefined);
    await handle.writeFile(next);
    await handle.sync();
    if ((await readFeedsFile(file)) !== text) return false;
    await rename(beside, file);
    isLeft = false;
    return true;
  } finally {
    await handle.close();
    if (isLeft) await rm(beside, { force: true });
  }
}

async function openAlone(file: string, mode: number): Promise<FileHandle> {
  for (let waitedMs = 0; ; waitedMs += WAIT_MS) {
    try {
      return await open(file, 'wx', mode);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const madeAt = await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => Date.now(),
      );
      if (Date.now() - madeAt > MAX_WAIT_MS) await rm(file, { force: true });
      else if (waitedMs > MAX_WAIT_MS) {
        throw new ViaductError('config/unwritable', `Another command is changing feeds.json; nothing was changed.`);
      }
      await setTimeout(WAIT_MS);
    }
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
