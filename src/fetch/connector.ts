import { lookup } from 'node:dns/promises';
import { isIP, connect as openTcp, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { aborted, failureOf, RESET } from './fetch-failure.ts';
import { FetchError } from './fetcher.ts';

/** Less than the 10 s to the headers, so that the failure is reported for what it is; a lost SYN is sent again after 1 and 3 s. */
const CONNECT_LIMIT_MS = 7_000;

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name, as the system resolves it. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>;

/** A connection about to be made: every address in it was checked, and no other may be used. */
export interface CheckedTarget {
  readonly hostname: string;
  readonly port: number;
  readonly addresses: readonly Address[];
  readonly tls: boolean;
  readonly verifyTls: boolean;
}

/** Begins a connection; the socket emits 'secureConnect' with TLS, else 'connect'. */
export type OpenSocket = (target: CheckedTarget) => Socket;

export interface Connector {
  /** For undici. Looks the name up once, checks every answer, connects to these answers only: a second look-up that says
   *  something else (DNS rebinding) is never made. */
  readonly connect: buildConnector.connector;
  /** Connections made to a host so far; `hostname` as in URL.hostname. */
  made(hostname: string, port: number): number;
  /** Destroys every socket, also those not yet connected. */
  destroy(): void;
}

export function createConnector(options: {
  guard: AddressGuard;
  verifyTls: boolean;
  resolve?: Resolve;
  openSocket?: OpenSocket;
}): Connector {
  const { guard, verifyTls, resolve = resolveBySystem, openSocket = openChecked } = options;
  const sockets = new Set<Socket>();
  const made = new Map<string, number>();
  let destroyed = false;

  async function open(hostname: string, port: number, tls: boolean): Promise<Socket> {
    const addresses = await checkedAddresses(guard, resolve, hostname, port);
    if (destroyed) throw aborted();
    const socket = openSocket({ hostname, port, addresses, tls, verifyTls });
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', nameReset);
    await connected(socket, tls);
    const key = `${hostname}:${port}`;
    made.set(key, (made.get(key) ?? 0) + 1);
    return socket;
  }

  return {
    connect({ hostname, port, protocol }, callback) {
      const tls = protocol === 'https:';
      open(hostname, port === '' ? (tls ? 443 : 80) : Number(port), tls).then(
        (socket) => callback(null, socket),
        (error) => callback(error, null),
      );
    },
    made: (hostname, port) => made.get(`${hostname.replace(/^\[|\]$/g, '')}:${port}`) ?? 0,
    destroy() {
      destroyed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function checkedAddresses(
  guard: AddressGuard,
  resolve: Resolve,
  hostname: string,
  port: number,
): Promise<readonly Address[]> {
  const family = isIP(hostname);
  const addresses = family === 0 ? await resolve(hostname).catch(throwUnknownName) : [{ address: hostname, family }];
  if (addresses.length === 0) throw new FetchError('fetch/dns', 'The name of its server has no address.');
  if (addresses.every(({ address }) => guard.permits({ hostname, address, port }))) return addresses;
  throw new FetchError(
    'fetch/refused-address',
    'It leads to an address that is not on the public internet, so it was not asked. If it is yours, add it to "allow" in feeds.json.',
  );
}

function throwUnknownName(cause: unknown): never {
  throw failureOf(cause, 'lookup');
}

const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true });

const openChecked: OpenSocket = ({ hostname, port, addresses, tls, verifyTls }) => {
  const options = {
    host: hostname,
    port,
    // Node tries the addresses in turn (RFC 8305); for an IP literal it asks no lookup at all.
    lookup: (_name: string, _options: unknown, answer: (error: null, addresses: Address[]) => void) =>
      answer(null, [...addresses]),
    autoSelectFamily: true,
    noDelay: true,
  };
  if (!tls) return openTcp(options);
  const servername = isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : '';
  return openTls({ ...options, servername, ALPNProtocols: ['http/1.1'], rejectUnauthorized: verifyTls });
};

function connected(socket: Socket, tls: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let stage: 'connect' | 'tls' = 'connect';
    const timer = setTimeout(
      () =>
        socket.destroy(new FetchError('fetch/timeout-connect', 'Its server did not accept a connection within 7 s.')),
      CONNECT_LIMIT_MS,
    );
    socket.once('connect', () => {
      stage = 'tls';
    });
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(failureOf(error, stage));
    };
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('closed')));
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve();
    });
  });
}

/** undici takes a reset in the middle of a body without a length for its regular end (client-h1.js, onHttpSocketError,
 *  looks at this code), and a feed cut in half would be whole. Under another name it is the failure that it is. */
function nameReset(error: NodeJS.ErrnoException): void {
  if (error.code === 'ECONNRESET') error.code = RESET;
}
