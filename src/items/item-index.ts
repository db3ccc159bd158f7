import type { Item, Source, SourceRecord } from '../model.ts';

/** The items of a set of sources, kept current one record at a time. Pure data structure: no I/O, no clock.
 *  Whatever the order of the calls, the items are those that deriving from scratch gives. */
export interface ItemIndex {
  readonly size: number;
  /** By the id of any of its entries. */
  find(id: string): Item | undefined;
  /** All items, newest `arrival` first, ties by id. */
  newest(): readonly Item[];
  /** Items that the source has an entry of, newest first. */
  ofSource(sourceId: string): readonly Item[];
  /** Puts a source's record in place of its last one; returns the ids of the items that came, changed or went. */
  apply(source: Source, record: SourceRecord): readonly string[];
  /** Takes a source out. */
  remove(sourceId: string): readonly string[];
}
