import { applyEdits, createScanner, type Edit, findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

/** A source as it is written into feeds.json. */
export interface NewSource {
  readonly url: string;
  readonly id?: string;
  readonly title?: string;
  readonly via?: string;
  readonly homepage?: string;
  readonly category?: string | readonly string[];
  readonly private?: boolean;
}

/** feeds.json with sources put at the end of its list, written as the last one there is; every other byte stays.
 *  `text` is a file that parseConfig took, an object or a bare list. */
export function addSources(text: string, sources: readonly NewSource[]): string {
  const list = findList(text);
  return applyEdits(text, insertInto(text, list, sources, indentUnit(text)));
}

/** feeds.json without the sources at these places of its list: each goes with its comma and the comment behind it on its line;
 *  comments above it, and every other byte, stay. */
export function removeSources(text: string, indexes: readonly number[]): string {
  // From the end, so that what is removed first moves nothing that is looked for later.
  return [...new Set(indexes)].sort((a, b) => b - a).reduce(removeSource, text);
}

/** feeds.json with one more entry in `allow`. A bare list becomes the `sources` of an object. */
export function allowHost(text: string, entry: string): string {
  const eol = endOfLine(text);
  const unit = indentUnit(text);
  const root = parseRoot(text);
  const allow = findNodeAtLocation(root, ['allow']);
  if (allow) return applyEdits(text, insertInto(text, allow, [entry], unit));
  const written = `"allow": [${JSON.stringify(entry)}],`;
  if (root.type === 'array') {
    const end = root.offset + root.length;
    return applyEdits(text, [
      { offset: root.offset, length: 0, content: `{${eol}${unit}${written}${eol}${unit}"sources": ` },
      { offset: end, length: 0, content: `${eol}}` },
    ]);
  }
  const offset = findNodeAtLocation(root, ['sources'])?.parent?.offset ?? root.offset + 1;
  const gap = isFirstOnLine(text, offset) ? eol + indentAt(text, offset) : ' ';
  return applyEdits(text, [{ offset, length: 0, content: `${written}${gap}` }]);
}

function removeSource(text: string, index: number): string {
  const elements = findList(text).children ?? [];
  const element = elements[index];
  if (!element) return text;
  const after = readAfter(text, endOf(element));
  const previous = elements[index - 1];
  const isLast = index === elements.length - 1;
  const edits = [cutOut(text, element.offset, after.commentEnd, isLast)];
  // Where no comma stands behind the last source, none may be left behind the one before it.
  if (isLast && previous && after.commaEnd === undefined) {
    const { commaEnd } = readAfter(text, endOf(previous));
    if (commaEnd !== undefined) edits.push({ offset: commaEnd - 1, length: 1, content: '' });
  }
  return applyEdits(text, edits);
}

/** Whole lines if nothing else stands on them. */
function cutOut(text: string, start: number, end: number, isLast: boolean): Edit {
  const lineStart = startOfLine(text, start);
  const lineEnd = /[^\S\r\n]*(\r\n|\n|\r)/y;
  lineEnd.lastIndex = end;
  const rest = lineEnd.exec(text);
  if (isFirstOnLine(text, start) && rest) {
    return { offset: lineStart, length: end + rest[0].length - lineStart, content: '' };
  }
  const isAlone = isFirstOnLine(text, start);
  const before = isLast && !isAlone ? (/[^\S\r\n]*$/.exec(text.slice(lineStart, start))?.[0].length ?? 0) : 0;
  const behind = isLast ? 0 : (/^[^\S\r\n]*/.exec(text.slice(end, end + 200))?.[0].length ?? 0);
  return { offset: start - before, length: end + behind - start + before, content: '' };
}

/** Puts values at the end of a list, in its manner: a line each or all on one line, with or without a last comma. */
function insertInto(text: string, list: Node, values: readonly (NewSource | string)[], unit: string): Edit[] {
  const eol = endOfLine(text);
  const elements = list.children ?? [];
  const last = elements.at(-1);
  if (!last) return insertIntoEmpty(text, list, values, unit);
  const { commaEnd, commentEnd } = readAfter(text, endOf(last));
  const isByLine = isFirstOnLine(text, last.offset);
  const indent = indentAt(text, last.offset);
  const style: Style = {
    eol,
    indent,
    unit,
    isSpread: elements.some(
      ({ type, offset, length }) => type === 'object' && /\n|\r/.test(text.substr(offset, length)),
    ),
    hasLastComma: commaEnd !== undefined && isByLine,
  };
  const gap = isByLine ? eol + indent : ' ';
  const written = values.map((value) => write(value, style)).join(`,${gap}`) + (commaEnd === undefined ? '' : ',');
  const missingComma: Edit[] = commaEnd === undefined ? [{ offset: endOf(last), length: 0, content: ',' }] : [];
  // On one line a comment behind the last stays behind all of them: it may be one that runs to the end of the line.
  const offset = isByLine ? commentEnd : (commaEnd ?? endOf(last));
  return [...missingComma, { offset, length: 0, content: gap + written }];
}

function insertIntoEmpty(text: string, list: Node, values: readonly (NewSource | string)[], unit: string): Edit[] {
  const eol = endOfLine(text);
  const close = endOf(list) - 1;
  const outer = indentAt(text, list.offset);
  // A list that is the last of its object and has a comma behind it: the file is written so.
  const isLast = list.parent?.parent?.children?.at(-1) === list.parent;
  const hasLastComma = list.parent !== undefined && isLast && readAfter(text, endOf(list)).commaEnd !== undefined;
  const style: Style = { eol, indent: outer + unit, unit, isSpread: false, hasLastComma };
  const lines = values.map((value) => style.indent + write(value, style)).join(`,${eol}`) + (hasLastComma ? ',' : '');
  if (isFirstOnLine(text, close)) return [{ offset: startOfLine(text, close), length: 0, content: lines + eol }];
  return [{ offset: close, length: 0, content: `${eol}${lines}${eol}${outer}` }];
}

interface Style {
  readonly eol: string;
  readonly indent: string;
  readonly unit: string;
  /** Objects have a line for each of their keys. */
  readonly isSpread: boolean;
  readonly hasLastComma: boolean;
}

function write(value: NewSource | string, { eol, indent, unit, isSpread, hasLastComma }: Style): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${JSON.stringify(member)}`);
  if (members.length === 1) return JSON.stringify(value.url);
  if (!isSpread) return `{ ${members.join(', ')} }`;
  const inner = eol + indent + unit;
  return `{${inner}${members.join(`,${inner}`)}${hasLastComma ? ',' : ''}${eol}${indent}}`;
}

/** Token kinds of jsonc-parser by number: a const enum that separately compiled files cannot read (TS2748). From 12 to 15 they are
 *  comments, line ends and space. */
const COMMA = 5;
const LINE_COMMENT = 12;
const BLOCK_COMMENT = 13;
const SPACE = 15;

/** What stands behind a value: where its comma ends, if it has one, and where the comments on the same line as its end do. */
function readAfter(text: string, end: number): { commaEnd: number | undefined; commentEnd: number } {
  const scanner = createScanner(text);
  const next = (): number => scanner.scan();
  scanner.setPosition(end);
  let token = next();
  while (token >= LINE_COMMENT && token <= SPACE) token = next();
  const commaEnd = token === COMMA ? scanner.getPosition() : undefined;
  let commentEnd = commaEnd ?? end;
  scanner.setPosition(commentEnd);
  for (token = next(); token === SPACE || token === LINE_COMMENT || token === BLOCK_COMMENT; token = next()) {
    if (token === SPACE) continue;
    // A comment that goes on over the next lines is about them.
    if (/\n|\r/.test(scanner.getTokenValue())) break;
    commentEnd = scanner.getPosition();
  }
  return { commaEnd, commentEnd };
}

function findList(text: string): Node {
  const root = parseRoot(text);
  const list = root.type === 'array' ? root : findNodeAtLocation(root, ['sources']);
  if (!list) throw new Error('a feeds.json without a list of sources');
  return list;
}

function parseRoot(text: string): Node {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (!root) throw new Error('a feeds.json that holds nothing');
  return root;
}

const endOf = ({ offset, length }: Node): number => offset + length;

function startOfLine(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

function isFirstOnLine(text: string, offset: number): boolean {
  const start = startOfLine(text, offset);
  return start > 0 && text.slice(start, offset).trim() === '';
}

/** The white space that the line of `offset` begins with. */
function indentAt(text: string, offset: number): string {
  return /^\ufeff?([ \t]*)/.exec(text.slice(startOfLine(text, offset), offset))?.[1] ?? '';
}

/** One step to the right, as the file does it. */
function indentUnit(text: string): string {
  return /^[ \t]+(?=["{])/m.exec(text)?.[0] ?? '  ';
}

function endOfLine(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}
