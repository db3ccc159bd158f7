import type { Item } from '../model.ts';
import { authorPath, labelSlug, tagPath } from '../publish/links.ts';
import type { Store } from '../store/store.ts';

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
  /** Newest first. */
  readonly items: readonly Item[];
}

/** All tags, or all authors, of the published items. A label has a page from two items on. */
export interface Labels {
  /** Its page, by what stands for it in the address; undefined when it has none. */
  find(slug: string): LabelView | undefined;
  of(item: Item): readonly Label[];
  /** All that have a page. */
  all(): readonly LabelView[];
  /** To be called with the ids of items that came, changed or went. */
  touch(itemIds: readonly string[]): void;
}

/** Both kinds, for they are alike. */
export interface SiteLabels {
  readonly tags: Labels;
  readonly authors: Labels;
}

/** Of the labels that one source alone uses so many have a page, those of the most items: a hostile one would have 20 for each of
 *  10,000 entries. */
const MAX_OF_SOURCE = 200;
const MAX_PAGES = 5000;
const MAX_TAGS = 8;
const MAX_NAME_CHARS = 60;
/** What blog engines write where an author chose nothing. */
const NO_TAG = /^(?:un(?:categori[sz]ed|tagged)|allgemein|non class[ée]e?|sin categor[ií]a|general)$/i;

export function createSiteLabels(store: Pick<Store, 'items'>): SiteLabels {
  return {
    tags: createLabels(store, tagsOf, tagPath),
    authors: createLabels(store, ({ primary }) => primary.authors.flatMap(({ name }) => name ?? []), authorPath),
  };
}

/** The categories that its entries give the item, its publisher's first. */
function tagsOf({ primary, entries }: Item): readonly string[] {
  const names = [primary, ...entries].flatMap(({ categories }) => categories);
  return names.filter((name) => name.length <= MAX_NAME_CHARS && !NO_TAG.test(name));
}

/** Kept up to date by the items that change; gathered when it is first asked for. */
function createLabels(
  store: Pick<Store, 'items'>,
  namesOf: (item: Item) => readonly string[],
  pathOf: (slug: string) => string,
): Labels {
  const groups = new Map<string, Set<Item>>();
  const known = new Map<string, Item>();
  let isGathered = false;
  let withPage: ReadonlySet<string> | undefined;

  function labelsOf(item: Item): ReadonlyMap<string, string> {
    const labels = new Map<string, string>();
    for (const name of namesOf(item)) {
      const slug = labelSlug(name);
      if (slug !== '' && !labels.has(slug) && labels.size < MAX_TAGS) labels.set(slug, name);
    }
    return labels;
  }

  function put(item: Item): void {
    if (!item.published) return;
    known.set(item.id, item);
    for (const slug of labelsOf(item).keys()) groups.set(slug, (groups.get(slug) ?? new Set()).add(item));
  }

  function take(item: Item): void {
    known.delete(item.id);
    for (const slug of labelsOf(item).keys()) {
      groups.get(slug)?.delete(item);
      if (groups.get(slug)?.size === 0) groups.delete(slug);
    }
  }

  function gather(): void {
    if (!isGathered) for (const item of store.items.newest()) put(item);
    isGathered = true;
  }

  function pages(): ReadonlySet<string> {
    gather();
    withPage ??= choosePages(groups);
    return withPage;
  }

  function find(slug: string): LabelView | undefined {
    if (!pages().has(slug)) return undefined;
    const items = [...(groups.get(slug) ?? [])].sort((a, b) => (a.arrival < b.arrival ? 1 : -1));
    // Of several spellings the one that sorts first, whoever comes next: AI before ai.
    const [name = slug] = items.flatMap((item) => labelsOf(item).get(slug) ?? []).sort();
    return { name, path: pathOf(slug), items };
  }

  return {
    find,
    of: (item) =>
      [...labelsOf(item)].map(([slug, name]) => ({ name, ...(pages().has(slug) && { path: pathOf(slug) }) })),
    all: () => [...pages()].sort().flatMap((slug) => find(slug) ?? []),
    touch(itemIds) {
      if (!isGathered) return;
      withPage = undefined;
      for (const id of itemIds) {
        const before = known.get(id);
        if (before) take(before);
        const item = store.items.find(id);
        if (item?.id === id) put(item);
      }
    },
  };
}

function choosePages(groups: ReadonlyMap<string, ReadonlySet<Item>>): ReadonlySet<string> {
  const several = [...groups]
    .filter(([, items]) => items.size > 1)
    .sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1));
  const perSource = new Map<string, number>();
  const chosen = several.filter(([, items]) => {
    const source = onlySourceOf(items);
    if (source === undefined) return true;
    const count = (perSource.get(source) ?? 0) + 1;
    perSource.set(source, count);
    return count <= MAX_OF_SOURCE;
  });
  return new Set(chosen.slice(0, MAX_PAGES).map(([slug]) => slug));
}

/** The source of all these items, if it is one. */
function onlySourceOf(items: ReadonlySet<Item>): string | undefined {
  let only: string | undefined;
  for (const { primary } of items) {
    if (only !== undefined && only !== primary.source) return undefined;
    only = primary.source;
  }
  return only;
}
