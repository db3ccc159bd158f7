import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { withServer } from '../test/helpers/http-server.ts';
import { spawnViaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { aPlan, withDataDir, withStore } from '../test/store/stored-values.ts';
import { watchedFs } from '../test/store/watched-fs.ts';
import { createChangingFeeds } from './changing-feeds.ts';
import { logLines } from './log-lines.ts';
import type { Check, Report } from './report.ts';
import { judgeSaves, type Step } from './save-order.ts';
import { readStrace, STRACE_FLAGS } from './strace-steps.ts';

const SAVES = 100;
const FEEDS = 20;

export const check: Check = {
  title: 'power cut: write temp, fsync, rename, fsync of the folder, and only then "stored"',
  async run(report) {
    tell(report, 'with an injected file system', await watchStore());
    const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
    if (canTrace) tell(report, 'in a trace of the daemon', await traceDaemon());
    else report.skip('strace is not installed or not allowed: only the injected file system was watched');
  },
};

function tell(report: Report, where: string, steps: readonly Step[]): void {
  const { saves, inOrder } = judgeSaves(steps);
  report.figure(`saves ${where}`, saves, `>= ${SAVES}`, saves >= SAVES);
  report.equal('of them in order', inOrder, saves);
}

async function watchStore(): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const add = (call: Step['call'], name: string) => steps.push({ call, name, from: steps.length, to: steps.length });
  const fs = watchedFs((call, name) => {
    if (call === 'writeFile') add('write', name);
    else if (call === 'sync') add('sync', name);
    else if (call === 'rename') add('rename', name);
  });
  await withDataDir((dataDir) =>
    withStore(
      dataDir,
      async (store) => {
        for (let n = 0; n < SAVES; n += 1) {
          const source = `feed-${n % FEEDS}`;
          await store.commit(aPlan(source, [`entry ${n}`]));
          add('said', source);
        }
      },
      { fs },
    ),
  );
  return steps;
}

async function traceDaemon(): Promise<readonly Step[]> {
  const feeds = createChangingFeeds();
  return withServer(feeds.listener, async (server) => {
    const sources = Array.from({ length: FEEDS }, (_, n) => ({ id: `feed-${n}`, url: `${server.url}/${n}` }));
    const config = { poll: '* * * * * *', allow: [server.host], limits: { perHost: 8 }, sources };
    return withFolder(config, async (folder) => {
      const trace = path.join(folder, 'trace.txt');
      // -D: strace stands beside the program, which keeps the pid that is signalled.
      const through = ['strace', '-D', '-o', trace, ...STRACE_FLAGS];
      const running = spawnViaduct(folder, ['start', '--no-serve'], through);
      const saves = new Set<string>();
      await running.logged('poll.updated', ({ source, at }) => saves.add(`${source} ${at}`).size >= SAVES);
      running.child.kill('SIGTERM');
      const { stderr } = await running.ended;
      const said = logLines(stderr).filter(({ event }) => event === 'poll.updated').length;
      const steps = readStrace(await readFile(trace, 'utf8'));
      const traced = steps.filter(({ call }) => call === 'said').length;
      if (traced !== said) throw new Error(`the trace shows ${traced} of ${said} log lines`);
      return steps;
    });
  });
}
