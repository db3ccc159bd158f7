import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ItemIndex } from '../../src/items/item-index.ts';
import type { Plan } from '../../src/items/plan.ts';
import type { Entry, Item, Source, SourceRecord, SourceState } from '../../src/model.ts';
import { type OpenOptions, openStore } from '../../src/store/json-store.ts';
import type { Store } from '../../src/store/store.ts';

/** Values with everything boring filled in. */
export const AT = '2026-08-22T12:00:00.000Z';

export function aSource(id: string): Source {
  return {
    id,
    url: `https://${id}.example/feed`,
    categories: [],
    content: 'summary',
    poll: '*/30 * * * *',
    timeoutSeconds: 30,
    private: false,
    insecureTls: false,
    disabled: false,
  };
}

export function anEntry(source: string, name: string, more: Partial<Entry> = {}): Entry {
  return {
    id: `${source}-${name}`,
    source,
    guids: [name],
    linkKeys: [],
    title: `Title of ${name}`,
    minutes: 1,
    authors: [],
    categories: [],
    enclosures: [],
    origins: [],
    firstSeen: AT,
    lastListed: AT,
    arrival: AT,
    date: AT,
    published: true,
    ...more,
  };
}

export function aRecord(source: string, entries: readonly Entry[]): SourceRecord {
  return { version: 1, source, feed: {}, entries, unreliableGuids: [], unreliableLinks: [], tombstones: [] };
}

export function aState(source: string, more: Partial<SourceState> = {}): SourceState {
  return {
    source,
    sameBodyCount: 0,
    failures: 0,
    gone: false,
    counts: { asked: 0, notModified: 0, failed: 0, bytes: 0 },
    ...more,
  };
}

/** A poll of `source` after which it has entries of these names. */
export function aPlan(source: string, names: readonly string[], state: Partial<SourceState> = {}): Plan {
  return {
    source,
    record: aRecord(
      source,
      names.map((name) => anEntry(source, name)),
    ),
    state: aState(source, state),
    outcome: { kind: 'updated', added: names.length, edited: 0 },
  };
}

export function idsOf(store: Store, source: string): readonly string[] | undefined {
  return store.record(source)?.entries.map(({ id }) => id);
}

/** The item of these entries, the first of them its primary. */
export function anItem(...entries: readonly [Entry, ...Entry[]]): Item {
  const [primary] = entries;
  const { id, date, arrival, firstSeen, published, title = '' } = primary;
  return {
    id,
    entries,
    hidden: [],
    primary,
    body: primary,
    title,
    date,
    arrival,
    firstSeen,
    updated: date,
    published,
    via: [],
    categories: [],
  };
}

/** An index as plain as can be: entries with one title are one item. */
export function createPlainIndex(): ItemIndex {
  const records = new Map<string, SourceRecord>();
  const followed = new Set<string>();
  const newest = (): readonly Item[] => {
    const byTitle = new Map<string, [Entry, ...Entry[]]>();
    for (const { source, entries } of records.values()) {
      if (!followed.has(source)) continue;
      for (const entry of entries) {
        const title = entry.title ?? entry.id;
        byTitle.set(title, [...(byTitle.get(title) ?? []), entry] as [Entry, ...Entry[]]);
      }
    }
    return [...byTitle.values()].map((entries) => anItem(...entries));
  };
  const shownIdsOf = (id: string) =>
    followed.has(id) ? (records.get(id)?.entries.map((entry) => entry.id) ?? []) : [];
  return {
    get size() {
      return newest().length;
    },
    find: (id) => newest().find(({ entries }) => entries.some((entry) => entry.id === id)),
    all: newest,
    newest,
    ofSource: (id) => newest().filter(({ entries }) => entries.some(({ source }) => source === id)),
    explain: () => [],
    apply(source, record) {
      const before = shownIdsOf(record.source);
      records.set(record.source, record);
      if (source) followed.add(record.source);
      else followed.delete(record.source);
      return [...new Set([...before, ...shownIdsOf(record.source)])];
    },
  };
}

/** An empty folder for a store, gone afterwards. */
export async function withDataDir<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-store-'));
  try {
    return await work(path.join(folder, 'data'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A store at `dataDir`, closed afterwards. */
export async function withStore<T>(
  dataDir: string,
  work: (store: Store) => Promise<T>,
  options: Partial<OpenOptions> = {},
): Promise<T> {
  const store = await openStore({
    dataDir,
    mode: 'write',
    createItemIndex: createPlainIndex,
    clock: () => AT,
    log: () => {},
    ...options,
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
