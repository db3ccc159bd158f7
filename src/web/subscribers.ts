import { createHmac } from 'node:crypto';
import { DAY_MS, MINUTE_MS } from '../durations.ts';
import { ViaductError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Config, Instant } from '../model.ts';
import type { ReaderCount, SubscribedFeed, SubscribersFile } from '../store/small-files.ts';
import type { Store } from '../store/store.ts';
import { clientAddress, networkBlock, visitorBlock } from './client-address.ts';
import { createCap } from './visits.ts';

/** What is looked at of a request for a feed. */
export interface FeedVisit {
  readonly agent: string | undefined;
  /** Of the other end of the socket. */
  readonly peer: string | undefined;
  readonly forwardedFor: string | undefined;
  /** Sec-Fetch-Dest: what a browser wants it for. */
  readonly fetchDest: string | undefined;
}

/** How many read our feeds, as far as those who fetch them let it be known. */
export interface Subscribers {
  /** Somebody got the feed at this address path; costs a look-up for one that came within the last minute. */
  fetched(path: string, visit: FeedVisit): void;
  /** Of all our feeds: what hosted readers announce, and the distinct other readers of the busier of today and yesterday. */
  total(): number;
  /** The same of one feed. */
  of(path: string): number;
  /** Writes down what is not yet. */
  close(): Promise<void>;
}

/** A hosted reader fetches several times a day; one that stays away so long has no subscribers left. */
const ANNOUNCED_DAYS = 7;
/** Distinct readers that one network may add a day, to a feed and to all together, as with views. */
const NEW_PER_NETWORK_AND_DAY = 10;
/** Hosted readers remembered of one feed: the smaller numbers go. */
const MAX_ANNOUNCERS = 50;
/** Readers of one day; who comes later is not counted. */
const MAX_READERS = 100_000;
/** A viaduct is one reader, whatever number its agent names today, and if it names none. */
const COUNT_IN_AGENT = /(; )?\d+ subscribers/;
const RECENT_MS = MINUTE_MS;
const MAX_RECENT = 10_000;
/** Who needs more to say who it is and for whom it asks is not counted: the requests of a minute are kept as they are. */
const MAX_ASKER_CHARS = 1_000;
const SAVE_AFTER_MS = 10 * MINUTE_MS;

interface Counted {
  readonly readers: Readers;
  readonly announced: Map<string, { readonly count: number; readonly day: string }>;
}

/** Those of today are keys that cannot be led back to anybody, in memory only; a restart keeps their number. */
interface Readers {
  keys: Set<string>;
  before: number;
  yesterday: number;
}

export function createSubscribers(ports: {
  readonly remembered: SubscribersFile | undefined;
  readonly save: (file: SubscribersFile) => Promise<void>;
  readonly store: Pick<Store, 'daySalt'>;
  readonly config: () => Config;
  readonly clock: () => Instant;
  readonly log: Log;
}): Subscribers {
  const { remembered, save, store, config, clock, log } = ports;
  const feeds = new Map<string, Counted>();
  const all = recall(remembered?.readers);
  const fromOneNetwork = createCap(NEW_PER_NETWORK_AND_DAY, 'YYYY-MM-DD'.length);
  /** Requests of the last minute: most come again and again, and a Map is all that they may cost. */
  const recent = new Set<string>();
  let recentSinceMs = 0;
  let day = remembered?.day ?? dayOf(clock());
  let saveTimer: NodeJS.Timeout | undefined;
  let readerCount = 0;
  for (const { path, readers, announced } of remembered?.feeds ?? []) {
    const said = announced.map(({ agent, count, day: on }) => [agent, { count, day: on }] as const);
    feeds.set(path, { readers: recall(readers), announced: new Map(said) });
  }

  function fetched(path: string, visit: FeedVisit): void {
    const { agent, peer, forwardedFor, fetchDest } = visit;
    if (agent === undefined || fetchDest === 'document') return;
    if (agent.length + (forwardedFor?.length ?? 0) > MAX_ASKER_CHARS) return;
    const nowMs = performance.now();
    if (nowMs - recentSinceMs > RECENT_MS || recent.size >= MAX_RECENT) {
      recent.clear();
      recentSinceMs = nowMs;
    }
    const request = `${path}\n${peer}\n${forwardedFor}\n${agent}`;
    if (recent.has(request)) return;
    recent.add(request);
    count(path, agent, visit);
  }

  function count(path: string, agent: string, { peer, forwardedFor }: FeedVisit): void {
    const now = clock();
    turnDay(dayOf(now));
    const reader = readReaderAgent(agent);
    if (reader.kind === 'hosted') {
      announce(feedAt(path), reader.name, reader.subscribers);
    } else if (reader.kind === 'plain') {
      const address = clientAddress(peer, forwardedFor, config().trustProxy);
      if (address === undefined) return;
      const key = createHmac('sha256', store.daySalt(now))
        .update(`subscriber\0${visitorBlock(address)}\0${agent.replace(COUNT_IN_AGENT, '')}`)
        .digest('base64')
        .slice(0, 12);
      const network = networkBlock(address);
      const { keys } = feedAt(path).readers;
      if (keys.has(key) || readerCount >= MAX_READERS || !fromOneNetwork.take(`${path} ${network}`, now)) return;
      readerCount += 1;
      keys.add(key);
      if (!all.keys.has(key) && fromOneNetwork.take(network, now)) all.keys.add(key);
    }
    saveTimer ??= setTimeout(() => void saveNow(), SAVE_AFTER_MS).unref();
  }

  function feedAt(path: string): Counted {
    const feed = feeds.get(path) ?? { readers: recall(undefined), announced: new Map() };
    feeds.set(path, feed);
    return feed;
  }

  function announce({ announced }: Counted, name: string, subscribers: number): void {
    announced.set(name, { count: subscribers, day });
    if (announced.size <= MAX_ANNOUNCERS) return;
    const [smallest] = [...announced].sort(([, a], [, b]) => a.count - b.count);
    if (smallest) announced.delete(smallest[0]);
  }

  function turnDay(today: string): void {
    const laterByMs = Date.parse(today) - Date.parse(day);
    // A clock that is set back over midnight would make a day of what it has just ended.
    if (laterByMs === 0 || laterByMs === -DAY_MS) return;
    const isNext = laterByMs === DAY_MS;
    day = today;
    readerCount = 0;
    for (const readers of [all, ...[...feeds.values()].map((feed) => feed.readers)]) {
      readers.yesterday = isNext ? todays(readers) : 0;
      readers.keys = new Set();
      readers.before = 0;
    }
    for (const [path, { readers, announced }] of feeds) {
      for (const [agent, said] of announced) if (!isLately(said.day)) announced.delete(agent);
      if (announced.size === 0 && readers.yesterday === 0) feeds.delete(path);
    }
  }

  function isLately(on: string): boolean {
    return Date.parse(day) - Date.parse(on) < ANNOUNCED_DAYS * DAY_MS;
  }

  function announcedOf({ announced }: Counted): number {
    return [...announced.values()].reduce((sum, said) => sum + (isLately(said.day) ? said.count : 0), 0);
  }

  function total(): number {
    turnDay(dayOf(clock()));
    const sum = [...feeds.values()].reduce((known, feed) => known + announcedOf(feed), busier(all));
    return Math.min(sum, MAX_SUBSCRIBERS);
  }

  function of(path: string): number {
    turnDay(dayOf(clock()));
    const feed = feeds.get(path);
    return feed ? Math.min(announcedOf(feed) + busier(feed.readers), MAX_SUBSCRIBERS) : 0;
  }

  async function saveNow(): Promise<void> {
    clearTimeout(saveTimer);
    saveTimer = undefined;
    const counts = Array.from(feeds, ([path, { readers, announced }]): SubscribedFeed => {
      const said = Array.from(announced, ([agent, { count: subscribers, day: on }]) => ({
        agent,
        count: subscribers,
        day: on,
      }));
      return { path, readers: summary(readers), announced: said };
    });
    try {
      await save({ version: 1, day, readers: summary(all), feeds: counts });
    } catch (error) {
      if (!(error instanceof ViaductError)) throw error;
      log('error', 'store.failed', { file: 'subscribers.json', message: error.message });
    }
  }

  return {
    fetched,
    total,
    of,
    async close() {
      if (saveTimer !== undefined) await saveNow();
    },
  };
}

const dayOf = (at: Instant): string => at.slice(0, 'YYYY-MM-DD'.length);

function recall(count: ReaderCount | undefined): Readers {
  return { keys: new Set(), before: count?.today ?? 0, yesterday: count?.yesterday ?? 0 };
}

/** After a restart the same readers come again: whichever is more. */
const todays = ({ keys, before }: Readers): number => Math.max(keys.size, before);
/** In the morning yesterday says more. */
const busier = (readers: Readers): number => Math.max(todays(readers), readers.yesterday);
const summary = (readers: Readers): ReaderCount => ({ today: todays(readers), yesterday: readers.yesterday });

/** More than this is nobody's to say. */
const MAX_SUBSCRIBERS = 1_000_000;
const MAX_NAME_CHARS = 40;
const ANNOUNCED = /(?<![\d,.])(\d{1,3}(?:,\d{3})+|\d{1,9})\s+(?:subscriber|reader|user)s?\b/i;
/** Some hosted readers say who they are in a comment, as browsers and robots do: 'Mozilla/5.0 (compatible; BazQux/2.4; …'. */
const DISGUISE = /^Mozilla\/[\d.]+ \((?:compatible; ?)?/;
/** Readers that fetch for many. Of anybody else the number is what anybody can write. */
const HOSTED =
  /^(?:feedly|feedbin|newsblur|inoreader|theoldreader|the old reader|bazqux|feedspot|bloglovin|g2reader|feeder\.co|netvibes|blogtrottr|feedhq|yoleo|commafeed\.com|readwise|feedless|kill the newsletter|newsify|feedreader\.com|livejournal|dreamwidth)\b/i;
/** Those that fetch feeds without anybody reading them. 'Feedly', 'FeedFetcher' and 'Tiny Tiny RSS' are none of them. */
const NOT_A_READER =
  /bot\b|crawl|spider|slurp|scan|monitor|uptime|validat|archiv|preview|headless|lighthouse|^(?:curl|wget|python|go-http|java|okhttp|axios|node|undici|libwww|ruby|php|perl|guzzle|httpie|aiohttp|httpx)\b/i;

/** What the User-Agent of one that fetches a feed says of its readers. */
export type ReaderAgent =
  /** A hosted reader that announces how many subscribers it fetches for ('Feedly/1.0 (+…; 16 subscribers)'); never 0. */
  | { readonly kind: 'hosted'; readonly name: string; readonly subscribers: number }
  /** One that reads for its own. */
  | { readonly kind: 'plain' }
  /** A robot or a script. */
  | { readonly kind: 'none' };

/** Reads a User-Agent. `name` is the same for all versions of one reader. */
export function readReaderAgent(agent: string): ReaderAgent {
  const said = ANNOUNCED.exec(agent)?.[1];
  const bare = agent.replace(DISGUISE, '');
  if (said !== undefined && HOSTED.test(bare)) {
    const subscribers = Number(said.replaceAll(',', ''));
    const name =
      bare
        .split(/[/(;:]|\s-\s|\s\d|\sfeed-id/, 1)[0]
        ?.trim()
        .toLowerCase()
        .slice(0, MAX_NAME_CHARS) ?? '';
    return subscribers > 0 && subscribers <= MAX_SUBSCRIBERS ? { kind: 'hosted', name, subscribers } : { kind: 'none' };
  }
  return agent.trim() === '' || NOT_A_READER.test(agent) ? { kind: 'none' } : { kind: 'plain' };
}
