import { setTimeout as wait } from 'node:timers/promises';
import { openApp } from '../src/app.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { withFolder } from '../test/helpers/run-viaduct.ts';
import { ask, BROWSER } from './ask.ts';
import { type HostileCase, hostileCases } from './collection/cases.ts';
import { withHostileServers } from './hostile-servers.ts';
import type { Check } from './report.ts';

const ROUNDS = 10;
const TIMEOUT_SECONDS = 8;
/** Sizes, bombs and endless answers are check 9's. */
const ELSEWHERE = /bomb|infinite/;

export const check: Check = {
  title: 'ten rounds of servers that speak rubbish: nothing escapes, nothing leaks, every failure has its reason',
  async run(report) {
    const cases = hostileCases().filter(({ kind, id }) => kind === 'server' && !ELSEWHERE.test(id));
    const escaped: string[] = [];
    const onEscape = (error: unknown) => void escaped.push(String(error));
    process.on('uncaughtException', onEscape).on('unhandledRejection', onEscape);
    try {
      // Those that ask to wait would hold back all others on their host.
      await withHostileServers(cases, (bad) =>
        withHostileServers(cases, (asking) =>
          withFolder([], async (folder) => {
            const urls = cases.map((one) => (asksToWait(one) ? asking : bad).urlOf(one));
            const feedsJson = {
              allow: [...bad.allow, ...asking.allow],
              limits: { perHost: 16, timeoutSeconds: TIMEOUT_SECONDS },
              sources: urls.map((url, n) => ({ id: `s${n}`, url })),
            };
            const config = parseConfig(JSON.stringify(feedsJson), { file: 'feeds.json', port: 0, env: {} });
            const socketsBefore = openSockets();
            const opened = { now: Date.now(), data: `${folder}/data` };
            const place = {
              port: 0,
              host: '127.0.0.1',
              dataDir: opened.data,
              configFile: `${folder}/feeds.json`,
              logLevel: 'silent',
            } as const;
            const codes = new Map<string, string>();
            let page = '';
            for (let round = 0; round < ROUNDS; round += 1) {
              // Each round a day later, so that no Retry-After of the one before holds the others back.
              const now = new Date(opened.now + round * 86_400_000);
              const app = await openApp(config, place, { log: () => {}, now });
              await app.poller.pass({ sources: shuffled(config.sources), force: true });
              for (const { id } of config.sources) {
                const { problem } = app.store.state(id);
                if (problem) codes.set(id, problem.code);
              }
              if (round === ROUNDS - 1) {
                const port = await app.serve();
                page = (await ask(`http://127.0.0.1:${port}/status`, { headers: BROWSER })).body;
              }
              await app.close(1000);
            }
            report.figure('cases', cases.length, '> 70', cases.length > 70);
            report.none('exceptions that escaped', escaped);
            const unreasoned = cases.filter(
              ({ expected }, n) => /reject|retry-later|gone/.test(expected.outcome) && !codes.has(`s${n}`),
            );
            report.none(
              'failures without a code',
              unreasoned.map(({ id }) => id),
            );
            const vague = cases.filter((_, n) => codes.get(`s${n}`) === 'fetch/failed');
            report.none(
              'failures of a code that says nothing',
              vague.map(({ id }) => id),
            );
            const kinds = new Set(codes.values());
            report.figure('different codes', kinds.size, '>= 20', kinds.size >= 20);
            const shown = page.split('class="bad"').length - 1;
            report.figure('problems in words on /status', shown, `>= ${codes.size - 15}`, shown >= codes.size - 15);
            const leaked = await leakedSockets(socketsBefore);
            report.none('sockets open 60 s later at most', leaked);
          }),
        ),
      );
    } finally {
      process.off('uncaughtException', onEscape).off('unhandledRejection', onEscape);
    }
  },
};

const asksToWait = ({ id }: HostileCase) => /\b(429|503)-/.test(id);

const openSockets = (): number => process.getActiveResourcesInfo().filter((kind) => /TCPSocket|TLS/.test(kind)).length;

async function leakedSockets(before: number): Promise<number> {
  for (let second = 0; second < 60 && openSockets() > before; second += 1) await wait(1000);
  return Math.max(0, openSockets() - before);
}

function shuffled<T>(list: readonly T[]): readonly T[] {
  return list
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
