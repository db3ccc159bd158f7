import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { jsonSlices, writeDurably } from './durable-adapter.ts';
import { readJson } from './recover.ts';

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

const NAME = 'subscribers.json';

/** The file as it was last written; undefined if there is none that can be used. These numbers come again by themselves.
 *  @throws ViaductError 'store/newer', 'store/unreadable' */
export async function readSubscribers(dataDir: string): Promise<SubscribersFile | undefined> {
  return (await readJson(nodeFs, path.join(dataDir, NAME), isSubscribersFile, () => {})) ?? undefined;
}

/** Makes it durable. Only for who holds the folder's lock.
 *  @throws ViaductError 'store/full', 'store/write' */
export async function writeSubscribers(dataDir: string, file: SubscribersFile): Promise<void> {
  await writeDurably(nodeFs, path.join(dataDir, NAME), jsonSlices(file), { backup: false });
}

/** The shape of subscribers.json. */
export function isSubscribersFile(value: object): value is SubscribersFile {
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
