import type { ListedEntry } from '../model.ts';
import { cut, SUMMARY_CHARS, shorten, TEXT_CHARS } from './limits.ts';
import { readingMinutes } from './reading-minutes.ts';
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
