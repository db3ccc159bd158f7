import { withRawServer } from '../test/helpers/http-server.ts';
import { BROKEN_ANSWERS } from './collection/broken-answers.ts';
import type { Check } from './report.ts';
import { withSimulation } from './simulation.ts';

export const check: Check = {
  title: 'an answer that breaks off is a failure, and its validators are not kept',
  async run(report) {
    const cut = BROKEN_ANSWERS.filter(({ isCut }) => isCut);
    await withRawServer(
      (socket, head) => cut[Number(/^GET \/(\d+)/.exec(head)?.[1])]?.send(socket),
      async (server) => {
        const sources = cut.map((_, at) => ({ id: `s${at}`, url: `${server.url}/${at}` }));
        await withSimulation({ sources, settings: { limits: { perHost: 8 } } }, async (simulation) => {
          await simulation.pass();
          for (const [at, { name }] of cut.entries()) {
            const { problem, etag, lastModified, bodyHash } = simulation.state(`s${at}`);
            const isFailure = problem?.code.startsWith('fetch/') ?? false;
            report.figure(name, problem?.code ?? 'no failure', 'a failure', isFailure);
            const kept = etag ?? lastModified ?? bodyHash ?? simulation.store.record(`s${at}`)?.entries.length;
            report.figure(`${name}: kept of it`, kept ?? 'nothing', 'nothing', kept === undefined);
          }
        });
      },
    );
  },
};
