/** Most characters of a decoded document unless another limit is set; longer ones are refused (parse/too-large). */
export const MAX_DOCUMENT_CHARS = 10 * 1024 * 1024;
/** Deepest element whose tags count; what is nested deeper is read as if its tags were not there. */
export const MAX_DEPTH = 200;
/** Entries of one document; of more, the newest are kept. */
export const MAX_ITEMS = 1000;
/** Elements read for one field of an entry, such as its categories; a document of one endless item stays small. */
export const MAX_PER_FIELD = 60;
/** Namespace declarations of one document; each copies the scope it stands in. */
export const MAX_NAMESPACES = 256;
export const TITLE_CHARS = 1024;
export const NAME_CHARS = 200;
/** Of a child element of a value, such as the name of an author. */
export const PART_CHARS = 8192;
/** Of an address, after it was resolved; a longer one is no address. Browsers and servers take no more for granted. */
export const URL_CHARS = 2048;
/** Each xml:base around an element may lengthen the one around it; those within so many are passed over. */
export const MAX_BASES = 8;
/** More than the 120 words that are republished of a summary. */
export const SUMMARY_CHARS = 1500;
/** What identity compares and a standfirst is made of: 150 words, of which the former wants 40 and the latter 60. */
export const TEXT_CHARS = 1000;
export const CONTENT_CHARS = 512 * 1024;
export const MAX_CATEGORIES = 50;
export const MAX_ENCLOSURES = 20;
export const MAX_AUTHORS = 20;
/** As many as another viaduct publishes, and the feed that it read. */
export const MAX_ORIGINS = 11;

/** As cut, but a text that is cut ends with "…". */
export function shorten(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${cut(text, maxChars - 1).trimEnd()}…`;
}

/** The first `maxChars` UTF-16 units of `text`, one fewer where the cut would halve a surrogate pair. */
export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxChars - 1 : maxChars);
}

/** At most MAX_ITEMS of the items, the newest, in the order they came in:
 *
 *      some have a date           → by date; those without count as older
 *      else, their names count up or down (.../post-7, ?p=8) → from the end that has the higher numbers
 *      else                       → half from either end: nobody knows which is the newer, and new ones come at one of them
 *
 *  `dateOf` gives an Instant, or '' for one without; `nameOf` a guid or link, or ''. */
export function newestItems<T>(
  items: readonly T[],
  { dateOf, nameOf }: { readonly dateOf: (item: T) => string; readonly nameOf: (item: T) => string },
): readonly T[] {
  if (items.length <= MAX_ITEMS) return items;
  const dated = items.map((item, index) => ({ item, index, date: dateOf(item) }));
  if (dated.every(({ date }) => date === '')) return undatedNewest(items, nameOf);
  // Stable: of those of one date the first in the document stay.
  const newest = dated.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0)).slice(0, MAX_ITEMS);
  return newest.sort((a, b) => a.index - b.index).map(({ item }) => item);
}

/** How many of two names that follow each other must count one way. */
const MOST = 0.9;

function undatedNewest<T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] {
  const numbers = items.map((item) => Number(/\d{1,15}(?=\D*$)/.exec(nameOf(item))?.[0] ?? Number.NaN));
  const share = (isStep: (a: number, b: number) => boolean) =>
    numbers.filter((number, at) => at > 0 && isStep(numbers[at - 1] ?? Number.NaN, number)).length / items.length;
  if (share((a, b) => a < b) > MOST) return items.slice(-MAX_ITEMS);
  if (share((a, b) => a > b) > MOST) return items.slice(0, MAX_ITEMS);
  return [...items.slice(0, MAX_ITEMS / 2), ...items.slice(-MAX_ITEMS / 2)];
}
