import { schedule } from 'node-cron';
import { MINUTE_MS } from '../durations.ts';
import { ViaductError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Config, Instant, Source } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { NextTick } from './next-tick.ts';
import { countPass, type PassOptions, type PassSummary, type Poller } from './poller.ts';

const PROBE_EVERY_MS = MINUTE_MS;
/** Spreads the starts of many daemons that share a cron line. */
const MAX_RANDOM_DELAY_MS = 15_000;

/** The poller on its cron. While the disk refuses to store anything it does not poll, tries again every minute and resumes alone. */
export interface Daemon {
  start(): void;
  /** One pass that somebody wants now.
   *  @throws ViaductError 'store/…' when nothing can be stored */
  pass(options: PassOptions): Promise<PassSummary>;
  /** Goes on with the sources and times of feeds.json as it is now, if it was started; asks at once what is due. */
  reload(): void;
  /** Whether the disk refuses to store, so that nothing is asked. */
  isPaused(): boolean;
  stop(graceMs: number): Promise<void>;
}

export interface DaemonPorts {
  readonly poller: Poller;
  readonly store: Store;
  readonly config: () => Config;
  readonly clock: () => Instant;
  readonly nextTick: NextTick;
  readonly clockWatch: Pick<ClockWatch, 'onJump'>;
  readonly log: Log;
}

export function createDaemon(ports: DaemonPorts): Daemon {
  const { poller, store, config, log } = ports;
  let stopCron: (() => void) | undefined;
  let probing: NodeJS.Timeout | undefined;

  /** Begins a pass and comes back at once: a source that is still being asked is passed over by itself,
   *  so that one slow host never costs the others their next tick. */
  function tick(sources: readonly Source[]): void {
    if (probing === undefined) void runPass(sources);
  }

  async function runPass(sources: readonly Source[]): Promise<void> {
    try {
      await pass({ sources, force: false });
    } catch (error) {
      if (!isOfStore(error)) throw error;
    }
  }

  async function pass(options: PassOptions): Promise<PassSummary> {
    if (probing !== undefined) await store.probe();
    try {
      const summary = await poller.pass(options);
      log('info', 'pass.done', countPass(summary));
      return summary;
    } catch (error) {
      if (isOfStore(error)) pause(error);
      throw error;
    }
  }

  function pause(error: ViaductError): void {
    if (probing !== undefined || stopCron === undefined) return;
    // The store has logged what is wrong, and does so every minute.
    log('info', 'polling.paused', { code: error.code, message: 'Retrying every minute; the site stays up.' });
    probing = setInterval(async () => {
      try {
        await store.probe();
      } catch (problem) {
        if (!(problem instanceof ViaductError)) throw problem;
        return;
      }
      clearInterval(probing);
      probing = undefined;
      log('info', 'polling.resumed');
      void runPass(enabled());
    }, PROBE_EVERY_MS);
  }

  const enabled = () => config().sources.filter((source) => !source.disabled);

  function start(): void {
    stopCron = startCron(ports, tick);
    tick(enabled());
  }

  function restart(): void {
    if (stopCron === undefined) return;
    stopCron();
    start();
  }

  // node-cron waits for its next slot by the clock that was, and walks through every slot that was left out.
  ports.clockWatch.onJump(restart);

  return {
    start,
    pass,
    reload: restart,
    isPaused: () => probing !== undefined,
    async stop(graceMs) {
      stopCron?.();
      stopCron = undefined;
      clearInterval(probing);
      await poller.stop(graceMs);
    },
  };
}

const isOfStore = (error: unknown): error is ViaductError =>
  error instanceof ViaductError && error.code.startsWith('store/');

/** Calls `tick` with the sources whose time has come. node-cron wakes it every minute, every second where an expression counts
 *  seconds; whether a tick lies between two of these is `nextTick`'s to say, so that sources are asked when it was announced, also
 *  on days when clocks change or after the machine slept. Returns the way to stop. */
function startCron(
  { config, clock, log, nextTick }: Pick<DaemonPorts, 'config' | 'clock' | 'log' | 'nextTick'>,
  tick: (sources: readonly Source[]) => void,
): () => void {
  const sources = config().sources.filter((source) => !source.disabled);
  const hasSeconds = sources.some(({ poll }) => poll.trim().split(/\s+/).length > 5);
  let before = clock();
  const wake = () => {
    const now = clock();
    const due = sources.filter(({ poll }) => nextTick(poll, before) <= now);
    before = now;
    if (due.length > 0) tick(due);
  };
  const task = schedule(hasSeconds ? '* * * * * *' : '* * * * *', wake, {
    noOverlap: true,
    maxRandomDelay: hasSeconds ? 0 : MAX_RANDOM_DELAY_MS,
    // What was missed is found at the next one. Nothing to warn of.
    suppressMissedWarning: true,
    logger: {
      info: (message) => log('debug', 'cron', { message }),
      debug: (message) => log('debug', 'cron', { message: String(message) }),
      warn: (message) => log('warn', 'cron', { message }),
      error: (message) => log('error', 'cron', { message: String(message) }),
    },
  });
  return () => void task.destroy();
}
