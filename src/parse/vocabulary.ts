/** How an element is read. markup: a text construct · text: its text as it is · link, category, enclosure: attributes or
 *  text · parts: its child elements · group: its children count as the entry's own. */
export type Kind = 'markup' | 'text' | 'link' | 'category' | 'enclosure' | 'parts' | 'group';

/** What an element says of a feed or an entry. */
export type Field = (typeof ENTRY)[number][1] | (typeof FEED)[number][1];

export interface Row {
  readonly field: Field;
  readonly kind: Kind;
  /** Place in its table: of two elements that fill one field, the one with the lower rank stands first. */
  readonly rank: number;
}

type Line = readonly [element: string, field: string, kind: Kind, spec: string];

/** Elements of an entry, and with @ attributes of the entry's own element, the best one for each field first. To read
 *  one more, add a line. */
const ENTRY = [
  ['title', 'title', 'markup', 'RSS 2.0 <item>; RSS 1.0 §5.5.1; CDF <TITLE>'],
  ['atom:title', 'title', 'markup', 'RFC 4287 §4.2.14; Atom 0.3'],
  ['dc:title', 'title', 'markup', 'DCMES 1.1 title'],
  ['dcterms:title', 'title', 'markup', 'DCMI terms title'],
  ['media:title', 'title', 'markup', 'Media RSS 1.5.1 media:title'],
  ['itunes:title', 'title', 'markup', 'Apple podcasts itunes:title'],

  ['link', 'link', 'link', 'RSS 2.0 <item>; RSS 1.0 §5.5.2'],
  ['atom:link', 'link', 'link', 'RFC 4287 §4.2.7; Atom 0.3'],
  ['@href', 'link', 'link', 'CDF HREF'],
  ['a', 'link', 'link', 'CDF <A HREF>'],
  ['feedburner:origlink', 'original', 'text', 'FeedBurner ext 1.0'],
  ['comments', 'comments', 'text', 'RSS 2.0 <comments>'],

  ['guid', 'guid', 'text', 'RSS 2.0 <guid>'],
  ['atom:id', 'guid', 'text', 'RFC 4287 §4.2.6; Atom 0.3'],
  ['@rdf:about', 'guid', 'text', 'RSS 1.0 §5.5 rdf:about'],
  ['dc:identifier', 'guid', 'text', 'DCMES 1.1 identifier'],
  ['dcterms:identifier', 'guid', 'text', 'DCMI terms identifier'],

  ['atom:summary', 'summary', 'markup', 'RFC 4287 §4.2.13; Atom 0.3'],
  ['summary', 'summary', 'markup', 'Atom in RSS without its namespace'],
  ['description', 'summary', 'markup', 'RSS 2.0 <item>; RSS 1.0 §5.5.3'],
  ['abstract', 'summary', 'markup', 'CDF <ABSTRACT>'],
  ['dc:description', 'summary', 'markup', 'DCMES 1.1 description'],
  ['dcterms:abstract', 'summary', 'markup', 'DCMI terms abstract'],
  ['itunes:summary', 'summary', 'markup', 'Apple podcasts itunes:summary'],
  ['googleplay:description', 'summary', 'markup', 'Google Play podcasts description'],
  ['media:description', 'summary', 'markup', 'Media RSS 1.5.1 media:description'],
  ['itunes:subtitle', 'summary', 'markup', 'Apple podcasts itunes:subtitle'],

  ['content:encoded', 'content', 'markup', 'RSS 1.0 content module'],
  ['encoded', 'content', 'markup', 'content module without its namespace'],
  ['atom:content', 'content', 'markup', 'RFC 4287 §4.1.3; Atom 0.3'],
  ['xhtml:body', 'content', 'markup', 'XHTML 1.0 in RSS'],
  ['xhtml:div', 'content', 'markup', 'XHTML 1.0 in RSS'],
  ['body', 'content', 'markup', 'XHTML in RSS without its namespace'],
  ['fullitem', 'content', 'markup', 'fullitem of RSS 0.9x tools'],

  ['pubdate', 'published', 'text', 'RSS 2.0 <pubDate>'],
  ['atom:published', 'published', 'text', 'RFC 4287 §4.2.9'],
  ['atom:issued', 'published', 'text', 'Atom 0.3'],
  ['dcterms:issued', 'published', 'text', 'DCMI terms issued'],
  ['dc:date', 'published', 'text', 'DCMES 1.1 date'],
  ['dcterms:date', 'published', 'text', 'DCMI terms date'],
  ['dcterms:created', 'published', 'text', 'DCMI terms created'],
  ['atom:created', 'published', 'text', 'Atom 0.3'],
  ['atom:updated', 'updated', 'text', 'RFC 4287 §4.2.15'],
  ['atom:modified', 'updated', 'text', 'Atom 0.3'],
  ['dcterms:modified', 'updated', 'text', 'DCMI terms modified'],
  ['@lastmod', 'updated', 'text', 'CDF LASTMOD'],
  ['lastbuilddate', 'updated', 'text', 'RSS 2.0 <lastBuildDate>, misplaced'],

  ['atom:author', 'author', 'parts', 'RFC 4287 §4.2.1; Atom 0.3'],
  ['author', 'author', 'parts', 'RSS 2.0 <author>'],
  ['dc:creator', 'author', 'parts', 'DCMES 1.1 creator'],
  ['dc:author', 'author', 'parts', 'dc:author, not in DCMES but in the wild'],
  ['dcterms:creator', 'author', 'parts', 'DCMI terms creator'],
  ['itunes:author', 'author', 'parts', 'Apple podcasts itunes:author'],

  ['category', 'category', 'category', 'RSS 2.0 <category>'],
  ['atom:category', 'category', 'category', 'RFC 4287 §4.2.2'],
  ['dc:subject', 'category', 'category', 'DCMES 1.1 subject'],
  ['dcterms:subject', 'category', 'category', 'DCMI terms subject'],
  ['itunes:category', 'category', 'category', 'Apple podcasts itunes:category'],
  ['media:category', 'category', 'category', 'Media RSS 1.5.1 media:category'],
  ['itunes:keywords', 'category', 'category', 'Apple podcasts itunes:keywords'],
  ['media:keywords', 'category', 'category', 'Media RSS 1.5.1 media:keywords'],

  ['enclosure', 'media', 'enclosure', 'RSS 2.0 <enclosure>'],
  ['media:group', 'media', 'group', 'Media RSS 1.5.1 media:group'],
  ['media:content', 'media', 'enclosure', 'Media RSS 1.5.1 media:content'],
  ['podcast:alternateenclosure', 'media', 'group', 'Podcasting 2.0 alternateEnclosure'],
  ['podcast:source', 'media', 'enclosure', 'Podcasting 2.0 source'],
  ['itunes:duration', 'duration', 'text', 'Apple podcasts itunes:duration'],
  ['media:thumbnail', 'image', 'parts', 'Media RSS 1.5.1 media:thumbnail'],
  ['itunes:image', 'image', 'parts', 'Apple podcasts itunes:image'],
  ['googleplay:image', 'image', 'parts', 'Google Play podcasts image'],
  ['image', 'image', 'parts', 'RSS 2.0 <image>, misplaced'],

  ['dc:language', 'language', 'text', 'DCMES 1.1 language'],
  ['dcterms:language', 'language', 'text', 'DCMI terms language'],
  ['language', 'language', 'text', 'RSS 2.0 <language>, misplaced'],

  ['source', 'source', 'parts', 'RSS 2.0 <source>'],
  ['atom:source', 'source', 'parts', 'RFC 4287 §4.2.11'],
] as const satisfies readonly Line[];

/** Elements of a feed, and with @ attributes of its own element. */
const FEED = [
  ['title', 'title', 'markup', 'RSS 2.0 <channel>; RSS 1.0 §5.3.1; CDF <TITLE>'],
  ['atom:title', 'title', 'markup', 'RFC 4287 §4.2.14; Atom 0.3'],
  ['dc:title', 'title', 'markup', 'DCMES 1.1 title'],
  ['dcterms:title', 'title', 'markup', 'DCMI terms title'],
  ['media:title', 'title', 'markup', 'Media RSS 1.5.1 media:title'],

  ['link', 'link', 'link', 'RSS 2.0 <channel>; RSS 1.0 §5.3.2'],
  ['atom:link', 'link', 'link', 'RFC 4287 §4.2.7; Atom 0.3'],
  ['@href', 'link', 'link', 'CDF HREF'],
  ['a', 'link', 'link', 'CDF <A HREF>'],
  ['atom:id', 'guid', 'text', 'RFC 4287 §4.2.6'],

  ['description', 'summary', 'markup', 'RSS 2.0 <channel>; RSS 1.0 §5.3.3'],
  ['atom:subtitle', 'summary', 'markup', 'RFC 4287 §4.2.12'],
  ['atom:tagline', 'summary', 'markup', 'Atom 0.3'],
  ['abstract', 'summary', 'markup', 'CDF <ABSTRACT>'],
  ['dc:description', 'summary', 'markup', 'DCMES 1.1 description'],
  ['dcterms:abstract', 'summary', 'markup', 'DCMI terms abstract'],
  ['atom:info', 'summary', 'markup', 'Atom 0.3'],
  ['itunes:summary', 'summary', 'markup', 'Apple podcasts itunes:summary'],
  ['googleplay:description', 'summary', 'markup', 'Google Play podcasts description'],
  ['itunes:subtitle', 'summary', 'markup', 'Apple podcasts itunes:subtitle'],

  ['atom:updated', 'updated', 'text', 'RFC 4287 §4.2.15'],
  ['atom:modified', 'updated', 'text', 'Atom 0.3'],
  ['lastbuilddate', 'updated', 'text', 'RSS 2.0 <lastBuildDate>'],
  ['dcterms:modified', 'updated', 'text', 'DCMI terms modified'],
  ['pubdate', 'published', 'text', 'RSS 2.0 <pubDate>'],
  ['dc:date', 'published', 'text', 'DCMES 1.1 date'],
  ['@lastmod', 'updated', 'text', 'CDF LASTMOD'],

  ['atom:author', 'author', 'parts', 'RFC 4287 §4.2.1'],
  ['dc:creator', 'author', 'parts', 'DCMES 1.1 creator'],
  ['managingeditor', 'author', 'parts', 'RSS 2.0 <managingEditor>'],
  ['itunes:author', 'author', 'parts', 'Apple podcasts itunes:author'],

  ['image', 'image', 'parts', 'RSS 2.0 <image>; RSS 1.0 §5.4'],
  ['atom:logo', 'image', 'parts', 'RFC 4287 §4.2.8'],
  ['itunes:image', 'image', 'parts', 'Apple podcasts itunes:image'],
  ['googleplay:image', 'image', 'parts', 'Google Play podcasts image'],
  ['media:thumbnail', 'image', 'parts', 'Media RSS 1.5.1 media:thumbnail'],
  ['atom:icon', 'image', 'parts', 'RFC 4287 §4.2.5'],

  ['language', 'language', 'text', 'RSS 2.0 <language>'],
  ['dc:language', 'language', 'text', 'DCMES 1.1 language'],
  ['dcterms:language', 'language', 'text', 'DCMI terms language'],

  ['ttl', 'ttl', 'text', 'RSS 2.0 <ttl>'],
  ['skiphours', 'skipHours', 'parts', 'RSS 2.0 skipHours'],
  ['skipdays', 'skipDays', 'parts', 'RSS 2.0 skipDays'],
  ['sy:updateperiod', 'period', 'text', 'RSS 1.0 syndication module'],
  ['sy:updatefrequency', 'frequency', 'text', 'RSS 1.0 syndication module'],
] as const satisfies readonly Line[];

export const ENTRY_ROWS = rowsOf(ENTRY);
export const FEED_ROWS = rowsOf(FEED);

/** Rows by our prefix of an element's namespace, then by its name. */
export type Rows = ReadonlyMap<string, ReadonlyMap<string, Row>>;

function rowsOf(lines: typeof ENTRY | typeof FEED): Rows {
  const rows = new Map<string, Map<string, Row>>();
  for (const [rank, [element, field, kind]] of lines.entries()) {
    const colon = element.startsWith('@') ? -1 : element.indexOf(':');
    const prefix = element.slice(0, Math.max(0, colon));
    const own = rows.get(prefix) ?? new Map<string, Row>();
    rows.set(prefix, own.set(element.slice(colon + 1), { field, kind, rank }));
  }
  return rows;
}
