import RssParser from 'rss-parser';
import type { Fields, Value } from './document-reader.ts';
import { FIELDS, type Field } from './vocabulary.ts';

/** The values that rss-parser found for a field of the feed or an entry, the one to be preferred first. */
export type MappedFields = (field: Field) => readonly Value[];

interface Mapped {
  readonly feed: MappedFields;
  readonly entries: readonly MappedFields[];
}

type Texts = Readonly<Record<string, unknown>>;

const NAMES = [...new Set(Object.values(FIELDS))];

const parser = new RssParser<Texts, Texts>({ customFields: { feed: NAMES, item: NAMES } });

/** Has rss-parser map a feed and its entries. It gets an RSS 2.0 document of one shape, whatever the dialect, in which
 *  numbers stand for the texts: its tokenizer (three quarters of its time) sees a few kilobytes, nothing hostile meets
 *  its regular expressions, and no broken date or missing attribute can cost the feed. Then the texts are put back. */
export async function mapWithRssParser(feed: Fields, entries: readonly Fields[]): Promise<Mapped> {
  const values: Value[] = [];
  let skeleton = `<rss version="2.0"><channel>${writeFields(feed, values)}`;
  for (const entry of entries) skeleton += `<item>${writeFields(entry, values)}</item>`;
  const mapped = await parser.parseString(`${skeleton}</channel></rss>`);
  return { feed: putBack(mapped, values), entries: mapped.items.map((item) => putBack(item, values)) };
}

/** One element a name: the number of its first value and how many there are. */
function writeFields(fields: Fields, values: Value[]): string {
  let xml = '';
  for (const [name, found] of fields.values) {
    if (found.length > 1) found.sort((a, b) => a.row.rank - b.row.rank);
    xml += `<${name}>${values.length} ${found.length}</${name}>`;
    for (const value of found) values.push(value);
  }
  return xml;
}

function putBack(mapped: Texts, values: readonly Value[]): MappedFields {
  const fields = new Map<Field, Value[]>();
  for (const name of NAMES) {
    const numbers = mapped[name];
    if (typeof numbers !== 'string') continue;
    const first = Number.parseInt(numbers, 10);
    const end = first + Number(numbers.slice(numbers.indexOf(' ')));
    for (let index = first; index < end; index++) {
      const value = values[index];
      if (value === undefined) continue;
      const found = fields.get(value.row.field);
      if (found === undefined) fields.set(value.row.field, [value]);
      else found.push(value);
    }
  }
  return (field) => fields.get(field) ?? NONE;
}

const NONE: readonly Value[] = [];
