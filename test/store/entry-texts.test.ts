import * as nodeFs from 'node:fs/promises';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createItemIndex } from '../../src/items/item-index.ts';
import type { Entry, SourceRecord } from '../../src/model.ts';
import { jsonSlices, writeDurably } from '../../src/store/durable-adapter.ts';
import { openEntryTexts } from '../../src/store/entry-texts.ts';
import { anEntry, aPlan, aRecord, aSource, withDataDir, withStore } from './stored-values.ts';

const LONG = 'x'.repeat(1_500_000);

/** A record in a file of its own, and the same as it is kept in memory. */
async function withFile(
  record: SourceRecord,
  work: (kept: SourceRecord, file: string, texts: ReturnType<typeof openEntryTexts>) => Promise<void>,
): Promise<void> {
  await withDataDir(async (dataDir) => {
    await mkdir(dataDir, { recursive: true });
    const fileOf = (id: string) => path.join(dataDir, `${id}.json`);
    await writeDurably(nodeFs, fileOf(record.source), jsonSlices(record));
    const texts = openEntryTexts(fileOf);
    await work(texts.lighten(record), fileOf(record.source), texts);
  });
}

const textOf = ({ entries }: SourceRecord, at: number) => entries[at]?.text;
const three = aRecord(
  'a',
  ['one', 'two', 'three'].map((name) => anEntry('a', name, { text: `The text of ${name}, ü.` })),
);

test('entry texts: an entry reads its own, and is copied and written like one that holds them', async () => {
  await withFile(three, async (kept) => {
    assert.is(Object.getOwnPropertyDescriptor(kept.entries[1], 'text')?.value, undefined);
    assert.equal(kept, three);
    assert.equal(JSON.parse(JSON.stringify(kept)), three);
    assert.equal({ ...kept.entries[2] }, three.entries[2]);
    assert.not.ok('summary' in (kept.entries[0] ?? {}));
  });
});

test('entry texts: found again in a file that another tool has written anew', async () => {
  await withFile(three, async (kept, file) => {
    assert.is(textOf(kept, 0), 'The text of one, ü.');
    await writeFile(file, JSON.stringify({ ...three, entries: three.entries.toReversed() }, undefined, 2));
    assert.is(textOf(kept, 1), 'The text of two, ü.');
  });
});

test('entry texts: of a file that was damaged or taken away those of its copy', async () => {
  for (const spoil of [(file: string) => writeFile(file, '{ "entries": [ {"id'), rm]) {
    await withFile(three, async (kept, file) => {
      await writeFile(`${file}.bak`, await readFile(file));
      await spoil(file);
      assert.is(textOf(kept, 1), 'The text of two, ü.');
      await rm(`${file}.bak`);
      assert.is(textOf(kept, 2), undefined);
    });
  }
});

test('entry texts: entries that stay keep being the same objects; what is new is there without being read', async () => {
  await withFile(three, async (kept, file, texts) => {
    const fresh = anEntry('a', 'four', { summary: 'Fresh.', text: 'Fresh, and longer.' });
    const next = texts.lighten({ ...kept, entries: [...kept.entries.slice(1), fresh] }, kept);
    await rm(file);
    assert.is(next.entries[0], kept.entries[1]);
    assert.is.not(next.entries[2], fresh);
    assert.equal(next.entries[2], fresh);
  });
});

test('entry texts: warm reads all at once; beyond what is kept each is read again', async () => {
  const large = aRecord(
    'a',
    Array.from({ length: 6 }, (_, at) => anEntry('a', `${at}`, { text: `${at}${LONG}` })),
  );
  await withFile(large, async (kept, file, texts) => {
    await texts.warm('a');
    await texts.warm('unknown');
    assert.is(textOf(kept, 0), `0${LONG}`);
    await rm(file);
    assert.is(textOf(kept, 5), `5${LONG}`);
    assert.is(textOf(kept, 1), undefined);
  });
});

test('entry texts: what cannot be read is not taken for empty', async () => {
  await withFile(three, async (kept, file) => {
    await rm(file);
    await mkdir(file);
    assert.throws(() => textOf(kept, 0), /cannot be read \(EISDIR\)/);
  });
});

test('entry texts: items hold the entries as they are kept, not as the plan had them', async () => {
  await withDataDir(async (dataDir) => {
    const plan = aPlan('a', ['one']);
    await withStore(
      dataDir,
      async (store) => {
        await store.follow([aSource('a')]);
        await store.commit(plan);
        const [kept] = store.record('a')?.entries ?? [];
        assert.ok(kept && kept !== plan.record?.entries[0]);
        assert.is(store.items.find(kept.id)?.primary, kept);
      },
      { createItemIndex },
    );
  });
});

test('entry texts: survive writes of their record, restarts and a repair from the copy', async () => {
  await withDataDir(async (dataDir) => {
    const first = aPlan('a', ['one', 'two']);
    const entries = first.record?.entries.map((entry): Entry => ({ ...entry, text: `Text of ${entry.id}` })) ?? [];
    const record = aRecord('a', entries);
    const file = path.join(dataDir, 'sources', 'a.json');
    await withStore(dataDir, async (store) => {
      await store.commit({ ...first, record });
      await store.commit({ ...first, record: { ...record, entries: [...(store.record('a')?.entries ?? [])] } });
    });
    await withStore(dataDir, async (store) => {
      const [one, two] = store.record('a')?.entries ?? [];
      assert.ok(one && two);
      await store.commit({ ...first, record: { ...record, entries: [{ ...one, title: 'New' }, two] } });
      assert.equal(JSON.parse(await readFile(file, 'utf8')).entries[1], entries[1]);
      assert.is(JSON.parse(await readFile(file, 'utf8')).entries[0].text, 'Text of a-one');
    });
    await writeFile(file, '');
    await withStore(dataDir, async (store) => assert.equal(store.record('a')?.entries, entries));
    assert.equal(JSON.parse(await readFile(file, 'utf8')).entries, entries);
  });
});
test.run();
