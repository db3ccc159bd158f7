import { withServer } from '../test/helpers/http-server.ts';
import { type Running, spawnViaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { createChangingFeeds } from './changing-feeds.ts';
import type { Check } from './report.ts';

const ROUNDS = 20;
const STARTERS = 20;
const LIMIT_MS = 2_000;

export const check: Check = {
  title: 'second process: refused with the pid, and a killed one is followed at once',
  async run(report) {
    await withServer(createChangingFeeds().listener, async (server) => {
      const config = { poll: '* * * * * *', allow: [server.host], sources: [{ id: 'one', url: `${server.url}/0` }] };
      await withFolder(config, async (folder) => {
        const refusals: Refusal[] = [];
        const startMs: number[] = [];
        let holder = await startTimed(folder);
        for (let round = 0; round < ROUNDS; round += 1) {
          refusals.push(await startSecond(folder, holder.running));
          holder.running.child.kill('SIGKILL');
          await holder.running.ended;
          holder = await startTimed(folder);
          startMs.push(holder.ms);
        }
        holder.running.child.kill('SIGKILL');
        await holder.running.ended;
        const wrong = refusals.filter(({ code, namesPid }) => code !== 2 || !namesPid).length;
        report.none(`of ${ROUNDS} second processes not refused with exit 2 and the pid`, wrong);
        const slowestRefusal = Math.max(...refusals.map(({ ms }) => ms));
        report.figure('longest refusal, ms', slowestRefusal, `< ${LIMIT_MS}`, slowestRefusal < LIMIT_MS);
        const slowestStart = Math.max(...startMs);
        report.figure('longest start after kill -9, ms', slowestStart, `< ${LIMIT_MS}`, slowestStart < LIMIT_MS);

        // The lock of the killed one is still there.
        const { winners, refused } = await startTogether(folder);
        report.equal(`of ${STARTERS} simultaneous starters have the folder`, winners, 1);
        report.figure('are refused', refused, `${STARTERS - 1}`, refused === STARTERS - 1);
      });
    });
  },
};

async function startTimed(folder: string): Promise<{ running: Running; ms: number }> {
  const startedMs = performance.now();
  const running = spawnViaduct(folder, ['start', '--port', '0']);
  await running.logged('serving');
  return { running, ms: Math.round(performance.now() - startedMs) };
}

interface Refusal {
  readonly code: number | null;
  readonly namesPid: boolean;
  readonly ms: number;
}

async function startSecond(folder: string, holder: Running): Promise<Refusal> {
  const startedMs = performance.now();
  const { code, stderr } = await spawnViaduct(folder, ['start', '--port', '0']).ended;
  const ms = Math.round(performance.now() - startedMs);
  return { code, namesPid: stderr.includes(`${holder.child.pid}`), ms };
}

/** Starts all at once; those that have the folder are ended when every other one has given up. */
async function startTogether(folder: string): Promise<{ winners: number; refused: number }> {
  const starters = Array.from({ length: STARTERS }, () => spawnViaduct(folder, ['start', '--port', '0']));
  const hasWon = (running: Running) =>
    running.logged('serving').then(
      () => true,
      () => false,
    );
  const won = await Promise.all(starters.map(hasWon));
  const winners = starters.filter((_, at) => won[at]);
  for (const { child } of winners) child.kill('SIGTERM');
  const codes = await Promise.all(starters.map(async ({ ended }) => (await ended).code));
  return { winners: winners.length, refused: codes.filter((code) => code === 2).length };
}
