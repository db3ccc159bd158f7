import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HOST_SPACING_MS } from '../src/fetch/host-queue.ts';
import { RSS_TYPE, rssOf } from './feed-text.ts';
import type { Check } from './report.ts';
import { HOUR_MS, MINUTE_MS, type Simulation, withSimulation } from './simulation.ts';

const HOSTS = 10;
const FEEDS = 200;
const RESTARTS = 10;
const TICK_MS = 30 * MINUTE_MS;
const HOURS = 6;
/** A little after a tick of the cron. */
const START_MS = Date.UTC(2026, 2, 4, 12, 0, 20);

/** So many entries in a week that only the cron decides when it is asked. */
const documentOf = (path: string) =>
  rssOf(
    Array.from({ length: 100 }, (_, n) => n),
    `${path.slice(1)}.example`,
  );

interface Seen {
  readonly feed: string;
  readonly host: string;
  /** On the simulated clock. */
  readonly clockMs: number;
  /** In real time. */
  readonly realMs: number;
}

export const check: Check = {
  title: `${FEEDS} feeds on ${HOSTS} hosts: no bursts, no feed twice, and restarts cost nobody a request`,
  async run(report) {
    const seen: Seen[] = [];
    const open = new Map<string, number>();
    let mostOpen = 0;
    let clock: Pick<Simulation, 'nowMs'> = { nowMs: START_MS };
    const server = http.createServer((request, response) => {
      const host = request.socket.localAddress ?? '';
      seen.push({ feed: request.url ?? '', host, clockMs: clock.nowMs, realMs: performance.now() });
      // Long enough that two at once would be seen.
      setTimeout(
        () => response.writeHead(200, { 'content-type': RSS_TYPE, etag: '"1"' }).end(documentOf(request.url ?? '')),
        50,
      );
    });
    server.on('connection', (socket: Socket) => {
      const host = socket.localAddress ?? '';
      const count = (open.get(host) ?? 0) + 1;
      open.set(host, count);
      mostOpen = Math.max(mostOpen, count);
      socket.on('close', () => open.set(host, (open.get(host) ?? 0) - 1));
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as AddressInfo;
    const sources = Array.from({ length: FEEDS }, (_, n) => ({
      id: `f${n}`,
      url: `http://127.0.5.${1 + (n % HOSTS)}:${port}/f${n}`,
    }));
    try {
      await withSimulation({ sources, spacingMs: HOST_SPACING_MS, startMs: START_MS }, async (simulation) => {
        clock = simulation;
        await simulation.pass();
        const realSeconds = (performance.now() - (seen[0]?.realMs ?? 0)) / 1000;
        report.equal('feeds asked at the start', seen.length, FEEDS);
        report.figure('connections to one host at once', mostOpen, '<= 2', mostOpen <= 2);
        const gap = shortestMeanGap(seen);
        report.figure(
          'between two requests to one host on average, ms, the least of all hosts',
          Math.round(gap),
          '>= 1000',
          gap >= 1000,
        );
        const burst = mostInASecond(seen);
        // Two ticks an hour: an hour has twice as many requests as a pass.
        const share = burst / (2 * FEEDS);
        report.figure(
          `requests in the busiest second of ${realSeconds.toFixed(0)}`,
          `${burst} (${(100 * share).toFixed(1)} % of an hour's)`,
          '<= 5 %',
          share <= 0.05,
        );

        const before = seen.length;
        for (let restart = 0; restart < RESTARTS; restart += 1) {
          simulation.wait((5 * MINUTE_MS) / RESTARTS);
          await simulation.restart();
          await simulation.pass();
        }
        report.figure(
          `requests through ${RESTARTS} restarts in 5 min`,
          seen.length - before,
          '0',
          seen.length === before,
        );
      });
      // Six hours without the pause in real time, with a tick each half hour and a restart each hour.
      seen.length = 0;
      await withSimulation({ sources, startMs: START_MS }, async (simulation) => {
        clock = simulation;
        for (let tick = 0; tick * TICK_MS <= HOURS * HOUR_MS; tick += 1) {
          await simulation.pass();
          simulation.wait(TICK_MS);
          if (tick % 2 === 1) await simulation.restart();
        }
        const again = shortestReturn(seen) / MINUTE_MS;
        report.figure(
          `shortest time between two requests for one feed in ${HOURS} h, min`,
          again.toFixed(0),
          '>= 30',
          again >= 30,
        );
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
};

/** A single one says as much of the machine's other work as of the pause. */
function shortestMeanGap(seen: readonly Seen[]): number {
  const means = [...new Set(seen.map(({ host }) => host))].map((host) => {
    const requests = seen.filter((one) => one.host === host);
    const [first, last] = [requests[0], requests.at(-1)];
    return ((last?.realMs ?? 0) - (first?.realMs ?? 0)) / (requests.length - 1);
  });
  return Math.min(...means);
}

function shortestReturn(seen: readonly Seen[]): number {
  const last = new Map<string, number>();
  let least = Number.POSITIVE_INFINITY;
  for (const { feed, clockMs } of seen) {
    least = Math.min(least, clockMs - (last.get(feed) ?? Number.NEGATIVE_INFINITY));
    last.set(feed, clockMs);
  }
  return least;
}

function mostInASecond(seen: readonly Seen[]): number {
  const times = seen.map(({ realMs }) => realMs);
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + 1000).length));
}
