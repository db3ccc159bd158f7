import { ViaductError } from '../../src/errors.ts';
import { FetchError, type Fetched, type Freshness, type Hop } from '../../src/fetch/fetcher.ts';
import type { FeedInfo, HostWait, Instant, Source, SourceState } from '../../src/model.ts';
import type { Reading } from '../../src/schedule/reading.ts';
import { initialState, type ScheduleFacts, scheduleNext } from '../../src/schedule/schedule.ts';
import type { ScheduleRules } from '../../src/schedule/schedule-wait.ts';
import { createNextTick } from '../../src/worker/next-tick.ts';

export const NOW = '2026-03-04T12:00:20.000Z';
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

export const later = (ms: number, from: Instant = NOW): Instant => new Date(Date.parse(from) + ms).toISOString();

export function aSource(over: Partial<Source> = {}): Source {
  return {
    id: 'a',
    url: 'https://feeds.example.org/a.xml',
    categories: [],
    content: 'summary',
    poll: '*/30 * * * *',
    timeoutSeconds: 30,
    private: false,
    insecureTls: false,
    disabled: false,
    ...over,
  };
}

export const aState = (over: Partial<SourceState> = {}): SourceState => ({ ...initialState('a'), ...over });

export const rules = (over: Partial<ScheduleRules> = {}): ScheduleRules => ({
  nextTick: createNextTick('UTC'),
  random: () => 0.5,
  isOwnHost: (url) => url.includes('//127.'),
  ...over,
});

type Whole = Extract<Fetched, { kind: 'fetched' }>;

function aFetched(over: Partial<Whole> = {}): Whole {
  return {
    kind: 'fetched',
    status: 200,
    bytes: new Uint8Array(),
    bodyHash: 'hash',
    wireBytes: 100,
    url: 'https://feeds.example.org/a.xml',
    hops: [],
    freshness: { etag: '"1"' },
    ...over,
  };
}

export function aDocument(over: Partial<Whole> = {}, complete = true): Reading {
  return { kind: 'document', document: { feed: {}, entries: [], skipped: 0, complete }, fetched: aFetched(over) };
}

export const theSame = (over: Partial<Whole> = {}): Reading => ({ kind: 'same', fetched: aFetched(over) });

export const notModified = (freshness: Freshness = {}, hops: readonly Hop[] = []): Reading => ({
  kind: 'not-modified',
  fetched: { kind: 'not-modified', hops, freshness },
});

export const failed = (
  status: number,
  detail: { retryAt?: Instant; answeredBy?: string; hops?: Hop[] } = {},
): Reading => ({
  kind: 'fetch-failed',
  error: new FetchError(`fetch/status-${status}`, `Status ${status}.`, { status, ...detail }),
});

export const failedAs = (
  code: 'fetch/timeout' | 'fetch/dns' | 'fetch/unexpected-304' | 'fetch/file-missing',
): Reading => ({
  kind: 'fetch-failed',
  error: new FetchError(code, 'No.'),
});

export const unreadable = (): Reading => ({
  kind: 'parse-failed',
  error: new ViaductError('parse/not-a-feed', 'Not a feed.'),
  fetched: aFetched({ freshness: { etag: '"html"' }, bodyHash: 'html' }),
});

/** One step of scheduleNext with the boring arguments filled in. */
export function step(
  reading: Reading,
  over: {
    source?: Source;
    state?: SourceState;
    facts?: Partial<ScheduleFacts>;
    feed?: FeedInfo;
    now?: Instant;
    rules?: ScheduleRules;
  } = {},
): { readonly state: SourceState; readonly hostWaits: readonly HostWait[] } {
  const facts: ScheduleFacts = {
    newEntries: 0,
    entriesLastWeek: 5000,
    feed: over.feed,
    hostOf: (url) => new URL(url).hostname.split('.').slice(-2).join('.'),
    ...over.facts,
  };
  return scheduleNext(
    over.source ?? aSource(),
    over.state ?? aState(),
    reading,
    facts,
    over.now ?? NOW,
    over.rules ?? rules(),
  );
}
