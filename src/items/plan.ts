import type { Fetched, FetchError } from '../fetch/fetcher.ts';
import type { PollOutcome, ViaductError } from '../errors.ts';
import type { FeedDocument, SourceRecord, SourceState } from '../model.ts';

/** What a source answered to one poll, as a value. */
export type Reading =
  /** A new document, read well. */
  | { readonly kind: 'document'; readonly document: FeedDocument; readonly fetched: Extract<Fetched, { kind: 'fetched' }> }
  /** A 200 with the bytes of last time. */
  | { readonly kind: 'same'; readonly fetched: Extract<Fetched, { kind: 'fetched' }> }
  | { readonly kind: 'not-modified'; readonly fetched: Extract<Fetched, { kind: 'not-modified' }> }
  /** fetch/*: no whole document came. */
  | { readonly kind: 'fetch-failed'; readonly error: FetchError }
  /** parse/*: a whole body came, and it is not a feed (HTML, nothing, rubbish). */
  | { readonly kind: 'parse-failed'; readonly error: ViaductError; readonly fetched: Extract<Fetched, { kind: 'fetched' }> };

/** What one poll changes. `record` is the source's next record, whole; absent when no stored fact changed. */
export interface Plan {
  readonly source: string;
  readonly record?: SourceRecord;
  readonly state: SourceState;
  readonly outcome: PollOutcome;
}
