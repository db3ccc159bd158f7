import { Feed } from 'feed';
import { cleanLine, escapeText } from './clean.ts';
import { forCdata, forText, settle } from './feed-quirks.ts';

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
    description: 'What the operator of this site should look at.',
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
  return settle(feed.rss2());
}
