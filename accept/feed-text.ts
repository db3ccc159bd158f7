/** An RSS document of such items of a site; each is its number, or its number and what else stands in it. */
export function rssOf(items: readonly (number | readonly [number, string])[], site = 'articles.example'): string {
  const elements = items.map((item) => {
    const [n, extra] = typeof item === 'number' ? [item, ''] : item;
    return `<item><title>Article number ${n} of ${site}</title><link>https://${site}/${n}</link><guid isPermaLink="false">${site}-${n}</guid><description>What article ${n} of ${site} says.</description>${extra}</item>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>A feed</title><link>https://${site}/</link><description>d</description>\n${elements.join('')}</channel></rss>\n`;
}

export const RSS_TYPE = 'application/rss+xml; charset=utf-8';
