import { childrenOf, parseStrictXml, textOf, type XmlElement } from '../test/publish/strict-xml.ts';

/** One entry of a published feed as a reader has it. */
export interface ReadEntry {
  readonly id: string;
  /** Plain text. */
  readonly title: string;
  readonly link: string;
  readonly at: number;
  /** Every field that a reader renders as HTML. */
  readonly html: readonly string[];
  /** Every address in a field of its own. */
  readonly urls: readonly string[];
}

/** A published feed read by strict parsers that are not ours; throws where it is not well-formed. */
export function readFeed(name: string, text: string): readonly ReadEntry[] {
  if (name.endsWith('feed.json')) return readJsonFeed(text);
  const root = parseStrictXml(text);
  if (root.name === 'feed') return childrenOf(root, 'entry').map(readAtomEntry);
  const [channel] = childrenOf(root, 'channel');
  return channel === undefined ? [] : childrenOf(channel, 'item').map(readRssItem);
}

function readRssItem(item: XmlElement): ReadEntry {
  return {
    id: textOf(item, 'guid') ?? '',
    title: textOf(item, 'title') ?? '',
    link: textOf(item, 'link') ?? '',
    at: Date.parse(textOf(item, 'pubDate') ?? ''),
    html: ['description', 'content:encoded'].flatMap((name) => childrenOf(item, name).map(({ text }) => text)),
    urls: [textOf(item, 'link') ?? '', ...addressesIn(item)],
  };
}

function readAtomEntry(entry: XmlElement): ReadEntry {
  const alternate = childrenOf(entry, 'link').find(({ attributes }) => attributes.get('rel') === 'alternate');
  const [titleElement] = childrenOf(entry, 'title');
  const title = titleElement?.text ?? '';
  // RFC 4287 §3.1.1: without a type it is text.
  const isHtml = titleElement?.attributes.get('type')?.includes('html') === true;
  return {
    id: textOf(entry, 'id') ?? '',
    title,
    link: alternate?.attributes.get('href') ?? '',
    at: Date.parse(textOf(entry, 'published') ?? ''),
    html: [
      ...(isHtml ? [title] : []),
      ...['content', 'summary'].flatMap((name) => childrenOf(entry, name).map(({ text }) => text)),
    ],
    urls: addressesIn(entry),
  };
}

/** Attributes and elements whose whole content is an address. */
function addressesIn(element: XmlElement): readonly string[] {
  const own = ['href', 'url', 'src'].flatMap((name) => element.attributes.get(name) ?? []);
  const isAddress = ['uri', 'icon', 'logo', 'comments'].includes(element.name);
  return [...own, ...(isAddress ? [element.text] : []), ...element.children.flatMap(addressesIn)];
}

interface JsonItem {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly date_published: string;
  readonly content_html: string;
}

function readJsonFeed(text: string): readonly ReadEntry[] {
  const { items } = JSON.parse(text) as { items: readonly JsonItem[] };
  return items.map((item) => ({
    id: item.id,
    title: item.title,
    link: item.url,
    at: Date.parse(item.date_published),
    html: [item.content_html],
    urls: addressesInJson(item),
  }));
}

/** Every address in a field of its own, of a JSON Feed or of what `viaduct parse` prints. */
export function addressesInJson(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') return /^(?:.*_?url|image|icon|avatar|page|feed|about)$/i.test(key) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => addressesInJson(inner, Array.isArray(value) ? key : name));
}
