import { allEntries } from '../items/item-index.ts';
import type { Log } from '../log.ts';
import type { Config, Instant, Item } from '../model.ts';
import { categoryPath, dayPath, sourcePath } from '../publish/links.ts';
import { publishOpml } from '../publish/opml.ts';
import { redactionFor } from '../secrets.ts';
import type { Store } from '../store/store.ts';
import { daysWithCounts, dayWithNeighbours } from './archive-days.ts';
import { arrangeHome, moreLike } from './arrange.ts';
import { prepareAssets } from './assets.ts';
import { createFeeds, FEED_FILES } from './feeds.ts';
import type { Labels, LabelView } from './labels.ts';
import { operatorFeed } from './operator-notices.ts';
import { aboutPage } from './pages/about.tsx';
import { archivePage, dayPage } from './pages/archive.tsx';
import { homePage } from './pages/home.tsx';
import { itemPage } from './pages/item.tsx';
import { movedPage } from './pages/layout.tsx';
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
  make(): Promise<Buffer>;
}

/** The whole site at one moment as files that any web server can serve from the root of a host: page PATH is
 *  PATH/index.html, feeds and assets are at their own addresses. What only a running viaduct can answer is left out (/go/,
 *  /healthz, counting). In an order in which a link never leads to a file that comes later. */
export function listStaticFiles(ports: {
  readonly store: Store;
  readonly config: Config;
  readonly now: Instant;
  readonly log: Log;
}): readonly StaticFile[] {
  const { store, config, now, log } = ports;
  const lists = createSiteLists(store, config.timezone);
  const snapshot = takeSnapshot({ store, config, now, lists, stylesheet: STYLE_PATH });
  const feeds = createFeeds({ store, config: () => config, clock: () => now, log, snapshot: () => snapshot });
  const { view } = snapshot;
  const items = store.items.newest();

  const feedFiles = [
    ...view.sources.map(({ source }) => sourcePath(source.id)),
    ...view.categories.map(({ name }) => categoryPath(name)),
    ...publicLabels(lists.tags, config)
      .concat(publicLabels(lists.authors, config))
      .map(({ path }) => path),
    '',
  ].flatMap((list) =>
    FEED_FILES.map((file) => ({
      name: nameOf(`${list}/${file}`),
      make: async () => {
        const document = await feeds.find(`${list}/${file}`);
        if (!document) throw new Error(`no feed at ${list}/${file}`);
        return document.identity.bytes;
      },
    })),
  );
  return [
    ...[...prepareAssets(now)]
      // An SVG under that name would be sent as another type.
      .filter(([path]) => path !== '/favicon.ico')
      .map(([path, { identity }]) => ({ name: nameOf(path), make: async () => identity.bytes })),
    ...items.map((item) => page(pathOf(view, item), () => itemPage(view, item, { more: moreLike(item, snapshot) }))),
    ...items.flatMap((item) =>
      allEntries(item).map(({ id }) => page(`/items/${id}`, () => movedPage(pathOf(view, item)))),
    ),
    ...feedFiles,
    text(nameOf(STYLE_PATH), () => STYLE),
    text('opml.xml', () => publishOpml(config, view.sources)),
    ...listPages(snapshot),
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

function listPages({ view, lists }: Snapshot): readonly StaticFile[] {
  const pages = (path: string, items: Iterable<Item>, render: (view: View, list: ListPage) => string) =>
    numberedPages([...items], path)
      .map((numbered) => page(numbered.path, () => render(view, numbered.list)))
      .reverse();
  return [
    ...view.sources.flatMap((source) =>
      pages(sourcePath(source.source.id), lists.ofSource(source.source.id), (_, list) =>
        sourcePage(view, source, list),
      ),
    ),
    ...view.categories.flatMap((category) =>
      pages(categoryPath(category.name), lists.ofCategory(category.slug), (_, list) =>
        categoryPage(view, category, list),
      ),
    ),
    ...(['tags', 'authors'] as const).flatMap((kind) =>
      publicLabels(lists[kind], view.config).flatMap((label) =>
        pages(label.path, label.items, (_, list) => labelPage(view, kind, label, list)),
      ),
    ),
    ...lists
      .days()
      .flatMap((date) =>
        pages(dayPath(date), lists.ofDay(date), (_, list) => dayPage(view, dayWithNeighbours(date, lists), list)),
      ),
    page('/archive', () => archivePage(view, daysWithCounts(lists))),
    ...pages('/latest', lists.published, latestPage),
  ];
}

function page(path: string, render: () => string): StaticFile {
  return text(`${nameOf(path)}/index.html`, render);
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

function text(name: string, render: () => string): StaticFile {
  return { name, make: async () => Buffer.from(render()) };
}

/** The file that a web server looks for when it is asked for this address path. */
function nameOf(path: string): string {
  return decodeURIComponent(path).slice(1);
}
