import { createAddressGuard } from '../fetch/address-guard.ts';
import type { Config, Instant, Item } from '../model.ts';
import { type Redaction, redactionFor } from '../secrets.ts';
import { cleanLine, languageTag, openTag } from './clean.ts';
import { withinFeedBudget } from './feed-budget.ts';
import { feedUrn } from './ids.ts';
import { ownWordsOf } from './own-words.ts';
import type { FeedList, PublishContext } from './publish-context.ts';
import { type PublishedItem, preparePublished } from './published-item.ts';
import { tallyStep } from './tally-steps.ts';

/** Of v:item, described in docs/namespace.md. It is a name and never changes. */
export const VIADUCT_NAMESPACE = 'urn:viaduct:ns:1';

/** The date of a feed without items when the site's own is not known. */
const BEFORE_ANY_SITE: Instant = '2020-01-01T00:00:00.000Z';

/** A list as all three formats tell it: every string clean, every URL absolute. */
export interface PublishedList {
  /** urn:uuid. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly language: string;
  /** The list as a page. */
  readonly home: string;
  readonly urls: { readonly rss: string; readonly atom: string; readonly json: string };
  /** What `_viaduct` means. */
  readonly about: string;
  /** The newest change among the items. */
  readonly updated: Instant;
  /** XML processing instruction with a line break, or '' (Associating Style Sheets with XML §3). */
  readonly stylesheet: string;
  readonly items: readonly PublishedItem[];
}

/** The list made ready for the writers; items that no format can hold are left out. */
export function prepareList(list: FeedList, context: PublishContext): PublishedList {
  const { site } = context.config;
  const items = withinFeedBudget(prepareItems(list, context));
  const [newestChange] = items.map(({ changed }) => changed).sort((a, b) => (a < b ? 1 : -1));
  const title = cleanLine(redactionFor(context.config).text(list.title)) || cleanLine(site.title) || 'viaduct';
  const address = (file: string) => `${site.url}${list.path}${file}${list.query ?? ''}`;
  return {
    id: feedUrn(context.siteUuid, list.key),
    title,
    description: cleanLine(list.description) || title,
    language: languageTag(site.language) ?? 'en',
    home: address(list.path === '' ? '/' : ''),
    urls: { rss: address('/feed.xml'), atom: address('/atom.xml'), json: address('/feed.json') },
    about: `${site.url}/about`,
    updated: newestChange ?? context.created ?? BEFORE_ANY_SITE,
    stylesheet: writeStylesheet(context.stylesheetPath),
    items,
  };
}

/** The items made ready; those that no format can hold are left out. What was made ready once is at hand. */
export function prepareItems(
  { items, source }: Pick<FeedList, 'items' | 'source'>,
  context: PublishContext,
): readonly PublishedItem[] {
  const redaction = forFeeds(redactionFor(context.config), context.config);
  return items.flatMap((item) => {
    const teller = source !== undefined && ownWordsOf(item).has(source) ? source : undefined;
    return prepareOnce(item, context, redaction, teller) ?? [];
  });
}

/** A host without a dot (`https://example/`) is nobody's on the Internet, and an error to the W3C's validator: left out, unless
 *  the operator says that it is his. */
function forFeeds(redaction: Redaction, { allow }: Config): Redaction {
  const guard = createAddressGuard(allow);
  const isReachable = (url: string) => /[.:]/.test(new URL(url).hostname) || guard.isOwnHost(url);
  return {
    ...redaction,
    url(written) {
      const url = redaction.url(written);
      return url !== undefined && isReachable(url) ? url : undefined;
    },
  };
}

/** An item seldom changes between two publications, and stands in several lists: preparing takes 8 of the 20 ms that
 *  100 items cost. Kept as long as the item itself. */
const prepared = new WeakMap<
  Item,
  // By whose words stand for the item; '' for its own.
  Map<string, { readonly facts: readonly unknown[]; readonly published: PublishedItem | undefined }>
>();

function prepareOnce(
  item: Item,
  context: PublishContext,
  redaction: Redaction,
  teller: string | undefined,
): PublishedItem | undefined {
  const facts = factsBeside(item, context);
  const versions = prepared.get(item) ?? new Map();
  const before = versions.get(teller ?? '');
  if (before?.facts.every((fact: unknown, index: number) => fact === facts[index])) return before.published;
  const published = preparePublished(item, context, redaction, teller);
  prepared.set(item, versions.set(teller ?? '', { facts, published }));
  return published;
}

/** All that preparePublished looks at beside the item: nothing but these may change what it says. */
function factsBeside(item: Item, context: PublishContext): readonly unknown[] {
  const sources = item.via.map((via) => context.source(via.source));
  return [
    context.config,
    context.siteUuid,
    tallyStep(context.views(item)),
    ...sources.flatMap((known) => [known?.source, known?.name, known?.homepage]),
  ];
}

function writeStylesheet(path: string | undefined): string {
  if (path === undefined) return '';
  return `${openTag('?xml-stylesheet', { type: 'text/css', href: path }).replace(/>$/, '?>')}\n`;
}
