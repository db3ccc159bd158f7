import RssParser from 'rss-parser';
import type { Instant, Person } from '../model.ts';
import { parseDate } from './dates.ts';
import type { Fields, ReadDocument, Value } from './document-reader.ts';
import { type Markup, markupOf } from './entry-body.ts';
import { readHtml, titleToText } from './html-text.ts';
import { MAX_CATEGORIES, MAX_ORIGINS, NAME_CHARS, SUMMARY_CHARS, TITLE_CHARS, URL_CHARS } from './limits.ts';
import { alternateOf, enclosuresOf, linksOf, originsOf, pageOf, urlIn } from './links.ts';
import { describedBy, durationOf, onlyObject, pictureOf, titledBy } from './media-object.ts';
import { distinctPeople, peopleInSource, peopleOf } from './people.ts';
import { cleanText, withoutUnsafe } from './plain-text.ts';
import type { Field } from './vocabulary.ts';

/** An element that rss-parser was asked for as it is: its text, with its attributes if it has any. */
export type RssElement = string | { readonly _?: string; readonly $?: Readonly<Record<string, string>> };

/** Of a feed: what rss-parser returns although its types do not say so, then what FEED_FIELDS asks for. */
interface FeedExtras {
  readonly language?: string;
  readonly lastBuildDate?: Instant;
  /** The name of the first author; the element itself when it has attributes only. */
  readonly creator?: RssElement;
  readonly ttl?: string;
  readonly skipHours?: { readonly hour?: readonly string[] };
  readonly skipDays?: { readonly day?: readonly string[] };

  readonly creatorElements?: readonly RssElement[];
  readonly updatePeriod?: string;
  readonly updateFrequency?: string;
}

/** Of an entry, likewise; `content` is the <description>. */
interface ItemExtras {
  readonly comments?: string;
  readonly language?: string;
  readonly 'content:encoded'?: string;

  readonly guidElements?: readonly RssElement[];
  readonly creatorElements?: readonly RssElement[];
  readonly enclosureElements?: readonly RssElement[];
  readonly sourceElements?: readonly RssElement[];
  readonly updated?: Instant;
  readonly origLink?: string;
  readonly related?: string;
  readonly duration?: string;
  readonly image?: string;
  readonly longDescription?: string;
  readonly longContent?: string;
  readonly contentBase?: string;
}

/** A feed and an entry as rss-parser returns them. */
export type RssFeed = FeedExtras & RssParser.Output<ItemExtras>;
export type RssItem = RssFeed['items'][number];

/** What of the feed rss-parser does not return by itself. The further ones of several creators are here. */
const FEED_FIELDS = [
  ['dc:creator', 'creatorElements', { keepArray: true }],
  ['sy:updatePeriod', 'updatePeriod'],
  ['sy:updateFrequency', 'updateFrequency'],
];

/** What of an item rss-parser does not return by itself: attributes, the further ones of several, and what RSS 2.0 has no
 *  element for. */
const ITEM_FIELDS = [
  ['guid', 'guidElements', { keepArray: true }],
  ['dc:creator', 'creatorElements', { keepArray: true }],
  ['enclosure', 'enclosureElements', { keepArray: true }],
  ['source', 'sourceElements', { keepArray: true }],
  ['atom:updated', 'updated'],
  ['feedburner:origLink', 'origLink'],
  ['related', 'related'],
  ['duration', 'duration'],
  ['image', 'image'],
  ['longDescription', 'longDescription'],
  ['longContent', 'longContent'],
  ['contentBase', 'contentBase'],
];

// rss-parser's types allow a feed's fields no other names, its code does.
const parser = new RssParser<FeedExtras, ItemExtras>({
  customFields: { feed: FEED_FIELDS as never, item: ITEM_FIELDS },
});

/** Has rss-parser read a document that writeRss wrote. */
export function parseRss(xml: string): Promise<RssFeed> {
  return parser.parseString(xml);
}

/** Namespaces in XML 1.0 §3. Not the one of iTunes: rss-parser would go through all items once more. */
const NAMESPACES = [
  'xmlns:atom="http://www.w3.org/2005/Atom"',
  'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
  'xmlns:dc="http://purl.org/dc/elements/1.1/"',
  'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
  'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"',
].join(' ');

/** Longest body that stands in the document itself. rss-parser makes a snippet of each, by regular expressions that take
 *  time by the square of its length: .5 ms of 500 characters at the worst, 65 s of 300,000. */
const SHORT_CHARS = 500;

/** Most `<` in such a body: from each on, those expressions look for a `>` as far as the end. */
const SHORT_TAGS = 30;

/** Characters in attributes of one document; what would be more is left out. rss-parser takes 32 bytes for each and 20
 *  times as long as for one of text: an xml:base of 4 KB before 20,000 short URLs were 3 GB. */
const ATTRIBUTE_CHARS = 2_000_000;

export interface RssDocument {
  readonly xml: string;
  /** What URLs in bodies are relative to where the item has no <contentBase>. */
  readonly bodyBase: string | undefined;
  /** The bodies that are not in `xml`; <longDescription> and <longContent> hold their places in this list. */
  readonly longBodies: readonly string[];
}

/** Writes what was read of a document of any dialect as RSS 2.0 that a careful person could have written: of several
 *  elements for one thing the best, titles and names plain, URLs absolute, dates in UTC. Entries that hold nothing are
 *  left out.
 *
 *  A long body goes beside the document. What stands for it is an element of its own and no mark within a text, so that
 *  no publisher can forge one: all elements are ours, what they wrote is only ever text in them. */
export function writeRss({ root, feed, entries }: ReadDocument, baseUrl: string | undefined): RssDocument {
  const values = valuesOf(feed);
  const links = linksOf(values('link'), baseUrl);
  const site = alternateOf(links);
  const isAtom = root === 'feed';
  const base = isAtom ? baseUrl : (site ?? baseUrl);
  const bodyBase = feed.base ?? base;
  const longBodies: string[] = [];
  const room = { chars: ATTRIBUTE_CHARS };
  const context = { base, bodyBase, language: feed.language, longBodies, room };
  const self = links.find(({ rel }) => rel === 'self')?.url;
  const image = firstOf(values('image'), (value) => urlIn(value, base));
  const listXml = (field: 'skipHours' | 'skipDays', name: string) => {
    const list = (values(field)[0]?.parts ?? []).map(({ text }) => element(name, nameText(text))).join('');
    return list && `<${field}>${list}</${field}>`;
  };
  const xml = [
    `<rss version="2.0" ${NAMESPACES}><channel>`,
    element('title', firstPlain(values('title'), 'title', TITLE_CHARS)),
    element('link', site),
    self && `<atom:link rel="self"${attributesXml({ href: self }, room)}/>`,
    element('description', firstPlain(values('summary'), 'body', SUMMARY_CHARS)),
    element('language', nameText(values('language')[0]?.text ?? feed.language)),
    element('lastBuildDate', lastDate(values('updated')) ?? lastDate(values('published'))),
    image && `<image>${element('url', image)}</image>`,
    // RFC 4287 §4.2.1: they stand for those of an entry that names none. RSS has no such rule.
    isAtom ? creatorsXml(peopleOf(values('author'), base), room) : '',
    element('ttl', nameText(values('ttl')[0]?.text)),
    listXml('skipHours', 'hour'),
    listXml('skipDays', 'day'),
    element('sy:updatePeriod', nameText(values('period')[0]?.text)),
    element('sy:updateFrequency', nameText(values('frequency')[0]?.text)),
    ...entries.filter((entry) => entry.values.size > 0).map((entry) => `<item>${itemXml(entry, context)}</item>`),
    '</channel></rss>',
  ].join('');
  return { xml, bodyBase, longBodies };
}

interface ItemContext {
  /** What URLs are resolved against where no xml:base is declared: Atom's are relative to the document (RFC 4287 §2),
   *  those of RSS, which has no rule, to its site. */
  readonly base: string | undefined;
  readonly bodyBase: string | undefined;
  /** xml:lang of the feed. */
  readonly language: string | undefined;
  /** Bodies that are too long for the document are added here. */
  readonly longBodies: string[];
  readonly room: Room;
}

function itemXml(entry: Fields, { base, bodyBase, language, longBodies, room }: ItemContext): string {
  const values = valuesOf(entry);
  const urlOf = (value: Value) => urlIn(value, base);
  const links = linksOf(values('link'), base);
  const [guid] = values('guid');
  const guidText = cleanText(guid?.text ?? '', URL_CHARS);
  const only = onlyObject(values('media'));
  const text = contentOf(values('content'), values('summary'), base);
  const summary =
    firstOf(values('summary'), (value) => markupOf(value, base)) ?? (text ? undefined : describedBy(only, base));
  const content = text ?? summary;
  const ownLanguage = entry.language === language ? undefined : entry.language;
  return [
    element('title', firstPlain(values('title'), 'title', TITLE_CHARS) ?? titledBy(only)),
    element('link', alternateOf(links)),
    guidText && element('guid', guidText, isPermalink(guid) ? '' : ' isPermaLink="false"'),
    // Atom 0.3 §4.13.8: every entry has a <modified>; where it is the only date it is that of the entry.
    element('pubDate', lastDate(values('published')) ?? lastDate(values('updated').filter(isAtom03))),
    element('atom:updated', lastDate(values('updated'))),
    creatorsXml(authorsOf(values, base), room),
    ...categoriesOf(values('category')).map((category) => element('category', category)),
    element('comments', firstOf(values('comments'), urlOf) ?? pageOf('replies', links)),
    element('related', pageOf('related', links)),
    element('feedburner:origLink', firstOf(values('original'), urlOf)),
    summary && bodyXml('description', 'longDescription', summary, longBodies),
    content && content.html !== summary?.html ? bodyXml('content:encoded', 'longContent', content, longBodies) : '',
    element('contentBase', content?.base === bodyBase ? undefined : content?.base),
    ...enclosuresOf(values('media'), links, base).map(
      (enclosure) => `<enclosure${attributesXml({ ...enclosure }, room)}/>`,
    ),
    element('duration', durationOf(values('duration'), values('media'))),
    element('image', firstOf(values('image'), urlOf) ?? firstOf(values('media'), (value) => pictureOf(value, base))),
    element('dc:language', nameText(values('language')[0]?.text ?? ownLanguage)),
    ...originsOf(values('source'), links, base)
      .slice(0, MAX_ORIGINS)
      .map(({ title = '', url, feed }) => element('source', title, attributesXml({ url: feed, page: url }, room))),
  ].join('');
}

/** The values of each field, the best one first. */
function valuesOf({ values }: Fields): (field: Field) => readonly Value[] {
  return (field) => {
    const found = values.get(field);
    if (found === undefined) return NONE;
    return found.length > 1 ? found.sort((a, b) => a.row.rank - b.row.rank) : found;
  };
}

const NONE: readonly Value[] = [];

function bodyXml(name: string, longName: string, { html }: Markup, longBodies: string[]): string {
  if (html.length <= SHORT_CHARS && html.split('<').length <= SHORT_TAGS) return element(name, html);
  return element(longName, String(longBodies.push(html) - 1));
}

/** Persons as Dublin Core's names, with what else is known of them in attributes. */
function creatorsXml(people: readonly Person[], room: Room): string {
  return people.map(({ name = '', ...others }) => element('dc:creator', name, attributesXml(others, room))).join('');
}

/** The longest of the contents; RSS may hold a <description> beside another summary, then it is the long one. */
function contentOf(
  contents: readonly Value[],
  summaries: readonly Value[],
  base: string | undefined,
): Markup | undefined {
  let longest: Markup | undefined;
  for (const value of contents) {
    const markup = markupOf(value, base);
    if (markup !== undefined && (longest === undefined || markup.html.length > longest.html.length)) longest = markup;
  }
  const description = summaries.find((value) => value.element.local === 'description');
  return longest ?? (description && markupOf(description, base));
}

function firstPlain(values: readonly Value[], as: 'title' | 'body', maxChars: number): string | undefined {
  return firstOf(values, (value) => {
    const markup = markupOf(value, undefined);
    return (markup && readHtml(markup.html, maxChars, value.isInline ? 'xml' : as).text) || undefined;
  });
}

/** Of several dates of the best element for it, the last that can be read: publishers append corrections. */
function lastDate(values: readonly Value[]): Instant | undefined {
  let best: { readonly rank: number; readonly date: Instant } | undefined;
  for (const { row, text } of values) {
    if (best !== undefined && row.rank > best.rank) break;
    const date = parseDate(text);
    if (date !== undefined) best = { rank: row.rank, date };
  }
  return best?.date;
}

const isAtom03 = ({ element }: Value): boolean => element.local === 'modified' && element.prefix === 'atom';

/** RFC 4287 §4.2.1: an entry without authors has those of its atom:source. */
function authorsOf(values: (field: Field) => readonly Value[], base: string | undefined): readonly Person[] {
  const authors = peopleOf(values('author'), base);
  return authors.length > 0 ? authors : distinctPeople(values('source').flatMap(peopleInSource));
}

function categoriesOf(values: readonly Value[]): string[] {
  const categories = new Set<string>();
  for (const { element, text, parts } of values) {
    const { attributes, local } = element;
    const written =
      attributes.get('label') ?? attributes.get('term') ?? (text.trim() === '' ? attributes.get('text') : text);
    // Apple podcasts: a category may hold a narrower one; keywords are a list with commas, as are those of Media RSS.
    const inner = parts.map((part) => part.attributes.get('text'));
    for (const one of [...(local === 'keywords' ? (written ?? '').split(',') : [written]), ...inner]) {
      const category = titleToText(one ?? '', NAME_CHARS);
      if (category !== '' && categories.size < MAX_CATEGORIES) categories.add(category);
    }
  }
  return [...categories];
}

/** RSS 2.0 <guid>: a permalink unless it says it is not. RSS 1.0 §5.5: rdf:about should be the link. */
function isPermalink(guid: Value | undefined): boolean {
  const { local, attributes } = guid?.element ?? {};
  if (local === 'guid') return attributes?.get('ispermalink')?.trim().toLowerCase() !== 'false';
  return local === 'item';
}

/** What is no longer than a name, on one line. */
function nameText(text = ''): string {
  return cleanText(text, NAME_CHARS);
}

function firstOf<T, R>(values: readonly T[], read: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const result = read(value);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** How many characters there may still be in attributes. */
interface Room {
  chars: number;
}

function attributesXml(attributes: Readonly<Record<string, string | number | undefined>>, room: Room): string {
  let xml = '';
  for (const name in attributes) {
    const text = safeText(String(attributes[name] ?? ''))
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;');
    if (text === '' || text.length > room.chars) continue;
    room.chars -= text.length;
    xml += ` ${name}="${text.replaceAll('"', '&quot;')}"`;
  }
  return xml;
}

/** '' for one that would hold nothing. In CDATA where there is something to escape: rss-parser takes 30 times as long over
 *  a reference as over a character. XML 1.0 §2.4 and §2.7. */
function element(name: string, text: string | undefined, attributes = ''): string {
  if (text === undefined) return '';
  const safe = safeText(text);
  if (attributes === '' && safe.trim() === '') return '';
  const xml = /[&<>]/.test(safe) ? `<![CDATA[${safe.replaceAll(']]>', ']]]]><![CDATA[>')}]]>` : safe;
  return `<${name}${attributes}>${xml}</${name}>`;
}

/** `text` without what no XML document may hold, white space of other standards as a space. XML 1.0 §2.2. */
function safeText(text: string): string {
  return withoutUnsafe(text.replace(/[\v\f]/g, ' ')).toWellFormed();
}
