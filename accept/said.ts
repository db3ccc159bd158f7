import type { ChangingFeeds } from './changing-feeds.ts';
import { logLines } from './log-lines.ts';
import type { StoredItem } from './stored-items.ts';

/** What the program said, in its log or by answering, and must therefore know for ever. */
export interface Said {
  /** How many entries the log reported as stored. */
  entries(): number;
  counted(kind: 'views' | 'clicks'): number;
  /** A page with status 200, or a way to the original with 302, was answered. */
  answered(itemId: string, kind: 'views' | 'clicks'): void;
  /** Reads the log of one life. `answersBefore` says how many answers each feed had given before it; returns whether a poll
   *  was under way when the log ended. */
  readLog(stderr: string, answersBefore: ReadonlyMap<number, number>): boolean;
  /** How many of the entries, views and clicks are not in the store. */
  missingIn(stored: readonly StoredItem[]): number;
}

export function createSaid(feeds: ChangingFeeds): Said {
  const entries = new Set<string>();
  const counts = { views: new Map<string, number>(), clicks: new Map<string, number>() };
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0);

  function readLog(stderr: string, answersBefore: ReadonlyMap<number, number>): boolean {
    const outcomes = new Map(answersBefore);
    for (const { event, source } of logLines(stderr)) {
      if (!event.startsWith('poll.')) continue;
      const feed = Number(String(source).replace('feed-', ''));
      // The n-th outcome of a source in a life is about the n-th answer that it got.
      const answer = outcomes.get(feed) ?? 0;
      outcomes.set(feed, answer + 1);
      const listed = feeds.answersOf(feed)[answer];
      if (event !== 'poll.updated' || !listed) continue;
      for (let n = listed.oldest; n <= listed.newest; n += 1) entries.add(`${feed}-${n}`);
    }
    return [...outcomes].some(([feed, answers]) => answers < feeds.answersOf(feed).length);
  }

  function missingIn(stored: readonly StoredItem[]): number {
    const guids = new Set(stored.flatMap((item) => item.guids));
    const items = new Map(stored.map((item) => [item.id, item]));
    const missingEntries = [...entries].filter((guid) => !guids.has(guid));
    const missingCounts = (['views', 'clicks'] as const).map((kind) =>
      sum([...counts[kind]].map(([id, count]) => Math.max(0, count - (items.get(id)?.[kind] ?? 0)))),
    );
    return missingEntries.length + sum(missingCounts);
  }

  return {
    entries: () => entries.size,
    counted: (kind) => sum(counts[kind].values()),
    answered: (itemId, kind) => void counts[kind].set(itemId, (counts[kind].get(itemId) ?? 0) + 1),
    readLog,
    missingIn,
  };
}
