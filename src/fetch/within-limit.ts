import { aborted } from './fetch-failure.ts';
import { FetchError } from './fetcher.ts';

/** What a request may take. */
export interface Limit {
  /** Aborts when it is used up, and when the caller wants no more. */
  readonly signal: AbortSignal;
  /** Waits for what is no fault of the server's, and does not count. */
  pause(wait: Promise<void>): Promise<void>;
}

/** Gives `work` a limit that ends it after so long, or with `stop`, with the FetchError that says so. */
export async function withinLimit<T>(
  timeoutSeconds: number,
  stop: AbortSignal | undefined,
  work: (limit: Limit) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const onStop = () => controller.abort(aborted());
  let leftMs = timeoutSeconds * 1000;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const count = () => {
    startedAt = performance.now();
    timer = setTimeout(() => controller.abort(timedOut(timeoutSeconds)), leftMs);
  };
  const pause = async (wait: Promise<void>) => {
    clearTimeout(timer);
    leftMs -= performance.now() - startedAt;
    const cut = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    await Promise.race([wait, cut]).finally(count);
  };
  stop?.addEventListener('abort', onStop);
  if (stop?.aborted) onStop();
  count();
  try {
    return await work({ signal, pause });
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener('abort', onStop);
  }
}

function timedOut(seconds: number): FetchError {
  return new FetchError('fetch/timeout', `Its whole answer did not come within ${seconds} s.`);
}
