import { type ErrorCode, ViaductError } from '../errors.ts';
import type { FeedDocument } from '../model.ts';
import { type ParseOptions, parseFeed } from './parse-feed.ts';

export interface ParseTask {
  readonly bytes: Uint8Array;
  readonly options: ParseOptions;
}

/** Errors lose their class and code on their way between threads, so an expected one travels as a value. */
export type ParseAnswer = { readonly document: FeedDocument } | { readonly code: ErrorCode; readonly message: string };

/** What a thread of the parse pool does. */
export async function answerTask({ bytes, options }: ParseTask): Promise<ParseAnswer> {
  try {
    return { document: await parseFeed(bytes, options) };
  } catch (error) {
    if (!(error instanceof ViaductError)) throw error;
    return { code: error.code, message: error.message };
  }
}
