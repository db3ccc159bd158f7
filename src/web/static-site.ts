import { allEntries } from '../items/item-index.ts';
import type { Config, Instant, Item } from '../model.ts';
import { writeAtom } from '../publish/atom.ts';
import { categoryPath, dayPath, sourcePath } from '../publish/links.ts';
import { publishOpml } from '../publish/opml.ts';
import { selectRiver, writeJsonFeed } from '../publish/publish-feed.ts';
import { type PublishedList, prepareList } from '../publish/published-list.ts';
import { writeRss } from '../publish/rss.ts';
import { redactionFor } from '../secrets.ts';
import type { Store } from '../store/store.ts';
import { daysWithCounts, dayWithNeighbours } from './archive-days.ts';
import { arrangeHome, olderLike } from './arrange.ts';
import { prepareAssets } from './assets.ts';
import { describe, publishContext } from './feeds.ts';
import { createFileHashes, type FileHash, type FileHashes } from './file-hashes.ts';
import type { Labels, LabelView } from './labels.ts';
import { operatorFeed } from './operator-notices.ts';
import { aboutPage } from './pages/about.tsx';
import { archivePage, dayPage } from './pages/archive.tsx';
import { homePage } from './pages/home.tsx';
import { itemPage } from './pages/item.tsx';
import { FORMATS, movedPage } from './pages/layout.tsx';
import { categoriesPage, categoryPage, labelPage, latestPage, sourcePage, sourcesPage } from './pages/lists.tsx';
import { pathOf } from './pages/shown.ts';
import { statusPage } from './pages/status.tsx';
import { STYLE } from './pages/style.ts';
import { subscribePage } from './pages/subscribe.tsx';
import { numberedPages } from './paging.ts';
import { problemReply } from './problems.ts';
import { createSiteLists } from './site-lists.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { numberedSources, type SourcesPage, worstFirst } from './source-pages.ts';
import type { ListPage, SourceView, View } from './view.ts';

/** In tens of thousands of pages it would be half of all bytes. */
const STYLE_PATH = '/style.css';

/** One file of the site. */
export interface StaticFile {
  /** Path below the site's folder, segments joined by '/'. */
  readonly name: string;
  /** Absent where the bytes are made as quickly. */
  readonly hash?: FileHash;
  make(): Promise<Buffer>;
}

/** The whole site at one moment as files that any web server can serve from the root of a host: page PATH is
 *  PATH/index.html, feeds and assets are at their own addresses. What only a running viaduct can answer is left out (/go/,
 *  /healthz, counting). In an order in which a link never leads to a file that comes later. */
export function listStaticFiles(ports: {
  readonly store: Store;
  readonly config: Config;
  readonly now: Instant;
}): readonly StaticFile[] {
  const { store, config, now } = ports;
  const lists = createSiteLists(store, config.timezone);
  const snapshot = takeSnapshot({ store, config, now, lists, stylesheet: STYLE_PATH, isStatic: true });
  const { view } = snapshot;
  const hashes = createFileHashes({ view, store });
  const labels = { tags: publicLabels(lists.tags, config), authors: publicLabels(lists.authors, config) };
  const items = [...store.items.newest()].reverse().map((item) => ({ item, path: pathOf(view, item) }));

  const listsWithFeeds = [
    ...view.sources.map(({ source }) => sourcePath(source.id)),
    ...view.categories.map(({ name }) => categoryPath(name)),
    ...[...labels.tags, ...labels.authors].map(({ path }) => path),
    '',
  ];
  return [
    ...[...prepareAssets(now)]
      // An SVG under that name would be sent as another type.
      .filter(([path]) => path !== '/favicon.ico')
      .map(([path, { identity }]) => ({ name: nameOf(path), make: async () => identity.bytes })),
    ...items.map(({ item, path }) => {
      const more = olderLike(item, snapshot);
      return page(path, () => itemPage(view, item, { more }), hashes.ofItemPage(item, more));
    }),
    ...items.flatMap(({ item, path }) =>
      allEntries(item).map(({ id }) => page(`/items/${id}`, () => movedPage(path), hashes.of(path))),
    ),
    ...listsWithFeeds.flatMap((path) => feedFiles(path, snapshot, hashes, store)),
    text(nameOf(STYLE_PATH), () => STYLE),
    text('opml.xml', () => publishOpml(config, view.sources)),
    ...listPages(snapshot, labels, hashes),
    page('/categories', () => categoriesPage(view)),
    ...sourcePages('/sources', view.sources, sourcesPage, view),
    ...sourcePages('/subscribe', view.sources, subscribePage, view),
    page('/about', () => aboutPage(view)),
    ...(config.status === 'public'
      ? [
          text('status/feed.xml', () => operatorFeed(view, store)),
          ...sourcePages('/status', worstFirst(view.sources), statusPage, view),
        ]
      : []),
    { name: '404.html', make: async () => problemReply(404, view).body ?? Buffer.alloc(0) },
    text('index.html', () => homePage(view, arrangeHome(snapshot))),
  ];
}

const WRITERS: Readonly<Record<string, (list: PublishedList) => string>> = {
  '/feed.xml': writeRss,
  '/atom.xml': writeAtom,
  '/feed.json': writeJsonFeed,
};

function feedFiles(path: string, snapshot: Snapshot, hashes: FileHashes, store: Store): readonly StaticFile[] {
  const { view } = snapshot;
  const list = describe(path, { config: () => view.config, snapshot: () => snapshot });
  if (!list) return [];
  const river = { ...list, items: selectRiver(list.items, view.now, view.config.items) };
  const hash = hashes.ofFeed(path, river.items, [list.key, list.title, list.description]);
  const context = publishContext(store, view);
  return FORMATS.map(({ file }) =>
    // The items made ready are at hand for all formats.
    text(nameOf(path + file), () => WRITERS[file]?.(prepareList(river, context)) ?? '', hash),
  );
}

function listPages(
  { view, lists }: Snapshot,
  labels: Readonly<Record<'tags' | 'authors', readonly LabelView[]>>,
  hashes: FileHashes,
): readonly StaticFile[] {
  /** `about`: what all pages of the list say beside their items; `count` is said on the first. */
  const pages = (
    path: string,
    items: Iterable<Item>,
    { about, count }: { readonly about: unknown; readonly count: number },
    render: (list: ListPage) => string,
  ) =>
    numberedPages([...items], path).map(({ path: place, list }) =>
      page(place, () => render(list), hashes.ofListPage(place, list, [about, list.href === undefined && count])),
    );
  return [
    ...view.sources.flatMap((one) => {
      const { id } = one.source;
      const about = [hashes.ofSource(id), one.state.problem !== undefined];
      return pages(sourcePath(id), lists.ofSource(id), { about, count: one.itemCount }, (list) =>
        sourcePage(view, one, list),
      );
    }),
    ...view.categories.flatMap((category) =>
      pages(
        categoryPath(category.name),
        lists.ofCategory(category.slug),
        { about: category.name, count: category.itemCount },
        (list) => categoryPage(view, category, list),
      ),
    ),
    ...(['tags', 'authors'] as const).flatMap((kind) =>
      labels[kind].flatMap((label) => {
        const about = label.name;
        return pages(label.path, label.items, { about, count: label.items.size }, (list) =>
          labelPage(view, kind, label, list),
        );
      }),
    ),
    ...lists.days().flatMap((date) => {
      const day = dayWithNeighbours(date, lists);
      return pages(dayPath(date), lists.ofDay(date), { about: day, count: day.itemCount }, (list) =>
        dayPage(view, day, list),
      );
    }),
    page('/archive', () => archivePage(view, daysWithCounts(lists))),
    ...pages('/latest', lists.published, { about: 'latest', count: view.itemCount }, (list) => latestPage(view, list)),
  ];
}

function page(path: string, render: () => string, hash?: FileHash): StaticFile {
  return text(`${nameOf(path)}/index.html`, render, hash);
}

/** Those whose address tells nothing private. */
function publicLabels(labels: Labels, config: Config): readonly LabelView[] {
  return labels.all().filter(({ name }) => redactionFor(config).text(name) === name);
}

function sourcePages(
  path: string,
  sources: readonly SourceView[],
  render: (view: View, list: SourcesPage) => string,
  view: View,
): readonly StaticFile[] {
  return numberedSources(sources, path)
    .map((numbered) => page(numbered.path, () => render(view, numbered.list)))
    .reverse();
}

function text(name: string, render: () => string, hash?: FileHash): StaticFile {
  return { name, ...(hash !== undefined && { hash }), make: async () => Buffer.from(render()) };
}

/** The file that a web server looks for when it is asked for this address path. */
function nameOf(path: string): string {
  return decodeURIComponent(path).slice(1);
}
