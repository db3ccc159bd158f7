import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';

/** A request that a test server saw, in order of arrival. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Lower-cased names. */
  readonly headers: http.IncomingHttpHeaders;
  /** Names and values as they came. */
  readonly rawHeaders: readonly string[];
}

/** A real server on a free loopback port. */
export interface TestServer {
  /** http://127.0.0.1:PORT, without a slash at the end. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Connections open now. */
  readonly open: number;
}

export interface ServerOptions {
  /** Loopback address to listen on. */
  readonly host?: string;
  /** Speak TLS with the self-signed certificate of test/fixtures/tls. */
  readonly tls?: boolean;
}

/** Runs `work` while `handler` answers on a free loopback port; everything is closed afterwards, whatever happened. */
export function withServer<T>(
  handler: http.RequestListener,
  work: (server: TestServer) => Promise<T>,
  options: ServerOptions = {},
): Promise<T> {
  const requests: SeenRequest[] = [];
  const listener: http.RequestListener = (request, response) => {
    const { method = '', url = '', headers, rawHeaders } = request;
    requests.push({ method, url, headers, rawHeaders });
    response.on('error', () => undefined);
    handler(request, response);
  };
  const server = options.tls ? https.createServer(certificate(), listener) : http.createServer(listener);
  return withListener(server, requests, options, work);
}

/** Like withServer, for answers that are not HTTP: `handler` gets each socket once its first bytes came. */
export function withRawServer<T>(
  handler: (socket: net.Socket, head: string) => void,
  work: (server: TestServer) => Promise<T>,
  options: ServerOptions = {},
): Promise<T> {
  const requests: SeenRequest[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      const head = data.toString('latin1');
      const [method = '', url = ''] = head.split(' ');
      requests.push({ method, url, headers: {}, rawHeaders: head.split('\r\n').slice(1) });
      handler(socket, head);
    });
  });
  return withListener(server, requests, options, work);
}

const certificate = () => ({
  key: readFileSync('test/fixtures/tls/localhost-key.pem'),
  cert: readFileSync('test/fixtures/tls/localhost-cert.pem'),
});

async function withListener<T>(
  server: net.Server,
  requests: readonly SeenRequest[],
  options: ServerOptions,
  work: (server: TestServer) => Promise<T>,
): Promise<T> {
  const sockets = new Set<net.Socket>();
  let accepted = 0;
  server.on('connection', (socket: net.Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const shownHost = net.isIPv6(host) ? `[${host}]` : host;
  try {
    return await work({
      url: `${options.tls ? 'https' : 'http'}://${shownHost}:${port}`,
      host,
      port,
      requests,
      get accepted() {
        return accepted;
      },
      get open() {
        return sockets.size;
      },
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}
