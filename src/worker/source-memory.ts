import { ViaductError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Config, Source } from '../model.ts';
import type { Reading } from '../schedule/reading.ts';
import { readSourceIds, writeSourceIds } from '../store/small-files.ts';
import type { Store } from '../store/store.ts';
import { findFormerId, mayKeepId } from './former-id.ts';

/** Remembers in data/ which id was made from which address, so that ids stay although addresses or other sources change. */
export interface SourceMemory {
  /** Makes the ids of the list durable; a full disk is only told. */
  remember(config: Config): Promise<void>;
  /** The source under the id that it had before its address was edited, if what it answers shows that; else as it is. */
  recognise(source: Source, reading: Reading, config: Config): Source;
}

export async function openSourceMemory(ports: { dataDir: string; store: Store; log: Log }): Promise<SourceMemory> {
  const { dataDir, store, log } = ports;
  const goneByList = new WeakMap<readonly Source[], readonly string[]>();
  let ids = await readSourceIds(dataDir);

  async function remember({ sources }: Config): Promise<void> {
    const stored = new Set(store.storedSources());
    const current = new Set(sources.map(({ id }) => id));
    const made = sources.flatMap(({ id, idFrom }) => (idFrom === undefined ? [] : [[idFrom, id] as const]));
    const keys = new Set(made.map(([key]) => key));
    // The id of a source that went is kept for its return, as long as there is something to return to.
    const others = [...ids].filter(([key, id]) => !keys.has(key) && !current.has(id) && stored.has(id));
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

  /** Stored sources that a list names no more. Looked up once a list, since a first poll asks with every source: what is
   *  stored while the list holds is of the list. */
  function goneFrom(sources: readonly Source[]): readonly string[] {
    const known = goneByList.get(sources);
    if (known) return known;
    const current = new Set(sources.map(({ id }) => id));
    const gone = store.storedSources().filter((id) => !current.has(id));
    goneByList.set(sources, gone);
    return gone;
  }

  function recognise(source: Source, reading: Reading, { sources }: Config): Source {
    if (source.idFrom === undefined || reading.kind !== 'document' || store.record(source.id)) return source;
    const gone = goneFrom(sources);
    if (gone.length === 0) return source;
    const keys = new Map(Array.from(ids, ([key, id]) => [id, key]));
    const retired = gone.flatMap((id) => {
      const key = keys.get(id);
      const record = key === undefined || !mayKeepId(source, id, key) ? undefined : store.record(id);
      return record ?? [];
    });
    const id = findFormerId(reading.document, retired);
    return id === undefined ? source : { ...source, id };
  }

  return { remember, recognise };
}
