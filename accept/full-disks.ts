import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';

/** A data folder that can be made full and given its space back while the program runs. */
export interface FullDisk {
  readonly name: string;
  /** Program (with arguments) that runs viaduct on it; undefined where this machine has no such thing. */
  through(dataDir: string): Promise<readonly string[] | undefined>;
  /** Where the data folder of a running process can be looked at. */
  seenAt(dataDir: string, pid: number): string;
  fill(dataDir: string, pid: number): Promise<void>;
  free(dataDir: string, pid: number): Promise<void>;
}

/** 2 MB of memory mounted in a namespace of the program's own, which needs no root where user namespaces are allowed. */
export const smallTmpfs: FullDisk = {
  name: 'tmpfs of 2 MB',
  async through(dataDir) {
    const enter = ['unshare', '--user', '--map-root-user', '--mount'];
    const mount = ['sh', '-c', 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"', dataDir];
    await mkdir(dataDir, { recursive: true });
    const [program = '', ...args] = [...enter, ...mount, 'true'];
    return spawnSync(program, args).status === 0 ? [...enter, ...mount] : undefined;
  },
  seenAt: (dataDir, pid) => path.join(`/proc/${pid}/root`, dataDir),
  async fill(dataDir, pid) {
    const file = await open(path.join(smallTmpfs.seenAt(dataDir, pid), 'filler'), 'w');
    try {
      for (;;) await file.write(Buffer.alloc(4096));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  },
  free: (dataDir, pid) => rm(path.join(smallTmpfs.seenAt(dataDir, pid), 'filler')),
};

/** No file may grow past a few kilobytes (RLIMIT_FSIZE). */
export const smallFiles: FullDisk = {
  name: 'RLIMIT_FSIZE',
  through: async () =>
    spawnSync('prlimit', ['--version']).status === 0 ? ['prlimit', '--fsize=unlimited'] : undefined,
  seenAt: (dataDir) => dataDir,
  fill: async (_, pid) => limitFiles(pid, '4096:unlimited'),
  free: async (_, pid) => limitFiles(pid, 'unlimited:unlimited'),
};

function limitFiles(pid: number, limit: string): void {
  execFileSync('prlimit', ['--pid', `${pid}`, `--fsize=${limit}`]);
}
