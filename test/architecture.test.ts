/** The law that the folders stand for: what each may touch. ARCHITECTURE.md says why. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

interface SourceFile {
  /** Below src/, with forward slashes. */
  readonly name: string;
  readonly text: string;
  /** Module specifiers; relative ones resolved to a name below src/. Type-only imports are left out. */
  readonly imports: readonly string[];
}

const root = path.resolve('src');
const files: readonly SourceFile[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((name) => name.split(path.sep).join('/'))
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => {
    const text = readFileSync(path.join(root, name), 'utf8');
    const found = text.matchAll(
      /^(?:import|export)(?! type)[^;]*?from '([^']+)'|import\('([^']+)'\)|^import '([^']+)'/gm,
    );
    const imports = [...found].map((match) => {
      const specifier = match[1] ?? match[2] ?? match[3] ?? '';
      return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(name), specifier) : specifier;
    });
    return { name, text, imports };
  });

const codeOf = (file: SourceFile) => file.text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');
const isIn = (folder: string) => (file: SourceFile) => file.name.startsWith(`${folder}/`);
/** The pool runs threads: the only files of parse/ that touch the machine. */
const THREADS = new Set(['parse/parse-pool.ts', 'parse/parse-worker.ts']);
const PURE_ROOMS = ['parse', 'identity', 'schedule', 'items', 'publish'];
const isPure = (file: SourceFile) => PURE_ROOMS.some((f) => isIn(f)(file)) && !THREADS.has(file.name);
/** node: modules that compute and do nothing else. */
const PURE_MODULES = new Set(['node:crypto', 'node:buffer', 'node:url', 'node:util', 'node:string_decoder']);

/** All relative imports, those of types too. */
function everyImport({ name, text }: SourceFile): string[] {
  return [...text.matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map((match) =>
    path.posix.join(path.posix.dirname(name), match[1] ?? match[2] ?? ''),
  );
}

function offenders(concerned: (file: SourceFile) => boolean, breaks: (file: SourceFile) => boolean): string[] {
  const judged = files.filter(concerned);
  assert.ok(judged.length > 0, 'the rule judges no file: has a folder moved?');
  return judged.filter(breaks).map((file) => file.name);
}

test('architecture: parse, identity, schedule, items and publish import no I/O', () => {
  const touchesMachine = (specifier: string) =>
    (specifier.startsWith('node:') && !PURE_MODULES.has(specifier)) ||
    ['undici', 'lowdb', 'lowdb/node', 'pino', 'piscina', 'node-cron', '@hono/node-server'].includes(specifier);
  assert.equal(
    offenders(isPure, (file) => file.imports.some(touchesMachine)),
    [],
  );
});

test('architecture: parse, identity, schedule, items and publish read no clock, no chance and no environment', () => {
  const impure =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\bprocess\.|\bsetTimeout\(|\bfetch\(/;
  assert.equal(
    offenders(isPure, (file) => impure.test(codeOf(file))),
    [],
  );
});

test('architecture: only config reads the environment', () => {
  assert.equal(
    offenders(
      (file) => !isIn('config')(file),
      (file) => /\bprocess\.env\b/.test(codeOf(file)),
    ),
    [],
  );
});

test('architecture: only main ends the process', () => {
  assert.equal(
    offenders(
      (file) => file.name !== 'main.ts',
      (file) => /\bprocess\.exit\(/.test(codeOf(file)),
    ),
    [],
  );
});

test('architecture: only app.ts, and network.ts for it, picks implementations', () => {
  const implementations = [
    'store/json-store.ts',
    'fetch/http-fetcher.ts',
    'fetch/file-fetcher.ts',
    'parse/parse-pool.ts',
  ];
  // `viaduct parse` reads files without a daemon around it: it runs the pool itself.
  const allowed = new Set(['app.ts', 'worker/network.ts', 'cli/parse.ts']);
  assert.equal(
    offenders(
      (file) => !allowed.has(file.name),
      (file) => file.imports.some((name) => implementations.includes(name)),
    ),
    [],
  );
});

test('architecture: nothing but app, main and themselves imports cli or web', () => {
  for (const folder of ['cli', 'web']) {
    assert.equal(
      offenders(
        (file) => !isIn(folder)(file) && !['app.ts', 'main.ts'].includes(file.name),
        (file) => file.imports.some((name) => name.startsWith(`${folder}/`)),
      ),
      [],
    );
  }
});

test('architecture: nothing asks URL.canParse, which changes its mind about the same address (Node 20 and 22)', () => {
  assert.equal(
    offenders(
      () => true,
      (file) => /\bcanParse\b/.test(codeOf(file)),
    ),
    [],
  );
});

test('architecture: no import leads back to where it came from, not even for a type', () => {
  const importsOf = new Map(files.map((file) => [file.name, everyImport(file)]));
  const circles: string[] = [];
  const isDone = new Set<string>();
  const follow = (name: string, trail: readonly string[]): void => {
    if (trail.includes(name)) circles.push([...trail.slice(trail.indexOf(name)), name].join(' → '));
    if (trail.includes(name) || isDone.has(name)) return;
    for (const next of importsOf.get(name) ?? []) follow(next, [...trail, name]);
    isDone.add(name);
  };
  for (const { name } of files) follow(name, []);
  assert.equal(circles, []);
});

test('architecture: no folder imports one that imports it, not even through others or for a type', () => {
  const roomsOf = new Map<string, Set<string>>();
  for (const file of files) {
    const [room, ...rest] = file.name.split('/');
    if (!room || rest.length === 0) continue;
    const imported = everyImport(file).flatMap((name) => (name.includes('/') ? (name.split('/')[0] ?? []) : []));
    roomsOf.set(room, new Set([...(roomsOf.get(room) ?? []), ...imported.filter((other) => other !== room)]));
  }
  const reachedFrom = (room: string, seen = new Set<string>()): Set<string> => {
    for (const next of roomsOf.get(room) ?? []) if (!seen.has(next)) reachedFrom(next, seen.add(next));
    return seen;
  };
  assert.equal(
    [...roomsOf.keys()].filter((room) => reachedFrom(room).has(room)),
    [],
  );
});

test('architecture: identity and schedule import neither each other nor items', () => {
  const barred: Readonly<Record<string, RegExp>> = { identity: /^(schedule|items)\//, schedule: /^(identity|items)\// };
  for (const [room, others] of Object.entries(barred)) {
    assert.equal(
      offenders(isIn(room), (file) => everyImport(file).some((name) => others.test(name))),
      [],
    );
  }
});

test('architecture: model.ts imports nothing', () => {
  assert.equal(
    offenders(
      (file) => file.name === 'model.ts',
      (file) => file.text.includes('import '),
    ),
    [],
  );
});

test('architecture: no file but model.ts, which is a dictionary, is longer than 350 lines', () => {
  assert.equal(
    offenders(
      (file) => file.name !== 'model.ts',
      (file) => file.text.split('\n').length > 350,
    ),
    [],
  );
});

test.run();
