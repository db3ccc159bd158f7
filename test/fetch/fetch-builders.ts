import { createAddressGuard } from '../../src/fetch/address-guard.ts';
import type { Fetcher, FetchRequest } from '../../src/fetch/fetcher.ts';
import { FetchError } from '../../src/fetch/fetcher.ts';
import { createHttpFetcher, type HttpFetcherOptions } from '../../src/fetch/http-fetcher.ts';

export const NOW_MS = Date.parse('2026-03-04T12:00:00.000Z');

export const GOOD = '<rss version="2.0"><channel><title>t</title><item><title>one</title></item></channel></rss>';

export const aRequest = (url: string, over: Partial<FetchRequest> = {}): FetchRequest => ({
  url,
  timeoutSeconds: 10,
  insecureTls: false,
  ...over,
});

/** Runs `work` with a fetcher that may ask the loopback addresses in `allow`, and closes it. */
export async function withFetcher<T>(
  allow: readonly string[],
  work: (fetch: Fetcher & { close(): Promise<void> }) => Promise<T>,
  over: Partial<HttpFetcherOptions> = {},
): Promise<T> {
  const fetch = createHttpFetcher({
    guard: createAddressGuard(allow),
    maxBodyBytes: 100_000,
    userAgent: () => 'viaduct/0.0.0 (+https://example.org/)',
    clock: () => NOW_MS,
    connectionsPerHost: 1,
    ...over,
  });
  try {
    return await work(fetch);
  } finally {
    await fetch.close();
  }
}

/** The failure of a fetch that must fail. */
export async function failureIn(fetched: Promise<unknown>): Promise<FetchError> {
  try {
    await fetched;
  } catch (error) {
    if (error instanceof FetchError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
