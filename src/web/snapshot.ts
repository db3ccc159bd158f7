import { sourceName } from '../items/derive-item.ts';
import { trending } from '../items/ranking.ts';
import type { Config, Instant, Item, Source } from '../model.ts';
import { categorySlug } from '../publish/links.ts';
import { redactionFor } from '../secrets.ts';
import type { Store, StoreNotice } from '../store/store.ts';
import type { FeedsFileState } from '../worker/feeds-news.ts';
import type { Label } from './labels.ts';
import type { SiteLists } from './site-lists.ts';
import type { Subscribers } from './subscribers.ts';
import type { SourceView, View } from './view.ts';

/** One more than pages show: none lists itself. */
const TRENDS = 6;
/** Of which those are chosen: a publisher may have many of them. */
const TREND_CANDIDATES = 100;

/** The site at one moment, with the lists that pages and feeds are cut from. */
export interface Snapshot {
  readonly view: View;
  readonly lists: SiteLists;
}

/** Looks at nothing before it is asked for it. */
export function takeSnapshot(ports: {
  readonly store: Store;
  readonly config: Config;
  readonly now: Instant;
  readonly feedsFile?: FeedsFileState | undefined;
  readonly memoryNotice?: StoreNotice | undefined;
  readonly subscribers?: Subscribers | undefined;
  readonly lists: SiteLists;
  readonly stylesheet?: string;
  readonly isStatic?: true;
}): Snapshot {
  const { store, config, now, feedsFile, memoryNotice, subscribers, lists, stylesheet, isStatic } = ports;
  const lastPollAt = store.lastAnswerAt();
  const { enabled, categories } = factsOf(config);
  const tally = (item: Item) => store.tally(item);
  // The address of a label is made of its name, and would tell what of it is private.
  const isPublic = ({ name }: Label) => redactionFor(config).text(name) === name;
  const known = new Map<string, SourceView>();
  let trends: readonly Item[] | undefined;

  function viewOf(source: Source): SourceView {
    const feed = store.record(source.id)?.feed;
    const homepage = source.homepage ?? feed?.url;
    return {
      source,
      state: store.state(source.id),
      ...(feed !== undefined && { feed }),
      name: sourceName({ source, feed: feed ?? {} }),
      ...(homepage !== undefined && { homepage }),
      itemCount: lists.ofSource(source.id).size,
    };
  }

  function source(id: string): SourceView | undefined {
    const followed = enabled.get(id);
    if (!followed) return undefined;
    const view = known.get(id) ?? viewOf(followed);
    known.set(id, view);
    return view;
  }

  return {
    lists,
    view: {
      config,
      now,
      ...(lastPollAt !== undefined && { lastPollAt }),
      itemCount: lists.published.size,
      sourceCount: enabled.size,
      get sources() {
        return [...enabled.keys()].flatMap((id) => source(id) ?? []);
      },
      get categories() {
        return categories.map((one) => ({ ...one, itemCount: lists.ofCategory(one.slug).size }));
      },
      get trending() {
        trends ??= findTrends();
        return trends;
      },
      notices: memoryNotice ? [...store.notices, memoryNotice] : store.notices,
      hostWaits: store.hostWaits(),
      ...(feedsFile !== undefined && { feedsFile }),
      ...(subscribers && { subscribers }),
      ...(stylesheet !== undefined && { stylesheet }),
      ...(isStatic && { isStatic }),
      source,
      tally,
      tagsOf: (item) => lists.tags.of(item).filter(isPublic),
      authorsOf: (item) => lists.authors.of(item).filter(isPublic),
      reasons: (item) => store.items.explain(item.id),
    },
  };

  function findTrends(): readonly Item[] {
    return trending(lists.liveliest(TREND_CANDIDATES), tally, now, TRENDS);
  }
}

interface ConfigFacts {
  /** Enabled sources by id, in the order of feeds.json. */
  readonly enabled: ReadonlyMap<string, Source>;
  /** Their categories in that order. */
  readonly categories: readonly { readonly name: string; readonly slug: string }[];
}

const facts = new WeakMap<Config, ConfigFacts>();

function factsOf(config: Config): ConfigFacts {
  const before = facts.get(config);
  if (before) return before;
  const enabled = config.sources.filter(({ disabled }) => !disabled);
  const categories = new Map<string, string>();
  for (const name of enabled.flatMap((source) => source.categories)) {
    const slug = categorySlug(name);
    if (!categories.has(slug)) categories.set(slug, name);
  }
  const found = {
    enabled: new Map(enabled.map((source) => [source.id, source])),
    categories: [...categories].map(([slug, name]) => ({ name, slug })),
  };
  facts.set(config, found);
  return found;
}
