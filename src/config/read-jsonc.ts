import { createJsonTokens } from './json-tokens.ts';

/** One value of the file and where it stands. */
export interface JsonNode {
  /** Of its first character, from 0. */
  readonly offset: number;
  /** As plain data. Objects have no prototype, so that `__proto__` is a key like any other. */
  readonly value: unknown;
  /** An object's members. */
  readonly members?: ReadonlyMap<string, JsonMember>;
  /** A list's items. */
  readonly items?: readonly JsonNode[];
}

interface JsonMember {
  readonly keyOffset: number;
  readonly node: JsonNode;
}

/** Keys and indexes that lead to a value. */
export type JsonPath = readonly (string | number)[];

/** Something to mend in the text, in words. */
export interface TextProblem {
  readonly offset: number;
  readonly path: JsonPath;
  readonly message: string;
}

/** A file as it was read. `root` is missing when reading had to stop early: then nothing more can be said of its values. */
export interface JsonDocument {
  readonly root?: JsonNode;
  readonly problems: readonly TextProblem[];
}

const MAX_DEPTH = 20;
/** 10,000 sources are about 80,000 values. A file of 32 MB could hold 16 million, more than fits in memory as nodes and problems. */
const MAX_VALUES = 500_000;
const MAX_PROBLEMS = 20;

/** Reads JSON with comments and trailing commas. Goes on after a slip that leaves the rest readable (a missing or doubled comma,
 *  wrong or missing quotes, a key twice), and stops at the first that does not, so that one slip is told once. */
export function readJsonc(text: string): JsonDocument {
  const problems: TextProblem[] = [];
  try {
    const root = readRoot(text, problems);
    return { root, problems };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { problems };
  }
}

/** Thrown to leave the nested reading at once; what there is to say is in `problems` by then. */
class Stop extends Error {}

function readRoot(text: string, problems: TextProblem[]): JsonNode {
  const tokens = createJsonTokens(text, tell, stop);
  const path: (string | number)[] = [];
  let values = 0;
  /** A text without its closing mark swallows the rest of its line, commas and brackets too: what follows may seem wrong without
   *  being so. The comma is not missed once, and brackets are not judged any more. */
  let isCommaLost = false;
  let areBracketsLost = false;

  tokens.next();
  const root = readValue();
  if (tokens.kind !== 'end') stop(tokens.offset, `expected nothing more after the end of the list, not ${shown()}`);
  return root;

  function readValue(): JsonNode {
    const { offset } = tokens;
    values += 1;
    if (values > MAX_VALUES) stop(offset, `the file holds more than ${MAX_VALUES} values`);
    if (path.length > MAX_DEPTH) stop(offset, 'lists and objects are nested too deeply here');
    if (tokens.kind === '{') return readObject(offset);
    if (tokens.kind === '[') return readList(offset);
    const value = readSimple(offset);
    tokens.next();
    return { offset, value };
  }

  function readSimple(offset: number): unknown {
    switch (tokens.kind) {
      case 'text':
        return readText(offset);
      case 'word':
        return readUnquoted(offset, 'text');
      case 'number':
        if (tokens.problem !== undefined) tell(offset, tokens.problem);
        return Number(tokens.value);
      case 'true':
      case 'false':
        return tokens.kind === 'true';
      case 'null':
        return null;
      default:
        if (path.length === 0 && tokens.kind === 'end') stop(offset, 'the file is empty; expected a list of addresses');
        return stop(offset, `expected a value, not ${shown()}`);
    }
  }

  function readText(offset: number): string {
    if (tokens.problem !== undefined) tell(offset, tokens.problem);
    if (tokens.isUnclosed) isCommaLost = areBracketsLost = true;
    return tokens.value;
  }

  /** Takes what should have stood in quotation marks, so that the rest can still be read. */
  function readUnquoted(offset: number, what: 'text' | 'a key'): string {
    const inMarks = matchAt(/['‘’`“”„«]([^'‘’`“”„«»"\n\r]*)['‘’`“”»]/y, offset);
    const bare = inMarks ?? matchAt(/([^\s,:[\]{}"]+(?::\/\/[^\s,[\]{}"]*)?)/y, offset);
    if (bare === undefined) return stop(offset, `expected ${what}, not ${shown()}`);
    const isConstant = /^(true|false|null)$/i.test(bare.inner);
    const wanted =
      what === 'text' && !inMarks
        ? 'text in double quotes ("…"), a number, true or false'
        : `${what} in straight double quotes ("…")`;
    tell(offset, isConstant ? 'expected small letters: true, false, null' : `expected ${wanted}`);
    tokens.skipTo(offset + bare.whole.length);
    return bare.inner;
  }

  function matchAt(pattern: RegExp, offset: number): { whole: string; inner: string } | undefined {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    return match === null ? undefined : { whole: match[0], inner: match[1] ?? '' };
  }

  function readList(opened: number): JsonNode {
    const items: JsonNode[] = [];
    tokens.next();
    while (tokens.kind !== ']') {
      if (tokens.kind === 'end') stop(opened, 'this [ is never closed; expected ] at the end of the list');
      if (tokens.kind === '}' || tokens.kind === ':')
        stop(tokens.offset, `expected ] to close the [ of ${lineOf(opened)}, not ${shown()}`);
      path.push(items.length);
      if (tokens.kind === ',') skipExtraComma();
      else items.push(readValue());
      path.pop();
      readSeparator(']', opened);
    }
    tokens.next();
    return { offset: opened, value: items.map((item) => item.value), items };
  }

  function readObject(opened: number): JsonNode {
    const members = new Map<string, JsonMember>();
    tokens.next();
    while (tokens.kind !== '}') {
      if (tokens.kind === 'end') stop(opened, 'this { is never closed; expected } at the end of the object');
      if (tokens.kind === ',') skipExtraComma();
      else readMember(opened, members);
      readSeparator('}', opened);
    }
    tokens.next();
    const value: Record<string, unknown> = Object.create(null);
    for (const [key, { node }] of members) value[key] = node.value;
    return { offset: opened, value, members };
  }

  function readMember(opened: number, members: Map<string, JsonMember>): void {
    const keyOffset = tokens.offset;
    const key = readKey(opened, keyOffset);
    const first = members.get(key);
    path.push(key);
    if (first) tell(keyOffset, `this key already stands on ${lineOf(first.keyOffset)}; expected it once`);
    if (tokens.kind === ':') tokens.next();
    else {
      tell(tokens.previousEnd, 'expected : after this key');
      if (tokens.value === '=') tokens.next();
    }
    if (tokens.kind === ',' || tokens.kind === '}') tell(tokens.offset, 'expected a value after the key');
    else {
      const node = readValue();
      if (!first) members.set(key, { keyOffset, node });
    }
    path.pop();
  }

  function readKey(opened: number, offset: number): string {
    if (tokens.kind === '{' || tokens.kind === '[' || tokens.kind === ']' || tokens.kind === ':') {
      stop(offset, `expected } to close the { of ${lineOf(opened)}, not ${shown()}`);
    }
    if (tokens.kind !== 'text' && tokens.kind !== 'word')
      stop(offset, `expected a key in double quotes, not ${shown()}`);
    const key = tokens.kind === 'text' ? readText(offset) : readUnquoted(offset, 'a key');
    tokens.next();
    return key;
  }

  /** Steps over the comma after a value, and tells when there should be one. What closes the list is left to its reader. */
  function readSeparator(closing: ']' | '}', opened: number): void {
    if (tokens.kind === ',') tokens.next();
    else if (tokens.kind === 'word' || tokens.kind === ':') {
      stop(tokens.offset, `expected a comma or ${closing}, not ${shown()}; is a quotation mark missing?`);
    } else if (tokens.kind === '}' || tokens.kind === ']') {
      if (tokens.kind !== closing) {
        stop(
          tokens.offset,
          `expected ${closing} to close the ${closing === '}' ? '{' : '['} of ${lineOf(opened)}, not ${shown()}`,
        );
      }
    } else if (tokens.kind !== 'end' && !isCommaLost) tell(tokens.previousEnd, 'expected a comma after this value');
    isCommaLost = false;
  }

  function skipExtraComma(): void {
    tell(tokens.offset, 'expected a value before this comma');
  }

  function tell(offset: number, message: string): void {
    problems.push({ offset, path: [...path], message });
    if (problems.length >= MAX_PROBLEMS) throw new Stop();
  }

  function stop(offset: number, message: string): never {
    if (!areBracketsLost) problems.push({ offset, path: [], message });
    throw new Stop();
  }

  function lineOf(offset: number): string {
    return `line ${text.slice(0, offset).split(/\r\n|\r|\n/).length}`;
  }

  /** The token at hand for a message. Never what it says: that may be an address with a secret. */
  function shown(): string {
    if (tokens.kind === 'end') return 'the end of the file';
    return tokens.kind === 'text' || tokens.kind === 'number' || tokens.kind === 'word'
      ? `a ${tokens.kind}`
      : tokens.kind;
  }
}
