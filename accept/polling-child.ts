/** A process of its own that polls as the daemon does, so that what it takes can be measured: forked by measured-polls.ts. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openApp } from '../src/app.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { createLog } from '../src/log.ts';
import type { Config } from '../src/model.ts';
import { listStaticFiles } from '../src/web/static-site.ts';

export interface PollingJob {
  /** For the store; empty. */
  readonly folder: string;
  /** feeds.json at first, and as it is afterwards: what the second poll takes is measured. */
  readonly before: object;
  readonly after: object;
  /** Pause before and after what is measured; 1500 lets the pages be made that the server holds ready. */
  readonly settleMs: number;
  /** Whether the site is handed back, too. */
  readonly withSite: boolean;
}

export interface PollingResult {
  /** By source id: 'updated', 'unchanged', or the code of its failure. */
  readonly outcomes: readonly (readonly [id: string, outcome: string])[];
  /** By source id: the guids of what is stored of it, '' for an entry without. Two of one link and title are one entry with
   *  two guids. */
  readonly guids: readonly (readonly [id: string, guids: readonly string[]])[];
  /** Titles of items by their id. */
  readonly titles: readonly (readonly [id: string, title: string])[];
  /** Every sanitised content that is stored. */
  readonly contents: readonly string[];
  readonly files: readonly (readonly [name: string, text: string])[];
  /** Of all threads. */
  readonly cpuMs: number;
  /** Of the process: the most it ever held, over what it held before the second poll. */
  readonly growthMB: number;
  readonly peakMB: number;
  /** CPU that the main thread took at a stretch, while the second poll and what it causes went on: how long everything else
   *  waited for it. In CPU, for the threads that read documents keep the processors busy by themselves. */
  readonly stretchP99Ms: number;
  readonly stretchMaxMs: number;
}

const SHOWN = /\.(?:html|xml|json|txt|opml)$/;

process.once('message', async (job: PollingJob) => {
  process.send?.(await run(job), () => process.disconnect());
});

async function run({ folder, before, after, settleMs, withSite }: PollingJob): Promise<PollingResult> {
  const configFile = path.join(folder, 'feeds.json');
  const read = (feeds: object) => parseConfig(JSON.stringify(feeds), { file: configFile, port: 0, env: {} });
  const config = read(after);
  const log = createLog({ level: 'debug', pretty: false, write: (line) => process.stderr.write(line) });
  const place = {
    port: 0,
    host: '127.0.0.1',
    dataDir: path.join(folder, 'data'),
    configFile,
    logLevel: 'debug',
  } as const;
  const app = await openApp(read(before), place, { log });
  const port = await app.serve();
  await app.poller.pass({ sources: read(before).sources, force: true });
  await app.reload(config);
  await wait(settleMs);

  const cpu = process.cpuUsage();
  const heldMB = process.memoryUsage.rss() / 1024 / 1024;
  const endOfWatch = watchStretches();
  const { polled } = await app.poller.pass({ sources: config.sources, force: true });
  const { user, system } = process.cpuUsage(cpu);
  const peakMB = process.resourceUsage().maxRSS / 1024;
  await wait(settleMs);
  await (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer();
  const stretches = endOfWatch();

  const records = config.sources.map(({ id }) => [id, app.store.record(id)?.entries ?? []] as const);
  const result = {
    outcomes: polled.map(
      ({ source, outcome }) => [source.id, outcome.kind === 'failed' ? outcome.error.code : outcome.kind] as const,
    ),
    guids: records.map(
      ([id, entries]) => [id, entries.flatMap(({ guids }) => (guids.length > 0 ? guids : ['']))] as const,
    ),
    titles: app.store.items.newest().map(({ id, title }) => [id, title] as const),
    contents: records.flatMap(([, entries]) => entries.flatMap(({ html }) => html ?? [])),
    files: withSite ? await filesOf(config) : [],
    cpuMs: (user + system) / 1000,
    growthMB: peakMB - heldMB,
    peakMB,
    stretchP99Ms: stretches[Math.floor(0.99 * stretches.length)] ?? Infinity,
    stretchMaxMs: stretches.at(-1) ?? Infinity,
  };
  await app.close(1000);
  return result;

  async function filesOf(config: Config) {
    const files = listStaticFiles({ store: app.store, config, now: new Date().toISOString() });
    const shown = files.filter(({ name }) => SHOWN.test(name));
    return Promise.all(shown.map(async ({ name, make }) => [name, (await make()).toString('utf8')] as const));
  }
}

/** What the main thread computes from one turn of its timers to the next, in milliseconds, in order of size. */
function watchStretches(): () => readonly number[] {
  const stretches: number[] = [];
  let before = mainThreadMs();
  const timer = setInterval(() => {
    const now = mainThreadMs();
    stretches.push(now - before);
    before = now;
  }, 5);
  return () => {
    clearInterval(timer);
    return stretches.sort((a, b) => a - b);
  };
}

/** Time that this thread was on a processor (proc(5), schedstat); where that is not told, time. */
function mainThreadMs(): number {
  const file = '/proc/thread-self/schedstat';
  return existsSync(file) ? Number(readFileSync(file, 'latin1').split(' ')[0]) / 1e6 : performance.now();
}
