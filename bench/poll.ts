/** What polling costs: a thousand feeds asked for the first time, once more with nothing changed, and with one in twenty
 *  changed, beside the script of an evening and beside requests and nothing else. Each in a process of its own, the rounds
 *  interleaved, so that a busy machine slows all alike. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type FarmServer, startFarm } from './farm-server.ts';
import { type Kind, type PassCost, runPollChild } from './poll-children.ts';

const FEEDS = 1000;
const CHANGED = 50;
const ROUNDS = 5;
const KINDS = ['viaduct', 'evening script', 'bare requests'] as const;
const AS_CHILD = 'poll-child';
/** Passes lie half an hour apart, and threads that read documents and idle connections end before: each pass must start
 *  its own. The script and the bare requests keep neither. */
const ALL_ENDS_MS = 11_000;
/** A daemon has done this before: of so many passes with nothing new the last one counts, for all alike. */
const QUIET_PASSES = 3;

interface Round {
  readonly cold: PassCost;
  readonly unchanged: PassCost;
  readonly changed: PassCost;
  readonly maxOnOneHost: number;
}

/** Prints CPU and memory of each kind of pass, viaduct's as a share of its peers', and what it promises beside them. */
export async function benchPoll(): Promise<void> {
  const farm = await startFarm(FEEDS);
  if (!farm) return console.log('skipped, ../shared/farm is not at hand');
  try {
    const urls = await farm.urls('all');
    const rounds = new Map<Kind, Round[]>(KINDS.map((kind) => [kind, []]));
    for (let round = 1; round <= ROUNDS; round++) {
      for (const kind of KINDS) rounds.get(kind)?.push(await playRound(kind, farm, urls));
      console.log(`round ${round} of ${ROUNDS} done`);
    }
    show(rounds);
  } finally {
    await farm.stop();
  }
}

async function playRound(kind: Kind, farm: FarmServer, urls: readonly string[]): Promise<Round> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-bench-'));
  const child = fork(fileURLToPath(import.meta.url), [AS_CHILD, kind, folder]);
  try {
    child.send(urls);
    await answerOf(child);
    await farm.command('/restore');
    await farm.command('/reset');
    const cold = await pass(child);
    const { maxConcurrentPerHost } = (await farm.command('/counters')) as { maxConcurrentPerHost: number };
    const rest = () => wait(kind === 'viaduct' ? ALL_ENDS_MS : 0);
    for (let quiet = 1; quiet < QUIET_PASSES; quiet++) await pass(child);
    await rest();
    const unchanged = await pass(child);
    await farm.command(`/publish?feeds=${CHANGED}&items=1`);
    await rest();
    const changed = await pass(child);
    child.send('end');
    await once(child, 'exit');
    return { cold, unchanged, changed, maxOnOneHost: maxConcurrentPerHost };
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function pass(child: ChildProcess): Promise<PassCost> {
  child.send('pass');
  return (await answerOf(child)) as PassCost;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`a child ended with ${code}`)));
  const [answer] = await Promise.race([once(child, 'message'), ended]);
  return answer;
}

function show(rounds: ReadonlyMap<Kind, readonly Round[]>): void {
  const of = (kind: Kind, figure: (round: Round) => number) => (rounds.get(kind) ?? []).map(figure);
  console.log(`\n${FEEDS} feeds, medians of ${ROUNDS} interleaved rounds`);
  for (const kind of KINDS) {
    const cpu = (name: 'cold' | 'unchanged' | 'changed') => Math.round(median(of(kind, (round) => round[name].cpuMs)));
    const peakMB = Math.round(median(of(kind, ({ cold }) => cold.peakMB)));
    const seconds = (median(of(kind, ({ cold }) => cold.wallMs)) / 1000).toFixed(1);
    console.log(
      `${kind.padEnd(15)} CPU ms: cold ${cpu('cold')}, unchanged ${cpu('unchanged')}, changed ${cpu('changed')}; peak ${peakMB} MB; cold in ${seconds} s`,
    );
  }
  // Of each round by itself: a machine that is busy for a while then slows both sides.
  const ratio = (peer: Kind, figure: (round: Round) => number) => {
    const theirs = of(peer, figure);
    return median(of('viaduct', figure).map((ours, round) => ours / (theirs[round] ?? Number.NaN)));
  };
  goal(
    'cold, CPU of the script',
    ratio('evening script', ({ cold }) => cold.cpuMs),
    0.8,
  );
  goal(
    'cold, peak memory of the script',
    ratio('evening script', ({ cold }) => cold.peakMB),
    0.6,
  );
  goal(
    'nothing changed, CPU of bare requests',
    ratio('bare requests', ({ unchanged }) => unchanged.cpuMs),
    1.3,
  );
  goal(
    'one in twenty changed, CPU of the script',
    ratio('evening script', ({ changed }) => changed.cpuMs),
    0.35,
  );
  goal('requests in flight on one host', Math.max(...of('viaduct', ({ maxOnOneHost }) => maxOnOneHost)), 1);
  goal('event loop of the cold pass, p99 ms', median(of('viaduct', ({ cold }) => cold.loopDelayMs)), 50);
}

function goal(name: string, value: number, limit: number): void {
  console.log(`${value <= limit ? 'ok  ' : 'MISS'} ${name}: ${value.toFixed(2)} (at most ${limit})`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

if (process.argv[2] === AS_CHILD) {
  const [, , , kind, folder = ''] = process.argv;
  const [urls] = (await once(process, 'message')) as [readonly string[]];
  await runPollChild(kind as Kind, folder, urls);
}
