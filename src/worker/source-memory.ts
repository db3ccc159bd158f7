import { ViaductError } from '../errors.ts';
import { publisherOf } from '../identity/publisher.ts';
import type { Log } from '../log.ts';
import type { Config, FeedDocument, Source, SourceRecord, SourceState } from '../model.ts';
import type { Reading } from '../schedule/reading.ts';
import { readSourceIds, writeSourceIds } from '../store/small-files.ts';
import type { Store } from '../store/store.ts';

/** Shorter guids ("1", "post-7") are made alike by feeds that have nothing to do with each other. */
const MIN_GUID_CHARACTERS = 12;
const MIN_SHARED_GUIDS = 2;

/** Remembers in data/ which id was made from which address, so that ids stay although addresses or other sources change. */
export interface SourceMemory {
  /** Makes the ids of the list durable; a full disk is only logged. */
  remember(config: Config): Promise<void>;
  /** The list under the ids that are remembered now, for one that was read while an id was being restored. */
  withKnownIds(config: Config): Config;
  /** The id that a source of the list had before its address was edited, if nothing is stored under its new one and what it
   *  answers shows that; else undefined. */
  formerIdOf(source: Source, reading: Reading): string | undefined;
}

export async function openSourceMemory(ports: { dataDir: string; store: Store; log: Log }): Promise<SourceMemory> {
  const { dataDir, store, log } = ports;
  let ids = await readSourceIds(dataDir);
  /** Of stored sources that the list names no more: id → what it was made from. */
  let gone: ReadonlyMap<string, string> = new Map();

  async function remember({ sources }: Config): Promise<void> {
    const stored = new Set(store.storedSources());
    const current = new Set(sources.map(({ id }) => id));
    const made = sources.flatMap(({ id, idFrom }) => (idFrom === undefined ? [] : [[idFrom, id] as const]));
    const keys = new Set(made.map(([key]) => key));
    // The id of a source that went is kept for its return, as long as there is something to return to.
    const others = [...ids].filter(([key, id]) => !keys.has(key) && !current.has(id) && stored.has(id));
    gone = new Map(others.map(([key, id]) => [id, key]));
    const next = new Map([...made, ...others]);
    if (next.size === ids.size && [...next].every(([key, id]) => ids.get(key) === id)) return;
    ids = next;
    try {
      await writeSourceIds(dataDir, next);
    } catch (error) {
      if (!(error instanceof ViaductError)) throw error;
      log('error', 'store.failed', { file: 'ids.json', message: error.message });
    }
  }

  function withKnownIds(config: Config): Config {
    const taken = new Set(config.sources.map(({ id }) => id));
    const sources = config.sources.map((source) => {
      const known = source.idFrom === undefined ? undefined : ids.get(source.idFrom);
      if (known === undefined || taken.has(known)) return source;
      taken.add(known);
      return { ...source, id: known };
    });
    return { ...config, sources };
  }

  function formerIdOf(source: Source, reading: Reading): string | undefined {
    if (source.idFrom === undefined || reading.kind !== 'document' || store.record(source.id)) return undefined;
    const candidates = [...gone].flatMap(([id, key]) =>
      mayKeepId(source, id, key) && isConfirmed(source, key, store.record(id), store.state(id))
        ? (store.record(id) ?? [])
        : [],
    );
    return findFormerId(reading.document, candidates);
  }

  return { remember, withKnownIds, formerIdOf };
}

/** The id under which this document's entries are stored already, because the address of their source was edited: that of the one
 *  record of `candidates` that knows at least two, and half, of its long guids. Undefined if there is none, or more than one. */
export function findFormerId(document: FeedDocument, candidates: readonly SourceRecord[]): string | undefined {
  const guids = new Set(
    document.entries.flatMap(({ guid }) => (guid !== undefined && guid.length >= MIN_GUID_CHARACTERS ? [guid] : [])),
  );
  if (guids.size === 0) return undefined;
  const enough = Math.max(Math.min(MIN_SHARED_GUIDS, document.entries.length), guids.size / 2);
  const fitting = candidates.filter(({ entries }) => {
    const known = new Set(entries.flatMap((entry) => entry.guids));
    return [...guids].filter((guid) => known.has(guid)).length >= enough;
  });
  return fitting.length === 1 ? fitting[0]?.source : undefined;
}

/** Whether the host of the former address says that the feed is at the new one: it is on the same site, or the former document gave
 *  that site as its own address (rel=self), or redirects led there. Guids alone are what anybody can repeat. */
export function isConfirmed(
  source: Source,
  formerKey: string,
  record: SourceRecord | undefined,
  state: SourceState,
): boolean {
  const site = publisherOf(source.url);
  const said = [formerKey, record?.feed.feedUrl, state.movedTo, state.redirect?.to];
  return site !== undefined && said.some((address) => publisherOf(address) === site);
}

/** Whether a source whose address was edited may go on under the id that was made from the former one. The id of an address that
 *  was not private may hold parts of it: it stays only where it says no more than the id of the private one does. */
export function mayKeepId(source: Source, formerId: string, formerKey: string): boolean {
  return !source.private || formerKey.startsWith('sha256:') || source.id.startsWith(`${formerId}-`);
}
