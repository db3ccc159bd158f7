import type { Config } from '../model.ts';
import { redactionFor } from '../secrets.ts';
import { cleanLine, element, escapeText, openTag } from './clean.ts';
import type { PublishedSource } from './publish-context.ts';
import { publicFeedUrl } from './web-url.ts';

/** The sources as OPML 2.0, in their order, those with a category below an outline of that name. A source whose address
 *  may not be shown is a link to its homepage; without one it is left out, as are files and disabled sources. */
export function publishOpml(config: Config, sources: readonly PublishedSource[]): string {
  const redaction = redactionFor(config);
  const withoutCategory: string[] = [];
  const categories = new Map<string, string[]>();
  for (const published of sources) {
    const outline = writeOutline(published, (url) => redaction.url(url));
    if (outline === undefined) continue;
    const category = cleanLine(published.source.categories[0] ?? '');
    const siblings = category === '' ? withoutCategory : (categories.get(category) ?? []);
    siblings.push(outline);
    if (category !== '') categories.set(category, siblings);
  }
  const groups = [...categories].map(([category, outlines]) =>
    [
      `    ${openTag('outline', { text: category })}`,
      ...outlines.map((outline) => `      ${outline}`),
      '    </outline>',
    ].join('\n'),
  );
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<opml version="2.0">',
    '  <head>',
    `    <title>${escapeText(`Sources of ${cleanLine(config.site.title) || 'viaduct'}`)}</title>`,
    '  </head>',
    '  <body>',
    ...withoutCategory.map((outline) => `    ${outline}`),
    ...groups,
    '  </body>',
    '</opml>',
    '',
  ].join('\n');
}

function writeOutline(
  { source, name, homepage }: PublishedSource,
  publicUrl: (url: string | undefined) => string | undefined,
): string | undefined {
  if (source.disabled || source.url.startsWith('file:')) return undefined;
  const text = cleanLine(name) || source.id;
  const htmlUrl = publicUrl(homepage);
  const xmlUrl = publicFeedUrl(source);
  // OPML 2.0, category: paths that begin with a slash, with commas between. The first one is the outline around it.
  const paths = source.categories.slice(1).map((name) => `/${cleanLine(name).replace(/[,/]/g, ' ')}`);
  const category = paths.length > 0 ? paths.join(',') : undefined;
  if (xmlUrl !== undefined) return element('outline', { text, title: text, type: 'rss', xmlUrl, htmlUrl, category });
  return htmlUrl === undefined
    ? undefined
    : element('outline', { text, title: text, type: 'link', url: htmlUrl, category });
}
