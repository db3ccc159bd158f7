import type { Enclosure, FeedDocument, FeedInfo, ListedEntry, Origin, Person } from '../model.ts';
import { type Markup, readBody } from './entry-body.ts';
import { toEnclosure } from './links.ts';
import type { RssDocument, RssElement, RssFeed, RssItem } from './rss-document.ts';
import { resolveUrl } from './urls.ts';

/** An object being made: absent values are still undefined, later their keys are left out. */
type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

/** An entry, and what its `html` would be made of. */
export interface EntryWithContent {
  readonly entry: ListedEntry;
  readonly content?: Markup;
}

/** A document whose entries still want their `html`. */
export type BareDocument = Omit<FeedDocument, 'entries'> & { readonly entries: readonly EntryWithContent[] };

/** The feed as it describes itself, from what rss-parser returned. */
export function toFeedInfo(feed: RssFeed): FeedInfo {
  return compact<FeedInfo>({
    title: feed.title,
    url: feed.link,
    feedUrl: feed.feedUrl,
    description: feed.description,
    language: toLanguage(feed.language),
    updatedAt: feed.lastBuildDate,
    image: feed.image?.url,
    ...updateHintsOf(feed),
  });
}

/** The entries, from what rss-parser returned and the long bodies beside it, without their `html`. One that names no
 *  author has those of its feed. */
export function toListedEntries(feed: RssFeed, document: RssDocument): EntryWithContent[] {
  const feedAuthors = authorsOf(feed);
  return feed.items.map((item) => toListedEntry(item, document, feedAuthors));
}

function toListedEntry(item: RssItem, document: RssDocument, feedAuthors: readonly Person[]): EntryWithContent {
  const bodyOf = (short: string | undefined, place: string | undefined) =>
    short ?? (place === undefined ? undefined : document.longBodies[Number(place)]);
  const summary = bodyOf(item.content, item.longDescription);
  const content = bodyOf(item['content:encoded'], item.longContent) ?? summary;
  const enclosures = enclosuresOf(item);
  const authors = authorsOf(item);
  const isPermalink = attributesOf(item.guidElements?.[0]).isPermaLink !== 'false';
  const entry = compact<ListedEntry>({
    guid: item.guid,
    permalink: isPermalink ? resolveUrl(item.guid, undefined) : undefined,
    link: item.link,
    origLink: item.origLink,
    externalUrl: undefined,
    comments: item.comments,
    related: item.related,
    title: item.title,
    ...readBody(summary, content, item.title),
    html: undefined,
    publishedAt: item.isoDate,
    updatedAt: item.updated,
    authors: authors.length > 0 ? authors : feedAuthors,
    categories: item.categories ?? [],
    enclosures,
    durationSeconds: item.duration === undefined ? undefined : Number(item.duration),
    image: item.image ?? enclosures.find(({ type }) => type?.startsWith('image/'))?.url,
    language: toLanguage(item.language),
    origins: (item.sourceElements ?? []).map(toOrigin),
  });
  return {
    entry,
    ...(content !== undefined && { content: { html: content, base: item.contentBase ?? document.bodyBase } }),
  };
}

/** Authors: the name of the first is rss-parser's own `creator`, all else is in the elements. */
function authorsOf({ creator, creatorElements }: Pick<RssFeed, 'creator' | 'creatorElements'>): Person[] {
  const elements = creatorElements ?? (creator === undefined ? [] : [creator]);
  return elements.map((element, index) => {
    const { email, url } = attributesOf(element);
    return compact<Person>({ name: textOf(index === 0 ? creator : element), email, url });
  });
}

/** Enclosures: the first is rss-parser's own `enclosure`, the others are in the elements. */
function enclosuresOf({ enclosure, enclosureElements = [] }: RssItem): Enclosure[] {
  const all = enclosure === undefined ? [] : [enclosure, ...enclosureElements.slice(1).map(attributesOf)];
  return all.flatMap(({ url, type, length }) => (url === undefined ? [] : [toEnclosure(url, type, length)]));
}

function toOrigin(source: RssElement): Origin {
  const { page, url } = attributesOf(source);
  return compact<Origin>({ title: textOf(source), url: page, feed: url });
}

function textOf(element: RssElement | undefined): string | undefined {
  return typeof element === 'object' ? element._ : element;
}

function attributesOf(element: RssElement | undefined): Readonly<Record<string, string | undefined>> {
  return (typeof element === 'object' && element.$) || {};
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** RSS 1.0 syndication module, updatePeriod in minutes. */
const PERIOD_MINUTES = new Map([
  ['hourly', 60],
  ['daily', 1440],
  ['weekly', 10080],
  ['monthly', 43200],
  ['yearly', 525600],
]);

type UpdateHints = Pick<Loose<FeedInfo>, 'ttlMinutes' | 'updateEveryMinutes' | 'skipHours' | 'skipDays'>;

/** How often a feed wishes to be asked: RSS 2.0 ttl, skipHours, skipDays; the syndication module's period divided by its
 *  frequency. What is no positive number, or no hour or day, is left out. */
function updateHintsOf({ ttl, skipHours, skipDays, updatePeriod, updateFrequency }: RssFeed): UpdateHints {
  const period = PERIOD_MINUTES.get(updatePeriod?.toLowerCase() ?? '');
  // 24 stands for midnight in RSS 0.91, whose hours run from 1 to 24.
  const hours = (skipHours?.hour ?? []).filter((hour) => /^\d\d?$/.test(hour) && Number(hour) <= 24);
  const days = (skipDays?.day ?? []).map((day) => DAYS.indexOf(day.toLowerCase()));
  return {
    ttlMinutes: positive(ttl),
    updateEveryMinutes: period && Math.max(1, Math.round(period / (positive(updateFrequency) ?? 1))),
    skipHours: some(hours.map((hour) => Number(hour) % 24)),
    skipDays: some(days.filter((day) => day >= 0)),
  };
}

function positive(text = ''): number | undefined {
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

function some(numbers: readonly number[]): readonly number[] | undefined {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  return distinct.length === 0 ? undefined : distinct;
}

/** A language tag as BCP 47 writes it, or nothing. */
export function toLanguage(written: string | undefined): string | undefined {
  const tag = written?.trim().replaceAll('_', '-') ?? '';
  return /^[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,7}$/i.test(tag) ? tag : undefined;
}

/** `loose` without the keys that have no value. */
export function compact<T extends object>(loose: Loose<T>): T {
  const kept: Partial<T> = {};
  for (const key in loose) if (loose[key] !== undefined) kept[key] = loose[key];
  return kept as T;
}
