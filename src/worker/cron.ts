import { createTask, schedule } from 'node-cron';
import type { Log } from '../log.ts';
import type { Config, Source } from '../model.ts';

/** Spreads the starts of many daemons that share a cron line. */
const MAX_RANDOM_DELAY_MS = 15_000;

/** Calls `tick` with the sources of each cron expression when it is their time. Returns the way to stop. */
export function startCron(config: Config, tick: (sources: readonly Source[]) => Promise<void>, log: Log): () => void {
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
