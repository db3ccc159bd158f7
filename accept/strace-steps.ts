import path from 'node:path';
import type { Step } from './save-order.ts';

/** What `strace -f -y` must be told to show for `readStrace`. */
export const STRACE_FLAGS = [
  '-f',
  '-y',
  '-s',
  '4000',
  '-e',
  'trace=write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2',
];

const CALLS: ReadonlyMap<string, 'write' | 'sync' | 'rename'> = new Map([
  ['write', 'write'],
  ['pwrite64', 'write'],
  ['writev', 'write'],
  ['fsync', 'sync'],
  ['fdatasync', 'sync'],
  ['rename', 'rename'],
  ['renameat', 'rename'],
  ['renameat2', 'rename'],
]);

/** The steps in the output of strace: calls that succeeded, and the log lines that say that a source was stored. */
export function readStrace(output: string): readonly Step[] {
  const begun = new Map<string, { text: string; from: number }>();
  const steps: Step[] = [];
  for (const [at, line] of output.split('\n').entries()) {
    const [, pid = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(text)?.[1];
    if (unfinished !== undefined) {
      begun.set(pid, { text: unfinished, from: at });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const start = resumed === undefined ? undefined : begun.get(pid);
    const whole = start ? start.text + resumed : text;
    steps.push(...readCall(whole, start?.from ?? at, at));
  }
  return steps;
}

function readCall(text: string, from: number, to: number): readonly Step[] {
  const [, name = '', args = ''] = /^(\w+)\((.*)\) += \d+/s.exec(text) ?? [];
  const call = CALLS.get(name);
  if (call === undefined) return [];
  if (call === 'rename') {
    const [, target = ''] = /"([^"]*)"[^"]*$/.exec(args) ?? [];
    return [{ call, name: path.basename(target), from, to }];
  }
  const [, descriptor = '', file = ''] = /^(\d+)<([^>]*)>/.exec(args) ?? [];
  if (call === 'write' && descriptor === '2') {
    const said = args.matchAll(/\\"source\\":\\"([a-z0-9-]+)\\"[^\n]*?\\"event\\":\\"poll\.updated\\"/g);
    return Array.from(said, ([, source = '']) => ({ call: 'said', name: source, from, to }));
  }
  return [{ call, name: path.basename(file), from, to }];
}
