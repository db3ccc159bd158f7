import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { Low } from 'lowdb';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ViaductError } from '../../src/errors.ts';
import {
  readLinks,
  readSourceIds,
  readSubscribers,
  writeLinks,
  writeSourceIds,
  writeSubscribers,
} from '../../src/store/small-files.ts';
import { withDataDir, withStore } from './stored-values.ts';

const SUBSCRIBERS = {
  version: 1,
  day: '2026-03-04',
  readers: { today: 3, yesterday: 2 },
  feeds: [
    {
      path: '/feed.xml',
      readers: { today: 1, yesterday: 2 },
      announced: [{ agent: 'Feedly', count: 12, day: '2026-03-04' }],
    },
  ],
} as const;

/** Each file with how it is read and written, and two values that it may hold. */
const files = [
  {
    name: 'ids.json',
    read: readSourceIds,
    write: writeSourceIds,
    none: new Map(),
    first: new Map([['https://a.example/feed', 'a']]),
    second: new Map([
      ['https://a.example/feed', 'a'],
      ['https://b.example/feed', 'b-2'],
    ]),
    wrong: ['{"version":1}', '{"version":1,"ids":[{"address":"x","id":"../x"}]}'],
  },
  {
    name: 'links.json',
    read: readLinks,
    write: writeLinks,
    none: new Map(),
    first: new Map([['https://short.example/1', 'https://a.example/one']]),
    second: new Map([['https://short.example/2', '']]),
    wrong: ['{"version":1}', '{"version":1,"links":[{"link":"x","target":1}]}'],
  },
  {
    name: 'subscribers.json',
    read: readSubscribers,
    write: writeSubscribers,
    none: undefined,
    first: SUBSCRIBERS,
    second: { ...SUBSCRIBERS, day: '2026-03-05' },
    wrong: [
      JSON.stringify({ ...SUBSCRIBERS, readers: { today: 1 } }),
      JSON.stringify({ ...SUBSCRIBERS, feeds: [{ path: '/feed.xml' }] }),
      JSON.stringify({ ...SUBSCRIBERS, feeds: [{ ...SUBSCRIBERS.feeds[0], announced: [{ agent: 'Feedly' }] }] }),
    ],
  },
] as const;

async function withFolder(work: (dataDir: string) => Promise<void>): Promise<void> {
  await withDataDir(async (dataDir) => {
    await nodeFs.mkdir(dataDir);
    await work(dataDir);
  });
}

for (const { name, none, first, second, wrong, ...file } of files) {
  const read = file.read as (dataDir: string) => Promise<unknown>;
  const write = file.write as (dataDir: string, value: unknown) => Promise<void>;

  test(`${name}: what was written is read again, and nothing when there is no file`, async () => {
    await withFolder(async (dataDir) => {
      assert.equal(await read(dataDir), none);
      for (const value of [first, second]) {
        await write(dataDir, value);
        assert.equal(await read(dataDir), value);
      }
      await nodeFs.writeFile(path.join(dataDir, name), '{"version":2}');
      assert.is(await read(dataDir).catch(({ code }: ViaductError) => code), 'store/newer');
    });
  });

  test(`${name}: is read and written through lowdb`, async () => {
    await withFolder(async (dataDir) => {
      const { read: lowRead, write: lowWrite } = Low.prototype;
      const calls: string[] = [];
      try {
        Low.prototype.read = async function read() {
          calls.push('read');
          return lowRead.call(this);
        };
        Low.prototype.write = async () => void calls.push('write');
        await read(dataDir);
        await write(dataDir, first);
      } finally {
        Object.assign(Low.prototype, { read: lowRead, write: lowWrite });
      }
      assert.equal([calls, await nodeFs.readdir(dataDir)], [['read', 'write'], []]);
    });
  });

  test(`${name}: a start reports damage, keeps the damaged file, and uses the copy if there is one`, async () => {
    for (const content of ['', 'null', '{"version":1,', ...wrong]) {
      await withFolder(async (dataDir) => {
        await write(dataDir, first);
        await write(dataDir, second);
        await nodeFs.writeFile(path.join(dataDir, name), content);
        const expected = name === 'subscribers.json' ? none : first;
        assert.equal(await read(dataDir), expected);
        await withStore(dataDir, async (store) => {
          assert.equal(
            store.notices.map(({ file }) => file),
            [name],
            content,
          );
        });
        assert.equal(await read(dataDir), expected);
        const kept = path.join(dataDir, `${name}.corrupt-20260822T120000000Z`);
        assert.is(await nodeFs.readFile(kept, 'utf8'), content);
      });
    }
  });
}

test.run();
