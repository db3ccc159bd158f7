import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ViaductError } from '../errors.ts';
import { type ProblemStatus, problemReply, rawReply } from './problems.ts';
import type { Site } from './site.ts';
import { send } from './site.ts';

/** Limits against clients that hold on to connections; milliseconds unless the name says otherwise. */
export interface ServerLimits {
  /** From the first moment of a connection, or of its next request, to the end of the header. */
  readonly headersMs: number;
  /** The same to the end of the body. */
  readonly requestMs: number;
  /** An idle connection between two requests: longer than the 60 s that proxies keep theirs, or they would meet a closed one. */
  readonly keepAliveMs: number;
  /** For the client to take an answer. */
  readonly takeMs: number;
  /** How often all but the idle are looked at. */
  readonly checkMs: number;
  /** Open connections; one more closes the oldest that has nothing left to be sent. */
  readonly maxConnections: number;
  /** Requests that may wait on one connection for the answer before them to be taken; one more closes it. */
  readonly maxWaiting: number;
  /** Bytes of answers that no client has taken yet; beyond it those who have waited longest are closed. */
  readonly maxUntaken: number;
}

const LIMITS: ServerLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  takeMs: 60_000,
  checkMs: 2_000,
  maxConnections: 8_000,
  maxWaiting: 32,
  maxUntaken: 64_000_000,
};
/** Browsers and proxies send a few kB. */
const MAX_HEADER_BYTES = 32 * 1024;
/** What an answer in flight gets when the server closes. */
const CLOSE_GRACE_MS = 2_000;

/** What answers: a site, or what stands in for it. */
type Answering = Pick<Site, 'listener' | 'prepare'>;

export interface SiteServer {
  /** The real one if 0 was asked for. */
  readonly port: number;
  /** Has another one answer from now on, and prepares it. */
  goOnWith(next: Answering): Promise<void>;
  close(): Promise<void>;
}

/** Serves the site on a socket, and prepares its feeds. Resolves once it listens.
 *  @throws ViaductError 'usage/port' when the address cannot be had */
export async function serveSite(
  first: Answering,
  place: { readonly host: string; readonly port: number; readonly limits?: Partial<ServerLimits> },
): Promise<SiteServer> {
  let site = first;
  const limits = { ...LIMITS, ...place.limits };
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
    // The site answers that itself, with its headers.
    requireHostHeader: false,
  });
  const inTurn = oneAtATime(limits.maxWaiting);
  server.on('request', (request, response) => inTurn(request, response, () => site.listener(request, response)));
  server.on('checkContinue', (request, response) => {
    // A client that asks first is told 413 before it sends; one with a small body is asked to go on.
    inTurn(request, response, () => {
      if (Number(request.headers['content-length'] ?? 0) <= 1_000_000) response.writeContinue();
      site.listener(request, response);
    });
  });
  server.on('checkExpectation', (request, response) =>
    inTurn(request, response, () => send(response, problemReply(417))),
  );
  server.on('connect', (_request, socket) => socket.end(rawReply(problemReply(405))));
  server.on('clientError', refuseClient);
  watchConnections(server, limits);
  await listen(server, place);
  await site.prepare();
  return {
    port: (server.address() as AddressInfo).port,
    goOnWith(next) {
      site = next;
      return site.prepare();
    },
    close: () => closeServer(server),
  };
}

/** Answers the requests of each connection one at a time, the next one when the answer before it was taken (RFC 9112 §9.3.2).
 *  node:http hands over all that a client has sent at once: 1,300 requests for a feed on each of 200 connections that read
 *  nothing kept everybody else waiting for 18 s. */
function oneAtATime(
  maxWaiting: number,
): (request: IncomingMessage, response: ServerResponse, work: () => void) => void {
  const waiting = new WeakMap<Socket, (() => void)[]>();
  return ({ socket }, response, work) => {
    // Closed already, for what came before in the same piece.
    if (socket.destroyed) return;
    const others = waiting.get(socket);
    if (others && others.length >= maxWaiting) {
      dropRest(socket);
      return;
    }
    const next = () => {
      const following = waiting.get(socket)?.shift();
      if (following) following();
      else waiting.delete(socket);
    };
    const begin = () => {
      response.once('finish', next);
      work();
    };
    if (others) others.push(begin);
    else {
      waiting.set(socket, []);
      begin();
    }
  };
}

/** Closes a connection and has the parser stop within the piece that it is at, in which a thousand more requests may stand: each
 *  would be made ready for nobody, 50 ms a piece. Documented nowhere: 2 is what node:http's own handler returns for an upgrade,
 *  behind which nothing is HTTP. Where that changes, the rest is only parsed in vain. */
function dropRest(socket: Socket): void {
  const { parser } = socket as { parser?: { onIncoming?: () => number } | null };
  if (parser?.onIncoming) parser.onIncoming = () => 2;
  socket.destroy();
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explainListenError(error, host, port)));
    server.listen({ host, port }, resolve);
  });
}

function explainListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const words: Record<string, string> = {
    EADDRINUSE: `port ${port} is in use: PORT=${port === 65_535 ? 8080 : port + 1} npm start`,
    EACCES: `port ${port} needs rights that this user lacks: PORT=8080 npm start`,
    EADDRNOTAVAIL: `${host} is no address of this machine: HOST=127.0.0.1 npm start`,
    ENOTFOUND: `${host} is no address of this machine: HOST=127.0.0.1 npm start`,
  };
  const message = words[error.code ?? ''];
  return message === undefined ? error : new ViaductError('usage/port', message, { cause: error });
}

/** Closes the oldest idle connection when there is one too many, and those that do not take their answer. A timeout on each
 *  socket would do the latter too, but costs a twentieth of what a prepared answer does. */
function watchConnections(server: Server, limits: ServerLimits): void {
  const open = new Set<Socket>();
  const untakenSince = new WeakMap<Socket, number>();
  server.on('connection', (socket: Socket) => {
    if (open.size >= limits.maxConnections) closeOldestIdle(open);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const watch = setInterval(() => {
    for (const socket of open) {
      const since = untakenSince.get(socket) ?? performance.now();
      if (socket.writableLength === 0) untakenSince.delete(socket);
      else if (performance.now() - since > limits.takeMs) socket.destroy();
      else untakenSince.set(socket, since);
    }
    closeLongestUntaken([...open], untakenSince, limits.maxUntaken);
  }, limits.checkMs);
  watch.unref();
  server.once('close', () => clearInterval(watch));
}

function closeLongestUntaken(
  open: readonly Socket[],
  untakenSince: Pick<WeakMap<Socket, number>, 'get'>,
  maxUntaken: number,
): void {
  let untaken = open.reduce((sum, { writableLength }) => sum + writableLength, 0);
  if (untaken <= maxUntaken) return;
  const since = (socket: Socket) => untakenSince.get(socket) ?? Number.POSITIVE_INFINITY;
  for (const socket of open.toSorted((a, b) => since(a) - since(b))) {
    if (untaken <= maxUntaken) return;
    untaken -= socket.writableLength;
    if (socket.writableLength > 0) socket.destroy();
  }
}

function closeOldestIdle(open: Set<Socket>): void {
  for (const socket of open) {
    if (socket.writableLength > 0) continue;
    socket.destroy();
    open.delete(socket);
    return;
  }
}

const STATUS_OF_ERROR: ReadonlyMap<string | undefined, ProblemStatus> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

/** What node:http could not read as a request. */
function refuseClient(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Documented nowhere, but what node:http's own handler looks at: an answer under way must not be run into.
  const { _httpMessage: inFlight } = socket as { _httpMessage?: ServerResponse | null };
  if (error.code === 'ECONNRESET' || !socket.writable || inFlight?.headersSent) socket.destroy();
  else socket.end(rawReply(problemReply(STATUS_OF_ERROR.get(error.code) ?? 400)));
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
