import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PollingJob, PollingResult } from './polling-child.ts';
import { POLLUTION_WATCH } from './pollution-watch.ts';

const CHILD = fileURLToPath(new URL('./polling-child.js', import.meta.url));
const LIMIT_MS = 120_000;

export interface MeasuredPoll {
  /** Undefined when the process died, or took more than two minutes. */
  readonly result: PollingResult | undefined;
  readonly stderr: string;
}

/** Polls in a process of its own, with a store of its own that is gone afterwards. */
export async function measurePoll(job: Omit<PollingJob, 'folder'>): Promise<MeasuredPoll> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-accept-'));
  const child = fork(CHILD, { execArgv: [POLLUTION_WATCH], silent: true, serialization: 'advanced' });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  try {
    let result: PollingResult | undefined;
    child.on('message', (message) => {
      result = message as PollingResult;
    });
    child.send({ ...job, folder });
    await new Promise((resolve) => child.on('close', resolve));
    return { result: child.exitCode === 0 ? result : undefined, stderr };
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
