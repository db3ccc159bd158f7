import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { Low } from 'lowdb';
import * as z from 'zod';
import { durableAdapter } from './durable-adapter.ts';
import type { Shape } from './recover.ts';

/** ids.json: which id was made from which address. */
const idsFile = z.object({
  version: z.literal(1),
  ids: z.array(z.object({ address: z.string(), id: z.string().regex(/^[a-z0-9-]{1,60}$/) })),
});

/** links.json: where links of shorteners lead; without a target a link leads nowhere else. */
const linksFile = z.object({
  version: z.literal(1),
  links: z.array(z.object({ link: z.string(), target: z.string().optional() })),
});

/** Readers that announce nothing of themselves: today's, and those of the whole day before. */
const readerCount = z.object({ today: z.int(), yesterday: z.int() }).readonly();

/** One feed of ours by its address path, with what hosted readers last said, each with the UTC day. */
const subscribedFeed = z
  .object({
    path: z.string(),
    readers: readerCount,
    announced: z.array(z.object({ agent: z.string(), count: z.int(), day: z.string() }).readonly()).readonly(),
  })
  .readonly();

/** subscribers.json: who reads our feeds, in numbers; nothing in it leads to a person. `readers` counts all feeds together, on the
 *  UTC day `day`: '2026-03-04'. */
const subscribersFile = z
  .object({ version: z.literal(1), day: z.string(), readers: readerCount, feeds: z.array(subscribedFeed).readonly() })
  .readonly();

/** private/feeds.json: the merged feed as it was last made, for the next start. `madeOf` stands for feeds.json and the version. */
const keptFeedsFile = z.object({
  version: z.literal(1),
  madeOf: z.string(),
  documents: z.array(
    z.object({
      path: z.string(),
      body: z.string(),
      recipe: z.object({
        contentType: z.string(),
        documentType: z.exactOptional(z.string()),
        cacheControl: z.string(),
        vary: z.string(),
        lastModified: z.string(),
        extraHeaders: z.exactOptional(z.array(z.string()).readonly()),
      }),
    }),
  ),
});

export type KeptFeedsFile = z.infer<typeof keptFeedsFile>;
export type ReaderCount = z.infer<typeof readerCount>;
export type SubscribedFeed = z.infer<typeof subscribedFeed>;
export type SubscribersFile = z.infer<typeof subscribersFile>;

interface SmallFile<T> {
  readonly name: string;
  readonly shape: Shape<T>;
  readonly initial: T;
  /** Whether the content before the last write is kept as .bak. */
  readonly backup: boolean;
}

const IDS = smallFile('ids.json', idsFile, { version: 1, ids: [] });
const LINKS = smallFile('links.json', linksFile, { version: 1, links: [] });
const SUBSCRIBERS = smallFile(
  'subscribers.json',
  subscribersFile,
  { version: 1, day: '', readers: { today: 0, yesterday: 0 }, feeds: [] },
  // These numbers come again by themselves.
  { backup: false },
);
const KEPT_FEEDS = smallFile(
  'private/feeds.json',
  keptFeedsFile,
  { version: 1, madeOf: '', documents: [] },
  { backup: false },
);
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

/** The file as it was last written; undefined if there is none that can be used: what is in it can be made again. */
export function readKeptFeeds(dataDir: string): Promise<KeptFeedsFile | undefined> {
  return read(dataDir, KEPT_FEEDS).catch(() => undefined);
}

/** Makes it durable. Only for who holds the folder's lock.
 *  @throws ViaductError 'store/full', 'store/write' */
export function writeKeptFeeds(dataDir: string, file: KeptFeedsFile): Promise<void> {
  return write(dataDir, KEPT_FEEDS, file);
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

function smallFile<T extends object>(
  name: string,
  schema: z.ZodType<T>,
  initial: T,
  { backup } = { backup: true },
): SmallFile<T> {
  const shape = (value: object): value is T => schema.safeParse(value).success;
  return { name, shape, initial, backup };
}
