import { createScanner, findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser';

/** Keys and indexes that lead to a value. */
export type JsonPath = readonly (string | number)[];

/** Something that needs fixing in the text, in words. `offset` counts characters from 0. */
export interface TextProblem {
  readonly offset: number;
  readonly path: JsonPath;
  readonly message: string;
}

/** A file as it was read. `root` is missing where the text is too broken to say anything of its values. */
export interface JsonDocument {
  readonly root?: Node;
  readonly problems: readonly TextProblem[];
}

const MAX_DEPTH = 20;
/** 10,000 sources are about 80,000 values. A file of 32 MB could hold 16 million, more than fits in memory. */
const MAX_VALUES = 500_000;
const MAX_PROBLEMS = 20;

/** Reads JSON with comments and trailing commas, by jsonc-parser. Of what breaks the syntax the first is reported, since the rest
 *  often follows from it; missing commas, which leave the values readable, and keys that stand twice are all reported. */
export function readJsonc(text: string): JsonDocument {
  const found = findBrokenToken(text);
  if (found?.isTooMuch) return { problems: [found] };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (found && (!first || found.at <= first.offset)) return { problems: [found] };
  const commas = errors.filter(({ error }) => error === COMMA_EXPECTED);
  if (!root || commas.length < errors.length) return { problems: first ? [describe(first, text)] : [] };
  const problems = [...commas.map((error) => describe(error, text)), ...findRepeatedKeys(root, text)];
  return { root, problems: problems.slice(0, MAX_PROBLEMS) };
}

/** The deepest value on the path that stands in the text, and how many steps of the path lead to it. */
export function findNode(root: Node, path: JsonPath): { node: Node; depth: number } {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, depth));
    if (node) return { node, depth };
  }
  return { node: root, depth: 0 };
}

/** Where a value's key begins; of a value without a key where it begins itself. */
export function keyOffsetOf({ parent, offset }: Node): number {
  return (parent?.type === 'property' && parent.children?.[0]?.offset) || offset;
}

/** jsonc-parser's SyntaxKind by number: a const enum that separately compiled files cannot read (TS2748). 12 to 15 are space and
 *  comments; a 'word' is anything that JSON does not know. */
const KINDS = [
  ...['', '{', '}', '[', ']', ',', ':', 'null', 'true', 'false', 'text', 'number'],
  '',
  '',
  '',
  '',
  'word',
  'end',
];
const BLOCK_COMMENT = 13;

/** jsonc-parser's ScanError by number, in words. */
const TOKEN_PROBLEMS = [
  undefined,
  'this comment is never closed; expected */',
  'this text is never closed; expected a quotation mark on the same line',
  'this number is not complete',
  'expected four hexadecimal digits after \\u in this text',
  'expected \\\\ where this text has a single \\',
  'this text holds a tab or another control character; write \\t for a tab',
];

/** The first token that is none of JSON's, or a bracket that closes nothing. `at` says where that was noticed: of a bracket that is
 *  never closed, at the end. `isTooMuch`: nothing may be built of this text (jsonc-parser's parser calls itself at each bracket). */
function findBrokenToken(text: string): (TextProblem & { at: number; isTooMuch?: true }) | undefined {
  const scanner = createScanner(text);
  const open: number[] = [];
  let before = '';
  let values = 0;
  const problem = (message: string, offset = scanner.getTokenOffset()) => {
    return { offset, path: [], message, at: scanner.getTokenOffset() };
  };
  for (;;) {
    const scanned: number = scanner.scan();
    const kind = KINDS[scanned] ?? '';
    const error = TOKEN_PROBLEMS[scanner.getTokenError()];
    const isOpen =
      scanned === BLOCK_COMMENT && !text.slice(scanner.getTokenOffset() + 2, scanner.getPosition()).endsWith('*/');
    if (error || isOpen) return problem(error ?? TOKEN_PROBLEMS[1] ?? '');
    if (kind === '') continue;
    const opened = open.at(-1);
    const bracket = opened === undefined ? '' : text.charAt(opened);
    if (kind === 'end') {
      if (opened === undefined)
        return values > 0 ? undefined : problem('the file is empty; expected a list of addresses');
      const closing = bracket === '[' ? '] at the end of the list' : '} at the end of the object';
      return problem(`this ${bracket} is never closed; expected ${closing}`, opened);
    }
    if (kind === 'word') return problem(describeWord(scanner.getTokenValue(), before, bracket));
    if (kind === '{' || kind === '[') open.push(scanner.getTokenOffset());
    if (kind === '}' || kind === ']') {
      const wanted = bracket === '[' ? ']' : '}';
      if (opened !== undefined && kind !== wanted)
        return problem(`expected ${wanted} to close the ${bracket} of ${lineOf(text, opened)}, not ${kind}`);
      open.pop();
    }
    if (kind !== ',' && kind !== ':') values += 1;
    if (open.length > MAX_DEPTH) return { ...problem('lists and objects are nested too deeply here'), isTooMuch: true };
    if (values > 2 * MAX_VALUES)
      return { ...problem(`the file holds more than ${MAX_VALUES} values`), isTooMuch: true };
    before = kind;
  }
}

/** `before`: the kind of the token before the word; `bracket`: of the list or object around it. Never repeats the word, which may be
 *  an address with a secret. */
function describeWord(word: string, before: string, bracket: string): string {
  if (/^[\s\u200b\u2060\ufeff]/.test(word)) return 'an invisible character that is no plain space; delete it';
  if (/^(true|false|null)$/i.test(word)) return 'expected lower case: true, false, null';
  if (before === 'text' && word.startsWith('=')) return 'expected : after this key';
  if (bracket === '{' && (before === '{' || before === ',')) return 'expected a key in straight double quotes ("…")';
  if (/^['‘’`“”„«]/.test(word)) return 'expected text in straight double quotes ("…")';
  if (before === 'text') return 'expected nothing more after this text; is a quotation mark missing?';
  return 'expected text in double quotes ("…"), a number, true or false';
}

/** jsonc-parser's ParseErrorCode: a const enum, too. */
const KEY_EXPECTED = 3;
const COLON_EXPECTED = 5;
const COMMA_EXPECTED = 6;
const END_EXPECTED = 9;

function describe({ error: code, offset }: ParseError, text: string): TextProblem {
  const error: number = code;
  const sign = /^[,{}[\]:]/.exec(text.slice(offset))?.[0];
  const shown = sign ?? (offset >= text.length ? 'the end of the file' : 'this');
  if (error === COMMA_EXPECTED)
    return { offset: text.slice(0, offset).trimEnd().length, path: [], message: 'expected a comma after this value' };
  const words = () => {
    if (error === COLON_EXPECTED) return 'expected : after the key';
    if (error === END_EXPECTED) return 'expected nothing more after the end of the list';
    if (sign === ',') return 'expected a value before this comma';
    if (error === KEY_EXPECTED)
      return `expected a key in double quotes, not ${shown}${sign === '{' ? '; is a } missing before it?' : ''}`;
    return `expected a value, not ${shown}`;
  };
  return { offset, path: [], message: words() };
}

/** The second of two keys alike, in every object. */
function findRepeatedKeys(node: Node, text: string, path: JsonPath = []): TextProblem[] {
  if (node.type === 'array')
    return (node.children ?? []).flatMap((item, at) => findRepeatedKeys(item, text, [...path, at]));
  if (node.type !== 'object') return [];
  const offsets = new Map<string, number>();
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) => {
    const name = String(key?.value);
    const first = offsets.get(name);
    const inner = value ? findRepeatedKeys(value, text, [...path, name]) : [];
    if (first === undefined) {
      offsets.set(name, key?.offset ?? 0);
      return inner;
    }
    const message = `this key already stands on ${lineOf(text, first)}; expected it once`;
    return [{ offset: key?.offset ?? 0, path: [...path, name], message }, ...inner];
  });
}

function lineOf(text: string, offset: number): string {
  return `line ${text.slice(0, offset).split(/\r\n|\r|\n/).length}`;
}
