import { createTask, schedule } from 'node-cron';
import { MINUTE_MS } from '../durations.ts';
import { ViaductError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Config, Instant, Source } from '../model.ts';
import type { Store } from '../store/store.ts';
import { countPass, type Poller } from './poller.ts';

const PROBE_EVERY_MS = MINUTE_MS;
/** Spreads the starts of many daemons that share a cron line. */
const MAX_RANDOM_DELAY_MS = 15_000;

/** The poller on its cron. While the disk refuses to store anything it does not poll, tries again every minute and resumes alone. */
export interface Daemon {
  start(): void;
  /** Goes on with the sources and times of feeds.json as it is now, if it was started; asks at once what is due. */
  reload(): void;
  /** Whether the disk refuses to store, so that nothing is asked. */
  isPaused(): boolean;
  stop(graceMs: number): Promise<void>;
  /** End of the last pass that asked anything. */
  lastPollAt(): Instant | undefined;
}

export function createDaemon(ports: {
  poller: Poller;
  store: Store;
  config: () => Config;
  clock: () => Instant;
  log: Log;
}): Daemon {
  const { poller, store, config, clock, log } = ports;
  let stopCron: (() => void) | undefined;
  let probing: NodeJS.Timeout | undefined;
  let lastPollAt: Instant | undefined;

  /** Begins a pass and comes back at once: a source that is still being asked is passed over by itself,
   *  so that one slow host never costs the others their next tick. */
  async function tick(sources: readonly Source[]): Promise<void> {
    if (probing !== undefined) return;
    void runPass(sources);
  }

  async function runPass(sources: readonly Source[]): Promise<void> {
    try {
      const summary = await poller.pass({ sources, force: false });
      if (summary.polled.length > 0) lastPollAt = clock();
      log('info', 'pass.done', countPass(summary));
    } catch (error) {
      if (!(error instanceof ViaductError) || !error.code.startsWith('store/')) throw error;
      pause(error);
    }
  }

  function pause(error: ViaductError): void {
    if (probing !== undefined) return;
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
    stopCron = startCron(config(), tick, log);
    void tick(enabled());
  }

  return {
    start,
    reload() {
      if (stopCron === undefined) return;
      stopCron();
      start();
    },
    isPaused: () => probing !== undefined,
    async stop(graceMs) {
      stopCron?.();
      stopCron = undefined;
      clearInterval(probing);
      await poller.stop(graceMs);
    },
    lastPollAt: () => lastPollAt,
  };
}

/** Calls `tick` with the sources of each cron expression when it is their time. Returns the way to stop. */
function startCron(config: Config, tick: (sources: readonly Source[]) => Promise<void>, log: Log): () => void {
  const byExpression = new Map<string, Source[]>();
  for (const source of config.sources) {
    if (source.disabled) continue;
    const sources = byExpression.get(source.poll);
    if (sources) sources.push(source);
    else byExpression.set(source.poll, [source]);
  }
  const { timezone } = config;
  const tasks = [...byExpression].map(([expression, sources]) =>
    schedule(expression, () => tick(sources), {
      timezone,
      noOverlap: true,
      // A tenth of the step at most: a delay that outlasts the step would make the next tick overlap.
      maxRandomDelay: Math.min(MAX_RANDOM_DELAY_MS, stepMs(expression, timezone) / 10),
      // A machine that slept missed its ticks; what is due is asked at the next one. Nothing to warn of.
      suppressMissedWarning: true,
      logger: {
        info: (message) => log('debug', 'cron', { message }),
        debug: (message) => log('debug', 'cron', { message: String(message) }),
        warn: (message) => log('warn', 'cron', { message }),
        error: (message) => log('error', 'cron', { message: String(message) }),
      },
    }),
  );
  return () => {
    for (const task of tasks) void task.destroy();
  };
}

function stepMs(expression: string, timezone: string): number {
  const task = createTask(expression, () => {}, { timezone });
  const [first, second] = task.getNextRuns(2);
  void task.destroy();
  return first && second ? second.getTime() - first.getTime() : MAX_RANDOM_DELAY_MS;
}
