import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

const LOAD_MS = 10_000;
/** For what an attack does a little after the page has loaded. */
const SETTLE_MS = 30;
/** Payloads call VIAXSS, or what a browser has by itself for showing that a script ran. */
const TRAP = `for (const name of ['VIAXSS', 'alert', 'confirm', 'prompt', 'print'])
  Object.defineProperty(globalThis, name, { value: (...said) => viaductHit(name + ' ' + said.join(' ')), writable: false });`;

/** A page in a real browser that obeys no Content-Security-Policy and reaches no host but 127.0.0.1. */
export interface Browser {
  /** Loads an address; what any script in it called, [] when none ran. */
  visit(url: string): Promise<readonly string[]>;
  /** How wide the window is, and which colours the reader prefers, from now on. */
  look(width: number, scheme: 'light' | 'dark'): Promise<void>;
  /** The value of an expression in the page, as JSON; of a promise what it resolves with. */
  evaluate(expression: string): Promise<unknown>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** Runs `work` with a browser, and ends the browser whatever happened. */
export async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-chromium-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--remote-debugging-pipe',
    `--user-data-dir=${folder}`,
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ];
  const child = spawn(CHROMIUM, [...flags, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    return await work(await openPage(child.stdio[3] as Writable, child.stdio[4] as Readable));
  } finally {
    // Its own group: a browser is many processes.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The Chrome DevTools Protocol over a pipe: JSON messages that end with a NUL. */
async function openPage(input: Writable, output: Readable): Promise<Browser> {
  const answers = new Map<number, { resolve(result: Message['result']): void; reject(error: Error): void }>();
  let lastId = 0;
  let hits: string[] = [];
  let onLoad = () => {};
  let rest = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) receive(JSON.parse(part) as Message);
  });

  function receive({ id, method, params, result, error }: Message): void {
    if (id !== undefined) {
      if (error) answers.get(id)?.reject(new Error(error.message));
      else answers.get(id)?.resolve(result);
      answers.delete(id);
    }
    if (method === 'Runtime.bindingCalled') hits.push(String(params?.payload));
    if (method === 'Page.javascriptDialogOpening') {
      hits.push(`dialog ${params?.message}`);
      void send('Page.handleJavaScriptDialog', { accept: true });
    }
    if (method === 'Page.loadEventFired') onLoad();
  }

  let sessionId: string | undefined;
  function send(method: string, params: object = {}): Promise<Message['result']> {
    lastId += 1;
    const id = lastId;
    input.write(`${JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) })}\0`);
    return new Promise((resolve, reject) => answers.set(id, { resolve, reject }));
  }

  const target = await send('Target.createTarget', { url: 'about:blank' });
  const session = await send('Target.attachToTarget', { targetId: target?.targetId, flatten: true });
  sessionId = String(session?.sessionId);
  await send('Page.enable');
  await send('Page.setBypassCSP', { enabled: true });
  await send('Runtime.enable');
  await send('Runtime.addBinding', { name: 'viaductHit' });
  await send('Page.addScriptToEvaluateOnNewDocument', { source: TRAP });
  return {
    async visit(url) {
      hits = [];
      const loaded = new Promise<void>((resolve) => {
        onLoad = resolve;
      });
      await send('Page.navigate', { url });
      await Promise.race([loaded, wait(LOAD_MS)]);
      await wait(SETTLE_MS);
      return hits;
    },
    async look(width, scheme) {
      await send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
      await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    },
    async evaluate(expression) {
      const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      return (answer?.result as { value?: unknown } | undefined)?.value;
    },
  };
}
