import { HOUR_MS } from '../durations.ts';
import { ViaductError } from '../errors.ts';
import { FetchError } from '../fetch/fetcher.ts';
import type { HostQueue } from '../fetch/host-queue.ts';
import { isShortLink, unresolvedLinks } from '../identity/short-links.ts';
import type { Log } from '../log.ts';
import type { Instant, SourceRecord } from '../model.ts';

const TIMEOUT_SECONDS = 10;
/** A short link that leads to a short link, and so on. */
const MAX_HOPS = 5;
/** Links that wait for their turn; more than that come back with the next change of their source. */
const MAX_WAITING = 1_000;
/** Kept of all links that were ever asked; the oldest go first. */
const MAX_KNOWN = 50_000;
const SAVE_AFTER_MS = 2_000;
/** For a shortener that is asked too often, or busy, and does not say until when. */
const BUSY_WAIT_MS = HOUR_MS;

/** Finds out, off the path of the polls, where links of shorteners lead. */
export interface LinkResolver {
  /** Link → target. */
  readonly known: ReadonlyMap<string, string>;
  /** Asks in the background about those of the record's links that nobody asked about yet; what they lead to counts from
   *  the source's next poll on. */
  resolve(record: SourceRecord): void;
  close(): Promise<void>;
}

export function createLinkResolver(ports: {
  /** Link → target, '' = it leads nowhere else. */
  readonly remembered: ReadonlyMap<string, string>;
  readonly save: (links: ReadonlyMap<string, string>) => Promise<void>;
  /** Where one HEAD says that a link leads; undefined when it leads nowhere else. Rejects when there was no answer. */
  readonly whereTo: (url: string, timeoutSeconds: number) => Promise<string | undefined>;
  readonly queue: HostQueue;
  readonly clock: () => Instant;
  readonly log: Log;
}): LinkResolver {
  const { save, whereTo, queue, clock, log } = ports;
  const asked = new Map(ports.remembered);
  const known = new Map([...asked].filter(([, target]) => target !== ''));
  /** Waiting, or without an answer since this process began: an address that does not answer is asked once a start. */
  const tried = new Set<string>();
  /** Hosts that asked to wait. Their links come back with the next change of their source. */
  const waitsUntil = new Map<string, Instant>();
  let waiting = 0;
  let isClosed = false;
  let saveTimer: NodeJS.Timeout | undefined;
  let saved: Promise<void> = Promise.resolve();

  function resolve(record: SourceRecord): void {
    for (const link of unresolvedLinks(record)) {
      if (asked.has(link) || tried.has(link) || waiting >= MAX_WAITING) continue;
      tried.add(link);
      waiting += 1;
      void follow(link).finally(() => {
        waiting -= 1;
      });
    }
  }

  async function follow(link: string): Promise<void> {
    let target = link;
    try {
      for (let hops = 0; hops < MAX_HOPS && isShortLink(target); hops += 1) {
        const from = target;
        const next = await queue.run(from, () =>
          isClosed || mustWait(from) ? undefined : whereTo(from, TIMEOUT_SECONDS),
        );
        if (isClosed) return;
        if (mustWait(from)) return void tried.delete(link);
        if (next === undefined) break;
        target = next;
      }
      remember(link, target === link || isShortLink(target) ? '' : target);
    } catch (error) {
      if (!(error instanceof ViaductError)) throw error;
      if (error instanceof FetchError && (error.status === 429 || error.status === 503)) {
        waitsUntil.set(hostOf(target), error.retryAt ?? new Date(Date.parse(clock()) + BUSY_WAIT_MS).toISOString());
        tried.delete(link);
      }
      // Without an answer it stays an ordinary link.
      log('debug', 'link.unresolved', { code: error.code });
    }
  }

  function mustWait(url: string): boolean {
    return (waitsUntil.get(hostOf(url)) ?? '') > clock();
  }

  function remember(link: string, target: string): void {
    asked.set(link, target);
    if (target !== '') known.set(link, target);
    for (const oldest of asked.keys()) {
      if (asked.size <= MAX_KNOWN) break;
      asked.delete(oldest);
      known.delete(oldest);
    }
    saveTimer ??= setTimeout(() => {
      saved = saveNow();
    }, SAVE_AFTER_MS).unref();
  }

  async function saveNow(): Promise<void> {
    clearTimeout(saveTimer);
    saveTimer = undefined;
    try {
      await save(asked);
    } catch (error) {
      if (!(error instanceof ViaductError)) throw error;
      log('error', 'store.failed', { file: 'links.json', message: error.message });
    }
  }

  return {
    known,
    resolve,
    async close() {
      isClosed = true;
      await saved;
      if (saveTimer !== undefined) await saveNow();
    },
  };
}

const hostOf = (url: string): string => new URL(url).host;
