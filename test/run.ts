/** Runs the tests: one child a file, each with a time limit; ends with 'N passed, N failed, N skipped'.
 *  Why not uvu's own command: it exits 0 when .run() is forgotten, when a file has no test, and when a test
 *  throws null (lukeed/uvu #80, #201, #205). Here a file counts only by the totals that it printed.
 *
 *  npm test -- [part of a file name …]   VERBOSE=1 prints every file's output */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FILE_LIMIT_MS = 120_000;
/** dist/test: the compiled tests; what is listed are the sources, so that a deleted test does not live on in dist/. */
const compiled = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(compiled, '../..');
const wanted = process.argv.slice(2);
const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => !name.startsWith('browser'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();

interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function runFile(name: string): Promise<Result> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let output = '';
    let late = false;
    const child = spawn(process.execPath, ['--enable-source-maps', path.join(compiled, name.replace(/ts$/, 'js'))], {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, FILE_LIMIT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        output += chunk;
      });
    }
    child.on('close', (code) => {
      clearTimeout(timer);
      const result = judge(output, code, late);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      const mark = result.failed === 0 ? 'ok  ' : 'FAIL';
      console.log(`${mark} ${name} (${result.passed} passed, ${result.skipped} skipped, ${seconds} s)`);
      for (const line of output.match(/^# skip: .*$/gm) ?? []) console.log(`     ${line}`);
      if (result.failed > 0 || process.env.VERBOSE) console.log(output.replace(/^/gm, '     '));
      if (late) console.log(`     stopped after ${FILE_LIMIT_MS / 1000} s`);
      resolve(result);
    });
  });
}

/** A file's result from the totals that uvu printed; none printed, no test or a bad exit is a failure. */
function judge(output: string, code: number | null, late: boolean): Result {
  const number = (word: string) => Number(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? Number.NaN);
  const [total, passed, skipped] = [number('Total'), number('Passed'), number('Skipped')];
  // uvu's total leaves out what was skipped. A file may skip everything, but must print why.
  const reasons = output.match(/^# skip: .*$/gm)?.length ?? 0;
  if (!(total + skipped > 0) || reasons < skipped) return { passed: 0, failed: 1, skipped: 0 };
  const failed = Math.max(total - passed, late || code !== 0 ? 1 : 0);
  return { passed, failed, skipped };
}

const results: Result[] = [];
const queue = [...files];
await Promise.all(
  Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) results.push(await runFile(name));
  }),
);
const sum = (key: keyof Result) => results.reduce((total, result) => total + result[key], 0);
if (files.length === 0) console.log(`no test file matches ${wanted.join(' ')}`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = files.length === 0 || sum('failed') > 0 ? 1 : 0;
