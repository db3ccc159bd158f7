/** Files of another version than ours. */
import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { openDataFolder } from '../../src/store/data-folder.ts';
import { createNotices } from '../../src/store/notices.ts';
import type { Upgrade } from '../../src/store/recover.ts';
import { AT, aPlan, withDataDir, withStore } from './stored-values.ts';

const upgrades: readonly Upgrade[] = [(value) => ({ ...value, version: 2, isNew: true })];

async function open(dataDir: string, mode: 'read' | 'write') {
  const notices = createNotices(
    () => AT,
    () => {},
  );
  const folder = await openDataFolder(mode, { dataDir, fs: nodeFs, clock: () => AT, notices, upgrades });
  await folder.close();
  return { folder, told: notices.list.map(({ file, message }) => `${file} ${message}`) };
}

test('openDataFolder: a file of an earlier version is brought forward, and kept as it was beside it', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, (store) => store.commit(aPlan('a', ['one'])));
    const file = path.join(dataDir, 'sources', 'a.json');
    const before = await nodeFs.readFile(file, 'utf8');

    const { folder: looked } = await open(dataDir, 'read');
    assert.is(looked.records.get('a')?.value.entries.length, 1);
    assert.is(await nodeFs.readFile(file, 'utf8'), before, 'who only reads changes nothing');

    const { told } = await open(dataDir, 'write');
    assert.is(await nodeFs.readFile(`${file}.version-1`, 'utf8'), before);
    const after = JSON.parse(await nodeFs.readFile(file, 'utf8'));
    assert.equal([after.version, after.isNew, after.entries.length], [2, true, 1]);
    assert.ok(told.includes('sources/a.json was of version 1: brought forward, kept as a.json.version-1'));

    assert.equal((await open(dataDir, 'write')).told, [], 'once');
  });
});

for (const [name, content] of [
  ['sources/a.json', '{"version":2}'],
  ['state.json', '{"version":2}'],
  ['tallies.json', '{"version":2}'],
  ['tallies.ndjson', '{"version":2,"generation":1}\n'],
] as const) {
  test(`openStore: a newer ${name} is refused with words, and nothing is changed`, async () => {
    await withDataDir(async (dataDir) => {
      await withStore(dataDir, (store) => store.commit(aPlan('a', ['one'])));
      await nodeFs.writeFile(path.join(dataDir, name), content);
      try {
        await withStore(dataDir, async () => undefined);
        assert.unreachable('it was opened');
      } catch (error) {
        assert.ok(error instanceof ViaductError && error.code === 'store/newer', String(error));
        assert.match(error.message, /newer viaduct/);
      }
      assert.is(await nodeFs.readFile(path.join(dataDir, name), 'utf8'), content);
    });
  });
}

test.run();
