import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { ViaductError } from '../errors.ts';
import type { FeedDocument } from '../model.ts';
import type { ParseOptions } from './parse-feed.ts';
import type { ParseAnswer, ParseTask } from './parse-worker.ts';

/** A thread ends when it had nothing to do for so long: between two polls none is alive, each takes some 30 MB. */
const IDLE_MS = 10_000;

/** A document of this size is read within the deadline and the heap that follow; larger ones get as many times as much. */
const USUAL_MB = 10;
/** A document that takes longer to read is given up; the slowest honest one seen took 0.4 s. */
const DEADLINE_MS = 10_000;
/** V8's share of what one document may take, with the room that threads need besides. */
const HEAP_MB = 192;

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

/** Reads documents in at most `threads` threads, which run the module `worker`:
 *
 *      a document waits for its turn: until no other is read, one that was read has ended, or PATIENCE_MS have passed
 *      and not all threads are in use
 *      a thread reads it and answers with a document or an error; after the deadline it is killed
 *
 *  `maxMB`: the largest document. */
export function createParsePool({
  threads,
  maxMB = USUAL_MB,
  deadlineMs = DEADLINE_MS * Math.max(1, maxMB / USUAL_MB),
  worker = new URL('./parse-worker.js', import.meta.url),
}: {
  threads: number;
  maxMB?: number;
  deadlineMs?: number;
  worker?: URL;
}): ParsePool {
  const pool = new Piscina<ParseTask, ParseAnswer>({
    filename: fileURLToPath(worker),
    name: 'answerTask',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    resourceLimits: {
      maxOldGenerationSizeMb: HEAP_MB * Math.max(1, maxMB / USUAL_MB),
      maxYoungGenerationSizeMb: 32,
    },
    recordTiming: false,
  });
  const turns = createTurns(threads);
  return {
    async parse(bytes, options) {
      await turns.take();
      try {
        // Handing a copy over takes 0.015 ms for 70 KB, having the bytes serialised and read 0.043.
        const copy = new Uint8Array(bytes);
        const signal = AbortSignal.timeout(deadlineMs);
        const task = { bytes: copy, options: { maxChars: maxMB * 1_000_000, ...options } };
        const answer = await pool.run(task, { signal, transferList: [copy.buffer] });
        if ('document' in answer) return answer.document;
        throw new ViaductError(answer.code, answer.message);
      } catch (error) {
        throw explain(error, deadlineMs);
      } finally {
        turns.end();
      }
    },
    close: () => pool.destroy(),
  };
}

interface Turns {
  /** Resolves when the caller may begin; `end` must follow. */
  take(): Promise<void>;
  end(): void;
}

/** Piscina would let documents wait, too, but with the deadline running and a thread for each of the first `threads`. */
function createTurns(threads: number): Turns {
  let running = 0;
  /** What starts those that wait, the longest wait first. */
  const waiting = new Set<() => void>();

  const wait = () =>
    new Promise<void>((resolve) => {
      const start = () => {
        clearTimeout(timer);
        waiting.delete(start);
        running++;
        resolve();
      };
      const timer = setTimeout(() => {
        if (running < threads) start();
      }, PATIENCE_MS);
      waiting.add(start);
    });

  return {
    async take() {
      if (running === 0) running++;
      else await wait();
    },
    end() {
      running--;
      const [next] = waiting;
      next?.();
    },
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
