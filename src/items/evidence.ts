import type { Entry, Source, SourceRecord } from '../model.ts';
import { type Copy, copyOf, globalGuid, type Teller } from './copy.ts';
import { isWanted } from './is-wanted.ts';
import type { Edge, Join, World } from './join.ts';
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
  /** The joins of `copy` with copies that are not in `but`. */
  edgesOf(copy: Copy, but: ReadonlySet<Copy>): readonly Edge[];
}

/** A source's record as the evidence needs it, without the entries that its filters hold back; copies of entries that `before` had are taken from there. */
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
  const files = joins.map(() => new Map<string, Copy[]>());
  const byTitle = new Map<string, Copy[]>();
  const spoiledLinks = new Map<string, number>();
  const spoiledWeakLinks = new Map<string, number>();
  const spoiledGuids = new Map<string, number>();
  const world: World = {
    isSpoiledLink: (key) => spoiledLinks.has(key),
    isSpoiledWeakLink: (key) => spoiledWeakLinks.has(key),
    isSpoiledGuid: (key) => spoiledGuids.has(key),
    isTitleReused: (copy) =>
      byTitle.get(copy.title)?.some((other) => other !== copy && other.entry.source === copy.entry.source) ?? false,
  };

  function replace(before: Told | undefined, after: Told | undefined): ReadonlySet<Copy> {
    const gone = without(before, after);
    const come = without(after, before);
    const touched = new Set([...gone, ...come]);
    for (const key of [
      ...recount(spoiledLinks, before?.spoiledLinks, after?.spoiledLinks),
      ...recount(spoiledWeakLinks, before?.spoiledWeakLinks, after?.spoiledWeakLinks),
      ...recount(spoiledGuids, before?.spoiledGuids, after?.spoiledGuids),
    ]) {
      for (const file of files) for (const copy of file.get(key) ?? []) touched.add(copy);
    }
    for (const copy of gone) {
      joins.forEach((join, at) => {
        for (const key of join.keys(copy)) take(files[at], key, copy);
      });
      if (!copy.isTitleGeneric) take(byTitle, copy.title, copy);
    }
    for (const copy of come) {
      joins.forEach((join, at) => {
        for (const key of join.keys(copy)) put(files[at], key, copy);
      });
      if (!copy.isTitleGeneric) put(byTitle, copy.title, copy);
    }
    for (const copy of [...gone, ...come]) for (const other of sharing(copy)) touched.add(other);
    return touched;
  }

  function* sharing(copy: Copy): Iterable<Copy> {
    yield* byTitle.get(copy.title) ?? [];
    for (const [at, join] of joins.entries()) {
      for (const key of join.keys(copy)) if (!join.isDead(key, world)) yield* files[at]?.get(key) ?? [];
    }
  }

  function edgesOf(copy: Copy, but: ReadonlySet<Copy>): readonly Edge[] {
    return joins.flatMap((join, rank) => {
      const others = new Set<Copy>();
      for (const key of join.keys(copy)) {
        if (join.isDead(key, world)) continue;
        for (const other of files[rank]?.get(key) ?? []) {
          if (other.entry.source !== copy.entry.source && !but.has(other)) others.add(other);
        }
      }
      return [...others]
        .filter((other) => join.accepts(copy, other, world))
        .map((other) => ({ a: copy, b: other, join, rank }));
    });
  }

  return { replace, edgesOf };
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

function put(file: Map<string, Copy[]> | undefined, key: string, copy: Copy): void {
  const copies = file?.get(key);
  if (copies) copies.push(copy);
  else file?.set(key, [copy]);
}

function take(file: Map<string, Copy[]> | undefined, key: string, copy: Copy): void {
  const rest = file?.get(key)?.filter((other) => other !== copy) ?? [];
  if (rest.length > 0) file?.set(key, rest);
  else file?.delete(key);
}
