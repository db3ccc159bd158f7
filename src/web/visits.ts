import { createHmac } from 'node:crypto';
import { isbot } from 'isbot';
import { ViaductError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Config, Instant, Item } from '../model.ts';
import type { Store } from '../store/store.ts';
import { clientAddress, networkBlock, visitorBlock } from './client-address.ts';

/** The parts of a request by which a person who reads is recognised. */
export interface Visit {
  readonly method: string;
  header(name: string): string | undefined;
  /** Of the other end of the socket. */
  readonly peer: string | undefined;
}

export interface Visits {
  /** Counts a view or click if a person made it and none of today's was theirs. Resolves, with whether it counted, once the
   *  count would survive the process, or after half a second; a store that cannot write costs the count, never the answer. */
  count(kind: 'view' | 'click', item: Item, visit: Visit): Promise<boolean>;
}

/** New visitors that one network may add: all in all a minute, and of one item a day. */
const NEW_PER_MINUTE = 30;
const NEW_PER_ITEM_AND_DAY = 10;
/** New visitors of one item a day that one address may be: a household. Their browsers are what they say. */
const NEW_PER_ADDRESS = 2;

export function createVisits(ports: {
  readonly store: Store;
  readonly config: () => Config;
  readonly clock: () => Instant;
  readonly log: Log;
}): Visits {
  const { store, config, clock, log } = ports;
  const thisMinute = createCap(NEW_PER_MINUTE, 'YYYY-MM-DDTHH:MM'.length);
  const today = createCap(NEW_PER_ITEM_AND_DAY, 'YYYY-MM-DD'.length);
  const ofAddress = createCap(NEW_PER_ADDRESS, 'YYYY-MM-DD'.length);
  let lastProblemMinute = '';

  async function count(kind: 'view' | 'click', item: Item, visit: Visit): Promise<boolean> {
    const { site, trustProxy } = config();
    if (!isReading(visit, site.url)) return false;
    const address = clientAddress(visit.peer, visit.header('x-forwarded-for'), trustProxy);
    if (address === undefined) return false;
    const now = clock();
    const [network, visitor] = [networkBlock(address), visitorBlock(address)];
    const caps = [
      [thisMinute, network],
      [today, `${kind} ${item.id} ${network}`],
      [ofAddress, `${kind} ${item.id} ${visitor}`],
    ] as const;
    const giveBack = (count: number) => {
      for (const [cap, key] of caps.slice(0, count)) cap.giveBack(key);
    };
    const full = caps.findIndex(([cap, key]) => !cap.take(key, now));
    if (full >= 0) {
      giveBack(full);
      return false;
    }
    const key = createHmac('sha256', store.daySalt(now))
      .update([kind, item.id, visitor, visit.header('user-agent')].join('\0'))
      .digest('hex')
      .slice(0, 16);
    const isNew = await soon(store.count(kind, item.id, key, now).catch(explainUncounted));
    if (!isNew) giveBack(caps.length);
    return isNew;
  }

  function explainUncounted(error: unknown): false {
    if (!(error instanceof ViaductError)) throw error;
    const minute = clock().slice(0, 16);
    if (minute !== lastProblemMinute) log('warn', 'visit.uncounted', { code: error.code, message: error.message });
    lastProblemMinute = minute;
    return false;
  }

  return { count };
}

/** A disk that takes longer makes no reader wait: the count is in memory, and written as soon as it can be. */
const MAX_WAIT_MS = 500;

async function soon(counted: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), MAX_WAIT_MS);
  });
  return Promise.race([counted, late]).finally(() => clearTimeout(timer));
}

/** Whether a person is opening this page to read it: a navigation of a browser, not a prefetch, a robot or a script. */
export function isReading(visit: Visit, siteUrl: string): boolean {
  const { method, header } = visit;
  const agent = header('user-agent')?.trim() ?? '';
  return (
    method === 'GET' &&
    agent !== '' &&
    !isbot(agent) &&
    (header('accept') ?? '').toLowerCase().includes('text/html') &&
    !['sec-purpose', 'purpose', 'x-moz'].some((name) => /prefetch|prerender|preview/i.test(header(name) ?? '')) &&
    isNavigation(visit, agent, siteUrl)
  );
}

const FETCH_METADATA = ['sec-fetch-dest', 'sec-fetch-mode', 'sec-fetch-site', 'sec-fetch-user'];

function isNavigation({ header }: Visit, agent: string, siteUrl: string): boolean {
  if (FETCH_METADATA.some((name) => header(name) !== undefined)) {
    return header('sec-fetch-dest') === 'document' && header('sec-fetch-mode') === 'navigate';
  }
  return isPlainHttp(siteUrl, header('host')) || !isModernBrowser(agent);
}

/** Browsers send Sec-Fetch-* to trustworthy origins only: https and localhost (Secure Contexts §3.1). */
function isPlainHttp(siteUrl: string, host = ''): boolean {
  const isLocal = /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(host);
  return !siteUrl.startsWith('https:') && !isLocal;
}

/** Whether every version of the browser that the agent names sends Sec-Fetch-*. */
function isModernBrowser(agent: string): boolean {
  const version = (pattern: RegExp) => Number(pattern.exec(agent)?.[1] ?? 0);
  return (
    version(/Chrome\/(\d+)/) >= 80 ||
    version(/Firefox\/(\d+)/) >= 90 ||
    version(/Version\/(\d+\.\d+).* Safari\//) >= 16.4
  );
}

/** Networks remembered at once; the longest known are forgotten first. 100,000 take about 15 MB. */
const MAX_KEYS = 100_000;

/** At most so many a key within one span of time. */
export interface Cap {
  /** Whether there was one left. */
  take(key: string, now: Instant): boolean;
  /** Takes one back, so that a visitor who was here before does not use up a network's share. */
  giveBack(key: string): void;
}

/** At most `limit` a key within one span of time, which is the first `spanChars` characters of an instant. */
export function createCap(limit: number, spanChars: number): Cap {
  let span = '';
  let taken = new Map<string, number>();
  return {
    take(key, now) {
      if (now.slice(0, spanChars) !== span) {
        span = now.slice(0, spanChars);
        taken = new Map();
      }
      const count = taken.get(key) ?? 0;
      if (count >= limit) return false;
      const oldest = taken.keys().next();
      if (taken.size >= MAX_KEYS && !oldest.done) taken.delete(oldest.value);
      taken.set(key, count + 1);
      return true;
    },
    giveBack(key) {
      const count = taken.get(key);
      if (count === undefined) return;
      if (count > 1) taken.set(key, count - 1);
      else taken.delete(key);
    },
  };
}
