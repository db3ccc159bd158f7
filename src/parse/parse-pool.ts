import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { ViaductError } from '../errors.ts';
import type { FeedDocument } from '../model.ts';
import type { ParseOptions } from './parse-feed.ts';
import type { ParseAnswer, ParseTask } from './parse-worker.ts';

/** A thread ends when it had nothing to do for so long: between two polls none is alive, each takes some 30 MB. */
const IDLE_MS = 10_000;

/** V8's share of what one document may take, with the room that threads need besides. */
const HEAP_MB = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32 };

/** Another thread costs 30 MB and warms up as the first did, so it is only for when the first is stuck: usually a document
 *  waits for no more than a few others of some milliseconds each. */
const PATIENCE_MS = 1000;

export interface ParsePool {
  /** As parseFeed, in a thread of its own, so that the event loop stays free.
   *  @throws ViaductError as parseFeed · parse/deadline · parse/memory: the thread was killed, the next document gets a
   *  new one */
  parse(bytes: Uint8Array, options: ParseOptions): Promise<FeedDocument>;
  /** Kills what still runs. */
  close(): Promise<void>;
}

/** Reads documents in at most `threads` threads: the first starts with the first document, each other one when a document
 *  has waited too long. `deadlineMs` counts
 *  from the moment that a thread is free for it. `worker` is the module that the threads run. */
export function createParsePool({
  threads,
  deadlineMs,
  worker = new URL('./parse-worker.js', import.meta.url),
}: {
  threads: number;
  deadlineMs: number;
  worker?: URL;
}): ParsePool {
  const pool = new Piscina<ParseTask, ParseAnswer>({
    filename: fileURLToPath(worker),
    name: 'answerTask',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    resourceLimits: HEAP_MB,
    recordTiming: false,
  });
  let running = 0;
  const waiting = new Set<() => void>();

  /** Piscina would queue, too, but with the deadline running. */
  const takeTurn = async () => {
    if (running === 0) {
      running++;
      return;
    }
    await new Promise<void>((resolve) => {
      const start = () => {
        clearTimeout(timer);
        waiting.delete(start);
        resolve();
      };
      const timer = setTimeout(() => {
        if (running >= threads) return;
        running++;
        start();
      }, PATIENCE_MS);
      waiting.add(start);
    });
  };
  const endTurn = () => {
    const [next] = waiting;
    if (next === undefined) running--;
    else next();
  };

  return {
    async parse(bytes, options) {
      await takeTurn();
      try {
        // Handing a copy over takes 0.015 ms for 70 KB, having the bytes serialised and read 0.043.
        const copy = new Uint8Array(bytes);
        const signal = AbortSignal.timeout(deadlineMs);
        const answer = await pool.run({ bytes: copy, options }, { signal, transferList: [copy.buffer] });
        if ('document' in answer) return answer.document;
        throw new ViaductError(answer.code, answer.message);
      } catch (error) {
        throw explain(error, deadlineMs);
      } finally {
        endTurn();
      }
    },
    close: () => pool.destroy(),
  };
}

function explain(cause: unknown, deadlineMs: number): unknown {
  if (!(cause instanceof Error) || cause instanceof ViaductError) return cause;
  if (cause.name === 'AbortError')
    return new ViaductError('parse/deadline', `reading the document took more than ${deadlineMs / 1000} s`, { cause });
  if ('code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new ViaductError('parse/memory', 'reading the document took too much memory', { cause });
  return cause;
}
