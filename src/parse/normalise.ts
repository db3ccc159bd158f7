import type { FeedInfo, Instant, ListedEntry, Person } from '../model.ts';
import { parseDate } from './dates.ts';
import type { Value } from './document-reader.ts';
import { readBody } from './entry-body.ts';
import { htmlToText } from './html-text.ts';
import { MAX_CATEGORIES, MAX_ORIGINS, NAME_CHARS, SUMMARY_CHARS, TITLE_CHARS, URL_CHARS } from './limits.ts';
import { alternateOf, enclosuresOf, linksOf, originsOf, urlIn } from './links.ts';
import { peopleOf } from './people.ts';
import { cleanText } from './plain-text.ts';
import type { MappedFields } from './skeleton.ts';
import { readText, type Text, textOf } from './text-construct.ts';
import { updateHintsOf } from './update-hints.ts';
import { resolveUrl } from './urls.ts';

/** An object being made: absent values are still undefined, later their keys are left out. */
type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

/** The feed as it describes itself, with what its own and its entries' URLs are resolved against where no xml:base is
 *  declared: Atom's are relative to the document (RFC 4287 §2), those of RSS, which has no rule, to its site. */
export function toFeedInfo(values: MappedFields, context: FeedContext): { feed: FeedInfo; base: string | undefined } {
  const { baseUrl, isAtom, language } = context;
  const links = linksOf(values('link'), baseUrl);
  const url = alternateOf(links);
  const base = isAtom ? baseUrl : (url ?? baseUrl);
  const feed = compact<FeedInfo>({
    title: firstPlain(values('title'), TITLE_CHARS),
    url,
    feedUrl: links.find(({ rel }) => rel === 'self')?.url,
    description: firstPlain(values('summary'), SUMMARY_CHARS),
    language: toLanguage(values('language')[0]?.text ?? language),
    updatedAt: lastDate(values('updated')) ?? lastDate(values('published')),
    image: firstOf(values('image'), (value) => urlIn(value, base)),
    ...updateHintsOf(values),
  });
  return { feed, base };
}

interface FeedContext {
  /** Where the document came from. */
  readonly baseUrl: string | undefined;
  readonly isAtom: boolean;
  /** xml:lang of the feed. */
  readonly language: string | undefined;
}

/** One entry, normalised, without its `html`, and the content that it would be made of. */
export function toListedEntry(values: MappedFields, context: EntryContext): { entry: ListedEntry; content?: Text } {
  const { base } = context;
  const urlOf = (value: Value) => urlIn(value, base);
  const links = linksOf(values('link'), base);
  const guidValue = values('guid')[0];
  const guid = toGuid(guidValue?.text);
  const summary = firstOf(values('summary'), (value) => textOf(value, base));
  // RSS may hold both, then the <description> is the long one.
  const description = values('summary').find(({ element }) => element.local === 'description');
  const content = longestOf(values('content'), base) ?? (description && textOf(description, base)) ?? summary;
  const enclosures = enclosuresOf(values('media'), links, base);
  const authors = peopleOf(values('author'), base);
  const entry = compact<ListedEntry>({
    guid,
    permalink: guidValue && isPermalink(guidValue) ? resolveUrl(guid, undefined) : undefined,
    link: alternateOf(links),
    origLink: firstOf(values('original'), urlOf),
    externalUrl: undefined,
    comments: firstOf(values('comments'), urlOf),
    title: firstPlain(values('title'), TITLE_CHARS),
    ...readBody(summary, content),
    html: undefined,
    publishedAt: lastDate(values('published')),
    updatedAt: lastDate(values('updated')),
    authors: authors.length > 0 ? authors : context.feedAuthors,
    categories: categoriesOf(values('category')),
    enclosures,
    image: firstOf(values('image'), urlOf) ?? enclosures.find(({ type }) => type?.startsWith('image/'))?.url,
    language: toLanguage(values('language')[0]?.text ?? context.language),
    origins: originsOf(values('source'), links, base).slice(0, MAX_ORIGINS),
  });
  return { entry, ...(content && { content }) };
}

/** What an entry takes from its feed. */
export interface EntryContext {
  /** What URLs are resolved against where no xml:base is declared. */
  readonly base: string | undefined;
  /** xml:lang of the entry where it differs from its feed's. */
  readonly language: string | undefined;
  /** Those of an entry that names none; RFC 4287 §4.2.1. */
  readonly feedAuthors: readonly Person[];
}

function firstPlain(values: readonly Value[], maxChars: number): string | undefined {
  return firstOf(values, (value) => {
    const text = textOf(value, undefined);
    return (text && readText(text, maxChars).text) || undefined;
  });
}

function longestOf(values: readonly Value[], base: string | undefined): Text | undefined {
  const texts = values.map((value) => textOf(value, base)).filter((text) => text !== undefined);
  return texts.reduce<Text | undefined>(
    (best, text) => (best && best.source.length >= text.source.length ? best : text),
    undefined,
  );
}

/** Of several dates of the best word for it, the last that can be read: publishers append corrections. */
function lastDate(values: readonly Value[]): Instant | undefined {
  let best: { readonly rank: number; readonly date: Instant } | undefined;
  for (const {
    row: { rank },
    text,
  } of values) {
    if (best !== undefined && rank > best.rank) break;
    const date = parseDate(text);
    if (date !== undefined) best = { rank, date };
  }
  return best?.date;
}

function categoriesOf(values: readonly Value[]): string[] {
  const categories = new Set<string>();
  for (const { element, text } of values) {
    const { attributes } = element;
    const written =
      attributes.get('label') ?? attributes.get('term') ?? (text.trim() === '' ? attributes.get('text') : text);
    const category = htmlToText(written ?? '', NAME_CHARS);
    if (category !== '' && categories.size < MAX_CATEGORIES) categories.add(category);
  }
  return [...categories];
}

/** RSS 2.0 <guid>: a permalink unless it says it is not. RSS 1.0 §5.5: rdf:about should be the link. */
function isPermalink({ element: { local, attributes } }: Value): boolean {
  if (local === 'guid') return attributes.get('ispermalink')?.trim().toLowerCase() !== 'false';
  return local === 'item';
}

function toGuid(written: string | undefined): string | undefined {
  const guid = cleanText(written ?? '', URL_CHARS);
  return guid === '' ? undefined : guid;
}

/** A language tag as BCP 47 writes it, or nothing. */
export function toLanguage(written: string | undefined): string | undefined {
  const tag = written?.trim().replaceAll('_', '-') ?? '';
  return /^[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,7}$/i.test(tag) ? tag : undefined;
}

function firstOf<T, R>(values: readonly T[], read: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const result = read(value);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** `loose` without the keys that have no value. */
export function compact<T extends object>(loose: Loose<T>): T {
  const kept: Partial<T> = {};
  for (const key in loose) if (loose[key] !== undefined) kept[key] = loose[key];
  return kept as T;
}
