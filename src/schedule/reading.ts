import type { ViaductError } from '../errors.ts';
import type { FetchError, Fetched } from '../fetch/fetcher.ts';
import type { FeedDocument } from '../model.ts';

/** What a source answered to one poll, as a value. */
export type Reading =
  /** A new document, read well. */
  | {
      readonly kind: 'document';
      readonly document: FeedDocument;
      readonly fetched: Extract<Fetched, { kind: 'fetched' }>;
    }
  /** A 200 with the bytes of last time. */
  | { readonly kind: 'same'; readonly fetched: Extract<Fetched, { kind: 'fetched' }> }
  | { readonly kind: 'not-modified'; readonly fetched: Extract<Fetched, { kind: 'not-modified' }> }
  /** fetch/*: no whole document came. */
  | { readonly kind: 'fetch-failed'; readonly error: FetchError }
  /** parse/*: a whole body came, and it is not a feed (HTML, nothing, rubbish). */
  | {
      readonly kind: 'parse-failed';
      readonly error: ViaductError;
      readonly fetched: Extract<Fetched, { kind: 'fetched' }>;
    };
