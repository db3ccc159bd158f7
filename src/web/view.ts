import type { Reason } from '../items/item-index.ts';
import type { Config, FeedInfo, HostWait, Instant, Item, Source, SourceState, Tally } from '../model.ts';
import type { StoreNotice } from '../store/store.ts';
import type { FeedsFileState } from '../worker/feeds-news.ts';
import type { Label } from './labels.ts';
import type { Subscribers } from './subscribers.ts';

/** What every page may look at: the site at one moment. Made by the routes, read by the pages, which are pure. */
export interface View {
  readonly config: Config;
  readonly now: Instant;
  /** When a source last answered well. */
  readonly lastPollAt?: Instant;
  readonly itemCount: number;
  /** Enabled sources, in the order of feeds.json; made when they are first asked for. */
  readonly sources: readonly SourceView[];
  readonly sourceCount: number;
  readonly categories: readonly CategoryView[];
  /** At most 6, best first. */
  readonly trending: readonly Item[];
  readonly notices: readonly StoreNotice[];
  /** Hosts that asked to be left alone. */
  readonly hostWaits?: readonly HostWait[];
  /** What became of the last edits of feeds.json, where it is watched. */
  readonly feedsFile?: FeedsFileState;
  /** How many read our feeds; absent where nobody counts (a static site). */
  readonly subscribers?: Pick<Subscribers, 'total' | 'of'>;
  /** Undefined for one that is not followed. */
  source(id: string): SourceView | undefined;
  tally(item: Item): Tally;
  /** At most 8, its publisher's first. */
  tagsOf(item: Item): readonly Label[];
  authorsOf(item: Item): readonly Label[];
  /** Address path of the style, where it is a file; else it stands in each page, whose first paint needs no second request. */
  readonly stylesheet?: string;
  /** A site of files: a page leaves out what would change it at every poll, so that a build writes what is news and no more. */
  readonly isStatic?: true;
  /** Why the item's entries are one. */
  reasons(item: Item): readonly Reason[];
}

export interface SourceView {
  readonly source: Source;
  readonly state: SourceState;
  readonly feed?: FeedInfo;
  /** via handle, else title, else the feed's own title, else id. */
  readonly name: string;
  readonly homepage?: string;
  readonly itemCount: number;
}

export interface CategoryView {
  readonly name: string;
  readonly slug: string;
  readonly itemCount: number;
}

/** Where a page of a long list stands in it. */
export interface ListHead {
  /** Absent on the last page. */
  readonly nextHref?: string;
  /** Absent on the first one. */
  readonly previousHref?: string;
  /** Its own address; absent on the first one, which is at the list's. */
  readonly href?: string;
}

/** A page of a long list of items. */
export interface ListPage extends ListHead {
  readonly items: readonly Item[];
}
