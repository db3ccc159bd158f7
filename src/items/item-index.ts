import { compareSightings, type EntryKeys, type SourceProfile } from '../identity/entry-keys.ts';
import { createEvidence, type SourceEvidence, sourceEvidence } from '../identity/evidence.ts';
import { cluster, type Edge, MATCH_RULES, type MatchRule } from '../identity/match-rules.ts';
import type { Entry, Item, Source, SourceRecord } from '../model.ts';
import { deriveItem, sourceName } from './derive-item.ts';
import { isWanted } from './filter-rule.ts';
import { comparePlaces } from './item-list.ts';

/** More outdated items than this are sorted in, fewer are put in their places. */
const FEW = 200;

/** The items of a set of sources, kept current one record at a time. Pure data structure: no I/O, no clock.
 *  Whatever the order of the calls, the items are those that deriving from scratch gives.
 *
 *  Records of sources that are not followed, and entries that filters leave out, show nothing. They still take part in what is
 *  one item, so that an item keeps its id, and all addresses it ever had, when the source that it came by first is taken out. */
export interface ItemIndex {
  readonly size: number;
  /** By the id of any of its entries. */
  find(id: string): Item | undefined;
  /** All items, in no order. */
  all(): Iterable<Item>;
  /** All items, newest `arrival` first, ties by id. The same list until an item changes. */
  newest(): readonly Item[];
  /** Items that the source has an entry of, newest first. */
  ofSource(sourceId: string): readonly Item[];
  /** Puts a source's record in place of its last one; `source` is undefined when it is not followed. Returns the ids of the
   *  items that came, changed or went. */
  apply(source: Source | undefined, record: SourceRecord): readonly string[];
  /** Why an item's entries are one: the strongest evidence between each two of them, strongest first. Empty for an item of one
   *  entry, and for an unknown id. */
  explain(id: string): readonly Reason[];
}

/** Why two entries are one article. */
export interface Reason {
  /** In the order of first sighting. */
  readonly entries: readonly [Entry, Entry];
  /** The kind of evidence, in words: 'the same link'. */
  readonly words: string;
  /** The value that both have: a link key, guid, enclosure or title. */
  readonly shared: string;
}

/** An empty index. Entries with an edge between them, directly or through others, are worked out together, and nothing else
 *  is touched:
 *
 *      apply(source, record):
 *        affected := entries whose evidence changed (identity/evidence.ts)
 *        gather all entries that are connected with them by edges
 *        forget the items of all these entries
 *        cluster the entries by their edges (identity/match-rules.ts): each cluster is an item
 *        an item whose entries are the same objects as before stays the same object
 *        return the ids of all other items, of before and after
 *
 *  `rules` is the evidence that counts; a shorter list is for measuring what each kind is worth. */
export function createItemIndex(rules: readonly MatchRule[] = MATCH_RULES): ItemIndex {
  const evidence = createEvidence(rules);
  const known = new Map<string, SourceEvidence>();
  /** Every entry's id leads to its item; its own is that of one of them. */
  const byEntryId = new Map<string, Item>();
  let size = 0;
  /** What newest() returned last. */
  let sorted: readonly Item[] = [];
  /** Ids of the items that came, changed or went since, each with the item that `sorted` still has under it. */
  const outdated = new Map<string, Item | undefined>();

  function apply(source: Source | undefined, record: SourceRecord): readonly string[] {
    const before = known.get(record.source);
    const isShown = (entry: Entry) => source !== undefined && isWanted(source, entry);
    const after = sourceEvidence(source, record, { before, isShown });
    known.set(record.source, after);
    const affected = new Set(evidence.replace(before, after));
    const isRenamed = before !== undefined && !isSameProfile(before.profile, after.profile);
    for (const [entry, keys] of after.keysOf) {
      if (isRenamed || (before?.keysOf.has(entry) && before.isShown(entry) !== isShown(entry))) affected.add(keys);
    }
    return rebuild(affected, isRenamed ? record.source : undefined);
  }

  /** `renamed`: a source that shows itself in another way, so that its items are made anew even if their entries are the
   *  same. */
  function rebuild(affected: ReadonlySet<EntryKeys>, renamed: string | undefined): readonly string[] {
    const isKept = (keys: EntryKeys) => known.get(keys.entry.source)?.keysOf.get(keys.entry) === keys;
    const { entries, edges } = connectedWith([...affected].filter(isKept));
    const before = new Map<string, Item>();
    for (const { entry } of [...affected, ...entries]) {
      const item = byEntryId.get(entry.id);
      if (item) before.set(item.id, item);
    }
    size -= before.size;
    for (const item of before.values()) {
      for (const { id } of allEntries(item)) byEntryId.delete(id);
    }
    const changed = new Set(before.keys());
    for (const group of cluster(entries, edges)) {
      const members = group.map(({ entry }) => entry);
      const [first, ...rest] = group.filter(({ entry }) => isShown(entry));
      // Nobody sees anything of it.
      if (!first) continue;
      const entries = members.filter(isShown);
      const hidden = members.filter((entry) => !isShown(entry));
      const old = before.get(members[0]?.id ?? '');
      const isSame =
        old &&
        isSameList(old.entries, entries) &&
        isSameList(old.hidden, hidden) &&
        !members.some(({ source }) => source === renamed);
      const item = isSame ? old : deriveItem({ shown: [first, ...rest], hidden }, profileOf);
      if (isSame) changed.delete(item.id);
      else changed.add(item.id);
      size += 1;
      for (const { id } of members) byEntryId.set(id, item);
    }
    for (const id of changed) if (!outdated.has(id)) outdated.set(id, before.get(id));
    return [...changed];
  }

  /** All entries that edges lead to from the given ones, and these edges. */
  function connectedWith(start: readonly EntryKeys[]): {
    readonly entries: readonly EntryKeys[];
    readonly edges: readonly Edge[];
  } {
    const entries = new Set(start);
    const done = new Set<EntryKeys>();
    const edges: Edge[] = [];
    // A Set is walked to its end, also what is added on the way.
    for (const keys of entries) {
      done.add(keys);
      for (const edge of evidence.edgesOf(keys, done)) {
        edges.push(edge);
        entries.add(edge.b);
      }
    }
    return { entries: [...entries], edges };
  }

  function isShown(entry: Entry): boolean {
    return known.get(entry.source)?.isShown(entry) ?? false;
  }

  function profileOf(source: string): SourceProfile {
    const profile = known.get(source)?.profile;
    if (!profile) throw new Error(`an entry of ${source}, which is not followed`);
    return profile;
  }

  function newest(): readonly Item[] {
    const itemOf = (id: string) => {
      const item = byEntryId.get(id);
      return item?.id === id ? item : undefined;
    };
    if (outdated.size > 0) sorted = resort(sorted, outdated, itemOf);
    outdated.clear();
    return sorted;
  }

  function explain(id: string): readonly Reason[] {
    const item = byEntryId.get(id);
    const entries = item ? allEntries(item) : [];
    const members = entries.flatMap((entry) => known.get(entry.source)?.keysOf.get(entry) ?? []);
    const explained = new Set<EntryKeys>();
    const edges = members.flatMap((keys) => evidence.edgesOf(keys, explained.add(keys)));
    return edges
      .filter(({ b }) => members.includes(b))
      .sort((x, y) => x.rank - y.rank)
      .map(({ a, b, rule }) => {
        const theirs = rule.valuesOf(b);
        const shared = rule.valuesOf(a).find((value) => theirs.includes(value)) ?? '';
        return { entries: [a.entry, b.entry], words: rule.words, shared };
      });
  }

  return {
    get size() {
      return size;
    },
    find: (id) => byEntryId.get(id),
    *all() {
      for (const [id, item] of byEntryId) if (item.id === id) yield item;
    },
    newest,
    ofSource(sourceId) {
      const entries = [...(known.get(sourceId)?.keysOf.keys() ?? [])].filter(isShown);
      return [...new Set(entries.flatMap(({ id }) => byEntryId.get(id) ?? []))].sort(comparePlaces);
    },
    apply,
    explain,
  };
}

/** Whether the entry is shown, and its item is carried by sources other than `source`, too. */
export function isCarriedByOthers(id: string, source: string, items: Pick<ItemIndex, 'find'>): boolean {
  const { entries = [] } = items.find(id) ?? {};
  return entries.some((entry) => entry.id === id) && entries.some((entry) => entry.source !== source);
}

/** All whose ids lead to the item, in order of first sighting. */
export function allEntries({ entries, hidden }: Pick<Item, 'entries' | 'hidden'>): readonly Entry[] {
  return hidden.length === 0 ? entries : [...entries, ...hidden].sort(compareSightings);
}

/** `sorted` with the outdated items replaced by what they are now. A few are moved one by one: sorting 50,000 again takes
 *  20 ms, also where nearly all are in order. */
function resort(
  sorted: readonly Item[],
  outdated: ReadonlyMap<string, Item | undefined>,
  itemOf: (id: string) => Item | undefined,
): readonly Item[] {
  const current = [...outdated.keys()].flatMap((id) => itemOf(id) ?? []);
  if (outdated.size > FEW) return [...sorted.filter(({ id }) => !outdated.has(id)), ...current].sort(comparePlaces);
  const next = [...sorted];
  for (const old of outdated.values()) if (old) next.splice(placeOf(old, next), 1);
  for (const item of current) next.splice(placeOf(item, next), 0, item);
  return next;
}

/** Where the item stands in the sorted list, or would stand. */
function placeOf(item: Item, sorted: readonly Item[]): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sorted[middle];
    if (other && comparePlaces(other, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSameList(a: readonly Entry[], b: readonly Entry[]): boolean {
  return a.length === b.length && a.every((entry, at) => entry === b[at]);
}

/** Whether a source shows itself, and its home, as before. */
function isSameProfile(a: SourceProfile | undefined, b: SourceProfile | undefined): boolean {
  const shown = (profile: SourceProfile | undefined) => {
    if (!profile) return '';
    const { source, home } = profile;
    const { url, categories, private: isPrivate } = source;
    return JSON.stringify([sourceName(profile), url, categories, isPrivate, [...home.hosts], [...home.publishers]]);
  };
  return a === b || shown(a) === shown(b);
}
