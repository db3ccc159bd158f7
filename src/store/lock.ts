import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ViaductError } from '../errors.ts';
import { explainWriteError } from './durable-adapter.ts';
import { errorCode, type StoreFs } from './store-fs.ts';

/** What a lock file says of who made it. A pid means something only on the same host and in the same namespace of pids (a
 *  container has its own); `boot` and `started` (Linux) tell the process from a later one with the same pid. */
interface Holder {
  readonly nonce: string;
  readonly pid: number;
  readonly host: string;
  readonly namespace?: string | undefined;
  readonly boot?: string | undefined;
  readonly started?: string | undefined;
}

/** How often a holder touches its lock, and how long a starter that cannot see the holder's pid watches for that. */
const TOUCH_EVERY_MS = 2_000;
const WATCH_MS = 5_000;
/** An empty lock file younger than this may be in the making (where the file system has no hard links). */
const HALF_MADE_MS = 1_000;

/** Takes a folder's lock, at once also when its holder was killed. Returns the way to release it.
 *
 *      write a file of our own, lock.claim-OURS: pid, host, boot, a nonce
 *      repeat
 *        if link(claim, lock) succeeds: the folder is ours
 *        holder = who made `lock`
 *        while holder is dead
 *          next = lock.after-HOLDER
 *          if link(claim, next) succeeds
 *            if `lock` is still the one that we read: rename next to lock, the folder is ours
 *            otherwise: remove next and begin again
 *          holder = who made `next`: another starter; if it is dead as well, we go on after it
 *        holder is alive: refuse
 *
 *  link() fails if the name is taken, so one starter wins each name. The dead holder's lock is replaced and never removed: of two
 *  starters that remove it, the second could remove the lock that the first has just taken.
 *  @throws ViaductError 'store/locked' naming the pid, 'store/full' or 'store/write' */
export async function lockFolder(fs: StoreFs, folder: string): Promise<() => Promise<void>> {
  const lock = path.join(folder, 'lock');
  const nonce = randomUUID();
  const claim = path.join(folder, `lock.claim-${nonce}`);
  const content = JSON.stringify(await describeSelf(fs, nonce));
  try {
    await create(fs, content, claim);
    await acquire(fs, folder, lock, claim, content);
  } catch (error) {
    throw explainWriteError(error, lock);
  } finally {
    await fs.rm(claim, { force: true }).catch(() => undefined);
  }
  const touching = setInterval(() => void touch(fs, lock), TOUCH_EVERY_MS).unref();
  return async () => {
    clearInterval(touching);
    const holder = await readHolder(fs, lock);
    if (holder?.nonce === nonce) await fs.rm(lock, { force: true });
  };
}

async function acquire(fs: StoreFs, folder: string, lock: string, claim: string, content: string): Promise<void> {
  for (;;) {
    if (await create(fs, content, lock, claim)) return;
    const first = await readHolder(fs, lock);
    if (first && (await replaceDead(first))) return;
  }

  /** Takes the lock from `first`, who held it. False when somebody else did meanwhile. */
  async function replaceDead(first: Holder): Promise<boolean> {
    const isUnchanged = async () => (await readHolder(fs, lock))?.nonce === first.nonce;
    let holder: Holder | undefined = first;
    let file = lock;
    while (holder) {
      if (await isAlive(fs, holder, file)) {
        // A starter that is alive counts only as long as it has not given up its turn.
        if (file !== lock && !(await isUnchanged())) return false;
        throw inUse(holder, folder);
      }
      file = path.join(folder, `lock.after-${holder.nonce}`);
      if (await create(fs, content, file, claim)) {
        if (await isUnchanged()) {
          await fs.rename(file, lock);
          await removeDead(fs, folder);
          return true;
        }
        await fs.rm(file, { force: true });
        return false;
      }
      holder = await readHolder(fs, file);
    }
    return false;
  }
}

/** Makes a file that must not be there yet; false if it is. With a claim by link(), so that it is never seen half-written. */
async function create(fs: StoreFs, content: string, target: string, claim?: string): Promise<boolean> {
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

/** Who made this lock file; undefined if it has gone. One that names nobody gets its inode and time for a nonce, so that all
 *  starters mean the same file by it, and counts as dead. */
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
  if (!(await isPidVisible(fs, holder))) return isTouched(fs, file);
  if (holder.boot !== undefined && holder.boot !== (await bootId(fs))) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it is alive and another user's.
    if (errorCode(error) === 'ESRCH') return false;
  }
  const found = await statOf(fs, holder.pid);
  // Killed, and its parent has not asked for its end yet (a container's first process may never do so): it holds nothing.
  if (found?.state === 'Z' || found?.state === 'X') return false;
  return holder.started === undefined || holder.started === found?.started;
}

async function isPidVisible(fs: StoreFs, { host, namespace }: Holder): Promise<boolean> {
  return host === hostname() && namespace === (await pidNamespace(fs));
}

/** A holder in another container or on another machine is alive if it touches its lock. Only that the time changes counts: the
 *  clocks of two machines may differ. */
async function isTouched(fs: StoreFs, file: string): Promise<boolean> {
  const timeOf = () =>
    fs.stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  const before = await timeOf();
  for (let waited = 0; before !== undefined && waited < WATCH_MS; waited += 500) {
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
    if (holder && (await isPidVisible(fs, holder)) && !(await isAlive(fs, holder, file)))
      await fs.rm(file, { force: true });
  }
}

async function describeSelf(fs: StoreFs, nonce: string): Promise<Holder> {
  const namespace = await pidNamespace(fs);
  const boot = await bootId(fs);
  const started = (await statOf(fs, process.pid))?.started;
  return { nonce, pid: process.pid, host: hostname(), namespace, boot, started };
}

async function pidNamespace(fs: StoreFs): Promise<string | undefined> {
  return fs.readlink('/proc/self/ns/pid').catch(() => undefined);
}

async function bootId(fs: StoreFs): Promise<string | undefined> {
  return (await readProc(fs, '/proc/sys/kernel/random/boot_id'))?.trim();
}

/** A process's state, and when it began, in clock ticks since boot: fields 3 and 22 of /proc/PID/stat (proc(5)), counted
 *  after the command's closing bracket. */
async function statOf(
  fs: StoreFs,
  pid: number,
): Promise<{ state: string | undefined; started: string | undefined } | undefined> {
  const stat = await readProc(fs, `/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], started: fields[19] };
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
