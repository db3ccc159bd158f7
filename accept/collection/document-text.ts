/** Feed documents as text, for cases that put something hostile into them. */

export function rss(inner: string, channel = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Hostile</title><link>https://example.org/</link><description>d</description>${channel}${inner}</channel></rss>`;
}

export function item(n: number, inner = ''): string {
  return `<item><title>Item ${n}</title><link>https://example.org/${n}</link><guid isPermaLink="false">g${n}</guid>${inner}</item>`;
}

/** Items that have nothing but a title of their own and this. */
export function items(inners: readonly string[]): string {
  return inners.map((inner, n) => `<item><title>Item ${n}</title>${inner}</item>`).join('');
}

export function titled(title: string): string {
  return `<item><title>${title}</title><link>https://example.org/1</link></item>`;
}

export function dtd(declarations: string, title: string): string {
  return rss(titled(title)).replace('<rss', `<!DOCTYPE rss [${declarations}]><rss`);
}

/** Each of so many entities is ten of the one before it. */
export function laughs(count: number): string {
  const ten = (n: number) => (n === 0 ? 'ha' : `&l${n - 1};`.repeat(10));
  return Array.from({ length: count }, (_, n) => `<!ENTITY l${n} "${ten(n)}">`).join('');
}

export function atom(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Hostile</title><id>https://example.org/</id><link href="https://example.org/"/><updated>2026-03-03T10:00:00Z</updated>${inner}</feed>`;
}

export function entry(n: number, inner = ''): string {
  return `<entry><title>Entry ${n}</title><id>https://example.org/${n}</id><link href="https://example.org/${n}"/><updated>2026-03-03T10:00:00Z</updated>${inner}</entry>`;
}

export function json(list: readonly unknown[]): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Hostile',
    home_page_url: 'https://example.org/',
    items: list,
  });
}

export function jsonItem(n: number) {
  return { id: `j${n}`, url: `https://example.org/${n}`, title: `Item ${n}`, content_html: '<p>x</p>' };
}

/** A JSON Feed with something more at its top. */
export function proto(
  text: string,
  more = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}',
): string {
  return text.replace('{', `{${more},`);
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
