import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { Low } from 'lowdb';
import { durableAdapter } from './durable-adapter.ts';
import type { Shape } from './recover.ts';

/** ids.json: which id was made from which address. */
interface IdsFile {
  readonly version: 1;
  readonly ids: readonly { readonly address: string; readonly id: string }[];
}

/** links.json: where links of shorteners lead. */
interface LinksFile {
  readonly version: 1;
  /** Without a target: it leads nowhere else. */
  readonly links: readonly { readonly link: string; readonly target?: string }[];
}

/** subscribers.json: who reads our feeds, in numbers; nothing in it leads to a person. */
export interface SubscribersFile {
  readonly version: 1;
  /** UTC day of the `readers`: '2026-03-04'. */
  readonly day: string;
  /** All feeds together. */
  readonly readers: ReaderCount;
  readonly feeds: readonly SubscribedFeed[];
}

/** Readers that announce nothing of themselves. */
export interface ReaderCount {
  readonly today: number;
  /** On the whole day before. */
  readonly yesterday: number;
}

/** One feed of ours by its address path. */
export interface SubscribedFeed {
  readonly path: string;
  readonly readers: ReaderCount;
  /** What hosted readers last said, each with the UTC day. */
  readonly announced: readonly { readonly agent: string; readonly count: number; readonly day: string }[];
}

interface SmallFile<T> {
  readonly name: string;
  readonly shape: Shape<T>;
  readonly initial: T;
  /** Whether the content before the last write is kept as .bak. */
  readonly backup: boolean;
}

const IDS: SmallFile<IdsFile> = { name: 'ids.json', shape: isIdsFile, initial: { version: 1, ids: [] }, backup: true };
const LINKS: SmallFile<LinksFile> = {
  name: 'links.json',
  shape: isLinksFile,
  initial: { version: 1, links: [] },
  backup: true,
};
/** No copy is kept: these numbers come again by themselves. */
const SUBSCRIBERS: SmallFile<SubscribersFile> = {
  name: 'subscribers.json',
  shape: isSubscribersFile,
  initial: { version: 1, day: '', readers: { today: 0, yesterday: 0 }, feeds: [] },
  backup: false,
};
/** The files of a data folder that are read before or beside the store. */
export const SMALL_FILES = [IDS, LINKS, SUBSCRIBERS] as const;

/** Which id each address was given when it was first met; addresses that hold a secret as a hash. Empty when nothing is known.
 *  @throws ViaductError 'store/newer', 'store/unreadable' */
export async function readSourceIds(dataDir: string): Promise<ReadonlyMap<string, string>> {
  const { ids } = await read(dataDir, IDS);
  return new Map(ids.map(({ address, id }) => [address, id]));
}

/** Makes them durable. Only for who holds the folder's lock.
 *  @throws ViaductError 'store/full', 'store/write' */
export function writeSourceIds(dataDir: string, ids: ReadonlyMap<string, string>): Promise<void> {
  return write(dataDir, IDS, { version: 1, ids: Array.from(ids, ([address, id]) => ({ address, id })) });
}

/** Link → target of every link that was ever asked; '' = it leads nowhere else. Empty when nothing is known.
 *  @throws ViaductError 'store/newer', 'store/unreadable' */
export async function readLinks(dataDir: string): Promise<ReadonlyMap<string, string>> {
  const { links } = await read(dataDir, LINKS);
  return new Map(links.map(({ link, target }) => [link, target ?? '']));
}

/** Makes them durable. Only for who holds the folder's lock.
 *  @throws ViaductError 'store/full', 'store/write' */
export function writeLinks(dataDir: string, known: ReadonlyMap<string, string>): Promise<void> {
  const links = Array.from(known, ([link, target]) => (target === '' ? { link } : { link, target }));
  return write(dataDir, LINKS, { version: 1, links });
}

/** The file as it was last written; undefined if there is none that can be used.
 *  @throws ViaductError 'store/newer', 'store/unreadable' */
export async function readSubscribers(dataDir: string): Promise<SubscribersFile | undefined> {
  const file = await read(dataDir, SUBSCRIBERS);
  return file === SUBSCRIBERS.initial ? undefined : file;
}

/** Makes it durable. Only for who holds the folder's lock.
 *  @throws ViaductError 'store/full', 'store/write' */
export function writeSubscribers(dataDir: string, file: SubscribersFile): Promise<void> {
  return write(dataDir, SUBSCRIBERS, file);
}

async function read<T extends object>(dataDir: string, kind: SmallFile<T>): Promise<T> {
  const low = lowOf(dataDir, kind, kind.initial);
  await low.read();
  return low.data;
}

function write<T extends object>(dataDir: string, kind: SmallFile<T>, value: T): Promise<void> {
  return lowOf(dataDir, kind, value).write();
}

/** Damage is not reported here: openDataFolder reads these files too, and reports and repairs it. */
function lowOf<T extends object>(dataDir: string, { name, shape, backup }: SmallFile<T>, value: T): Low<T> {
  return new Low<T>(
    durableAdapter(nodeFs, path.join(dataDir, name), shape, () => {}, { backup }),
    value,
  );
}

function isIdsFile(value: object): value is IdsFile {
  const { ids } = value as Partial<IdsFile>;
  return (
    Array.isArray(ids) &&
    ids.every(({ address, id } = {}) => typeof address === 'string' && /^[a-z0-9-]{1,60}$/.test(String(id)))
  );
}

function isLinksFile(value: object): value is LinksFile {
  const { links } = value as Partial<LinksFile>;
  return (
    Array.isArray(links) &&
    links.every(
      ({ link, target } = {}) => typeof link === 'string' && (target === undefined || typeof target === 'string'),
    )
  );
}

function isSubscribersFile(value: object): value is SubscribersFile {
  const { day, readers, feeds } = value as Partial<SubscribersFile>;
  return (
    typeof day === 'string' &&
    isReaderCount(readers) &&
    Array.isArray(feeds) &&
    feeds.every(
      (feed: Partial<SubscribedFeed> | null) =>
        typeof feed?.path === 'string' &&
        isReaderCount(feed.readers) &&
        Array.isArray(feed.announced) &&
        feed.announced.every(
          (one) => typeof one?.agent === 'string' && typeof one.day === 'string' && Number.isSafeInteger(one.count),
        ),
    )
  );
}

function isReaderCount(value: Partial<ReaderCount> | undefined): boolean {
  return Number.isSafeInteger(value?.today) && Number.isSafeInteger(value?.yesterday);
}
