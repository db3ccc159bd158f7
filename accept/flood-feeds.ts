import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';

const OPEN = '<?xml version="1.0"?><rss version="2.0"><channel><title>Flood</title><link>https://flood.example/</link>';
const CLOSE = '</channel></rss>';
const item = (inner: string) => `<item><title>t</title><link>https://flood.example/1</link>${inner}</item>`;

/** Documents that are cheap to send and dear to read carelessly, in pieces, by name. */
export const FLOODS: ReadonlyMap<string, () => Iterable<string>> = new Map([
  [
    'items-120k',
    () =>
      pieces(
        OPEN,
        120_000,
        (n) => `<item><title>Item ${n}</title><guid>https://flood.example/${n}</guid></item>`,
        CLOSE,
      ),
  ],
  [
    'enclosures-50k',
    () =>
      pieces(
        `${OPEN}<item><title>e</title>`,
        50_000,
        (n) => `<enclosure url="https://flood.example/${n}.mp3" type="audio/mpeg" length="${n}"/>`,
        `</item>${CLOSE}`,
      ),
  ],
  [
    'entities-1gb',
    () =>
      pieces(
        `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "${'x'.repeat(50_000)}">]><rss version="2.0"><channel><item><title>`,
        20_000,
        () => '&a;',
        '</title></item></channel></rss>',
      ),
  ],
  ['author-dots', () => [OPEN, item(`<author>a@${'a.'.repeat(60_000)}!</author>`), CLOSE]],
  ['date-digits', () => [OPEN, item(`<pubDate>${' 1'.repeat(100_000)}x</pubDate>`), CLOSE]],
  [
    'url-dots',
    () => [OPEN, `<item><title>a</title><link>http://flood.example${'/../'.repeat(200_000)}</link></item>`, CLOSE],
  ],
  ['title-spaces', () => [OPEN, `<item><title>y${' '.repeat(1_000_000)}x</title></item>`, CLOSE]],
  ['html-links', () => pieces('<!doctype html><body>', 300_000, () => '<p><a href="x">link</a></p>', '</body>')],
]);

function* pieces(open: string, count: number, piece: (n: number) => string, close: string): Iterable<string> {
  yield open;
  for (let start = 0; start < count; start += 500) {
    yield Array.from({ length: Math.min(500, count - start) }, (_, n) => piece(start + n)).join('');
  }
  yield close;
}

/** Serves the flood of a name at /NAME; `asked` is told when. */
export function floodListener(asked: (name: string) => void): RequestListener {
  return (request, response) => {
    const name = request.url?.slice(1) ?? '';
    const flood = FLOODS.get(name);
    if (!flood) return void response.writeHead(404).end();
    asked(name);
    response.writeHead(200, { 'content-type': name.startsWith('html') ? 'text/html' : 'application/rss+xml' });
    Readable.from(flood())
      .on('error', () => response.destroy())
      .pipe(response);
  };
}
