import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Low } from 'lowdb';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import type { Log } from '../../src/log.ts';
import {
  AT,
  anEntry,
  aPlan,
  aRecord,
  aSource,
  aState,
  createPlainIndex,
  idsOf,
  withDataDir,
  withStore,
} from './stored-values.ts';
import { systemError, watchedFs } from './watched-fs.ts';

const readState = async (dataDir: string) =>
  JSON.parse(await nodeFs.readFile(path.join(dataDir, 'state.json'), 'utf8'));

test('commit: record, state and holds are there after a restart', async () => {
  await withDataDir(async (dataDir) => {
    const hold = { host: 'a.example', until: '2026-08-23T00:00:00.000Z', reason: 'Retry-After' };
    const over = { host: 'b.example', until: '2026-08-22T00:00:00.000Z', reason: 'Retry-After' };
    const plan = aPlan('a', ['one', 'two'], { etag: '"x"' });
    await withStore(dataDir, async (store) => void (await store.commit(plan, [hold, over])));
    await withStore(dataDir, async (store) => {
      assert.equal(store.record('a'), plan.record);
      assert.equal(store.state('a'), plan.state);
      assert.equal(store.hostWaits(), [hold]);
      assert.equal(store.state('new'), aState('new'));
      assert.is(store.record('new'), undefined);
    });
  });
});

test('commit: resolves only after write, fsync, rename and fsync of the folder, and the state follows its entries', async () => {
  await withDataDir(async (dataDir) => {
    const calls: string[] = [];
    const fs = watchedFs((call, name) => calls.push(`${call} ${name}`));
    await withStore(
      dataDir,
      async (store) => {
        calls.length = 0;
        await store.commit(aPlan('a', ['one']));
        calls.push('stored');
      },
      { fs },
    );
    const told = calls.filter((call) => /json\.tmp|rename|sync|stored/.test(call) && !/lock|stat /.test(call));
    const written = (name: string, folder: string) => [
      `open ${name}.tmp`,
      `writeFile ${name}.tmp`,
      `sync ${name}.tmp`,
      `close ${name}.tmp`,
      `rename ${name}`,
      `sync ${folder}`,
    ];
    assert.equal(told, [...written('a.json', 'sources'), 'stored', ...written('state.json', 'data')]);
  });
});

test('commit: goes through lowdb', async () => {
  const { write } = Low.prototype;
  Low.prototype.write = async () => {
    throw new ViaductError('store/write', 'lowdb was asked');
  };
  try {
    await withDataDir((dataDir) => withStore(dataDir, async () => {}));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ViaductError);
    assert.is((error as ViaductError).message, 'lowdb was asked');
  } finally {
    Low.prototype.write = write;
  }
});

for (const code of ['ENOSPC', 'EIO']) {
  test(`commit: ${code} throws and changes nothing, in memory or on disk; once it is over it goes on`, async () => {
    await withDataDir(async (dataDir) => {
      let isBroken = false;
      const fs = watchedFs((call, name) => {
        if (isBroken && call === 'writeFile' && name.endsWith('.tmp')) throw systemError(code);
      });
      const logged: unknown[] = [];
      const log: Log = (level, event, fields) => logged.push([level, event, fields?.file]);
      await withStore(
        dataDir,
        async (store) => {
          const changes: unknown[] = [];
          await store.follow([aSource('a')]);
          store.onChange((ids) => changes.push(ids));
          await store.commit(aPlan('a', ['one'], { etag: '"1"' }));
          isBroken = true;
          const error = await store.commit(aPlan('a', ['one', 'two'], { etag: '"2"' })).catch((reason) => reason);
          assert.is(error.code, code === 'ENOSPC' ? 'store/full' : 'store/write');
          await store.commit(aPlan('a', ['one', 'two'])).catch(() => {});
          assert.is((await store.probe().catch((reason) => reason)).code, error.code);
          assert.equal([idsOf(store, 'a'), store.state('a').etag, store.items.size], [['a-one'], '"1"', 1]);
          assert.equal(changes, [['a-one']]);
          assert.equal(logged, [
            ['error', 'store.failed', 'sources/a.json'],
            ['debug', 'store.failed', 'sources'],
          ]);
          assert.is(store.notices.length, 2);
          const file = await nodeFs.readFile(path.join(dataDir, 'sources', 'a.json'), 'utf8');
          assert.is(JSON.parse(file).entries.length, 1);
          isBroken = false;
          await store.probe();
          await store.commit(aPlan('a', ['one', 'two'], { etag: '"2"' }));
          assert.equal([idsOf(store, 'a'), store.state('a').etag, store.items.size], [['a-one', 'a-two'], '"2"', 2]);
          assert.equal(await nodeFs.readdir(path.join(dataDir, 'sources')), ['a.json', 'a.json.bak']);
          assert.is(store.notices.at(-1)?.message, 'was written: storing works again');
        },
        { fs, log },
      );
    });
  });
}

test('commit: a first record whose write fails leaves the source unknown', async () => {
  await withDataDir(async (dataDir) => {
    const fs = watchedFs((call, name) => {
      if (call === 'rename' && name === 'a.json') throw systemError('EROFS');
    });
    await withStore(
      dataDir,
      async (store) => {
        await store.commit(aPlan('a', ['one'])).catch(() => {});
        assert.equal([store.record('a'), store.storedSources()], [undefined, []]);
      },
      { fs },
    );
  });
});

test('commit: while the write is under way readers still see what is durable', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => {
      await store.commit(aPlan('a', ['one']));
      const committing = store.commit(aPlan('a', ['one', 'two']));
      assert.equal(idsOf(store, 'a'), ['a-one']);
      await committing;
      assert.equal(idsOf(store, 'a'), ['a-one', 'a-two']);
    });
  });
});

test('commit: those of one source keep their order, those of many run side by side', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => {
      const names = ['one', 'two', 'three', 'four'];
      const sources = ['a', 'b', 'c', 'd', 'e'];
      await store.follow(sources.map(aSource));
      await Promise.all(
        sources.flatMap((source) => names.map((_, index) => store.commit(aPlan(source, names.slice(0, index + 1))))),
      );
      for (const source of sources) assert.is(idsOf(store, source)?.length, 4);
      assert.is(store.items.size, 4);
    });
    await withStore(dataDir, async (store) => assert.is(idsOf(store, 'e')?.length, 4));
  });
});

test('commit: merged counts new entries that joined what another source had told', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => {
      await store.follow([aSource('a'), aSource('b')]);
      assert.equal(await store.commit(aPlan('a', ['one', 'two'])), { merged: 0, changedItemIds: ['a-one', 'a-two'] });
      assert.is((await store.commit(aPlan('b', ['two', 'three']))).merged, 1);
      assert.is((await store.commit(aPlan('b', ['two', 'three']))).merged, 0);
    });
  });
});

test('commit: a plan without a record writes no entries and changes no items', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => {
      await store.follow([aSource('a')]);
      await store.commit(aPlan('a', ['one']));
      const { ino } = await nodeFs.stat(path.join(dataDir, 'sources', 'a.json'));
      let changes = 0;
      store.onChange(() => changes++);
      const state = aState('a', { sameBodyCount: 4 });
      const committed = await store.commit({ source: 'a', state, outcome: { kind: 'unchanged' } });
      assert.equal([committed, changes, store.state('a')], [{ merged: 0, changedItemIds: [] }, 0, state]);
      assert.is((await nodeFs.stat(path.join(dataDir, 'sources', 'a.json'))).ino, ino);
    });
  });
});

test('commit: a source that is followed no more keeps its record and brings no items', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => {
      await store.follow([aSource('a')]);
      await store.follow([]);
      assert.equal(await store.commit(aPlan('a', ['one'])), { merged: 0, changedItemIds: [] });
      assert.equal([idsOf(store, 'a'), store.items.size], [['a-one'], 0]);
      await store.follow([aSource('a')]);
      assert.is(store.items.size, 1);
    });
  });
});

test('follow: items come and go with their sources, those not followed hide theirs, and only changed sources are derived again', async () => {
  await withDataDir(async (dataDir) => {
    const applied: string[] = [];
    const createItemIndex = () => {
      const index = createPlainIndex();
      const { apply } = index;
      return Object.assign(index, {
        apply: (...args: Parameters<typeof apply>) => {
          applied.push(`${args[1].source}${args[0] ? '' : ' hidden'}`);
          return apply(...args);
        },
      });
    };
    await withStore(dataDir, async (store) => {
      for (const id of ['a', 'b', 'c']) await store.commit(aPlan(id, [id]));
    });
    await withStore(
      dataDir,
      async (store) => {
        assert.is(store.items.size, 0);
        const changes: (readonly string[])[] = [];
        const stop = store.onChange((ids) => changes.push(ids));
        await store.follow([aSource('a'), aSource('b'), { ...aSource('c'), disabled: true }]);
        await store.follow([{ ...aSource('a'), title: 'A' }, aSource('b'), aSource('never-asked')]);
        await store.follow([aSource('b')]);
        stop();
        await store.follow([]);
        assert.equal(applied, ['a', 'b', 'c hidden', 'a', 'a hidden', 'b hidden']);
        assert.equal(changes, [['a-a', 'b-b'], ['a-a'], ['a-a']]);
        assert.equal([store.items.size, store.storedSources()], [0, ['a', 'b', 'c']]);
      },
      { createItemIndex },
    );
  });
});

test('state.json: is written at most once a second, and before close ends', async () => {
  await withDataDir(async (dataDir) => {
    let writes = 0;
    const fs = watchedFs((call, name) => {
      if (call === 'rename' && name === 'state.json') writes++;
    });
    await withStore(
      dataDir,
      async (store) => {
        for (let n = 1; n <= 40; n++)
          await store.commit({ source: 'a', state: aState('a', { failures: n }), outcome: { kind: 'unchanged' } });
        assert.is(writes, 0);
        for (let tries = 0; writes === 0 && tries < 100; tries++) await wait(100);
        assert.is((await readState(dataDir)).sources[0].failures, 40);
        await store.commit({ source: 'a', state: aState('a', { failures: 99 }), outcome: { kind: 'unchanged' } });
      },
      { fs },
    );
    assert.is(writes, 2);
    assert.is((await readState(dataDir)).sources[0].failures, 99);
  });
});

test('site: its identity is minted once', async () => {
  await withDataDir(async (dataDir) => {
    const uuids = new Set<string>();
    for (let n = 0; n < 3; n++) await withStore(dataDir, async (store) => void uuids.add(store.site.uuid));
    assert.is(uuids.size, 1);
    assert.match([...uuids][0] ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

test('openStore: a second one on the folder is refused, a reader is let in and sees what is stored', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => {
      await store.follow([aSource('a')]);
      await store.commit(aPlan('a', ['one']));
      const error = await withStore(dataDir, async () => {}).catch((reason) => reason);
      assert.equal([error.code, error.message.includes(`process ${process.pid}.`)], ['store/locked', true]);
      await withStore(
        dataDir,
        async (reader) => {
          await reader.follow([aSource('a')]);
          assert.equal([idsOf(reader, 'a'), reader.items.size, reader.site], [['a-one'], 1, store.site]);
          await store.commit(aPlan('a', ['one', 'two']));
          assert.equal(idsOf(reader, 'a'), ['a-one']);
          const refused = await reader.commit(aPlan('a', [])).catch((reason: Error) => reason.message);
          assert.is(refused, 'this store was opened for reading');
        },
        { mode: 'read' },
      );
    });
  });
});

test('openStore: a start that fails gives the folder free again', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => void (await store.commit(aPlan('a', ['one']))));
    const file = path.join(dataDir, 'state.json');
    await nodeFs.writeFile(file, '{"version":2}');
    await withStore(dataDir, async () => {}).catch((error) => assert.is(error.code, 'store/newer'));
    assert.not.ok((await nodeFs.readdir(path.join(dataDir, 'private'))).includes('lock'));
  });
});

test('openStore: a data folder that cannot be written is refused with words', async () => {
  await withDataDir(async (dataDir) => {
    for (const code of ['EROFS', 'EACCES', 'ENOSPC']) {
      const fs = watchedFs((call) => {
        if (call === 'mkdir' || call === 'open') throw systemError(code);
      });
      const error = await withStore(dataDir, async () => {}, { fs }).catch((reason) => reason);
      assert.is(error.code, code === 'ENOSPC' ? 'store/full' : 'store/write');
      assert.match(error.message, dataDir);
    }
  });
});

test('openStore: secrets lie in a folder of their own that others may not open', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => {
      await store.count('view', 'x', 'ab', AT);
      assert.is((await nodeFs.stat(path.join(dataDir, 'private'))).mode & 0o777, 0o700);
      assert.is((await nodeFs.stat(path.join(dataDir, 'private', 'salt.json'))).mode & 0o777, 0o600);
    });
  });
});

test('openStore: a folder of secrets that others may open is closed to them', async () => {
  await withDataDir(async (dataDir) => {
    const secrets = path.join(dataDir, 'private');
    await nodeFs.mkdir(secrets, { recursive: true });
    await nodeFs.chmod(secrets, 0o755);
    await withStore(dataDir, async () => {});
    assert.is((await nodeFs.stat(secrets)).mode & 0o777, 0o700);
  });
});

test('openStore: a data folder that it made is durable itself', async () => {
  await withDataDir(async (dataDir) => {
    const calls: string[] = [];
    const fs = watchedFs((call, name) => calls.push(`${call} ${name}`));
    await withStore(dataDir, async () => {}, { fs });
    assert.ok(calls.includes(`sync ${path.basename(path.dirname(dataDir))}`), calls.join());
    assert.ok(calls.indexOf('sync data') > calls.indexOf('mkdir private'));
  });
});

test('openStore: a store that was opened for reading stores nothing', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => void (await store.commit(aPlan('a', ['one']))));
    await withStore(
      dataDir,
      async (reader) => {
        const refused = [
          await reader.commit(aPlan('a', [])).catch((error: Error) => error.message),
          await reader.count('view', 'a-one', '00', AT).catch((error: Error) => error.message),
          await reader.probe().catch((error: Error) => error.message),
        ];
        assert.equal([...new Set(refused)], ['this store was opened for reading']);
      },
      { mode: 'read' },
    );
  });
});

test('state.json: whose write failed is written again', async () => {
  await withDataDir(async (dataDir) => {
    let refusals = 0;
    const fs = watchedFs((call, name) => {
      if (call === 'rename' && name === 'state.json' && refusals++ === 0) throw systemError('EIO');
    });
    await withStore(
      dataDir,
      async (store) => {
        await store.commit(aPlan('a', ['one'], { etag: '"1"' }));
        for (let tries = 0; refusals === 0 && tries < 100; tries++) await wait(100);
        assert.is(refusals, 1);
      },
      { fs },
    );
    assert.is((await readState(dataDir)).sources[0].etag, '"1"');
  });
});

test('openStore: entries are kept as they are, whatever their names and characters', async () => {
  await withDataDir(async (dataDir) => {
    const names = ['__proto__', 'constructor', 'toString', '', '\ud800 half', 'naïve \u2028\u0000 🚲'];
    const entries = names.map((name) => anEntry('a', name, { guids: [name], title: name || 'untitled' }));
    await withStore(dataDir, async (store) => {
      await store.commit({ ...aPlan('a', []), record: aRecord('a', entries) });
    });
    await withStore(dataDir, async (store) => {
      assert.equal(store.record('a')?.entries, entries);
      assert.is(({} as { polluted?: unknown }).polluted, undefined);
    });
  });
});

test('commit: a source id that leads elsewhere names no file', async () => {
  await withDataDir(async (dataDir) => {
    await withStore(dataDir, async (store) => {
      for (const id of ['../x', 'a/b', '', '.', 'A', 'x'.repeat(61)]) {
        const refused = await store.commit(aPlan(id, ['one'])).catch((error: Error) => error.message);
        assert.is(refused, `${id} is no source id, so it names no file`);
      }
      assert.equal(await nodeFs.readdir(path.join(dataDir, '..')), ['data']);
    });
  });
});

test('close: waits for commits under way, and for their state', async () => {
  await withDataDir(async (dataDir) => {
    let committed: Promise<unknown> | undefined;
    await withStore(dataDir, async (store) => {
      committed = store.commit(aPlan('a', ['one'], { etag: '"1"' }));
    });
    await committed;
    await withStore(dataDir, async (store) => {
      assert.equal([idsOf(store, 'a'), store.state('a').etag], [['a-one'], '"1"']);
    });
  });
});

test.run();
