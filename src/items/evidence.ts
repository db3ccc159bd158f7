import type { Entry, Source, SourceRecord } from '../model.ts';
import { type Copy, copyOf, globalGuid, type Teller } from './copy.ts';
import { isWanted } from './is-wanted.ts';
import { type Edge, type Join, tellingTitle, type World } from './join.ts';
import { homeOf } from './spoiled.ts';
import { weakKey } from './url-keys.ts';

/** One source as the evidence knows it. */
export interface Told {
  readonly teller: Teller;
  readonly copies: ReadonlyMap<Entry, Copy>;
  /** Links that it uses for different items, and its own addresses. */
  readonly spoiledLinks: ReadonlySet<string>;
  readonly spoiledWeakLinks: ReadonlySet<string>;
  readonly spoiledGuids: ReadonlySet<string>;
}

/** What speaks for joining copies, filed by the values that they share. */
export interface Evidence {
  /** Puts one source's state in place of another; returns all copies (gone ones too) whose joins that can have changed. */
  replace(before: Told | undefined, after: Told | undefined): ReadonlySet<Copy>;
  /** The joins of `copy` with copies that are not in `but`: the strongest with each. */
  edgesOf(copy: Copy, but: ReadonlySet<Copy>): readonly Edge[];
}

/** A source's record as the evidence needs it, without the entries that its filters hold back; copies of entries that
 *  `before` had are taken from there. */
export function tell(source: Source, record: SourceRecord, before: Told | undefined): Told {
  const home = homeOf(source, record.feed);
  const entries = record.entries.filter((entry) => isWanted(source, entry));
  const spoiledLinks = new Set([...record.spoiledLinks, ...home.keys]);
  return {
    teller: { source, feed: record.feed, home },
    copies: new Map(entries.map((entry) => [entry, before?.copies.get(entry) ?? copyOf(entry)])),
    spoiledLinks,
    spoiledWeakLinks: new Set([...spoiledLinks].map(weakKey)),
    spoiledGuids: new Set(record.spoiledGuids.flatMap((guid) => globalGuid(guid) ?? [])),
  };
}

export function createEvidence(joins: readonly Join[]): Evidence {
  const files = joins.map(({ keys, isDead }): KeyFile => ({ keys, isDead, copies: new Map() }));
  const byTitle = files.find(({ keys }) => keys === tellingTitle) ?? fileOfTitles();
  const allFiles = new Set([...files, byTitle]);
  const spoiledLinks = new Map<string, number>();
  const spoiledWeakLinks = new Map<string, number>();
  const spoiledGuids = new Map<string, number>();
  const world: World = {
    isSpoiledLink: (key) => spoiledLinks.has(key),
    isSpoiledWeakLink: (key) => spoiledWeakLinks.has(key),
    isSpoiledGuid: (key) => spoiledGuids.has(key),
    isTitleReused: (copy) =>
      byTitle.copies.get(copy.title)?.some((other) => other !== copy && other.entry.source === copy.entry.source) ??
      false,
  };

  function replace(before: Told | undefined, after: Told | undefined): ReadonlySet<Copy> {
    const gone = without(before, after);
    const come = without(after, before);
    const touched = new Set([...gone, ...come]);
    const touch = (copies: readonly Copy[]) => {
      for (const copy of copies) touched.add(copy);
    };
    for (const key of [
      ...recount(spoiledLinks, before?.spoiledLinks, after?.spoiledLinks),
      ...recount(spoiledWeakLinks, before?.spoiledWeakLinks, after?.spoiledWeakLinks),
      ...recount(spoiledGuids, before?.spoiledGuids, after?.spoiledGuids),
    ]) {
      for (const file of files) touch(file.copies.get(key) ?? []);
    }
    const sharing = new Set<readonly Copy[]>();
    for (const file of allFiles) {
      for (const copy of gone) for (const key of file.keys(copy)) sharing.add(take(file, key, copy, world));
      for (const copy of come) for (const key of file.keys(copy)) sharing.add(put(file, key, copy, world));
    }
    for (const copies of sharing) touch(copies);
    return touched;
  }

  function edgesOf(copy: Copy, but: ReadonlySet<Copy>): readonly Edge[] {
    const edges: Edge[] = [];
    // Weaker evidence for what stronger evidence joins changes nothing, and comparing texts costs most.
    const settled = new Set<Copy>();
    for (const [rank, join] of joins.entries()) {
      if (join.isSilent?.(copy, world)) continue;
      const others = new Set<Copy>();
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
interface KeyFile extends Pick<Join, 'keys' | 'isDead'> {
  readonly copies: Map<string, Copy[]>;
}

function fileOfTitles(): KeyFile {
  return { keys: tellingTitle, isDead: () => false, copies: new Map() };
}

function without(told: Told | undefined, other: Told | undefined): readonly Copy[] {
  const copies: Copy[] = [];
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

const NONE: readonly Copy[] = [];

/** The copies whose joins change with it: all that share the value, unless it proves nothing anyway. */
function put(file: KeyFile, key: string, copy: Copy, world: World): readonly Copy[] {
  const copies = file.copies.get(key);
  if (!copies) {
    file.copies.set(key, [copy]);
    return NONE;
  }
  copies.push(copy);
  return file.isDead(key, world) ? NONE : copies;
}

/** As `put`. */
function take(file: KeyFile, key: string, copy: Copy, world: World): readonly Copy[] {
  const copies = file.copies.get(key) ?? [];
  if (copies.length < 2) {
    file.copies.delete(key);
    return NONE;
  }
  copies.splice(copies.indexOf(copy), 1);
  return file.isDead(key, world) ? NONE : copies;
}
