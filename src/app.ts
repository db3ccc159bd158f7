import path from 'node:path';
import { compareSources } from './config/compare-sources.ts';
import type { ConfigError } from './config/parse-config.ts';
import { createAddressGuard } from './fetch/address-guard.ts';
import type { Fetcher } from './fetch/fetcher.ts';
import { createFileFetcher } from './fetch/file-fetcher.ts';
import { createHostQueue, HOST_SPACING_MS, type HostQueue, hostKey } from './fetch/host-queue.ts';
import { createHttpFetcher } from './fetch/http-fetcher.ts';
import { userAgent } from './fetch/user-agent.ts';
import { createItemIndex } from './items/item-index.ts';
import type { Log } from './log.ts';
import type { Config, Instant, Settings, Source } from './model.ts';
import { createParsePool } from './parse/parse-pool.ts';
import type { Reading } from './schedule/reading.ts';
import { initialState } from './schedule/schedule.ts';
import type { ScheduleRules } from './schedule/schedule-wait.ts';
import { openStore } from './store/json-store.ts';
import { readLinks, readSubscribers, writeLinks, writeSubscribers } from './store/small-files.ts';
import type { Store } from './store/store.ts';
import { folderBytes } from './store/store-fs.ts';
import { VERSION } from './version.ts';
import { serveSite } from './web/server.ts';
import { createSite } from './web/site.ts';
import { type WrittenSite, writeStaticSite } from './web/static-folder.ts';
import { listStaticFiles } from './web/static-site.ts';
import { createSubscribers } from './web/subscribers.ts';
import { createDaemon } from './worker/daemon.ts';
import { createFeedsNews } from './worker/feeds-news.ts';
import { createLinkResolver } from './worker/link-resolver.ts';
import { createMetrics } from './worker/metrics.ts';
import { createNextTick } from './worker/next-tick.ts';
import { createPoller, type Poller } from './worker/poller.ts';
import { readSource } from './worker/read-source.ts';
import { resanitise } from './worker/resanitise.ts';
import { openSourceMemory } from './worker/source-memory.ts';

/** A document that takes longer to read is given up; the slowest honest one seen took 0.4 s. */
const PARSE_DEADLINE_MS = 10_000;
const PARSE_THREADS = 2;

/** A viaduct put together from its parts. */
export interface App {
  readonly store: Store;
  readonly poller: Poller;
  /** Asks what is due now, and from then on at every tick. */
  startPolling(): void;
  /** Serves the site; resolves with the port once it listens.
   *  @throws ViaductError 'usage/port' when it cannot */
  serve(): Promise<number>;
  /** Goes on with another feeds.json, and tells what that did. Calls must not overlap. */
  reload(next: Config): Promise<void>;
  /** Tells that feeds.json cannot be used; everything goes on with the one of before. */
  tellBroken(error: ConfigError): void;
  /** Stops polling and serving (polls in flight get `graceMs`), flushes the store and gives the folder free. */
  close(graceMs: number): Promise<void>;
}

/** The composition root: the only place that picks implementations. `now` sets the clock, which then runs on. */
export async function openApp(config: Config, settings: Settings, options: { log: Log; now?: Date }): Promise<App> {
  const { log } = options;
  const offsetMs = options.now === undefined ? 0 : options.now.getTime() - Date.now();
  const clockMs = () => Date.now() + offsetMs;
  const clock = (): Instant => new Date(clockMs()).toISOString();

  let current = config;
  const store = await openStore({ dataDir: settings.dataDir, mode: 'write', createItemIndex, clock, log });
  const memory = await openSourceMemory({ dataDir: settings.dataDir, store, log });
  await memory.remember(config);
  await resanitise(store, log);
  await store.follow(enabledOf(config));

  const subscribers = createSubscribers({
    remembered: await readSubscribers(settings.dataDir),
    save: (file) => writeSubscribers(settings.dataDir, file),
    store,
    config: () => current,
    clock,
    log,
  });
  const network = createNetwork(() => current, settings, clockMs, subscribers.total);
  const pool = createParsePool({ threads: PARSE_THREADS, deadlineMs: PARSE_DEADLINE_MS });
  const news = createFeedsNews({ store, config: () => current, clock, log, onNews: () => site.refreshPages() });
  const links = createLinkResolver({
    remembered: await readLinks(settings.dataDir),
    save: (known) => writeLinks(settings.dataDir, known),
    whereTo: network.whereTo,
    queue: network.queue,
    clock,
    log,
  });
  const poller = createPoller({
    store,
    config: () => current,
    fetch: network.fetch,
    parse: pool.parse,
    queue: network.queue,
    rules: network.rules,
    hostOf: hostKey,
    clock,
    log,
    recognise,
    links,
    onPolled: (polled) => {
      metrics.polled(polled);
      news.polled(polled);
    },
  });
  const daemon = createDaemon({ poller, store, config: () => current, clock, log });
  let isServing = false;
  const metrics = createMetrics({
    store,
    config: () => current,
    version: VERSION,
    storeBytes: () => folderBytes(settings.dataDir),
    isPaused: daemon.isPaused,
    isFeedsFileBroken: () => news.state().broken !== undefined,
  });
  const site = createSite({
    store,
    config: () => current,
    clock,
    log,
    version: VERSION,
    lastPollAt: daemon.lastPollAt,
    feedsFile: news.state,
    isReady: () => isServing,
    subscribers,
    metrics,
    areMetricsOpen: settings.areMetricsOpen === true,
  });
  let server: { port: number; close(): Promise<void> } | undefined;

  async function use(next: Config): Promise<void> {
    current = next;
    network.renew();
    await memory.remember(next);
    await store.follow(enabledOf(next));
    site.refresh();
    daemon.reload();
  }

  async function recognise(source: Source, reading: Reading): Promise<Source> {
    const known = memory.recognise(source, reading, current);
    if (known === source) return source;
    const before = current;
    await use({ ...before, sources: before.sources.map((one) => (one.id === source.id ? known : one)) });
    news.recognised(known, before);
    return known;
  }

  return {
    store,
    poller,
    startPolling: daemon.start,
    async serve() {
      server = await serveSite(site, { host: settings.host, port: settings.port });
      isServing = true;
      return server.port;
    },
    async reload(next) {
      const before = current;
      await use(next);
      news.applied(before, compareSources(before, next));
    },
    tellBroken: news.broken,
    async close(graceMs) {
      isServing = false;
      metrics.close();
      await Promise.all([server?.close(), daemon.stop(graceMs)]);
      await Promise.all([links.close(), subscribers.close(), network.close(), pool.close(), site.close()]);
      await store.close();
    },
  };
}

const enabledOf = ({ sources }: Config) => sources.filter((source) => !source.disabled);

/** All that asks others, under the rules of feeds.json as it is now: `renew` is to be called when it changed. */
function createNetwork(config: () => Config, settings: Settings, clockMs: () => number, subscribers = () => 0) {
  let built = build();
  const retired: (typeof built)[] = [];

  function build() {
    const { allow, limits, timezone } = config();
    const guard = createAddressGuard(allow);
    const maxBodyBytes = limits.maxBodyMB * 1_000_000;
    const http = createHttpFetcher({
      guard,
      maxBodyBytes,
      userAgent: () => {
        const { url: siteUrl, contact } = config().site;
        const facts = { version: VERSION, siteUrl, subscribers: subscribers() };
        return userAgent({ ...facts, ...(contact !== undefined && { contact }) });
      },
      clock: clockMs,
      connectionsPerHost: limits.perHost,
    });
    const files = createFileFetcher({ folder: path.dirname(settings.configFile), maxBodyBytes });
    const { perHost, concurrency } = limits;
    const queue = createHostQueue({ perHost, concurrency, spacingMs: HOST_SPACING_MS, isOwnHost: guard.isOwnHost });
    const rulesOf = JSON.stringify({ allow, limits, timezone });
    return { rulesOf, guard, http, files, queue, nextTick: createNextTick(timezone) };
  }

  const fetch: Fetcher = (request) => (request.url.startsWith('file:') ? built.files(request) : built.http(request));
  const queue: HostQueue = { run: (url, task) => built.queue.run(url, task) };
  const rules: ScheduleRules = {
    nextTick: (poll, after) => built.nextTick(poll, after),
    random: Math.random,
    isOwnHost: (url) => built.guard.isOwnHost(url),
  };
  return {
    fetch,
    whereTo: (url: string, timeoutSeconds: number) => built.http.whereTo(url, timeoutSeconds),
    queue,
    rules,
    renew() {
      const { allow, limits, timezone } = config();
      if (built.rulesOf === JSON.stringify({ allow, limits, timezone })) return;
      // What is in flight ends under the rules that it began with.
      retired.push(built);
      built = build();
    },
    close: () => Promise.all([...retired, built].map(({ http }) => http.close())),
  };
}

/** The store as it is on disk, for commands that only look: works beside a running daemon. */
export async function openReadOnlyStore(config: Config, settings: Settings, log: Log): Promise<Store> {
  const clock = () => new Date().toISOString();
  const store = await openStore({ dataDir: settings.dataDir, mode: 'read', createItemIndex, clock, log });
  await store.follow(enabledOf(config));
  return store;
}

/** Writes the site as the store has it into a folder, for any web server. `onProgress` is called after each file.
 *  @throws ViaductError 'usage/folder' when the folder holds something and no build made it */
export async function buildSite(
  store: Store,
  config: Config,
  options: { folder: string; log: Log; onProgress: (done: number, total: number) => void },
): Promise<WrittenSite> {
  const files = listStaticFiles({ store, config, now: new Date().toISOString(), log: options.log });
  let done = 0;
  return writeStaticSite(options.folder, files, () => {
    done += 1;
    options.onProgress(done, files.length);
  });
}

/** Asks sources once as the daemon does, with its guard, limits and manners, and keeps nothing. */
export interface Asker {
  /** What the source answers to a first question, when its host's turn has come. */
  ask(source: Source): Promise<Reading>;
  readonly rules: ScheduleRules;
  close(): Promise<void>;
}

/** For commands that try addresses: no data folder is needed. */
export function openAsker(config: Config, settings: Settings): Asker {
  const network = createNetwork(() => config, settings, Date.now);
  const pool = createParsePool({ threads: PARSE_THREADS, deadlineMs: PARSE_DEADLINE_MS });
  const ports = { fetch: network.fetch, parse: pool.parse };
  return {
    ask: (source) =>
      network.queue.run(source.url, (goOn) =>
        readSource(source, { ask: true, url: source.url }, initialState(source.id), { ...ports, beforeHop: goOn }),
      ),
    rules: network.rules,
    async close() {
      await Promise.all([network.close(), pool.close()]);
    },
  };
}
