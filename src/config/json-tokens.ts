import { createScanner } from 'jsonc-parser';

/** What the next token is; a 'word' is anything that JSON does not know. */
type TokenKind = '{' | '}' | '[' | ']' | ',' | ':' | 'null' | 'true' | 'false' | 'text' | 'number' | 'word' | 'end';

/** jsonc-parser's SyntaxKind by number: a const enum that separately compiled files cannot read (TS2748). 12 to 15 are space and comments. */
const KINDS: readonly (TokenKind | undefined)[] = [
  undefined,
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'true',
  'false',
  'text',
  'number',
  undefined,
  undefined,
  undefined,
  undefined,
  'word',
  'end',
];
const BLOCK_COMMENT = 13;

/** jsonc-parser's ScanError by number, in words. */
const TOKEN_PROBLEMS: readonly (string | undefined)[] = [
  undefined,
  undefined,
  'this text is never closed; expected a quotation mark on the same line',
  'this number is not complete',
  'expected four hexadecimal digits after \\u in this text',
  'expected \\\\ where this text has a single \\',
  'this text holds a tab or another control character; write \\t for a tab',
];
const UNCLOSED = 2;

/** The tokens of a text, one at a time, without space and comments. */
export interface JsonTokens {
  readonly kind: TokenKind;
  /** Of the token at hand, from 0. */
  readonly offset: number;
  /** Where the token before it ended. */
  readonly previousEnd: number;
  /** What a text says, escapes undone; the characters of any other token. */
  readonly value: string;
  /** What is wrong inside a text or number, in words. */
  readonly problem: string | undefined;
  /** Whether a text ended with its line instead of a quotation mark. */
  readonly isUnclosed: boolean;
  next(): void;
  /** Makes the token at hand end at `offset`: the next one begins there. */
  skipTo(offset: number): void;
}

/** Stands before the first token. `tell` hears of what is no token at all.
 *  @throws what `stop` throws, at a comment that never ends */
export function createJsonTokens(
  text: string,
  tell: (offset: number, message: string) => void,
  stop: (offset: number, message: string) => never,
): JsonTokens {
  const scanner = createScanner(text);
  let kind: TokenKind = 'end';
  let previousEnd = 0;
  return {
    get kind() {
      return kind;
    },
    get offset() {
      return scanner.getTokenOffset();
    },
    get previousEnd() {
      return previousEnd;
    },
    get value() {
      return scanner.getTokenValue();
    },
    get problem() {
      return TOKEN_PROBLEMS[scanner.getTokenError()];
    },
    get isUnclosed() {
      return scanner.getTokenError() === UNCLOSED;
    },
    next() {
      previousEnd = scanner.getPosition();
      let found: TokenKind | undefined;
      while (found === undefined) found = scanOne();
      kind = found;
    },
    skipTo: (offset) => scanner.setPosition(offset),
  };

  /** Undefined for space and comments. */
  function scanOne(): TokenKind | undefined {
    const scanned: number = scanner.scan();
    const offset = scanner.getTokenOffset();
    if (scanned === BLOCK_COMMENT && !text.slice(offset + 2, scanner.getPosition()).endsWith('*/')) {
      stop(offset, 'this comment is never closed; expected */');
    }
    const found = KINDS[scanned];
    // Pasted from web pages: no-break and zero-width spaces, which JSON does not take for space.
    const invisible = found === 'word' ? /^[\s\u200b\u2060\ufeff]+/.exec(scanner.getTokenValue())?.[0] : undefined;
    if (invisible !== undefined) {
      tell(offset, 'an invisible character that is no plain space; delete it');
      scanner.setPosition(offset + invisible.length);
      return undefined;
    }
    return found;
  }
}
