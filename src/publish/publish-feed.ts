import type { Instant } from '../model.ts';
import { writeAtom } from './atom.ts';
import { writeJsonFeed } from './json-feed.ts';
import type { FeedList, PublishContext } from './publish-context.ts';
import { prepareList } from './published-list.ts';
import { writeRss } from './rss.ts';

/** One list as RSS 2.0, Atom 1.0 and JSON Feed 1.1. */
export interface PublishedFeed {
  readonly rss: string;
  readonly atom: string;
  readonly json: string;
  /** The newest change among the items, for Last-Modified. Steps of tallies do not count as one. */
  readonly updated: Instant;
}

/** The list in the three formats. The same list and context give the same bytes; an item that no feed can hold is left
 *  out and costs the others nothing. */
export function publishFeed(list: FeedList, context: PublishContext): PublishedFeed {
  const prepared = prepareList(list, context);
  return {
    rss: writeRss(prepared),
    atom: writeAtom(prepared),
    json: writeJsonFeed(prepared),
    updated: prepared.updated,
  };
}
