import { compareSources } from './config/compare-sources.ts';
import type { ConfigError } from './config/parse-config.ts';
import { createItemIndex } from './items/item-index.ts';
import type { Log } from './log.ts';
import type { Config, Instant, Settings, Source } from './model.ts';
import { SANITISER_VERSION } from './parse/sanitiser-version.ts';
import type { Reading } from './schedule/reading.ts';
import { initialState } from './schedule/schedule.ts';
import type { ScheduleRules } from './schedule/schedule-wait.ts';
import { openStore } from './store/json-store.ts';
import {
  readKeptFeeds,
  readLinks,
  readSubscribers,
  writeKeptFeeds,
  writeLinks,
  writeSubscribers,
} from './store/small-files.ts';
import type { Store } from './store/store.ts';
import { folderBytes } from './store/store-fs.ts';
import { VERSION } from './version.ts';
import { keepFeeds, startingSite } from './web/kept-feeds.ts';
import { type SiteServer, serveSite } from './web/server.ts';
import { createSite, type Site } from './web/site.ts';
import { type WrittenSite, writeStaticSite } from './web/static-folder.ts';
import { listStaticFiles } from './web/static-site.ts';
import { createSubscribers } from './web/subscribers.ts';
import { createClockWatch } from './worker/clock-watch.ts';
import { createDaemon, type Daemon } from './worker/daemon.ts';
import { createFeedsNews } from './worker/feeds-news.ts';
import { createHeapWatch } from './worker/heap-watch.ts';
import { createLinkResolver } from './worker/link-resolver.ts';
import { createMetrics } from './worker/metrics.ts';
import { createNetwork } from './worker/network.ts';
import { createPoller, type Poller } from './worker/poller.ts';
import { readSource } from './worker/read-source.ts';
import { openSourceMemory } from './worker/source-memory.ts';

/** A viaduct put together from its parts. */
export interface App {
  readonly store: Store;
  readonly poller: Poller;
  /** feeds.json as it is in use. */
  config(): Config;
  /** One pass that somebody wants now, beside those of cron; see Daemon. */
  pass: Daemon['pass'];
  /** Asks what is due now, and from then on at every tick. */
  startPolling(): void;
  /** Serves the site; resolves with the port once it listens.
   *  @throws ViaductError 'usage/port' when it cannot */
  serve(): Promise<number>;
  /** Goes on with another feeds.json; the log and /status list what that changed. */
  reload(next: Config): Promise<void>;
  /** Reports that feeds.json cannot be used; the previous list stays in use. */
  reportBroken(error: ConfigError): void;
  /** Stops polling and serving (polls in flight get `graceMs`), flushes the store and gives the folder free. */
  close(graceMs: number): Promise<void>;
}

/** The composition root: the only place that picks implementations. Each part is made of those above it and knows nothing of
 *  those below; what happens in one and concerns a later one is connected at the end. `now` sets the clock, which then runs on.
 *  Where it `willServe`, the merged feed of before answers while the store is read. */
export async function openApp(
  config: Config,
  settings: Settings,
  options: { log: Log; now?: Date; willServe?: boolean },
): Promise<App> {
  let server: SiteServer | undefined;
  const closeServer = () => server?.close();
  const serve = async (site: Parameters<typeof serveSite>[0]) => {
    if (server) await server.goOnWith(site);
    else server = await serveSite(site, settings);
    return server.port;
  };
  const onLocked = async () => {
    if (options.willServe) await serve(startingSite(await readKeptFeeds(settings.dataDir), config));
  };
  try {
    return await putTogether(config, settings, { ...options, onLocked, serve, closeServer });
  } catch (error) {
    await closeServer();
    throw error;
  }
}

async function putTogether(
  config: Config,
  settings: Settings,
  options: {
    readonly log: Log;
    readonly now?: Date;
    readonly onLocked: () => Promise<void>;
    readonly serve: (site: Site) => Promise<number>;
    readonly closeServer: () => Promise<void> | undefined;
  },
): Promise<App> {
  const { log, onLocked } = options;
  const { dataDir, configFile } = settings;
  const offsetMs = options.now === undefined ? 0 : options.now.getTime() - Date.now();
  const clockMs = () => Date.now() + offsetMs;
  const clock = (): Instant => new Date(clockMs()).toISOString();
  const feeds = createFeedsInUse(config);
  const base = { config: feeds.config, clock, log };

  const store = await openStore({ dataDir, mode: 'write', createItemIndex, clock, log, onLocked });
  const memory = await openSourceMemory({ dataDir, store, log });
  await memory.remember(config);
  await resanitise(store, log);
  await store.follow(enabledOf(config));

  const subscribers = createSubscribers({
    ...base,
    store,
    remembered: await readSubscribers(dataDir),
    save: (file) => writeSubscribers(dataDir, file),
  });
  const network = createNetwork({ config: feeds.config, configFile, clockMs, subscribers: subscribers.total });
  const { fetch, parse, queue, rules, whereTo } = network;
  const news = createFeedsNews({ ...base, store });
  const remembered = await readLinks(dataDir);
  const links = createLinkResolver({
    remembered,
    save: (known) => writeLinks(dataDir, known),
    whereTo,
    queue,
    clock,
    log,
  });
  /** As if feeds.json had been saved with the former id beside the new address. */
  function restoreId(asked: Source, reading: Reading): Promise<Source | undefined> {
    return feeds.change(async (before, use) => {
      const listed = before.sources.find(({ id, url }) => id === asked.id && url === asked.url);
      if (!listed || listed.disabled) return undefined;
      // Asked again, now that nothing else changes the list: another source may have been given that id meanwhile.
      const id = memory.formerIdOf(listed, reading);
      if (id === undefined) return listed;
      const source = { ...listed, id };
      await use({ ...before, sources: before.sources.map((one) => (one === listed ? source : one)) });
      news.recognised(source, before);
      return source;
    });
  }

  const heapWatch = createHeapWatch({ clock, log });
  const clockWatch = createClockWatch({ clockMs, monotonicMs: () => performance.now(), log });
  const poller = createPoller({
    ...base,
    clockWatch,
    store,
    fetch,
    parse,
    queue,
    rules,
    links,
    formerIdOf: memory.formerIdOf,
    restoreId,
  });
  const daemon = createDaemon({ ...base, poller, store, clockWatch, nextTick: rules.nextTick });
  const metrics = createMetrics({
    store,
    config: feeds.config,
    version: VERSION,
    storeBytes: () => folderBytes(dataDir),
    isPaused: daemon.isPaused,
    isFeedsFileBroken: () => news.state().broken !== undefined,
  });
  let isServing = false;
  const site = createSite({
    ...base,
    store,
    version: VERSION,
    feedsFile: news.state,
    memoryNotice: heapWatch.notice,
    isReady: () => isServing,
    subscribers,
    metrics,
    areMetricsOpen: settings.areMetricsOpen === true,
  });

  const keptFeeds = keepFeeds({
    documents: site.mergedFeed,
    config: feeds.config,
    save: (file) => writeKeptFeeds(dataDir, file),
    log,
  });

  poller.onPolled(metrics.polled);
  poller.onPolled(news.polled);
  news.onChange(site.refreshPages);
  feeds.onChange(network.renew);
  feeds.onChange(memory.remember);
  feeds.onChange((next) => store.follow(enabledOf(next)));
  feeds.onChange(site.refresh);
  feeds.onChange(daemon.reload);

  return {
    store,
    poller,
    config: feeds.config,
    pass: daemon.pass,
    startPolling: daemon.start,
    async serve() {
      const port = await options.serve(site);
      isServing = true;
      return port;
    },
    reload: (read) =>
      feeds.change(async (before, use) => {
        const next = memory.withKnownIds(read);
        await use(next);
        news.applied(before, compareSources(before, next));
      }),
    reportBroken: news.broken,
    async close(graceMs) {
      const closing = options.closeServer();
      isServing = false;
      metrics.close();
      clockWatch.stop();
      heapWatch.stop();
      await Promise.all([closing, daemon.stop(graceMs)]);
      await Promise.all([links.close(), subscribers.close(), network.close(), keptFeeds.close(), site.close()]);
      await store.close();
    },
  };
}

const enabledOf = ({ sources }: Config) => sources.filter((source) => !source.disabled);

/** feeds.json as it is in use. Its changes wait for each other, whoever makes them: `work` gets what is in use when its turn has
 *  come, and `use`, which puts another list in its place and resolves when all listeners are through with it, one after the other. */
function createFeedsInUse(config: Config) {
  let current = config;
  let lastChange: Promise<unknown> = Promise.resolve();
  const listeners: ((next: Config) => void | Promise<void>)[] = [];

  async function use(next: Config): Promise<void> {
    current = next;
    for (const listener of listeners) await listener(next);
  }

  return {
    config: () => current,
    onChange: (listener: (typeof listeners)[number]) => void listeners.push(listener),
    change<T>(work: (before: Config, use: (next: Config) => Promise<void>) => Promise<T>): Promise<T> {
      const done = lastChange.then(() => work(current, use));
      lastChange = done.catch(() => undefined);
      return done;
    },
  };
}

/** Lets stored HTML through the sanitiser again where an older version of it made it; before anything is shown. */
export async function resanitise(store: Store, log: Log): Promise<void> {
  for (const id of store.storedSources()) {
    const record = store.record(id);
    if (!record || record.sanitiser === SANITISER_VERSION) continue;
    if (!record.entries.some((entry) => 'html' in entry)) continue;
    // Loaded only where it is needed, which is after an upgrade.
    const { sanitise } = await import('./parse/sanitise.ts');
    const entries = record.entries.map((entry) =>
      entry.html === undefined ? entry : { ...entry, html: sanitise(entry.html, entry.url) },
    );
    await store.commit({
      source: id,
      record: { ...record, entries, sanitiser: SANITISER_VERSION },
      state: store.state(id),
      outcome: { kind: 'unchanged' },
    });
    log('info', 'store.resanitised', { source: id, version: SANITISER_VERSION });
  }
}

/** The store as it is on disk, for commands that only look: works beside a running daemon. Without items where no configuration is given. */
export async function openReadOnlyStore(config: Config | undefined, settings: Settings, log: Log): Promise<Store> {
  const clock = () => new Date().toISOString();
  const store = await openStore({ dataDir: settings.dataDir, mode: 'read', createItemIndex, clock, log });
  if (config) await store.follow(enabledOf(config));
  return store;
}

/** Writes the site as the store has it into a folder, for any web server. `onProgress` is called after each file.
 *  @throws ViaductError 'usage/folder' when the folder holds something and no build made it */
export async function buildSite(
  store: Store,
  config: Config,
  options: { folder: string; onProgress: (done: number, total: number) => void },
): Promise<WrittenSite> {
  const files = listStaticFiles({ store, config, now: new Date().toISOString() });
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
  const network = createNetwork({
    config: () => config,
    configFile: settings.configFile,
    clockMs: Date.now,
    subscribers: () => 0,
  });
  return {
    ask: (source) =>
      network.queue.run(source.url, (goOn) =>
        readSource(source, { ask: true, url: source.url }, initialState(source.id), {
          fetch: network.fetch,
          parse: network.parse,
          beforeHop: goOn,
        }),
      ),
    rules: network.rules,
    close: network.close,
  };
}
