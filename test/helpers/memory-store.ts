import { Memory } from 'lowdb';
import { emptyRecord } from '../../src/identity/match-document.ts';
import { createItemIndex } from '../../src/items/item-index.ts';
import type { Log } from '../../src/log.ts';
import type { Instant, SourceRecord } from '../../src/model.ts';
import type { DataFolder } from '../../src/store/data-folder.ts';
import { openJsonFile } from '../../src/store/json-file.ts';
import { createStore } from '../../src/store/json-store.ts';
import { createNotices } from '../../src/store/notices.ts';
import type { Store } from '../../src/store/store.ts';

/** The store as it runs, over lowdb's Memory adapter: nothing touches the disk, all else is the real thing. */
export async function memoryStore(options: { clock?: () => Instant; log?: Log; uuid?: string } = {}): Promise<Store> {
  const {
    clock = () => new Date().toISOString(),
    log = () => {},
    uuid = '00000000-0000-4000-8000-000000000000',
  } = options;
  const folder: DataFolder = {
    site: { version: 1, uuid, created: clock() },
    records: new Map(),
    recordBytes: new Map(),
    state: await openJsonFile(new Memory(), { version: 1, sources: [], hostWaits: [] }),
    totals: await openJsonFile(new Memory(), { version: 1, generation: 0, items: [] }),
    salt: await openJsonFile(new Memory(), { version: 1 }),
    tail: { append: async () => {}, sync: async () => {}, replace: async () => {}, close: async () => {} },
    tailContent: undefined,
    damaged: [],
    warmTexts: async () => {},
    createRecord: (source) => openJsonFile<SourceRecord>(new Memory(), emptyRecord(source)),
    probe: async () => {},
    close: async () => {},
  };
  return createStore(folder, createNotices(clock, log), { createItemIndex, clock, log });
}
