import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ViaductError } from '../errors.ts';
import { explainWriteError } from './durable-adapter.ts';
import { errorCode, type StoreFs } from './store-fs.ts';

/** Who holds a data folder. `boot` and `started` (Linux) tell a process from a later one with its pid; a pid means something
 *  only on the same host and in the same namespace of pids (a container has its own). */
interface Holder {
  readonly nonce: string;
  readonly pid: number;
  readonly host: string;
  readonly namespace?: string;
  readonly boot?: string;
  readonly started?: string;
}

/** How often the lock's time is touched, and how long a starter that cannot see our pid watches it. */
const BEAT_MS = 2_000;
const WATCH_MS = 5_000;
/** A lock file that holds nothing yet may be in the making where the file system has no hard links. */
const HALF_MADE_MS = 1_000;

/** Takes a folder's lock, at once also when its holder was killed. Returns the way to give it free.
 *
 *  Each starter writes its own claim file; the one whose link() to `lock` succeeds has the folder. A dead holder's lock is never
 *  removed (two starters could each remove the other's): the right to replace it goes to the one whose link() to
 *  `lock.after-NONCE` succeeds, the nonce being the dead one's; if that one dies as well, to `lock.after-` its own, and so on.
 *  @throws ViaductError 'store/locked' naming the pid, 'store/full' or 'store/write' */
export async function lockFolder(fs: StoreFs, folder: string): Promise<() => Promise<void>> {
  const head = path.join(folder, 'lock');
  const nonce = randomUUID();
  const claim = path.join(folder, `lock.claim-${nonce}`);
  const content = JSON.stringify(await describeSelf(fs, nonce));
  try {
    await place(fs, content, claim);
    await acquire(fs, folder, head, claim, content);
  } catch (error) {
    throw explainWriteError(error, head);
  } finally {
    await fs.rm(claim, { force: true }).catch(() => undefined);
  }
  const beat = setInterval(() => void touch(fs, head), BEAT_MS).unref();
  return async () => {
    clearInterval(beat);
    const holder = await readHolder(fs, head);
    if (holder?.nonce === nonce) await fs.rm(head, { force: true });
  };
}

async function acquire(fs: StoreFs, folder: string, head: string, claim: string, content: string): Promise<void> {
  for (;;) {
    if (await place(fs, content, head, claim)) return;
    const first = await readHolder(fs, head);
    if (first && (await replaceDead(first))) return;
  }

  /** Takes the lock from `first`, who held it. False when somebody else did meanwhile. */
  async function replaceDead(first: Holder): Promise<boolean> {
    // Whoever replaces the lock ends the chain in the same moment: as long as the lock is what it was, the chain counts.
    const isStillThere = async () => (await readHolder(fs, head))?.nonce === first.nonce;
    let holder: Holder | undefined = first;
    let spot = head;
    while (holder) {
      if (await isAlive(fs, holder, spot)) {
        if (spot !== head && !(await isStillThere())) return false;
        throw inUse(holder, folder);
      }
      spot = path.join(folder, `lock.after-${holder.nonce}`);
      if (await place(fs, content, spot, claim)) {
        if (await isStillThere()) {
          await fs.rename(spot, head);
          await removeDead(fs, folder);
          return true;
        }
        await fs.rm(spot, { force: true });
        return false;
      }
      holder = await readHolder(fs, spot);
    }
    return false;
  }
}

/** Makes a file that must not be there yet; false if it is. By link(), so that it is never seen half-written. */
async function place(fs: StoreFs, content: string, target: string, claim?: string): Promise<boolean> {
  try {
    if (claim !== undefined) {
      await fs.link(claim, target);
      return true;
    }
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
  }
  try {
    const handle = await fs.open(target, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Who wrote this lock file; undefined if it has gone. One that says nothing is nobody's: its place in time is its nonce. */
async function readHolder(fs: StoreFs, file: string): Promise<Holder | undefined> {
  for (;;) {
    try {
      const { ino, mtimeMs } = await fs.stat(file);
      const holder = parseHolder(await fs.readFile(file, 'utf8'));
      if (holder) return holder;
      if (Math.abs(Date.now() - mtimeMs) > HALF_MADE_MS) return { nonce: `${ino}-${mtimeMs}`, pid: 0, host: '' };
      await wait(50);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const { nonce, pid, host } = (value ?? {}) as Partial<Holder>;
    const isHolder = /^[0-9a-f-]{36}$/.test(String(nonce)) && Number.isSafeInteger(pid) && typeof host === 'string';
    return isHolder ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive(fs: StoreFs, holder: Holder, file: string): Promise<boolean> {
  if (holder.pid <= 0) return false;
  if (!(await isNear(fs, holder))) return isBeating(fs, file);
  if (holder.boot !== undefined && holder.boot !== (await bootId(fs))) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    if (errorCode(error) === 'ESRCH') return false;
  }
  const holding = await statOf(fs, holder.pid);
  // Killed, and its parent has not asked for its end yet (a container's first process may never do so): it holds nothing.
  if (holding?.state === 'Z' || holding?.state === 'X') return false;
  return holder.started === undefined || holder.started === holding?.started;
}

/** Whether its pid can be seen from here. */
async function isNear(fs: StoreFs, { host, namespace }: Holder): Promise<boolean> {
  return host === hostname() && namespace === (await pidNamespace(fs));
}

/** A holder in another container or on another machine lives if it touches its lock. */
async function isBeating(fs: StoreFs, file: string): Promise<boolean> {
  const timeOf = async () => {
    try {
      return (await fs.stat(file)).mtimeMs;
    } catch {
      return undefined;
    }
  };
  const before = await timeOf();
  if (before === undefined || Math.abs(Date.now() - before) > 10 * WATCH_MS) return false;
  for (let waited = 0; waited < WATCH_MS; waited += 500) {
    await wait(500);
    if ((await timeOf()) !== before) return true;
  }
  return false;
}

async function touch(fs: StoreFs, file: string): Promise<void> {
  const now = new Date();
  await fs.utimes(file, now, now).catch(() => undefined);
}

/** Removes the claims of starters that died on the way. */
async function removeDead(fs: StoreFs, folder: string): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    if (!/^lock\.(claim|after)-/.test(name)) continue;
    const file = path.join(folder, name);
    const holder = await readHolder(fs, file);
    if (holder && (await isNear(fs, holder)) && !(await isAlive(fs, holder, file))) await fs.rm(file, { force: true });
  }
}

async function describeSelf(fs: StoreFs, nonce: string): Promise<Holder> {
  const [namespace, boot, started] = [
    await pidNamespace(fs),
    await bootId(fs),
    (await statOf(fs, process.pid))?.started,
  ];
  return {
    nonce,
    pid: process.pid,
    host: hostname(),
    ...(namespace !== undefined && { namespace }),
    ...(boot !== undefined && { boot }),
    ...(started !== undefined && { started }),
  };
}

async function pidNamespace(fs: StoreFs): Promise<string | undefined> {
  return fs.readlink('/proc/self/ns/pid').catch(() => undefined);
}

async function bootId(fs: StoreFs): Promise<string | undefined> {
  return (await readProc(fs, '/proc/sys/kernel/random/boot_id'))?.trim();
}

/** A process's state, and when it began, in clock ticks since boot: fields 3 and 22 of /proc/PID/stat (proc(5)), counted
 *  after the command's closing bracket. */
async function statOf(fs: StoreFs, pid: number): Promise<{ state?: string; started?: string } | undefined> {
  const stat = await readProc(fs, `/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return { ...(state !== undefined && { state }), ...(started !== undefined && { started }) };
}

/** Undefined where there is no /proc: then a pid alone must do. */
async function readProc(fs: StoreFs, file: string): Promise<string | undefined> {
  return fs.readFile(file, 'utf8').catch(() => undefined);
}

function inUse({ pid, host }: Holder, folder: string): ViaductError {
  const where = host === hostname() ? '' : ` on ${host}`;
  return new ViaductError(
    'store/locked',
    `${path.dirname(folder)} is in use by viaduct, process ${pid}${where}. Stop that one first, or give this one a data folder of its own.`,
  );
}
