import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Config } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { PolledSource } from './poller.ts';

const LAG_RESOLUTION_MS = 20;

/** What is counted since the start, for Prometheus. */
export interface Metrics {
  polled(polled: PolledSource): void;
  counted(kind: 'view' | 'click'): void;
  /** All of it in the text format 0.0.4. Names sources by nothing: their number alone is told. */
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
  const { store, config } = ports;
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  const startedAtSeconds = Date.now() / 1000;
  const polls = new Map([
    ['updated', 0],
    ['unchanged', 0],
    ['not-modified', 0],
    ['failed', 0],
  ]);
  const failures = new Map<string, number>();
  const counted = new Map([
    ['view', 0],
    ['click', 0],
  ]);
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
    const asked = [...polls.values()].reduce((sum, count) => sum + count, 0);
    const lines = [
      ...family('viaduct_info', 'gauge', 'The version that runs', [[{ version: ports.version }, 1]]),
      ...family('viaduct_polls_total', 'counter', 'Polls by outcome', labelled('outcome', polls)),
      ...family('viaduct_poll_failures_total', 'counter', 'Failed polls by reason', labelled('code', failures)),
      ...one(
        'viaduct_not_modified_ratio',
        'gauge',
        'Share of polls answered with 304',
        asked === 0 ? 0 : (polls.get('not-modified') ?? 0) / asked,
      ),
      ...one('viaduct_entries_added_total', 'counter', 'New entries', sums.added),
      ...one('viaduct_entries_edited_total', 'counter', 'Entries that changed', sums.edited),
      ...one(
        'viaduct_entries_merged_total',
        'counter',
        'New entries that another source had told already',
        sums.merged,
      ),
      ...one('viaduct_fetched_bytes_total', 'counter', 'Bytes of documents over the wire', sums.bytes),
      ...one('viaduct_sources', 'gauge', 'Enabled sources', sources.length),
      ...one(
        'viaduct_sources_failing',
        'gauge',
        'Enabled sources whose last poll failed',
        sources.filter(({ id }) => store.state(id).problem !== undefined).length,
      ),
      ...one('viaduct_items', 'gauge', 'Items', store.items.newest().length),
      ...family('viaduct_counted_total', 'counter', 'Views and clicks counted', labelled('kind', counted)),
      ...one('viaduct_store_bytes', 'gauge', 'Bytes of the data folder', await ports.storeBytes()),
      ...one('viaduct_store_commits_total', 'counter', 'Outcomes of polls made durable', sums.writes),
      ...one('viaduct_store_commit_seconds_total', 'counter', 'Seconds that this took', sums.writeSeconds),
      ...one('viaduct_store_commit_longest_seconds', 'gauge', 'The longest of them', sums.longestWriteSeconds),
      ...one('viaduct_polling_paused', 'gauge', '1 while the disk refuses to store', Number(ports.isPaused())),
      ...one(
        'viaduct_feeds_file_broken',
        'gauge',
        '1 while feeds.json cannot be used',
        Number(ports.isFeedsFileBroken()),
      ),
      ...family('viaduct_event_loop_lag_seconds', 'gauge', 'Delay of the event loop since the last look', [
        [{ quantile: '0.5' }, lag.percentile(50) / 1e9],
        [{ quantile: '0.99' }, lag.percentile(99) / 1e9],
        [{ quantile: '1' }, lag.max / 1e9],
      ]),
      ...one('process_resident_memory_bytes', 'gauge', 'Resident memory', process.memoryUsage.rss()),
      ...one('process_cpu_seconds_total', 'counter', 'CPU time', cpuSeconds()),
      ...one('process_start_time_seconds', 'gauge', 'Start, in seconds since 1970', startedAtSeconds),
    ];
    lag.reset();
    return `${lines.join('\n')}\n`;
  }

  return { polled, counted: (kind) => add(counted, kind), render, close: () => void lag.disable() };
}

type Samples = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

function family(name: string, type: 'counter' | 'gauge', help: string, samples: Samples): readonly string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => {
      const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text.replace(/[^\w./+-]/g, '_')}"`);
      return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${Number.isFinite(value) ? value : 0}`;
    }),
  ];
}

function one(name: string, type: 'counter' | 'gauge', help: string, value: number): readonly string[] {
  return family(name, type, help, [[{}, value]]);
}

function labelled(label: string, counts: ReadonlyMap<string, number>): Samples {
  return Array.from(counts, ([value, count]) => [{ [label]: value }, count] as const);
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
