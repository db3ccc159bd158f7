import RssParser from 'rss-parser';
import type { Fields, Value } from './document-reader.ts';
import { FIELDS, type Field } from './vocabulary.ts';

/** What rss-parser made of the skeleton: the values of each field, the one to be preferred first. */
export type MappedFields = ReadonlyMap<Field, readonly Value[]>;

interface Mapped {
  readonly feed: MappedFields;
  readonly entries: readonly MappedFields[];
}

/** rss-parser keeps one value of a field unless it is asked for all, under a name of one's own. */
const ALL = FIELDS.map((field) => [field, `all ${field}`, { keepArray: true }]);

const parser = new RssParser<Record<string, unknown>, Record<string, unknown>>({
  // Its types know names and one-element lists only; its README and code take [from, to, options].
  customFields: { feed: ALL as never, item: ALL as never },
});

/** Has rss-parser map a feed and its entries. It gets an RSS 2.0 document of one shape, whatever the dialect, in which a
 *  number stands for each text: its tokenizer (three quarters of its time) sees a few kilobytes, nothing hostile meets
 *  its regular expressions, and no broken date or missing attribute can cost the feed. Then the texts are put back. */
export async function mapWithRssParser(feed: Fields, entries: readonly Fields[]): Promise<Mapped> {
  const texts: Value[] = [];
  let skeleton = `${OPEN}${writeFields(feed, texts)}`;
  for (const entry of entries) skeleton += `<item>${writeFields(entry, texts)}</item>`;
  const mapped = await parser.parseString(`${skeleton}</channel></rss>`);
  return {
    feed: putBack(mapped, texts),
    entries: mapped.items.map((item) => putBack(item, texts)),
  };
}

const OPEN =
  '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"' +
  ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/"' +
  ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">' +
  '<channel>';

function writeFields({ values }: Fields, texts: Value[]): string {
  let xml = '';
  for (const [field, found] of values) {
    if (found.length > 1) found.sort((a, b) => a.rank - b.rank);
    for (const value of found) xml += `<${field}>${texts.push(value) - 1}</${field}>`;
  }
  return xml;
}

function putBack(mapped: Record<string, unknown>, texts: readonly Value[]): MappedFields {
  const fields = new Map<Field, Value[]>();
  for (const field of FIELDS) {
    const numbers = mapped[`all ${field}`];
    if (!Array.isArray(numbers)) continue;
    fields.set(
      field,
      numbers.flatMap((number) => texts[Number(number)] ?? []),
    );
  }
  return fields;
}
