import { cut } from './limits.ts';

/** Control characters, marks that turn the direction of all text behind them, and what is no character: not for a page,
 *  a log line or an XML document (XML 1.0 §2.2). */
const UNSAFE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]/g;

const INVISIBLE = '\u034f\xad\u200b\u200c\u2060';

/** What newsletters fill the line with that a list of mails shows: characters without width, several with white space
 *  between or three at once. One alone has a meaning, as between the parts of a Persian word. */
const FILLER = new RegExp(`[${INVISIBLE}](?:\\s+|\\s*[${INVISIBLE}]\\s*)[${INVISIBLE}][${INVISIBLE}\\s]*`, 'g');

/** Everything that may have to go: unsafe characters, filler, and white space but U+0020. One class, because it looks at
 *  every text. */
const ODD = /[\u034f\0-\x1f\x7f-\xa0\xad\u1680\u2000-\u200c\u2028-\u202f\u205f\u2066-\u2069\u3000\ufeff\ufff9-\uffff]/;

/** `text` on one line: white space folded and trimmed, unsafe characters removed, at most `maxChars` of it. */
export function cleanText(text: string, maxChars: number): string {
  // What folds away is cut off before it is folded: four characters for one are plenty in any real text.
  const piece = cut(text, maxChars * 4);
  const isOdd = ODD.test(piece) || piece.includes('  ');
  const folded = isOdd
    ? withoutUnsafe(withoutFiller(piece.replace(/[\v\f]/g, ' '))).replace(/\s{2,}|[^\S ]/g, ' ')
    : piece;
  return cut(folded.trim(), maxChars).trimEnd();
}

/** `text` with a space for each run of filler. */
export function withoutFiller(text: string): string {
  for (const character of INVISIBLE) if (text.includes(character)) return text.replace(FILLER, ' ');
  return text;
}

/** `text` without unsafe characters; tabs and line ends stay. */
export function withoutUnsafe(text: string): string {
  return text.replace(UNSAFE, '');
}

/** What must be escaped, and addresses without the punctuation behind them. */
const SIGN_OR_ADDRESS = /[&<>]|\bhttps?:\/\/[^\s<>"]*(?:\([^\s<>"()]*\)|[^\s<>".,;:!?'»”)\]])/gi;

/** Plain text as HTML: its paragraphs and lines stay, and addresses become links. One line is no paragraph. */
export function textToHtml(text: string): string {
  const linked = text
    .trim()
    .replace(SIGN_OR_ADDRESS, (found) =>
      found.length === 1 ? escapeText(found) : `<a href="${escapeAttribute(found)}">${escapeText(found)}</a>`,
    );
  const paragraphs = linked.split(/(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)\s*/);
  const html = paragraphs.map((paragraph) => paragraph.replace(/\r\n|\r|\n/g, '<br>'));
  return html.length > 1 ? html.map((paragraph) => `<p>${paragraph}</p>`).join('') : (html[0] ?? '');
}

/** `text` as HTML or XML source that means it. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `text` as a double-quoted attribute value. */
export function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;');
}
