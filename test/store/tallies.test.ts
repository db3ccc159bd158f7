import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tally } from '../../src/model.ts';
import type { Store } from '../../src/store/store.ts';
import type { StoreFs } from '../../src/store/store-fs.ts';
import { AT, anEntry, anItem, aPlan, withDataDir, withStore } from './stored-values.ts';
import { systemError, watchedFs } from './watched-fs.ts';

const HOUR = Date.parse(AT) / 3_600_000;
const NEXT_DAY = '2026-08-23T00:00:01.000Z';
const one = anItem(anEntry('a', 'one'));
const key = (n: number) => n.toString(16).padStart(16, '0');
const viewsOf = (store: Store, item = one) => store.tally(item).views;

/** Runs each step in a process life of its own, as far as the folder can tell. */
async function inLives(
  steps: readonly ((store: Store, dataDir: string) => Promise<void>)[],
  clock?: () => string,
): Promise<void> {
  await withDataDir(async (dataDir) => {
    for (const step of steps) await withStore(dataDir, (store) => step(store, dataDir), clock && { clock });
  });
}

const filesOf = async (dataDir: string) => {
  const read = (name: string) => nodeFs.readFile(path.join(dataDir, name), 'utf8');
  const [totals, tail] = [JSON.parse(await read('tallies.json')), await read('tallies.ndjson')];
  return {
    totals,
    tail: tail
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
};

test('count: a key counts once a kind and day, also after a restart', async () => {
  const expected: Tally = { views: 2, clicks: 1, hours: [[HOUR, 3]] };
  await inLives([
    async (store) => {
      const counted = [
        await store.count('view', 'a-one', key(1), AT),
        await store.count('view', 'a-one', key(1), AT),
        await store.count('click', 'a-one', key(1), AT),
        await store.count('view', 'a-one', key(2), AT),
      ];
      assert.equal([counted, store.tally(one)], [[true, false, true, true], expected]);
    },
    async (store) => {
      assert.is(await store.count('view', 'a-one', key(1), AT), false);
      assert.is(await store.count('click', 'a-one', key(1), AT), false);
      assert.equal(store.tally(one), expected);
    },
    async (store) => assert.equal(store.tally(one), expected),
  ]);
});

test('count: 10,000 at once from one client count 1, 100 clients count 100', async () => {
  await inLives([
    async (store) => {
      const same = await Promise.all(Array.from({ length: 10_000 }, () => store.count('click', 'a-one', key(7), AT)));
      assert.is(same.filter(Boolean).length, 1);
      await Promise.all(Array.from({ length: 100 }, (_, n) => store.count('view', 'a-one', key(n), AT)));
    },
    async (store) => assert.equal([store.tally(one).clicks, viewsOf(store)], [1, 100]),
  ]);
});

test('tally: adds up what was counted under the ids of all entries, hour by hour', async () => {
  await inLives([
    async (store) => {
      await store.count('view', 'a-one', key(1), AT);
      await store.count('view', 'b-one', key(2), AT);
      await store.count('click', 'b-one', key(3), '2026-08-22T11:59:59.000Z');
      await store.count('view', 'c-one', key(4), AT);
      const merged = anItem(anEntry('a', 'one'), anEntry('b', 'one'));
      assert.equal(store.tally(merged), {
        views: 2,
        clicks: 1,
        hours: [
          [HOUR - 1, 1],
          [HOUR, 2],
        ],
      });
      // What was counted before a source was taken out stays with the item.
      const [shown, hidden] = merged.entries;
      assert.ok(shown && hidden);
      assert.is(store.tally({ ...anItem(shown), hidden: [hidden] }).views, 2);
      assert.equal(store.tally(anItem(anEntry('z', 'none'))), { views: 0, clicks: 0, hours: [] });
    },
  ]);
});

test('tally: hours are kept for 8 days, totals for good', async () => {
  let now = AT;
  await inLives(
    [
      async (store) => {
        await store.count('view', 'a-one', key(1), AT);
        now = '2026-08-30T11:00:00.000Z';
        assert.is(store.tally(one).hours.length, 1);
        now = '2026-08-30T12:00:00.000Z';
        assert.equal(store.tally(one), { views: 1, clicks: 0, hours: [] });
        await store.commit(aPlan('a', ['one']));
        await store.count('view', 'a-one', key(2), now);
      },
      async (store, dataDir) => {
        assert.equal(store.tally(one), { views: 2, clicks: 0, hours: [[HOUR + 192, 1]] });
        assert.equal((await filesOf(dataDir)).tail.slice(1), [{ kind: 'view', key: key(2), hour: HOUR + 180 }]);
      },
    ],
    () => now,
  );
});

test('tally: hours that a clock running ahead counted are not shown once it is right again', async () => {
  let now = '2027-08-22T12:00:00.000Z';
  await inLives(
    [
      async (store) => {
        await store.count('view', 'a-one', key(1), now);
        now = AT;
        assert.equal(store.tally(one), { views: 1, clicks: 0, hours: [] });
      },
    ],
    () => now,
  );
});

test('tally: of an item that is stored no more goes once nothing was counted for 8 days', async () => {
  let now = AT;
  await inLives(
    [
      async (store) => {
        await store.commit(aPlan('a', ['one']));
        await store.count('view', 'a-one', key(1), AT);
        await store.count('view', 'gone', key(3), AT);
        now = '2026-08-29T12:00:00.000Z';
        await store.count('view', 'other', key(1), now);
        assert.is(viewsOf(store, anItem(anEntry('x', 'y', { id: 'gone' }))), 1);
        now = '2026-09-01T12:00:00.000Z';
        await store.count('view', 'other', key(2), now);
        assert.is(viewsOf(store, anItem(anEntry('x', 'y', { id: 'gone' }))), 0);
        assert.is(viewsOf(store), 1);
      },
    ],
    () => now,
  );
});

test('daySalt: 32 bytes, the same all day and after a restart, another the next day', async () => {
  const salts: string[] = [];
  const note = async (store: Store, at: string) => {
    const salt = store.daySalt(at);
    assert.is(salt.length, 32);
    salts.push(salt.toString('hex'));
    await store.count('view', 'a-one', key(salts.length), at);
  };
  await inLives([
    async (store) => {
      await note(store, '2026-08-22T00:00:00.000Z');
      await note(store, '2026-08-22T23:59:59.999Z');
    },
    async (store, dataDir) => {
      await note(store, AT);
      await note(store, NEXT_DAY);
      const texts = [];
      for (const name of await nodeFs.readdir(dataDir, { recursive: true })) {
        const file = path.join(dataDir, name);
        if ((await nodeFs.stat(file)).isFile()) texts.push(await nodeFs.readFile(file, 'utf8'));
      }
      assert.not.ok(texts.join('').includes(salts[0] ?? ''), 'the salt of yesterday is gone');
      assert.ok(texts.join('').includes(salts[3] ?? ''));
      // A request from just before midnight that is counted just after it does not turn the day back.
      assert.is(store.daySalt('2026-08-22T23:59:59.999Z').toString('hex'), salts[3]);
    },
  ]);
  assert.equal([salts[0] === salts[1], salts[0] === salts[2], salts[0] === salts[3]], [true, true, false]);
});

test('count: a new day counts the same reader again, and yesterday’s keys leave the disk', async () => {
  await inLives([
    async (store, dataDir) => {
      await store.count('view', 'a-one', key(1), AT);
      assert.is(await store.count('view', 'a-one', key(1), NEXT_DAY), true);
      const { totals, tail } = await filesOf(dataDir);
      assert.equal(
        totals.items.map(({ id, views }: { id: string; views: number }) => [id, views]),
        [['a-one', 2]],
      );
      assert.equal(tail, [
        { version: 1, generation: totals.generation },
        { kind: 'view', key: key(1), hour: HOUR + 12 },
      ]);
    },
    async (store) => {
      assert.is(viewsOf(store), 2);
      assert.is(await store.count('view', 'a-one', key(1), NEXT_DAY), false);
    },
  ]);
});

test('count: a clock that jumps a year back and forth loses no count', async () => {
  let n = 0;
  const count = (at: string) => async (store: Store) => {
    assert.is(await store.count('view', 'a-one', key(++n), at), true);
    assert.is(viewsOf(store), n);
  };
  await inLives([
    async (store) => void (await store.commit(aPlan('a', ['one']))),
    count(AT),
    count('2025-08-22T12:00:00.000Z'),
    count('2027-08-22T12:00:00.000Z'),
    count(AT),
    count(AT),
  ]);
});

/** Three readers of one day, then in the next life the same three on the next day: that is where the tail is folded. The second
 *  life's file system is `fs`; `isAlive` says whether what was counted just now was acknowledged. */
async function foldOn(dataDir: string, fs: StoreFs, isAlive = () => true): Promise<number> {
  await withStore(dataDir, async (store) => {
    for (let n = 0; n < 3; n++) await store.count('view', 'a-one', key(n), AT);
  });
  let acknowledged = 3;
  const countMore = async (store: Store) => {
    for (let n = 0; n < 3; n++) {
      await store.count('view', 'a-one', key(n), NEXT_DAY);
      if (isAlive()) acknowledged++;
    }
  };
  await withStore(dataDir, countMore, { fs }).catch((error) => {
    if (isAlive()) throw error;
  });
  return acknowledged;
}

/** Calls `before` with the number of each system call of the tallies, from 1. */
function numberedFs(before: (call: number) => void): StoreFs {
  let calls = 0;
  return watchedFs((_, name) => {
    if (/^(tallies|salt)/.test(name)) before(++calls);
  });
}

async function callsOfFold(): Promise<number> {
  let calls = 0;
  await withDataDir((dataDir) =>
    foldOn(
      dataDir,
      numberedFs((call) => {
        calls = call;
      }),
    ),
  );
  assert.ok(calls > 20, `${calls} calls`);
  return calls;
}

test('count: killed at any system call of a fold, nothing is lost and nothing counted twice', async () => {
  const calls = await callsOfFold();
  for (let diesAt = 2; diesAt <= calls; diesAt++) {
    await withDataDir(async (dataDir) => {
      let isDead = false;
      const fs = numberedFs((call) => {
        isDead ||= call >= diesAt;
        if (isDead) throw systemError('EIO');
      });
      const acknowledged = await foldOn(dataDir, fs, () => !isDead);
      await withStore(dataDir, async (store) => {
        const views = viewsOf(store);
        const isRight = views >= acknowledged && views <= Math.min(acknowledged + 1, 6);
        assert.ok(isRight, `died at call ${diesAt}: ${views} views, ${acknowledged} acknowledged`);
      });
    });
  }
});

for (const code of ['ENOSPC', 'EIO']) {
  test(`count: ${code} at any one system call of a fold is caught up with, and nobody is counted twice`, async () => {
    const calls = await callsOfFold();
    for (let failsAt = 2; failsAt <= calls; failsAt++) {
      await withDataDir(async (dataDir) => {
        const fs = numberedFs((call) => {
          if (call === failsAt) throw systemError(code);
        });
        await foldOn(dataDir, fs);
        await withStore(dataDir, async (store) => {
          assert.is(viewsOf(store), 6, `failed at call ${failsAt}`);
        });
      });
    }
  });
}

test('count: on a full disk it goes on in memory, tells it once, and is on disk again at the end', async () => {
  await withDataDir(async (dataDir) => {
    let isFull = false;
    const fs = watchedFs((call, name) => {
      if (isFull && call === 'writeFile' && name.startsWith('tallies')) throw systemError('ENOSPC');
    });
    await withStore(
      dataDir,
      async (store) => {
        await store.count('view', 'a-one', key(0), AT);
        isFull = true;
        for (let n = 0; n < 500; n++) assert.is(await store.count('view', 'a-one', key(n), AT), n > 0);
        assert.equal([viewsOf(store), store.notices.length], [500, 1]);
        assert.match(store.notices[0]?.message ?? '', /in memory for now.*no space/);
        isFull = false;
      },
      { fs },
    );
    await withStore(dataDir, async (store) => {
      assert.is(viewsOf(store), 500);
      assert.is(await store.count('view', 'a-one', key(77), AT), false);
    });
  });
});

test('count: its line is written before it resolves and fsynced soon after', async () => {
  await withDataDir(async (dataDir) => {
    const calls: string[] = [];
    const fs = watchedFs((call, name) => {
      if (name === 'tallies.ndjson') calls.push(call);
    });
    await withStore(
      dataDir,
      async (store) => {
        await store.count('view', 'a-one', key(0), AT);
        calls.length = 0;
        await store.count('view', 'a-one', key(1), AT);
        assert.equal(calls, ['open', 'writeFile']);
        const { tail } = await filesOf(dataDir);
        assert.equal(tail.at(-1), { kind: 'view', item: 'a-one', key: key(1), hour: HOUR });
        for (let tries = 0; calls.length < 3 && tries < 100; tries++) await wait(100);
        assert.equal(calls, ['open', 'writeFile', 'datasync']);
      },
      { fs },
    );
  });
});

test('count: a tail that ends within a line is told', async () => {
  await inLives([
    async (store) => {
      await store.count('view', 'a-one', key(1), AT);
      await store.count('view', 'a-one', key(2), AT);
    },
    async (_, dataDir) => {
      const file = path.join(dataDir, 'tallies.ndjson');
      const text = await nodeFs.readFile(file, 'utf8');
      await nodeFs.writeFile(file, text.slice(0, -20));
    },
    async (store) => {
      assert.equal(
        store.notices.map(({ file }) => file),
        ['tallies.ndjson'],
      );
      assert.is(store.tally(anItem(anEntry('a', 'one'))).views, 1);
    },
  ]);
});

const tails = [
  { name: 'a torn last line', change: (text: string) => `${text}{"kind":"view","item":"a-o`, views: 2 },
  { name: 'zero bytes at its end', change: (text: string) => `${text}\0\0\0\0`, views: 2 },
  { name: 'rubbish in its middle', change: (text: string) => text.replace(/\n/, '\n\0\0rubbish\n'), views: 2 },
  {
    name: 'lines of another shape',
    change: (text: string) => `${text}{"kind":"views"}\n{"kind":"view","key":1,"hour":1}\nnull\n`,
    views: 2,
  },
];
for (const { name, change, views } of tails) {
  test(`count: a tail with ${name} still counts, and goes on`, async () => {
    await inLives([
      async (store) => {
        await store.count('view', 'a-one', key(1), AT);
        await store.count('view', 'a-one', key(2), AT);
        await store.count('click', 'a-one', key(2), AT);
      },
      async (_, dataDir) => {
        const file = path.join(dataDir, 'tallies.ndjson');
        await nodeFs.writeFile(file, change(await nodeFs.readFile(file, 'utf8')));
      },
      async (store) => {
        assert.is(viewsOf(store), views);
        assert.is(await store.count('view', 'a-one', key(2), AT), false);
        assert.is(await store.count('view', 'a-one', key(3), AT), true);
      },
      async (store) => assert.equal([viewsOf(store), store.tally(one).clicks], [views + 1, 1]),
    ]);
  });
}

for (const content of ['', '\0\0\0', '{"version":1}\n', 'rubbish\n{"kind":"view"}\n']) {
  test(`count: a tail that begins with ${JSON.stringify(content)} is kept aside, told, and counting goes on`, async () => {
    await inLives([
      async (store) => void (await store.count('view', 'a-one', key(1), AT)),
      async (store, dataDir) => {
        await store.count('view', 'a-one', key(2), NEXT_DAY);
        await nodeFs.writeFile(path.join(dataDir, 'tallies.ndjson'), content);
      },
      async (store, dataDir) => {
        assert.equal(
          store.notices.map(({ file }) => file),
          ['tallies.ndjson'],
        );
        assert.ok((await nodeFs.readdir(dataDir)).some((name) => name.startsWith('tallies.ndjson.corrupt-')));
        await store.count('view', 'a-one', key(3), NEXT_DAY);
        assert.is(viewsOf(store), 3);
      },
      async (store) => assert.is(viewsOf(store), 3),
    ]);
  });
}

test('count: when tallies.json came back from its copy the tail still counts', async () => {
  await inLives([
    async (store) => {
      await store.count('view', 'a-one', key(1), AT);
      await store.count('view', 'a-one', key(1), NEXT_DAY);
      await store.count('view', 'a-one', key(2), NEXT_DAY);
    },
    async (_, dataDir) => nodeFs.writeFile(path.join(dataDir, 'tallies.json'), ''),
    async (store) => {
      // What was folded since the copy was made is lost, and told; the tail is not.
      assert.equal([viewsOf(store), store.notices.length], [2, 1]);
      await store.count('view', 'a-one', key(3), NEXT_DAY);
    },
    async (store) => assert.is(viewsOf(store), 3),
  ]);
});

test('count: a damaged salt is replaced, and no copy of a salt is ever kept', async () => {
  await inLives([
    async (store, dataDir) => {
      store.daySalt(AT);
      await store.count('view', 'a-one', key(1), NEXT_DAY);
      await nodeFs.writeFile(path.join(dataDir, 'private', 'salt.json'), 'null');
    },
    async (store, dataDir) => {
      assert.is(store.daySalt(NEXT_DAY).length, 32);
      await store.count('view', 'a-one', key(2), NEXT_DAY);
      assert.equal(await nodeFs.readdir(path.join(dataDir, 'private')), ['lock', 'salt.json']);
      assert.is(viewsOf(store), 2);
    },
  ]);
});

test('count: past 200,000 a day nobody more is counted, and it is told', async () => {
  await inLives([
    async (store) => {
      const counts = [];
      for (let n = 0; n < 200_010; n++) counts.push(store.count('view', `a-${n % 50}`, key(n), AT));
      const counted = await Promise.all(counts);
      assert.is(counted.filter(Boolean).length, 200_000);
      assert.match(store.notices[0]?.message ?? '', /200000 views and clicks were counted today/);
    },
    async (store) => assert.is(await store.count('view', 'a-1', key(1), AT), false),
  ]);
});

test('count: a reader beside the daemon sees what is counted so far', async () => {
  await inLives([
    async (store, dataDir) => {
      for (const at of [AT, NEXT_DAY]) {
        await store.count('view', 'a-one', key(1), at);
        await store.count('view', 'a-one', key(2), at);
        await withStore(dataDir, async (reader) => assert.is(viewsOf(reader), viewsOf(store)), { mode: 'read' });
      }
    },
  ]);
});

test.run();
