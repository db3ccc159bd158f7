import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A test that fails half-way must not leave its daemon behind. */
const running = new Map<string, Running[]>();
const MAIN = path.resolve('dist/src/main.js');

/** A folder with a feeds.json in it, gone afterwards with every process that was started in it. */
export async function withFolder<T>(feedsJson: unknown, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-test-'));
  try {
    await writeFile(path.join(folder, 'feeds.json'), JSON.stringify(feedsJson));
    return await work(folder);
  } finally {
    for (const { child, ended } of running.get(folder) ?? []) {
      child.kill('SIGKILL');
      await ended;
    }
    running.delete(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end, as a user would in `folder`. */
export async function viaduct(folder: string, ...args: readonly string[]): Promise<Ended> {
  const { ended } = spawnViaduct(folder, args);
  return ended;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the fields of the first log line of this event (from now or before) for which `isWanted`; rejects when the process ends first. */
  logged(event: string, isWanted?: (fields: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
}

/** Starts a command and reads its log. `through` is a program that runs it, with its own arguments (strace, prlimit, env). */
export function spawnViaduct(folder: string, args: readonly string[], through: readonly string[] = []): Running {
  const [program = process.execPath, ...before] = [...through, process.execPath];
  const child = spawn(program, [...before, MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, VIADUCT_LOG_LEVEL: 'debug' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const lines: Record<string, unknown>[] = [];
  const listeners = new Set<() => void>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.startsWith('{')) lines.push(JSON.parse(part));
    for (const listener of [...listeners]) listener();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const logged: Running['logged'] = (event, isWanted = () => true) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = lines.find((line) => line.event === event && isWanted(line));
        if (!found) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
      void ended.then(({ code }) => reject(new Error(`ended with ${code} before it logged ${event}:\n${stderr}`)));
    });
  const started = { child, ended, logged };
  running.set(folder, [...(running.get(folder) ?? []), started]);
  return started;
}
