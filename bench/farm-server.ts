import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A farm of feeds that runs on loopback. */
export interface FarmServer {
  /** Addresses of all its feeds, or of the healthy ones. */
  urls(which: 'all' | 'healthy'): Promise<readonly string[]>;
  /** Calls one of its own commands, such as '/publish?feeds=50'; what it answers. */
  command(pathAndQuery: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a farm of so many feeds; undefined where the farm is not at hand. */
export async function startFarm(feeds: number, options: readonly string[] = []): Promise<FarmServer | undefined> {
  const script = path.resolve('../shared/farm/feedfarm.mjs');
  if (!existsSync(script)) return undefined;
  const [port, controlPort] = [await freePort(), await freePort()];
  const fixed = [script, `--port=${port}`, `--ctl=${controlPort}`, `--feeds=${feeds}`];
  const child = spawn(process.execPath, [...fixed, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the farm ended with ${code}`))),
  ]);
  const control = `http://127.0.0.1:${controlPort}`;
  return {
    async urls(which) {
      const response = await fetch(`${control}/urls?fmt=txt${which === 'healthy' ? '&ok=1' : ''}`);
      return (await response.text()).trim().split('\n');
    },
    command: async (pathAndQuery) => (await fetch(control + pathAndQuery)).json(),
    async stop() {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** One that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
