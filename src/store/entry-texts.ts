import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ViaductError } from '../errors.ts';
import type { Entry, SourceRecord } from '../model.ts';
import { errorCode } from './store-fs.ts';

/** The texts of entries stay in the files of their sources: an entry in memory reads its own when somebody looks at them. They are
 *  most of what is stored, and of ten thousand entries a page shows fifty. */
export interface EntryTexts {
  /** The record as it is kept in memory. Entries of `before` stay the objects that they are. */
  lighten(record: SourceRecord, before?: SourceRecord): SourceRecord;
  /** Reads all texts of a source at once, for somebody who is about to compare each of them. Does nothing where it cannot. */
  warm(sourceId: string): Promise<void>;
}

type Texts = Pick<Entry, 'text' | 'summary' | 'html'>;

/** Characters of texts that are kept once somebody looked at them, the longest unasked going first: those of some thousand
 *  entries, which is what the front pages and feeds show. */
const RECENT_CHARS = 4_000_000;
/** The line above the first entry in a file as store/durable-adapter.ts writes it. */
const HEAD_OF_ENTRIES = Buffer.from('\n"entries":[\n');
const NEWLINE = 0x0a;

/** `fileOf` names the file of a source. One that was taken away or damaged by somebody since it was read, and has no copy, has no texts;
 *  where the system refuses to read it, looking at a text throws ViaductError 'store/unreadable': a record that is written must not
 *  lose what could not be read. */
export function openEntryTexts(fileOf: (sourceId: string) => string): EntryTexts {
  const recent = new Map<Entry, Texts>();
  let recentChars = 0;
  /** By source: where the lines of its entries begin, and the last one ends. Only a hint: the file may be another one by now. */
  const places = new Map<string, Uint32Array>();
  const current = new Map<string, SourceRecord>();
  // One function for all entries, so that they share a hidden class. As own properties of the entry, they are copied with it and
  // written with it like any other.
  const accessors = {
    text: accessor(function (this: Entry) {
      return textsOf(this).text;
    }),
    summary: accessor(function (this: Entry) {
      return textsOf(this).summary;
    }),
    html: accessor(function (this: Entry) {
      return textsOf(this).html;
    }),
  };

  function lighten(record: SourceRecord, before?: SourceRecord): SourceRecord {
    const kept = new Set(before?.entries);
    const shared: Shared = { strings: new Map(), lists: new Map() };
    const entries = record.entries.map((entry) => {
      if (kept.has(entry)) return entry;
      const light = lightened(entry, shared);
      // What was just written is what is shown and compared next.
      if (before) remember(light, entry);
      return light;
    });
    const light = { ...record, entries };
    current.set(record.source, light);
    places.delete(record.source);
    return light;
  }

  /** The entry with its texts left out, and what it says several times in memory once. */
  function lightened({ text, summary, html, ...entry }: Entry, shared: Shared): Entry {
    for (const [key, value] of Object.entries(entry)) (entry as Record<string, unknown>)[key] = shareAll(value, shared);
    for (const [key, value] of Object.entries({ text, summary, html }))
      if (value !== undefined) Object.defineProperty(entry, key, accessors[key as keyof Texts]);
    return entry;
  }

  function textsOf(entry: Entry): Texts {
    const known = recent.get(entry);
    const texts = known ?? readLine(entry) ?? readWhole(entry.source).get(entry.id) ?? {};
    remember(entry, texts);
    return texts;
  }

  function remember(entry: Entry, { text, summary, html }: Texts): void {
    forget(entry);
    const texts: Texts = {
      ...(text !== undefined && { text }),
      ...(summary !== undefined && { summary: summary === text ? text : summary }),
      ...(html !== undefined && { html }),
    };
    recent.set(entry, texts);
    recentChars += charsOf(texts);
    for (const oldest of recent.keys()) {
      if (recentChars <= RECENT_CHARS) break;
      forget(oldest);
    }
  }

  function forget(entry: Entry): void {
    const texts = recent.get(entry);
    if (!texts) return;
    recent.delete(entry);
    recentChars -= charsOf(texts);
  }

  async function warm(sourceId: string): Promise<void> {
    const record = current.get(sourceId);
    if (!record || record.entries.every((entry) => recent.has(entry))) return;
    const stored = entriesIn(await readFile(fileOf(sourceId), 'utf8').catch(() => ''));
    for (const entry of record.entries) {
      const texts = stored.get(entry.id);
      if (texts) remember(entry, texts);
    }
  }

  /** The entry's own line; undefined where it is not found in its place. */
  function readLine(entry: Entry): Entry | undefined {
    const at = current.get(entry.source)?.entries.indexOf(entry) ?? -1;
    if (at < 0) return undefined;
    const lines = places.get(entry.source) ?? findLines(entry.source);
    const [start, end] = [lines[at], lines[at + 1]];
    if (start === undefined || end === undefined) return undefined;
    const found = parse(readPart(fileOf(entry.source), start, end).replace(/,?\n$/, ''));
    return isEntry(found, entry.id) ? found : undefined;
  }

  function findLines(sourceId: string): Uint32Array {
    const lines: number[] = [];
    const bytes = readBytes(fileOf(sourceId));
    let at = bytes.indexOf(HEAD_OF_ENTRIES) + HEAD_OF_ENTRIES.length;
    while (at >= HEAD_OF_ENTRIES.length && at > 0) {
      lines.push(at);
      at = bytes.indexOf(NEWLINE, at) + 1;
    }
    const found = Uint32Array.from(lines);
    places.set(sourceId, found);
    return found;
  }

  /** All entries of a source, by id; those of its last good copy where the file cannot be read. */
  function readWhole(sourceId: string): ReadonlyMap<string, Entry> {
    const file = fileOf(sourceId);
    const entries = entriesIn(readBytes(file).toString('utf8'));
    return entries.size > 0 ? entries : entriesIn(readBytes(`${file}.bak`).toString('utf8'));
  }

  return { lighten, warm };
}

function accessor(get: () => unknown): PropertyDescriptor {
  return { get, enumerable: true, configurable: true };
}

/** The value, or an equal one that was there before. An entry's guid, link and page are mostly one address, and the lists of its source's
 *  entries are often the same. */
function shareAll(value: unknown, shared: Shared): unknown {
  if (typeof value === 'string') return shareAs(value, value, shared.strings);
  if (!Array.isArray(value)) return value;
  if (value.length === 0) return NONE;
  const list = value.map((one) => shareAll(one, shared));
  return shareAs(JSON.stringify(list), list, shared.lists);
}

function shareAs<T>(key: string, value: T, shared: Map<string, T>): T {
  const known = shared.get(key);
  if (known !== undefined) return known;
  shared.set(key, value);
  return value;
}

/** What the entries of one source have in common. */
interface Shared {
  readonly strings: Map<string, string>;
  readonly lists: Map<string, readonly unknown[]>;
}

const NONE: readonly never[] = Object.freeze([]);

function charsOf({ text, summary, html }: Texts): number {
  return (text?.length ?? 0) + (summary?.length ?? 0) + (html?.length ?? 0);
}

function entriesIn(json: string): ReadonlyMap<string, Entry> {
  const { entries } = (parse(json) ?? {}) as { entries?: unknown };
  const all: readonly unknown[] = Array.isArray(entries) ? entries : [];
  return new Map(all.filter((one) => isEntry(one)).map((entry) => [entry.id, entry]));
}

function isEntry(value: unknown, id?: string): value is Entry {
  if (typeof value !== 'object' || value === null || !('id' in value)) return false;
  return id === undefined ? typeof value.id === 'string' : value.id === id;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw new ViaductError('store/unreadable', `${file} cannot be read (${errorCode(error)}).`, { cause: error });
  }
}

/** Bytes from `start` to `end` as text; less where the file is shorter. */
function readPart(file: string, start: number, end: number): string {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const bytes = Buffer.alloc(end - start);
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, bytes.length, start));
  } catch {
    // Reading the whole file says why.
    return '';
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
