import type { Entry, Source, SourceRecord } from '../model.ts';
import { type EntryKeys, entryKeysOf, globalGuid, type SourceProfile } from './entry-keys.ts';
import { homeOf } from './home.ts';
import { distinctTitle, type Edge, type MatchRule, type Unreliable } from './match-rules.ts';
import { weakKey } from './url-keys.ts';

/** One source: what its entries can be compared by. */
export interface SourceEvidence {
  /** Undefined for a source that is not followed (any more). */
  readonly profile: SourceProfile | undefined;
  readonly keysOf: ReadonlyMap<Entry, EntryKeys>;
  /** Whether the entry is part of what readers see: its source is followed, and its filters let it through. */
  readonly isShown: (entry: Entry) => boolean;
  /** Links that it uses for different items, and its own addresses. */
  readonly unreliableLinks: ReadonlySet<string>;
  readonly unreliableWeakLinks: ReadonlySet<string>;
  readonly unreliableGuids: ReadonlySet<string>;
  /** Files that entries of different titles share. */
  readonly unreliableEnclosures: ReadonlySet<string>;
}

/** The evidence of all sources, kept current one source at a time. */
export interface Evidence {
  /** Puts a source's evidence in place of its last one (undefined: there was none). Returns all entries whose edges that can
   *  have changed, those that went too. */
  replace(before: SourceEvidence | undefined, after: SourceEvidence): ReadonlySet<EntryKeys>;
  /** The edges between an entry and entries of other sources that are not in `except`: of each two the strongest. */
  edgesOf(keys: EntryKeys, except: ReadonlySet<EntryKeys>): readonly Edge[];
}

/** The evidence of one source. Keys of entries that `before` had are taken from there: making them costs URL parsing. */
export function sourceEvidence(
  source: Source | undefined,
  record: SourceRecord,
  { before, isShown }: { before: SourceEvidence | undefined; isShown: (entry: Entry) => boolean },
): SourceEvidence {
  const home = homeOf(source, record.feed);
  const unreliableLinks = new Set([...record.unreliableLinks, ...home.keys]);
  const keysOf = new Map(record.entries.map((entry) => [entry, before?.keysOf.get(entry) ?? entryKeysOf(entry)]));
  return {
    profile: source && { source, feed: record.feed, home },
    isShown,
    keysOf,
    unreliableLinks,
    unreliableWeakLinks: new Set([...unreliableLinks].map(weakKey)),
    unreliableGuids: new Set(record.unreliableGuids.flatMap((guid) => globalGuid(guid) ?? [])),
    unreliableEnclosures: sharedEnclosures([...keysOf.values()]),
  };
}

function sharedEnclosures(entries: readonly EntryKeys[]): ReadonlySet<string> {
  const titleOf = new Map<string, string>();
  const shared = new Set<string>();
  for (const { enclosures, title } of entries) {
    for (const file of enclosures) {
      if ((titleOf.get(file) ?? title) !== title) shared.add(file);
      titleOf.set(file, title);
    }
  }
  return shared;
}

/** Evidence that entries of different sources are one article. For each rule the entries are filed under the values that
 *  the rule compares, so that only entries that share a value are ever looked at:
 *
 *      replace(before, after):
 *        note which values are unreliable now, or no more: entries filed under one of them are affected
 *        for each rule: file the entries that came under their values, take out those that went
 *        entries that share a value with one that came or went are affected
 *        return these, and what came and went
 *
 *      edgesOf(entry):
 *        for each rule, strongest first:
 *          for each entry of another source filed under one of this entry's values:
 *            an edge, if the value proves something, no stronger rule joined the two, and the rule accepts them
 */
export function createEvidence(rules: readonly MatchRule[]): Evidence {
  const files = rules.map((rule): RuleFile => ({ ...rule, entries: new Map() }));
  // Whether a title was reused is asked of it even where no rule compares titles.
  const titles = files.find(({ valuesOf }) => valuesOf === distinctTitle) ?? fileOfTitles();
  const counts = { links: new Map(), weakLinks: new Map(), guids: new Map(), enclosures: new Map() } satisfies Record<
    string,
    Counts
  >;
  const unreliable: Unreliable = {
    ...counts,
    isTitleReused: (keys) =>
      titles.entries.get(keys.title)?.some((other) => other !== keys && isSameSource(other, keys)) ?? false,
  };

  function replace(before: SourceEvidence | undefined, after: SourceEvidence): ReadonlySet<EntryKeys> {
    const went = keysOnlyIn(before, after);
    const came = keysOnlyIn(after, before);
    const affected = new Set([...went, ...came]);
    for (const value of [
      ...recount(counts.links, before?.unreliableLinks, after.unreliableLinks),
      ...recount(counts.weakLinks, before?.unreliableWeakLinks, after.unreliableWeakLinks),
      ...recount(counts.guids, before?.unreliableGuids, after.unreliableGuids),
      ...recount(counts.enclosures, before?.unreliableEnclosures, after.unreliableEnclosures),
    ]) {
      for (const { entries } of files) for (const keys of entries.get(value) ?? []) affected.add(keys);
    }
    for (const file of new Set([...files, titles])) {
      const values = new Set([...went, ...came].flatMap((keys) => file.valuesOf(keys)));
      for (const keys of went) for (const value of file.valuesOf(keys)) takeOut(file, value, keys);
      for (const keys of came) for (const value of file.valuesOf(keys)) putIn(file, value, keys);
      for (const value of values) {
        if (file.provesNothing?.(value, unreliable)) continue;
        for (const keys of file.entries.get(value) ?? []) affected.add(keys);
      }
    }
    return affected;
  }

  function edgesOf(keys: EntryKeys, except: ReadonlySet<EntryKeys>): readonly Edge[] {
    const edges: Edge[] = [];
    // Weaker evidence for what stronger evidence joins changes nothing, and comparing texts costs most.
    const settled = new Set<EntryKeys>();
    for (const [rank, file] of files.entries()) {
      if (file.isOutOfScope?.(keys, unreliable)) continue;
      const others = new Set<EntryKeys>();
      for (const value of file.valuesOf(keys)) {
        const sharing = file.entries.get(value) ?? [];
        if (sharing.length < 2 || file.provesNothing?.(value, unreliable)) continue;
        for (const other of sharing) {
          if (!isSameSource(other, keys) && !except.has(other) && !settled.has(other)) others.add(other);
        }
      }
      for (const other of others) {
        if (file.isOutOfScope?.(other, unreliable) || !file.accepts(keys, other)) continue;
        settled.add(other);
        edges.push({ a: keys, b: other, rule: file, rank });
      }
    }
    return edges;
  }

  return { replace, edgesOf };
}

/** A rule, with all entries under the values that it compares. */
interface RuleFile extends MatchRule {
  readonly entries: Map<string, EntryKeys[]>;
}

function fileOfTitles(): RuleFile {
  return { words: 'the same title', valuesOf: distinctTitle, accepts: () => false, entries: new Map() };
}

function putIn({ entries }: RuleFile, value: string, keys: EntryKeys): void {
  const sharing = entries.get(value);
  if (sharing) sharing.push(keys);
  else entries.set(value, [keys]);
}

function takeOut({ entries }: RuleFile, value: string, keys: EntryKeys): void {
  const sharing = entries.get(value) ?? [];
  if (sharing.length < 2) entries.delete(value);
  else sharing.splice(sharing.indexOf(keys), 1);
}

function keysOnlyIn(one: SourceEvidence | undefined, other: SourceEvidence | undefined): readonly EntryKeys[] {
  return [...(one?.keysOf ?? [])].filter(([entry]) => !other?.keysOf.has(entry)).map(([, keys]) => keys);
}

/** How many sources have each value. */
type Counts = Map<string, number>;

/** Counts one source's values anew; returns those that no source had before, or none has now. */
function recount(counts: Counts, before: ReadonlySet<string> = NONE, after: ReadonlySet<string>): string[] {
  const flipped: string[] = [];
  const add = (value: string, step: 1 | -1) => {
    const [old, count] = [counts.get(value) ?? 0, (counts.get(value) ?? 0) + step];
    if (count > 0) counts.set(value, count);
    else counts.delete(value);
    if (old === 0 || count === 0) flipped.push(value);
  };
  for (const value of before) if (!after.has(value)) add(value, -1);
  for (const value of after) if (!before.has(value)) add(value, 1);
  return flipped;
}

const NONE: ReadonlySet<string> = new Set();

function isSameSource(a: EntryKeys, b: EntryKeys): boolean {
  return a.entry.source === b.entry.source;
}
