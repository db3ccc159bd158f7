import { connect } from 'node:net';
import type { OpenSocket } from '../src/fetch/connector.ts';
import type { PassSummary } from '../src/worker/poller.ts';
import { type HostileCase, hostileCases } from './collection/cases.ts';
import { type HostileRequest, type HostileServers, withHostileServers } from './hostile-servers.ts';
import type { Check } from './report.ts';
import { DAY_MS, HOUR_MS, type Simulation, withSimulation } from './simulation.ts';

const AT_ONCE = 6;
/** The longest that the collections allow, when a case names no limit of its own. */
const CASE_LIMIT_MS = 65_000;
const RSS_LIMIT_MB = 256;
const POLLS = 3;
/** A feed that nothing is wrong with. */
const PLAIN = 'plain-rss';

export const check: Check = {
  title:
    'every hostile server: what must fail fails and keeps what was there, what must work works, nobody else is asked',
  async run(report) {
    const all = hostileCases();
    const cases = all.filter(({ kind }) => kind === 'server');
    const [plain] = all.filter(({ id }) => id === PLAIN);
    if (!plain) throw new Error(`no case is called ${PLAIN}`);
    const rssBeforeMB = process.memoryUsage().rss / 1e6;
    let rssMB = rssBeforeMB;
    const sampler = setInterval(() => {
      rssMB = Math.max(rssMB, process.memoryUsage().rss / 1e6);
    }, 50);
    const queue = cases.entries();
    const misses: string[] = [];
    const worker = async () => {
      for (const [at, attack] of queue) {
        for (const miss of await judge(attack, plain, `127.78.${at >> 8}.${(at & 255) + 1}`))
          misses.push(`${attack.id}: ${miss}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    clearInterval(sampler);
    for (const outcome of new Set(cases.map(({ expected }) => expected.outcome))) {
      const ids = cases.filter(({ expected }) => expected.outcome === outcome).map(({ id }) => id);
      const missed = misses.filter((miss) => ids.includes(miss.slice(0, miss.indexOf(': '))));
      report.figure(
        `${outcome}, of ${ids.length}`,
        missed.join(' | ') || 'all as expected',
        'all',
        missed.length === 0,
      );
    }
    const growthMB = Math.round(rssMB - rssBeforeMB);
    report.figure(`memory for ${AT_ONCE} at a time, MB`, growthMB, `< ${RSS_LIMIT_MB}`, growthMB < RSS_LIMIT_MB);
  },
};

/** What one case did that it should not; its server has a loopback address of its own, since some hold back all of a host. */
function judge(attack: HostileCase, plain: HostileCase, address: string): Promise<readonly string[]> {
  return withHostileServers(
    [attack, plain],
    async (bad) => {
      const { id, expected } = attack;
      const url = bad.urlOf(attack);
      const mustStay = ['reject', 'retry-later', 'gone'].includes(expected.outcome);
      const before = [{ id: 'a', url: bad.urlOf(plain) }];
      const after = [
        { id: 'a', url },
        // A second feed of the same host, for what holds back all of it.
        ...(id.endsWith('-host') ? [{ id: 'b', url: url.replace('i=0', 'i=1') }] : []),
      ];
      const reached = new Set<string>();
      const settings = { allow: bad.allow };
      const options = { sources: mustStay ? before : after, settings, openSocket: watchedSockets(reached) };
      return withSimulation(options, async (simulation) => {
        if (mustStay) {
          await simulation.pass();
          await simulation.follow(after);
          simulation.wait(HOUR_MS);
        }
        const misses = await judgeOutcome(attack, simulation, bad);
        const log = await bad.log();
        return [...misses, ...judgeTraffic(attack, log, [...reached], bad.allow)];
      });
    },
    address,
  );
}

async function judgeOutcome({ expected }: HostileCase, simulation: Simulation, bad: HostileServers): Promise<string[]> {
  const misses: string[] = [];
  const itemsBefore = itemsOf(simulation);
  const startedAt = performance.now();
  const first = await simulation.pass();
  const tookMs = performance.now() - startedAt;
  const limitMs = expected.limits?.ms ?? CASE_LIMIT_MS;
  if (tookMs > limitMs) misses.push(`took ${Math.round(tookMs)} ms, limit ${limitMs}`);
  const failure = failureOf(first);
  if (failure !== undefined && !isWellSaid(failure)) misses.push(`says ${JSON.stringify(failure)}`);
  const requests = (await bad.log()).filter(({ on, url }) => on !== 'canary' && !url.includes(PLAIN)).length;
  if (requests > (expected.maxRequests ?? Number.POSITIVE_INFINITY)) misses.push(`${requests} requests in one poll`);

  if (expected.outcome === 'reject' || expected.outcome === 'retry-later' || expected.outcome === 'gone') {
    if (failure === undefined) misses.push('did not fail');
    if (itemsBefore.length === 0 || itemsOf(simulation).join() !== itemsBefore.join())
      misses.push('items were not kept');
  } else if (expected.outcome === 'ok' && failure !== undefined) misses.push(`failed: ${failure}`);

  if (expected.outcome === 'retry-later') misses.push(...(await judgeWait(simulation, bad, expected.minDelayS ?? 1)));
  if (expected.outcome === 'gone') {
    simulation.wait(30 * DAY_MS);
    await simulation.restart();
    if ((await simulation.pass()).polled.length > 0) misses.push('was asked again');
  }
  if (expected.outcome === 'ok' || expected.outcome === 'not-modified') {
    const [firstItems, firstBody] = [itemsOf(simulation).length, simulation.state('a').bodyHash];
    for (let poll = 1; poll < POLLS; poll += 1) {
      simulation.wait(DAY_MS);
      const again = failureOf(await simulation.pass());
      if (again !== undefined) misses.push(`poll ${poll + 1} failed: ${again}`);
    }
    const items = itemsOf(simulation).length;
    // A server that brings news at each poll is counted as the collection counts it: at its first or at its last.
    const counts = simulation.state('a').bodyHash === firstBody ? [items] : [firstItems, items];
    if (!counts.includes(expected.items ?? items) || items === 0) misses.push(`${items} items, not ${expected.items}`);
    if (expected.outcome === 'not-modified' && simulation.state('a').counts.notModified === 0) misses.push('no 304');
  }
  return misses;
}

/** Whether nobody of the host is asked before its time, not even after a restart. */
async function judgeWait(simulation: Simulation, bad: HostileServers, minDelayS: number): Promise<string[]> {
  const asked = (await bad.log()).length;
  await simulation.restart();
  simulation.wait(minDelayS * 1000 - 1000);
  await simulation.pass();
  const more = (await bad.log()).length - asked;
  return more === 0 ? [] : [`${more} requests before ${minDelayS} s were over`];
}

function judgeTraffic(
  { id, expected }: HostileCase,
  log: readonly HostileRequest[],
  reached: readonly string[],
  allowed: readonly string[],
): string[] {
  const misses: string[] = [];
  const oracles = new Set(expected.oracles);
  const canaries = log.filter(({ on }) => on === 'canary').map(({ url }) => url);
  if (canaries.length > 0) misses.push(`reached ${canaries.join(' ')}`);
  const others = reached.filter((target) => !allowed.includes(target));
  if (others.length > 0) misses.push(`connected to ${others.join(' ')}`);
  for (const { headers } of log) {
    for (const name of ['cookie', 'referer', 'authorization', 'cache-control']) {
      if (headers[name] !== undefined) misses.push(`sent ${name}`);
    }
    const agent = headers['user-agent'] ?? '';
    if (!/^viaduct\/\S+ \(\+[^)]+\)$/.test(agent)) misses.push(`calls itself ${agent}`);
  }
  if (oracles.has('validators-exact')) misses.push(...judgeValidators(log.filter((request) => request.id === id)));
  return misses;
}

/** The server says 304 to its very own validators alone, so that a kept count of them is in its log only by what was sent:
 *  the first request has none, and each later one has what the answer before it had. */
function judgeValidators(requests: readonly HostileRequest[]): string[] {
  const sent = requests.map(({ headers }) => headers['if-none-match'] ?? headers['if-modified-since']);
  if (sent[0] !== undefined) return [`the first request sent ${sent[0]}`];
  if (sent.length < POLLS || sent[1] === undefined)
    return [`sent ${sent.map((value) => value ?? 'nothing').join(', ')}`];
  return [];
}

function itemsOf({ store }: Simulation): readonly string[] {
  return (store.record('a')?.entries ?? []).map(({ id }) => id).sort();
}

function failureOf({ polled }: PassSummary): string | undefined {
  const outcome = polled.find(({ source }) => source.id === 'a')?.outcome;
  return outcome?.kind === 'failed' ? outcome.error.message : undefined;
}

/** One line of words without control characters. */
function isWellSaid(message: string): boolean {
  return message.length > 10 && message.length < 300 && !/\p{Cc}/u.test(message);
}

/** Connects within loopback only, and remembers where it was to connect to. */
function watchedSockets(reached: Set<string>): OpenSocket {
  return ({ addresses, port }) => {
    for (const { address } of addresses) reached.add(`${address}:${port}`);
    const [first] = addresses;
    return first?.address.startsWith('127.') ? connect(port, first.address) : connect(1, '127.0.0.1');
  };
}
