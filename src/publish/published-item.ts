import { cleanLink } from '../identity/url-keys.ts';
import type { ContentPolicy, Enclosure, Entry, Instant, Item, Origin, Person, Via } from '../model.ts';
import { parseUrl } from '../parse-url.ts';
import type { Redaction } from '../secrets.ts';
import { cleanLine, cleanText, escapeAttribute, escapeText, languageTag } from './clean.ts';
import { excerpt, firstWords } from './excerpt.ts';
import { itemUrn, sourceUrn } from './ids.ts';
import { itemPath, NO_TAG, sourcePath } from './links.ts';
import { ownWordsOf } from './own-words.ts';
import type { PublishContext } from './publish-context.ts';
import { shownCount, tallyStep } from './tally-steps.ts';
import { publicFeedUrl, withoutTracking } from './web-url.ts';

/** An item as all three formats tell it: every string clean, every URL absolute http(s), every date sound. */
export interface PublishedItem {
  /** urn:uuid. */
  readonly id: string;
  readonly title: string;
  /** Where the title leads: the original, or our page if that is the policy or there is no original. */
  readonly link: string;
  /** Our page of the item. */
  readonly page: string;
  /** The other one of the two. */
  readonly related: { readonly url: string; readonly title: string };
  readonly original?: string;
  readonly published: Instant;
  readonly updated: Instant;
  /** When this site last had news of it: its own change, or one more source that carries it. An old article found today is news of today. */
  readonly changed: Instant;
  readonly authors: readonly Author[];
  readonly categories: readonly string[];
  readonly enclosures: readonly TypedEnclosure[];
  readonly language?: string;
  readonly image?: string;
  /** Plain text. */
  readonly excerpt?: string;
  /** The whole content; ends with `viaLine`. */
  readonly html: string;
  readonly viaLine: string;
  /** The same without links. */
  readonly viaWords: string;
  /** A step of the tally; absent for none. */
  readonly views?: number;
  readonly sources: number;
  readonly via: readonly PublishedVia[];
  /** The first of their discussions. */
  readonly discussion?: string;
  /** Via whom our sources had it: the outer ends of the chain. */
  readonly origins: readonly Origin[];
  /** Both as links, via first. */
  readonly chain: readonly ChainLink[];
  /** The feed that we read it in. */
  readonly source: {
    readonly id: string;
    readonly name: string;
    readonly page: string;
    readonly feed?: string;
    readonly homepage?: string;
    readonly updated: Instant;
  };
}

/** A via, and what it says of the article in words of its own: plain text, at most 60 words. */
export type PublishedVia = Via & { readonly comment?: string };

/** One rel=via: a page, or where there is none, a feed. */
export interface ChainLink {
  readonly href: string;
  readonly isPage: boolean;
  readonly title?: string;
}

export interface Author {
  readonly name: string;
  readonly url?: string;
}

export interface TypedEnclosure extends Enclosure {
  readonly type: string;
}

const MAX_CATEGORIES = 20;
const MAX_ORIGINS = 10;
/** Vias whose own words stand below an item; of the others their number. */
const COMMENTS_SHOWN = 3;
/** Of a source's own words in its own list; elsewhere half as many. */
const OWN_WORDS = 120;

/** The item as it is published; undefined when it came from this site, or has no date that a feed can hold. In the list of the
 *  source `teller` its own words, if it has some, take the place of the publisher's text. */
export function preparePublished(
  item: Item,
  context: PublishContext,
  redaction: Redaction,
  teller?: string,
): PublishedItem | undefined {
  const { site, tallies, link } = context.config;
  const entries = item.entries.filter((entry) => !comesFromSite(entry, site.url));
  const published = [item.date, item.firstSeen, item.arrival].find(isSoundInstant);
  if (entries.length === 0 || published === undefined) return undefined;

  const updated = isSoundInstant(item.updated) && item.updated > published ? item.updated : published;
  const sightings = entries.map((entry) => entry.firstSeen).filter(isSoundInstant);
  const title = redaction.text(item.title);
  const page = site.url + itemPath({ id: item.id, title });
  const original = redaction.url(item.url);
  const leadsToPage = link === 'page' || original === undefined;
  const via = publishedVia(item, entries, context, redaction);
  const views = tallies ? tallyStep(context.views(item)) : undefined;
  const own = teller === undefined ? undefined : ownWordsOf(item).get(teller);
  const body = own?.entry ?? item.body;
  const policy = policyOf(body, context);
  const short = policy === 'title' ? undefined : own ? firstWords(own.text, OWN_WORDS) : excerpt(body);
  const text = short === undefined ? undefined : cleanLine(redaction.text(short));
  const origins = publishedOrigins(entries, redaction);
  const viaLine = writeViaLine(views, page, via);
  const discussion = via.map((one) => one.discussion).find((url) => url !== undefined);
  const language = languageTag(item.primary.language);
  const image = policy === 'full' ? redaction.url(item.primary.image) : undefined;
  const sources = Math.max(1, via.length);
  return {
    id: itemUrn(context.siteUuid, item.id),
    title: cleanLine(title) || cleanLine(site.title) || 'Untitled',
    link: leadsToPage ? page : original,
    page,
    related:
      leadsToPage && original !== undefined
        ? { url: original, title: `Original: ${new URL(original).host}` }
        : { url: page, title: `On ${cleanLine(site.title)}: ${sources === 1 ? '1 source' : `${sources} sources`}` },
    ...(original !== undefined && { original }),
    published,
    updated,
    changed: [updated, ...sightings].sort().at(-1) ?? updated,
    authors: publishedAuthors((own?.entry ?? item.primary).authors, redaction),
    categories: categoriesOf(item, redaction),
    enclosures: publishedEnclosures(item, redaction),
    ...(language !== undefined && { language }),
    ...(image !== undefined && { image }),
    ...(text && { excerpt: text }),
    html: [
      ...writeBody(body, policy === 'full', text, page, redaction),
      ...writeComments(via, body, page),
      viaLine,
    ].join('\n'),
    viaLine,
    viaWords: [views && shownCount(views), via.length > 0 && `via ${via.map(({ name }) => name).join(', ')}`]
      .filter(Boolean)
      .join(' · '),
    ...(discussion !== undefined && { discussion }),
    ...(views !== undefined && { views }),
    sources,
    via,
    origins,
    chain: linkChain(via, origins),
    source: publishedSource(item, published, context, redaction),
  };
}

/** A four-digit year: what RFC 3339 and RFC 822 can say. */
const isSoundInstant = (instant: Instant): boolean => /^\d{4}-/.test(instant) && Number.isFinite(Date.parse(instant));

function policyOf({ source }: Entry, context: PublishContext): ContentPolicy {
  return context.source(source)?.source.content ?? context.config.content;
}

function publishedVia(
  item: Item,
  entries: readonly Entry[],
  context: PublishContext,
  redaction: Redaction,
): PublishedVia[] {
  const words = ownWordsOf(item);
  const tellers = new Set(entries.map((entry) => entry.source));
  return item.via
    .filter((via) => tellers.has(via.source))
    .map((via) => {
      const known = context.source(via.source);
      const url = redaction.url(via.url);
      const discussion = redaction.url(via.discussion);
      const said = words.get(via.source);
      const mayShow = said !== undefined && policyOf(said.entry, context) !== 'title';
      const comment = mayShow ? cleanLine(redaction.text(firstWords(said.text))) : '';
      const feed = known && publicFeedUrl(known.source);
      return {
        source: via.source,
        name: cleanLine(redaction.text(known?.name ?? via.name)) || via.source,
        ...(url !== undefined && { url }),
        ...(feed !== undefined && { feed }),
        ...(via.guid !== undefined && { guid: cleanText(redaction.text(via.guid)) }),
        firstSeen: via.firstSeen,
        ...(discussion !== undefined && { discussion }),
        ...(comment !== '' && { comment }),
      };
    });
}

function publishedOrigins(entries: readonly Entry[], redaction: Redaction): Origin[] {
  const origins = new Map<string, Origin>();
  for (const origin of entries.flatMap((entry) => entry.origins)) {
    const url = redaction.url(origin.url && cleanLink(origin.url));
    const feed = redaction.url(origin.feed);
    const title = origin.title === undefined ? '' : cleanLine(redaction.text(origin.title));
    const key = url ?? feed ?? title;
    if (key === '' || origins.has(key) || origins.size === MAX_ORIGINS) continue;
    origins.set(key, { ...(title && { title }), ...(url && { url }), ...(feed && { feed }) });
  }
  return [...origins.values()];
}

function linkChain(via: readonly Via[], origins: readonly Origin[]): ChainLink[] {
  const ends = [...via.map(({ name, ...rest }) => ({ ...rest, title: name })), ...origins];
  const links = ends.flatMap(({ url, feed, title }) => {
    const href = url ?? feed;
    return href === undefined ? [] : { href, isPage: url !== undefined, ...(title !== undefined && { title }) };
  });
  // Two vias may lead to one page: each is named.
  const isSame = (a: ChainLink, b: ChainLink) => a.href === b.href && (b.title === undefined || a.title === b.title);
  return links.filter((link, at) => links.findIndex((other) => isSame(other, link)) === at);
}

function publishedSource(item: Item, published: Instant, context: PublishContext, redaction: Redaction) {
  const { source: id, edited } = item.primary;
  const known = context.source(id);
  const name = known?.name ?? item.via.find((via) => via.source === id)?.name ?? id;
  const feed = known && publicFeedUrl(known.source);
  const homepage = redaction.url(known?.homepage);
  return {
    id: sourceUrn(context.siteUuid, id),
    name: cleanLine(redaction.text(name)) || id,
    page: context.config.site.url + sourcePath(id),
    ...(feed !== undefined && { feed }),
    ...(homepage !== undefined && { homepage }),
    // Not the feed's own last change: that would touch every item of the source whenever any of them changes.
    updated: edited !== undefined && isSoundInstant(edited) ? edited : published,
  };
}

function publishedAuthors(people: readonly Person[], redaction: Redaction): Author[] {
  const authors = new Map<string, Author>();
  for (const person of people) {
    const name = cleanLine(redaction.text(person.name ?? person.email ?? person.url ?? ''));
    const url = redaction.url(person.url);
    if (name !== '' && !authors.has(name)) authors.set(name, { name, ...(url !== undefined && { url }) });
  }
  return [...authors.values()];
}

function categoriesOf(item: Item, redaction: Redaction): string[] {
  const names = [...item.categories, ...item.primary.categories].map((name) => cleanLine(redaction.text(name)));
  return [...new Set(names)].filter((name) => name !== '' && !NO_TAG.test(name)).slice(0, MAX_CATEGORIES);
}

const TYPE_OF_EXTENSION = new Map([
  ['mp3', 'audio/mpeg'],
  ['m4a', 'audio/mp4'],
  ['ogg', 'audio/ogg'],
  ['opus', 'audio/ogg'],
  ['mp4', 'video/mp4'],
  ['webm', 'video/webm'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['pdf', 'application/pdf'],
]);

function publishedEnclosures({ primary, body }: Item, redaction: Redaction): TypedEnclosure[] {
  const { enclosures } = primary.enclosures.length > 0 ? primary : body;
  const found = new Map<string, TypedEnclosure>();
  for (const enclosure of enclosures) {
    const url = redaction.url(enclosure.url);
    // YouTube still names a Flash player for each video; nothing has played it since 2020.
    if (url === undefined || found.has(url) || /shockwave-flash/i.test(enclosure.type ?? '')) continue;
    const extension = /\.(\w+)$/.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? '';
    const given = /^[\w.+-]+\/[\w.+-]+$/.exec(enclosure.type?.trim() ?? '')?.[0];
    const type = given ?? TYPE_OF_EXTENSION.get(extension) ?? 'application/octet-stream';
    const { length } = enclosure;
    const hasLength = length !== undefined && Number.isSafeInteger(length) && length >= 0;
    found.set(url, { url, type, ...(hasLength && { length }) });
  }
  return [...found.values()];
}

function writeBody(body: Entry, isFull: boolean, text: string | undefined, page: string, redaction: Redaction) {
  if (isFull && body.html !== undefined) return [leadTo(page, withoutTracking(cleanText(redaction.text(body.html))))];
  return text ? [`<p>${escapeText(text)}</p>`] : [];
}

/** What others say of it, a paragraph each; not of the one whose text stands above. */
function writeComments(via: readonly PublishedVia[], body: Entry, page: string): string[] {
  const all = via.filter(({ source, comment }) => comment !== undefined && source !== body.source);
  const shown = all.slice(0, COMMENTS_SHOWN).map(({ name, url, comment = '' }) => {
    const who = url === undefined ? escapeText(name) : anchor(url, name);
    return `<p><b>${who}:</b> ${escapeText(comment)}</p>`;
  });
  const more = all.length - shown.length;
  return more > 0 ? [...shown, `<p>${anchor(page, `${more} more on this page`)}</p>`] : shown;
}

/** A link to a footnote, which in a feed would lead into nothing, leads to the same text on our page. */
function leadTo(page: string, html: string): string {
  return html.replace(/<a [^>]*>/g, (tag) => tag.replace(' href="#', () => ` href="${escapeAttribute(page)}#`));
}

/** `<source>` alone is invisible in most readers: the names lead to where each published it, the count to our page. */
function writeViaLine(views: number | undefined, page: string, via: readonly Via[]): string {
  const count = views === undefined ? undefined : shownCount(views);
  const names = via.map(({ name, url }) => (url === undefined ? escapeText(name) : anchor(url, name)));
  const parts = [
    ...(count === undefined ? [] : [anchor(page, count)]),
    ...(names.length > 0 ? [`via ${names.join(', ')}`] : []),
  ];
  return `<p>${parts.join(' · ')}</p>`;
}

const anchor = (url: string, text: string): string => `<a href="${escapeAttribute(url)}">${escapeText(text)}</a>`;

/** Whether the entry came from this site: its chain of origins names it, or it links to one of our own item pages
 *  (two aggregators that read each other would pass an item round for ever). */
export function comesFromSite(entry: Entry, siteUrl: string): boolean {
  const chain = entry.origins.flatMap(({ url, feed }) => [url, feed]);
  return chain.some((url) => isUnder(url, siteUrl)) || isUnder(entry.url, `${siteUrl}/items`);
}

function isUnder(url: string | undefined, base: string): boolean {
  const [inner, outer] = [parseUrl(url ?? ''), parseUrl(base)];
  if (inner === undefined || outer === undefined) return false;
  const path = outer.pathname.replace(/\/$/, '');
  return inner.host === outer.host && (inner.pathname === path || inner.pathname.startsWith(`${path}/`));
}
