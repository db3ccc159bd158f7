import { type TestServer, withServer } from '../test/helpers/http-server.ts';
import { RSS_TYPE, rssOf } from './feed-text.ts';
import type { Check, Report } from './report.ts';
import { DAY_MS, HOUR_MS, withSimulation } from './simulation.ts';

const FORBIDDEN = ['cookie', 'referer', 'authorization', 'cache-control', 'pragma', 'from', 'x-forwarded-for'];

export const check: Check = {
  title: 'manners on the wire: who asks, for what, and nothing else; moved feeds are followed, gone ones left in peace',
  async run(report) {
    await checkHeaders(report);
    await checkMoved(report);
    await checkGone(report);
  },
};

async function checkHeaders(report: Report): Promise<void> {
  const answer = { 'content-type': RSS_TYPE, 'set-cookie': ['track=me; Path=/', '__Host-x=1; Secure; Path=/'] };
  await withServer(
    ({ url }, response) => {
      if (url === '/moved') response.writeHead(302, { location: '/feed', 'set-cookie': 'seen=1' }).end();
      else response.writeHead(200, answer).end(rssOf([1]));
    },
    async (server) => {
      const sources = [
        { id: 'plain', url: `${server.url}/feed` },
        { id: 'moved', url: `${server.url}/moved` },
      ];
      await withSimulation(
        { sources, settings: { site: { contact: 'mailto:me@example.org' } } },
        async (simulation) => {
          for (let poll = 0; poll < 3; poll += 1) {
            await simulation.pass();
            simulation.wait(DAY_MS);
          }
        },
      );
      await withSimulation(
        { sources, settings: { site: { url: 'https://news.example.org' } } },
        async ({ pass }) => void (await pass()),
      );
      judgeHeaders(report, server);
    },
  );
}

function judgeHeaders(report: Report, { requests }: TestServer): void {
  report.figure('requests looked at', requests.length, '> 8', requests.length > 8);
  const agents = new Set(requests.map(({ headers }) => headers['user-agent'] ?? ''));
  const form = /^viaduct\/\d+\.\d+\.\d+ \(\+(https?:\/\/\S+|mailto:\S+)\)$/;
  report.figure(
    'User-Agent',
    [...agents].join(' · '),
    `${form}`,
    [...agents].every((agent) => form.test(agent)),
  );
  const accepts = new Set(requests.map(({ headers }) => headers.accept ?? ''));
  const types = ['application/atom+xml', 'application/rss+xml', 'application/feed+json'];
  const areNamed = [...accepts].every((accept) => types.every((type) => accept.includes(type)));
  report.figure('Accept names Atom, RSS and JSON Feed', String(areNamed), 'true', areNamed);
  const isGzip = requests.every(({ headers }) => /\bgzip\b/.test(String(headers['accept-encoding'])));
  report.figure('gzip is offered', String(isGzip), 'true', isGzip);
  const forbidden = new Set(requests.flatMap(({ headers }) => FORBIDDEN.filter((name) => headers[name] !== undefined)));
  report.none(`any of ${FORBIDDEN.join(', ')}`, forbidden);
}

/** 301 and 308 three times over a day: then the new address is asked, and the owner told; 302 and 307 never. */
async function checkMoved(report: Report): Promise<void> {
  const statuses = [301, 308, 302, 307];
  await withServer(
    ({ url = '' }, response) => {
      const status = Number(url.slice(1));
      if (statuses.includes(status)) response.writeHead(status, { location: `/new-home-${status}` }).end();
      else response.writeHead(200, { 'content-type': RSS_TYPE, etag: '"1"' }).end(rssOf([1, 2]));
    },
    async (server) => {
      const sources = statuses.map((status) => ({ id: `s${status}`, url: `${server.url}/${status}` }));
      await withSimulation({ sources }, async (simulation) => {
        for (let poll = 0; poll < 16; poll += 1) {
          await simulation.pass();
          simulation.wait(7 * HOUR_MS);
        }
        for (const status of statuses) {
          const asked = server.requests.filter(({ url }) => url === `/${status}`).length;
          const isPermanent = status === 301 || status === 308;
          const { movedTo } = simulation.state(`s${status}`);
          const isRight = isPermanent ? asked >= 3 && asked <= 6 : asked === 16;
          report.figure(
            `${status}: requests for the old address in 16 polls`,
            asked,
            isPermanent ? '3 to 6' : '16',
            isRight,
          );
          const isTold = isPermanent ? movedTo === `${server.url}/new-home-${status}` : movedTo === undefined;
          report.figure(`${status}: told as moved`, movedTo ?? 'no', isPermanent ? 'yes' : 'no', isTold);
          const items = simulation.store.record(`s${status}`)?.entries.length ?? 0;
          report.equal(`${status}: items`, items, 2);
        }
      });
    },
  );
}

async function checkGone(report: Report): Promise<void> {
  let isGone = false;
  await withServer(
    (_request, response) => {
      if (isGone) response.writeHead(410).end();
      else response.writeHead(200, { 'content-type': RSS_TYPE }).end(rssOf([1, 2, 3]));
    },
    async (server) => {
      await withSimulation({ sources: [{ id: 'gone', url: `${server.url}/feed` }] }, async (simulation) => {
        await simulation.pass();
        isGone = true;
        simulation.wait(DAY_MS);
        await simulation.pass();
        const before = server.requests.length;
        for (let tick = 0; tick < 7 * 48; tick += 1) {
          simulation.wait(HOUR_MS / 2);
          await simulation.pass({ force: tick % 48 === 0 });
          if (tick % 48 === 1) await simulation.restart();
        }
        const after = server.requests.length - before;
        report.none('requests in the 7 days after 410', after);
        const items = simulation.store.record('gone')?.entries.length ?? 0;
        report.equal('items after 410', items, 3);
        const { gone, problem } = simulation.state('gone');
        report.figure('the owner is told', problem?.message ?? 'no', 'yes', gone && problem !== undefined);
      });
    },
  );
}
