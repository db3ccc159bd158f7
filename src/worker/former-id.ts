import type { FeedDocument, Source, SourceRecord } from '../model.ts';

/** Shorter guids ("1", "post-7") are made alike by feeds that have nothing to do with each other. */
const MIN_GUID_CHARACTERS = 12;
const MIN_SHARED_GUIDS = 2;

/** The id under which this document's entries are stored already, because the address of their source was edited: that of the one
 *  stored source, not in feeds.json any more, that knows at least two, and half, of its long guids. Undefined if there is none.
 *  `retired` are the records to look among. */
export function findFormerId(document: FeedDocument, retired: Iterable<SourceRecord>): string | undefined {
  const guids = new Set(
    document.entries.flatMap(({ guid }) => (guid !== undefined && guid.length >= MIN_GUID_CHARACTERS ? [guid] : [])),
  );
  if (guids.size === 0) return undefined;
  const enough = Math.max(Math.min(MIN_SHARED_GUIDS, document.entries.length), guids.size / 2);
  const fitting = [...retired].filter(({ entries }) => {
    const known = new Set(entries.flatMap((entry) => entry.guids));
    return [...guids].filter((guid) => known.has(guid)).length >= enough;
  });
  return fitting.length === 1 ? fitting[0]?.source : undefined;
}

/** Whether a source whose address was edited may go on under the id that was made from the former one. The id of an address that
 *  was not private may hold parts of it: it stays only where it says no more than the id of the private one does. */
export function mayKeepId(source: Source, formerId: string, formerKey: string): boolean {
  return !source.private || formerKey.startsWith('sha256:') || source.id.startsWith(`${formerId}-`);
}
