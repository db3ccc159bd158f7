import { execFileSync } from 'node:child_process';
import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import type { SourceRecord } from '../../src/model.ts';
import { AT, anEntry, aPlan, aRecord, aSource, idsOf, withDataDir, withStore } from './stored-values.ts';
import { systemError, watchedFs } from './watched-fs.ts';

/** What a crash, a full disk, an editor or another program may leave in a file, and how it is told. */
const damages = [
  { name: 'empty', content: '', why: 'is empty' },
  { name: 'null', content: 'null', why: 'holds no data' },
  { name: 'zero', content: '0', why: 'holds no data' },
  { name: 'an empty list', content: '[]', why: 'has not the expected shape' },
  { name: 'a string', content: '"x"', why: 'holds no data' },
  { name: 'cut off', content: '{"version":1,"entries":[1,2', why: 'is not JSON' },
  { name: 'zero bytes', content: '\0\0\0\0', why: 'is not JSON' },
  { name: 'another shape', content: '{"things":1}', why: 'has not the expected shape' },
  { name: 'the right version only', content: '{"version":1}', why: 'has not the expected shape' },
  { name: 'not UTF-8', content: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), why: 'is not UTF-8' },
];

/** A record whose entry has this in it. */
const withEntry = (given: object): string => JSON.stringify(aRecord('a', [{ ...anEntry('a', 'one'), ...given }]));
for (const given of [
  { title: 5 },
  { guids: [1] },
  { linkKeys: [null] },
  { authors: [null] },
  { enclosures: ['https://a.example/'] },
  { origins: [{ url: {} }] },
  { categories: {} },
  { late: 'x' },
  { html: ['x'] },
]) {
  const name = `of an entry with ${JSON.stringify(given)}`;
  damages.push({ name, content: withEntry(given), why: 'has not the expected shape' });
}

/** A folder with two sources, each written twice: the copies know one entry, the files two. */
async function withStored<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  return withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => {
      for (const source of ['a', 'b']) {
        await store.commit(aPlan(source, ['one']));
        await store.commit(
          aPlan(source, ['one', 'two'], { etag: '"v2"', bodyHash: 'ab', notBefore: AT, movedTo: 'x' }),
        );
      }
      await store.count('view', 'a-one', '00', AT);
    });
    return work(dataDir);
  });
}

for (const { name, content, why } of damages) {
  test(`openStore: a source's file that is ${name} is kept aside and its copy used`, async () => {
    await withStored(async (dataDir) => {
      const file = path.join(dataDir, 'sources', 'a.json');
      await nodeFs.writeFile(file, content);
      await withStore(dataDir, async (store) => {
        assert.equal([idsOf(store, 'a'), idsOf(store, 'b')], [['a-one'], ['b-one', 'b-two']]);
        const kept = 'a.json.corrupt-20260822T120000000Z';
        const message = `${why} (kept as ${kept}): its last good copy is used`;
        assert.equal(store.notices, [{ at: AT, file: 'sources/a.json', message }]);
        assert.equal(await nodeFs.readFile(path.join(dataDir, 'sources', kept)), Buffer.from(content));
      });
      await withStore(dataDir, async (store) => assert.equal(idsOf(store, 'a'), ['a-one']));
    });
  });

  test(`openStore: a source's file that is ${name}, and its copy too, leaves that source alone empty`, async () => {
    await withStored(async (dataDir) => {
      const file = path.join(dataDir, 'sources', 'a.json');
      await nodeFs.writeFile(file, content);
      await nodeFs.writeFile(`${file}.bak`, content);
      await withStore(dataDir, async (store) => {
        assert.equal([idsOf(store, 'a'), idsOf(store, 'b')], [undefined, ['b-one', 'b-two']]);
        assert.match(
          store.notices[0]?.message ?? '',
          /a\.json\.corrupt-.*, a\.json\.bak\.corrupt-.*: there is no good copy/,
        );
      });
    });
  });

  test(`openStore: when every source's file and copy is ${name} it refuses, names one and changes nothing`, async () => {
    await withStored(async (dataDir) => {
      for (const file of ['a.json', 'a.json.bak', 'b.json', 'b.json.bak']) {
        await nodeFs.writeFile(path.join(dataDir, 'sources', file), content);
      }
      const before = await nodeFs.readdir(dataDir, { recursive: true });
      const error = await refusal(dataDir);
      assert.is(error.code, 'store/unreadable');
      assert.match(error.message, new RegExp(`a\\.json ${why}.*restore`));
      assert.equal(await nodeFs.readdir(dataDir, { recursive: true }), before);
    });
  });

  test(`openStore: state.json that is ${name} gives way to its copy`, async () => {
    await withStored(async (dataDir) => {
      await withStore(dataDir, async (store) => void (await store.commit(aPlan('a', ['one'], { failures: 3 }))));
      await nodeFs.writeFile(path.join(dataDir, 'state.json'), content);
      await withStore(dataDir, async (store) => {
        assert.equal(idsOf(store, 'b'), ['b-one', 'b-two']);
        assert.is(store.state('b').etag, '"v2"');
        assert.is(store.notices.length, 1);
      });
    });
  });

  test(`openStore: tallies.json that is ${name} starts anew, told, and the tail still counts`, async () => {
    await withStored(async (dataDir) => {
      await nodeFs.writeFile(path.join(dataDir, 'tallies.json'), content);
      await withStore(dataDir, async (store) => {
        assert.is(store.notices[0]?.file, 'tallies.json');
        assert.is(await store.count('view', 'a-one', '00', AT), false);
      });
    });
  });

  test(`openStore: site.json that is ${name} gives way to its copy, and without one it refuses`, async () => {
    await withStored(async (dataDir) => {
      const uuid = await withStore(dataDir, async (store) => store.site.uuid);
      const file = path.join(dataDir, 'site.json');
      await nodeFs.writeFile(file, content);
      assert.is(await withStore(dataDir, async (store) => store.site.uuid), uuid);
      await nodeFs.writeFile(file, content);
      await nodeFs.rm(`${file}.bak`);
      const error = await refusal(dataDir);
      assert.is(error.code, 'store/unreadable');
      assert.match(error.message, file);
      const offered = /put this into it: (.*)$/.exec(error.message)?.[1] ?? '';
      await nodeFs.writeFile(file, offered);
      assert.is(await withStore(dataDir, async (store) => store.site.uuid), JSON.parse(offered).uuid);
    });
  });
}

test('openStore: the validators of a damaged source go, so that all of it is asked for again', async () => {
  await withStored(async (dataDir) => {
    await nodeFs.writeFile(path.join(dataDir, 'sources', 'a.json'), '');
    await withStore(dataDir, async (store) => {
      const { etag, bodyHash, notBefore, movedTo } = store.state('a');
      assert.equal(
        { etag, bodyHash, notBefore, movedTo },
        { etag: undefined, bodyHash: undefined, notBefore: undefined, movedTo: 'x' },
      );
      assert.is(store.state('b').etag, '"v2"');
    });
  });
});

test('openStore: a source and the state damaged at once are both mended, each damaged file kept', async () => {
  await withStored(async (dataDir) => {
    await withStore(dataDir, async (store) => void (await store.commit(aPlan('b', ['one', 'two'], { etag: '"v3"' }))));
    await nodeFs.writeFile(path.join(dataDir, 'sources', 'a.json'), 'damaged');
    await nodeFs.writeFile(path.join(dataDir, 'state.json'), 'damaged');
    await withStore(dataDir, async (store) => {
      assert.equal([idsOf(store, 'a'), store.state('a').etag, store.state('b').etag], [['a-one'], undefined, '"v2"']);
      for (const name of ['sources/a.json', 'state.json']) {
        const kept = path.join(dataDir, `${name}.corrupt-20260822T120000000Z`);
        assert.is(await nodeFs.readFile(kept, 'utf8'), 'damaged');
      }
    });
    const copy = JSON.parse(await nodeFs.readFile(path.join(dataDir, 'state.json.bak'), 'utf8'));
    assert.is(copy.version, 1);
  });
});

test('openStore: a start that dies before the damage is mended finds it again, validators gone', async () => {
  await withStored(async (dataDir) => {
    await nodeFs.writeFile(path.join(dataDir, 'sources', 'a.json'), '');
    const fs = watchedFs((call, name) => {
      if (call === 'rename' && name.includes('corrupt')) throw systemError('EIO');
    });
    assert.is((await refusal(dataDir, fs)).code, 'store/write');
    await withStore(dataDir, async (store) => {
      assert.equal([idsOf(store, 'a'), store.state('a').etag, store.notices.length], [['a-one'], undefined, 1]);
    });
  });
});

test('openStore: a deleted file comes back from its copy, told', async () => {
  await withStored(async (dataDir) => {
    await nodeFs.rm(path.join(dataDir, 'sources', 'a.json'));
    await nodeFs.rm(path.join(dataDir, 'site.json'));
    await withStore(dataDir, async (store) => {
      assert.equal(idsOf(store, 'a'), ['a-one']);
      const message = 'is missing: its last good copy is used';
      assert.equal(store.notices, [
        { at: AT, file: 'sources/a.json', message },
        { at: AT, file: 'site.json', message },
      ]);
    });
  });
});

for (const file of ['site.json', 'state.json', 'tallies.json', 'sources/a.json']) {
  test(`openStore: ${file} of a newer version is refused with words and left as it is`, async () => {
    await withStored(async (dataDir) => {
      const text = '{"version":999,"items":[]}';
      await nodeFs.writeFile(path.join(dataDir, file), text);
      const error = await refusal(dataDir);
      assert.is(error.code, 'store/newer');
      assert.match(error.message, path.join(dataDir, file));
      assert.match(error.message, 'version 999');
      assert.is(await nodeFs.readFile(path.join(dataDir, file), 'utf8'), text);
    });
  });

  test(`openStore: ${file} with a byte order mark is read`, async () => {
    await withStored(async (dataDir) => {
      const text = await nodeFs.readFile(path.join(dataDir, file), 'utf8');
      await nodeFs.writeFile(path.join(dataDir, file), `\uFEFF${text}`);
      await withStore(dataDir, async (store) => {
        assert.equal([idsOf(store, 'a'), store.notices], [['a-one', 'a-two'], []]);
      });
    });
  });

  test(`openStore: ${file} that the system refuses to read is refused, not taken for damaged`, async () => {
    await withStored(async (dataDir) => {
      await nodeFs.rm(path.join(dataDir, file));
      await nodeFs.mkdir(path.join(dataDir, file));
      const error = await refusal(dataDir);
      assert.is(error.code, 'store/unreadable');
      assert.match(error.message, 'EISDIR');
    });
  });
}

test('openStore: a tail of the tallies of a newer version is refused with words and left as it is', async () => {
  await withStored(async (dataDir) => {
    const [file, text] = [path.join(dataDir, 'tallies.ndjson'), '{"version":2,"generation":1}\n'];
    await nodeFs.writeFile(file, text);
    const error = await refusal(dataDir);
    assert.equal([error.code, error.message.startsWith(file)], ['store/newer', true]);
    assert.is(await nodeFs.readFile(file, 'utf8'), text);
  });
});

test('openStore: what is left of a write that never ended is cleared away', async () => {
  await withStored(async (dataDir) => {
    const left = [
      'state.json.tmp',
      'sources/a.json.tmp',
      'sources/new.json.4711.tmp',
      'private/salt.json.tmp',
      '.site.json.tmp',
    ];
    for (const name of left) await nodeFs.writeFile(path.join(dataDir, name), '{"half":');
    await withStore(dataDir, async (store) => {
      assert.equal([idsOf(store, 'a'), store.notices], [['a-one', 'a-two'], []]);
      const names = await nodeFs.readdir(dataDir, { recursive: true });
      assert.equal(
        names.filter((name) => name.endsWith('.tmp')),
        [],
      );
    });
  });
});

test('openStore: a damaged file kept from an earlier start is told at every start', async () => {
  await withStored(async (dataDir) => {
    await nodeFs.writeFile(path.join(dataDir, 'sources', 'a.json.corrupt-20260101T000000000Z'), '');
    await withStore(dataDir, async (store) => {
      assert.equal(
        store.notices.map(({ file }) => file),
        ['a.json.corrupt-20260101T000000000Z'],
      );
    });
  });
});

test('openStore: a file that is a symbolic link stays one, and its target is written', async () => {
  await withStored(async (dataDir) => {
    const file = path.join(dataDir, 'sources', 'a.json');
    const target = path.join(dataDir, '..', 'elsewhere.json');
    await nodeFs.rename(file, target);
    await nodeFs.symlink(target, file);
    await withStore(dataDir, async (store) => {
      assert.equal(idsOf(store, 'a'), ['a-one', 'a-two']);
      await store.commit(aPlan('a', ['one', 'two', 'three']));
    });
    assert.ok((await nodeFs.lstat(file)).isSymbolicLink());
    assert.is(JSON.parse(await nodeFs.readFile(target, 'utf8')).entries.length, 3);
    await nodeFs.rm(target);
    const error = await refusal(dataDir);
    assert.equal([error.code, error.message.includes('leads nowhere')], ['store/unreadable', true]);
  });
});

test('openStore: files in sources/ that are no source are left alone', async () => {
  await withStored(async (dataDir) => {
    for (const name of ['README.md', 'a copy.json', 'B.JSON', '__proto__.json']) {
      await nodeFs.writeFile(path.join(dataDir, 'sources', name), 'mine');
    }
    await withStore(dataDir, async (store) => {
      assert.equal([store.storedSources(), store.notices], [['a', 'b'], []]);
      await store.follow([aSource('a')]);
      assert.is(store.items.size, 2);
    });
  });
});

test('openStore: a folder from before some keys were renamed opens with nothing lost, and is written with the new names', async () => {
  await withStored(async (dataDir) => {
    const wait = { host: 'a.example', until: '2026-08-23T00:00:00.000Z', reason: 'Retry-After' };
    await withStore(dataDir, async (store) => {
      const record = { ...aPlan('a', ['one']).record, unreliableGuids: ['g'], unreliableLinks: ['l'] } as SourceRecord;
      await store.commit({ ...aPlan('a', ['one']), record }, [wait]);
    });
    const rename = async (name: string, keys: Readonly<Record<string, string>>) => {
      const file = path.join(dataDir, name);
      let text = await nodeFs.readFile(file, 'utf8');
      for (const [now, before] of Object.entries(keys)) text = text.replace(`"${now}":`, `"${before}":`);
      await nodeFs.writeFile(file, text);
    };
    await rename('sources/a.json', { unreliableGuids: 'spoiledGuids', unreliableLinks: 'spoiledLinks' });
    await rename('state.json', { hostWaits: 'holds' });
    for (const mode of ['read', 'write'] as const) {
      await withStore(
        dataDir,
        async (store) => {
          const { unreliableGuids, unreliableLinks, entries } = store.record('a') ?? aRecord('a', []);
          assert.equal([unreliableGuids, unreliableLinks, entries.length], [['g'], ['l'], 1]);
          assert.equal([store.hostWaits(), store.state('b').etag, store.notices], [[wait], '"v2"', []]);
          if (mode === 'write') await store.commit(aPlan('a', ['one', 'two']));
        },
        { mode },
      );
    }
    const written = `${await nodeFs.readFile(path.join(dataDir, 'sources', 'a.json'), 'utf8')}${await nodeFs.readFile(path.join(dataDir, 'state.json'), 'utf8')}`;
    assert.not.match(written, /spoiled|"holds"/);
  });
});

test('openStore: mode read gives what copies give, and changes nothing', async () => {
  await withStored(async (dataDir) => {
    await nodeFs.writeFile(path.join(dataDir, 'sources', 'a.json'), '');
    await nodeFs.writeFile(path.join(dataDir, 'sources', 'x.json.tmp'), '');
    const before = await snapshot(dataDir);
    await withStore(
      dataDir,
      async (store) => {
        assert.equal([idsOf(store, 'a'), idsOf(store, 'b')], [['a-one'], ['b-one', 'b-two']]);
        assert.equal(store.notices, [
          { at: AT, file: 'sources/a.json', message: 'is empty: its last good copy is used' },
        ]);
      },
      { mode: 'read' },
    );
    assert.equal(await snapshot(dataDir), before);
  });
});

test('openStore: mode read of a folder that is not there is an empty store, and makes none', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => assert.equal(store.storedSources(), []), { mode: 'read' });
    assert.not.ok(await nodeFs.stat(dataDir).catch(() => undefined));
  });
});

test('openStore: of a key under both its names the one of now counts', async () => {
  await withStored(async (dataDir) => {
    const file = path.join(dataDir, 'sources', 'a.json');
    const record = JSON.parse(await nodeFs.readFile(file, 'utf8'));
    await nodeFs.writeFile(file, JSON.stringify({ ...record, unreliableGuids: ['now'], spoiledGuids: ['before'] }));
    await withStore(dataDir, async (store) => assert.equal(store.record('a')?.unreliableGuids, ['now']));
  });
});

test('openStore: the tail of the tallies is read before the totals, in which a daemon may just add it up', async () => {
  await withStored(async (dataDir) => {
    const read: string[] = [];
    const fs = {
      ...nodeFs,
      readFile: (...args: Parameters<typeof nodeFs.readFile>) => {
        read.push(path.basename(String(args[0])));
        return nodeFs.readFile(...args);
      },
    } as typeof nodeFs;
    await withStore(dataDir, async () => {}, { fs, mode: 'read' });
    assert.equal(
      read.filter((name) => name.startsWith('tallies')),
      ['tallies.ndjson', 'tallies.json'],
    );
  });
});

async function refusal(dataDir: string, fs?: ReturnType<typeof watchedFs>): Promise<ViaductError> {
  try {
    await withStore(dataDir, async () => undefined, fs && { fs });
  } catch (error) {
    if (error instanceof ViaductError) return error;
    throw error;
  }
  throw new Error('the store opened');
}

async function snapshot(folder: string): Promise<readonly string[]> {
  const names = await nodeFs.readdir(folder, { recursive: true });
  const line = async (name: string) => {
    const file = path.join(folder, name);
    const { mtimeMs, size, ino } = await nodeFs.stat(file);
    return `${name} ${mtimeMs} ${size} ${ino}`;
  };
  return Promise.all(names.sort().map(line));
}

test('openStore: a FIFO in place of a file hangs nothing: it is set aside', async () => {
  await withStored(async (dataDir) => {
    const file = path.join(dataDir, 'sources', 'a.json');
    await nodeFs.rm(file);
    execFileSync('mkfifo', [file]);
    await withStore(dataDir, async (store) => {
      assert.equal(idsOf(store, 'a'), ['a-one']);
      assert.match(store.notices[0]?.message ?? '', /^is no regular file/);
    });
  });
});

test('openStore: a file that is too large to be read at once is called just that, and stays', async () => {
  await withStored(async (dataDir) => {
    const file = path.join(dataDir, 'sources', 'a.json');
    await nodeFs.truncate(file, 600_000_000);
    const failure = await withStore(dataDir, async () => assert.unreachable('the store opened')).catch(
      (error) => error,
    );
    assert.is(failure.code, 'store/unreadable');
    assert.match(failure.message, /600 MB.*It is not damaged/);
    assert.is((await nodeFs.stat(file)).size, 600_000_000);
  });
});

test.run();
