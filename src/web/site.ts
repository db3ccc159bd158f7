import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { MINUTE_MS } from '../durations.ts';
import type { Log } from '../log.ts';
import type { Config, Instant } from '../model.ts';
import type { Store, StoreNotice } from '../store/store.ts';
import type { FeedsFileState } from '../worker/feeds-news.ts';
import type { Metrics } from '../worker/metrics.ts';
import { prepareAssets } from './assets.ts';
import { createFeeds } from './feeds.ts';
import { createPageCache } from './page-cache.ts';
import { type Asking, answer, encode, type Prepared, type Reply } from './prepared.ts';
import { problemReply } from './problems.ts';
import { createRoutes, type SiteEnv, toResponse } from './routes.ts';
import { createSiteLists, type SiteLists } from './site-lists.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import type { Subscribers } from './subscribers.ts';
import { createVisits } from './visits.ts';

/** A snapshot says when it was taken, and trends fade: after this long another one is taken without a change. */
const SNAPSHOT_MAX_AGE_MS = MINUTE_MS;
/** Changes come in bursts while a poll runs: pages are then made anew once a second, not at each of fifty changes. */
const PAGES_APART_MS = 1000;
const MAX_BODY_BYTES = 1_000_000;
const MAX_URL_CHARS = 8000;
/** What is still read, and for how long, of a body that was refused, so that the client gets to read the answer. */
const MAX_UNREAD_BYTES = 16_000_000;
const MAX_UNREAD_MS = 1000;

export interface SitePorts {
  readonly store: Store;
  readonly config: () => Config;
  readonly clock: () => Instant;
  readonly log: Log;
  readonly version: string;
  readonly isReady?: () => boolean;
  /** What became of the last edits of feeds.json. */
  readonly feedsFile?: () => FeedsFileState;
  /** What the operator should do about memory, while it is short. */
  readonly memoryNotice?: () => StoreNotice | undefined;
  readonly subscribers?: Subscribers;
  readonly metrics?: Metrics;
  /** Whether /metrics answers everybody, not only this machine. */
  readonly areMetricsOpen?: boolean;
}

/** The site without a socket. */
export interface Site {
  /** Every address, as a function from Request to Response. */
  readonly app: Hono<SiteEnv>;
  /** For node:http: prepared bytes at once, all else through `app`. Never throws. */
  listener(request: IncomingMessage, response: ServerResponse): void;
  /** Prepares what most will ask for, and waits for what is being made anew. */
  prepare(): Promise<void>;
  /** The merged feed, its files by address path; empty before it was first made. */
  mergedFeed(): ReadonlyMap<string, Prepared>;
  /** To be called when feeds.json changed. */
  refresh(): void;
  /** To be called when something that only pages show has changed. */
  refreshPages(): void;
  close(): Promise<void>;
}

/** The site over a store; kept current by the store's changes, and by `refresh` with those of feeds.json. */
export function createSite(ports: SitePorts): Site {
  const { store, config, clock, log, version } = ports;
  const nowMs = () => Date.parse(clock());
  const pages = createPageCache(nowMs);
  let lists = createSiteLists(store, config().timezone);
  let listedFor = config().timezone;
  let kept: Snapshot | undefined;
  const snapshot = (): Snapshot => {
    const isFresh =
      kept?.view.config === config() && Math.abs(nowMs() - Date.parse(kept.view.now)) < SNAPSHOT_MAX_AGE_MS;
    if (!kept || !isFresh) {
      kept = takeSnapshot({
        store,
        config: config(),
        now: clock(),
        feedsFile: ports.feedsFile?.(),
        memoryNotice: ports.memoryNotice?.(),
        subscribers: ports.subscribers,
        lists: currentLists(),
      });
    }
    return kept;
  };
  const feeds = createFeeds({ store, config, clock, log, snapshot });
  const assets = prepareAssets(clock());
  const app = createRoutes({
    store,
    config,
    log,
    version,
    isReady: ports.isReady ?? (() => true),
    snapshot,
    feeds,
    pages,
    visits: createVisits({ store, config, clock, log }),
    assets,
    ...(ports.metrics && { metrics: ports.metrics }),
    areMetricsOpen: ports.areMetricsOpen === true,
  });
  const throughApp = getRequestListener((request, env) => app.fetch(request, peerOf(env.incoming)), {
    // Only HTTP/1.0 may leave out Host; our addresses do not depend on it.
    hostname: 'localhost',
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      log('debug', 'web.refused', { error });
      return toResponse(problemReply(400));
    },
  });
  let pagesForgottenAtMs = Number.NEGATIVE_INFINITY;
  let pagesTimer: NodeJS.Timeout | undefined;
  const stopListening = store.onChange((changedItemIds) => {
    kept = undefined;
    forgetPagesSoon();
    lists.touch(changedItemIds);
    feeds.touch(changedItemIds);
  });

  function currentLists(): SiteLists {
    const { timezone } = config();
    if (timezone !== listedFor) lists = createSiteLists(store, timezone);
    listedFor = timezone;
    return lists;
  }

  function forget(): void {
    kept = undefined;
    forgetPages();
  }

  function forgetPages(): void {
    clearTimeout(pagesTimer);
    pagesTimer = undefined;
    pagesForgottenAtMs = performance.now();
    pages.clear();
  }

  function forgetPagesSoon(): void {
    const sinceMs = performance.now() - pagesForgottenAtMs;
    if (sinceMs >= PAGES_APART_MS) forgetPages();
    else pagesTimer ??= setTimeout(forgetPages, PAGES_APART_MS - sinceMs).unref();
  }

  function listener(request: IncomingMessage, response: ServerResponse): void {
    const { url = '' } = request;
    const isPlain = isPlainQuestion(request);
    const feed = isPlain ? feeds.ready(url) : undefined;
    const document = feed ?? (isPlain ? assets.get(url) : undefined);
    if (feed) countFetch(url, request);
    if (document) send(response, answer(document, askingOf(request)));
    else listenSlowly(request, response).catch((error: unknown) => answerBug(error, request, response));
  }

  function answerBug(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    log('error', 'web.failed', { path: request.url?.slice(0, 200), error });
    if (response.headersSent) response.destroy();
    else send(response, problemReply(500));
  }

  function countFetch(path: string, { method, headers, socket }: IncomingMessage): void {
    if (method !== 'GET') return;
    ports.subscribers?.fetched(path, {
      agent: headers['user-agent'],
      peer: socket.remoteAddress,
      forwardedFor: headers['x-forwarded-for'] as string | undefined,
      fetchDest: headers['sec-fetch-dest'] as string | undefined,
    });
  }

  async function listenSlowly(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.host === undefined && request.httpVersion !== '1.0') return send(response, problemReply(400));
    if ((request.url ?? '').length > MAX_URL_CHARS) return send(response, problemReply(414));
    if (hasBody(request.headers) && !(await takeBody(request))) return refuseBody(request, response);
    await throughApp(request, response);
    const path = request.url?.split('?', 1)[0] ?? '';
    // The first request for a list is answered here, and makes it ready for those that follow.
    if (response.statusCode < 400 && feeds.ready(path)) countFetch(path, request);
  }

  async function prepare(): Promise<void> {
    await feeds.settle().catch((error: unknown) => log('error', 'feed.failed', { error }));
    await Promise.all([...assets.values()].flatMap((asset) => [encode(asset, 'gzip'), encode(asset, 'br')]));
  }

  return {
    app,
    listener,
    prepare,
    mergedFeed: feeds.merged,
    refresh() {
      forget();
      feeds.refresh();
    },
    refreshPages: forget,
    async close() {
      stopListening();
      clearTimeout(pagesTimer);
      feeds.close();
    },
  };
}

/** One that bytes which are at hand may answer: a GET or HEAD without a body. */
export function isPlainQuestion({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && headers.host !== undefined && !hasBody(headers);
}

export function askingOf({ method, headers }: IncomingMessage): Asking {
  return {
    method,
    acceptEncoding: headers['accept-encoding'] as string | undefined,
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
    fetchDest: headers['sec-fetch-dest'] as string | undefined,
  };
}

/** Writes an answer; the header fields go as they are. */
export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  // node:http takes a flat list and does not change it; its type does not say so.
  response.writeHead(status, headers as string[]);
  response.end(body);
}

function peerOf(incoming: object): SiteEnv['Bindings'] {
  const peer = (incoming as IncomingMessage).socket.remoteAddress;
  return peer === undefined ? {} : { peer };
}

function hasBody(headers: IncomingMessage['headers']): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Reads a body that nobody wants to its end, so that the connection can be used again; false when it is too large or breaks off. */
async function takeBody(request: IncomingMessage): Promise<boolean> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return false;
  let bytes = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) resolve(false);
    });
    request.on('end', () => resolve(true));
    request.on('error', () => resolve(false));
  });
}

/** Closes the connection after the answer. Closing at once would reset it, and the client would never read why. */
function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  send(response, problemReply(413, undefined, ['Connection', 'close']));
  const { socket } = request;
  let bytes = 0;
  const timer = setTimeout(() => socket.destroy(), MAX_UNREAD_MS);
  socket.once('close', () => clearTimeout(timer));
  request.on('error', () => socket.destroy());
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_UNREAD_BYTES) socket.destroy();
  });
}
