import type { ErrorCode } from '../errors.ts';
import { ViaductError } from '../errors.ts';
import type { Instant } from '../model.ts';

/** One conditional GET. */
export interface FetchRequest {
  /** http(s), or a file: URL inside the folder of feeds.json. */
  readonly url: string;
  /** The address as feeds.json names it, where `url` is another that redirects led to: `allow` holds for its host alone. */
  readonly namedUrl?: string;
  readonly etag?: string;
  readonly lastModified?: string;
  /** Host (as in URL.host) that gave the validators, if it is not that of `url`: they are sent to no other. */
  readonly validatorsFrom?: string;
  readonly timeoutSeconds: number;
  readonly insecureTls: boolean;
  readonly signal?: AbortSignal;
  /** Called with the address of each redirect before it is asked; may take its time, which does not count, or refuse with a FetchError. */
  readonly beforeHop?: (url: string) => Promise<void>;
}

/** What the publisher says about when to come again. */
export interface Freshness {
  readonly etag?: string;
  readonly lastModified?: string;
  /** Cache-Control max-age (or Expires − Date), less Age; seconds. */
  readonly maxAgeSeconds?: number;
}

/** One hop of a redirect that was followed. */
export interface Hop {
  readonly from: string;
  readonly to: string;
  readonly permanent: boolean;
}

export type Fetched =
  | {
      readonly kind: 'fetched';
      readonly status: number;
      /** The whole body, content codings removed. */
      readonly bytes: Uint8Array;
      /** SHA-256 of `bytes`, hex. */
      readonly bodyHash: string;
      /** Bytes that crossed the wire. */
      readonly wireBytes: number;
      readonly contentType?: string;
      /** Address after redirects. */
      readonly url: string;
      readonly hops: readonly Hop[];
      readonly freshness: Freshness;
    }
  | { readonly kind: 'not-modified'; readonly hops: readonly Hop[]; readonly freshness: Freshness };

/** A failed fetch: what the schedule needs beside the words. */
export class FetchError extends ViaductError {
  declare readonly code: ErrorCode & `fetch/${string}`;
  readonly status?: number;
  /** From Retry-After, both forms, as an instant. */
  readonly retryAt?: Instant;
  /** Origin that answered; after redirects it may not be the one asked. */
  readonly answeredBy?: string;
  readonly hops: readonly Hop[];
  constructor(
    code: ErrorCode & `fetch/${string}`,
    message: string,
    detail: { status?: number; retryAt?: Instant; answeredBy?: string; hops?: readonly Hop[]; cause?: unknown } = {},
  ) {
    super(code, message, detail.cause === undefined ? undefined : { cause: detail.cause });
    if (detail.status !== undefined) this.status = detail.status;
    if (detail.retryAt !== undefined) this.retryAt = detail.retryAt;
    if (detail.answeredBy !== undefined) this.answeredBy = detail.answeredBy;
    this.hops = detail.hops ?? [];
  }
}

/** Gets one document, whole or not at all.
 *  @throws FetchError for everything the network, the address guard or a limit refuses. */
export type Fetcher = (request: FetchRequest) => Promise<Fetched>;
