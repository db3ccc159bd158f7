import { decode } from './decode.ts';

/** What kind of feed a document is, in words for people ("RSS 2.0", "Atom 1.0"): by its first element, or as JSON Feed.
 *  @throws what `decode` throws */
export function feedFormat(bytes: Uint8Array, contentType?: string): string {
  const text = decode(bytes, contentType).slice(0, 20_000);
  if (/^[\s\ufeff\0]*[{[]/.test(text)) {
    const version = /"version"\s*:\s*"https?:\\?\/\\?\/jsonfeed\.org\\?\/version\\?\/([\d.]{1,5})/.exec(text)?.[1];
    return version === undefined ? 'JSON' : `JSON Feed ${version.replace(/^1$/, '1.0')}`;
  }
  const bare = text.replace(/<!--[\s\S]*?-->|<[?!][^>]*>/g, '');
  const [, name = '', attributes = ''] = /<(?:[\w-]{1,20}:)?([\w-]{1,20})([^>]*)>/.exec(bare) ?? [];
  const version = /\bversion\s*=\s*["']([\w.]{1,10})["']/.exec(attributes)?.[1];
  switch (name.toLowerCase()) {
    case 'feed':
      return version === '0.3' ? 'Atom 0.3' : 'Atom 1.0';
    case 'rdf':
      return /my\.netscape\.com/.test(attributes) ? 'RSS 0.90' : 'RSS 1.0';
    case 'rss':
      return `RSS ${version ?? 'of no version'}`;
    case 'channel':
      return 'CDF';
    default:
      return 'XML';
  }
}
