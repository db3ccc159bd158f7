import { cleanLink } from '../identity/url-keys.ts';
import type { ListedEntry } from '../model.ts';

const STANDFIRST_WORDS = 60;
const EXCERPT_WORDS = 120;
const EXCERPT_SENTENCES = 2;
/** More than the most words can take up; keeps segmenting cheap (11 µs for 2,000 characters). */
const READ_CHARS = 5_000;

/** One or two sentences under the title of an item page: the publisher's summary, else the first two sentences of the
 *  text, at most 60 words (two characters of a script without spaces count as one). Ends with '…' when cut inside a
 *  sentence. Undefined when there is no text, or none that says more than the title. */
export function standfirst(entry: ListedEntry): string | undefined {
  return shorten(entry, STANDFIRST_WORDS);
}

/** What a feed shows of an item with content "summary": the publisher's summary if it has at most 120 words, else the
 *  first two sentences of it or, without a summary, of the text. Plain text. Undefined as in `standfirst`. */
export function excerpt(entry: ListedEntry): string | undefined {
  return shorten(entry, EXCERPT_WORDS);
}

function shorten(entry: ListedEntry, maxWords: number): string | undefined {
  const { title } = entry;
  const [summary, text] = [entry.summary, entry.text].map((one) => one && tellingText(one, title));
  if (summary && isTelling(summary, title)) {
    const whole = endCleanly(summary);
    return wordLimitIndex(whole, maxWords) === undefined ? whole : cutToWords(firstSentences(whole), maxWords);
  }
  if (text && isTelling(text, title)) return cutToWords(firstSentences(endCleanly(text)), maxWords);
  return undefined;
}

/** At most so many words of a text, up to the end of a word. Ends with '…' when it was cut. */
export function firstWords(text: string, maxWords = STANDFIRST_WORDS): string {
  return cutToWords(endCleanly(text), maxWords);
}

/** What generators write around a text: arXiv's list, hnrss, Reddit, WordPress. */
const FRAMES = [
  /^arXiv:\S+ Announce Type: \S+\s+Abstract:\s*/,
  /(?:Article|Comments) URL: \S+/g,
  /Points: \d+\s+# Comments: \d+/,
  /submitted by\s+\/u\/\S+(?:\s+to\s+r\/\S+)?/,
  /\[(?:link|comments)\]/g,
  /The post .{1,300}? (?:appeared first|first appeared) on .{1,100}$/,
];
/** Marks of the chapters of a film, the first one at its start, and what is written above them. */
const CHAPTERS =
  /(?:(?:chapters?|time ?stamps?|time ?codes?|kapitel)\s*:?\s*)?\(?(?<![\d:])0?0:00\b(?!:\d|\s*(?:UTC|GMT|CES?T|E[SD]T|P[SD]T|Uhr|[ap]\.?m\b))(?:.*?\b\d{1,2}:\d{2}\b){2}.*$/is;

/** The text without what stands around the words of its author: frames, chapter marks, the title at its start. '' when nothing
 *  is left. */
export function tellingText(text: string, title: string | undefined): string {
  let told = text;
  for (const frame of FRAMES) told = told.replace(frame, ' ');
  told = told.replace(/\bhttps?:\/\/[^\s<>"]+/g, (url) => cleanLink(url));
  return withoutTitle(told.replace(CHAPTERS, '').trim(), title?.trim() ?? '');
}

/** 'Rain again. It rained.' under the title 'Rain again' begins with 'It'. Where the title is the start of the first sentence it stays. */
function withoutTitle(text: string, title: string): string {
  if (title.length < 8 || !text.toLowerCase().startsWith(title.toLowerCase())) return text;
  const rest = text.slice(title.length);
  const isSentence = /^\s*[.:!?–—|-]\s/.test(rest) || rest.trim().toLowerCase().startsWith(title.toLowerCase());
  const isHeading = title.split(' ').length > 3 && SENTENCE_START.test(rest);
  return isSentence || isHeading ? withoutTitle(rest.replace(/^[\s.:!?–—|-]+/, ''), title) : text;
}

/** Words that begin sentences and, with a capital letter, are no part of a name. */
const SENTENCE_START =
  /^\s+(?:A|An|The|This|These|That|It|In|On|At|We|Our|You|I|He|She|They|When|After|For|As|If|Der|Die|Das|Ein|Eine|Wir|Es|Le|La|Les|Un|Une|El|Los|Las)\s/;

/** What aggregators and blog engines write where a summary belongs. */
const EMPTY_WORDS =
  /^(?:\p{S}|\s)*(?:comments|(?:click here to )?read more(?: of this story at .{1,40})?|continue reading|link|permalink|\d+ min(?:utes?)? read)(?:\p{S}|\s)*$/u;

/** Whether a text says more than the title does. */
export function isTelling(text: string, title: string | undefined): boolean {
  if (text.length > 2 * (title?.length ?? 0) + 100) return true;
  const folded = fold(text);
  return folded !== '' && !EMPTY_WORDS.test(folded) && (title === undefined || folded !== fold(title));
}

const fold = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{S}]+/gu, ' ')
    .trim();

/** WordPress ends what it cut with '[…]': behind a whole sentence nothing is missing from it. */
const endCleanly = (text: string): string =>
  text
    .trim()
    .replace(/\[(?:…|\.\.\.|&hellip;)\]$/, '…')
    .replace(/([.!?])\s*…$/, '$1');

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Abbreviations after which the segmenter (UAX #29 without suppressions) sees the end of a sentence. */
const ABBREVIATIONS = new Set(
  'mr mrs ms dr prof st sr jr hon rev gen col sgt capt gov sen rep pres vs etc no nos fig vol pp ca approx est inc ltd corp co bros dept univ jan feb mar apr jun jul aug sep sept oct nov dec al cf resp bzw usw z.b mme mlle m'.split(
    ' ',
  ),
);

function firstSentences(text: string): string {
  let end = 0;
  let count = 0;
  for (const { segment, index } of sentences.segment(text.slice(0, READ_CHARS))) {
    if (index > 0 && !goesOn(text.slice(Math.max(0, index - 20), index), segment)) {
      count += 1;
      if (count === EXCERPT_SENTENCES) break;
    }
    end = index + segment.length;
  }
  return text.slice(0, end).trim();
}

/** Whether the segmenter's boundary between the two is none: a title, an initial ('J. K.', 'U.S.'), or lower case after a quotation. */
function goesOn(before: string, after: string): boolean {
  if (/^\p{Ll}/u.test(after)) return true;
  const last = /([\p{L}.]{1,15})\.\s*$/u.exec(before)?.[1];
  return last !== undefined && (/^\p{L}$|\.\p{L}$/u.test(last) || ABBREVIATIONS.has(last.toLowerCase()));
}

/** A character of a script that writes no spaces, or a run of others; a run without end counts every 40 characters. */
const UNSPACED =
  '[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}\\u3000-\\u303F\\uFF00-\\uFFEF]';
const WORD = new RegExp(`${UNSPACED}|(?:(?!${UNSPACED})\\S){1,40}`, 'gu');
const STARTS_UNSPACED = new RegExp(`^${UNSPACED}`, 'u');

/** Where the text goes beyond `maxWords`; undefined when it does not. */
function wordLimitIndex(text: string, maxWords: number): number | undefined {
  let words = 0;
  for (const match of text.matchAll(WORD)) {
    words += STARTS_UNSPACED.test(match[0]) ? 0.5 : 1;
    if (words > maxWords) return match.index;
  }
  return undefined;
}

function cutToWords(text: string, maxWords: number): string {
  const limit = wordLimitIndex(text, maxWords);
  if (limit === undefined) return text;
  let end = limit;
  while (end > 0 && ' ,;:.…!?-–—([{"\'“‘«、。'.includes(text.charAt(end - 1))) end -= 1;
  return `${text.slice(0, end || limit)}…`;
}
