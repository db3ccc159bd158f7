import type { Entry, Source, SourceRecord } from '../model.ts';
import { type EntryKeys, entryKeysOf, globalGuid, guidPublisher, type SourceProfile } from './entry-keys.ts';
import { type Home, homeOf } from './home.ts';
import { distinctTitle, type Edge, type MatchRule, type Unreliable, type ValueKind } from './match-rules.ts';
import { publisherOfKey } from './publisher.ts';
import { weakKey } from './url-keys.ts';

/** A source that has more entries of one value says nothing by it: 1,000 links that differ in what is left out of a key would
 *  else be compared with 1,000 of another source. */
const MAX_SHARING = 5;

/** Values that identify nothing, by what is compared. */
type ValueSets = Readonly<Record<ValueKind, ReadonlySet<string>>>;

/** One source: what its entries can be compared by. */
export interface SourceEvidence {
  readonly source: string;
  readonly home: Home;
  /** Undefined for a source that is not followed (any more). */
  readonly profile: SourceProfile | undefined;
  readonly keysOf: ReadonlyMap<Entry, EntryKeys>;
  /** Whether the entry is part of what readers see: its source is followed, and its filters let it through. */
  readonly isShown: (entry: Entry) => boolean;
  /** What it uses for different items, its own addresses, and files that entries of different titles share. */
  readonly unreliable: ValueSets;
  /** Those of them that are its own to judge: on its own site. For all others it speaks for its own entries alone, or one
   *  source could part the items of others. */
  readonly judged: ValueSets;
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
  const home = homeOfRecord(source, record);
  const isSameHome =
    before !== undefined &&
    isSameSet(before.home.publishers, home.publishers) &&
    isSameSet(before.home.hosts, home.hosts);
  const keysOf = new Map(
    record.entries.map((entry) => [entry, (isSameHome && before.keysOf.get(entry)) || entryKeysOf(entry, home)]),
  );
  const links = new Set([...record.unreliableLinks, ...home.keys]);
  const isOwnLink = (link: string) => home.publishers.has(publisherOfKey(link) ?? '');
  const guids = record.unreliableGuids.filter((guid) => globalGuid(guid) !== undefined);
  const enclosures = sharedEnclosures([...keysOf.values()]);
  const ownLinks = [...links].filter(isOwnLink);
  return {
    source: record.source,
    home,
    profile: source && { source, feed: record.feed, home },
    isShown,
    keysOf,
    unreliable: {
      links,
      weakLinks: new Set([...links].map(weakKey)),
      guids: new Set(guids.flatMap((guid) => globalGuid(guid) ?? [])),
      enclosures,
    },
    judged: {
      links: new Set(ownLinks),
      weakLinks: new Set(ownLinks.map(weakKey)),
      guids: new Set(
        guids
          .filter((guid) => home.publishers.has(guidPublisher(guid) ?? ''))
          .flatMap((guid) => globalGuid(guid) ?? []),
      ),
      enclosures: new Set([...enclosures].filter((file) => isOwnLink(file.replace(/^\/\//, '')))),
    },
  };
}

/** The home of a source; of one that is not followed any more it is where its entries said that they stood. */
function homeOfRecord(source: Source | undefined, { feed, entries }: SourceRecord): Home {
  const home = homeOf(source, feed);
  if (source) return home;
  const own = entries.flatMap(({ ownSite }) => ownSite ?? []);
  return { ...home, publishers: new Set([...home.publishers, ...own]) };
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((value) => b.has(value));
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
  const known = new Map<string, SourceEvidence>();
  const judged = { links: new Map(), weakLinks: new Map(), guids: new Map(), enclosures: new Map() } satisfies Record<
    ValueKind,
    Counts
  >;
  const unreliable: Unreliable = {
    isTitleReused: ({ title, entry }) => ofSource(titles.entries.get(title), entry.source).length > 1,
  };
  const provesNothing = ({ kind }: RuleFile, value: string, source: string) =>
    kind !== undefined && (judged[kind].has(value) || known.get(source)?.unreliable[kind].has(value) === true);

  function replace(before: SourceEvidence | undefined, after: SourceEvidence): ReadonlySet<EntryKeys> {
    const went = keysOnlyIn(before, after);
    const came = keysOnlyIn(after, before);
    const affected = new Set([...went, ...came]);
    known.set(after.source, after);
    for (const file of files) {
      const { kind } = file;
      if (kind === undefined) continue;
      const changed = [
        ...recount(judged[kind], before?.judged[kind], after.judged[kind]),
        ...onlyInOne(before?.unreliable[kind], after.unreliable[kind]),
      ];
      for (const value of changed) addAll(affected, file, value);
    }
    for (const file of new Set([...files, titles])) {
      const values = new Set<string>();
      for (const keys of went)
        for (const value of file.valuesOf(keys)) {
          values.add(value);
          takeOut(file, value, keys);
        }
      for (const keys of came)
        for (const value of file.valuesOf(keys)) {
          values.add(value);
          putIn(file, value, keys);
        }
      for (const value of values) {
        const sharing = file.entries.get(value);
        if (!sharing) continue;
        const own = ofSource(sharing, after.source).length;
        // Most values are those of one entry.
        if (own === 1 && !(sharing instanceof Map && sharing.size > 1)) continue;
        if (own > MAX_SHARING && wereMany(file, value, own, came, went)) continue;
        if (!provesNothing(file, value, after.source)) addAll(affected, file, value);
      }
    }
    return affected;
  }

  function edgesOf(keys: EntryKeys, except: ReadonlySet<EntryKeys>): readonly Edge[] {
    const edges: Edge[] = [];
    const own = keys.entry.source;
    // Weaker evidence for what stronger evidence joins changes nothing, and comparing texts costs most.
    const settled = new Set<EntryKeys>();
    for (const [rank, file] of files.entries()) {
      if (file.isOutOfScope?.(keys, unreliable)) continue;
      const others = new Set<EntryKeys>();
      for (const value of file.valuesOf(keys)) {
        const sharing = file.entries.get(value);
        if (!(sharing instanceof Map) || sharing.size < 2 || provesNothing(file, value, own)) continue;
        if (ofSource(sharing, own).length > MAX_SHARING) continue;
        for (const [source, entries] of sharing) {
          if (source === own || entries.length > MAX_SHARING || provesNothing(file, value, source)) continue;
          for (const other of entries) if (!except.has(other) && !settled.has(other)) others.add(other);
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
  readonly entries: Map<string, Sharing>;
}

/** The entries that have a value: a lone one as it is, several by source. Nearly all values are those of one entry, and maps for each
 *  took a quarter of all memory. */
type Sharing = EntryKeys | Map<string, EntryKeys[]>;

function fileOfTitles(): RuleFile {
  return { words: 'the same title', valuesOf: distinctTitle, accepts: () => false, entries: new Map() };
}

function putIn({ entries }: RuleFile, value: string, keys: EntryKeys): void {
  const before = entries.get(value);
  if (!before) {
    entries.set(value, keys);
    return;
  }
  const sharing = before instanceof Map ? before : new Map([[before.entry.source, [before]]]);
  entries.set(value, sharing);
  const own = sharing.get(keys.entry.source);
  if (own) own.push(keys);
  else sharing.set(keys.entry.source, [keys]);
}

function takeOut({ entries }: RuleFile, value: string, keys: EntryKeys): void {
  const sharing = entries.get(value);
  if (!(sharing instanceof Map)) {
    entries.delete(value);
    return;
  }
  const own = sharing.get(keys.entry.source) ?? [];
  if (own.length > 1) own.splice(own.indexOf(keys), 1);
  else sharing.delete(keys.entry.source);
  const [last] = sharing.size === 1 ? sharing.values() : [];
  if (last?.length === 1 && last[0]) entries.set(value, last[0]);
}

const NOBODY: readonly EntryKeys[] = [];

function ofSource(sharing: Sharing | undefined, source: string): readonly EntryKeys[] {
  if (sharing instanceof Map) return sharing.get(source) ?? NOBODY;
  return sharing?.entry.source === source ? [sharing] : NOBODY;
}

/** Adds all entries of a value, but for sources that say nothing by it. */
function addAll(affected: Set<EntryKeys>, { entries }: RuleFile, value: string): void {
  const sharing = entries.get(value);
  for (const own of sharing instanceof Map ? sharing.values() : sharing ? [[sharing]] : [])
    if (own.length <= MAX_SHARING + 1) for (const keys of own) affected.add(keys);
}

/** Whether the source said nothing by the value before some of its entries came and went, of which it has `now`. */
function wereMany(
  { valuesOf }: RuleFile,
  value: string,
  now: number,
  came: readonly EntryKeys[],
  went: readonly EntryKeys[],
): boolean {
  const countIn = (some: readonly EntryKeys[]) => some.filter((keys) => valuesOf(keys).includes(value)).length;
  return now - countIn(came) + countIn(went) > MAX_SHARING;
}

function keysOnlyIn(one: SourceEvidence | undefined, other: SourceEvidence | undefined): readonly EntryKeys[] {
  return [...(one?.keysOf ?? [])].filter(([entry, keys]) => other?.keysOf.get(entry) !== keys).map(([, keys]) => keys);
}

function* onlyInOne(one: ReadonlySet<string> = NONE, other: ReadonlySet<string>): Generator<string> {
  for (const value of one) if (!other.has(value)) yield value;
  for (const value of other) if (!one.has(value)) yield value;
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
