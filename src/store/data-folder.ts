import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Low, Memory } from 'lowdb';
import { ViaductError } from '../errors.ts';
import { emptyRecord } from '../identity/match-document.ts';
import type { Instant, SourceRecord, SourceState } from '../model.ts';
import { durableAdapter, explainWriteError, syncFolder, writeDurably } from './durable-adapter.ts';
import { openEntryTexts } from './entry-texts.ts';
import { type JsonFile, openJsonFile } from './json-file.ts';
import { lockFolder } from './lock.ts';
import type { Notices } from './notices.ts';
import { type Damage, describeDamage, type Repair, repair, type Shape, sweep } from './recover.ts';
import {
  isRecordOf,
  isSaltFile,
  isSiteIdentity,
  isStateFile,
  isStateLine,
  isTalliesFile,
  isTallyLine,
  type SaltFile,
  type StateFile,
  type TalliesFile,
  type TallyLine,
} from './shapes.ts';
import { SMALL_FILES } from './small-files.ts';
import { createStateFile } from './state-file.ts';
import type { SiteIdentity } from './store.ts';
import { errorCode, exists, followLink, makeFolder, type StoreFs } from './store-fs.ts';
import { openTail, readTail, type Tail, type TailContent } from './tail.ts';

/** The files of one store, read: a folder on disk, or memory in tests. */
export interface DataFolder {
  readonly site: SiteIdentity;
  /** By source id. */
  readonly records: ReadonlyMap<string, JsonFile<SourceRecord>>;
  /** Size of each of these files. */
  readonly recordBytes: ReadonlyMap<string, number>;
  readonly state: JsonFile<StateFile>;
  readonly totals: JsonFile<TalliesFile>;
  readonly salt: JsonFile<SaltFile>;
  readonly tail: Tail;
  readonly tailContent: TailContent<TallyLine> | undefined;
  /** Files that were damaged when they were read. */
  readonly damaged: readonly { readonly name: string; readonly damage: Damage }[];
  /** A file for a source that has none yet; nothing is written before the first record. */
  createRecord(sourceId: string): Promise<JsonFile<SourceRecord>>;
  /** Reads the texts of all entries of a source at once. */
  warmTexts(sourceId: string): Promise<void>;
  /** A small durable write that leaves nothing behind. @throws ViaductError 'store/full' or 'store/write' */
  probe(): Promise<void>;
  /** Gives the folder free. */
  close(): Promise<void>;
}

/** What is said of a file that an earlier start kept as *.corrupt-TIME. */
export const KEPT_DAMAGED = 'is a damaged file kept from an earlier start; delete it once you have looked at it';
const PROBE_CHARS = 64 * 1024;
/** Open files while reading; 1,024 is a usual limit. */
const READS_AT_ONCE = 32;
/** What may be a source's id, and so the name of its file. */
const SOURCE_ID = /^[a-z0-9-]{1,60}$/;

interface Surroundings {
  readonly dataDir: string;
  readonly fs: StoreFs;
  readonly clock: () => Instant;
  readonly notices: Notices;
  /** Called once the lock is ours. */
  readonly onLocked?: () => Promise<void>;
}

/** Reads a data folder; in mode 'write' takes its lock, clears away what a crash left and puts copies in place of damaged files.
 *  In mode 'read' nothing is written.
 *  @throws ViaductError 'store/locked', 'store/newer', 'store/unreadable' (nothing was changed), 'store/full', 'store/write' */
export async function openDataFolder(mode: 'write' | 'read', around: Surroundings): Promise<DataFolder> {
  if (mode === 'read') return readFolder(mode, around, async () => undefined);
  const unlock = await prepareFolder(around);
  try {
    await around.onLocked?.();
    return await readFolder(mode, around, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Makes the folders, takes the lock, and removes temp files. Returns the way to unlock. */
async function prepareFolder({ dataDir, fs, notices }: Surroundings): Promise<() => Promise<void>> {
  const privateDir = path.join(dataDir, 'private');
  const sourcesDir = path.join(dataDir, 'sources');
  try {
    const made = await makeFolder(fs, dataDir);
    await fs.mkdir(sourcesDir, { recursive: true });
    await fs.mkdir(privateDir, { recursive: true, mode: 0o700 });
    await fs.chmod(privateDir, 0o700);
    await syncFolder(fs, dataDir);
    if (made !== undefined) await syncFolder(fs, path.dirname(made));
  } catch (error) {
    throw explainWriteError(error, dataDir);
  }
  const unlock = await lockFolder(fs, privateDir);
  try {
    for (const folder of [dataDir, sourcesDir, privateDir]) await sweep(fs, folder);
    for (const name of await keptDamaged(fs, dataDir)) notices.report('warn', 'store.damaged-kept', name, KEPT_DAMAGED);
    return unlock;
  } catch (error) {
    await unlock();
    throw explainWriteError(error, dataDir);
  }
}

/** Names (without folder) of the damaged files that earlier starts kept, in any folder of a data folder. */
export async function keptDamaged(fs: StoreFs, dataDir: string): Promise<readonly string[]> {
  const folders = ['', 'sources', 'private'].map((name) => fs.readdir(path.join(dataDir, name)).catch(() => []));
  return (await Promise.all(folders)).flat().filter((name) => name.includes('.corrupt-'));
}

async function readFolder(
  mode: 'write' | 'read',
  around: Surroundings,
  close: DataFolder['close'],
): Promise<DataFolder> {
  const { dataDir, fs, clock, notices } = around;
  const at = (...names: string[]) => path.join(dataDir, ...names);
  const sourcesDir = at('sources');
  const repairs: Repair[] = [];
  const damagedIds: string[] = [];

  const texts = openEntryTexts((id) => at('sources', `${id}.json`));

  async function open<T extends object>(
    name: string,
    shape: Shape<T>,
    initial: T,
    {
      onDamaged = () => {},
      kept,
      isLink = true,
    }: { onDamaged?: () => void; kept?: (value: T, before?: T) => T; isLink?: boolean } = {},
  ) {
    const real = isLink ? await followLink(fs, at(name)) : at(name);
    const damages: Damage[] = [];
    const file = await openJsonFile(
      durableAdapter(fs, real, shape, (damage) => damages.push(damage)),
      initial,
      kept,
    );
    for (const damage of damages) {
      repairs.push({ name, damage, rewrite: () => file.write(file.value) });
      onDamaged();
    }
    return file;
  }
  const openRecord = (id: string, isLink = true) =>
    open(path.join('sources', `${id}.json`), isRecordOf(id), emptyRecord(id), {
      isLink,
      onDamaged: () => damagedIds.push(id),
      kept: texts.lighten,
    });

  async function openTailOf<Line extends object>(name: string, isLine: (value: object) => value is Line) {
    const file = await followLink(fs, at(name));
    const content = await readTail(fs, file, isLine, (damage) =>
      repairs.push({ name, damage, rewrite: async () => {} }),
    );
    return { tail: openTail(fs, file), content };
  }

  const { ids, links } = await listSources(fs, sourcesDir);
  const opened = await inParallel(ids, async (id) => [id, await openRecord(id, links.has(`${id}.json`))] as const);
  const records = new Map(opened.filter(([, file]) => file.wasFound));
  const sizes = await inParallel([...records.keys()], async (id) => {
    const stats = await fs.stat(path.join(sourcesDir, `${id}.json`)).catch(() => undefined);
    return [id, stats?.size ?? 0] as const;
  });
  if (ids.length > 0 && records.size === 0) throw allUnreadable(sourcesDir, repairs);
  const identity = await open('site.json', isSiteIdentity, mintIdentity(clock()));
  if (!identity.wasFound && ids.length > 0) throw identityLost(at('site.json'), identity.value);
  // The tails first: if a daemon folds one between the two reads, its number says that the whole file has it already.
  const stateTail = await openTailOf('state.ndjson', isStateLine);
  const wholeState = await open<StateFile>('state.json', isStateFile, { version: 1, sources: [], hostWaits: [] });
  const state = createStateFile(wholeState, stateTail.tail, stateTail.content);
  const { tail, content: tailContent } = await openTailOf('tallies.ndjson', isTallyLine);
  const totals = await open<TalliesFile>('tallies.json', isTalliesFile, { version: 1, generation: 0, items: [] });
  for (const { name, shape, initial } of SMALL_FILES) await open<object>(name, shape, initial);
  const salt = await openSalt(mode, fs, at('private', 'salt.json'));

  if (mode === 'write') {
    const repairAll = async (isMeant: (name: string) => boolean) => {
      for (const one of repairs) if (isMeant(one.name)) await repair(fs, one, clock(), notices);
    };
    await repairAll((name) => name === 'state.json');
    // Before the sources are repaired: a start that dies between the two must find their damage again.
    await forgetAnswers(state, damagedIds);
    await repairAll((name) => name !== 'state.json');
    await keepIdentity(fs, at('site.json'), identity);
  } else {
    for (const { name, damage } of repairs) notices.report('warn', 'store.damaged', name, describeDamage(damage));
  }
  return {
    site: identity.value,
    records,
    recordBytes: new Map(sizes),
    state,
    totals,
    salt,
    tail,
    tailContent,
    damaged: repairs,
    warmTexts: texts.warm,
    async createRecord(id) {
      if (!SOURCE_ID.test(id)) throw new Error(`${id} is no source id, so it names no file`);
      return openRecord(id);
    },
    async probe() {
      const file = path.join(sourcesDir, 'probe.tmp');
      await writeDurably(fs, file, [' '.repeat(PROBE_CHARS)], { backup: false });
      await fs.rm(file, { force: true });
    },
    async close() {
      try {
        if (mode === 'write') await state.fold();
      } catch (error) {
        // The tail has what the whole then lacks.
        if (!(error instanceof ViaductError)) throw error;
      } finally {
        await close();
      }
    },
  };
}

/** What a source answered last is worth nothing once entries of it may be missing: it is asked for all of it, now. */
async function forgetAnswers(state: JsonFile<StateFile>, sourceIds: readonly string[]): Promise<void> {
  const damaged = new Set(sourceIds);
  if (!state.value.sources.some(({ source }) => damaged.has(source))) return;
  const sources = state.value.sources.map((one): SourceState => {
    if (!damaged.has(one.source)) return one;
    const { etag, lastModified, bodyHash, lastUnconditionalAt, notBefore, reason, ...rest } = one;
    return rest;
  });
  await state.write({ ...state.value, sources });
}

async function openSalt(mode: 'write' | 'read', fs: StoreFs, file: string): Promise<JsonFile<SaltFile>> {
  // A secret: not for readers, never copied, and a damaged one is just replaced by the next.
  const adapter =
    mode === 'read'
      ? new Memory<SaltFile>()
      : durableAdapter(fs, file, isSaltFile, () => {}, { backup: false, mode: 0o600 });
  return openJsonFile<SaltFile>(adapter, { version: 1 });
}

/** The identity is written once, so no later write would ever make its copy. */
async function keepIdentity(fs: StoreFs, file: string, identity: JsonFile<SiteIdentity>): Promise<void> {
  if (!identity.wasFound) await identity.write(identity.value);
  if (!(await exists(fs, `${file}.bak`))) {
    await new Low(
      durableAdapter(fs, `${file}.bak`, isSiteIdentity, () => {}, { backup: false }),
      identity.value,
    ).write();
  }
}

/** Ids of the sources that have a file or a copy of one, and the names that are links. */
async function listSources(
  fs: StoreFs,
  folder: string,
): Promise<{ readonly ids: readonly string[]; readonly links: ReadonlySet<string> }> {
  try {
    const found = await fs.readdir(folder, { withFileTypes: true });
    const ids = found.flatMap(({ name }) => /^(.*)\.json(?:\.bak)?$/.exec(name)?.[1] ?? []);
    const links = found.filter((one) => one.isSymbolicLink()).map(({ name }) => name);
    return { ids: [...new Set(ids)].filter((id) => SOURCE_ID.test(id)).sort(), links: new Set(links) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { ids: [], links: new Set() };
    throw new ViaductError('store/unreadable', `${folder} cannot be read (${errorCode(error)}).`, { cause: error });
  }
}

/** The results in the order of the list. */
async function inParallel<T, R>(list: readonly T[], work: (element: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = list.entries();
  const worker = async () => {
    for (const [index, element] of queue) results[index] = await work(element);
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, worker));
  return results;
}

function mintIdentity(created: Instant): SiteIdentity {
  return { version: 1, uuid: randomUUID(), created };
}

function allUnreadable(folder: string, repairs: readonly Repair[]): ViaductError {
  const some = repairs.slice(0, 3).map(({ name, damage }) => `${path.basename(name)} ${damage.why}`);
  const more = repairs.length > some.length ? ` and ${repairs.length - some.length} more` : '';
  return new ViaductError(
    'store/unreadable',
    `No file in ${folder} can be read (${some.join(', ')}${more}), so this would start empty. Nothing was changed: restore the folder from a backup, or move it away to begin anew.`,
  );
}

function identityLost(file: string, fresh: SiteIdentity): ViaductError {
  return new ViaductError(
    'store/unreadable',
    `${file} cannot be read and has no copy, yet there are stored sources. Nothing was changed: restore it from a backup. With a new identity every reader would show every item again; to accept that, put this into it: ${JSON.stringify(fresh)}`,
  );
}
