import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { type ErrorCode, ViaductError } from '../errors.ts';
import { countPass, type PassOptions, type PassSummary, type PolledSource } from '../worker/poller.ts';

/** What became of one source in a pass, as `viaduct poll --json` prints it. */
export type SourceReport = { readonly id: string } & (
  | { readonly outcome: 'failed'; readonly code: ErrorCode; readonly message: string }
  | { readonly outcome: 'updated'; readonly added: number; readonly edited: number; readonly merged: number }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'not due'; readonly reason: string; readonly until?: string | undefined }
);

export type PassReport = ReturnType<typeof countPass> & { readonly sources: readonly SourceReport[] };

/** What is heard of a pass while it runs. */
export interface PassListener {
  /** Once, with the number of sources that will be asked. */
  started(asking: number): void;
  polled(source: SourceReport): void;
  /** What feeds.json has wrong, so that the list before it is polled. */
  warned(problem: string): void;
}

const requestShape = z.object({ force: z.boolean(), sources: z.exactOptional(z.array(z.string())) });
export type PassRequest = z.output<typeof requestShape>;

type Answer =
  | { readonly asking: number }
  | { readonly polled: SourceReport }
  | { readonly warning: string }
  | { readonly done: PassReport }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };

/** The ids of ten thousand sources. */
const MAX_REQUEST_CHARS = 1_000_000;
const MAX_CLIENTS = 32;
/** A process that says nothing for so long has stopped, or speaks something else. */
const SILENCE_MS = 30_000;
/** An address of a Unix socket has 104 bytes on some systems, its end included (sun_path, unix(7)). */
const MAX_PATH_BYTES = 100;

const socketOf = (dataDir: string) => path.join(dataDir, 'private', 'poll.sock');

/** Runs a pass by `pass` whenever `viaduct poll` asks for one, for the holder of the data folder's lock. A line of JSON comes in
 *  (PassRequest), lines of JSON go out. Resolves with the way to stop; passes that run then still tell their end.
 *  @throws what the system says when there can be no socket */
export async function answerPolls(
  dataDir: string,
  pass: (request: PassRequest, listener: PassListener) => Promise<PassReport>,
): Promise<() => Promise<void>> {
  const file = socketOf(dataDir);
  const server = createServer((socket) => void answer(socket, pass));
  server.maxConnections = MAX_CLIENTS;
  // What a killed process left: whoever holds the lock is the only one.
  await rm(file, { force: true });
  await byShortPath(file, (at) => new Promise((done, fail) => server.on('error', fail).listen(at, () => done(at))));
  await chmod(file, 0o600);
  return async () => {
    server.close();
    await rm(file, { force: true });
  };
}

async function answer(socket: Socket, pass: Parameters<typeof answerPolls>[1]): Promise<void> {
  // Who asks may go away at any time; what it asked for is done all the same.
  socket.on('error', () => undefined).unref();
  socket.setTimeout(SILENCE_MS, () => socket.destroy());
  const request = await readRequest(socket);
  socket.setTimeout(0);
  if (!request) return void socket.destroy();
  const tell = (line: Answer) => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`));
  try {
    const listener = {
      started: (asking: number) => tell({ asking }),
      polled: (polled: SourceReport) => tell({ polled }),
      warned: (warning: string) => tell({ warning }),
    };
    tell({ done: await pass(request, listener) });
  } catch (error) {
    if (!(error instanceof ViaductError)) throw error;
    tell({ error: { code: error.code, message: error.message } });
  } finally {
    socket.end();
  }
}

/** Undefined for what is none, or too long. */
function readRequest(socket: Socket): Promise<PassRequest | undefined> {
  return new Promise((resolve) => {
    let text = '';
    socket.once('close', () => resolve(undefined));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0 && text.length < MAX_REQUEST_CHARS) return;
      socket.removeAllListeners('data').resume();
      try {
        resolve(requestShape.parse(JSON.parse(text.slice(0, end))));
      } catch {
        resolve(undefined);
      }
    });
  });
}

/** Has the process that holds the data folder for long run a pass; undefined when there is none, or it says nothing.
 *  @throws ViaductError as the pass did there; 'store/handover' when that process ended before the pass */
export async function handOver(
  dataDir: string,
  request: PassRequest,
  listener: PassListener,
  silenceMs = SILENCE_MS,
): Promise<PassReport | undefined> {
  const socket = await connect(socketOf(dataDir));
  if (!socket) return undefined;
  let hasAnswered = false;
  const lines = createInterface({ input: socket }).on('error', () => undefined);
  socket.on('close', () => lines.close()).setTimeout(silenceMs, () => hasAnswered || socket.destroy());
  socket.write(`${JSON.stringify(request)}\n`);
  try {
    for await (const line of lines) {
      const said = JSON.parse(line) as Answer;
      hasAnswered = true;
      if ('asking' in said) listener.started(said.asking);
      else if ('polled' in said) listener.polled(said.polled);
      else if ('warning' in said) listener.warned(said.warning);
      else if ('done' in said) return said.done;
      else throw new ViaductError(said.error.code, said.error.message);
    }
  } catch (error) {
    // Else the connection broke, or its last line.
    if (error instanceof ViaductError) throw error;
  } finally {
    socket.destroy();
  }
  if (!hasAnswered) return undefined;
  throw new ViaductError('store/handover', 'The viaduct that polled for this one ended before it was through.');
}

/** Undefined when nobody listens there. */
async function connect(file: string): Promise<Socket | undefined> {
  try {
    return await byShortPath(
      file,
      (at) =>
        new Promise((resolve, reject) => {
          const socket = createConnection(at, () => resolve(socket)).on('error', reject);
        }),
    );
  } catch {
    return undefined;
  }
}

/** Calls `work` with a path to this file that is no longer than the address of a socket may be: through a link to its folder, where
 *  its own is. */
async function byShortPath<T>(file: string, work: (at: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(file) <= MAX_PATH_BYTES) return work(file);
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-'));
  try {
    await symlink(path.dirname(file), path.join(folder, 'd'));
    return await work(path.join(folder, 'd', path.basename(file)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a pass by `poll` and reports it. */
export async function reportPass(
  poll: (options: Pick<PassOptions, 'onStart' | 'onPolled'>) => Promise<PassSummary>,
  listener: PassListener,
): Promise<PassReport> {
  const summary = await poll({ onStart: listener.started, onPolled: (polled) => listener.polled(reportOf(polled)) });
  const notDue = summary.notDue.map(({ source, ...why }) => ({ id: source.id, outcome: 'not due' as const, ...why }));
  return { ...countPass(summary), sources: [...summary.polled.map(reportOf), ...notDue] };
}

function reportOf({ source: { id }, outcome, merged }: PolledSource): SourceReport {
  if (outcome.kind === 'unchanged') return { id, outcome: 'unchanged' };
  if (outcome.kind === 'updated') {
    return { id, outcome: 'updated', added: outcome.added, edited: outcome.edited, merged };
  }
  return { id, outcome: 'failed', code: outcome.error.code, message: outcome.error.message };
}
