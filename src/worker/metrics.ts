import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Config } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { PolledSource } from './poller.ts';

const LAG_RESOLUTION_MS = 20;

/** What is counted since the start, for Prometheus. */
export interface Metrics {
  polled(polled: PolledSource): void;
  counted(kind: 'view' | 'click'): void;
  /** All of it in Prometheus' text format 0.0.4. No source is named: only how many there are. */
  render(): Promise<string>;
  close(): void;
}

export function createMetrics(ports: {
  readonly store: Store;
  readonly config: () => Config;
  readonly version: string;
  readonly storeBytes: () => Promise<number>;
  readonly isPaused: () => boolean;
  readonly isFeedsFileBroken: () => boolean;
}): Metrics {
  const { store, config, version } = ports;
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  const startedAtSeconds = Date.now() / 1000;
  const polls = new Map(['updated', 'unchanged', 'not-modified', 'failed'].map((outcome) => [outcome, 0]));
  const failures = new Map<string, number>();
  const counted = new Map(['view', 'click'].map((kind) => [kind, 0]));
  const sums = { added: 0, edited: 0, merged: 0, bytes: 0, writes: 0, writeSeconds: 0, longestWriteSeconds: 0 };

  function polled({ outcome, merged, answer, bytes, storeMs }: PolledSource): void {
    add(polls, answer === 'not-modified' ? answer : outcome.kind);
    if (outcome.kind === 'failed') add(failures, outcome.error.code);
    if (outcome.kind === 'updated') {
      sums.added += outcome.added;
      sums.edited += outcome.edited;
    }
    sums.merged += merged;
    sums.bytes += bytes;
    sums.writes += 1;
    sums.writeSeconds += storeMs / 1000;
    sums.longestWriteSeconds = Math.max(sums.longestWriteSeconds, storeMs / 1000);
  }

  async function render(): Promise<string> {
    const sources = config().sources.filter(({ disabled }) => !disabled);
    const failing = sources.filter(({ id }) => store.state(id).problem !== undefined);
    const asked = [...polls.values()].reduce((sum, count) => sum + count, 0);
    const notModified = asked === 0 ? 0 : (polls.get('not-modified') ?? 0) / asked;
    const { user, system } = process.cpuUsage();
    const lags = new Map([
      ['0.5', lag.percentile(50) / 1e9],
      ['0.99', lag.percentile(99) / 1e9],
      ['1', lag.max / 1e9],
    ]);
    lag.reset();
    return [
      metric('viaduct_info', 'The version that runs', { version: new Map([[version, 1]]) }),
      metric('viaduct_polls_total', 'Polls by outcome', { outcome: polls }),
      metric('viaduct_poll_failures_total', 'Failed polls by reason', { code: failures }),
      metric('viaduct_not_modified_ratio', 'Share of polls answered with 304', notModified),
      metric('viaduct_entries_added_total', 'New entries', sums.added),
      metric('viaduct_entries_edited_total', 'Entries that changed', sums.edited),
      metric('viaduct_entries_merged_total', 'New entries whose article another source carried already', sums.merged),
      metric('viaduct_fetched_bytes_total', 'Bytes of documents over the wire', sums.bytes),
      metric('viaduct_sources', 'Enabled sources', sources.length),
      metric('viaduct_sources_failing', 'Enabled sources whose last poll failed', failing.length),
      metric('viaduct_items', 'Items', store.items.size),
      metric('viaduct_counted_total', 'Views and clicks counted', { kind: counted }),
      metric('viaduct_store_bytes', 'Bytes of the data folder', await ports.storeBytes()),
      metric('viaduct_store_commits_total', 'Outcomes of polls made durable', sums.writes),
      metric('viaduct_store_commit_seconds_total', 'Seconds that this took', sums.writeSeconds),
      metric('viaduct_store_commit_longest_seconds', 'The longest of them', sums.longestWriteSeconds),
      metric('viaduct_polling_paused', '1 while the disk refuses to store', Number(ports.isPaused())),
      metric('viaduct_feeds_file_broken', '1 while feeds.json cannot be used', Number(ports.isFeedsFileBroken())),
      metric('viaduct_event_loop_lag_seconds', 'Delay of the event loop since the last look', { quantile: lags }),
      metric('process_resident_memory_bytes', 'Resident memory', process.memoryUsage.rss()),
      metric('process_cpu_seconds_total', 'CPU time', (user + system) / 1e6),
      metric('process_start_time_seconds', 'Start, in seconds since 1970', startedAtSeconds),
    ].join('');
  }

  return { polled, counted: (kind) => add(counted, kind), render, close: () => void lag.disable() };
}

/** The lines of one metric: a single value, or one for each value of a label. By convention a name in _total is a counter's. */
function metric(name: string, help: string, values: number | Readonly<Record<string, Map<string, number>>>): string {
  const samples =
    typeof values === 'number'
      ? [['', values] as const]
      : Object.entries(values).flatMap(([label, counts]) =>
          Array.from(counts, ([of, count]) => [`{${label}="${of.replace(/[^\w./+-]/g, '_')}"}`, count] as const),
        );
  const lines = samples.map(([labels, value]) => `${name}${labels} ${Number.isFinite(value) ? value : 0}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${name.endsWith('_total') ? 'counter' : 'gauge'}\n${lines.join('')}`;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
