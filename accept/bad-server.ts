import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ask } from './ask.ts';
import { ATTACKS } from './attack-cases.ts';

/** A running hostile server. */
export interface BadServer {
  /** http://127.0.0.1:PORT; a case is at /case/ID. */
  readonly url: string;
  /** 127.0.0.1:PORT, as `allow` in feeds.json wants it. */
  readonly host: string;
  readonly canaryPort: number;
  readonly tlsPort: number;
  /** Every request so far. */
  log(): Promise<readonly BadServerRequest[]>;
}

export interface BadServerRequest {
  readonly t: number;
  readonly on: 'main' | 'canary' | 'tls';
  readonly kind: string;
  readonly id: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Runs `work` with the collection's hostile server on a loopback address of its own, and ends it whatever happened. */
export async function withBadServer<T>(work: (server: BadServer) => Promise<T>, address = '127.0.0.1'): Promise<T> {
  const child = spawn(process.execPath, [path.join(ATTACKS, 'badserver.mjs'), '--host', address], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { port, canaryPort, tlsPort } = JSON.parse(line) as { port: number; canaryPort: number; tlsPort: number };
    const url = `http://${address}:${port}`;
    return await work({
      url,
      host: `${address}:${port}`,
      canaryPort,
      tlsPort,
      log: async () => JSON.parse((await ask(`${url}/__log`)).body) as readonly BadServerRequest[],
    });
  } finally {
    child.kill('SIGKILL');
  }
}
