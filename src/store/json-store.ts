import * as nodeFs from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MINUTE_MS } from '../durations.ts';
import { ViaductError } from '../errors.ts';
import { type ItemIndex, isCarriedByOthers } from '../items/item-index.ts';
import type { Plan } from '../items/plan.ts';
import { jsonCharsOf } from '../json-size.ts';
import type { Log } from '../log.ts';
import type { HostWait, Instant, Source, SourceRecord } from '../model.ts';
import { initialState } from '../schedule/schedule.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { createNotices, type Notices } from './notices.ts';
import type { Committed, Store } from './store.ts';
import type { StoreFs } from './store-fs.ts';
import { createTallies } from './tallies.ts';

interface StorePorts {
  readonly createItemIndex: () => ItemIndex;
  readonly clock: () => Instant;
  readonly log: Log;
}

export interface OpenOptions extends StorePorts {
  /** Absolute. */
  readonly dataDir: string;
  /** 'write' takes the folder's lock; 'read' writes nothing and sees the folder as it is now, also beside a daemon. */
  readonly mode: 'write' | 'read';
  readonly fs?: StoreFs;
  /** Called in mode 'write' once the folder is ours, before it is read. */
  readonly onLocked?: () => Promise<void>;
}

const STATE_EVERY_MS = 1_000;
const RETRY_AFTER_MS = MINUTE_MS;
/** How long deriving items may hold the event loop at a stretch. */
const TURN_MS = 8;

/** Opens a data folder: one JSON file a source behind lowdb, items derived from them in memory once `follow` was called.
 *  @throws ViaductError 'store/locked', 'store/newer', 'store/unreadable' (for the operator to repair), 'store/full', 'store/write' */
export async function openStore({ dataDir, mode, fs = nodeFs, onLocked, ...ports }: OpenOptions): Promise<Store> {
  const notices = createNotices(ports.clock, ports.log);
  const folder = await openDataFolder(mode, {
    dataDir,
    fs,
    clock: ports.clock,
    notices,
    ...(onLocked && { onLocked }),
  });
  const store = createStore(folder, notices, ports);
  return mode === 'write' ? store : { ...store, commit: refuse, count: refuse, probe: refuse };
}

async function refuse(): Promise<never> {
  throw new Error('this store was opened for reading');
}

/** The store over files that were read already. */
export function createStore(folder: DataFolder, notices: Notices, { createItemIndex, clock, log }: StorePorts): Store {
  const items = createItemIndex();
  const files = new Map(folder.records);
  const sizes = new Map(folder.recordBytes);
  let totalSize = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const states = new Map(folder.state.value.sources.map((state) => [state.source, state]));
  const hostWaits = new Map(folder.state.value.hostWaits.map((wait) => [wait.host, wait]));
  const tallies = createTallies({
    ...folder,
    clock,
    knownIds,
    warn: (message) => notices.report('warn', 'store.tallies', 'tallies.json', message),
  });
  if (folder.tailContent?.isWhole === false) {
    notices.report('warn', 'store.damaged', 'tallies.ndjson', 'ends within a line: views and clicks after it are lost');
  }
  const listeners = new Set<(changedItemIds: readonly string[]) => void>();
  const turns = new Map<string, Promise<unknown>>();
  let followed = new Map<string, Source>();
  /** Sources whose record the items know. */
  const indexed = new Set<string>();
  let stateTimer: NodeJS.Timeout | undefined;
  let stateWritten: Promise<void> = Promise.resolve();
  let isStateDirty = false;
  let isFailing = false;
  let lastAnswerAt: Instant | undefined;
  for (const { succeededAt } of states.values()) lastAnswerAt = later(lastAnswerAt, succeededAt);

  const record = (sourceId: string): SourceRecord | undefined => files.get(sourceId)?.value;

  function follow(sources: readonly Source[]): Promise<void> {
    return inTurn('', async () => {
      const next = new Map(sources.filter(({ disabled }) => !disabled).map((source) => [source.id, source]));
      const before = followed;
      followed = next;
      const changed = new Set<string>();
      let turnEndsAtMs = performance.now() + TURN_MS;
      // In the order of feeds.json, then those that do not stand in it: these keep the ids of items that they are part of.
      for (const id of new Set([...next.keys(), ...files.keys()])) {
        const stored = record(id);
        const isKnown = indexed.has(id) && isSame(next.get(id), before.get(id));
        if (stored && !isKnown) addAll(changed, items.apply(next.get(id), stored));
        if (stored) indexed.add(id);
        if (performance.now() < turnEndsAtMs) continue;
        await nextTurn();
        turnEndsAtMs = performance.now() + TURN_MS;
      }
      notifyListeners([...changed]);
    });
  }

  function commit(plan: Plan, newHostWaits: readonly HostWait[] = []): Promise<Committed> {
    return inTurn(plan.source, async () => {
      const before = record(plan.source);
      if (plan.record) await save(plan.record);
      // Durable from here on.
      states.set(plan.source, plan.state);
      lastAnswerAt = later(lastAnswerAt, plan.state.succeededAt);
      for (const wait of newHostWaits) hostWaits.set(wait.host, wait);
      writeStateSoon(STATE_EVERY_MS);
      // As the file keeps it in memory, which is not as the plan has it.
      const after = plan.record && record(plan.source);
      if (!after) return { merged: 0, changedItemIds: [] };
      const changedItemIds = items.apply(followed.get(plan.source), after);
      indexed.add(plan.source);
      const merged = countMerged(after, before);
      notifyListeners(changedItemIds);
      return { merged, changedItemIds };
    });
  }

  async function save(next: SourceRecord): Promise<void> {
    const name = `sources/${next.source}.json`;
    try {
      const file = files.get(next.source) ?? (await folder.createRecord(next.source));
      await file.write(next);
      files.set(next.source, file);
      measure(next);
    } catch (error) {
      reportRefusal(name, error);
      isFailing = true;
      throw error;
    }
    if (isFailing) notices.report('info', 'store.recovered', name, 'was written: storing works again');
    isFailing = false;
  }

  function measure({ source, entries }: SourceRecord): void {
    const size = entries.reduce((sum, entry) => sum + jsonCharsOf(entry), 0);
    totalSize += size - (sizes.get(source) ?? 0);
    sizes.set(source, size);
  }

  async function probe(): Promise<void> {
    try {
      await folder.probe();
    } catch (error) {
      reportRefusal('sources', error);
      throw error;
    }
  }

  function reportRefusal(file: string, error: unknown): void {
    if (!(error instanceof ViaductError)) throw error;
    notices.report('error', 'store.failed', file, error.message);
  }

  function countMerged(after: SourceRecord, before: SourceRecord | undefined): number {
    const known = new Set(before?.entries.map(({ id }) => id));
    return after.entries.filter(({ id }) => !known.has(id) && isCarriedByOthers(id, after.source, items)).length;
  }

  function writeStateSoon(afterMs: number): void {
    isStateDirty = true;
    stateTimer ??= setTimeout(() => {
      stateTimer = undefined;
      stateWritten = writeState();
    }, afterMs).unref();
  }

  async function writeState(): Promise<void> {
    if (!isStateDirty) return;
    isStateDirty = false;
    for (const [host, { until }] of hostWaits) if (until <= clock()) hostWaits.delete(host);
    try {
      await folder.state.write({ version: 1, sources: [...states.values()], hostWaits: [...hostWaits.values()] });
    } catch (error) {
      reportRefusal('state.json', error);
      writeStateSoon(RETRY_AFTER_MS);
    }
  }

  /** One after the other for one key; different keys side by side. */
  function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(key) ?? Promise.resolve()).then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    turns.set(key, settled);
    void settled.then(() => {
      if (turns.get(key) === settled) turns.delete(key);
    });
    return turn;
  }

  function notifyListeners(changedItemIds: readonly string[]): void {
    for (const listener of listeners) listener(changedItemIds);
  }

  function knownIds(): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const { value } of files.values()) {
      for (const { id } of value.entries) ids.add(id);
      for (const { id } of value.tombstones) ids.add(id);
    }
    return ids;
  }

  async function close(): Promise<void> {
    await Promise.all(turns.values());
    clearTimeout(stateTimer);
    stateTimer = undefined;
    await stateWritten;
    await writeState();
    clearTimeout(stateTimer);
    await tallies.close();
    await folder.close();
    log('debug', 'store.closed', {});
  }

  return {
    site: folder.site,
    notices: notices.list,
    items,
    follow,
    record,
    warm: folder.warmTexts,
    storedSources: () => [...files.keys()],
    size: (sourceId) => (sourceId === undefined ? totalSize : (sizes.get(sourceId) ?? 0)),
    state: (sourceId) => states.get(sourceId) ?? initialState(sourceId),
    lastAnswerAt: () => lastAnswerAt,
    hostWaits: () => [...hostWaits.values()],
    commit,
    count: tallies.count,
    daySalt: tallies.daySalt,
    tally: tallies.tally,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    probe,
    close,
  };
}

function isSame(source: Source | undefined, before: Source | undefined): boolean {
  return JSON.stringify(source) === JSON.stringify(before);
}

function addAll(set: Set<string>, ids: readonly string[]): void {
  for (const id of ids) set.add(id);
}

function later(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
