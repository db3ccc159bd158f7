import type { ItemIndex } from '../items/item-index.ts';
import type { Plan } from '../items/plan.ts';
import type { HostWait, Instant, Item, Source, SourceRecord, SourceState, Tally } from '../model.ts';

/** The site's identity, minted once; published ids come from it. */
export interface SiteIdentity {
  readonly version: 1;
  readonly uuid: string;
  readonly created: Instant;
}

/** Something an operator should know about the data folder. */
export interface StoreNotice {
  readonly at: Instant;
  readonly file: string;
  readonly message: string;
}

/** One data folder. Reads are from memory and synchronous; writes resolve once they are durable.
 *  One process writes at a time; a reader (`mode: 'read'`) sees the folder as it was when it was opened. */
export interface Store {
  readonly site: SiteIdentity;
  readonly notices: readonly StoreNotice[];
  /** Items of the followed sources; kept current by commit and follow. */
  readonly items: ItemIndex;
  /** Says which sources exist now: items show these only (not disabled ones). The records of others
   *  stay on disk, and the ids of their entries with the items. */
  follow(sources: readonly Source[]): Promise<void>;
  /** The texts of its entries are read from its file when they are looked at. */
  record(sourceId: string): SourceRecord | undefined;
  /** Reads them all at once, ahead of a comparison. */
  warm(sourceId: string): Promise<void>;
  /** Ids of all sources that something is stored of, followed or not. */
  storedSources(): readonly string[];
  /** About how many characters are stored of a source; of all of them where none is named. */
  size(sourceId?: string): number;
  /** A state with nothing in it for a source that was never asked. */
  state(sourceId: string): SourceState;
  /** When any source last answered well. */
  lastAnswerAt(): Instant | undefined;
  hostWaits(): readonly HostWait[];
  /** Makes one poll's outcome durable, all or nothing, then current in memory. Each of `hostWaits` takes the place of its host's
   *  last one; those whose time is over go. Commits of one source run one after the other.
   *  @throws ViaductError 'store/full' or 'store/write': nothing changed, in memory or on disk */
  commit(plan: Plan, hostWaits?: readonly HostWait[]): Promise<Committed>;
  /** Counts a view or click once a key (16 hex digits, see web/visits.ts) a UTC day. Resolves, with whether it was new,
   *  once the count would survive the process (on a full disk: once it is in memory). `itemId` is the id the item has now. */
  count(kind: 'view' | 'click', itemId: string, key: string, at: Instant): Promise<boolean>;
  /** The secret of the UTC day of `at`: 32 bytes, the same after a restart, yesterday's erased. */
  daySalt(at: Instant): Buffer;
  /** What was counted for the item, under the ids of all its entries. */
  tally(item: Item): Tally;
  /** Called after every change of items or sources, with the ids of the items that changed (gone ones included). Returns the way to stop. */
  onChange(listener: (changedItemIds: readonly string[]) => void): () => void;
  /** Tries a small durable write, for someone who waits for space.
   *  @throws ViaductError 'store/full' or 'store/write' as long as a commit would throw it */
  probe(): Promise<void>;
  /** Flushes what is pending and gives the folder free. */
  close(): Promise<void>;
}

export interface Committed {
  /** New entries that joined an item that another source had listed already. */
  readonly merged: number;
  readonly changedItemIds: readonly string[];
}
