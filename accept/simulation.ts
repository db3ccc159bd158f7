import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfig } from '../src/config/parse-config.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import type { OpenSocket } from '../src/fetch/connector.ts';
import { createHostQueue } from '../src/fetch/host-queue.ts';
import { createHttpFetcher } from '../src/fetch/http-fetcher.ts';
import { userAgent } from '../src/fetch/user-agent.ts';
import { createItemIndex } from '../src/items/item-index.ts';
import type { Config, Instant, SourceState } from '../src/model.ts';
import { createParsePool } from '../src/parse/parse-pool.ts';
import { openStore } from '../src/store/json-store.ts';
import type { Store } from '../src/store/store.ts';
import { VERSION } from '../src/version.ts';
import { createNextTick } from '../src/worker/next-tick.ts';
import { createPoller, type PassSummary } from '../src/worker/poller.ts';

/** The polling half of a daemon on a clock that a check sets: all of it is real but the time, and loopback servers are
 *  treated as strangers' hosts are. */
export interface Simulation {
  /** That of the current life. */
  readonly store: Store;
  readonly config: Config;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  state(sourceId: string): SourceState;
  /** Lets so much time go by. */
  wait(ms: number): void;
  /** Asks what is due now. `force` as in `poll --force`. */
  pass(options?: { force?: boolean }): Promise<PassSummary>;
  /** Puts another list of sources in place, as an edit of feeds.json does. */
  follow(sources: readonly unknown[]): Promise<void>;
  /** Ends the process and starts it again, as far as polling can tell. */
  restart(): Promise<void>;
}

export interface SimulationOptions {
  /** As in feeds.json. */
  readonly sources: readonly unknown[];
  /** Further keys of feeds.json; `allow` is all of loopback unless it is here. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Between two requests to one host, in real time. */
  readonly spacingMs?: number;
  readonly startMs?: number;
  readonly openSocket?: OpenSocket;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Runs `work` with a data folder of its own, gone afterwards. */
export async function withSimulation<T>(
  options: SimulationOptions,
  work: (simulation: Simulation) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-accept-'));
  const clock = { nowMs: options.startMs ?? Date.now() };
  let config = readConfig(options.sources, options.settings);
  let life = await begin();

  async function begin() {
    return openLife(path.join(folder, 'data'), clock, () => config, options);
  }

  try {
    return await work({
      get store() {
        return life.store;
      },
      get config() {
        return config;
      },
      get nowMs() {
        return clock.nowMs;
      },
      state: (sourceId) => life.store.state(sourceId),
      wait(ms) {
        clock.nowMs += ms;
      },
      pass: ({ force = false } = {}) => life.poller.pass({ sources: config.sources, force }),
      async follow(sources) {
        config = readConfig(sources, options.settings);
        await life.store.follow(config.sources);
      },
      async restart() {
        await life.close();
        life = await begin();
      },
    });
  } finally {
    await life.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function readConfig(sources: readonly unknown[], settings: Readonly<Record<string, unknown>> = {}): Config {
  const text = JSON.stringify({ allow: ['127.0.0.0/8'], ...settings, sources });
  return parseConfig(text, { file: 'feeds.json', port: 0, env: {} });
}

async function openLife(
  dataDir: string,
  time: { readonly nowMs: number },
  config: () => Config,
  { spacingMs = 0, openSocket }: SimulationOptions,
) {
  const clock = (): Instant => new Date(time.nowMs).toISOString();
  const log = () => {};
  const store = await openStore({ dataDir, mode: 'write', createItemIndex, clock, log });
  await store.follow(config().sources);
  const { allow, limits, timezone, site } = config();
  const isOwnHost = () => false;
  const http = createHttpFetcher({
    guard: createAddressGuard(allow),
    maxBodyBytes: limits.maxBodyMB * 1_000_000,
    userAgent: () => userAgent({ ...site, version: VERSION }),
    clock: () => time.nowMs,
    connectionsPerHost: limits.perHost,
    ...(openSocket && { openSocket }),
  });
  const pool = createParsePool({ threads: 2 });
  const poller = createPoller({
    clockWatch: { isFarOff: () => false, onJump: () => undefined },
    links: { known: new Map(), resolve: () => undefined },
    store,
    config,
    fetch: http,
    parse: pool.parse,
    queue: createHostQueue({ perHost: limits.perHost, concurrency: limits.concurrency, spacingMs, isOwnHost }),
    rules: { nextTick: createNextTick(timezone), random: Math.random, isOwnHost },
    clock,
    log,
    formerIdOf: () => undefined,
    restoreId: async (source) => source,
  });
  return {
    store,
    poller,
    async close() {
      await poller.stop(0);
      await Promise.all([http.close(), pool.close()]);
      await store.close();
    },
  };
}
