import {
  ELEMENT_KINDS,
  type ElementKind,
  isExtendedName,
  PLUG_INS,
  TITLE_ELEMENTS,
  VOID_ELEMENTS,
} from './html-names.ts';
import { createLookAhead, endOfName, endOfTag } from './html-scan.ts';
import { attributesOf, emojiOf, isHidden, MAY_BE_EMOJI, mayHide } from './html-tags.ts';
import { cleanText } from './plain-text.ts';
import { decodeHtmlReferences } from './references.ts';

const SLASH = 0x2f;

/** ` hidden>`: a tag that is shorter says nothing that counts here. */
const SHORTEST_ATTRIBUTE = 8;

/** The number of a footnote, a link within the text in a <sup> or around one, at the start of a piece of HTML of so many characters:
 *  `word<sup><a href="#fn1">1</a></sup>` reads 'word', not 'word1'. */
const FOOTNOTE_MARK =
  /^(?:<sup\b[^<>]*>\s*<a\b[^<>]*\shref=["']?[^"'<>\s]*#[^<>]*>\s*\[?[\p{N}*†‡]{1,4}\]?\s*<\/a>\s*<\/sup>|<a\b[^<>]*\shref=["']?[^"'<>\s]*#[^<>]*>\s*<sup\b[^<>]*>\s*\[?[\p{N}*†‡]{1,4}\]?\s*<\/sup>\s*<\/a>)/iu;
const MARK_CHARS = 600;

/** The text of HTML as a reader sees it: tags removed, references decoded, then as cleanText. HTML §13.2.5. */
export function htmlToText(html: string, maxChars: number): string {
  return readHtml(html, maxChars).text;
}

/** As htmlToText, of a title or a name: publishers write `Vec<T>`, `<head>` and `<stdio.h>` there and mean it. Only
 *  TITLE_ELEMENTS are markup, and others of HTML whose end tag follows, too. */
export function titleToText(html: string, maxChars: number): string {
  return readHtml(html, maxChars, 'title').text;
}

/** As htmlToText, with how many characters of `html` it took: no more than needed are read. What stands in angle brackets
 *  and is no element of HTML is text; of a title see titleToText. Only 'xml', where text is escaped, is sure to hold nothing but
 *  elements.
 *
 *  Looks for tags with indexOf, because this is done with every text of every feed: 0.1 ms a feed of 60 KB, where
 *  htmlparser2 takes 0.4 and the whole budget is 1.3. It may be this simple because its result is text and is escaped
 *  wherever it is shown; what is shown as HTML goes through sanitise. */
export function readHtml(
  html: string,
  maxChars: number,
  as: 'body' | 'title' | 'xml' = 'body',
): { readonly text: string; readonly read: number } {
  if (!html.includes('<')) {
    const piece = html.slice(0, maxChars * 8);
    return { text: cleanText(decodeHtmlReferences(piece), maxChars), read: Math.min(html.length, maxChars) };
  }
  const { find, endOfElement, endOfFirstChild } = createLookAhead(html);
  /** Where the last element ends that no title speaks of but this one holds: in it, too, all of HTML is markup. */
  let heldEnd = -1;
  /** Where the last formula, and the last drawing or formula, ends: in them all names are elements. */
  let mathEnd = 0;
  let foreignEnd = 0;
  const isMarkup = (name: string, kind: ElementKind | undefined, start: number, nameEnd: number) => {
    if (as === 'xml') return true;
    if (kind === undefined) return isExtendedName(name) || start < foreignEnd;
    if (TITLE_ELEMENTS.has(name)) return true;
    if (html.charCodeAt(start + 1) !== SLASH) heldEnd = Math.max(heldEnd, find(`</${name}`, start));
    return start <= heldEnd || (PLUG_INS.has(name) && html.charCodeAt(nameEnd) <= 0x20);
  };

  const lastEnd = html.lastIndexOf('>');
  let text = '';
  let read = 0;
  let isApart = false;
  /** Where the upper halves of the fractions around end, the innermost last. */
  const slashes: number[] = [];
  const addText = (piece: string) => {
    text += isApart && text !== '' ? ` ${piece}` : piece;
    isApart = false;
  };
  const add = (end: number) => {
    if (end <= read) return;
    const piece = html.slice(read, end);
    // Line ends between paragraphs; unless they are left out here, all of the text has to be folded afterwards.
    if (piece.length < 9 && piece.trim() === '') isApart ||= read >= mathEnd;
    else addText(piece);
    read = end;
  };
  while (read < html.length && text.length < maxChars * 1.5) {
    if (slashes.length > 0 && read >= (slashes.at(-1) ?? 0)) {
      slashes.pop();
      addText('/');
    }
    const start = html.indexOf('<', read);
    if (start < 0) {
      add(html.length);
      break;
    }
    add(start);
    const isEndTag = html.charCodeAt(start + 1) === SLASH;
    const nameStart = isEndTag ? start + 2 : start + 1;
    const nameEnd = endOfName(html, nameStart);
    const hasName = nameEnd > nameStart;
    const name = hasName ? html.slice(nameStart, nameEnd).toLowerCase() : '';
    const kind = ELEMENT_KINDS.get(name);
    // Most texts are bodies, and most names are HTML's: no more is asked of them.
    const isText = hasName
      ? (kind === undefined || as === 'title') && !isMarkup(name, kind, start, nameEnd)
      : as === 'title' && html[start + 2] !== '-' && html[start + 2] !== '[';
    if (isText) {
      add(start + 1);
      continue;
    }
    if (hasName && start > lastEnd) {
      // A tag that was cut has got as far as attributes; without, as in `A<B`, it is text.
      if (!html.includes('=', start)) add(html.length);
      read = html.length;
      break;
    }
    const end = hasName ? endOfTag(html, nameEnd) : endOfDeclaration(html, start, find);
    if (end < 0) {
      add(start + 1);
      continue;
    }
    read = end;
    if (!hasName) continue;
    const source = isEndTag || end - nameEnd < SHORTEST_ATTRIBUTE ? '' : html.slice(nameEnd, end);
    const emoji = name === 'img' && MAY_BE_EMOJI.test(source) ? emojiOf(attributesOf(source)) : undefined;
    if (emoji !== undefined) addText(emoji);
    else if (kind === 'apart' || (kind === undefined && start >= mathEnd)) isApart = true;
    if (isEndTag) continue;
    const within = name === 'sup' ? '<a' : name === 'a' ? '<sup' : undefined;
    const mark =
      within && html.startsWith(within, end) ? FOOTNOTE_MARK.exec(html.slice(start, start + MARK_CHARS)) : null;
    if (mark) {
      read = start + mark[0].length;
      continue;
    }
    if (name === 'math' || name === 'svg') {
      foreignEnd = Math.max(foreignEnd, find(`</${name}`, end));
      if (name === 'math') mathEnd = foreignEnd;
    } else if (name === 'mfrac') {
      const middle = endOfFirstChild(end);
      if (middle >= 0) slashes.push(middle);
    }
    if (kind === 'hidden') {
      const close = find(`</${name}`, end);
      if (close >= 0) read = close;
      else if (name === 'script' || name === 'style') read = html.length;
      else isApart = true;
    } else if (source !== '' && mayHide(source) && !VOID_ELEMENTS.has(name)) {
      const attributes = attributesOf(source);
      const close = isHidden(name, attributes, false) ? endOfElement(name, end) : -1;
      if (close >= 0 && isHidden(name, attributes, html.slice(end, close).includes('<img'))) read = close;
    }
  }
  const plain = cleanText(decodeHtmlReferences(text), maxChars);
  // Almost all that was read was filler or white space.
  if (plain.length < maxChars / 2 && read < html.length) {
    const rest = readHtml(html.slice(read), maxChars - plain.length, as);
    return { text: cleanText(`${plain} ${rest.text}`, maxChars), read: read + rest.read };
  }
  return { text: plain, read: text.length > maxChars ? Math.round((read * maxChars) / text.length) : read };
}

/** The `alt` of the first picture that has one, then as cleanText; '' if none has. HTML §4.8.4.4. */
export function pictureToText(html: string, maxChars: number): string {
  const pictures = /<img(?=[\s/])/gi;
  for (let picture = pictures.exec(html); picture !== null; picture = pictures.exec(html)) {
    const end = endOfTag(html, pictures.lastIndex);
    if (end < 0) break;
    const text = cleanText(attributesOf(html.slice(pictures.lastIndex, end)).alt ?? '', maxChars);
    if (text !== '') return text;
    pictures.lastIndex = end;
  }
  return '';
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
