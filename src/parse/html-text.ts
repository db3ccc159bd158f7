import { cleanText } from './plain-text.ts';
import { decodeHtmlReferences } from './references.ts';

/** Elements without content, which no end tag ends. HTML §13.1.2, with those that browsers still know. */
export const VOID_ELEMENTS: ReadonlySet<string> = new Set(
  'area base br col embed frame hr img input link meta param source track wbr'.split(' '),
);

/** Elements that are not simply set apart by white space: inline ones do not end a word (`<b>T</b>itle` is one), the text
 *  of hidden ones is no text. */
const ELEMENTS = new Map([
  ...names('inline', 'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span'),
  ...names('inline', 'strike strong sub sup time tt u var wbr'),
  ...names('hidden', 'script style noscript template select textarea xmp'),
]);

function names<T>(kind: T, list: string): [name: string, kind: T][] {
  return list.split(' ').map((name) => [name, kind]);
}

const SLASH = 0x2f;
const GREATER = 0x3e;

/** The text of HTML as a reader sees it: tags removed, references decoded, then as cleanText. HTML §13.2.5. */
export function htmlToText(html: string, maxChars: number): string {
  return readHtml(html, maxChars).text;
}

/** As htmlToText, with how many characters of `html` it took: no more than needed are read.
 *
 *  Looks for tags with indexOf, because this is done with every text of every feed: 0.1 ms a feed of 60 KB, where
 *  htmlparser2 takes 0.4 and the whole budget is 1.3. It may be this simple because its result is text and is escaped
 *  wherever it is shown; what is shown as HTML goes through sanitise. */
export function readHtml(html: string, maxChars: number): { readonly text: string; readonly read: number } {
  if (!html.includes('<')) {
    const piece = html.slice(0, maxChars * 8);
    return { text: cleanText(decodeHtmlReferences(piece), maxChars), read: Math.min(html.length, maxChars) };
  }
  /** End marks that do not occur behind `read`: none is looked for in vain twice. */
  const missing = new Set<string>();
  const find = (mark: string, from: number) => {
    const found = missing.has(mark) ? -1 : indexOfMark(html, mark, from);
    if (found < 0) missing.add(mark);
    return found;
  };

  const lastEnd = html.lastIndexOf('>');
  let text = '';
  let read = 0;
  let isApart = false;
  const add = (end: number) => {
    if (end <= read) return;
    const piece = html.slice(read, end);
    // Line ends between paragraphs; unless they are left out here, all of the text has to be folded afterwards.
    if (piece.length < 9 && piece.trim() === '') isApart = true;
    else {
      text += isApart && text !== '' ? ` ${piece}` : piece;
      isApart = false;
    }
  };
  while (read < html.length && text.length < maxChars * 1.5) {
    const start = html.indexOf('<', read);
    if (start < 0) {
      add(html.length);
      read = html.length;
      break;
    }
    add(start);
    read = start;
    const nameStart = html.charCodeAt(start + 1) === SLASH ? start + 2 : start + 1;
    const nameEnd = endOfName(html, nameStart);
    const hasName = nameEnd > nameStart;
    if (hasName && start > lastEnd) {
      // A tag that was cut has got as far as attributes; without, as in `A<B`, it is text.
      if (!html.includes('=', start)) add(html.length);
      read = html.length;
      break;
    }
    const end = hasName ? endOfTag(html, nameEnd) : endOfDeclaration(html, start, find);
    if (end < 0) {
      text += '<';
      read = start + 1;
      continue;
    }
    read = end;
    if (!hasName) continue;
    const name = html.slice(nameStart, nameEnd).toLowerCase();
    const kind = ELEMENTS.get(name);
    if (kind === undefined) isApart = true;
    if (kind === 'hidden' && nameStart === start + 1) {
      const close = find(`</${name}`, end);
      if (close >= 0) read = close;
      else if (name === 'script' || name === 'style') read = html.length;
      else isApart = true;
    }
  }
  const plain = cleanText(decodeHtmlReferences(text), maxChars);
  return { text: plain, read: text.length > maxChars ? Math.round((read * maxChars) / text.length) : read };
}

/** Where the tag name that begins with a letter at `from` ends; `from` if there is none. HTML §13.2.5.8. */
function endOfName(html: string, from: number): number {
  let index = from;
  for (; index < html.length; index++) {
    const code = html.charCodeAt(index);
    if (code <= 0x20 || code === SLASH || code === GREATER) break;
    const letter = code | 0x20;
    if (index === from && (letter < 0x61 || letter > 0x7a)) break;
  }
  return index;
}

/** Behind the `>` of a tag whose attributes begin at `from`, −1 if there is none; one in a quoted value is none. */
function endOfTag(html: string, from: number): number {
  let isValue = false;
  for (let index = from; index < html.length; index++) {
    const code = html.charCodeAt(index);
    if (code === GREATER) return index + 1;
    if (code === 0x3d /* = */) isValue = true;
    else if (isValue && (code === 0x22 || code === 0x27)) {
      const close = html.indexOf(code === 0x22 ? '"' : "'", index + 1);
      if (close < 0) return html.indexOf('>', index) + 1 || -1;
      index = close;
      isValue = false;
    } else if (code > 0x20) isValue = false;
  }
  return -1;
}

/** Behind a comment, a declaration or an end tag without a name that begins at `start`; −1 if it is text.
 *  A comment that nothing closes ends at the next `>`. */
function endOfDeclaration(html: string, start: number, find: (mark: string, from: number) => number): number {
  const next = html[start + 1];
  if (next !== '!' && next !== '?' && next !== '/') return -1;
  const comment = html.startsWith('<!--', start) ? find('-->', start + 2) : -1;
  if (comment >= 0) return comment + 3;
  const end = find('>', start);
  if (end >= 0) return end + 1;
  return next === '/' ? -1 : html.length;
}

/** Of a closing tag in any case, of another mark as it is. */
function indexOfMark(html: string, mark: string, from: number): number {
  if (!mark.startsWith('</')) return html.indexOf(mark, from);
  const pattern = new RegExp(mark, 'gi');
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? -1;
}
