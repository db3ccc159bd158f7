/** npm run mutate -- FOLDER [COUNT] [SEED]: which rules does no test hold? Changes one small thing at a time in a copy of the
 *  compiled program (a comparison, a number, a condition, a call that filters …), runs the tests, and lists the changes that
 *  none of them noticed. COUNT changes are drawn at random (300; 0 = all of them), the same ones for the same SEED.
 *
 *  FOLDER is one of src/. The tests are those of its own folder and of the folders that NEIGHBOURS names. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

/** Tests elsewhere that hold rules of a folder. */
const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  identity: ['identity', 'items'],
  items: ['items', 'identity'],
  schedule: ['schedule', 'worker/poller'],
  store: ['store', 'cli/doctor', 'cli/backup'],
};
/** A run of the unchanged program may take so many times as long before a changed one counts as hanging. */
const PATIENCE = 4;

interface Mutant {
  /** Below dist/src/. */
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
  readonly start: number;
  readonly end: number;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const SWAPS: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
};
/** Calls that leave a value of the same kind where they are left out. */
const LEFT_OUT = new Set(
  'filter sort slice reverse trim trimEnd trimStart toLowerCase toUpperCase normalize replace replaceAll toSorted'.split(
    ' ',
  ),
);

/** All changes that can be made to one file. */
function mutantsOf(file: string, code: string): Mutant[] {
  const mutants: Mutant[] = [];
  const add = ({ start, end }: { start: number; end: number }, to: string) => {
    const from = code.slice(start, end);
    if (from !== to) mutants.push({ file, line: code.slice(0, start).split('\n').length, from, to, start, end });
  };
  const textOf = (node: unknown) => code.slice((node as Node).start, (node as Node).end);
  const visit = (node: Node): void => {
    const { type } = node;
    if (type === 'ImportDeclaration' || type === 'ExportAllDeclaration') return;
    if (type === 'BinaryExpression' || type === 'LogicalExpression') {
      const [left, right] = [node.left as Node, node.right as Node];
      for (const operator of SWAPS[String(node.operator)] ?? [])
        add(
          { start: left.end, end: right.start },
          textOf({ start: left.end, end: right.start }).replace(String(node.operator), operator),
        );
    }
    if (type === 'IfStatement' || type === 'ConditionalExpression') {
      add(node.test as Node, 'true');
      add(node.test as Node, 'false');
    }
    if (type === 'UnaryExpression' && node.operator === '!') add(node, textOf(node.argument));
    if (type === 'Literal' && typeof node.value === 'number') add(node, String(node.value + 1));
    if (type === 'Literal' && typeof node.value === 'boolean') add(node, String(!node.value));
    if (type === 'Literal' && typeof node.value === 'string') add(node, node.value === '' ? '"changed"' : '""');
    if (type === 'ExpressionStatement' && /Call|Assignment|Update/.test((node.expression as Node).type)) add(node, ';');
    if (type === 'ContinueStatement' || type === 'BreakStatement') add(node, ';');
    if (type === 'CallExpression' && (node.callee as Node).type === 'MemberExpression') {
      const callee = node.callee as Node;
      if (LEFT_OUT.has(textOf(callee.property))) add(node, textOf(callee.object));
    }
    for (const [key, value] of Object.entries(node)) {
      // A property's name is no value.
      if (key === 'key' && node.computed !== true) continue;
      for (const child of Array.isArray(value) ? value : [value])
        if (typeof child === 'object' && child !== null && 'type' in child) visit(child as Node);
    }
  };
  visit(parseSync(file, code).program as unknown as Node);
  return mutants;
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A copy of the project whose dist/ may be changed. */
function makeCopy(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'viaduct-mutation-'));
  for (const name of readdirSync('.')) {
    if (name === 'dist') cpSync('dist', path.join(copy, 'dist'), { recursive: true });
    else if (name !== '.git') symlinkSync(path.resolve(name), path.join(copy, name));
  }
  return copy;
}

function runTests(copy: string, tests: readonly string[], limitMs: number): Promise<{ isGood: boolean; ms: number }> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const files = tests.map((name) => path.join(copy, 'dist/test', name.replace(/ts$/, 'js')));
    const child = spawn(process.execPath, [path.join(copy, 'dist/bench/mutation-child.js'), ...files], {
      cwd: copy,
      stdio: 'ignore',
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ isGood: code === 0, ms: performance.now() - startedAt });
    });
  });
}

const [folder = '', count = '300', seed = '1'] = process.argv.slice(2);
const names = readdirSync(path.join('src', folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.tsx?$/.test(name),
);
const files = names.map((name) => path.posix.join(folder, name.replace(/\.tsx?$/, '.js')));
const all = files.flatMap((file) => mutantsOf(file, readFileSync(path.join('dist/src', file), 'utf8')));
const random = seededRandom(Number(seed));
const drawn = all
  .map((mutant) => ({ mutant, at: random() }))
  .sort((a, b) => a.at - b.at)
  .map(({ mutant }) => mutant);
const chosen = Number(count) === 0 ? drawn : drawn.slice(0, Number(count));
const near = NEIGHBOURS[folder] ?? [folder];
const nearTests = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.test.ts') && near.some((prefix) => name.startsWith(prefix)),
);

const copies = Array.from({ length: Math.min(2, availableParallelism()) }, makeCopy);
try {
  // The quickest file first: most changes are noticed by it.
  const timed: { name: string; ms: number }[] = [];
  for (const name of nearTests) {
    const { isGood, ms } = await runTests(copies[0] ?? '', [name], 600_000);
    if (!isGood) throw new Error(`${name} fails without any change`);
    timed.push({ name, ms });
  }
  const tests = timed.sort((a, b) => a.ms - b.ms).map(({ name }) => name);
  const ms = timed.reduce((sum, one) => sum + one.ms, 0);
  console.log(
    `${folder}: ${chosen.length} of ${all.length} changes, ${tests.length} test files, ${Math.round(ms)} ms without a change`,
  );
  const survivors: Mutant[] = [];
  let done = 0;
  const queue = [...chosen];
  await Promise.all(
    copies.map(async (copy) => {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const file = path.join(copy, 'dist/src', mutant.file);
        const code = readFileSync(file, 'utf8');
        writeFileSync(file, code.slice(0, mutant.start) + mutant.to + code.slice(mutant.end));
        if ((await runTests(copy, tests, ms * PATIENCE + 5000)).isGood) survivors.push(mutant);
        writeFileSync(file, code);
        done += 1;
        if (done % 50 === 0) console.log(`${done} tried, ${survivors.length} not noticed`);
      }
    }),
  );
  survivors.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  for (const { file, line, from, to } of survivors)
    console.log(
      `  dist/src/${file}:${line}  ${from.replace(/\s+/g, ' ').slice(0, 90)}  →  ${to.replace(/\s+/g, ' ').slice(0, 60)}`,
    );
  const killed = chosen.length - survivors.length;
  console.log(`${folder}: ${killed} of ${chosen.length} noticed, ${((100 * killed) / chosen.length).toFixed(1)}%`);
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
