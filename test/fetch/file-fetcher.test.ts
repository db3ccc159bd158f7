import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createFileFetcher } from '../../src/fetch/file-fetcher.ts';
import { aRequest, failureIn, GOOD } from './fetch-builders.ts';

/** A folder with feeds.json's neighbours in it, and a secret beside the folder. */
async function withFolder(
  work: (folder: string, fetch: (name: string) => ReturnType<ReturnType<typeof createFileFetcher>>) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), 'viaduct-files-'));
  const folder = path.join(root, 'folder');
  try {
    mkdirSync(path.join(folder, 'sub'), { recursive: true });
    mkdirSync(path.join(root, 'folder-beside'));
    for (const file of ['folder/feed.xml', 'folder/sub/feed.xml', 'secret.xml', 'folder-beside/feed.xml'])
      writeFileSync(path.join(root, file), GOOD);
    const fetchFile = createFileFetcher({ folder, maxBodyBytes: 1000 });
    await work(folder, (name) =>
      fetchFile(aRequest(name.startsWith('file:') ? name : pathToFileURL(path.join(folder, name)).href)),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('createFileFetcher: a file, whole, without freshness', async () => {
  await withFolder(async (folder, fetch) => {
    const url = pathToFileURL(path.join(folder, 'feed.xml')).href;
    assert.equal(await fetch('feed.xml'), {
      kind: 'fetched',
      status: 200,
      bytes: Buffer.from(GOOD),
      bodyHash: createHash('sha256').update(GOOD).digest('hex'),
      wireBytes: GOOD.length,
      url,
      hops: [],
      freshness: {},
    });
    assert.is((await fetch('sub/feed.xml')).kind, 'fetched');
  });
});

test('createFileFetcher: a link inside the folder is followed, one that leads out is refused', async () => {
  await withFolder(async (folder, fetch) => {
    symlinkSync('feed.xml', path.join(folder, 'inner.xml'));
    symlinkSync('../secret.xml', path.join(folder, 'outer.xml'));
    symlinkSync('..', path.join(folder, 'up'));
    assert.is((await fetch('inner.xml')).kind, 'fetched');
    for (const name of [
      'outer.xml',
      'up/secret.xml',
      '../secret.xml',
      '../folder-beside/feed.xml',
      '..',
      '.',
      'file:///etc/passwd',
      'file:///proc/self/environ',
    ]) {
      assert.is((await failureIn(fetch(name))).code, 'fetch/refused-file', name);
    }
  });
});

test('createFileFetcher: the folder may itself be reached over a link', async () => {
  await withFolder(async (folder) => {
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    const fetch = createFileFetcher({ folder: link, maxBodyBytes: 1000 });
    assert.is((await fetch(aRequest(pathToFileURL(path.join(link, 'feed.xml')).href))).kind, 'fetched');
  });
});

test('createFileFetcher: what is no readable file of its size', async () => {
  await withFolder(async (folder, fetch) => {
    writeFileSync(path.join(folder, 'big.xml'), 'x'.repeat(1001));
    execFileSync('mkfifo', [path.join(folder, 'pipe.xml')]);
    const cases = [
      ['none.xml', 'fetch/file-missing'],
      ['feed.xml/none', 'fetch/file-missing'],
      ['sub', 'fetch/refused-file'],
      ['pipe.xml', 'fetch/refused-file'],
      ['big.xml', 'fetch/too-large'],
      ['file://server/share/feed.xml', 'fetch/bad-url'],
      ['file:///a%2Fb', 'fetch/bad-url'],
    ] as const;
    for (const [name, code] of cases) assert.is((await failureIn(fetch(name))).code, code, name);
  });
});

const canBeLockedOut = process.getuid?.() !== 0;
if (!canBeLockedOut) console.log('# skip: createFileFetcher: a file without permission: root may read everything');
(canBeLockedOut ? test : test.skip)('createFileFetcher: a file without permission', async () => {
  await withFolder(async (folder, fetch) => {
    chmodSync(path.join(folder, 'feed.xml'), 0);
    assert.is((await failureIn(fetch('feed.xml'))).code, 'fetch/file');
  });
});

test.run();
