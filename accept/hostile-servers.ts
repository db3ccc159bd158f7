import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createInterface } from 'node:readline';
import { ask } from './ask.ts';
import type { HostileCase } from './collection/cases.ts';

/** Running servers of hostile cases. */
export interface HostileServers {
  /** Their ports, as `allow` in feeds.json wants them. */
  readonly allow: readonly string[];
  /** Where a case is asked. */
  urlOf(one: HostileCase): string;
  /** Every request so far. */
  log(): Promise<readonly HostileRequest[]>;
}

export interface HostileRequest {
  /** Milliseconds since 1970. */
  readonly t: number;
  readonly on: 'main' | 'canary' | 'tls';
  /** First and second part of the path: 'case' and the id of a case, else nobody should have asked. */
  readonly kind: string;
  readonly id: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

interface Ports {
  readonly port: number;
  readonly canaryPort: number;
  readonly tlsPort: number;
}

/** Runs `work` with the programs that serve the cases on a loopback address, and ends them whatever happened. */
export async function withHostileServers<T>(
  cases: readonly HostileCase[],
  work: (servers: HostileServers) => Promise<T>,
  address = '127.0.0.1',
): Promise<T> {
  const programs = [...new Set(cases.map(({ servedBy }) => servedBy))];
  const children = programs.map((program) =>
    spawn(process.execPath, [program, '--host', address], { stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  try {
    const ports = new Map<string, Ports>();
    for (const [at, program] of programs.entries()) {
      const child = children[at];
      if (!child) continue;
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      ports.set(program, JSON.parse(line) as Ports);
    }
    const allPorts = [...ports.values()];
    return await work({
      allow: allPorts.flatMap(({ port, tlsPort }) => [`${address}:${port}`, `${address}:${tlsPort}`]),
      urlOf({ id, servedBy, at }) {
        const { port = 0, tlsPort = 0 } = ports.get(servedBy) ?? {};
        // Of those about a whole host the first of two feeds asks to wait.
        const path = `/case/${id}${id.endsWith('-host') ? '?i=0' : ''}`;
        if (at === undefined) return `http://${address}:${port}${path}`;
        return at === 'tls' || at === 'plain-https' ? `https://${address}:${at === 'tls' ? tlsPort : port}${path}` : at;
      },
      async log() {
        const answers = await Promise.all(allPorts.map(({ port }) => ask(`http://${address}:${port}/__log`)));
        return answers.flatMap(({ body }) => JSON.parse(body) as HostileRequest[]);
      },
    });
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}
