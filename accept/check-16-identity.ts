import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withServer } from '../test/helpers/http-server.ts';
import { runInProcess } from '../test/helpers/run-in-process.ts';
import { withFolder } from '../test/helpers/run-viaduct.ts';
import { type HostileCase, hostileCases } from './collection/cases.ts';
import { PAIRS } from './collection/pairs.ts';
import { withHostileServers } from './hostile-servers.ts';
import type { Check, Report } from './report.ts';
import { itemsBy, type StoredItem } from './stored-items.ts';
import { item, rss, UNSTABLE_FEEDS } from './unstable-feeds.ts';

const POLLS = 10;

export const check: Check = {
  title: 'identity: ten polls of each feed that is hard to tell apart',
  async run(report) {
    await judgeOwnFeeds(report);
    await judgePairs(report);
    await judgeHijack(report);
    for (const one of hostileCases().filter(({ kind }) => kind === 'identity')) await judgeCase(one, report);
  },
};

async function judgeOwnFeeds(report: Report): Promise<void> {
  let poll = 1;
  for (const { name, items, documents } of UNSTABLE_FEEDS) {
    await withServer(
      (request, response) => {
        const body = documents(poll)[Number(request.url?.slice(1))] ?? '';
        response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(body);
      },
      async (server) => {
        const ids = documents(1).map((_, n) => `s${n}`);
        const sources = ids.map((id, n) => ({ id, url: `${server.url}/${n}` }));
        await withFolder({ retentionDays: 0, allow: [server.host], sources }, async (folder) => {
          const seen: (readonly StoredItem[])[] = [];
          for (poll = 1; poll <= POLLS; poll += 1) {
            await runInProcess(folder, 'poll', '--force');
            seen.push(await itemsBy(runInProcess, folder));
          }
          const counts = [...new Set(seen.map(({ length }) => length))].join(', ');
          const isSame = new Set(seen.map((stored) => identityOf(stored))).size === 1;
          const allNamed = seen.every((stored) => stored.every(({ via }) => via.length === ids.length));
          report.figure(`${name}: items over ${POLLS} polls`, counts, `${items}`, counts === `${items}`);
          report.figure('the same items, listed by all', `${isSame && allNamed}`, 'true', isSame && allNamed);
        });
      },
    );
  }
}

/** Each pair on sites of its own, all of them followed at once. */
async function judgePairs(report: Report): Promise<void> {
  const documents = PAIRS.flatMap(({ first, second }, n) =>
    [first, second].map(({ items, site }) => ofPair(n, rss(items, site))),
  );
  await withServer(
    (request, response) => {
      response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(documents[Number(request.url?.slice(1))]);
    },
    async (server) => {
      const sources = documents.map((_, n) => ({ id: `s${n}`, url: `${server.url}/${n}` }));
      await withFolder({ retentionDays: 0, allow: [server.host], sources }, async (folder) => {
        await runInProcess(folder, 'poll', '--force');
        const items = await itemsBy(runInProcess, folder);
        const isOne = (n: number) =>
          items.some(({ via }) => [2 * n, 2 * n + 1].every((at) => via.some(({ source }) => source === `s${at}`)));
        const wrong = PAIRS.filter((pair, n) => isOne(n) !== pair.isOne).map(({ name }) => name);
        report.none(`of ${PAIRS.length} pairs of entries, judged wrongly`, wrong);
      });
    },
  );
}

async function judgeCase(one: HostileCase, report: Report): Promise<void> {
  await withHostileServers([one], async (server) => {
    const sources = [{ id: 'case', url: server.urlOf(one) }];
    await withFolder({ retentionDays: 0, allow: server.allow, sources }, async (folder) => {
      const seen: (readonly StoredItem[])[] = [];
      for (let poll = 0; poll < POLLS; poll += 1) {
        await runInProcess(folder, 'poll', '--force');
        seen.push(await itemsBy(runInProcess, folder));
      }
      const counts = seen.map(({ length }) => length);
      const [first = 0] = counts;
      const { items = first, maxGrowth = 0 } = one.expected;
      const isRight = first >= items && counts.every((count, at) => count >= (counts[at - 1] ?? 0));
      const last = counts.at(-1) ?? 0;
      const limit = items + maxGrowth;
      report.figure(`${one.id}: items at first and at last`, `${first}, ${last}`, `${limit}`, isRight && last <= limit);
      const stable = new Set(seen.map(identityOf)).size;
      report.equal('sets of ids and first sightings seen', stable, 1);
      const strays = (await readdir(folder, { recursive: true })).filter((name) => !isExpected(name));
      report.none('files outside their places', strays);
    });
  });
}

const isExpected = (name: string) =>
  /^(feeds\.json|data|data\/(README\.md|[a-z]+\.json(\.bak)?|tallies\.ndjson|private|private\/[a-z-]+\.json|sources|sources\/case\.json(\.bak)?))$/.test(
    name.split(path.sep).join('/'),
  );

const VICTIM = 'https://victim.example/1';
const NOON = 'Tue, 03 Mar 2026 12:00:00 GMT';
const MORNING = 'Tue, 03 Mar 2026 08:00:00 GMT';
/** What an attacker's feed may claim, and whether his entry then stands beside the victim's in one item. */
const CLAIMS = [
  { name: 'its guid', site: 'https://evil.example/', link: 'https://evil.example/1', joins: false },
  { name: 'its guid and site', site: 'https://victim.example/', link: 'https://evil.example/1', joins: false },
  { name: 'its guid and link', site: 'https://evil.example/', link: VICTIM, joins: true },
];

async function judgeHijack(report: Report): Promise<void> {
  for (const { name, site, link, joins } of CLAIMS) {
    const documents = new Map([
      ['/victim', rss([item('Original', VICTIM, VICTIM, NOON)], 'https://victim.example/')],
      ['/attacker', rss([item('HIJACKED', link, VICTIM, MORNING)], site)],
    ]);
    await withServer(
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(documents.get(request.url ?? ''));
      },
      async ({ url, host }) =>
        judgeVictim(report, `an attacker who claims ${name}`, host, {
          victim: `${url}/victim`,
          attacker: `${url}/attacker`,
          joins,
        }),
    );
  }
}

async function judgeVictim(
  report: Report,
  name: string,
  allow: string,
  urls: { victim: string; attacker: string; joins?: boolean },
): Promise<void> {
  const config = {
    allow: [allow],
    sources: [
      { id: 'attacker', url: urls.attacker },
      { id: 'victim', url: urls.victim },
    ],
  };
  await withFolder(config, async (folder) => {
    const poll = (source: string) => runInProcess(folder, 'poll', '--force', '--source', source);
    const record = () => readFile(path.join(folder, 'data', 'sources', 'victim.json'), 'utf8');
    // An item that both list names both; all else of it is the victim's.
    const itemNow = async () => {
      const [found] = await itemsBy(runInProcess, folder, '--source', 'victim');
      return JSON.stringify(found, (key, value) => (urls.joins && ['via', 'guids'].includes(key) ? undefined : value));
    };
    await poll('victim');
    const [itemBefore, recordBefore] = [await itemNow(), await record()];
    for (let n = 0; n < POLLS; n += 1) await poll('attacker');
    const isUnharmed = (await itemNow()) === itemBefore && (await record()) === recordBefore;
    report.figure(`${name}: no byte of the item changed`, `${isUnharmed}`, 'true', isUnharmed);

    await writeFile(path.join(folder, 'feeds.json'), JSON.stringify({ ...config, sources: config.sources.slice(1) }));
    await poll('victim');
    const isAloneSame = (await itemNow()) === itemBefore;
    report.figure('nor when the attacker is gone', `${isAloneSame}`, 'true', isAloneSame);
  });
}

/** Sites and titles that no other pair has. */
function ofPair(n: number, document: string): string {
  return document.replaceAll('.example', `-${n}.example`).replaceAll('</title>', ` ${n}</title>`);
}

/** What must stay from poll to poll, whatever a feed edits. */
function identityOf(items: readonly StoredItem[]): string {
  return items
    .map(({ id, firstSeen, via }) => `${id} ${firstSeen} ${via.map(({ source }) => source)}`)
    .sort()
    .join('\n');
}
