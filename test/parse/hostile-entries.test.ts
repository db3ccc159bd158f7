import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedDocument, ListedEntry } from '../../src/model.ts';
import { parseFeed } from '../../src/parse/parse-feed.ts';
import { hostileText, violationsIn } from './html-oracle.ts';

/** What an attacker writes into the fields of one entry. */
interface Written {
  readonly title: string;
  readonly summary: string;
  readonly content: string;
  readonly url: string;
}

/** How each dialect and text construct carries it. */
const dialects: readonly { readonly name: string; readonly write: (written: Written) => string }[] = [
  { name: 'RSS 2.0, references', write: (written) => rss(eachOf(written, escaped)) },
  { name: 'RSS 2.0, CDATA', write: (written) => rss(eachOf(written, cdata)) },
  { name: 'RSS 1.0', write: (written) => rdf(eachOf(written, escaped)) },
  { name: 'Atom, text', write: (written) => atom('text', eachOf(written, escaped)) },
  { name: 'Atom, html', write: (written) => atom('html', eachOf(written, cdata)) },
  {
    name: 'Atom, xhtml',
    write: ({ url, ...texts }) => atom('xhtml', { ...eachOf({ url, ...texts }, inDiv), url: escaped(url) }),
  },
  { name: 'Atom, Base64', write: (written) => atom('text/html', eachOf(written, base64), 'mode="base64"') },
  { name: 'JSON Feed', write: jsonFeed },
];

/** Markup that nobody escaped: the document breaks, and its fields are whatever is left. */
const broken: typeof dialects = [
  { name: 'RSS 2.0', write: rss },
  { name: 'RSS 1.0', write: rdf },
  {
    name: 'Atom, xhtml',
    write: (written) =>
      atom(
        'xhtml',
        eachOf(written, (text) => `<div>${text}</div>`),
      ),
  },
];

const SCHEMES = [
  'javascript:',
  'JAVA\tSCRIPT:',
  'data:text/html,',
  'vbscript:',
  'file:///',
  '//',
  '/',
  'https:',
  'http://a:b@',
];
const hostileUrl = fc
  .tuple(fc.constantFrom('', ' ', '\u00a0', '\u0001', '\n'), fc.constantFrom('', ...SCHEMES), hostileText)
  .map((parts) => parts.join(''));
const written = fc.record({ title: hostileText, summary: hostileText, content: hostileText, url: hostileUrl });

for (const { name, write } of dialects) {
  test(`parseFeed: whatever stands in an entry, it is read and nothing unsafe comes out: ${name}`, async () => {
    const property = fc.asyncProperty(written, async (fields) => {
      const document = await read(write(fields));
      assert.is(document.entries.length, 1);
      assert.equal(faultsOf(document), []);
    });
    await fc.assert(property, { numRuns: 250, includeErrorInReport: true });
  });
}

for (const { name, write } of broken) {
  test(`parseFeed: markup that breaks the document brings nothing unsafe either: ${name}`, async () => {
    const property = fc.asyncProperty(written, async (fields) => {
      const document = await read(write(fields)).catch((error: { code?: string }) => error.code);
      // Of one that swallows all that follows nothing is left.
      if (typeof document !== 'object') assert.is(document, 'parse/cut');
      else assert.equal(faultsOf(document), []);
    });
    await fc.assert(property, { numRuns: 250, includeErrorInReport: true });
  });
}

test('parseFeed: no string at all makes it end in anything but a document or a parse error', async () => {
  const anything = fc.oneof(
    hostileText.map((text) => new TextEncoder().encode(text)),
    hostileText.map((text) => new TextEncoder().encode(`<rss><channel>${text}`)),
    hostileText.map((text) => new TextEncoder().encode(`{"items":[{"id":${JSON.stringify(text)}}]${text}}`)),
    fc.uint8Array({ maxLength: 200 }),
  );
  const types = fc.option(fc.oneof(hostileText, fc.constant('text/xml; charset=utf-16')), { nil: undefined });
  const property = fc.asyncProperty(anything, types, async (bytes, contentType) => {
    const options = { html: true, ...(contentType !== undefined && { contentType }) };
    const document = await parseFeed(bytes, options).catch((error: { code?: string }) => error.code ?? String(error));
    if (typeof document === 'string') assert.match(document, /^parse\//);
    else assert.equal(faultsOf(document), []);
  });
  await fc.assert(property, { numRuns: 1000, includeErrorInReport: true });
});

function read(document: string): Promise<FeedDocument> {
  return parseFeed(new TextEncoder().encode(document), { html: true, baseUrl: 'https://base.example/feed' });
}

function faultsOf({ feed, entries }: FeedDocument): readonly string[] {
  const feedFaults = [
    ...plainFaults(feed.title),
    ...plainFaults(feed.description),
    ...urlFaults([feed.url, feed.image]),
  ];
  return [...feedFaults, ...entries.flatMap(entryFaults)];
}

function entryFaults(entry: ListedEntry): readonly string[] {
  const { guid, title, summary, text, html = '', authors, categories, enclosures, origins } = entry;
  const names = authors.flatMap(({ name, email }) => [name, email]);
  const plain = [guid, title, summary, text, ...names, ...categories, ...origins.map((origin) => origin.title)];
  const { link, permalink, origLink, externalUrl, comments, image } = entry;
  const others = [...authors, ...enclosures].map(({ url }) => url);
  const originUrls = origins.flatMap(({ url, feed }) => [url, feed]);
  return [
    ...violationsIn(html),
    ...plain.flatMap(plainFaults),
    ...urlFaults([link, permalink, origLink, externalUrl, comments, image, ...others, ...originUrls]),
  ];
}

/** Plain text stands on one line and turns nothing around. */
function plainFaults(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const isOdd = /[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/u.test(text);
  return text === '' || isOdd || text !== text.trim() ? [`no plain text: ${JSON.stringify(text)}`] : [];
}

function urlFaults(urls: readonly (string | undefined)[]): readonly string[] {
  return urls.flatMap((url) => {
    if (url === undefined || /^https?:\/\/[^/@?#]+(?:[/?#][\x21-\x7e]*)?$/.test(url)) return [];
    return [`no safe URL: ${url}`];
  });
}

function rss({ title, summary, content, url }: Written): string {
  const item = `<title>${title}</title><link>${url}</link><guid>${url}</guid><comments>${url}</comments><author>${title}</author>
    <description>${summary}</description><content:encoded>${content}</content:encoded><category>${title}</category>
    <enclosure url="${inAttribute(url)}" type="audio/mpeg"/><source url="${inAttribute(url)}">${title}</source><image><url>${url}</url></image>`;
  return `<rss version="2.0"><channel><title>${title}</title><link>${url}</link><description>${summary}</description><item><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>${item}</item></channel></rss>`;
}

function rdf({ title, summary, content, url }: Written): string {
  const item = `<title>${title}</title><link>${url}</link><description>${summary}</description><dc:creator>${title}</dc:creator><dc:date>2026-03-02</dc:date>`;
  return `<rdf:RDF xmlns="http://purl.org/rss/1.0/"><channel rdf:about="${inAttribute(url)}"><title>${title}</title></channel><item rdf:about="${inAttribute(url)}">${item}<content:encoded>${content}</content:encoded></item></rdf:RDF>`;
}

function atom(type: string, { title, summary, content, url }: Written, more = ''): string {
  const construct = (name: string, text: string) => `<${name} type="${type}" ${more}>${text}</${name}>`;
  const link = `<link href="${inAttribute(url)}"/><link rel="via" title="${inAttribute(title)}" href="${inAttribute(url)}"/>`;
  const entry = `<updated>2026-03-02T10:00:00Z</updated><id>${url}</id>${link}${construct('title', title)}${construct('summary', summary)}${construct('content', content)}`;
  const author = `<author><name>${title}</name><uri>${url}</uri></author>`;
  return `<feed xmlns="http://www.w3.org/2005/Atom">${construct('title', title)}${author}<logo>${url}</logo><entry>${entry}</entry></feed>`;
}

function jsonFeed({ title, summary, content, url }: Written): string {
  const attachments = [{ url, mime_type: title }];
  const authors = [{ name: title, url }];
  const links = { url, external_url: url, image: url, attachments, authors };
  const item = {
    id: url,
    title,
    summary,
    content_html: content,
    tags: [title],
    date_published: '2026-03-02T10:00:00Z',
  };
  const items = [{ ...item, ...links }];
  return JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title, description: summary, icon: url, items });
}

function eachOf({ title, summary, content, url }: Written, write: (text: string) => string): Written {
  return { title: write(title), summary: write(summary), content: write(content), url: write(url) };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function inAttribute(text: string): string {
  return text.replaceAll('"', '&quot;');
}

function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/** As child elements where it is well-formed enough to be some, else as text. */
function inDiv(text: string): string {
  return `<div xmlns="http://www.w3.org/1999/xhtml">${escaped(text)}<p title="${inAttribute(escaped(text))}"><a href="${inAttribute(escaped(text))}">${escaped(text)}</a></p></div>`;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

test.run();
