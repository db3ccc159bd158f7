import path from 'node:path';
import { createAddressGuard } from './fetch/address-guard.ts';
import { createFileFetcher } from './fetch/file-fetcher.ts';
import { createHostQueue, hostKey } from './fetch/host-queue.ts';
import { createHttpFetcher } from './fetch/http-fetcher.ts';
import { userAgent } from './fetch/user-agent.ts';
import { createItemIndex } from './items/item-index.ts';
import type { Log } from './log.ts';
import type { Config, Instant, Place } from './model.ts';
import { createParsePool } from './parse/parse-pool.ts';
import { openStore } from './store/json-store.ts';
import type { Store } from './store/store.ts';
import { VERSION } from './version.ts';
import { serveSite } from './web/server.ts';
import { createSite } from './web/site.ts';
import { type WrittenSite, writeStaticSite } from './web/static-folder.ts';
import { listStaticFiles } from './web/static-site.ts';
import { createDaemon } from './worker/daemon.ts';
import { createNextTick } from './worker/next-tick.ts';
import { createPoller, type Poller } from './worker/poller.ts';

/** Pause between two requests to one host that is not the owner's own. */
const SPACING_MS = 1000;
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
  /** Stops polling and serving (polls in flight get `graceMs`), flushes the store and gives the folder free. */
  close(graceMs: number): Promise<void>;
}

/** The composition root: the only place that picks implementations. `now` sets the clock, which then runs on. */
export async function openApp(config: Config, place: Place, options: { log: Log; now?: Date }): Promise<App> {
  const { log } = options;
  const offsetMs = options.now === undefined ? 0 : options.now.getTime() - Date.now();
  const clockMs = () => Date.now() + offsetMs;
  const clock = (): Instant => new Date(clockMs()).toISOString();

  const store = await openStore({ dataDir: place.dataDir, mode: 'write', createItemIndex, clock, log });
  await store.follow(config.sources.filter((source) => !source.disabled));

  const guard = createAddressGuard(config.allow);
  const http = createHttpFetcher({
    guard,
    maxBodyBytes: config.limits.maxBodyMB * 1_000_000,
    userAgent: () =>
      userAgent({
        version: VERSION,
        siteUrl: config.site.url,
        ...(config.site.contact && { contact: config.site.contact }),
      }),
    clock: clockMs,
    connectionsPerHost: config.limits.perHost,
  });
  const files = createFileFetcher({
    folder: path.dirname(place.configFile),
    maxBodyBytes: config.limits.maxBodyMB * 1_000_000,
  });
  const pool = createParsePool({ threads: PARSE_THREADS, deadlineMs: PARSE_DEADLINE_MS });
  const poller = createPoller({
    store,
    config: () => config,
    fetch: (request) => (request.url.startsWith('file:') ? files(request) : http(request)),
    parse: pool.parse,
    queue: createHostQueue({
      perHost: config.limits.perHost,
      concurrency: config.limits.concurrency,
      spacingMs: SPACING_MS,
      isOwnHost: guard.isOwnHost,
    }),
    rules: { nextTick: createNextTick(config.timezone), random: Math.random, isOwnHost: guard.isOwnHost },
    hostOf: hostKey,
    clock,
    log,
  });
  const daemon = createDaemon({ poller, store, config: () => config, clock, log });
  const site = createSite({ store, config: () => config, clock, log, version: VERSION, lastPollAt: daemon.lastPollAt });
  let server: { port: number; close(): Promise<void> } | undefined;

  return {
    store,
    poller,
    startPolling: daemon.start,
    async serve() {
      const served = await serveSite(site, { host: place.host, port: place.port });
      server = served;
      return served.port;
    },
    async close(graceMs) {
      await Promise.all([server?.close(), daemon.stop(graceMs)]);
      await Promise.all([http.close(), pool.close(), site.close()]);
      await store.close();
    },
  };
}

/** The store as it is on disk, for commands that only look: works beside a running daemon. */
export async function openReadOnlyStore(config: Config, place: Place, log: Log): Promise<Store> {
  const clock = () => new Date().toISOString();
  const store = await openStore({ dataDir: place.dataDir, mode: 'read', createItemIndex, clock, log });
  await store.follow(config.sources.filter((source) => !source.disabled));
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
