import { parseDate } from './dates.ts';
import { VOID_ELEMENTS } from './html-names.ts';
import { CONTENT_CHARS, cut, MAX_ITEMS, MAX_PER_FIELD, newestItems, PART_CHARS } from './limits.ts';
import { escapeAttribute, escapeText } from './plain-text.ts';
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

/** One element of a feed or an entry as it was read, before anything is made of it. */
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

/** What has been read so far. */
interface Progress {
  root: Root | undefined;
  hasChannel: boolean;
  feed: Fields;
  entries: Fields[];
  entryCount: number;
}

/** What an open element is to us. */
type Role =
  | { readonly is: 'outside' | 'skipped' | 'root' | 'channel' }
  | { readonly is: 'entry' | 'group'; readonly fields: Fields }
  | { readonly is: 'value'; readonly fields: Fields; readonly value: Value }
  | { readonly is: 'tag'; readonly value: Value }
  | { readonly is: 'part'; readonly part: Part; readonly value: Value };

const OUTSIDE: Role = { is: 'outside' };
const SKIPPED: Role = { is: 'skipped' };

/** Takes a document of any RSS, RDF, CDF or Atom dialect apart by the tables of vocabulary.ts, in one pass:
 *
 *      at a start tag, what its element is follows from what the element around it is:
 *          nothing (yet)      → the root, a channel or an entry, by its name; else still nothing
 *          root or channel    → an entry, a channel, or a value of the feed if FEED_ROWS has a row for it
 *          entry              → a value of the entry if ENTRY_ROWS has a row for it;
 *                               an entry, if the one around it was never ended
 *          value              → in a text construct: a tag of its HTML, as are all elements below it
 *                               else: a part of the value, such as the name of an author or the title of a picture
 *          all else is skipped, with what is in it
 *      text, its references decoded, is added to the value or part that is open
 *      at an end tag, the element around it is open again
 *
 *  What stands before the root (a PHP warning) or after it is passed over. */
export function readDocument(text: string, baseUrl: string | undefined): ReadDocument {
  const progress: Progress = {
    root: undefined,
    hasChannel: false,
    feed: { values: new Map(), base: undefined, language: undefined },
    entries: [],
    entryCount: 0,
  };
  let isLastCut = false;
  const roles: Role[] = [];
  const isEnded = readXml(text, baseUrl, {
    open(element) {
      roles.push(roleOf(element, roles.at(-1) ?? OUTSIDE, progress));
    },
    text(raw, isLiteral) {
      addText(roles.at(-1) ?? OUTSIDE, raw, isLiteral);
    },
    close(element, isCut) {
      const role = roles.pop();
      if (role?.is === 'tag') addTag(role.value, endTag(element));
      if (role?.is === 'entry' && isCut) isLastCut = true;
    },
  });
  const { root, hasChannel, feed, entries, entryCount } = progress;
  return {
    root,
    hasChannel,
    isComplete: isEnded && root !== undefined,
    feed,
    entries: newestItems(entries, ORDER),
    entryCount,
    wholeCount: isLastCut ? entryCount - 1 : entryCount,
  };
}

/** What an element is to us that begins within one of the role `around`. */
function roleOf(element: XmlElement, around: Role, progress: Progress): Role {
  const { local } = element;
  const { root } = progress;
  switch (around.is) {
    case 'outside':
      return root === undefined ? startRoot(element, progress) : SKIPPED;
    case 'root':
    case 'channel':
      if (local === 'item' || (local === 'entry' && root === 'feed')) return startEntry(element, progress);
      if (local === 'channel') return startChannel(element, progress);
      if (local === 'items') return around;
      return startValue(element, findRow(FEED_ROWS, element, root), progress.feed);
    case 'entry':
    case 'group':
      if (local === 'item' || local === 'entry') return startEntry(element, progress);
      return startValue(element, findRow(ENTRY_ROWS, element, root), around.fields);
    case 'value': {
      const { value } = around;
      if (value.row.kind === 'markup') return startTagOf(element, value);
      return startPart(element, value);
    }
    case 'tag':
      return startTagOf(element, around.value);
    case 'part':
      // The author of an atom:source (RFC 4287 §4.2.11) has parts of its own; the inner itunes:category counts, too.
      return around.part.local === 'author' || local === 'category' ? startPart(element, around.value) : SKIPPED;
    case 'skipped':
      return SKIPPED;
  }
}

function startRoot(element: XmlElement, progress: Progress): Role {
  const { local, prefix, base, language } = element;
  if (local === 'html' || local === 'rss' || local === 'rdf' || local === 'feed' || local === 'channel')
    progress.root = local;
  else if (local === 'entry' && prefix === 'atom') progress.root = 'feed';
  else return OUTSIDE;
  if (local === 'html') return SKIPPED;
  if (local === 'entry') return startEntry(element, progress);
  if (local === 'feed' || local === 'channel') return startChannel(element, progress);
  progress.feed = { ...progress.feed, base, language };
  return { is: 'root' };
}

function startChannel(element: XmlElement, progress: Progress): Role {
  // CDF has channels within the channel; they say nothing of the feed.
  if (!progress.hasChannel) {
    const { base, language } = element;
    progress.feed = { values: progress.feed.values, base, language };
    readAttributes(element, FEED_ROWS, progress.feed);
  }
  progress.hasChannel = true;
  return { is: 'channel' };
}

function startEntry(element: XmlElement, progress: Progress): Role {
  const { base, language } = element;
  const fields: Fields = { values: new Map(), base, language };
  // Thinned out on the way: a million empty items would take 300 MB.
  if (progress.entries.length >= 2 * MAX_ITEMS) progress.entries = [...newestItems(progress.entries, ORDER)];
  progress.entries.push(fields);
  progress.entryCount++;
  readAttributes(element, ENTRY_ROWS, fields);
  return { is: 'entry', fields };
}

function startValue(element: XmlElement, row: Row | undefined, fields: Fields): Role {
  if (row === undefined) return SKIPPED;
  if (row.kind === 'group') return { is: 'group', fields };
  const value = addValue(element, row, fields);
  return value === undefined ? SKIPPED : { is: 'value', fields, value };
}

function startTagOf(element: XmlElement, value: Value): Role {
  if (!value.isInline && isTextUnlessMarkedUp(value)) {
    value.text = escapeText(value.text);
    value.isInline = true;
  }
  addTag(value, startTag(element, element.base === value.element.base ? undefined : element.base));
  return { is: 'tag', value };
}

function startPart({ local, attributes }: XmlElement, value: Value): Role {
  const part: Part = { local, attributes, text: '' };
  if (value.parts === NO_PARTS) value.parts = [part];
  else if (value.parts.length < MAX_PER_FIELD) value.parts.push(part);
  return { is: 'part', part, value };
}

/** Elements without a prefix are looked for as RSS, in an Atom feed that forgot its namespace as Atom. */
function findRow(rows: Rows, element: XmlElement, root: Root | undefined): Row | undefined {
  const { prefix, local, hasDocumentPrefix } = element;
  const row = rows.get(prefix === '' && root === 'feed' ? 'atom' : prefix)?.get(local);
  return row !== undefined || (hasDocumentPrefix && prefix !== '') ? row : rows.get('')?.get(local);
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

/** Adds an element to its field; undefined when the field is full. */
function addValue(element: XmlElement, row: Row, { values }: Fields, text = ''): Value | undefined {
  const isInline = row.kind === 'markup' && isInlineXml(element);
  const value: Value = { element, row, parts: NO_PARTS, text, isInline };
  const siblings = values.get(row.field);
  if (siblings === undefined) values.set(row.field, [value]);
  else if (siblings.length < MAX_PER_FIELD) siblings.push(value);
  else return undefined;
  return value;
}

function addText(role: Role, raw: string, isLiteral: boolean): void {
  if (role.is === 'part') role.part.text += decodePiece(raw, isLiteral, PART_CHARS - role.part.text.length);
  else if (role.is === 'value' || role.is === 'tag') {
    const { value } = role;
    const piece = decodePiece(raw, isLiteral, CONTENT_CHARS - value.text.length);
    value.text += value.isInline ? escapeText(piece) : piece;
  }
}

function decodePiece(raw: string, isLiteral: boolean, room: number): string {
  const piece = cut(raw, Math.max(0, room));
  return isLiteral ? piece : decodeReferences(piece);
}

function addTag(value: Value, tag: string): void {
  if (value.text.length < CONTENT_CHARS) value.text += tag;
}

/** What entries are older or newer by. */
const ORDER = { dateOf, nameOf: ({ values }: Fields) => (values.get('guid') ?? values.get('link'))?.[0]?.text ?? '' };

/** Read once an entry: while a document of a hundred thousand entries is thinned out, each is asked several times. */
function dateOf(entry: Fields): string {
  if (entry.date === undefined) {
    const [value] = entry.values.get('published') ?? entry.values.get('updated') ?? [];
    entry.date = (value && parseDate(value.text)) ?? '';
  }
  return entry.date;
}

/** Whether the element holds markup as child elements, so that character data in it is text and no HTML source:
 *  type="xhtml" (RFC 4287 §3.1.1.3), Atom 0.3's mode="xml", XHTML's own elements in RSS. */
function isInlineXml({ prefix, local, attributes }: XmlElement): boolean {
  if (prefix === 'xhtml' || local === 'body') return true;
  return /xhtml|\+xml|\/xml/i.test(attributes.get('type') ?? '') || attributes.get('mode')?.toLowerCase() === 'xml';
}

/** Atom's untyped constructs are text, but some publishers write tags into them all the same. */
function isTextUnlessMarkedUp({ element }: Value): boolean {
  return element.prefix === 'atom' && !/html/i.test(element.attributes.get('type') ?? '');
}

/** The start tag of a child element of a text construct as HTML: without prefix, so that whatever the document calls
 *  XHTML's namespace, HTML comes out. URLs are resolved if there is a `base` for them. Never trusted: it goes through
 *  the sanitiser like any other content. */
function startTag({ local, attributes }: XmlElement, base: string | undefined): string {
  let tag = `<${tagName(local)}`;
  for (const [name, value] of attributes) {
    if (name.startsWith('xml') || name.includes(':')) continue;
    const isUrl = base !== undefined && (name === 'href' || name === 'src');
    const text = isUrl ? (resolveUrl(value, base) ?? value) : value;
    tag += ` ${name}="${escapeAttribute(text)}"`;
  }
  return `${tag}>`;
}

/** The end tag that belongs to startTag's; '' for elements that have none. */
function endTag({ local }: XmlElement): string {
  return VOID_ELEMENTS.has(local) ? '' : `</${tagName(local)}>`;
}

/** In the middle of a text a <title> is that of a drawing (SVG 1.1 §5.4), which HTML would take for the page's and hide. */
function tagName(local: string): string {
  return local === 'title' ? 'span' : local;
}
