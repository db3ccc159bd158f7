import { wordsOf } from '../identity/likeness.ts';
import type { Entry, Item } from '../model.ts';
import { isTelling, tellingText } from './excerpt.ts';

/** What a source says of an article in words of its own. */
export interface OwnWords {
  readonly entry: Entry;
  /** Plain text, all of it. */
  readonly text: string;
}

/** More of a text is not compared. */
const COMPARED_WORDS = 400;
/** From this share of its three-word runs on a text is taken out of another one. */
const COPIED = 0.5;
/** Two texts that begin with so many equal words begin as one. */
const SAME_START = 12;
/** Texts that each further one is compared with: 250 sites that print one press release would be 31,000 pairs. */
const MAX_COMPARED = 12;

const known = new WeakMap<Item, ReadonlyMap<string, OwnWords>>();

/** The words of each source that has some, by source id, in the order of vias. None of the source whose text the item shows as its
 *  own; none that are a copy or the beginning of a text that is there already, and none that are only the title. */
export function ownWordsOf(item: Item): ReadonlyMap<string, OwnWords> {
  const before = known.get(item);
  if (before) return before;
  const words = item.via.length < 2 ? new Map<string, OwnWords>() : findOwnWords(item);
  known.set(item, words);
  return words;
}

function findOwnWords({ entries, body, title, via }: Item): ReadonlyMap<string, OwnWords> {
  const found = new Map<string, OwnWords>();
  const others = [title, body.summary, body.text].flatMap((text) => (text === undefined ? [] : [readText(text)]));
  for (const { source } of via) {
    if (source === body.source) continue;
    for (const entry of entries) {
      const text = entry.source === source ? wordsBeside(entry, title) : undefined;
      if (text === undefined || found.has(source)) continue;
      const read = readText(withoutQuotations(text) || text);
      if (!others.some((other) => isTakenFrom(read, other))) found.set(source, { entry, text });
      if (others.length < MAX_COMPARED) others.push(read);
    }
  }
  return found;
}

/** What link-blogs end an entry with. */
const PERMALINK_MARK = /\s[★∞¶]\s*$/;
const ADDRESS = /\bhttps?:\/\/\S+/g;
const HASHTAG = /(?<!\S)#[\p{L}\p{M}\p{N}_]+/gu;

/** The entry's text without the addresses that stand around it, if it says more than a title and hashtags do. */
function wordsBeside(entry: Entry, title: string): string | undefined {
  const text = tellingText(entry.text ?? entry.summary ?? '', entry.title)
    .replace(ADDRESS, (address, at, all) =>
      isInSentence(all.slice(0, at), all.slice(at + address.length)) ? address : '',
    )
    .replace(PERMALINK_MARK, '')
    .replace(/\s+/g, ' ')
    .trim();
  const said = text.replace(HASHTAG, ' ').trim();
  return [title, entry.title].every((one) => isTelling(said, one)) ? text : undefined;
}

function isInSentence(before: string, after: string): boolean {
  return (
    /[^\s.!?…。！？]\s*$/.test(before.replace(ADDRESS, '')) &&
    after.replace(ADDRESS, '').replace(HASHTAG, '').trim() !== ''
  );
}

/** What stands in quotation marks, with the words before it that only say whose it is. */
const QUOTATION = /(?:(?:^|(?<=[.!?…]\s))[^.!?…“”«»„"]*:\s*)?(“[^“”]*”|„[^“”„]*[“”]|«[^«»]*»|"[^"]*")/g;
/** Longer than titles are, which may stand in marks as well. */
const LONG_QUOTATION = 100;

function withoutQuotations(text: string): string {
  return text.replace(QUOTATION, (whole, quoted: string) => (quoted.length > LONG_QUOTATION ? ' ' : whole)).trim();
}

interface ReadText {
  readonly words: readonly string[];
  /** All runs of three words. */
  readonly runs: ReadonlySet<string>;
}

function readText(text: string): ReadText {
  const found = wordsOf(text).slice(0, COMPARED_WORDS);
  // Of signs alone each text is a word.
  const words = found.length > 0 ? found : [text];
  const runs = new Set<string>();
  for (let at = 0; at < Math.max(1, words.length - 2); at++) runs.add(words.slice(at, at + 3).join(' '));
  return { words, runs };
}

function isTakenFrom(text: ReadText, other: ReadText): boolean {
  const start = text.words.slice(0, SAME_START);
  if (start.length === SAME_START && start.every((word, at) => word === other.words[at])) return true;
  let shared = 0;
  for (const run of text.runs) if (other.runs.has(run)) shared += 1;
  return shared >= COPIED * text.runs.size;
}
