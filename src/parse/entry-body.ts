import type { ListedEntry } from '../model.ts';
import { cut, SUMMARY_CHARS, shorten, TEXT_CHARS } from './limits.ts';
import { readText, type Text } from './text-construct.ts';

type Body = Pick<{ [K in keyof ListedEntry]: ListedEntry[K] | undefined }, 'summary' | 'text'> &
  Pick<ListedEntry, 'minutes'>;

/** What an entry has to say. A summary that is all there is stands for the content, too; each text is read once. */
export function readBody(summary: Text | undefined, content: Text | undefined): Body {
  const main = content ?? summary;
  if (main === undefined) return { summary: undefined, text: undefined, minutes: 1 };
  const isSummaryAll = summary === undefined || summary.source === main.source;
  const { text, read } = readText(main, isSummaryAll ? SUMMARY_CHARS + 1 : TEXT_CHARS);
  const plainSummary = isSummaryAll ? text : readText(summary, SUMMARY_CHARS + 1).text;
  const longest = plainSummary.length > text.length ? plainSummary : text;
  return {
    summary: (summary && shorten(plainSummary, SUMMARY_CHARS)) || undefined,
    text: cut(longest, TEXT_CHARS) || undefined,
    minutes: readingMinutes(text, read, main.source.length),
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
