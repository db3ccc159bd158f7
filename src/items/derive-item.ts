import {
  compareSightings,
  compareText,
  guidPublisher,
  type SourceProfile,
  type Standing,
  standingOf,
} from '../identity/entry-keys.ts';
import { publisherOf } from '../identity/publisher.ts';
import { hostOfUrl } from '../identity/url-keys.ts';
import type { Entry, Item, Via } from '../model.ts';

/** Columns of a title that is made of the start of a text: at most, and from where on it may end between words. */
const TITLE_COLUMNS = 80;
const WORD_END_COLUMNS = 60;

/** The item that these entries make. Both lists are in order of first sighting; `profileOf` knows the sources of `entries`. */
export function deriveItem(
  { entries, hidden }: { entries: readonly [Entry, ...Entry[]]; hidden: readonly Entry[] },
  profileOf: (source: string) => SourceProfile,
): Item {
  const [oldest] = entries;
  const standing = (entry: Entry) => standingOf(entry, profileOf(entry.source).home);
  const primary = primaryOf(entries, standing);
  // What others say of an article beforehand, or of its age, changes nothing about it.
  const isByPublisher = (entry: Entry) =>
    standing(entry) === standing(primary) && publisherOf(entry.url) === publisherOf(primary.url);
  const publishers = standing(primary) > 0 ? entries.filter(isByPublisher) : [];
  const body = bodyOf(primary, publishers);
  const announced = [...publishers, ...entries].find(({ published }) => published);
  const via = viasOf(entries, profileOf);
  const category = [primary.source, ...via.map(({ source }) => source)]
    .map((source) => profileOf(source).source.category)
    .find((name) => name !== undefined);
  return {
    id: [oldest, ...hidden].sort(compareSightings)[0]?.id ?? oldest.id,
    entries,
    hidden,
    primary,
    body,
    ...(primary.url !== undefined && { url: primary.url }),
    title: shownTitle(primary),
    date: primary.date,
    // A later source does not lift an item that was announced before.
    arrival: (announced ?? oldest).arrival,
    firstSeen: (publishers[0] ?? oldest).firstSeen,
    updated: [primary.edited, body.edited].reduce<string>((a, b) => (b && b > a ? b : a), primary.date),
    published: announced !== undefined,
    via,
    ...(category !== undefined && { category }),
  };
}

/** The name under which a source is shown: its handle, else its title, else what its feed calls itself, else its id. */
export function sourceName({ source, feed }: Pick<SourceProfile, 'source' | 'feed'>): string {
  return source.via ?? source.title ?? feed.title ?? source.id;
}

/** The entry of the publisher on whose site the article stands, whatever the dates say; else of one whose document calls that site
 *  its home; else any. Of several the one that we saw first, by our clock: a date is what anybody can write, and decides only
 *  among strangers whom we saw in one round. */
function primaryOf(entries: readonly [Entry, ...Entry[]], standing: (entry: Entry) => Standing): Entry {
  const highest = Math.max(...entries.map(standing));
  const home = entries.filter((entry) => standing(entry) === highest);
  const makers = new Set(home.map(({ url }) => publisherOf(url)));
  const made = home.filter((entry) => !isMadeElsewhere(entry, makers));
  const order = (a: Entry, b: Entry) =>
    compareText(a.firstSeen, b.firstSeen) || (highest > 0 && compareText(a.source, b.source)) || compareSightings(a, b);
  return (made.length > 0 ? made : home).reduce((best, entry) => (order(entry, best) < 0 ? entry : best));
}

/** A planet links to its own counter and keeps the author's guid: then the author is the publisher. */
function isMadeElsewhere({ url, guids: [guid = ''] }: Entry, makers: ReadonlySet<string | undefined>): boolean {
  const maker = guidPublisher(guid);
  return maker !== undefined && maker !== publisherOf(url) && makers.has(maker);
}

/** The primary; where it has no text, the longest of its publisher's: nobody else's words stand under its name. */
function bodyOf(primary: Entry, publishers: readonly Entry[]): Entry {
  if (lengthOf(primary) > 0) return primary;
  return publishers.reduce((best, entry) => (lengthOf(entry) > lengthOf(best) ? entry : best), primary);
}

function lengthOf({ html, text, summary }: Entry): number {
  return Math.max(html?.length ?? 0, text?.length ?? 0, summary?.length ?? 0);
}

function viasOf(entries: readonly Entry[], profileOf: (source: string) => SourceProfile): readonly Via[] {
  const bySource = new Map<string, Entry>();
  for (const entry of entries) if (!bySource.has(entry.source)) bySource.set(entry.source, entry);
  return [...bySource.values()].map((entry) => {
    const profile = profileOf(entry.source);
    const { id, url, private: isPrivate } = profile.source;
    const guid = entry.guids[0];
    return {
      source: id,
      name: sourceName(profile),
      ...(entry.viaUrl !== undefined && { url: entry.viaUrl }),
      ...(!isPrivate && !url.startsWith('file:') && { feed: url }),
      ...(guid !== undefined && { guid }),
      firstSeen: entry.firstSeen,
    };
  });
}

function shownTitle(entry: Entry): string {
  // Letters, digits or signs: a title of zero-width characters alone would name nothing (Unicode TR44, General_Category).
  // A publisher who writes `AT&amp;amp;T` has escaped it once too often.
  if (entry.title && /[\p{L}\p{N}\p{P}\p{S}]/u.test(entry.title)) return entry.title.replaceAll('&amp;', '&');
  const text = entry.text ?? entry.summary;
  if (text) return startOf(text);
  const host = entry.url === undefined ? undefined : hostOfUrl(entry.url);
  return `${host ?? entry.source}, ${entry.date.slice(0, 10)}`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** East Asian Wide and Fullwidth (Unicode TR11), and emoji: two columns each. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Extended_Pictographic}]/u;

/** The text if it fits into TITLE_COLUMNS, else its start: up to the last word that ends in the columns allowed for it, or where
 *  none does (no spaces, one long word) as many characters as fit, none of them halved (Unicode TR29). */
function startOf(text: string): string {
  let columns = 0;
  let wordEnd = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    if (columns >= WORD_END_COLUMNS && /^\s/.test(segment)) wordEnd = index;
    columns += WIDE.test(segment) ? 2 : 1;
    if (columns > TITLE_COLUMNS) return `${text.slice(0, wordEnd || index).trimEnd()}…`;
  }
  return text;
}
