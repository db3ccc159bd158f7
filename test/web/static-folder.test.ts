import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { writeStaticSite } from '../../src/web/static-folder.ts';
import type { StaticFile } from '../../src/web/static-site.ts';

const LONG = 'one two three '.repeat(200);

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(path.join(tmpdir(), 'viaduct-static-'));
  try {
    await work(path.join(parent, 'site'));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

function filesOf(texts: Readonly<Record<string, string>>): readonly StaticFile[] {
  return Object.entries(texts).map(([name, text]) => ({ name, make: async () => Buffer.from(text) }));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('.viaduct-build'))
    .sort();
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, ViaductError);
  assert.is((error as ViaductError).code, 'usage/folder');
  return (error as ViaductError).message;
}

test('writeStaticSite: every file with the same text in gzip and brotli beside it; none where that saves nothing', async () => {
  await withFolder(async (folder) => {
    const result = await writeStaticSite(folder, filesOf({ 'a/index.html': LONG, 'b.txt': 'b' }));
    assert.equal(result, { written: 2, unchanged: 0, removed: 0, kept: [] });
    assert.equal(await namesIn(folder), ['a/index.html', 'a/index.html.br', 'a/index.html.gz', 'b.txt']);
    const read = (name: string) => readFile(path.join(folder, name));
    assert.is(String(gunzipSync(await read('a/index.html.gz'))), LONG);
    assert.is(String(brotliDecompressSync(await read('a/index.html.br'))), LONG);
  });
});

test('writeStaticSite: what did not change is not touched; a lost copy is made again', async () => {
  await withFolder(async (folder) => {
    const files = filesOf({ 'same.html': LONG, 'other.html': LONG });
    await writeStaticSite(folder, files);
    const before = (await stat(path.join(folder, 'same.html'))).ino;
    await rm(path.join(folder, 'other.html.gz'));
    assert.equal(await writeStaticSite(folder, files), { written: 1, unchanged: 1, removed: 0, kept: [] });
    assert.is((await stat(path.join(folder, 'same.html'))).ino, before);
    assert.ok(existsSync(path.join(folder, 'other.html.gz')));
  });
});

test('writeStaticSite: a text that became short leaves no copy of the long one', async () => {
  await withFolder(async (folder) => {
    await writeStaticSite(folder, filesOf({ 'a.html': LONG }));
    await writeStaticSite(folder, filesOf({ 'a.html': 'short' }));
    assert.equal(await namesIn(folder), ['a.html']);
  });
});

test('writeStaticSite: what is not part of the site any more goes, with the folders that it leaves empty', async () => {
  await withFolder(async (folder) => {
    await writeStaticSite(
      folder,
      filesOf({ 'index.html': LONG, 'items/1/x/index.html': LONG, 'items/2/index.html': LONG }),
    );
    await writeFile(path.join(folder, 'items/2/mine.txt'), 'mine');
    const result = await writeStaticSite(folder, filesOf({ 'index.html': LONG }));
    assert.equal(result, { written: 0, unchanged: 1, removed: 2, kept: [] });
    assert.equal(await namesIn(folder), ['index.html', 'index.html.br', 'index.html.gz', 'items/2/mine.txt']);
    assert.not(existsSync(path.join(folder, 'items/1')));
  });
});

test('writeStaticSite: a file of somebody else stays as it is and is told, later too', async () => {
  await withFolder(async (folder) => {
    await writeStaticSite(folder, filesOf({ 'index.html': LONG }));
    await writeFile(path.join(folder, 'robots.txt'), 'theirs');
    await writeFile(path.join(folder, 'CNAME'), 'watch.example');
    const files = filesOf({ 'index.html': LONG, 'robots.txt': 'ours' });
    for (const _ of [1, 2]) {
      assert.equal((await writeStaticSite(folder, files)).kept, ['robots.txt']);
      assert.is(await readFile(path.join(folder, 'robots.txt'), 'utf8'), 'theirs');
    }
    await writeStaticSite(folder, []);
    assert.equal(await namesIn(folder), ['CNAME', 'robots.txt']);
  });
});

test('writeStaticSite: a folder that holds something, and that no build made, is refused and stays as it is', async () => {
  await withFolder(async (folder) => {
    await mkdir(folder);
    await writeFile(path.join(folder, 'index.html'), 'theirs');
    assert.match(
      await refusal(writeStaticSite(folder, filesOf({ 'index.html': LONG }))),
      /did not write \(index\.html\)/,
    );
    assert.equal(await readdir(folder), ['index.html']);
  });
});

test('writeStaticSite: hidden files do not make a folder somebody’s; a file is no folder', async () => {
  await withFolder(async (folder) => {
    await mkdir(path.join(folder, '.git'), { recursive: true });
    assert.is((await writeStaticSite(folder, filesOf({ 'a.txt': 'a' }))).written, 1);
    assert.match(await refusal(writeStaticSite(path.join(folder, 'a.txt'), [])), /is a file or below one/);
  });
});

test('writeStaticSite: after a build that broke off, the next one knows its files', async () => {
  await withFolder(async (folder) => {
    const broken = { name: 'b.html', make: () => Promise.reject(new Error('no power')) };
    const error = await writeStaticSite(folder, [...filesOf({ 'a.html': LONG }), broken]).catch((thrown) => thrown);
    assert.match(error.message, /no power/);
    const result = await writeStaticSite(folder, filesOf({ 'b.html': LONG }));
    assert.equal([result.kept, await namesIn(folder)], [[], ['b.html', 'b.html.br', 'b.html.gz']]);
  });
});

const manifests = [
  { it: 'no JSON', text: '{' },
  { it: 'another version', text: '{"version":2,"files":[]}' },
  { it: 'a name that leads out', text: '{"version":1,"files":["../outside.txt"]}' },
  { it: 'an absolute name', text: '{"version":1,"files":["/etc/outside"]}' },
  { it: 'null', text: 'null' },
];
for (const { it, text } of manifests) {
  test(`writeStaticSite: a list of files that is ${it} removes nothing`, async () => {
    await withFolder(async (folder) => {
      await writeStaticSite(folder, filesOf({ 'a.txt': 'a' }));
      await writeFile(path.join(folder, '../outside.txt'), 'outside');
      await writeFile(path.join(folder, '.viaduct-build/files.json'), text);
      assert.match(await refusal(writeStaticSite(folder, [])), /cannot be read/);
      assert.equal([await namesIn(folder), existsSync(path.join(folder, '../outside.txt'))], [['a.txt'], true]);
    });
  });
}

test.run();
