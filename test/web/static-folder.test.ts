import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { writeStaticSite } from '../../src/web/static-folder.ts';
import type { StaticFile } from '../../src/web/static-site.ts';

/** Long enough for a copy. */
const LONG = 'one two three '.repeat(1200);

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

test('writeStaticSite: a long file with the same text in gzip beside it; a short one comes as soon without', async () => {
  await withFolder(async (folder) => {
    const result = await writeStaticSite(
      folder,
      filesOf({ 'a/index.html': LONG, 'b.txt': 'b'.repeat(14_000), 'c.txt': 'c' }),
    );
    assert.equal(result, { written: 3, unchanged: 0, removed: 0 });
    assert.equal(await namesIn(folder), ['a/index.html', 'a/index.html.gz', 'b.txt', 'c.txt']);
    const read = (name: string) => readFile(path.join(folder, name));
    assert.is(String(gunzipSync(await read('a/index.html.gz'))), LONG);
  });
});

test('writeStaticSite: what did not change is not touched; a lost copy is made again', async () => {
  await withFolder(async (folder) => {
    const files = filesOf({ 'same.html': LONG, 'other.html': LONG });
    await writeStaticSite(folder, files);
    const before = (await stat(path.join(folder, 'same.html'))).ino;
    await rm(path.join(folder, 'other.html.gz'));
    assert.equal(await writeStaticSite(folder, files), { written: 1, unchanged: 1, removed: 0 });
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
    const result = await writeStaticSite(folder, filesOf({ 'index.html': LONG, 'items/2/index.html': LONG }));
    assert.equal(result, { written: 0, unchanged: 2, removed: 1 });
    assert.equal(await namesIn(folder), ['index.html', 'index.html.gz', 'items/2/index.html', 'items/2/index.html.gz']);
    assert.not(existsSync(path.join(folder, 'items/1')));
    assert.is((await writeStaticSite(folder, filesOf({ 'index.html': LONG }))).removed, 1);
    assert.not(existsSync(path.join(folder, 'items')));
  });
});

/** Files that say under which hash they are, and how often each was made. */
function hashed(texts: Readonly<Record<string, string>>): { files: readonly StaticFile[]; made: string[] } {
  const made: string[] = [];
  const files = Object.entries(texts).map(([name, text]) => ({
    name,
    hash: `hash of ${text}`,
    make: async () => {
      made.push(name);
      return Buffer.from(text);
    },
  }));
  return { files, made };
}

test('writeStaticSite: what stands there under the same hash is not made', async () => {
  await withFolder(async (folder) => {
    await writeStaticSite(folder, hashed({ 'a.html': LONG, 'b.html': 'b', 'c.html': 'c' }).files);
    const next = hashed({ 'a.html': LONG, 'b.html': 'new', 'c.html': 'c' });
    assert.equal(await writeStaticSite(folder, next.files), { written: 1, unchanged: 2, removed: 0 });
    assert.equal(next.made, ['b.html']);
  });
});

for (const { it, harm, again } of [
  {
    it: 'a file that was edited, or lost its copy',
    harm: async (folder: string) => {
      await writeFile(path.join(folder, 'b.html'), 'B');
      await rm(path.join(folder, 'a.html.gz'));
    },
    again: ['a.html', 'b.html'],
  },
  {
    it: 'a copy that was edited',
    harm: (folder: string) => writeFile(path.join(folder, 'a.html.gz'), 'no gzip'),
    again: ['a.html'],
  },
  {
    it: 'a folder that was removed',
    harm: (folder: string) => rm(path.join(folder, 'c'), { recursive: true }),
    again: ['c/d.html'],
  },
  {
    it: 'all, where what was written there is damaged',
    harm: async (folder: string) => {
      const file = path.join(folder, '.viaduct-build/written');
      await writeFile(file, (await readFile(file, 'utf8')).replace('hash of b', 'hash of B'));
    },
    again: ['a.html', 'b.html', 'c/d.html'],
  },
]) {
  test(`writeStaticSite: made again: ${it}`, async () => {
    await withFolder(async (folder) => {
      const texts = { 'a.html': LONG, 'b.html': 'b', 'c/d.html': 'd' };
      await writeStaticSite(folder, hashed(texts).files);
      const names = await namesIn(folder);
      await harm(folder);
      const { files, made } = hashed(texts);
      await writeStaticSite(folder, files);
      assert.equal(made.sort(), again);
      for (const [name, text] of Object.entries(texts)) {
        assert.is(await readFile(path.join(folder, name), 'utf8'), text);
      }
      assert.is(String(gunzipSync(await readFile(path.join(folder, 'a.html.gz')))), LONG);
      assert.equal(await namesIn(folder), names);
    });
  });
}

test('writeStaticSite: files of somebody else beside the site stay', async () => {
  await withFolder(async (folder) => {
    await writeStaticSite(folder, filesOf({ 'a.html': LONG }));
    await writeFile(path.join(folder, 'CNAME'), 'watch.example');
    await mkdir(path.join(folder, 'photos'));
    await writeFile(path.join(folder, 'photos/one.jpg'), 'theirs');
    await writeStaticSite(folder, filesOf({ 'a.html': 'short', 'latest/index.html': 'short' }));
    assert.equal(await namesIn(folder), ['CNAME', 'a.html', 'latest/index.html', 'photos/one.jpg']);
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

test('writeStaticSite: a build that broke off is completed by the next one, which leaves nothing of it', async () => {
  await withFolder(async (folder) => {
    const broken = { name: 'items/b.html', make: () => Promise.reject(new Error('no power')) };
    const error = await writeStaticSite(folder, [...filesOf({ 'items/a.html': LONG }), broken]).catch(
      (thrown) => thrown,
    );
    assert.match(error.message, /no power/);
    await writeFile(path.join(folder, '.viaduct-build/next/17'), 'half a fi');
    await writeStaticSite(folder, filesOf({ 'items/b.html': LONG }));
    assert.equal(await namesIn(folder), ['items/b.html', 'items/b.html.gz']);
    assert.equal(await readdir(path.join(folder, '.viaduct-build')), ['written']);
  });
});

test('writeStaticSite: what a build wrote that broke off goes, too, when the next one has it no more', async () => {
  await withFolder(async (folder) => {
    await writeStaticSite(folder, filesOf({ 'index.html': LONG }));
    const broken = { name: 'items/b.html', make: () => Promise.reject(new Error('no power')) };
    await writeStaticSite(folder, [...filesOf({ 'items/a/index.html': LONG }), broken]).catch(() => undefined);
    assert.ok(existsSync(path.join(folder, 'items/a/index.html')));
    await writeStaticSite(folder, filesOf({ 'index.html': LONG }));
    assert.equal(await namesIn(folder), ['index.html', 'index.html.gz']);
  });
});

test('writeStaticSite: a folder that an earlier version filled is still ours', async () => {
  await withFolder(async (folder) => {
    await mkdir(path.join(folder, '.viaduct-build/next'), { recursive: true });
    await writeFile(path.join(folder, '.viaduct-build/files.json'), '{"version":1,"files":["a.html"]}');
    await mkdir(path.join(folder, 'items'));
    for (const name of ['a.html', 'a.html.br', 'items/b.html.br']) await writeFile(path.join(folder, name), 'old');
    assert.is((await writeStaticSite(folder, filesOf({ 'a.html': 'new' }))).written, 1);
    assert.equal(await namesIn(folder), ['a.html']);
    assert.equal(await readdir(path.join(folder, '.viaduct-build')), ['written']);
  });
});

test.run();
