/** Who can fix it: fetch/* the network (retry), parse/* the publisher, config/* the operator (exit 2), store/* us or the disk, usage/* the person at the keyboard (exit 2). */
export type ErrorCode = `${'fetch' | 'parse' | 'config' | 'store' | 'usage'}/${string}`;

/** A failure that viaduct expected: a code for machines and words for people that say what to do. Anything else is a bug. */
export class ViaductError extends Error {
  override readonly name = 'ViaductError';
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** How one poll ended. A failure is a value from here on: the worker stores it, the site shows it. */
export type PollOutcome =
  | { readonly kind: 'updated'; readonly added: number; readonly edited: number }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly error: ViaductError };
