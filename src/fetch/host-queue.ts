import { isIP } from 'node:net';
import { getDomain } from 'tldts';
import { parseUrl } from '../parse-url.ts';
import { portOf } from './address-guard.ts';

/** Pause between two requests for one host that is not the owner's: a second, and a little more, since timers and networks
 *  bring two starts nearer together. */
export const HOST_SPACING_MS = 1050;

/** A task that runs longer gives its place up, so that hung servers never hold up the healthy ones … */
const SLOW_AFTER_MS = 3000;
/** … as long as no more than this many times `concurrency` are in flight, which bounds memory. */
const SLOW_FACTOR = 5;

export interface HostQueueOptions {
  /** Tasks in flight on one host. */
  readonly perHost: number;
  /** Tasks in flight on all hosts together, not counting slow ones. */
  readonly concurrency: number;
  /** Between two starts on one host; none between starts on the owner's own hosts. */
  readonly spacingMs: number;
  readonly isOwnHost: (url: string) => boolean;
  readonly hostOf?: (url: string) => string;
  /** Milliseconds of any steady clock. */
  readonly now?: () => number;
  /** Calls `run` in so many milliseconds; returns the way to call that off. */
  readonly later?: (run: () => void, ms: number) => () => void;
}

export interface HostQueue {
  /** Runs `task` when it is its host's turn, in the order of arrival on each host; gives back what it gives. A task that gives
   *  nothing at once instead of a promise asked nothing after all: the next one need not wait for it. */
  run<T extends Promise<unknown> | undefined>(url: string, task: (goOn: GoOn) => T): Promise<Awaited<T>>;
}

/** For a task that is sent on to another address: on another host it gives its place up and comes back when it is its turn there,
 *  so that who is redirected keeps the manners of the host that answers in the end. */
export type GoOn = (url: string) => Promise<void>;

interface Lane {
  readonly waiting: (() => void)[];
  running: number;
  nextStartAt: number;
  /** Its turn has come, or is set to come. */
  called: boolean;
}

/** What a task in flight takes up. */
interface Place {
  readonly lane: Lane;
  readonly startedAt: number;
}

/** A queue with manners: a host that must wait takes nobody's place, and a slow one gives its own up. */
export function createHostQueue(options: HostQueueOptions): HostQueue {
  const { perHost, concurrency, spacingMs, isOwnHost } = options;
  const { hostOf = hostKey, now = () => performance.now(), later = startTimer } = options;
  const lanes = new Map<string, Lane>();
  /** Lanes whose turn it is. */
  const ready: Lane[] = [];
  /** What is in flight, oldest first. */
  const inFlight = new Set<Place>();
  let callOffWake: (() => void) | undefined;

  function run<T extends Promise<unknown> | undefined>(url: string, task: (goOn: GoOn) => T): Promise<Awaited<T>> {
    return new Promise((resolve, reject) => {
      let at = url;
      let place: Place | undefined;
      let hasEnded = false;

      const goOn: GoOn = async (next) => {
        const isElsewhere = hostOf(next) !== hostOf(at);
        at = next;
        if (!isElsewhere) return;
        leave(place);
        place = undefined;
        await new Promise<void>((begin) => {
          queueUp(next, (lane) => {
            if (hasEnded) return;
            place = enter(lane, next);
            begin();
          });
        });
      };
      const end = () => {
        hasEnded = true;
        leave(place);
      };

      queueUp(url, (lane) => {
        const { nextStartAt } = lane;
        const first = enter(lane, url);
        place = first;
        let work: T;
        try {
          work = task(goOn);
        } catch (error) {
          // Thrown on, it would meet whoever happens to pump, and keep its place for ever.
          reject(error);
          return end();
        }
        resolve(work as Awaited<T>);
        if (work !== undefined) {
          work.then(end, end);
          return;
        }
        inFlight.delete(first);
        lane.running -= 1;
        lane.nextStartAt = nextStartAt;
      });
    });
  }

  function queueUp(url: string, begin: (lane: Lane) => void): void {
    const host = hostOf(url);
    const lane = lanes.get(host) ?? { waiting: [], running: 0, nextStartAt: 0, called: false };
    lanes.set(host, lane);
    lane.waiting.push(() => begin(lane));
    call(lane);
    pump();
  }

  function enter(lane: Lane, url: string): Place {
    const place = { lane, startedAt: now() };
    inFlight.add(place);
    lane.running += 1;
    lane.nextStartAt = place.startedAt + (hostOf(url) === '' || isOwnHost(url) ? 0 : spacingMs);
    return place;
  }

  function leave(place: Place | undefined): void {
    if (place === undefined) return;
    inFlight.delete(place);
    place.lane.running -= 1;
    call(place.lane);
    pump();
  }

  function call(lane: Lane): void {
    if (lane.called || lane.waiting.length === 0 || lane.running >= perHost) return;
    lane.called = true;
    const pauseMs = lane.nextStartAt - now();
    if (pauseMs <= 0) ready.push(lane);
    else
      later(() => {
        ready.push(lane);
        pump();
      }, pauseMs);
  }

  function pump(): void {
    while (ready.length > 0 && hasPlace()) {
      const lane = ready.shift();
      if (lane === undefined) return;
      lane.called = false;
      lane.waiting.shift()?.();
      call(lane);
    }
    // Nothing waits for a place any more: a timer left over would only keep the process from ending.
    if (ready.length === 0) wakeIn(undefined);
  }

  function hasPlace(): boolean {
    if (inFlight.size < concurrency) return true;
    if (inFlight.size >= concurrency * SLOW_FACTOR) return false;
    const young = [...inFlight].filter(({ startedAt }) => now() - startedAt < SLOW_AFTER_MS);
    if (young.length < concurrency) return true;
    wakeIn((young[0]?.startedAt ?? now()) + SLOW_AFTER_MS - now());
    return false;
  }

  function wakeIn(ms: number | undefined): void {
    callOffWake?.();
    callOffWake = ms === undefined ? undefined : later(pump, ms);
  }

  return { run };
}

/** What counts as one host for manners: the registrable domain ("bbc.co.uk"; on a platform that gives its users names
 *  of their own, such as github.io, each user's), and address:port or name:port where there is none. Empty for file:. */
export function hostKey(url: string): string {
  if (!parseUrl(url)) return '';
  const parsed = new URL(url);
  if (parsed.hostname === '') return '';
  const domain = isIP(parsed.hostname) === 0 ? getDomain(parsed.hostname, { allowPrivateDomains: true }) : null;
  return domain ?? `${parsed.hostname}:${portOf(parsed)}`;
}

function startTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
