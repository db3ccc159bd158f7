import { ViaductError } from '../errors.ts';
import type { FeedDocument } from '../model.ts';
import { withinBudget } from './budget.ts';
import { decodePlain } from './decode-plain.ts';
import { type ReadDocument, readDocument } from './document-reader.ts';
import { parseJsonFeed } from './json-feed.ts';
import { type BareDocument, toFeedInfo, toListedEntries } from './normalise.ts';
import { parseRss, writeRss } from './rss-document.ts';

export interface ParseOptions {
  /** The Content-Type that the document came with. */
  readonly contentType?: string;
  /** Where the document came from: what relative URLs are resolved against at last. */
  readonly baseUrl?: string;
  /** UTF-16 units of the decoded document; 10 million unless said. */
  readonly maxChars?: number;
  /** Whether each entry's content is sanitised, too. It costs as much again as all the rest. */
  readonly html: boolean;
}

/** Reads a document of any RSS, RDF, CDF, Atom or JSON Feed version, however broken. Optional fields that are bad are
 *  absent, entries that are nothing are skipped and counted.
 *
 *      bytes   → text, by BOM, charset or declaration      decode
 *      text    → values of any dialect, however broken     document-reader (over xml-front, by vocabulary)
 *      values  → the best of each field, as clean RSS 2.0  rss-document (with links, people, entry-body)
 *      RSS 2.0 → a feed and its items                      rss-parser
 *      items   → entries                                   normalise
 *
 *  A JSON Feed goes from text to entries at once (json-feed).
 *
 *  @throws ViaductError parse/empty · parse/too-large · parse/encoding · parse/html (a web page) · parse/json ·
 *  parse/not-a-feed · parse/cut (nothing of it is whole) */
export async function parseFeed(bytes: Uint8Array, options: ParseOptions): Promise<FeedDocument> {
  const read = await readBytes(bytes, options);
  if (!options.html) return withinBudget({ ...read, entries: read.entries.map(({ entry }) => entry) }, bytes.length);
  // Loaded only if it is needed: sanitize-html takes 60 ms of a thread's start, as much as all the rest.
  const { sanitise } = await import('./sanitise.ts');
  const entries = read.entries.map(({ entry, content }) => {
    const html = content && sanitise(content.html, content.base, entry.link ?? entry.permalink ?? entry.externalUrl);
    return html ? { ...entry, html } : entry;
  });
  return withinBudget({ ...read, entries }, bytes.length);
}

async function readBytes(bytes: Uint8Array, { contentType, baseUrl, maxChars }: ParseOptions): Promise<BareDocument> {
  const text = decodePlain(bytes, contentType, maxChars) ?? (await decodeOther(bytes, contentType, maxChars));
  const start = /[^\s\0\ufeff]/.exec(text)?.[0];
  if (start === undefined) throw new ViaductError('parse/empty', 'the document holds nothing but white space');
  if (start === '{' || start === '[') return parseJsonFeed(text.replace(/^[\s\ufeff]+/, ''), baseUrl);
  const document = readDocument(text, baseUrl);
  checkRoot(document);
  const rss = writeRss(document, baseUrl);
  const feed = await parseRss(rss.xml);
  const surplus = document.entryCount - document.entries.length;
  return {
    feed: toFeedInfo(feed),
    entries: toListedEntries(feed, rss),
    skipped: document.entries.length - feed.items.length,
    ...(surplus > 0 && { surplus }),
    complete: document.isComplete,
  };
}

async function decodeOther(...args: Parameters<typeof decodePlain>): Promise<string> {
  const { decode } = await import('./decode.ts');
  return decode(...args);
}

function checkRoot({ root, isComplete, wholeCount }: ReadDocument): void {
  if (root === 'html') throw new ViaductError('parse/html', 'the address leads to a web page, not to a feed');
  if (root === undefined)
    throw new ViaductError('parse/not-a-feed', 'the document is neither RSS nor Atom nor JSON Feed');
  // Of a body that was cut later what is whole is read; of this one nothing is.
  if (!isComplete && wholeCount === 0)
    throw new ViaductError('parse/cut', 'the document ends before its first entry does');
}
