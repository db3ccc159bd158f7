import { isWanted } from '../items/is-wanted.ts';
import type { Entry, Source, SourceRecord } from '../model.ts';
import { type EntryKeys, entryKeysOf, globalGuid, type SourceProfile } from './entry-keys.ts';
import { homeOf } from './home.ts';
import { distinctTitle, type Edge, type MatchRule, type World } from './match-rules.ts';
import { weakKey } from './url-keys.ts';

/** One source as the evidence knows it. */
export interface SourceEvidence {
  readonly profile: SourceProfile;
  readonly copies: ReadonlyMap<Entry, EntryKeys>;
  /** Links that it uses for different items, and its own addresses. */
  readonly unreliableLinks: ReadonlySet<string>;
  readonly unreliableWeakLinks: ReadonlySet<string>;
  readonly unreliableGuids: ReadonlySet<string>;
}

/** What speaks for joining copies, filed by the values that they share. */
export interface Evidence {
  /** Puts one source's state in place of another; returns all copies (gone ones too) whose joins that can have changed. */
  replace(before: SourceEvidence | undefined, after: SourceEvidence | undefined): ReadonlySet<EntryKeys>;
  /** The joins of `copy` with copies that are not in `but`: the strongest with each. */
  edgesOf(copy: EntryKeys, but: ReadonlySet<EntryKeys>): readonly Edge[];
}

/** A source's record as the evidence needs it, without the entries that its filters hold back; copies of entries that
 *  `before` had are taken from there. */
export function tell(source: Source, record: SourceRecord, before: SourceEvidence | undefined): SourceEvidence {
  const home = homeOf(source, record.feed);
  const entries = record.entries.filter((entry) => isWanted(source, entry));
  const unreliableLinks = new Set([...record.unreliableLinks, ...home.keys]);
  return {
    profile: { source, feed: record.feed, home },
    copies: new Map(entries.map((entry) => [entry, before?.copies.get(entry) ?? entryKeysOf(entry)])),
    unreliableLinks,
    unreliableWeakLinks: new Set([...unreliableLinks].map(weakKey)),
    unreliableGuids: new Set(record.unreliableGuids.flatMap((guid) => globalGuid(guid) ?? [])),
  };
}

export function createEvidence(joins: readonly MatchRule[]): Evidence {
  const files = joins.map(({ keys, isDead }): KeyFile => ({ keys, isDead, copies: new Map() }));
  const byTitle = files.find(({ keys }) => keys === distinctTitle) ?? fileOfTitles();
  const allFiles = new Set([...files, byTitle]);
  const unreliableLinks = new Map<string, number>();
  const unreliableWeakLinks = new Map<string, number>();
  const unreliableGuids = new Map<string, number>();
  const world: World = {
    isUnreliableLink: (key) => unreliableLinks.has(key),
    isUnreliableWeakLink: (key) => unreliableWeakLinks.has(key),
    isUnreliableGuid: (key) => unreliableGuids.has(key),
    isTitleReused: (copy) =>
      byTitle.copies.get(copy.title)?.some((other) => other !== copy && other.entry.source === copy.entry.source) ??
      false,
  };

  function replace(before: SourceEvidence | undefined, after: SourceEvidence | undefined): ReadonlySet<EntryKeys> {
    const gone = without(before, after);
    const come = without(after, before);
    const touched = new Set([...gone, ...come]);
    const touch = (copies: readonly EntryKeys[]) => {
      for (const copy of copies) touched.add(copy);
    };
    for (const key of [
      ...recount(unreliableLinks, before?.unreliableLinks, after?.unreliableLinks),
      ...recount(unreliableWeakLinks, before?.unreliableWeakLinks, after?.unreliableWeakLinks),
      ...recount(unreliableGuids, before?.unreliableGuids, after?.unreliableGuids),
    ]) {
      for (const file of files) touch(file.copies.get(key) ?? []);
    }
    const sharing = new Set<readonly EntryKeys[]>();
    for (const file of allFiles) {
      for (const copy of gone) for (const key of file.keys(copy)) sharing.add(take(file, key, copy, world));
      for (const copy of come) for (const key of file.keys(copy)) sharing.add(put(file, key, copy, world));
    }
    for (const copies of sharing) touch(copies);
    return touched;
  }

  function edgesOf(copy: EntryKeys, but: ReadonlySet<EntryKeys>): readonly Edge[] {
    const edges: Edge[] = [];
    // Weaker evidence for what stronger evidence joins changes nothing, and comparing texts costs most.
    const settled = new Set<EntryKeys>();
    for (const [rank, join] of joins.entries()) {
      if (join.isSilent?.(copy, world)) continue;
      const others = new Set<EntryKeys>();
      for (const key of join.keys(copy)) {
        const sharing = files[rank]?.copies.get(key) ?? [];
        if (sharing.length < 2 || join.isDead(key, world)) continue;
        for (const other of sharing) {
          const isOpen = other.entry.source !== copy.entry.source && !but.has(other) && !settled.has(other);
          if (isOpen) others.add(other);
        }
      }
      for (const other of others) {
        if (!join.accepts(copy, other, world)) continue;
        settled.add(other);
        edges.push({ a: copy, b: other, join, rank });
      }
    }
    return edges;
  }

  return { replace, edgesOf };
}

/** Copies by the values of one kind that they carry. */
interface KeyFile extends Pick<MatchRule, 'keys' | 'isDead'> {
  readonly copies: Map<string, EntryKeys[]>;
}

function fileOfTitles(): KeyFile {
  return { keys: distinctTitle, isDead: () => false, copies: new Map() };
}

function without(told: SourceEvidence | undefined, other: SourceEvidence | undefined): readonly EntryKeys[] {
  const copies: EntryKeys[] = [];
  for (const [entry, copy] of told?.copies ?? []) if (!other?.copies.has(entry)) copies.push(copy);
  return copies;
}

/** Counts one source's values anew; returns those that no source had before, or none has now. */
function recount(
  counts: Map<string, number>,
  before: ReadonlySet<string> | undefined,
  after: ReadonlySet<string> | undefined,
): readonly string[] {
  const flipped: string[] = [];
  for (const key of before ?? []) {
    if (after?.has(key)) continue;
    const count = (counts.get(key) ?? 0) - 1;
    if (count > 0) counts.set(key, count);
    else counts.delete(key);
    if (count <= 0) flipped.push(key);
  }
  for (const key of after ?? []) {
    if (before?.has(key)) continue;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    if (count === 0) flipped.push(key);
  }
  return flipped;
}

const NONE: readonly EntryKeys[] = [];

/** The copies whose joins change with it: all that share the value, unless it proves nothing anyway. */
function put(file: KeyFile, key: string, copy: EntryKeys, world: World): readonly EntryKeys[] {
  const copies = file.copies.get(key);
  if (!copies) {
    file.copies.set(key, [copy]);
    return NONE;
  }
  copies.push(copy);
  return file.isDead(key, world) ? NONE : copies;
}

/** As `put`. */
function take(file: KeyFile, key: string, copy: EntryKeys, world: World): readonly EntryKeys[] {
  const copies = file.copies.get(key) ?? [];
  if (copies.length < 2) {
    file.copies.delete(key);
    return NONE;
  }
  copies.splice(copies.indexOf(copy), 1);
  return file.isDead(key, world) ? NONE : copies;
}
