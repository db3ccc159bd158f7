import { ViaductError } from '../errors.ts';
import type { FeedInfo, ListedEntry, Origin, Person } from '../model.ts';
import { parseDate } from './dates.ts';
import { type Markup, readBody } from './entry-body.ts';
import {
  MAX_CATEGORIES,
  MAX_ENCLOSURES,
  MAX_ORIGINS,
  NAME_CHARS,
  newestItems,
  SUMMARY_CHARS,
  TITLE_CHARS,
  URL_CHARS,
} from './limits.ts';
import { resolveLink, toEnclosure } from './links.ts';
import { type LooseJson, parseLooseJson } from './loose-json.ts';
import { type BareDocument, compact, type EntryWithContent, toLanguage } from './normalise.ts';
import { distinctPeople, toPerson } from './people.ts';
import { cleanText, escapeText, textToHtml } from './plain-text.ts';
import { resolveUrl } from './urls.ts';

type Members = Readonly<Record<string, unknown>>;

/** Reads a JSON Feed 1.0 or 1.1 (jsonfeed.org/version/1.1) with its usual mistakes: numbers for ids, one author where a
 *  list is due, null for absent, JSON that is nearly so. An entry that is no object is skipped and counted.
 *  @throws ViaductError parse/json when it is not JSON · parse/cut when no entry is whole · parse/not-a-feed when it has no items */
export function parseJsonFeed(text: string, baseUrl: string | undefined): BareDocument {
  const { value: feed, isWhole } = parseJson(text);
  if (!isWhole && !(isMembers(feed) && Array.isArray(feed.items)))
    throw new ViaductError('parse/cut', 'the document ends before its first entry does');
  if (!isMembers(feed) || !Array.isArray(feed.items))
    throw new ViaductError('parse/not-a-feed', 'the document is JSON, but no JSON Feed: it has no list "items"');
  const version = textOf(feed.version) ?? '';
  if (/^https?:/i.test(version) && !/jsonfeed/i.test(version) && feed.title === undefined)
    throw new ViaductError('parse/not-a-feed', 'the document is JSON, but its version names another format');
  const base = urlOf(feed.home_page_url, baseUrl) ?? baseUrl;
  const usable = feed.items.filter(isEntry);
  const listed = newestItems(usable, {
    dateOf: (item) => parseDate(textOf(item.date_published) ?? '') ?? '',
    nameOf: (item) => textOf(item.id) ?? '',
  });
  const feedAuthors = authorsOf(feed, base);
  const entries = listed.map((item) => toEntry(item, feedAuthors, base));
  return {
    feed: toInfo(feed, baseUrl, base),
    entries,
    skipped: feed.items.length - usable.length,
    ...(listed.length < usable.length && { surplus: usable.length - listed.length }),
    complete: isWhole,
  };
}

function isEntry(item: unknown): item is Members {
  return isMembers(item) && Object.keys(item).length > 0;
}

function parseJson(text: string): LooseJson {
  try {
    return parseLooseJson(text);
  } catch (cause) {
    const words = 'the document looks like JSON but is not: its publisher has to fix it';
    throw new ViaductError('parse/json', words, { cause });
  }
}

/** JSON Feed 1.1, top-level. */
function toInfo(feed: Members, baseUrl: string | undefined, base: string | undefined): FeedInfo {
  return compact<FeedInfo>({
    title: plainOf(feed.title, TITLE_CHARS),
    url: urlOf(feed.home_page_url, baseUrl),
    feedUrl: urlOf(feed.feed_url, baseUrl),
    description: plainOf(feed.description, SUMMARY_CHARS),
    language: toLanguage(textOf(feed.language)),
    updatedAt: undefined,
    image: urlOf(feed.icon, base) ?? urlOf(feed.favicon, base),
    ttlMinutes: undefined,
    updateEveryMinutes: undefined,
    skipHours: undefined,
    skipDays: undefined,
  });
}

/** JSON Feed 1.1, items. */
function toEntry(item: Members, feedAuthors: readonly Person[], base: string | undefined): EntryWithContent {
  const guid = cleanText(textOf(item.id) ?? '', URL_CHARS);
  const authors = authorsOf(item, base);
  const summary = summaryOf(item, base);
  const content = contentOf(item, base) ?? summary;
  const title = plainOf(item.title, TITLE_CHARS);
  const entry = compact<ListedEntry>({
    guid: guid === '' ? undefined : guid,
    permalink: resolveUrl(guid, undefined),
    link: linkOf(item.url, base),
    origLink: undefined,
    externalUrl: linkOf(item.external_url, base),
    title,
    ...readBody(summary?.html, content?.html, title),
    html: undefined,
    publishedAt: parseDate(textOf(item.date_published) ?? ''),
    updatedAt: parseDate(textOf(item.date_modified) ?? ''),
    authors: authors.length > 0 ? authors : feedAuthors,
    categories: categoriesOf(item.tags),
    enclosures: enclosuresOf(item.attachments, base),
    durationSeconds: durationOf(item.attachments),
    image: urlOf(item.image, base) ?? urlOf(item.banner_image, base),
    language: toLanguage(textOf(item.language)),
    origins: originsOf(item._viaduct, base),
    ...ofViaduct(item._viaduct, base),
  });
  return { entry, ...(content && { content }) };
}

function summaryOf({ summary }: Members, base: string | undefined): Markup | undefined {
  const source = textOf(summary) ?? '';
  return source.trim() === '' ? undefined : { html: escapeText(source), base };
}

function contentOf(item: Members, base: string | undefined): Markup | undefined {
  const html = textOf(item.content_html);
  if (html !== undefined && html.trim() !== '') return { html, base };
  const text = textOf(item.content_text);
  return text === undefined || text.trim() === '' ? undefined : { html: textToHtml(text), base };
}

/** authors (1.1) or author (1.0), a list, one object or a bare name. */
function authorsOf(members: Members, base: string | undefined): Person[] {
  const written = members.authors ?? members.author;
  const list = Array.isArray(written) ? written : [written];
  const people = list.map((author) => {
    if (isMembers(author)) return toPerson(textOf(author.name), textOf(author.email), urlOf(author.url, base));
    return toPerson(textOf(author), undefined, undefined);
  });
  return distinctPeople(people.filter((person) => person !== undefined));
}

function categoriesOf(tags: unknown): string[] {
  if (!Array.isArray(tags)) return [];
  const categories = tags.slice(0, MAX_CATEGORIES).map((tag) => plainOf(tag, NAME_CHARS));
  return [...new Set(categories.filter((category) => category !== undefined))];
}

function enclosuresOf(attachments: unknown, base: string | undefined): ListedEntry['enclosures'] {
  if (!Array.isArray(attachments)) return [];
  return attachments.slice(0, MAX_ENCLOSURES).flatMap((attachment) => {
    if (!isMembers(attachment)) return [];
    const url = urlOf(attachment.url, base);
    return url === undefined ? [] : [toEnclosure(url, textOf(attachment.mime_type), attachment.size_in_bytes)];
  });
}

/** JSON Feed 1.1, attachments: of the first that says how long it runs. */
function durationOf(attachments: unknown): number | undefined {
  const written = Array.isArray(attachments) ? attachments.filter(isMembers).map((one) => one.duration_in_seconds) : [];
  const seconds = written.find((one) => typeof one === 'number' && one >= 1 && one <= 7 * 86_400) as number | undefined;
  return seconds === undefined ? undefined : Math.floor(seconds);
}

/** What another viaduct says beside JSON Feed's own words (docs/namespace.md): its page of the item, and where it is discussed. */
function ofViaduct(extension: unknown, base: string | undefined) {
  const { page, via } = isMembers(extension) ? extension : {};
  const vias = Array.isArray(via) ? via.slice(0, MAX_ORIGINS).filter(isMembers) : [];
  const discussions = vias.map(({ discussion }) => linkOf(discussion, base));
  return { related: linkOf(page, base), comments: discussions.find((url) => url !== undefined) };
}

/** Via whom another viaduct had it (docs/namespace.md). */
function originsOf(extension: unknown, base: string | undefined): Origin[] {
  const vias = isMembers(extension) && Array.isArray(extension.via) ? extension.via.slice(0, MAX_ORIGINS) : [];
  return vias.filter(isMembers).flatMap(({ name, url, feed }) => {
    const origin = compact<Origin>({
      title: plainOf(name, TITLE_CHARS),
      url: urlOf(url, base),
      feed: urlOf(feed, base),
    });
    return Object.keys(origin).length === 0 ? [] : [origin];
  });
}

function plainOf(member: unknown, maxChars: number): string | undefined {
  const text = cleanText(textOf(member) ?? '', maxChars);
  return text === '' ? undefined : text;
}

function urlOf(member: unknown, base: string | undefined, resolve = resolveUrl): string | undefined {
  const text = textOf(member);
  return text === undefined || text.trim() === '' ? undefined : resolve(text, base);
}

function linkOf(member: unknown, base: string | undefined): string | undefined {
  return urlOf(member, base, resolveLink);
}

/** Ids are numbers in many feeds; everything else that is no string counts as absent. */
function textOf(member: unknown): string | undefined {
  if (typeof member === 'number') return String(member);
  if (typeof member !== 'string') return undefined;
  // JSON's escapes can write what UTF-8 cannot: halves of surrogate pairs.
  return member.replace(/\p{Surrogate}/gu, '\ufffd');
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
