import { parseDate } from './dates.ts';
import { endTag, escapeText, isInlineXml, startTag } from './inline-markup.ts';
import { CONTENT_CHARS, cut, MAX_ITEMS, MAX_PER_FIELD, PART_CHARS } from './limits.ts';
import { newestItems } from './newest-items.ts';
import { decodeReferences } from './references.ts';
import { resolveUrl } from './urls.ts';
import { ENTRY_ROWS, FEED_ROWS, type Field, type Row, type Rows } from './vocabulary.ts';
import { readXml, type XmlElement } from './xml-front.ts';

/** A child element of a value that consists of several: the name of an author, the URL of an image. */
export interface Part {
  readonly local: string;
  readonly attributes: ReadonlyMap<string, string>;
  text: string;
}

/** What one element of a feed or an entry says, before anybody judges it. */
export interface Value {
  readonly element: XmlElement;
  readonly row: Row;
  parts: Part[];
  /** Character data with references decoded, of a text construct with its child elements as tags. */
  text: string;
  /** Whether `text` is HTML source because child elements stood in the value, or would have. */
  isInline: boolean;
}

/** The values of a feed or an entry, in document order. */
export interface Fields {
  readonly values: Map<Field, Value[]>;
  date?: string;
  readonly base: string | undefined;
  readonly language: string | undefined;
}

/** A document taken apart. */
export interface ReadDocument {
  readonly root: Root | undefined;
  readonly hasChannel: boolean;
  readonly isComplete: boolean;
  readonly feed: Fields;
  /** At most MAX_ITEMS, the newest. */
  readonly entries: readonly Fields[];
  readonly entryCount: number;
  /** Entries that were over, or followed by another, before the document was. */
  readonly wholeCount: number;
}

type Root = 'rss' | 'rdf' | 'feed' | 'channel' | 'html';

/** What an open element is to us. */
type Role =
  | { readonly is: 'outside' | 'skipped' | 'root' | 'channel' }
  | { readonly is: 'entry' | 'group'; readonly fields: Fields }
  | { readonly is: 'value'; readonly fields: Fields; readonly value: Value }
  | { readonly is: 'inline'; readonly value: Value }
  | { readonly is: 'part'; readonly part: Part };

const OUTSIDE: Role = { is: 'outside' };
const SKIPPED: Role = { is: 'skipped' };

/** Takes a document of any RSS, RDF, CDF or Atom dialect apart by the tables of vocabulary.ts. Whatever stands before
 *  the root (a PHP warning) or after it is passed over. */
export function readDocument(text: string, baseUrl: string | undefined): ReadDocument {
  let root: Root | undefined;
  let hasChannel = false;
  let feed: Fields = { values: new Map(), base: undefined, language: undefined };
  let entries: Fields[] = [];
  let entryCount = 0;
  let isLastCut = false;
  const roles: Role[] = [];

  const startRoot = (element: XmlElement): Role => {
    const { local } = element;
    if (local === 'html') root = 'html';
    else if (local === 'rss' || local === 'rdf' || local === 'feed' || local === 'channel') root = local;
    else if (local === 'entry' && element.prefix === 'atom') root = 'feed';
    if (root === undefined) return OUTSIDE;
    if (local === 'entry') return startEntry(element);
    if (local === 'feed' || local === 'channel') return startChannel(element);
    feed = { ...feed, base: element.base, language: element.language };
    return { is: root === 'html' ? 'skipped' : 'root' };
  };
  const startChannel = (element: XmlElement): Role => {
    const { base, language } = element;
    // CDF has channels within the channel; they say nothing of the feed.
    if (!hasChannel) {
      feed = { values: feed.values, base, language };
      readAttributes(element, FEED_ROWS, feed);
    }
    hasChannel = true;
    return { is: 'channel' };
  };
  const startEntry = (element: XmlElement): Role => {
    const { base, language } = element;
    const fields: Fields = { values: new Map(), base, language };
    // Thinned out on the way: a million empty items would take 300 MB.
    if (entries.length >= 2 * MAX_ITEMS) entries = [...newestItems(entries, dateOf)];
    entries.push(fields);
    entryCount++;
    readAttributes(element, ENTRY_ROWS, fields);
    return { is: 'entry', fields };
  };
  const startValue = (element: XmlElement, row: Row, fields: Fields): Role => {
    if (row.kind === 'group') return { is: 'group', fields };
    const value = addValue(element, row, fields);
    return value === undefined ? SKIPPED : { is: 'value', fields, value };
  };
  const startInline = (element: XmlElement, value: Value): Role => {
    if (!value.isInline && isTextUnlessMarkedUp(value)) {
      value.text = escapeText(value.text);
      value.isInline = true;
    }
    const isBaseOther = element.base !== value.element.base;
    append(
      value,
      startTag(element, (url) => (isBaseOther ? (resolveUrl(url, element.base) ?? url) : url)),
    );
    return { is: 'inline', value };
  };
  const startPart = ({ local, attributes }: XmlElement, value: Value): Role => {
    const part: Part = { local, attributes, text: '' };
    if (value.parts === NO_PARTS) value.parts = [part];
    else if (value.parts.length < MAX_PER_FIELD) value.parts.push(part);
    return { is: 'part', part };
  };

  const roleOf = (element: XmlElement, parent: Role): Role => {
    switch (parent.is) {
      case 'outside':
        return root === undefined ? startRoot(element) : SKIPPED;
      case 'root':
      case 'channel': {
        const { local } = element;
        if (local === 'item' || (local === 'entry' && root === 'feed')) return startEntry(element);
        if (local === 'channel') return startChannel(element);
        if (local === 'items') return parent;
        const row = findRow(FEED_ROWS, element, root);
        return row === undefined ? SKIPPED : startValue(element, row, feed);
      }
      case 'entry':
      case 'group': {
        if (element.local === 'item' || element.local === 'entry') return startEntry(element);
        const row = findRow(ENTRY_ROWS, element, root);
        return row === undefined ? SKIPPED : startValue(element, row, parent.fields);
      }
      case 'value': {
        const { value, fields } = parent;
        if (value.row.kind === 'markup') return startInline(element, value);
        if (value.row.kind === 'enclosure' && element.prefix === 'media') {
          const row = findRow(ENTRY_ROWS, element, root);
          return row === undefined ? SKIPPED : startValue(element, row, fields);
        }
        return startPart(element, value);
      }
      case 'inline':
        return startInline(element, parent.value);
      case 'part':
      case 'skipped':
        return SKIPPED;
    }
  };

  const isComplete = readXml(text, baseUrl, {
    open(element) {
      roles.push(roleOf(element, roles.at(-1) ?? OUTSIDE));
    },
    text(raw, isLiteral) {
      const role = roles.at(-1);
      if (role === undefined) return;
      if (role.is === 'part') role.part.text += decodePiece(raw, isLiteral, PART_CHARS - role.part.text.length);
      else if (role.is === 'value' || role.is === 'inline') {
        const { value } = role;
        const piece = decodePiece(raw, isLiteral, CONTENT_CHARS - value.text.length);
        value.text += value.isInline ? escapeText(piece) : piece;
      }
    },
    close(element, isCut) {
      const role = roles.pop();
      if (isCut && role?.is === 'entry') isLastCut = true;
      if (role?.is === 'inline') append(role.value, endTag(element));
    },
  });
  return {
    root,
    hasChannel,
    isComplete: isComplete && root !== undefined,
    feed,
    entries: newestItems(entries, dateOf),
    entryCount,
    wholeCount: isLastCut ? entryCount - 1 : entryCount,
  };
}

/** Adds what the element says to its field; undefined when the field is full. */
function addValue(element: XmlElement, row: Row, { values }: Fields, text = ''): Value | undefined {
  const isInline = row.kind === 'markup' && isInlineXml(element);
  const value: Value = { element, row, parts: NO_PARTS, text, isInline };
  const siblings = values.get(row.field);
  if (siblings === undefined) values.set(row.field, [value]);
  else if (siblings.length < MAX_PER_FIELD) siblings.push(value);
  else return undefined;
  return value;
}

/** Read once an entry: while a document of a hundred thousand entries is thinned out, each is asked several times. */
function dateOf(entry: Fields): string {
  if (entry.date === undefined) {
    const [value] = entry.values.get('published') ?? entry.values.get('updated') ?? [];
    entry.date = (value && parseDate(value.text)) ?? '';
  }
  return entry.date;
}

/** RSS 1.0 and CDF say in attributes of an entry what others say in elements. */
function readAttributes(element: XmlElement, rows: Rows, fields: Fields): void {
  for (const [name, text] of element.attributes) {
    const row = rows.get('')?.get(`@${name}`);
    if (row !== undefined) addValue({ ...element, attributes: NO_ATTRIBUTES }, row, fields, text);
  }
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** Of the values that have none, which are most: never written to. */
const NO_PARTS: Part[] = [];

/** Atom's untyped constructs are text, but some publishers write tags into them all the same. */
function isTextUnlessMarkedUp({ element }: Value): boolean {
  return element.prefix === 'atom' && !/html/i.test(element.attributes.get('type') ?? '');
}

/** Elements without a prefix are looked for as RSS, in an Atom feed that forgot its namespace as Atom. */
function findRow(
  rows: Rows,
  { prefix, local, hasDocumentPrefix }: XmlElement,
  root: Root | undefined,
): Row | undefined {
  const row = rows.get(prefix === '' && root === 'feed' ? 'atom' : prefix)?.get(local);
  return row !== undefined || (hasDocumentPrefix && prefix !== '') ? row : rows.get('')?.get(local);
}

function append(value: Value, tag: string): void {
  if (value.text.length < CONTENT_CHARS) value.text += tag;
}

function decodePiece(raw: string, isLiteral: boolean, room: number): string {
  const piece = cut(raw, Math.max(0, room));
  return isLiteral ? piece : decodeReferences(piece);
}
