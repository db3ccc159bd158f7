/** What the benchmark uses of Node feedparser, which has no types. */
declare module 'feedparser' {
  import type { Duplex } from 'node:stream';

  const FeedParser: new (options?: { readonly feedurl?: string }) => Duplex;
  export = FeedParser;
}
