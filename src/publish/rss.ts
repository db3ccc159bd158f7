import { Feed } from 'feed';
import { cleanLine, element, escapeText } from './clean.ts';
import { forCdata, forText, inProfile, MARKED, mark, settle } from './feed-quirks.ts';
import type { PublishedItem } from './published-item.ts';
import { type PublishedList, VIADUCT_NAMESPACE } from './published-list.ts';

/** `feed` declares some of these only if it needs them itself, and cannot declare ours. */
const ROOT =
  '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"' +
  ` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:v="${VIADUCT_NAMESPACE}">`;

/** The list as RSS 2.0, after the RSS Board's profile: links and pubDates of the originals, one <source> an item,
 *  and every via as <atom:link rel="via">. */
export function writeRss(list: PublishedList): string {
  const feed = new Feed({
    title: forText(list.title),
    description: forText(list.description),
    link: list.home,
    language: list.language,
    updated: new Date(list.updated),
    generator: 'viaduct',
    feedLinks: { rss: list.urls.rss },
  });
  for (const [index, item] of list.items.entries()) {
    const [enclosure] = item.enclosures;
    feed.addItem({
      title: forCdata(item.title),
      id: item.id,
      link: item.link,
      date: new Date(item.published),
      // Required before content:encoded; HTML, so that plain text is escaped.
      description: escapeText(item.excerpt ?? item.viaWords),
      content: forCdata(item.html),
      category: item.categories.map((name) => ({ name: forText(name) })),
      ...(enclosure && { enclosure }),
      extensions: [{ name: 'v:item', objects: { _text: mark(index) } }],
    });
  }
  const xml = inProfile(feed.rss2())
    .replace(/<rss [^>]*>/, () => list.stylesheet + ROOT)
    .replace(new RegExp(`<v:item>${MARKED}</v:item>`, 'g'), (_, index) => writeAdditions(list.items[Number(index)]));
  return settle(xml);
}

/** What `feed` has no words for, or only the wrong ones. */
function writeAdditions(item: PublishedItem | undefined): string {
  if (item === undefined) return '';
  const { source, related } = item;
  return [
    // Not <author>, which must be an e-mail address.
    ...item.authors.map(({ name }) => element('dc:creator', {}, name)),
    // RSS 2.0 <comments>: a page of comments; readers show a link to it.
    ...(item.discussion === undefined ? [] : [element('comments', {}, item.discussion)]),
    // A second enclosure in RSS is a warning, and most readers take one only.
    ...item.enclosures
      .slice(1)
      .map(({ url, type, length }) => element('atom:link', { rel: 'enclosure', type, length, href: url })),
    // url is required and must be a feed: where the source's own may not be shown, it is our feed of the source.
    element('source', { url: source.feed ?? `${source.page}/feed.xml` }, source.name),
    ...item.chain.map(({ href, title }) => element('atom:link', { rel: 'via', href, title })),
    element('atom:link', { rel: 'related', type: 'text/html', href: related.url, title: related.title }),
    element('v:item', { views: item.views, sources: item.sources }),
  ].join('\n            ');
}

/** One thing that the operator should look at. */
export interface OperatorNotice {
  /** The same as long as it is the same trouble, another one when it comes again. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Absolute. */
  readonly link: string;
  readonly at: string;
}

/** What the operator should look at as RSS 2.0, for a feed reader. */
export function writeOperatorFeed(about: {
  readonly title: string;
  /** Absolute address of the status page. */
  readonly page: string;
  readonly updated: string;
  readonly notices: readonly OperatorNotice[];
}): string {
  const feed = new Feed({
    title: forText(cleanLine(about.title)),
    description: 'What needs the attention of whoever runs this site.',
    link: about.page,
    language: 'en',
    updated: new Date(about.updated),
    generator: 'viaduct',
    feedLinks: { rss: `${about.page}/feed.xml` },
  });
  for (const { id, title, text, link, at } of about.notices) {
    feed.addItem({
      title: forCdata(cleanLine(title)),
      id,
      link,
      date: new Date(at),
      description: forCdata(escapeText(cleanLine(text))),
    });
  }
  return settle(inProfile(feed.rss2()));
}
