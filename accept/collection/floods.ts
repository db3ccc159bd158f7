import type { CaseRule, Expected } from './cases.ts';

/** A document that is cheap to send and dear to read carelessly. */
export interface Flood extends CaseRule {
  readonly contentType: string;
  /** Its text, in pieces. */
  pieces(): Iterable<string>;
}

const OPEN = '<?xml version="1.0"?><rss version="2.0"><channel><title>Flood</title><link>https://flood.example/</link>';
const CLOSE = '</channel></rss>';
const IN_ITEM = `${OPEN}<item><title>t</title><link>https://flood.example/1</link>`;
const END_OF_ITEM = `</item>${CLOSE}`;
const JSON_OPEN = '{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","x":';

/** Those of kind 'size' take little time and memory even alone in a process; those of kind 'flood' are many megabytes. */
export const FLOODS: readonly Flood[] = [
  size('deep-elements', () => [
    IN_ITEM,
    '<description>',
    '<a>'.repeat(1e5),
    '</a>'.repeat(1e5),
    '</description>',
    END_OF_ITEM,
  ]),
  size('deep-html', () => [IN_ITEM, '<description><![CDATA[', '<div>'.repeat(1e5), ']]></description>', END_OF_ITEM]),
  size('deep-json', () => [JSON_OPEN, '['.repeat(1e5), ']'.repeat(1e5), '}]}'], 'application/feed+json'),
  size('attributes-100k', () => each(`${OPEN}<item `, 1e5, (n) => `a${n}="x" `, `><title>x</title></item>${CLOSE}`)),
  size('tags-unclosed', () => [IN_ITEM, '<description><![CDATA[', '<a '.repeat(2e5), ']]></description>', END_OF_ITEM]),
  flood('items-120k', () =>
    each(OPEN, 120_000, (n) => `<item><title>Item ${n}</title><guid>https://flood.example/${n}</guid></item>`, CLOSE),
  ),
  flood('enclosures-50k', () =>
    each(
      IN_ITEM,
      50_000,
      (n) => `<enclosure url="https://flood.example/${n}.mp3" type="audio/mpeg" length="${n}"/>`,
      END_OF_ITEM,
    ),
  ),
  flood('entities-1gb', () =>
    each(
      `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "${'x'.repeat(50_000)}">]><rss version="2.0"><channel><item><title>`,
      20_000,
      () => '&a;',
      '</title></item></channel></rss>',
    ),
  ),
  flood('author-dots', () => [IN_ITEM, `<author>a@${'a.'.repeat(60_000)}!</author>`, END_OF_ITEM]),
  flood('date-digits', () => [IN_ITEM, `<pubDate>${' 1'.repeat(100_000)}x</pubDate>`, END_OF_ITEM]),
  flood('url-dots', () => [
    `${OPEN}<item><title>a</title><link>http://flood.example${'/../'.repeat(200_000)}</link>`,
    END_OF_ITEM,
  ]),
  flood('title-spaces', () => [`${OPEN}<item><title>y${' '.repeat(1_000_000)}x</title>`, END_OF_ITEM]),
  flood('html-links', () => each('<!doctype html><body>', 300_000, () => '<p><a href="x">link</a></p>', '</body>'), {
    contentType: 'text/html',
  }),
  flood('title-50mb', () => each(`${OPEN}<item><title>`, 50_000, () => 'x'.repeat(1000), `</title>${END_OF_ITEM}`), {
    expected: { outcome: 'reject' },
  }),
];

function size(id: string, pieces: () => Iterable<string>, contentType = 'application/rss+xml'): Flood {
  return { id, kind: 'size', contentType, pieces, expected: { outcome: 'either' } };
}

function flood(
  id: string,
  pieces: () => Iterable<string>,
  { contentType = 'application/rss+xml', expected = { outcome: 'either' } as Expected } = {},
): Flood {
  return { id, kind: 'flood', contentType, pieces, expected };
}

function* each(open: string, count: number, piece: (n: number) => string, close: string): Iterable<string> {
  yield open;
  for (let start = 0; start < count; start += 500) {
    yield Array.from({ length: Math.min(500, count - start) }, (_, n) => piece(start + n)).join('');
  }
  yield close;
}
