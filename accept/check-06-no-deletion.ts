import { withRawServer } from '../test/helpers/http-server.ts';
import { BROKEN_ANSWERS, sendWhole } from './collection/broken-answers.ts';
import { type HostileCase, hostileCases } from './collection/cases.ts';
import { withHostileServers } from './hostile-servers.ts';
import type { Check, Report } from './report.ts';
import { DAY_MS, withSimulation } from './simulation.ts';

const POLLS = 4;

export const check: Check = {
  title: 'nothing is deleted by accident: what is no feed, empty, cut or refused leaves every item where it is',
  async run(report) {
    await checkOwnAnswers(report);
    await checkCollection(report);
  },
};

/** Each way of answering badly, after an answer that was good, and then a good one again. */
async function checkOwnAnswers(report: Report): Promise<void> {
  let isGood = true;
  await withRawServer(
    (socket, head) => {
      const broken = BROKEN_ANSWERS[Number(/^GET \/(\d+)/.exec(head)?.[1])];
      if (isGood || !broken) sendWhole(socket);
      else broken.send(socket);
    },
    async (server) => {
      const sources = BROKEN_ANSWERS.map((_, at) => ({ id: `s${at}`, url: `${server.url}/${at}` }));
      await withSimulation({ sources, settings: { limits: { perHost: 8 } } }, async (simulation) => {
        const count = (at: number) => simulation.store.record(`s${at}`)?.entries.length ?? 0;
        await simulation.pass();
        const before = BROKEN_ANSWERS.map((_, at) => count(at));
        report.figure(
          'items of each source at first',
          Math.min(...before),
          '10',
          before.every((items) => items === 10),
        );
        isGood = false;
        const fell = new Set<string>();
        const notFailed = new Set<string>();
        for (let poll = 0; poll < POLLS; poll += 1) {
          // Longer than any back-off and any wait for a host.
          simulation.wait(8 * DAY_MS);
          await simulation.pass();
          for (const [at, { name, isFeed }] of BROKEN_ANSWERS.entries()) {
            if (count(at) < (before[at] ?? 0)) fell.add(name);
            if (!isFeed && simulation.state(`s${at}`).problem === undefined) notFailed.add(name);
          }
        }
        report.figure('ways of answering', BROKEN_ANSWERS.length, '> 25', BROKEN_ANSWERS.length > 25);
        report.none('after which an item was gone', fell);
        report.none('that were not reported as failures', notFailed);
        isGood = true;
        simulation.wait(8 * DAY_MS);
        await simulation.pass();
        const grown = BROKEN_ANSWERS.filter(({ isFeed }, at) => !isFeed && count(at) !== before[at]);
        report.none(
          'after which a good answer brought news',
          grown.map(({ name }) => name),
        );
      });
    },
  );
}

/** The collections' servers in the place of a good feed: the address is edited, the source stays. */
async function checkCollection(report: Report): Promise<void> {
  // One that asks to wait would hold all others on its host back; statuses are played above.
  const cases = hostileCases().filter(
    ({ body, expected }) =>
      body === undefined && expected.outcome !== 'retry-later' && expected.oracles?.includes('prev-kept'),
  );
  await withRawServer(
    (socket) => sendWhole(socket),
    (good) =>
      withHostileServers(cases, async (bad) => {
        const settings = {
          limits: { perHost: 8, timeoutSeconds: 5 },
          allow: [good.host, `127.0.0.1:${good.port}`, ...bad.allow],
        };
        const at = (address: (one: HostileCase) => string) =>
          cases.map((one, n) => ({ id: `s${n}`, url: address(one) }));
        await withSimulation({ sources: at(({ id }) => `${good.url}/${id}`), settings }, async (simulation) => {
          await simulation.pass();
          await simulation.follow(at(bad.urlOf));
          for (let poll = 0; poll < 2; poll += 1) {
            simulation.wait(8 * DAY_MS);
            await simulation.pass();
          }
          const unasked = cases.filter((_, n) => simulation.state(`s${n}`).counts.asked < 2);
          report.none(
            'cases that were not asked',
            unasked.map(({ id }) => id),
          );
          const lost = cases.filter((_, n) => (simulation.store.record(`s${n}`)?.entries.length ?? 0) < 10);
          report.none(
            `of ${cases.length} cases that must keep items, those that lost some`,
            lost.map(({ id }) => id),
          );
        });
      }),
  );
}
