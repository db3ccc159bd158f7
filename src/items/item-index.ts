import type { EntryKeys, SourceProfile } from '../identity/entry-keys.ts';
import { createEvidence, type SourceEvidence, tell } from '../identity/evidence.ts';
import { cluster, type Edge, MATCH_RULES, type MatchRule } from '../identity/match-rules.ts';
import type { Entry, Item, Source, SourceRecord } from '../model.ts';
import { deriveItem, sourceName } from './derive-item.ts';

/** More changed items than this are sorted in, fewer are put in their places. */
const MANY = 200;

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
  /** Why an item's entries are one: the strongest evidence between each two of them, strongest first. Empty for an item of one
   *  entry, and for an unknown id. */
  explain(id: string): readonly Reason[];
}

/** What speaks for two entries being one article. */
export interface Reason {
  /** In the order of first sighting. */
  readonly entries: readonly [Entry, Entry];
  /** The kind of evidence, in words: 'the same link'. */
  readonly words: string;
  /** The value that both have: a link key, guid, enclosure or title. */
  readonly shared: string;
}

/** An empty index. `joins` is the evidence that counts; a shorter list is for measuring what each kind is worth. */
export function createItemIndex(joins: readonly MatchRule[] = MATCH_RULES): ItemIndex {
  const evidence = createEvidence(joins);
  const told = new Map<string, SourceEvidence>();
  const items = new Map<string, Item>();
  /** Every entry's id leads to its item. */
  const byEntryId = new Map<string, Item>();
  let sorted: readonly Item[] = [];
  /** What has changed since: the item that stands under the id in `sorted`, undefined if none does. */
  let moved = new Map<string, Item | undefined>();

  function replace(sourceId: string, after: SourceEvidence | undefined): readonly string[] {
    const before = told.get(sourceId);
    if (after) told.set(sourceId, after);
    else told.delete(sourceId);
    const touched = new Set(evidence.replace(before, after));
    if (before && after && !isSameProfile(before.profile, after.profile)) {
      for (const copy of after.copies.values()) touched.add(copy);
    }
    const isFresh = before !== undefined && after !== undefined && !isSameProfile(before.profile, after.profile);
    return rebuild(touched, isFresh ? sourceId : undefined);
  }

  /** Derives the items of all copies that `touched` ones hang together with; those of a source that shows itself in
   *  another way are made anew even if their entries are the same. */
  function rebuild(touched: ReadonlySet<EntryKeys>, renamed: string | undefined): readonly string[] {
    const before = new Map<string, Item>();
    const remember = (id: string) => {
      const item = byEntryId.get(id);
      if (item) before.set(item.id, item);
    };
    const alive: EntryKeys[] = [];
    for (const copy of touched) {
      if (told.get(copy.entry.source)?.copies.has(copy.entry)) alive.push(copy);
      else remember(copy.entry.id);
    }
    const { copies, edges } = reach(alive);
    for (const { entry } of copies) remember(entry.id);
    for (const item of before.values()) {
      items.delete(item.id);
      for (const { id } of item.entries) byEntryId.delete(id);
    }
    const changed = new Set(before.keys());
    for (const [first, ...rest] of cluster(copies, edges)) {
      if (!first) continue;
      const entries: [Entry, ...Entry[]] = [first.entry, ...rest.map(({ entry }) => entry)];
      const old = before.get(first.entry.id);
      const isSame = old && isSameList(old.entries, entries) && !entries.some(({ source }) => source === renamed);
      const item = isSame ? old : deriveItem(entries, profileOf);
      if (isSame) changed.delete(item.id);
      else changed.add(item.id);
      items.set(item.id, item);
      for (const { id } of entries) byEntryId.set(id, item);
    }
    for (const id of changed) if (!moved.has(id)) moved.set(id, before.get(id));
    return [...changed];
  }

  /** All copies that hang together with the given ones through evidence, and that evidence. */
  function reach(seeds: readonly EntryKeys[]): {
    readonly copies: readonly EntryKeys[];
    readonly edges: readonly Edge[];
  } {
    const queue = [...seeds];
    const seen = new Set(seeds);
    const expanded = new Set<EntryKeys>();
    const edges: Edge[] = [];
    for (const copy of queue) {
      expanded.add(copy);
      for (const edge of evidence.edgesOf(copy, expanded)) {
        edges.push(edge);
        if (seen.has(edge.b)) continue;
        seen.add(edge.b);
        queue.push(edge.b);
      }
    }
    return { copies: queue, edges };
  }

  function profileOf(source: string): SourceProfile {
    const profile = told.get(source)?.profile;
    if (!profile) throw new Error(`an entry of ${source}, which is not followed`);
    return profile;
  }

  function newest(): readonly Item[] {
    if (moved.size > 0) sorted = resort(sorted, moved, (id) => items.get(id));
    moved = new Map();
    return sorted;
  }

  function explain(id: string): readonly Reason[] {
    const copies = (byEntryId.get(id)?.entries ?? []).flatMap(
      (entry) => told.get(entry.source)?.copies.get(entry) ?? [],
    );
    const explained = new Set<EntryKeys>();
    const edges = copies.flatMap((copy) => evidence.edgesOf(copy, explained.add(copy)));
    return edges
      .filter(({ b }) => copies.includes(b))
      .sort((x, y) => x.rank - y.rank)
      .map(({ a, b, join }) => {
        const theirs = join.keys(b);
        const shared = join.keys(a).find((key) => theirs.includes(key)) ?? '';
        return { entries: [a.entry, b.entry], words: join.words, shared };
      });
  }

  return {
    get size() {
      return items.size;
    },
    find: (id) => byEntryId.get(id),
    newest,
    ofSource(sourceId) {
      const entries = [...(told.get(sourceId)?.copies.keys() ?? [])];
      return [...new Set(entries.flatMap(({ id }) => byEntryId.get(id) ?? []))].sort(compareArrivals);
    },
    apply: (source, record) => replace(source.id, tell(source, record, told.get(source.id))),
    remove: (sourceId) => replace(sourceId, undefined),
    explain,
  };
}

function compareArrivals(a: Item, b: Item): number {
  if (a.arrival !== b.arrival) return a.arrival < b.arrival ? 1 : -1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** `sorted` with the moved items in their new places. A few are moved one by one: sorting 50,000 again takes 20 ms. */
function resort(
  sorted: readonly Item[],
  moved: ReadonlyMap<string, Item | undefined>,
  itemOf: (id: string) => Item | undefined,
): readonly Item[] {
  const fresh = [...moved.keys()].flatMap((id) => itemOf(id) ?? []);
  if (moved.size > MANY) {
    return [...sorted.filter((item) => !moved.has(item.id)), ...fresh].sort(compareArrivals);
  }
  const next = [...sorted];
  for (const old of moved.values()) if (old) next.splice(placeOf(old, next), 1);
  for (const item of fresh) next.splice(placeOf(item, next), 0, item);
  return next;
}

/** Where the item stands in the sorted list, or would stand. */
function placeOf(item: Item, sorted: readonly Item[]): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sorted[middle];
    if (other && compareArrivals(other, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSameList(a: readonly Entry[], b: readonly Entry[]): boolean {
  return a.length === b.length && a.every((entry, at) => entry === b[at]);
}

/** Whether a source shows itself, and its home, as before. */
function isSameProfile(a: SourceProfile, b: SourceProfile): boolean {
  const shown = ({ source, home, feed }: SourceProfile) =>
    JSON.stringify([
      sourceName({ source, feed }),
      source.url,
      source.category,
      source.private,
      [...home.hosts],
      [...home.configuredHosts],
    ]);
  return a === b || shown(a) === shown(b);
}
