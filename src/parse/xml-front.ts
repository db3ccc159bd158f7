import { readSubset } from './declared-entities.ts';
import { MAX_BASES, MAX_DEPTH, MAX_NAMESPACES } from './limits.ts';
import { decodeReferences } from './references.ts';
import { resolveUrl } from './urls.ts';

/** What the prefixes of a document mean at one place in it; '' is the default namespace. Namespaces in XML 1.0 §6. */
type Scope = ReadonlyMap<string, string>;

/** An open element of a document, its namespace resolved and its inherited facts at hand. */
export interface XmlElement {
  /** Ours for its namespace, whatever the document calls it: '' is RSS of every version, CDF and no namespace at all,
   *  '?' one that we do not know. */
  readonly prefix: string;
  /** In lower case: CDF shouts, RSS 2.0 has camels, publishers have neither. */
  readonly local: string;
  readonly hasDocumentPrefix: boolean;
  /** By 'name' or 'prefix:name' in lower case, references decoded. */
  readonly attributes: ReadonlyMap<string, string>;
  /** xml:base, resolved through all elements around; absent where none is declared. XML Base §4.2. */
  readonly base: string | undefined;
  /** xml:lang, inherited. XML 1.0 §2.12. */
  readonly language: string | undefined;
}

export interface XmlHandler {
  open(element: XmlElement): void;
  /** A piece of character data as it is written; `isLiteral` in a CDATA section, where references mean nothing. */
  text(raw: string, isLiteral: boolean): void;
  /** `isCut` when the document ended before the element did. */
  close(element: XmlElement, isCut: boolean): void;
}

interface Frame extends XmlElement {
  readonly written: string;
  /** `written` in lower case: end tags are matched whatever their case. */
  readonly name: string;
  readonly context: Context;
}

/** What an element inherits. */
interface Context {
  readonly scope: Scope;
  readonly base: string | undefined;
  /** How many declarations of xml:base led to it. */
  readonly bases: number;
  readonly language: string | undefined;
  /** Elements without attributes are alike wherever they stand in one context: each name is made once. */
  readonly bare: Map<string, Frame>;
}

/** Of the names in a context; an attacker can invent any number. */
const MAX_BARE = 200;

/** Attributes of one element that are read; the rest of an endless list is not. */
const MAX_ATTRIBUTES = 64;

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
const NOTHING_WRITTEN: WrittenAttributes = [];
const CDATA = '<![CDATA[';
const SLASH = 0x2f;
const GREATER = 0x3e;

/** Reads an XML document once, from front to end, and calls `handler` for each start tag, text and end tag; broken ones
 *  too: unknown entities and bare ampersands stay, missing end tags are supplied, stray ones dropped, a `<` that begins
 *  no tag is text. Of the DTD only entities of plain text are read (declared-entities.ts). `baseUrl` is what an outermost xml:base may be relative to. True when the
 *  outermost element was ended by the document itself. XML 1.0, Namespaces in XML 1.0.
 *
 *  From one `<` to the next it goes by indexOf: three times as fast as a tokenizer over texts, nine tenths of a feed. */
export function readXml(document: string, baseUrl: string | undefined, handler: XmlHandler): boolean {
  const outermost: Context = { scope: OUTER_SCOPE, base: undefined, bases: 0, language: undefined, bare: new Map() };
  const stack: Frame[] = [];
  /** How many elements of each name are open, from the first end tag on that is not the innermost element's: millions of
   *  stray ones must not each search the stack. */
  let openNames: Map<string, number> | undefined;
  let tooDeep = 0;
  let namespaces = 0;
  let isComplete = false;
  let hasCommentEnds = true;
  let expand = (raw: string): string => raw;

  const open = (name: string, written: WrittenAttributes, isEmpty: boolean) => {
    if (stack.length >= MAX_DEPTH) {
      if (!isEmpty) tooDeep++;
      return;
    }
    const frame = frameOf(name, written, stack.at(-1)?.context ?? outermost);
    stack.push(frame);
    if (openNames !== undefined) count(openNames, frame);
    handler.open(frame);
    if (isEmpty) closeTo(stack.length - 1);
  };
  const close = (name: string) => {
    const wanted = name.toLowerCase();
    if (tooDeep > 0) {
      tooDeep--;
      return;
    }
    openNames ??= stack.reduce(count, new Map());
    if (openNames.has(wanted)) closeTo(stack.findLastIndex((frame) => frame.name === wanted));
  };
  const closeTo = (depth: number, isCut = false) => {
    while (stack.length > depth) {
      const frame = stack.pop();
      if (frame === undefined) break;
      const others = (openNames?.get(frame.name) ?? 1) - 1;
      if (others > 0) openNames?.set(frame.name, others);
      else openNames?.delete(frame.name);
      handler.close(frame, isCut);
    }
    if (depth === 0) isComplete = true;
  };

  const frameOf = (name: string, written: WrittenAttributes, outer: Context): Frame => {
    if (written === NOTHING_WRITTEN) {
      const known = outer.bare.get(name);
      if (known !== undefined) return known;
    }
    const context = contextOf(written, outer);
    const { scope, base, language, bare } = context;
    const colon = name.indexOf(':');
    const frame: Frame = {
      written: name,
      name: name.toLowerCase(),
      context,
      base,
      language,
      prefix: scope.get(colon > 0 ? name.slice(0, colon) : '') ?? (colon > 0 ? '?' : ''),
      local: name.slice(colon + 1).toLowerCase(),
      hasDocumentPrefix: colon > 0,
      attributes: written === NOTHING_WRITTEN ? NO_ATTRIBUTES : attributesOf(written, scope, expand),
    };
    if (written === NOTHING_WRITTEN && bare.size < MAX_BARE) bare.set(name, frame);
    return frame;
  };
  const contextOf = (written: WrittenAttributes, outer: Context): Context => {
    let { scope, base, bases, language } = outer;
    for (const [key, text] of written) {
      if (!key.startsWith('xml')) continue;
      if (key === 'xml:base' && bases++ < MAX_BASES) base = resolveUrl(text, base ?? baseUrl) ?? base;
      else if (key === 'xml:lang') language = text;
      else if ((key === 'xmlns' || key.startsWith('xmlns:')) && namespaces++ < MAX_NAMESPACES)
        scope = declare(scope, key.slice(6), text, stack.length <= 1);
    }
    const isSame = scope === outer.scope && base === outer.base && language === outer.language;
    return isSame ? outer : { scope, base, bases, language, bare: new Map() };
  };

  /** Reads what begins with the `<` at `start`; the position behind it. */
  const readMarkup = (start: number): number => {
    switch (document[start + 1]) {
      case '/': {
        // Nine of ten end tags are the innermost element's: seen without making a string of each.
        const { written = '' } = stack.at(-1) ?? {};
        const nameEnd = start + 2 + written.length;
        if (document.charCodeAt(nameEnd) === GREATER && tooDeep === 0 && document.startsWith(written, start + 2)) {
          closeTo(stack.length - 1);
          return nameEnd + 1;
        }
        const end = document.indexOf('>', start);
        close(document.slice(start + 2, end < 0 ? start + 80 : end).trim());
        return end < 0 ? document.length : end + 1;
      }
      case '!':
        return readDeclaration(start);
      case '?':
        return document.indexOf('>', start) + 1 || document.length;
      default:
        return readStart(start);
    }
  };
  const readStart = (start: number): number => {
    const nameEnd = endOfName(document, start + 1);
    const name = document.slice(start + 1, nameEnd);
    if (document.charCodeAt(nameEnd) === GREATER && name !== '') {
      open(name, NOTHING_WRITTEN, false);
      return nameEnd + 1;
    }
    const tag = name === '' ? undefined : readStartTag(document, nameEnd);
    if (tag === undefined) {
      handler.text('<', true);
      return start + 1;
    }
    open(name, tag.attributes, tag.isEmpty);
    return tag.end;
  };
  const readDeclaration = (start: number): number => {
    if (document.startsWith(CDATA, start)) {
      const end = document.indexOf(']]>', start + CDATA.length);
      handler.text(document.slice(start + CDATA.length, end < 0 ? document.length : end), true);
      return end < 0 ? document.length : end + 3;
    }
    if (document.startsWith('<!--', start) && hasCommentEnds) {
      const end = document.indexOf('-->', start + 2);
      if (end >= 0) return end + 3;
      hasCommentEnds = false;
    }
    const end = document.indexOf('>', start) + 1 || document.length;
    if (stack.length > 0) return end;
    const head = document.slice(start, end);
    const subset = /^<!DOCTYPE\s/i.test(head) ? head.indexOf('[') : -1;
    if (subset < 0) return end;
    const declared = readSubset(document, start + subset);
    expand = declared.expand;
    return declared.end;
  };

  const lastEnd = document.lastIndexOf('>');
  let position = 0;
  while (position < document.length) {
    const start = document.indexOf('<', position);
    const textEnd = start < 0 ? document.length : start;
    if (textEnd > position) handler.text(expand(document.slice(position, textEnd)), false);
    if (start < 0) break;
    // What no `>` follows is a tag that was cut. Of those, only an end tag and the text of CDATA matter.
    if (start > lastEnd && document[start + 1] !== '/' && !document.startsWith(CDATA, start)) break;
    position = readMarkup(start);
  }
  const isEnded = isComplete;
  closeTo(0, true);
  return isEnded;
}

function count(names: Map<string, number>, { name }: Frame): Map<string, number> {
  return names.set(name, (names.get(name) ?? 0) + 1);
}

/** Where the name that begins at `from` ends: at white space, / or >; `from` if none begins there. XML 1.0 §2.3 wants a
 *  letter, _ or : first, so that `I <3 XML` is no tag. */
function endOfName(document: string, from: number): number {
  const first = document.charCodeAt(from);
  const letter = first | 0x20;
  const isStart = (letter >= 0x61 && letter <= 0x7a) || first >= 0x80 || first === 0x5f || first === 0x3a;
  if (!isStart) return from;
  for (let index = from; index < document.length; index++) {
    const code = document.charCodeAt(index);
    if (code === GREATER || code === SLASH || code <= 0x20) return index;
    if (code === 0x3c) return from;
  }
  return document.length;
}

type WrittenAttributes = readonly (readonly [name: string, value: string])[];

/** White space and slashes; then the end of the tag, or the name of an attribute and all of it up to its value. */
const NEXT_IN_TAG = /([\s/]*)(?:>|([^\s/>=<]+|=)(?:\s*=\s*(["']?))?)/y;
const UNQUOTED = /[^\s<>]*/y;

/** The rest of a start tag whose name ends at `from`: quoted, unquoted and absent values, `>` in quoted ones; a quote that
 *  nothing closes is passed over. Undefined for what is no tag because a `<` comes first: `a <b and c</title>`, which is
 *  seen at the next `<` outside quotes, so that tags by the million that are none take no time either. XML 1.0 §3.1. */
function readStartTag(document: string, from: number) {
  const attributes: [string, string][] = [];
  for (let at = from; ; ) {
    NEXT_IN_TAG.lastIndex = at;
    const found = NEXT_IN_TAG.exec(document);
    if (found === null) return undefined;
    const [, gap = '', name, quote] = found;
    at = NEXT_IN_TAG.lastIndex;
    if (name === undefined) return { attributes, isEmpty: gap.includes('/'), end: at };
    let value = '';
    if (quote) {
      const end = document.indexOf(quote, at);
      if (end < 0) return { attributes, isEmpty: false, end: document.indexOf('>', at) + 1 || document.length };
      value = document.slice(at, end);
      at = end + 1;
    } else if (quote === '') {
      UNQUOTED.lastIndex = at;
      value = UNQUOTED.exec(document)?.[0] ?? '';
      at = UNQUOTED.lastIndex;
    }
    if (attributes.length < MAX_ATTRIBUTES) attributes.push([name, value]);
  }
}

function attributesOf(
  written: WrittenAttributes,
  scope: Scope,
  expand: (raw: string) => string,
): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [key, raw] of written) {
    const colon = key.indexOf(':');
    const local = key.slice(colon + 1).toLowerCase();
    const ours = colon < 0 ? local : `${scope.get(key.slice(0, colon)) ?? '?'}:${local}`;
    if (!attributes.has(ours)) attributes.set(ours, decodeReferences(expand(raw)));
  }
  return attributes;
}

/** Namespace names as written by publishers → our prefix. Compared without scheme, case, and trailing / or #:
 *  half of the feeds that get them wrong do it there. */
const PREFIXES = new Map<string, string>([
  // RSS 1.0 §5.1, RSS 0.90, and names that authors of RSS 2.0 tools once gave it
  ['purl.org/rss/1.0', ''],
  ['purl.org/rss/1.0/modules/rss091', ''],
  ['my.netscape.com/rdf/simple/0.9', ''],
  ['channel.netscape.com/rdf/simple/0.9', ''],
  ['my.netscape.com/publish/formats/rss-0.91.dtd', ''],
  ['backend.userland.com/rss2', ''],
  ['backend.userland.com/rss', ''],
  ['backend.userland.com/rss091', ''],
  ['backend.userland.com/rss092', ''],
  ['blogs.law.harvard.edu/tech/rss', ''],
  ['cyber.law.harvard.edu/rss', ''],
  ['www.w3.org/2005/atom', 'atom'],
  ['purl.org/atom/ns', 'atom'],
  ['example.com/newformat', 'atom'],
  ['necho.sourceforge.net/pie', 'atom'],
  ['purl.org/pie', 'atom'],
  ['www.w3.org/1999/02/22-rdf-syntax-ns', 'rdf'],
  ['purl.org/dc/elements/1.0', 'dc'],
  ['purl.org/dc/elements/1.1', 'dc'],
  ['purl.org/dc/terms', 'dcterms'],
  ['purl.org/rss/1.0/modules/content', 'content'],
  ['purl.org/rss/1.0/modules/syndication', 'sy'],
  ['search.yahoo.com/mrss', 'media'],
  ['tools.search.yahoo.com/mrss', 'media'],
  ['video.search.yahoo.com/mrss', 'media'],
  ['www.itunes.com/dtds/podcast-1.0.dtd', 'itunes'],
  ['example.com/dtds/podcast-1.0.dtd', 'itunes'],
  ['www.google.com/schemas/play-podcasts/1.0', 'googleplay'],
  ['podcastindex.org/namespace/1.0', 'podcast'],
  ['github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md', 'podcast'],
  ['rssnamespace.org/feedburner/ext/1.0', 'feedburner'],
  ['www.w3.org/1999/xhtml', 'xhtml'],
  ['www.w3.org/2000/svg', 'svg'],
  ['www.w3.org/1998/math/mathml', 'math'],
  ['www.w3.org/xml/1998/namespace', 'xml'],
]);

/** The scope around a document: well-known prefixes mean what they always mean, for those who forget to declare them. */
const OUTER_SCOPE: Scope = new Map(['xml', ...PREFIXES.values()].map((prefix) => [prefix, prefix]));

/** `outer` and one declaration more. `isUnknownDefaultOurs`: an unknown default namespace counts as RSS, because tools
 *  give the root of an RSS 2.0 document names of their own invention. */
function declare(outer: Scope, prefix: string, namespace: string, isUnknownDefaultOurs: boolean): Scope {
  const own = namespaceToPrefix(namespace) ?? (prefix === '' && isUnknownDefaultOurs ? '' : '?');
  return new Map(outer).set(prefix, own);
}

function namespaceToPrefix(namespace: string): string | undefined {
  const name = namespace.trim().toLowerCase();
  if (name === '') return '';
  return PREFIXES.get(name.replace(/^https?:\/\//, '').replace(/[/#]{1,2}$/, ''));
}
