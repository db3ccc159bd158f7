import type { Config, FeedInfo, Instant, Item, Source } from '../model.ts';

/** A list of items that is published as three feeds. */
export interface FeedList {
  /** '' for the merged feed, 'categories/ai', 'sources/x': its feeds' ids are made from it. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  /** '' or '/categories/ai', percent-encoded; the feeds are at PATH/feed.xml, PATH/atom.xml and PATH/feed.json. */
  readonly path: string;
  /** '?q=…' when the list is a search. */
  readonly query?: string;
  /** Of the list of one source its id. */
  readonly source?: string;
  /** Newest arrival first; see selectRiver. */
  readonly items: readonly Item[];
}

/** A source as readers may know it. */
export interface PublishedSource {
  readonly source: Source;
  /** via handle, else title, else the feed's own title, else id. */
  readonly name: string;
  readonly homepage?: string;
  readonly feed?: FeedInfo;
}

/** What publishing needs to know beside the list. */
export interface PublishContext {
  /** Minted once for the site; every published id comes from it. */
  readonly siteUuid: string;
  /** When the site was made: the date of a feed without items. */
  readonly created?: Instant;
  readonly config: Config;
  /** Undefined when the source is not followed any more. */
  source(id: string): PublishedSource | undefined;
  /** Exact count. */
  views(item: Item): number;
  /** Path of the CSS that shows a feed in a browser. */
  readonly stylesheetPath?: string;
}
