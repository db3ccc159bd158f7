import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { BROKEN_ANSWERS } from './collection/broken-answers.ts';
import { hostileCases } from './collection/cases.ts';
import { RSS_TYPE, rssOf } from './feed-text.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './simulation.ts';

/** Feeds that live on a clock: each publishes in a rhythm of its own, and lists its newest items. Some misbehave. */
export interface WeeklyFeeds {
  readonly feeds: readonly WeeklyFeed[];
  /** Addresses of the misbehaving. */
  readonly broken: readonly string[];
  /** What time it is for them. */
  setClock(nowMs: number): Promise<void>;
  stop(): void;
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
const AS_CHILD = 'weekly-feeds';
/** Longer ones are check 9's. */
const MAX_DOCUMENT_BYTES = 200_000;
const PER_WEEK = [168, 42, 14, 3];
const HEALTHY_NETWORK = 40;
const BROKEN_NETWORK = 60;

/** Serves so many feeds of either kind, each at a loopback address of its own, in a process of its own. */
export async function startWeeklyFeeds(counts: {
  readonly healthy: number;
  readonly broken: number;
}): Promise<WeeklyFeeds> {
  const child = fork(fileURLToPath(import.meta.url), [AS_CHILD]);
  const [port] = (await once(child, 'message')) as [number];
  const hostOf = (network: number, n: number) => `http://127.${network}.${n >> 8}.${n & 255}:${port}`;
  const from = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
  return {
    feeds: from(counts.healthy).map((n) => feedOf(n, `${hostOf(HEALTHY_NETWORK, n)}/h${n}`)),
    broken: from(counts.broken).map((n) => `${hostOf(BROKEN_NETWORK, n)}/b${n}`),
    async setClock(nowMs) {
      child.send(nowMs);
      await once(child, 'message');
    },
    stop: () => void child.kill(),
  };
}

async function serveFeeds(): Promise<void> {
  const documents = hostileDocuments();
  let nowMs = 0;
  const server = http.createServer((request, response) => {
    const [, kind, number] = /^\/(h|b)(\d+)$/.exec(request.url ?? '') ?? [];
    if (kind === 'h') answerWell(feedOf(Number(number), ''), nowMs, request, response);
    else misbehave(request.socket, response, documents);
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  process.on('message', (message) => {
    nowMs = Number(message);
    process.send?.('set');
  });
  process.send?.((server.address() as AddressInfo).port);
}

/** Documents that are meant to do harm. */
function hostileDocuments(): readonly Buffer[] {
  return hostileCases().flatMap(({ body }) => (body && body.length < MAX_DOCUMENT_BYTES ? [body] : []));
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

if (process.argv[2] === AS_CHILD) await serveFeeds();
