import { isUtf8 } from 'node:buffer';
import type { ListedEntry } from '../model.ts';
import type { Value } from './document-reader.ts';
import { pictureToText, readHtml } from './html-text.ts';
import { cut, SUMMARY_CHARS, shorten, TEXT_CHARS } from './limits.ts';
import { textToHtml, withoutUnsafe } from './plain-text.ts';
import { decodeHtmlReferences } from './references.ts';

/** A text of a feed as HTML source, not to be shown before it was sanitised, and what its URLs are relative to. */
export interface Markup {
  readonly html: string;
  readonly base: string | undefined;
}

/** What a text without a type is, by namespace; HTML in all others. RFC 4287 §3.1.1, Media RSS 1.5.1 media:description. */
const DEFAULT_TYPES = new Map([
  ['atom', 'text'],
  ['media', 'plain'],
]);

/** What a text construct holds, plain text as HTML that means it: RFC 4287 §3.1 and §4.1.3.3, Atom 0.3's mode, RSS's
 *  unspoken HTML. Undefined when it is empty, holds no text (an image in Base64) or its content is elsewhere. */
export function markupOf(value: Value, base: string | undefined): Markup | undefined {
  const { attributes, prefix } = value.element;
  if (attributes.has('src')) return undefined;
  const type = attributes.get('type')?.trim().toLowerCase() ?? DEFAULT_TYPES.get(prefix) ?? 'html';
  const isHtml = value.isInline || /html/.test(type);
  // What is no media type is an unknown word for text: RFC 4287 §3.1.1 knows no other.
  const isText = isHtml || !type.includes('/') || type.startsWith('text/');
  const isBase64 = attributes.get('mode')?.toLowerCase() === 'base64' || !isText;
  const text = isBase64 ? decodeBase64(value.text) : value.text;
  if (text.trim() === '') return undefined;
  const isPlain = !isHtml || isPlainText(text);
  return {
    html: isPlain ? textToHtml(isHtml ? decodeHtmlReferences(text) : text) : text,
    base: value.element.base ?? base,
  };
}

/** Whether what should be HTML has no markup, but lines or addresses, which would be lost: what sites for films and podcasts write. */
function isPlainText(html: string): boolean {
  return (
    !html.includes('<') && !/&(?:lt|#0*60|#x0*3c);/i.test(html) && /\S[^\S\r\n]*[\r\n]\s*\S|https?:\/\//i.test(html)
  );
}

/** The text in Base64 (RFC 4648 §4), '' when what comes out is none. */
function decodeBase64(encoded: string): string {
  const bytes = Buffer.from(encoded, 'base64');
  const text = bytes.toString('utf8');
  return isUtf8(bytes) && withoutUnsafe(text) === text ? text : '';
}

type Body = Pick<{ [K in keyof ListedEntry]: ListedEntry[K] | undefined }, 'summary' | 'text'> &
  Pick<ListedEntry, 'minutes'>;

/** The texts of an entry of which `summary` and `content` are the HTML source. A summary that is all there is stands for
 *  the content, too; each is read once. Where there is no word, not even a title, a picture's own words are the text. */
export function readBody(summary: string | undefined, content: string | undefined, title: string | undefined): Body {
  const main = content ?? summary;
  if (main === undefined) return { summary: undefined, text: undefined, minutes: 1 };
  const isSummaryAll = summary === undefined || summary === main;
  const { text, read } = readHtml(main, isSummaryAll ? SUMMARY_CHARS + 1 : TEXT_CHARS);
  const plainSummary = isSummaryAll ? text : readHtml(summary, SUMMARY_CHARS + 1).text;
  const longest = plainSummary.length > text.length ? plainSummary : text;
  return {
    summary: (summary && shorten(plainSummary, SUMMARY_CHARS)) || undefined,
    text: cut(longest, TEXT_CHARS) || (title === undefined && pictureToText(main, TEXT_CHARS)) || undefined,
    minutes: readingMinutes(text, read, main.length),
  };
}

const WORDS_A_MINUTE = 230;
const CJK_CHARACTERS_A_MINUTE = 500;

/** Characters in which words are counted; the rest is taken to be alike. */
const SAMPLE_CHARS = 400;

/** Minutes to read a content of which `plain`, the start of its text on one line, took `read` of all its `total`
 *  characters: words are counted in the first SAMPLE_CHARS, and the rest has as many for its length. At least 1. */
function readingMinutes(plain: string, read: number, total: number): number {
  const sampleLength = Math.min(plain.length, SAMPLE_CHARS);
  // Not even words of one letter make a minute of so little.
  if (plain.length < WORDS_A_MINUTE && total <= read) return 1;
  let words = 0;
  let characters = 0;
  let isInWord = false;
  for (let index = 0; index < sampleLength; index++) {
    const code = plain.charCodeAt(index);
    if (code === 0x20) isInWord = false;
    else if (code >= 0x3040 && isCjk(code)) {
      characters++;
      isInWord = false;
    } else if (!isInWord) {
      words++;
      isInWord = true;
    }
  }
  const sampleMinutes = words / WORDS_A_MINUTE + characters / CJK_CHARACTERS_A_MINUTE;
  const wholeLength = plain.length * Math.max(1, total / Math.max(1, read));
  return Math.max(1, Math.ceil((sampleMinutes * wholeLength) / Math.max(1, sampleLength)));
}

/** Kana, Han, Hangul; a first surrogate of the planes that hold rare Han. */
function isCjk(code: number): boolean {
  return (
    (code >= 0x3040 && code <= 0x30ff) ||
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xd840 && code <= 0xd87f)
  );
}
