import { isIP } from 'node:net';
import { getDomain } from 'tldts';
import { parseUrl } from '../parse-url.ts';
import { portOf } from './address-guard.ts';

/** Pause between two requests for one host that is not the owner's: a second, and a little more, since timers and networks
 *  bring two starts nearer together. */
export const HOST_SPACING_MS = 1050;

/** A task that runs longer is slow: it takes up no slot any more, so that hung servers never hold up the healthy ones … */
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

/** For a task that is sent on to another address: on another host it gives its slot up and comes back when it is its turn there,
 *  so that who is redirected keeps the manners of the host that answers in the end. */
export type GoOn = (url: string) => Promise<void>;

/** The tasks of one host. */
interface Lane {
  readonly host: string;
  /** Each starts one task; the oldest first. */
  readonly waiting: (() => void)[];
  running: number;
  nextStartAt: number;
  cancelTimer?: () => void;
}

/** What a task in flight takes up. */
interface Slot {
  readonly lane: Lane;
  /** Of the lane, had this task never started. */
  readonly formerNextStartAt: number;
  readonly cancelTimer: () => void;
  isSlow: boolean;
}

/** A queue with manners: a host that must wait takes up no slot, and a slow task gives its own up.
 *
 *      run(url, task):  wait in the lane of the url's host until a slot is given; run the task; free the slot
 *      goOn(url):       on another host: free the slot, wait in that host's lane until a slot is given
 *      a lane is ready  when a task waits in it, fewer than perHost of its tasks run,
 *                       and spacingMs have passed since its last start
 *      a slot is given  to the lane that has been ready longest, for its oldest task,
 *                       while fewer than concurrency tasks are quick and fewer than 5 × concurrency run at all */
export function createHostQueue(options: HostQueueOptions): HostQueue {
  const { perHost, concurrency, spacingMs, isOwnHost } = options;
  const { hostOf = hostKey, now = () => performance.now(), later = startTimer } = options;
  const lanes = new Map<string, Lane>();
  /** In the order in which they became ready. */
  const ready = new Set<Lane>();
  let running = 0;
  let slow = 0;

  async function run<T extends Promise<unknown> | undefined>(
    url: string,
    task: (goOn: GoOn) => T,
  ): Promise<Awaited<T>> {
    let slot: Slot | undefined = await takeSlot(url);
    let host = slot.lane.host;
    let hasEnded = false;

    const goOn: GoOn = async (next) => {
      if (hostOf(next) === host) return;
      host = hostOf(next);
      if (slot) free(slot);
      slot = undefined;
      const nextSlot = await takeSlot(next);
      if (hasEnded) freeUnused(nextSlot);
      else slot = nextSlot;
    };

    try {
      const work = task(goOn);
      if (work === undefined) {
        freeUnused(slot);
        slot = undefined;
      }
      return await work;
    } finally {
      hasEnded = true;
      if (slot) free(slot);
    }
  }

  function takeSlot(url: string): Promise<Slot> {
    const lane = laneOf(hostOf(url));
    const pauseMs = lane.host === '' || isOwnHost(url) ? 0 : spacingMs;
    return new Promise((resolve) => {
      lane.waiting.push(() => resolve(startIn(lane, pauseMs)));
      update(lane);
      giveSlots();
    });
  }

  function laneOf(host: string): Lane {
    const lane = lanes.get(host) ?? { host, waiting: [], running: 0, nextStartAt: 0 };
    lanes.set(host, lane);
    return lane;
  }

  function startIn(lane: Lane, pauseMs: number): Slot {
    const cancelTimer = later(() => {
      slot.isSlow = true;
      slow += 1;
      giveSlots();
    }, SLOW_AFTER_MS);
    const slot = { lane, formerNextStartAt: lane.nextStartAt, cancelTimer, isSlow: false };
    running += 1;
    lane.running += 1;
    lane.nextStartAt = now() + pauseMs;
    return slot;
  }

  function free({ lane, cancelTimer, isSlow }: Slot): void {
    cancelTimer();
    running -= 1;
    if (isSlow) slow -= 1;
    lane.running -= 1;
    update(lane);
    giveSlots();
  }

  function freeUnused(slot: Slot): void {
    slot.lane.nextStartAt = slot.formerNextStartAt;
    free(slot);
  }

  /** Makes the lane ready, now or when its pause is over. */
  function update(lane: Lane): void {
    lane.cancelTimer?.();
    if (lane.waiting.length === 0 || lane.running >= perHost) return;
    const pauseMs = lane.nextStartAt - now();
    if (pauseMs <= 0) ready.add(lane);
    else {
      lane.cancelTimer = later(() => {
        ready.add(lane);
        giveSlots();
      }, pauseMs);
    }
  }

  function giveSlots(): void {
    for (const lane of ready) {
      if (running - slow >= concurrency || running >= concurrency * SLOW_FACTOR) return;
      ready.delete(lane);
      lane.waiting.shift()?.();
      // A lane that is ready again goes to the end of the set, and of this loop.
      update(lane);
    }
  }

  return { run };
}

/** What counts as one host for manners: the registrable domain ("bbc.co.uk"; on a platform that gives its users names
 *  of their own, such as github.io, each user's), and address:port or name:port where there is none. Empty for file:. */
export function hostKey(url: string): string {
  const parsed = parseUrl(url);
  if (!parsed || parsed.hostname === '') return '';
  const domain = isIP(parsed.hostname) === 0 ? getDomain(parsed.hostname, { allowPrivateDomains: true }) : null;
  return domain ?? `${parsed.hostname}:${portOf(parsed)}`;
}

function startTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
