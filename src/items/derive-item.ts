import {
  compareSightings,
  compareText,
  type EntryKeys,
  foremostOf,
  isMadeBy,
  type SourceProfile,
} from '../identity/entry-keys.ts';
import { cleanLink, hostOfUrl, strongKey } from '../identity/url-keys.ts';
import type { Entry, Item, Via } from '../model.ts';

/** Columns of a title that is made of the start of a text: at most, and from where on it may end between words. */
const TITLE_COLUMNS = 80;
const WORD_END_COLUMNS = 60;

/** The item that these entries make. Both lists are in order of first sighting; `profileOf` knows the sources of `shown`. */
export function deriveItem(
  { shown, hidden }: { shown: readonly [EntryKeys, ...EntryKeys[]]; hidden: readonly Entry[] },
  profileOf: (source: string) => SourceProfile,
): Item {
  const entries = shown.map(({ entry }) => entry);
  const [{ entry: oldest }] = shown;
  const { entry: primary, standing, publisher } = primaryOf(shown);
  // What others say of an article beforehand, or of its age, changes nothing about it.
  const publishers =
    standing === 0
      ? []
      : shown.filter((one) => one.standing === standing && one.publisher === publisher).map(({ entry }) => entry);
  const body = bodyOf(primary, publishers);
  const announced = entries.find(({ published }) => published);
  const arrived = publishers.find(({ published }) => published) ?? announced ?? publishers[0] ?? oldest;
  const via = viasOf(entries, profileOf);
  const sources = [primary.source, ...via.map(({ source }) => source)];
  return {
    id: oldestOf([...entries, ...hidden]).id,
    entries,
    hidden,
    primary,
    body,
    ...(primary.url !== undefined && { url: primary.url }),
    title: shownTitle(primary),
    date: primary.date,
    // A later source does not lift an item that was announced before.
    arrival: arrived.arrival,
    firstSeen: (publishers[0] ?? oldest).firstSeen,
    updated: [primary.edited, body.edited].reduce<string>((a, b) => (b && b > a ? b : a), primary.date),
    published: announced !== undefined,
    via,
    categories: categoriesOf([...new Set(sources)].map((source) => profileOf(source).source.categories)),
  };
}

/** The name under which a source is shown: its handle, else its title, else what its feed calls itself, else its id. */
export function sourceName({ source, feed }: Pick<SourceProfile, 'source' | 'feed'>): string {
  return source.via ?? source.title ?? feed.title ?? source.id;
}

/** The entry of the publisher on whose site the article stands, whatever the dates say; else of one whose document calls that site
 *  its home; else any. Of several the one that we saw first, by our clock: a date is what anybody can write, and decides only
 *  among strangers whom we saw in one round. */
function primaryOf(shown: readonly EntryKeys[]): EntryKeys {
  const order = ({ entry: a, standing }: EntryKeys, { entry: b }: EntryKeys) =>
    compareText(a.firstSeen, b.firstSeen) ||
    (standing > 0 && compareText(a.source, b.source)) ||
    compareSightings(a, b);
  return foremostOf(shown).reduce((best, one) => (order(one, best) < 0 ? one : best));
}

/** The entry that an item has its id of. Of those of one round one that stood on its own site, and names nobody else who did. */
function oldestOf(all: readonly Entry[]): Entry {
  const makers = new Set(all.map(({ ownSite }) => ownSite));
  const rank = (entry: Entry) =>
    entry.ownSite === undefined || isMadeBy(makers, { entry, publisher: entry.ownSite }) ? 1 : 0;
  return all.reduce((best, entry) => {
    const order =
      compareText(entry.firstSeen, best.firstSeen) || rank(entry) - rank(best) || compareSightings(entry, best);
    return order < 0 ? entry : best;
  });
}

/** The primary; where it has no text, the longest of its publisher's: nobody else's words stand under its name. */
function bodyOf(primary: Entry, publishers: readonly Entry[]): Entry {
  // Asked whether they are there, not what they are: a text is read from its file when it is looked at.
  if ('html' in primary || 'text' in primary || 'summary' in primary) return primary;
  return publishers.reduce((best, entry) => (lengthOf(entry) > lengthOf(best) ? entry : best), primary);
}

/** All of these lists in one, each name once. */
function categoriesOf(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = []] = lists;
  return lists.length === 1 ? first : [...new Set(lists.flat())];
}

function lengthOf({ html, text, summary }: Entry): number {
  return Math.max(html?.length ?? 0, text?.length ?? 0, summary?.length ?? 0);
}

function viasOf(entries: readonly Entry[], profileOf: (source: string) => SourceProfile): readonly Via[] {
  const bySource = new Map<string, Entry>();
  for (const entry of entries) if (!bySource.has(entry.source)) bySource.set(entry.source, entry);
  return [...bySource.values()].map((entry) => {
    const profile = profileOf(entry.source);
    const { id, url, homepage, private: isPrivate } = profile.source;
    const guid = entry.guids[0];
    const page = entry.viaUrl ?? homepage ?? profile.feed.url;
    const discussion = discussionOf(entry);
    return {
      source: id,
      name: sourceName(profile),
      ...(page !== undefined && { url: page }),
      ...(discussion !== undefined && { discussion }),
      ...(!isPrivate && !url.startsWith('file:') && { feed: url }),
      ...(guid !== undefined && { guid }),
      firstSeen: entry.firstSeen,
    };
  });
}

/** Pages that are there for discussing others. */
const DISCUSSION =
  /^https?:\/\/(?:news\.ycombinator\.com\/item\?|lobste\.rs\/s\/|(?:(?:www|old)\.)?reddit\.com\/r\/[^/]+\/comments\/|tildes\.net\/~[^/]+\/\w)/;

/** Where the entry's readers discuss it: what it names as its comments, unless that is the article itself, else its source's page on a
 *  site for discussions. */
function discussionOf({ url, comments, viaUrl, permalink }: Entry): string | undefined {
  const isBeside = comments !== undefined && (url === undefined || strongKey(comments) !== strongKey(url));
  const page = isBeside
    ? comments
    : [comments, viaUrl, permalink].find((place) => place !== undefined && DISCUSSION.test(place));
  return page === undefined ? undefined : cleanLink(page);
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
    if (columns > TITLE_COLUMNS) return `${text.slice(0, wordEnd || index).replace(/[\s,:;–—-]+$/, '')}…`;
  }
  return text;
}
