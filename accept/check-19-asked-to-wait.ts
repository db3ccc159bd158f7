import type { ServerResponse } from 'node:http';
import { withServer } from '../test/helpers/http-server.ts';
import { RSS_TYPE, rssOf } from './feed-text.ts';
import type { Check, Report } from './report.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Simulation, withSimulation } from './simulation.ts';

const START_MS = Date.UTC(2026, 2, 4, 12, 0, 20);
const STEP_MS = 30 * MINUTE_MS;
const FLOOR_MS = 5 * MINUTE_MS;

/** What a server says, and how long it must be left alone. */
const WISHES: readonly {
  readonly name: string;
  readonly status: number;
  readonly retryAfter?: string;
  readonly waitMs: number;
}[] = [429, 503].flatMap((status) => [
  { name: `${status}, in seconds`, status, retryAfter: '3600', waitMs: HOUR_MS },
  {
    name: `${status}, as a date`,
    status,
    retryAfter: new Date(START_MS + 5 * HOUR_MS).toUTCString(),
    waitMs: 5 * HOUR_MS,
  },
  { name: `${status}, shorter than the floor`, status, retryAfter: '1', waitMs: FLOOR_MS },
  { name: `${status}, zero`, status, retryAfter: '0', waitMs: FLOOR_MS },
  { name: `${status}, in the past`, status, retryAfter: 'Mon, 01 Jan 2001 00:00:00 GMT', waitMs: FLOOR_MS },
  { name: `${status}, rubbish`, status, retryAfter: 'soon', waitMs: FLOOR_MS },
  { name: `${status}, for 30 years`, status, retryAfter: '999999999', waitMs: 7 * DAY_MS },
  { name: `${status}, nothing`, status, waitMs: FLOOR_MS },
]);

export const check: Check = {
  title:
    'who asks to be left alone is left alone: Retry-After for the whole host and over restarts, else a growing back-off',
  async run(report) {
    for (const wish of WISHES) await checkWish(report, wish);
    await checkGrowth(report);
    await checkHost(report);
  },
};

/** Ticks every minute, with a restart in between, until it is asked again. */
async function checkWish(report: Report, wish: (typeof WISHES)[number]): Promise<void> {
  await withServer(
    (_request, response) => refuse(response, wish.status, wish.retryAfter),
    async (server) => {
      const sources = [{ id: 'asks-to-wait', url: `${server.url}/feed`, poll: '* * * * *' }];
      await withSimulation({ sources, startMs: START_MS }, async (simulation) => {
        await simulation.pass();
        await simulation.restart();
        const waitedMs = await untilAsked(simulation, () => server.requests.length > 1, 8 * DAY_MS);
        // Not for ever either: a week is the longest, and what says nothing is tried again within the day.
        const longestMs = Math.max(wish.waitMs, HOUR_MS) + STEP_MS;
        const isGood = waitedMs >= wish.waitMs && waitedMs <= longestMs;
        report.figure(wish.name, inMinutes(waitedMs), `${inMinutes(wish.waitMs)} to ${inMinutes(longestMs)}`, isGood);
      });
    },
  );
}

/** Without Retry-After: twice as long each time, up to a day, not in step with the others; one good answer, and all is well. */
async function checkGrowth(report: Report): Promise<void> {
  let isWell = false;
  await withServer(
    (_request, response) => {
      if (isWell) response.writeHead(200, { 'content-type': RSS_TYPE, etag: '"1"' }).end(rssOf([1]));
      else refuse(response, 503, undefined);
    },
    async (server) => {
      const ids = Array.from({ length: 20 }, (_, n) => `s${n}`);
      const sources = ids.map((id) => ({ id, url: `${server.url}/${id}` }));
      await withSimulation({ sources, startMs: START_MS, settings: { limits: { perHost: 8 } } }, async (simulation) => {
        const waits: number[][] = [];
        for (let failure = 0; failure < 10; failure += 1) {
          await simulation.pass();
          waits.push(ids.map((id) => Date.parse(simulation.state(id).notBefore ?? '') - simulation.nowMs));
          simulation.wait(25 * HOUR_MS);
        }
        const middle = waits.map((row) => median(row));
        const factors = middle.slice(1, 5).map((value, at) => value / (middle[at] ?? 1));
        report.figure(
          'each wait, times the one before',
          factors.map((factor) => factor.toFixed(1)).join(' '),
          'about 2',
          factors.every((factor) => factor > 1.5 && factor < 2.7),
        );
        const longest = Math.max(...waits.flat());
        report.figure('longest wait', inMinutes(longest), `<= ${inMinutes(DAY_MS)}`, longest <= DAY_MS);
        const last = waits.at(-1) ?? [];
        const spread = (Math.max(...last) - Math.min(...last)) / 2 / median(last);
        report.figure(
          'spread of the waits of sources that failed together',
          `±${Math.round(100 * spread)} %`,
          '>= ±10 %',
          spread >= 0.1,
        );
        isWell = true;
        await simulation.pass();
        const failures = Math.max(...ids.map((id) => simulation.state(id).failures));
        const next = Math.max(...ids.map((id) => Date.parse(simulation.state(id).notBefore ?? '') - simulation.nowMs));
        report.none('failures counted after one good answer', failures);
        report.figure(
          'longest wait after one good answer',
          inMinutes(next),
          `<= ${inMinutes(6 * HOUR_MS)}`,
          next <= 6 * HOUR_MS,
        );
      });
    },
  );
}

/** One feed is refused; all others of its host are left alone, those of another host are not. */
async function checkHost(report: Report): Promise<void> {
  let isHolding = false;
  await withServer(
    ({ url }, response) => {
      if (isHolding && url === '/0') refuse(response, 429, '7200');
      else response.writeHead(200, { 'content-type': RSS_TYPE }).end(rssOf([1]));
    },
    (server) =>
      withServer(
        (_request, response) => response.writeHead(200, { 'content-type': RSS_TYPE }).end(rssOf([2])),
        async (other) => {
          const sources = [0, 1, 2, 3].map((n) => ({ id: `s${n}`, url: `${server.url}/${n}` }));
          const settings = { limits: { concurrency: 1 } };
          const all = [...sources, { id: 'other', url: `${other.url}/feed` }];
          await withSimulation({ sources: all, startMs: START_MS, settings }, async (simulation) => {
            await simulation.pass();
            simulation.wait(DAY_MS);
            isHolding = true;
            const before = server.requests.length;
            const otherBefore = other.requests.length;
            await simulation.pass();
            await simulation.restart();
            for (let tick = 0; tick < 3; tick += 1) {
              simulation.wait(STEP_MS);
              await simulation.pass();
              await simulation.pass({ force: true });
            }
            report.figure(
              'requests to a host that asked for 2 h, in 1.5 h',
              server.requests.length - before,
              '1',
              server.requests.length - before === 1,
            );
            const others = other.requests.length - otherBefore;
            report.figure('requests to another host meanwhile', others, '>= 1', others >= 1);
            simulation.wait(HOUR_MS);
            await simulation.pass();
            const after = server.requests.length - before;
            report.figure('and after the 2 h', after, '> 1', after > 1);
          });
        },
      ),
  );
}

async function untilAsked(simulation: Simulation, isAsked: () => boolean, limitMs: number): Promise<number> {
  const startMs = simulation.nowMs;
  while (simulation.nowMs - startMs < limitMs) {
    simulation.wait(MINUTE_MS);
    await simulation.pass();
    if (isAsked()) return simulation.nowMs - startMs;
  }
  return Number.POSITIVE_INFINITY;
}

function refuse(response: ServerResponse, status: number, retryAfter: string | undefined): void {
  const date = new Date(START_MS).toUTCString();
  response.writeHead(status, retryAfter === undefined ? { date } : { date, 'retry-after': retryAfter }).end('wait');
}

const inMinutes = (ms: number): string =>
  ms < 3 * HOUR_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${(ms / HOUR_MS).toFixed(1)} h`;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
