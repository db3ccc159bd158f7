import { MINUTE_MS } from '../durations.ts';
import type { Prepared } from './prepared.ts';

const MAX_PAGES = 300;
const MAX_AGE_MS = MINUTE_MS;

/** Rendered pages by key, for a minute at most, so that a count on a page is no older. */
export interface PageCache {
  get(key: string, render: () => Prepared): Prepared;
  clear(): void;
}

/** Holds at most 300 pages (about 20 MB), the longest unasked going first. */
export function createPageCache(nowMs: () => number): PageCache {
  const pages = new Map<string, { readonly page: Prepared; readonly madeAtMs: number }>();
  return {
    get(key, render) {
      const kept = pages.get(key);
      const isFresh = kept !== undefined && Math.abs(nowMs() - kept.madeAtMs) < MAX_AGE_MS;
      const entry = isFresh ? kept : { page: render(), madeAtMs: nowMs() };
      // Taken out and put back, the key moves to the end: a Map keeps the order of putting in.
      pages.delete(key);
      pages.set(key, entry);
      const longestUnasked = pages.keys().next();
      if (pages.size > MAX_PAGES && !longestUnasked.done) pages.delete(longestUnasked.value);
      return entry.page;
    },
    clear: () => pages.clear(),
  };
}
