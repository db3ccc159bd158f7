import { Tokenizer } from 'htmlparser2';
import { MAX_DEPTH, MAX_NAMESPACES } from './limits.ts';
import { declare, OUTER_SCOPE, type Prefix, type Scope } from './namespaces.ts';
import { decodeReferences } from './references.ts';
import { resolveUrl } from './urls.ts';

/** Attributes of one element that are read; the rest of an endless list is not. */
const MAX_ATTRIBUTES = 64;

/** An open element of a document, its namespace resolved and its inherited facts at hand. */
export interface XmlElement {
  /** Of the namespace, whatever the document calls it. */
  readonly prefix: Prefix;
  /** In lower case: CDF shouts, RSS 2.0 has camels, publishers have neither. */
  readonly local: string;
  readonly hasDocumentPrefix: boolean;
  /** By 'name' or 'prefix:name' in lower case, references decoded. */
  readonly attributes: ReadonlyMap<string, string>;
  /** xml:base, resolved through all elements around. XML Base §4.2. */
  readonly base: string | undefined;
  /** xml:lang, inherited. XML 1.0 §2.12. */
  readonly language: string | undefined;
}

export interface XmlHandler {
  open(element: XmlElement): void;
  /** A piece of character data as it is written; `isLiteral` in a CDATA section, where references mean nothing. */
  text(raw: string, isLiteral: boolean): void;
  close(element: XmlElement): void;
}

interface Frame extends XmlElement {
  readonly name: string;
  readonly scope: Scope;
}

/** Of the elements without attributes, which are most: never written to. */
const NOTHING_WRITTEN: [name: string, value: string][] = [];
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** Reads an XML document once, from front to end, and tells `handler` of it; broken ones too: unknown entities and bare
 *  ampersands stay, missing end tags are supplied, stray ones dropped, a `<` that begins no tag is text. The DTD is
 *  skipped unread. True when the outermost element was ended by the document itself. XML 1.0, Namespaces in XML 1.0. */
export function readXml(document: string, baseUrl: string | undefined, handler: XmlHandler): boolean {
  const stack: Frame[] = [];
  let tooDeep = 0;
  let namespaces = 0;
  let isComplete = false;
  /** Where in the document the tokenizer's index 0 is; it is set forward where the tokenizer must begin anew. */
  let origin = 0;
  let resumeAt: number | undefined;
  let name = '';
  let attributes = NOTHING_WRITTEN;
  let attribute = '';
  let value = '';

  const slice = (start: number, end: number) => document.slice(origin + start, origin + end);
  const beginAnew = (position: number) => {
    resumeAt = position;
    tokenizer.pause();
  };
  const openElement = () => {
    if (stack.length >= MAX_DEPTH) tooDeep++;
    else {
      const frame = frameOf(name, attributes, stack.at(-1));
      stack.push(frame);
      handler.open(frame);
    }
  };
  const closeTop = () => {
    const frame = stack.pop();
    if (frame !== undefined) handler.close(frame);
  };

  const frameOf = (name: string, written: typeof attributes, parent: Frame | undefined): Frame => {
    let scope = parent?.scope ?? OUTER_SCOPE;
    let base = parent === undefined ? baseUrl : parent.base;
    let language = parent?.language;
    for (const [key, text] of written) {
      if (!key.startsWith('xml')) continue;
      if (key === 'xml:base') base = resolveUrl(text, base) ?? base;
      else if (key === 'xml:lang') language = text;
      else if ((key === 'xmlns' || key.startsWith('xmlns:')) && namespaces++ < MAX_NAMESPACES)
        scope = declare(scope, key.slice(6), text, stack.length <= 1);
    }
    const colon = name.indexOf(':');
    return {
      name,
      scope,
      base,
      language,
      prefix: scope.get(colon > 0 ? name.slice(0, colon) : '') ?? (colon > 0 ? '?' : ''),
      local: name.slice(colon + 1).toLowerCase(),
      hasDocumentPrefix: colon > 0,
      attributes: written.length === 0 ? NO_ATTRIBUTES : attributesOf(written, scope),
    };
  };

  const tokenizer = new Tokenizer(
    { xmlMode: true, decodeEntities: false },
    {
      ontext: (start, end) => handler.text(slice(start, end), false),
      oncdata: (start, end, tail) => handler.text(slice(start, end - tail), true),
      onopentagname: (start, end) => {
        name = slice(start, end);
        attributes = NOTHING_WRITTEN;
        if (isName(name)) return;
        handler.text('<', true);
        beginAnew(origin + start);
      },
      onattribname: (start, end) => {
        attribute = slice(start, end);
        value = '';
        const stray = attribute.indexOf('<');
        if (stray >= 0) beginAnew(origin + start + stray);
      },
      onattribdata: (start, end) => {
        value += slice(start, end);
      },
      onattribend: () => {
        if (attributes === NOTHING_WRITTEN) attributes = [[attribute, value]];
        else if (attributes.length < MAX_ATTRIBUTES && resumeAt === undefined) attributes.push([attribute, value]);
      },
      onopentagend: () => openElement(),
      onselfclosingtag: () => {
        openElement();
        if (tooDeep > 0) tooDeep--;
        else closeTop();
        if (stack.length === 0) isComplete = true;
      },
      onclosetag: (start, end) => {
        if (tooDeep > 0) {
          tooDeep--;
          return;
        }
        const position = findOpen(stack, slice(start, end));
        if (position < 0) return;
        while (stack.length > position) closeTop();
        if (position === 0) isComplete = true;
      },
      ondeclaration: (start, end) => {
        const subset = stack.length > 0 ? -1 : slice(start, end).indexOf('[');
        if (subset >= 0 && /^DOCTYPE\s/i.test(slice(start, end)))
          beginAnew(endOfSubset(document, origin + start + subset));
      },
      oncomment: () => {},
      onprocessinginstruction: () => {},
      onattribentity: () => {},
      ontextentity: () => {},
      onend: () => {},
    },
  );

  for (resumeAt = 0; resumeAt !== undefined; ) {
    origin = resumeAt;
    resumeAt = undefined;
    tokenizer.reset();
    tokenizer.write(document.slice(origin));
  }
  tokenizer.end();
  while (stack.length > 0) closeTop();
  return isComplete;
}

/** XML 1.0 §2.3 wants a letter, _ or : first; `I <3 XML` is no tag. */
function isName(name: string): boolean {
  const first = name.charCodeAt(0) | 0x20;
  return (first >= 0x61 && first <= 0x7a) || first >= 0x80 || name.startsWith('_') || name.startsWith(':');
}

/** Index of the innermost open element of that name, −1 if there is none; the stack is MAX_DEPTH at most. */
function findOpen(stack: readonly Frame[], name: string): number {
  if (stack.at(-1)?.name === name) return stack.length - 1;
  const wanted = name.toLowerCase();
  return stack.findLastIndex((frame) => frame.name.toLowerCase() === wanted);
}

function attributesOf(written: readonly (readonly [string, string])[], scope: Scope): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [key, raw] of written) {
    const colon = key.indexOf(':');
    const local = key.slice(colon + 1).toLowerCase();
    const ours = colon < 0 ? local : `${scope.get(key.slice(0, colon)) ?? '?'}:${local}`;
    if (!attributes.has(ours)) attributes.set(ours, decodeReferences(raw));
  }
  return attributes;
}

/** Where the internal subset that begins at `start` (its `[`) and its declaration end; quoted strings and comments may
 *  hold anything. XML 1.0 §2.8. */
function endOfSubset(document: string, start: number): number {
  const mark = /["']|<!--|\]\s*>/g;
  mark.lastIndex = start;
  for (let found = mark.exec(document); found !== null; found = mark.exec(document)) {
    const [token] = found;
    if (token.startsWith(']')) return mark.lastIndex;
    const end = document.indexOf(token === '<!--' ? '-->' : token, mark.lastIndex);
    if (end < 0) return document.length;
    mark.lastIndex = end + 1;
  }
  return document.length;
}
