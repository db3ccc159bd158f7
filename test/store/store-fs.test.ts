import * as nodeFs from 'node:fs/promises';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorCode, makeFolder } from '../../src/store/store-fs.ts';

async function withTemp(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-make-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const codeOf = (made: Promise<unknown>) => made.then(() => 'made', errorCode);

test('makeFolder: makes what is missing and tells the topmost', async () => {
  await withTemp(async (folder) => {
    const [top, deep] = [path.join(folder, 'a'), path.join(folder, 'a', 'b', 'c')];
    assert.is(await makeFolder(nodeFs, deep), top);
    assert.ok((await stat(deep)).isDirectory());
    assert.is(await makeFolder(nodeFs, deep), undefined);
  });
});

test('makeFolder: a file in the way is an error', async () => {
  await withTemp(async (folder) => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    assert.is(await codeOf(makeFolder(nodeFs, path.join(file, 'a'))), 'ENOTDIR');
  });
});

test('makeFolder: where nothing can be made it ends with an error', async () => {
  await withTemp(async (folder) => {
    // As /proc answers: what is to be made "does not exist", though what is above it does.
    const mkdir = async (): Promise<never> => {
      throw Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'mkdir' });
    };
    assert.is(await codeOf(makeFolder({ mkdir, stat: nodeFs.stat } as never, path.join(folder, 'a', 'b'))), 'ENOENT');
  });
});

test.run();
