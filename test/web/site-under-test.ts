/** A site over a store that holds the items a test gives it; what its clock says is the test's affair. */

import { SOURCE_LIMITS } from '../../src/identity/source-limits.ts';
import type { Config, Entry, Instant, Item, Source, Tally } from '../../src/model.ts';
import type { Store } from '../../src/store/store.ts';
import { createSite, type Site } from '../../src/web/site.ts';
import type { FeedsFileState } from '../../src/worker/feeds-news.ts';

export const NOW: Instant = '2026-03-04T12:00:00.000Z';

export function aSource(changes: Partial<Source> = {}): Source {
  return {
    id: 'notes',
    url: 'https://notes.example/feed.xml',
    title: 'Field Notes',
    categories: ['Opinion & Analysis'],
    content: 'summary',
    poll: '*/30 * * * *',
    timeoutSeconds: 30,
    private: false,
    insecureTls: false,
    disabled: false,
    ...changes,
  };
}

export function aConfig(changes: Partial<Config> = {}): Config {
  return {
    site: {
      title: 'Model Watch',
      description: 'What is new',
      language: 'en',
      url: 'https://watch.example',
      urlIsConfigured: true,
    },
    poll: '*/30 * * * *',
    timezone: 'UTC',
    items: 100,
    content: 'summary',
    link: 'original',
    tallies: true,
    status: 'public',
    retentionDays: 90,
    allow: [],
    trustProxy: [],
    limits: {
      concurrency: 16,
      perHost: 1,
      timeoutSeconds: 30,
      maxBodyMB: 10,
      ...SOURCE_LIMITS,
    },
    sources: [aSource()],
    ...changes,
  };
}

/** An item of one entry: number `n` arrived n minutes before NOW. */
export function anItem(n: number, changes: Partial<Item> = {}): Item {
  const at = new Date(Date.parse(NOW) - n * 60_000).toISOString();
  const url = `https://notes.example/${n}`;
  const entry: Entry = {
    id: `item${n}`,
    source: 'notes',
    guid: url,
    guids: [url],
    linkKeys: [],
    link: url,
    url,
    viaUrl: url,
    title: `Note ${n}`,
    summary: `What note ${n} says.`,
    minutes: 1,
    authors: [],
    categories: [],
    enclosures: [],
    origins: [],
    firstSeen: at,
    lastListed: at,
    arrival: at,
    date: at,
    published: true,
  };
  return {
    id: entry.id,
    entries: [entry],
    hidden: [],
    primary: entry,
    body: entry,
    url,
    title: `Note ${n}`,
    date: at,
    arrival: at,
    firstSeen: at,
    updated: at,
    published: true,
    via: [{ source: 'notes', name: 'Field Notes', url, feed: 'https://notes.example/feed.xml', firstSeen: at }],
    categories: ['Opinion & Analysis'],
    ...changes,
  };
}

/** What a store would hold, changed by hand. */
export interface TestStore extends Store {
  /** Puts these items in the place of all, and tells who listens which ids came, went or changed. */
  put(items: readonly Item[]): void;
  /** Tells who listens that these have changed. */
  tell(ids: readonly string[]): void;
  readonly counted: readonly string[];
}

export function testStore(first: readonly Item[]): TestStore {
  let items = first;
  const listeners = new Set<(ids: readonly string[]) => void>();
  const keys = new Set<string>();
  const counted: string[] = [];
  const tallies = new Map<string, Tally>();
  return {
    site: { version: 1, uuid: '00000000-0000-4000-8000-000000000001', created: '2026-01-01T00:00:00.000Z' },
    notices: [],
    size: () => 0,
    items: {
      get size() {
        return items.length;
      },
      find: (id) => items.find((item) => item.entries.some((entry) => entry.id === id)),
      all: () => items,
      newest: () => items,
      ofSource: (id) => items.filter((item) => item.via.some(({ source }) => source === id)),
      apply: () => [],
      explain: () => [],
    },
    storedSources: () => [],
    warm: async () => undefined,
    probe: async () => undefined,
    follow: async () => undefined,
    record: () => undefined,
    lastAnswerAt: () => NOW,
    state: (source) => ({
      source,
      succeededAt: NOW,
      sameBodyCount: 0,
      failures: 0,
      gone: false,
      counts: { asked: 0, notModified: 0, failed: 0, bytes: 0 },
    }),
    hostWaits: () => [],
    commit: async () => ({ merged: 0, changedItemIds: [] }),
    async count(kind, itemId, key, at) {
      const known = `${at.slice(0, 10)} ${kind} ${key}`;
      if (keys.has(known)) return false;
      keys.add(known);
      counted.push(`${kind} ${itemId}`);
      const { views, clicks } = tallies.get(itemId) ?? NOTHING;
      tallies.set(itemId, {
        views: views + (kind === 'view' ? 1 : 0),
        clicks: clicks + (kind === 'click' ? 1 : 0),
        hours: [],
      });
      return true;
    },
    daySalt: () => Buffer.alloc(32, 7),
    tally: (item) => tallies.get(item.id) ?? NOTHING,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => undefined,
    put(next) {
      const changed = [
        ...items.filter((item) => !next.includes(item)),
        ...next.filter((item) => !items.includes(item)),
      ];
      items = next;
      for (const listener of listeners) listener(changed.map(({ id }) => id));
    },
    tell(ids) {
      for (const listener of listeners) listener(ids);
    },
    counted,
  };
}

const NOTHING: Tally = { views: 0, clicks: 0, hours: [] };

export interface SiteUnderTest {
  readonly site: Site;
  readonly store: TestStore;
  readonly logged: readonly string[];
  config: Config;
  now: Instant;
  feedsFile: FeedsFileState;
}

/** Runs `work` with a site, and closes it whatever happened. */
export async function withSite(
  items: readonly Item[],
  work: (under: SiteUnderTest) => Promise<void>,
  config: Config = aConfig(),
): Promise<void> {
  const store = testStore(items);
  const logged: string[] = [];
  const under = { config, now: NOW, feedsFile: { changes: [] } };
  const site = createSite({
    store,
    config: () => under.config,
    clock: () => under.now,
    log: (level, event) => logged.push(`${level} ${event}`),
    version: '1.2.3',
    feedsFile: () => under.feedsFile,
  });
  try {
    await work(Object.assign(under, { site, store, logged }));
  } finally {
    await site.close();
  }
}

/** The header fields of a browser that opens a page. */
export const BROWSER = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  accept: 'text/html,application/xhtml+xml',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
} as const;
