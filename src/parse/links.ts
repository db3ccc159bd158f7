import { parse } from 'tldts';
import type { Enclosure, Origin } from '../model.ts';
import type { Value } from './document-reader.ts';
import { titleToText } from './html-text.ts';
import { MAX_ENCLOSURES, NAME_CHARS, TITLE_CHARS, URL_CHARS } from './limits.ts';
import { isPicture } from './media-object.ts';
import { cleanText } from './plain-text.ts';
import { resolveUrl } from './urls.ts';

/** One link of a feed or entry, its rel in lower case; RFC 4287 §4.2.7.2: no rel means alternate. */
interface Link {
  readonly rel: string;
  readonly url: string;
  readonly type: string | undefined;
  readonly value: Value;
}

/** The links among `values` that lead to an http(s) URL. */
export function linksOf(values: readonly Value[], base: string | undefined): Link[] {
  return values.flatMap((value) => {
    const href = value.element.attributes.get('href') ?? (value.text.trim() === '' ? undefined : value.text.trim());
    const url = resolveLink(href, value.element.base ?? base);
    if (url === undefined) return [];
    const rel = value.element.attributes.get('rel')?.trim().toLowerCase().replace(IANA, '');
    return [{ rel: rel || 'alternate', url, type: value.element.attributes.get('type')?.trim().toLowerCase(), value }];
  });
}

/** As resolveUrl; `example.org/post` is that host's address and no path below the feed's when its first part is a name that
 *  somebody can have registered. */
export function resolveLink(href: string | undefined, base: string | undefined): string | undefined {
  const host = /^((?:[a-z0-9-]+\.)+[a-z]{2,24})\//i.exec(href?.trim() ?? '')?.[1];
  const isHost = host !== undefined && parse(host).isIcann === true;
  return resolveUrl(isHost ? `${base?.startsWith('http:') ? 'http' : 'https'}://${href?.trim()}` : href, base);
}

/** RFC 4287 §4.2.7.2: a registered relation and its IRI are the same. */
const IANA = /^http:\/\/www\.iana\.org\/assignments\/relation\//;

/** The page that a reader opens: the first alternate that is HTML or says nothing, else any alternate. */
export function alternateOf(links: readonly Link[]): string | undefined {
  return pageOf('alternate', links) ?? links.find(({ rel }) => rel === 'alternate')?.url;
}

/** The first link of that relation that leads to a page: it is HTML or says nothing. */
export function pageOf(wanted: string, links: readonly Link[]): string | undefined {
  return links.find(({ rel, type }) => rel === wanted && (type === undefined || /html/.test(type)))?.url;
}

/** Attached media, each URL once: RSS <enclosure>, Media RSS, Atom's rel=enclosure. Absent and unusable attributes are
 *  left out: RSS 2.0 <enclosure> wants a length that half of the publishers invent. */
export function enclosuresOf(values: readonly Value[], links: readonly Link[], base: string | undefined): Enclosure[] {
  const enclosures = new Map<string, Enclosure>();
  const add = ({ element, parts }: Value, url: string | undefined) => {
    if (url === undefined || enclosures.size >= MAX_ENCLOSURES || enclosures.has(url)) return;
    const said = (name: string) => element.attributes.get(name) ?? parts.find(({ local }) => local === name)?.text;
    enclosures.set(url, toEnclosure(url, said('type'), said('length') ?? said('filesize')));
  };
  // A picture without a type is the entry's image: nobody can say what kind of file it is.
  for (const value of values)
    if (value.element.attributes.has('type') || !isPicture(value)) add(value, urlIn(value, base));
  for (const { rel, url, value } of links) if (rel === 'enclosure') add(value, url);
  return [...enclosures.values()];
}

/** An enclosure whose type looks like a media type and whose length is a whole number of bytes, or without them. */
export function toEnclosure(url: string, type: string | undefined, length: unknown): Enclosure {
  const media = /^[a-z0-9][\w.+-]{0,60}\/[\w.+-]{1,60}/i.exec(type?.trim() ?? '')?.[0];
  const bytes = typeof length === 'string' && /^\s*\d{1,15}\s*$/.test(length) ? Number(length) : length;
  return {
    url,
    ...(media !== undefined && { type: media }),
    ...(typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes > 0 && { length: bytes }),
  };
}

/** Via whom the source of an entry had it: RSS <source>, atom:source (RFC 4287 §4.2.11), rel=via (§4.2.7.2). */
export function originsOf(sources: readonly Value[], links: readonly Link[], base: string | undefined): Origin[] {
  const origins: Origin[] = [];
  for (const { element, parts, text } of sources) {
    const { attributes } = element;
    const ownBase = element.base ?? base;
    const part = (name: string) => parts.find(({ local }) => local === name)?.text;
    const href = (rel: string) =>
      parts
        .find(({ local, attributes }) => local === 'link' && (attributes.get('rel') ?? 'alternate') === rel)
        ?.attributes.get('href');
    const title = titleToText(part('title') ?? text, TITLE_CHARS);
    const feed = resolveUrl(attributes.get('url') ?? href('self') ?? part('id')?.trim(), ownBase);
    const url = resolveUrl(href('alternate'), ownBase);
    if (title !== '' || feed !== undefined || url !== undefined)
      origins.push({
        ...(title !== '' && { title }),
        ...(url !== undefined && { url }),
        ...(feed !== undefined && { feed }),
      });
  }
  for (const { rel, url, value } of links) {
    const title = cleanText(value.element.attributes.get('title') ?? '', NAME_CHARS);
    if (rel === 'via' && !origins.some((origin) => origin.url === url))
      origins.push({ ...(title !== '' && { title }), url });
  }
  return origins;
}

/** An http(s) URL in an element's text or its attributes, such as an image's. */
export function urlIn({ element, parts, text }: Value, base: string | undefined): string | undefined {
  const { attributes } = element;
  const written =
    attributes.get('url') ??
    attributes.get('href') ??
    attributes.get('uri') ??
    attributes.get('rdf:resource') ??
    parts.find(({ local }) => local === 'url')?.text ??
    text;
  const clean = written.length > URL_CHARS ? '' : written.trim();
  return clean === '' ? undefined : resolveUrl(clean, element.base ?? base);
}
