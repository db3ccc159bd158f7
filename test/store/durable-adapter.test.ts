import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { durableAdapter, jsonSlices } from '../../src/store/durable-adapter.ts';
import type { StoreFs } from '../../src/store/store-fs.ts';
import { withDataDir } from './stored-values.ts';
import { systemError, type Watcher, watchedFs } from './watched-fs.ts';

interface Value {
  readonly version: 1;
  readonly list: readonly number[];
}
const isValue = (value: object): value is Value => 'list' in value;
const adapterOf = (file: string, fs: StoreFs) => durableAdapter<Value>(fs, file, isValue, () => {});
const valueWith = (...list: number[]): Value => ({ version: 1, list });

/** A file that was written twice, and an adapter to it through a watched file system. */
async function withFile<T>(watch: Watcher, work: (file: string, fs: StoreFs) => Promise<T>): Promise<T> {
  return withDataDir(async (dataDir) => {
    await nodeFs.mkdir(dataDir);
    const file = path.join(dataDir, 'a.json');
    await adapterOf(file, nodeFs).write(valueWith(1));
    await adapterOf(file, nodeFs).write(valueWith(2));
    return work(file, watchedFs(watch));
  });
}

test('durableAdapter: each of 100 writes is temp, fsync, size, copy, rename, fsync of the folder, in this order', async () => {
  let calls: string[] = [];
  await withFile(
    (call, name) => calls.push(`${call} ${name}`),
    async (file, fs) => {
      for (let n = 0; n < 100; n++) {
        calls = [];
        await adapterOf(file, fs).write(valueWith(n));
        assert.equal(calls, [
          'open a.json.tmp',
          'writeFile a.json.tmp',
          'sync a.json.tmp',
          'stat a.json.tmp',
          'close a.json.tmp',
          'link a.json.bak',
          'rm a.json.bak',
          'link a.json.bak',
          'rename a.json',
          'sync data',
          'close data',
        ]);
      }
    },
  );
});

test('durableAdapter: writes side by side share syncs of their folder, but each waits for one that began after its rename', async () => {
  const calls: string[] = [];
  await withFile(
    (call, name) => calls.push(`${call} ${name}`),
    async (file, fs) => {
      const names = Array.from({ length: 20 }, (_, n) => `b${n}.json`);
      await Promise.all(
        names.map(async (name) => {
          await adapterOf(path.join(path.dirname(file), name), fs).write(valueWith(1));
          calls.push(`stored ${name}`);
        }),
      );
      for (const name of names) {
        const between = calls.slice(calls.indexOf(`rename ${name}`), calls.indexOf(`stored ${name}`));
        assert.ok(between.includes('sync data'), name);
      }
      assert.ok(calls.filter((call) => call === 'sync data').length < names.length);
    },
  );
});

const failures = [
  { call: 'open', code: 'ENOSPC', expected: 'store/full' },
  { call: 'writeFile', code: 'ENOSPC', expected: 'store/full' },
  { call: 'writeFile', code: 'EDQUOT', expected: 'store/full' },
  { call: 'writeFile', code: 'EFBIG', expected: 'store/full' },
  { call: 'writeFile', code: 'EIO', expected: 'store/write' },
  { call: 'sync', code: 'EIO', expected: 'store/write' },
  { call: 'close', code: 'ENOSPC', expected: 'store/full' },
  { call: 'rename', code: 'EROFS', expected: 'store/write' },
  { call: 'open', code: 'EACCES', expected: 'store/write' },
];
for (const { call, code, expected } of failures) {
  test(`durableAdapter: ${code} at ${call} is ${expected} and changes nothing`, async () => {
    const watch: Watcher = (called) => {
      if (called === call) throw systemError(code);
    };
    await withFile(watch, async (file, fs) => {
      const error = await thrown(adapterOf(file, fs).write(valueWith(3)));
      assert.is(error.code, expected);
      assert.match(error.message, file);
      assert.equal(JSON.parse(await nodeFs.readFile(file, 'utf8')), valueWith(2));
      assert.equal(await nodeFs.readdir(path.dirname(file)), ['a.json', 'a.json.bak']);
    });
  });
}

test('durableAdapter: a write that kept fewer bytes than it said is no success', async () => {
  await withFile(
    () => {},
    async (file, fs) => {
      const short: StoreFs = {
        ...fs,
        open: async (...args) => {
          const handle = await fs.open(...args);
          handle.stat = async () => ({ size: 10 }) as never;
          return handle;
        },
      };
      const error = await thrown(adapterOf(file, short).write(valueWith(3)));
      assert.is(error.code, 'store/full');
      assert.equal(JSON.parse(await nodeFs.readFile(file, 'utf8')), valueWith(2));
    },
  );
});

test('durableAdapter: where there are no hard links the old content is copied', async () => {
  const watch: Watcher = (call) => {
    if (call === 'link') throw systemError('EPERM');
  };
  await withFile(watch, async (file, fs) => {
    await adapterOf(file, fs).write(valueWith(3));
    assert.equal(JSON.parse(await nodeFs.readFile(`${file}.bak`, 'utf8')), valueWith(2));
    assert.equal(JSON.parse(await nodeFs.readFile(file, 'utf8')), valueWith(3));
  });
});

test('durableAdapter: the only good copy is never removed while the file itself is away', async () => {
  const watch: Watcher = (call) => {
    if (call === 'rename') throw systemError('EIO');
  };
  await withFile(watch, async (file, fs) => {
    await nodeFs.rm(file);
    await thrown(adapterOf(file, fs).write(valueWith(3)));
    assert.equal(JSON.parse(await nodeFs.readFile(`${file}.bak`, 'utf8')), valueWith(1));
  });
});

test('jsonSlices: joined they are the JSON of the value', () => {
  const values = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())));
  fc.assert(
    fc.property(values, (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      assert.equal(JSON.parse([...jsonSlices(value)].join('')), plain);
    }),
  );
});

test('jsonSlices: a long list comes in slices that end between two elements, each on its own line', () => {
  const entry = { text: 'x'.repeat(1000) };
  const slices = [...jsonSlices({ version: 1, list: Array.from({ length: 1000 }, () => entry) })];
  assert.ok(slices.length > 5, `${slices.length} slices`);
  assert.ok(slices.every((slice) => slice.length < 200_000));
  assert.is(slices.join('').split('\n').length, 1 + 2 + 1000 + 2);
});

async function thrown(work: Promise<unknown>): Promise<ViaductError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ViaductError)) throw new Error(`expected a ViaductError, got ${error}`);
  return error;
}

test.run();
