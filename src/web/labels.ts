import { createItemGroups } from '../items/item-groups.ts';
import type { ItemList } from '../items/item-list.ts';
import type { Item } from '../model.ts';
import { authorPath, labelSlug, NO_TAG, tagPath } from '../publish/links.ts';

/** What items have in common by the word of their publishers: a tag, or an author. */
export interface Label {
  readonly name: string;
  /** Address path of its page, percent-encoded; absent when it has none. */
  readonly path?: string;
}

/** A label with a page. */
export interface LabelView {
  readonly name: string;
  readonly path: string;
  readonly items: ItemList;
}

/** All tags, or all authors, of items. A label has a page from two items on. */
export interface Labels {
  /** Its page, by what stands for it in the address; undefined when it has none. */
  find(slug: string): LabelView | undefined;
  of(item: Item): readonly Label[];
  /** All that have a page. */
  all(): readonly LabelView[];
  put(item: Item): void;
  /** The item as it was put. */
  take(item: Item): void;
}

/** Of the labels that one source alone uses so many have a page, those of the most items: a hostile one would have 20 for each of
 *  10,000 entries. */
const MAX_OF_SOURCE = 200;
const MAX_TAGS = 8;
const MAX_NAME_CHARS = 60;
/** Items of which the spellings of a label are compared. */
const NAMED_BY = 100;

export function createTags(): Labels {
  return createLabels(tagsOf, tagPath);
}

export function createAuthors(): Labels {
  return createLabels(({ primary }) => primary.authors.flatMap(({ name }) => name ?? []), authorPath);
}

/** The categories that its entries give the item, its publisher's first. */
function tagsOf({ primary, entries }: Item): readonly string[] {
  const names = [primary, ...entries].flatMap(({ categories }) => categories);
  return names.filter((name) => name.length <= MAX_NAME_CHARS && !NO_TAG.test(name));
}

function createLabels(namesOf: (item: Item) => readonly string[], pathOf: (slug: string) => string): Labels {
  const groups = createItemGroups((item) => labelsOf(item).keys());
  /** Of each label the source that uses it; of those that several use, how many of its items each has. */
  const sources = new Map<string, string | Map<string, number>>();
  /** Of each source, the labels that no other has. */
  const ownOf = new Map<string, Set<string>>();
  /** Of sources that have too many of these, those that have a page, as long as nothing changes. */
  const chosenOf = new Map<string, ReadonlySet<string>>();

  /** Remembered, as an item that is put or taken is asked twice. */
  let last: { readonly item?: Item; readonly labels: ReadonlyMap<string, string> } = { labels: new Map() };

  function labelsOf(item: Item): ReadonlyMap<string, string> {
    if (last.item === item) return last.labels;
    const labels = new Map<string, string>();
    for (const name of namesOf(item)) {
      // An address is no name, and may be a private one.
      if (name.includes('://')) continue;
      const slug = labelSlug(name);
      if (slug !== '' && !labels.has(slug) && labels.size < MAX_TAGS) labels.set(slug, name);
    }
    last = { item, labels };
    return labels;
  }

  /** To be called once the item is in its groups, or is out of them. */
  function count(item: Item, by: 1 | -1): void {
    for (const slug of labelsOf(item).keys()) {
      const before = sources.get(slug);
      const after = recount(slug, item.primary.source, by);
      if (after === undefined) sources.delete(slug);
      else sources.set(slug, after);
      if (typeof before === 'string') ownOf.get(before)?.delete(slug);
      if (typeof after === 'string') ownOf.set(after, (ownOf.get(after) ?? new Set()).add(slug));
      for (const one of [before, after]) if (typeof one === 'string') chosenOf.delete(one);
    }
  }

  /** What `sources` says of the label from now on; undefined when nobody uses it any more. */
  function recount(slug: string, source: string, by: 1 | -1): string | Map<string, number> | undefined {
    const total = groups.count(slug);
    if (total === 0) return undefined;
    const users = sources.get(slug) ?? source;
    if (users === source) return source;
    const counts = typeof users === 'string' ? new Map([[users, total - 1]]) : users;
    const now = (counts.get(source) ?? 0) + by;
    if (now === 0) counts.delete(source);
    else counts.set(source, now);
    const [lone] = counts.size === 1 ? counts.keys() : [];
    return lone ?? counts;
  }

  function hasPage(slug: string): boolean {
    if (groups.count(slug) < 2) return false;
    const users = sources.get(slug);
    return typeof users !== 'string' || chosen(users).has(slug);
  }

  function chosen(source: string): ReadonlySet<string> {
    const own = ownOf.get(source) ?? new Set();
    if (own.size <= MAX_OF_SOURCE) return own;
    const known = chosenOf.get(source);
    if (known) return known;
    const several = [...own].filter((slug) => groups.count(slug) > 1);
    const most = several.sort((a, b) => groups.count(b) - groups.count(a) || (a < b ? -1 : 1));
    const best = new Set(most.slice(0, MAX_OF_SOURCE));
    chosenOf.set(source, best);
    return best;
  }

  function find(slug: string): LabelView | undefined {
    if (!hasPage(slug)) return undefined;
    const items = groups.get(slug);
    const names: string[] = [];
    for (const item of items) if (names.push(labelsOf(item).get(slug) ?? slug) >= NAMED_BY) break;
    // Of several spellings the one that sorts first, whoever comes next: AI before ai.
    const [name = slug] = names.sort();
    return { name, path: pathOf(slug), items };
  }

  return {
    find,
    of: (item) => [...labelsOf(item)].map(([slug, name]) => ({ name, ...(hasPage(slug) && { path: pathOf(slug) }) })),
    all: () => [...groups.keys()].sort().flatMap((slug) => find(slug) ?? []),
    put(item) {
      groups.put(item);
      count(item, 1);
    },
    take(item) {
      groups.take(item);
      count(item, -1);
    },
  };
}
