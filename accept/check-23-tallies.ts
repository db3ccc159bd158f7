import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withServer } from '../test/helpers/http-server.ts';
import { type Running, spawnViaduct, viaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { ask, BROWSER } from './ask.ts';
import { createChangingFeeds } from './changing-feeds.ts';
import type { Check, Report } from './report.ts';
import { type StoredItem, storedItems } from './stored-items.ts';

const CLICKS = 10_000;
const FORGERIES = 1_000;
const VISITORS = 100;
const GROWTH_LIMIT_MB = 20;
/** Requests on the way at a time. */
const AT_ONCE = 20;

export const check: Check = {
  title: 'tallies: people are counted, once each, and nothing else',
  async run(report) {
    await withServer(createChangingFeeds().listener, async (server) => {
      const config = { allow: [server.host], sources: [{ id: 'one', url: `${server.url}/0` }] };
      await withFolder(config, async (folder) => {
        for (let n = 0; n < 4; n += 1) await viaduct(folder, 'poll', '--force');
        const items = await storedItems(folder);
        const ids = items.map(({ id }) => id);
        const [clicked = '', forged = '', robotic = '', visited = '', proxied = ''] = ids;

        let { running, site } = await start(folder);
        await clickOften(site, clicked, running, report);
        await inTurns(FORGERIES, (n) => click(site, forged, { 'x-forwarded-for': addressOf(n) }));
        await actLikeRobots(site, robotic);
        await inTurns(VISITORS, (n) => visit(site, visited, {}, `127.2.0.${n + 1}`));
        await lookForOpenRedirects(site, items, report);
        // Killed, not ended: what was answered must be there.
        running.child.kill('SIGKILL');
        await running.ended;

        await writeFile(path.join(folder, 'feeds.json'), JSON.stringify({ ...config, trustProxy: ['127.0.0.1'] }));
        ({ running, site } = await start(folder));
        await inTurns(VISITORS, (n) => visit(site, proxied, { 'x-forwarded-for': addressOf(n) }));
        running.child.kill('SIGKILL');
        await running.ended;

        const counted = new Map((await storedItems(folder)).map((item) => [item.id, item]));
        const figure = (name: string, id: string, kind: 'views' | 'clicks', wanted: number) => {
          const count = counted.get(id)?.[kind] ?? -1;
          report.equal(name, count, wanted);
        };
        figure(`${CLICKS} click-throughs from one client, counted`, clicked, 'clicks', 1);
        figure(`${FORGERIES} with forged X-Forwarded-For, counted`, forged, 'clicks', 1);
        figure('HEAD, prefetches and robots, clicks counted', robotic, 'clicks', 0);
        figure('views counted', robotic, 'views', 0);
        figure(`${VISITORS} visitors, counted after kill -9`, visited, 'views', VISITORS);
        figure(`${VISITORS} visitors behind a trusted proxy`, proxied, 'views', VISITORS);
      });
    });
  },
};

const COLLECTOR = new URL('./collect-on-signal.js', import.meta.url).href;

async function start(folder: string): Promise<{ running: Running; site: string }> {
  const through = ['env', `NODE_OPTIONS=--expose-gc --import=${COLLECTOR}`];
  const running = spawnViaduct(folder, ['serve', '--port', '0'], through);
  const { port } = await running.logged('serving');
  return { running, site: `http://127.0.0.1:${port}` };
}

const click = (site: string, id: string, headers: Readonly<Record<string, string>> = {}, from?: string) =>
  ask(`${site}/go/${id}`, { headers: { ...BROWSER, ...headers }, ...(from !== undefined && { from }) });

/** Opens an item's page, where the redirect to its full address leads. */
async function visit(site: string, id: string, headers: Readonly<Record<string, string>>, from?: string) {
  const options = { headers: { ...BROWSER, ...headers }, ...(from !== undefined && { from }) };
  const { headers: answered } = await ask(`${site}/items/${id}`, options);
  return ask(`${site}${answered.location}`, options);
}

async function clickOften(site: string, id: string, running: Running, report: Report): Promise<void> {
  const clickAll = (count: number) => inTurns(count, () => click(site, id));
  // The first tenth warms up: code is compiled, buffers are made.
  await clickAll(CLICKS / 10);
  const before = await liveMB(running, 1);
  await clickAll((CLICKS / 10) * 9);
  const grown = Math.round(((await liveMB(running, 2)) - before) * 10) / 10;
  report.figure(
    'memory held after 9,000 more click-throughs, MB',
    grown,
    `< ${GROWTH_LIMIT_MB}`,
    grown < GROWTH_LIMIT_MB,
  );
}

/** Megabytes that are in use once the garbage is gone, asked for the n-th time. */
async function liveMB(running: Running, n: number): Promise<number> {
  running.child.kill('SIGUSR2');
  const { liveBytes } = await running.logged('memory', (fields) => fields.n === n);
  return Number(liveBytes) / 1e6;
}

async function actLikeRobots(site: string, id: string): Promise<void> {
  const go = `${site}/go/${id}`;
  const { headers } = await ask(`${site}/items/${id}`);
  const page = `${site}${headers.location}`;
  const disguises: readonly Readonly<Record<string, string>>[] = [
    { ...BROWSER, 'sec-purpose': 'prefetch;prerender' },
    { ...BROWSER, purpose: 'prefetch' },
    { ...BROWSER, 'x-moz': 'prefetch' },
    { ...BROWSER, 'sec-fetch-dest': 'image', 'sec-fetch-mode': 'no-cors' },
    { ...BROWSER, 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
    { ...BROWSER, 'user-agent': 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)' },
    { ...BROWSER, 'user-agent': 'curl/8.5.0', accept: '*/*' },
    { ...BROWSER, 'user-agent': 'facebookexternalhit/1.1' },
    { ...BROWSER, 'user-agent': 'Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)' },
    { ...BROWSER, 'user-agent': 'python-requests/2.32' },
    { accept: 'text/html' },
    {},
  ];
  for (const [n, headers] of disguises.entries()) {
    const from = `127.3.0.${n + 1}`;
    for (const url of [go, page]) await ask(url, { headers, from });
  }
  for (const url of [go, page]) await ask(url, { method: 'HEAD', headers: BROWSER, from: '127.3.1.1' });
}

/** Every way to make the site send a reader where no item leads. */
async function lookForOpenRedirects(site: string, items: readonly StoredItem[], report: Report): Promise<void> {
  const [id] = items.map((item) => item.id);
  const evil = 'https://evil.example/';
  const paths = [
    `/go/${evil}`,
    `/go/${encodeURIComponent(evil)}`,
    `/go?url=${evil}`,
    `/go/?url=${evil}`,
    `/go/${id}?url=${evil}`,
    `/go/${id}?to=${evil}&redirect=${evil}&next=${evil}`,
    '/go//evil.example',
    '//evil.example/',
    '//evil.example/x/',
    '/\\evil.example/',
    '/%5Cevil.example/',
    '/%2F%2Fevil.example/',
    '/.//evil.example/',
    `/items/${id}//evil.example`,
    `/items/${id}/%2F%2Fevil.example`,
    `/items/${id}/..%2F..%2Fevil.example/`,
    `/${evil}`,
  ];
  const links = new Set(items.flatMap((item) => item.url ?? []));
  const open: string[] = [];
  for (const path of paths) {
    const { headers } = await ask(`${site}${path}`, { headers: { ...BROWSER, host: 'evil.example' } });
    const target = headers.location;
    if (target === undefined || links.has(target) || /^\/(?![/\\])/.test(target)) continue;
    open.push(`${path} → ${target}`);
  }
  report.none(`open redirects in ${paths.length} tries`, open);
}

/** A public address in a network of its own. */
const addressOf = (n: number) => `93.${100 + (n >> 8)}.${n & 255}.7`;

/** Does something `count` times, some at once. */
async function inTurns(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) await work(n);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
