import { compareSightings, guidHost, type SourceProfile } from '../identity/entry-keys.ts';
import { areTitlesOne, titleKey } from '../identity/likeness.ts';
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
  const primary = primaryOf(entries, profileOf);
  const body = bodyOf(primary, entries);
  const announced = entries.find(({ published }) => published);
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
    firstSeen: oldest.firstSeen,
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

/** The publisher's own entry, else the earliest published. Neither a planet nor a source that claims another site stands before the publisher. */
function primaryOf(entries: readonly [Entry, ...Entry[]], profileOf: (source: string) => SourceProfile): Entry {
  const rank = (entry: Entry) => publisherRank(entry, profileOf(entry.source));
  return entries.reduce((best, entry) => {
    const lead = rank(entry) - rank(best);
    return lead > 0 || (lead === 0 && entry.date < best.date) ? entry : best;
  });
}

/** 0: the link leads away from the source; 1: home, but the guid was made elsewhere (a planet with its own counter);
 *  2: home by what the document says; 3: home by the configuration. */
function publisherRank(entry: Entry, { home }: SourceProfile): 0 | 1 | 2 | 3 {
  const host = entry.url === undefined ? undefined : hostOfUrl(entry.url);
  if (host === undefined || !home.hosts.has(host)) return 0;
  const author = guidHost(entry.guids[0] ?? '');
  if (author?.includes('.') && author !== host) return 1;
  return home.configuredHosts.has(host) ? 3 : 2;
}

/** The primary, unless it has no text: then the entry of the same title with the longest. */
function bodyOf(primary: Entry, entries: readonly Entry[]): Entry {
  if (lengthOf(primary) > 0) return primary;
  const title = titleKey(primary.title);
  return entries
    .filter((entry) => areTitlesOne(titleKey(entry.title), title))
    .reduce((best, entry) => (lengthOf(entry) > lengthOf(best) ? entry : best), primary);
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
