import path from 'node:path';
import { createAddressGuard } from '../fetch/address-guard.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import { createFileFetcher } from '../fetch/file-fetcher.ts';
import { createHostQueue, HOST_SPACING_MS, type HostQueue } from '../fetch/host-queue.ts';
import { createHttpFetcher, type HttpFetcher } from '../fetch/http-fetcher.ts';
import { userAgent } from '../fetch/user-agent.ts';
import type { Config } from '../model.ts';
import { createParsePool } from '../parse/parse-pool.ts';
import type { ScheduleRules } from '../schedule/schedule-wait.ts';
import { VERSION } from '../version.ts';
import { createNextTick } from './next-tick.ts';
import type { Parse } from './read-source.ts';

const PARSE_THREADS = 2;

/** All that asks others and reads what they answer, under the rules of feeds.json. */
export interface Network {
  readonly fetch: Fetcher;
  readonly parse: Parse;
  readonly whereTo: HttpFetcher['whereTo'];
  readonly queue: HostQueue;
  readonly rules: ScheduleRules;
  /** To be called when feeds.json changed. What is in flight ends under the rules that it began with. */
  renew(): void;
  /** Ends what is in flight and leaves no socket open. */
  close(): Promise<void>;
}

export function createNetwork(ports: {
  readonly config: () => Config;
  /** file: addresses are asked for inside the folder of this file. */
  readonly configFile: string;
  /** Milliseconds since 1970. */
  readonly clockMs: () => number;
  /** Of our feeds, for the User-Agent. */
  readonly subscribers: () => number;
}): Network {
  const { config, configFile, clockMs, subscribers } = ports;
  const folder = path.dirname(configFile);
  let built = build();
  const retired: (typeof built)[] = [];

  function build() {
    const { allow, limits, timezone } = config();
    const { perHost, concurrency } = limits;
    const guard = createAddressGuard(allow);
    const maxBodyBytes = limits.maxBodyMB * 1_000_000;
    const agent = () => userAgent({ ...config().site, version: VERSION, subscribers: subscribers() });
    const http = createHttpFetcher({
      guard,
      maxBodyBytes,
      userAgent: agent,
      clock: clockMs,
      connectionsPerHost: perHost,
    });
    const files = createFileFetcher({ folder, maxBodyBytes });
    const pool = createParsePool({ threads: PARSE_THREADS, maxMB: limits.maxBodyMB });
    const queue = createHostQueue({ perHost, concurrency, spacingMs: HOST_SPACING_MS, isOwnHost: guard.isOwnHost });
    return { madeFor: rulesIn(config()), guard, http, files, pool, queue, nextTick: createNextTick(timezone) };
  }

  return {
    fetch: (request) => (request.url.startsWith('file:') ? built.files(request) : built.http(request)),
    parse: (bytes, options) => built.pool.parse(bytes, options),
    whereTo: (url, timeoutSeconds) => built.http.whereTo(url, timeoutSeconds),
    queue: { run: (url, task) => built.queue.run(url, task) },
    rules: {
      nextTick: (poll, after) => built.nextTick(poll, after),
      random: Math.random,
      isOwnHost: (url) => built.guard.isOwnHost(url),
    },
    renew() {
      if (built.madeFor === rulesIn(config())) return;
      retired.push(built);
      built = build();
    },
    async close() {
      await Promise.all([...retired, built].flatMap(({ http, pool }) => [http.close(), pool.close()]));
    },
  };
}

/** What of feeds.json the parts are made for; equal texts mean equal rules. */
const rulesIn = ({ allow, limits, timezone }: Config): string => JSON.stringify({ allow, limits, timezone });
