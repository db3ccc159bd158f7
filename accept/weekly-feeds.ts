import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { BROKEN_ANSWERS } from './broken-answers.ts';
import { RSS_TYPE, rssOf } from './feed-text.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './simulation.ts';

/** Feeds that live on a clock: each publishes in a rhythm of its own, and lists its newest items. Some misbehave. */
export interface WeeklyFeeds {
  readonly feeds: readonly WeeklyFeed[];
  /** Addresses of the misbehaving. */
  readonly broken: readonly string[];
  close(): Promise<void>;
}

export interface WeeklyFeed {
  readonly id: string;
  readonly url: string;
  /** How often viaduct promises to ask one that writes so much. */
  readonly intervalMs: number;
  readonly periodMs: number;
  /** Number of its newest item at a time. */
  newestAt(atMs: number): number;
  /** When an item was published; it is listed until 20 newer ones are there. */
  publishedMs(item: number): number;
}

export const LISTED = 20;
const PER_WEEK = [168, 42, 14, 3];
const HEALTHY_NETWORK = 40;
const BROKEN_NETWORK = 60;

/** Serves so many feeds of either kind, each at a loopback address of its own. `clock` is theirs. */
export async function startWeeklyFeeds(
  counts: { readonly healthy: number; readonly broken: number },
  clock: () => number,
  documents: readonly Buffer[],
): Promise<WeeklyFeeds> {
  const feeds: WeeklyFeed[] = [];
  const server = http.createServer((request, response) => {
    const [, kind, number] = /^\/(h|b)(\d+)$/.exec(request.url ?? '') ?? [];
    const feed = feeds[Number(number)];
    if (kind === 'h' && feed) answerWell(feed, clock(), request, response);
    else misbehave(request.socket, response, documents);
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  const hostOf = (network: number, n: number) => `http://127.${network}.${n >> 8}.${n & 255 || 1}:${port}`;
  for (let n = 0; n < counts.healthy; n += 1) feeds.push(feedOf(n, `${hostOf(HEALTHY_NETWORK, n)}/h${n}`));
  return {
    feeds,
    broken: Array.from({ length: counts.broken }, (_, n) => `${hostOf(BROKEN_NETWORK, n)}/b${n}`),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function feedOf(n: number, url: string): WeeklyFeed {
  const perWeek = PER_WEEK[n % PER_WEEK.length] ?? 1;
  const periodMs = (7 * DAY_MS) / perWeek;
  // Not all at the same moment.
  const offsetMs = (periodMs * ((n * 37) % 101)) / 101;
  return {
    id: `h${n}`,
    url,
    periodMs,
    intervalMs: Math.min(6 * HOUR_MS, Math.max(30 * MINUTE_MS, (7 * DAY_MS) / (4 * perWeek))),
    newestAt: (atMs) => Math.floor((atMs - offsetMs) / periodMs),
    publishedMs: (item) => item * periodMs + offsetMs,
  };
}

function answerWell(
  feed: WeeklyFeed,
  nowMs: number,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const newest = feed.newestAt(nowMs);
  const etag = `"${newest}"`;
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
  const items = Array.from({ length: LISTED }, (_, at) => newest - at);
  const dated = items.map(
    (item) => [item, `<pubDate>${new Date(feed.publishedMs(item)).toUTCString()}</pubDate>`] as const,
  );
  response.writeHead(200, { 'content-type': RSS_TYPE, etag }).end(rssOf(dated, `${feed.id}.example`));
}

/** One of the ways of answering badly, or a document that is meant to do harm. */
function misbehave(socket: Socket, response: http.ServerResponse, documents: readonly Buffer[]): void {
  const way = Math.floor(Math.random() * (BROKEN_ANSWERS.length + documents.length));
  const answer = BROKEN_ANSWERS[way];
  if (answer) answer.send(socket);
  else response.writeHead(200, { 'content-type': RSS_TYPE }).end(documents[way - BROKEN_ANSWERS.length]);
}
