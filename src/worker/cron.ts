import { schedule } from 'node-cron';
import type { Config, Source } from '../model.ts';

/** Spreads the starts of many daemons that share a cron line; short enough that 'every 5 minutes' stays it. */
const MAX_RANDOM_DELAY_MS = 15_000;

/** Calls `tick` with the sources of each cron expression when it is their time. Returns the way to stop. */
export function startCron(config: Config, tick: (sources: readonly Source[]) => Promise<void>): () => void {
  const byExpression = new Map<string, Source[]>();
  for (const source of config.sources) {
    if (source.disabled) continue;
    byExpression.set(source.poll, [...(byExpression.get(source.poll) ?? []), source]);
  }
  const tasks = [...byExpression].map(([expression, sources]) =>
    schedule(expression, () => tick(sources), {
      timezone: config.timezone,
      noOverlap: true,
      maxRandomDelay: MAX_RANDOM_DELAY_MS,
      // A machine that slept missed its ticks; what is due is asked at the next one. Nothing to warn of.
      suppressMissedWarning: true,
    }),
  );
  return () => {
    for (const task of tasks) void task.destroy();
  };
}
