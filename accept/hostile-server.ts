/** A program that serves the project's own hostile cases at /case/ID on a loopback address: started by hostile-servers.ts, which
 *  ends it. Its first line says where it listens; /__log is every request so far; the canary port is one that nobody may ask. */
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { withServer } from '../test/helpers/http-server.ts';
import { hostileCases } from './collection/cases.ts';
import { FLOODS } from './collection/floods.ts';
import { SERVERS } from './collection/servers.ts';
import type { HostileRequest } from './hostile-servers.ts';
import { fillIn } from './ingest.ts';

const host = process.argv[process.argv.indexOf('--host') + 1] ?? '127.0.0.1';
const documents = new Map(hostileCases().map((one) => [one.id, one]));
const servers = new Map(SERVERS.map((one) => [one.id, one]));
const floods = new Map(FLOODS.map((one) => [one.id, one]));
const log: HostileRequest[] = [];
const counts = new Map<string, number>();
const portOf = (server: http.Server) => (server.address() as AddressInfo).port;

const main = http.createServer({ requestTimeout: 0, headersTimeout: 0 }, listener('main'));
const canary = http.createServer(listener('canary'));
for (const server of [main, canary]) {
  server.on('connection', (socket: Socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
}
await withServer(
  listener('tls'),
  async ({ port: tlsPort }) => {
    console.log(JSON.stringify({ port: portOf(main), canaryPort: portOf(canary), tlsPort }));
    await new Promise(() => {});
  },
  { host, tls: true },
);

function listener(on: HostileRequest['on']): http.RequestListener {
  return (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://server');
    const [, kind = '', id = ''] = pathname.split('/');
    if (kind === '__log') return void response.end(JSON.stringify(log));
    log.push({ t: Date.now(), on, kind, id, url: request.url ?? '', headers: request.headers });
    if (on === 'canary' || kind !== 'case') return void response.end('nobody may ask this');
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    const base = `http://${host}:${portOf(main)}`;
    const canaryBase = `http://${host}:${portOf(canary)}`;
    const places = { base, canary: canaryBase };
    const flood = floods.get(id);
    const { body, contentType = 'text/plain' } = documents.get(id) ?? {};
    if (body) response.writeHead(200, { 'content-type': contentType }).end(fillIn(body, places));
    else if (flood) sendPieces(response, flood.contentType, flood.pieces());
    else if (!servers.has(id)) response.writeHead(404).end();
    else servers.get(id)?.answer({ request, response, socket: request.socket, count, query, ...places });
  };
}

function sendPieces(response: http.ServerResponse, contentType: string, pieces: Iterable<string>): void {
  response.writeHead(200, { 'content-type': contentType });
  const stream = Readable.from(pieces).on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}
