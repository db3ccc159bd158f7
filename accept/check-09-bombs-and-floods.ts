import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type Running, spawnViaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { ask } from './ask.ts';
import { type HostileCase, hostileCases } from './collection/cases.ts';
import { withHostileServers } from './hostile-servers.ts';
import { logLines } from './log-lines.ts';
import type { Check } from './report.ts';
import { storedItems } from './stored-items.ts';

const AT_ONCE = 8;
const CASE_LIMIT_MS = 35_000;
const RSS_LIMIT_MB = 256;
const DELAY_LIMIT_MS = 200;
const GET_LIMIT_MS = 500;
const ALL_MS = 240_000;
const SAMPLE_MS = 50;
const STORED_CHARS = 64_000_000;
const OUTCOMES = ['poll.failed', 'poll.updated', 'poll.unchanged'];

/** Loaded before the program: says at its end how long its main thread kept things waiting. */
const WATCH = `import { isMainThread } from 'node:worker_threads';
import { monitorEventLoopDelay } from 'node:perf_hooks';
if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  setTimeout(() => delay.enable(), 2000).unref();
  process.on('exit', () => process.stderr.write(JSON.stringify({ event: 'event-loop', p99: delay.percentile(99) / 1e6, longest: delay.max / 1e6 }) + '\\n'));
}`;

export const check: Check = {
  title: `Bombs and floods, ${AT_ONCE} at a time: memory, time and the site meanwhile`,
  async run(report) {
    const cases = hostileCases().filter(({ kind, id }) => /size|flood/.test(kind) || /bomb|infinite/.test(id));
    const ids = cases.map(({ id }) => id);
    await withHostileServers(cases, async (bad) => {
      const sources = cases.map((one) => ({ id: one.id, url: bad.urlOf(one) }));
      const config = { allow: bad.allow, limits: { perHost: AT_ONCE, concurrency: AT_ONCE }, sources };
      await withFolder(config, async (folder) => {
        const watch = ['env', `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(WATCH)}`];
        const daemon = spawnViaduct(folder, ['start', '--port', '0'], watch);
        const { port } = await daemon.logged('serving');
        const memory = watchMemory(daemon.child.pid);
        const site = watchSite(`http://127.0.0.1:${port}/`);
        const ended = ids.map((id) => Promise.race(OUTCOMES.map((event) => said(daemon, event, id))));
        await Promise.race([Promise.all(ended), wait(ALL_MS, undefined, { ref: false })]);
        const times = await site.stop();
        const { growthMb, baseMb } = memory.stop();
        const askedAt = new Map([...(await bad.log())].reverse().map(({ id, t }) => [id, t]));
        daemon.child.kill('SIGTERM');
        const { code, stderr } = await daemon.ended;

        const lines = logLines(stderr);
        const durations = ids.map((id) => {
          const asked = askedAt.get(id) ?? Number.NaN;
          const said = lines.find(({ event, source }) => event.startsWith('poll.') && source === id)?.at;
          return { id, ms: said === undefined ? Number.NaN : Date.parse(said) - asked };
        });
        const slowest = durations.reduce((worst, one) => (one.ms <= worst.ms ? worst : one));
        const unended = durations.filter(({ ms }) => Number.isNaN(ms)).map(({ id }) => id);
        report.none(`cases of ${ids.length} that did not end`, unended);
        report.figure(
          'slowest case',
          `${slowest.id} ${slowest.ms} ms`,
          `< ${CASE_LIMIT_MS}`,
          slowest.ms < CASE_LIMIT_MS,
        );
        report.figure(
          `peak growth of memory over ${baseMb} MB, MB`,
          growthMb,
          `< ${RSS_LIMIT_MB}`,
          growthMb < RSS_LIMIT_MB,
        );
        const delay = lines.find(({ event }) => event === 'event-loop');
        const p99 = Math.round(Number(delay?.p99));
        report.figure(
          `event-loop delay, p99 (longest ${Math.round(Number(delay?.longest))}), ms`,
          p99,
          `< ${DELAY_LIMIT_MS}`,
          p99 < DELAY_LIMIT_MS,
        );
        const sorted = [...times].sort((a, b) => a - b);
        const slow = Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN);
        report.figure(`GET / meanwhile, p99 of ${times.length}, ms`, slow, `< ${GET_LIMIT_MS}`, slow < GET_LIMIT_MS);
        report.equal('exit code', code, 0);
        const wrong = cases.filter((one) => !isAsExpected(one, lines));
        report.none(
          'rejected as they should be, but not',
          wrong.map(({ id }) => id),
        );
        const { length } = JSON.stringify(await storedItems(folder));
        report.figure('characters of all that was stored', length, `< ${STORED_CHARS}`, length < STORED_CHARS);
      });
    });
  },
};

function isAsExpected({ id, expected }: HostileCase, lines: ReturnType<typeof logLines>): boolean {
  const event = lines.find((line) => line.event.startsWith('poll.') && line.source === id)?.event;
  return expected.outcome !== 'reject' || event === 'poll.failed';
}

/** Resolves once the log says so of this source; never rejects, as the daemon ends before all of them come. */
function said(daemon: Running, event: string, id: string): Promise<unknown> {
  return daemon.logged(event, ({ source }) => source === id).catch(() => undefined);
}

/** Resident memory of a process, in MB over what it was at first. */
function watchMemory(pid: number | undefined) {
  let baseMb: number | undefined;
  let peakMb = 0;
  const sample = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const mb = Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
    baseMb ??= mb;
    peakMb = Math.max(peakMb, mb);
  };
  const timer = setInterval(() => void sample(), SAMPLE_MS);
  void sample();
  return {
    stop() {
      clearInterval(timer);
      return { baseMb: Math.round(baseMb ?? 0), growthMb: Math.round(peakMb - (baseMb ?? 0)) };
    },
  };
}

/** Asks for a page again and again; the milliseconds that each answer took, Infinity for one that did not come. */
function watchSite(url: string) {
  const times: number[] = [];
  let isStopped = false;
  const asking = (async () => {
    while (!isStopped) {
      const startedAt = performance.now();
      const status = await ask(url).then(
        (answer) => answer.status,
        () => 0,
      );
      times.push(status === 200 ? performance.now() - startedAt : Number.POSITIVE_INFINITY);
      await wait(SAMPLE_MS);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await asking;
      return times;
    },
  };
}
