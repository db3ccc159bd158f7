import { availableParallelism, loadavg } from 'node:os';
import { withServer } from '../test/helpers/http-server.ts';
import { judgeCase, KEPT_GUID } from './case-judge.ts';
import { type HostileCase, hostileCases } from './collection/cases.ts';
import { type HostileServers, withHostileServers } from './hostile-servers.ts';
import { type MeasuredPoll, measurePoll } from './measured-polls.ts';
import { parsedLines } from './parsed-lines.ts';
import type { Check, Report } from './report.ts';

/** Of the rest only a flood is a document: it is check 9's. */
const NO_DOCUMENTS = ['server', 'identity', 'flood'];
const CPU_LIMIT_MS = 2000;
const MEMORY_LIMIT_MB = 256;
const STRETCH_P99_LIMIT_MS = 50;
const STRETCH_MAX_LIMIT_MS = 200;
const SETTLE_MS = 1500;
/** Other processes only make things slower: repeated until a round keeps the limits, at most so often; the best counts. */
const ROUNDS = 3;

export const check: Check = {
  title: 'every hostile document comes out as expected, in little time and memory, and the main thread never waits',
  async run(report) {
    const cases = hostileCases().filter(({ kind }) => !NO_DOCUMENTS.includes(kind));
    await withGoodFeeds((good) =>
      withHostileServers(cases, async (bad) => {
        const printed = await parsedLines(cases, bad);
        const faults = new Map<string, readonly string[]>();
        const polls = new Map<string, MeasuredPoll>();
        await inTurns(cases, availableParallelism(), async (attack) => {
          const poll = await measurePoll({ ...feedsFor([attack], good, bad), settleMs: 0, withSite: true });
          polls.set(attack.id, poll);
          faults.set(attack.id, [...tooMuch(attack, poll), ...judgeCase(attack, poll, printed.get(attack.id) ?? '')]);
        });
        for (const kind of new Set(cases.map((one) => one.kind))) reportKind(report, kind, cases, faults);
        reportMost(report, polls);
        reportRequests(report, await bad.log(), cases);
        const rounds: MeasuredPoll[] = [];
        while (rounds.length < ROUNDS && !rounds.some(isQuiet)) {
          rounds.push(await measurePoll({ ...feedsFor(cases, good, bad), settleMs: SETTLE_MS, withSite: false }));
        }
        reportTogether(report, quietest(rounds), cases, polls);
      }),
    );
  },
};

/** A harmless feed of one item at every path, from which each source has something that must stay. */
function withGoodFeeds<T>(work: (good: { readonly url: string; readonly host: string }) => Promise<T>): Promise<T> {
  return withServer((request, response) => {
    const link = `https://kept.example${request.url}`;
    const item = `<item><title>Kept</title><link>${link}</link><guid isPermaLink="false">${KEPT_GUID}</guid></item>`;
    response.end(`<rss version="2.0"><channel><title>Good</title>${item}</channel></rss>`);
  }, work);
}

/** feeds.json with the cases' sources at harmless addresses, and at those of the hostile server. */
function feedsFor(
  cases: readonly HostileCase[],
  good: { readonly url: string; readonly host: string },
  bad: HostileServers,
) {
  const settings = { allow: [good.host, ...bad.allow], content: 'full', site: { url: 'https://watch.example' } };
  const at = (urlOf: (one: HostileCase) => string) => ({
    ...settings,
    sources: cases.map((one) => ({ id: one.id, url: urlOf(one) })),
  });
  return { before: at(({ id }) => `${good.url}/${id}`), after: at(bad.urlOf) };
}

function tooMuch({ expected: { limits } }: HostileCase, { result }: MeasuredPoll): readonly string[] {
  if (result === undefined) return ['the process died'];
  const cpuLimit = Math.min(CPU_LIMIT_MS, limits?.ms ?? CPU_LIMIT_MS);
  const memoryLimit = Math.min(MEMORY_LIMIT_MB, limits?.rssMb ?? MEMORY_LIMIT_MB);
  return [
    ...(result.cpuMs > cpuLimit ? [`${Math.round(result.cpuMs)} ms of CPU > ${cpuLimit}`] : []),
    ...(result.growthMB > memoryLimit ? [`${Math.round(result.growthMB)} MB > ${memoryLimit}`] : []),
  ];
}

function reportKind(
  report: Report,
  kind: string,
  cases: readonly HostileCase[],
  faults: ReadonlyMap<string, readonly string[]>,
): void {
  const own = cases.filter((one) => one.kind === kind);
  const wrong = own.flatMap(({ id }) =>
    faults.get(id)?.length === 0 ? [] : [`${id} (${faults.get(id)?.join('; ')})`],
  );
  const figure = [`${own.length - wrong.length} as expected, ${wrong.length} not`, ...wrong].join('\n        ');
  report.figure(`${kind}, ${own.length} cases`, figure, '0 not', own.length > 0 && wrong.length === 0);
}

function reportMost(report: Report, polls: ReadonlyMap<string, MeasuredPoll>): void {
  const most = (name: string, unit: string, limit: number, of: 'cpuMs' | 'growthMB') => {
    const sorted = [...polls].map(([id, { result }]) => ({ id, value: Math.round(result?.[of] ?? Infinity) }));
    sorted.sort((a, b) => b.value - a.value);
    const first = sorted.slice(0, 3).map(({ id, value }) => `${value} ${id}`);
    report.figure(
      `${name}, ${unit} (load ${loadavg()[0]?.toFixed(1)})`,
      first.join(', '),
      `<= ${limit}`,
      (sorted[0]?.value ?? Infinity) <= limit,
    );
  };
  most('most CPU of a case, all threads', 'ms', CPU_LIMIT_MS, 'cpuMs');
  most('most memory of a case beyond what was held before', 'MB', MEMORY_LIMIT_MB, 'growthMB');
}

function reportRequests(
  report: Report,
  log: Awaited<ReturnType<HostileServers['log']>>,
  cases: readonly HostileCase[],
): void {
  const stray = log.filter(({ on, kind }) => on === 'canary' || kind !== 'case');
  report.none(
    'requests that no source names',
    stray.map(({ url }) => url),
  );
  // Read once as it is, and once by the program.
  const asked = cases.filter(({ id }) => log.filter((line) => line.id === id).length !== 2);
  report.none(
    'cases asked for more than once',
    asked.map(({ id }) => id),
  );
}

/** All in one process, as a daemon has them: the same comes out, and the main thread is free. */
function reportTogether(
  report: Report,
  { result }: MeasuredPoll,
  cases: readonly HostileCase[],
  polls: ReadonlyMap<string, MeasuredPoll>,
): void {
  const outcomes = new Map(result?.outcomes);
  const other = cases.filter(({ id }) => outcomes.get(id) !== polls.get(id)?.result?.outcomes[0]?.[1]);
  report.none(
    'cases that end otherwise when all are polled at once',
    other.map(({ id }) => `${id} ${outcomes.get(id)}`),
  );
  const { stretchP99Ms = Infinity, stretchMaxMs = Infinity, growthMB = Infinity } = result ?? {};
  const load = loadavg()[0]?.toFixed(1);
  report.figure(
    `work of the main thread at a stretch meanwhile, p99, ms of CPU (load ${load})`,
    stretchP99Ms.toFixed(0),
    `< ${STRETCH_P99_LIMIT_MS}`,
    stretchP99Ms < STRETCH_P99_LIMIT_MS,
  );
  report.figure(
    `work of the main thread at a stretch meanwhile, longest, ms of CPU`,
    stretchMaxMs.toFixed(0),
    `< ${STRETCH_MAX_LIMIT_MS}`,
    stretchMaxMs < STRETCH_MAX_LIMIT_MS,
  );
  report.figure(
    `growth of memory, all polled at once, MB`,
    growthMB.toFixed(0),
    `<= ${MEMORY_LIMIT_MB}`,
    growthMB <= MEMORY_LIMIT_MB,
  );
}

function isQuiet({ result }: MeasuredPoll): boolean {
  return (
    result === undefined || (result.stretchP99Ms < STRETCH_P99_LIMIT_MS && result.stretchMaxMs < STRETCH_MAX_LIMIT_MS)
  );
}

function quietest(rounds: readonly MeasuredPoll[]): MeasuredPoll {
  const stretchOf = ({ result }: MeasuredPoll) => result?.stretchP99Ms ?? Infinity;
  const died = rounds.find(({ result }) => result === undefined);
  return died ?? rounds.reduce((best, one) => (stretchOf(one) < stretchOf(best) ? one : best));
}

/** Does the work for each, so many at a time. */
async function inTurns<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const queue = all.values();
  const worker = async () => {
    for (const one of queue) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
