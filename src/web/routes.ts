import { type Context, Hono } from 'hono';
import type { ItemList } from '../items/item-list.ts';
import type { Log } from '../log.ts';
import type { Config, Item } from '../model.ts';
import { categoryPath, dayPath, itemPath, sourcePath } from '../publish/links.ts';
import { publishOpml } from '../publish/opml.ts';
import { redactionFor } from '../secrets.ts';
import type { Store } from '../store/store.ts';
import type { Metrics } from '../worker/metrics.ts';
import { daysWithCounts, dayWithNeighbours } from './archive-days.ts';
import { arrangeHome, moreLike } from './arrange.ts';
import type { Feeds } from './feeds.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { chooseEncoding } from './negotiate.ts';
import { operatorFeed } from './operator-notices.ts';
import type { PageCache } from './page-cache.ts';
import { aboutPage } from './pages/about.tsx';
import { archivePage, dayPage } from './pages/archive.tsx';
import { homePage } from './pages/home.tsx';
import { itemPage } from './pages/item.tsx';
import { categoriesPage, categoryPage, labelPage, latestPage, sourcePage, sourcesPage } from './pages/lists.tsx';
import { statusPage } from './pages/status.tsx';
import { subscribePage } from './pages/subscribe.tsx';
import { pageOf } from './paging.ts';
import { answer, encode, type Prepared, prepare, type Reply } from './prepared.ts';
import { problemReply, redirectReply, reply } from './problems.ts';
import type { Snapshot } from './snapshot.ts';
import { type SourcesPage, sourcesPageOf, worstFirst } from './source-pages.ts';
import type { ListPage, SourceView, View } from './view.ts';
import type { Visits } from './visits.ts';

/** What a handler knows of a request beside what the request says. */
export interface SiteEnv {
  readonly Bindings: {
    /** Address of the other end of the socket. */
    readonly peer?: string;
  };
}

export interface RoutePorts {
  readonly store: Store;
  readonly config: () => Config;
  readonly log: Log;
  readonly version: string;
  readonly isReady: () => boolean;
  readonly snapshot: () => Snapshot;
  readonly feeds: Feeds;
  readonly pages: PageCache;
  readonly visits: Visits;
  readonly assets: ReadonlyMap<string, Prepared>;
  readonly metrics?: Metrics;
  readonly areMetricsOpen: boolean;
}

type SiteContext = Context<SiteEnv>;

/** Moves that an edited title or a later entry may undo. */
const BRIEFLY = 'public, max-age=3600';
/** What a script on another site may ask of a feed (Fetch standard §3.2.2). */
const PREFLIGHT = [
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Allow-Methods',
  'GET, HEAD',
  'Access-Control-Allow-Headers',
  'If-None-Match, If-Modified-Since',
  'Access-Control-Max-Age',
  '86400',
];
const FEED_FILE = ':file{feed\\.xml|atom\\.xml|feed\\.json}';

/** Every address of the site as a function from Request to Response. Whatever comes in, the answer carries the security
 *  headers, and nothing of it is ever a stack trace. */
export function createRoutes(ports: RoutePorts): Hono<SiteEnv> {
  const { store, log, snapshot, feeds, visits, assets } = ports;
  const app = new Hono<SiteEnv>();

  app.get('/', (c) => page(c, '/', (view) => homePage(view, arrangeHome(snapshot()))));
  app.get('/latest', (c) => list(c, '/latest', snapshot().lists.published, latestPage));
  app.get('/archive', (c) => page(c, '/archive', (view) => archivePage(view, daysWithCounts(snapshot().lists))));
  app.get('/archive/:year/:month/:day', (c) => {
    const { year, month, day } = c.req.param();
    const { lists } = snapshot();
    const date = `${year}-${month}-${day}`;
    const items = lists.ofDay(date);
    if (items.size === 0) return missing();
    return list(c, dayPath(date), items, (view, some) => dayPage(view, dayWithNeighbours(date, lists), some));
  });
  app.get('/categories', (c) => page(c, '/categories', categoriesPage));
  app.get('/categories/:slug', (c) => {
    const category = snapshot().view.categories.find(({ slug }) => slug === c.req.param('slug'));
    if (!category) return missing();
    const items = snapshot().lists.ofCategory(category.slug);
    return list(c, categoryPath(category.name), items, (view, shown) => categoryPage(view, category, shown));
  });
  for (const kind of ['tags', 'authors'] as const) {
    app.get(`/${kind}/:slug`, (c) => {
      const label = snapshot().lists[kind].find(c.req.param('slug'));
      return label ? list(c, label.path, label.items, (view, shown) => labelPage(view, kind, label, shown)) : missing();
    });
  }
  app.get('/sources', (c) => sourceList(c, '/sources', ({ sources }) => sources, sourcesPage));
  app.get('/sources/:id', (c) => {
    const source = snapshot().view.source(c.req.param('id'));
    if (!source) return missing();
    const items = snapshot().lists.ofSource(source.source.id);
    return list(c, sourcePath(source.source.id), items, (view, shown) => sourcePage(view, source, shown));
  });
  app.get('/subscribe', (c) => sourceList(c, '/subscribe', ({ sources }) => sources, subscribePage));
  app.get('/about', (c) => page(c, '/about', aboutPage));
  app.get('/status', (c) => {
    const shown = sourcesOf(c, '/status', ({ sources }) => worstFirst(sources));
    return shown
      ? status(c, shown.href ?? '/status', 'text/html; charset=utf-8', (view) => statusPage(view, shown))
      : missing();
  });
  app.get('/items/:id/:slug?', async (c) => {
    const item = store.items.find(c.req.param('id'));
    if (!item) return missing();
    // The title as pages and feeds show it: a Location header must give no private address away either.
    const path = itemPath({ id: item.id, title: redactionFor(ports.config()).text(item.title) });
    if (new URL(c.req.url).pathname !== path) return toResponse(redirectReply(301, path, BRIEFLY));
    await count(c, 'view', item);
    return page(c, path, (view) => itemPage(view, item, { more: moreLike(item, snapshot()) }));
  });
  app.get('/go/:id', async (c) => {
    const item = store.items.find(c.req.param('id'));
    const original = redactionFor(ports.config()).url(item?.url);
    if (!item || original === undefined) return missing();
    await count(c, 'click', item);
    // 302: a 301 would be remembered, and later clicks never be seen.
    return toResponse(redirectReply(302, original, 'no-store'));
  });

  for (const path of [`/${FEED_FILE}`, `/:kind{categories|sources|tags|authors}/:name/${FEED_FILE}`]) {
    app.get(path, async (c) => {
      const document = await feeds.find(new URL(c.req.url).pathname);
      return document ? respond(c, document) : missing();
    });
    app.options(path, () => toResponse({ status: 204, headers: [...PREFLIGHT, ...SECURITY_HEADERS] }));
  }
  app.get('/opml.xml', (c) =>
    cached(c, '/opml.xml', 'text/x-opml; charset=utf-8', (view) => publishOpml(view.config, view.sources)),
  );
  for (const [path, document] of assets) app.get(path, (c) => respond(c, document));
  app.get('/status/feed.xml', (c) =>
    status(c, '/status/feed.xml', 'application/rss+xml; charset=utf-8', (view) => operatorFeed(view, store)),
  );
  app.get('/metrics', async (c) => {
    const { metrics, areMetricsOpen } = ports;
    if (!metrics || !(areMetricsOpen || isFromThisMachine(c))) return missing();
    return toResponse(reply(200, 'text/plain; version=0.0.4; charset=utf-8', Buffer.from(await metrics.render())));
  });
  app.get('/healthz', () => json(200, { status: 'ok', version: ports.version }));
  app.get('/readyz', () => (ports.isReady() ? json(200, { ready: true }) : json(503, { ready: false })));

  app.notFound((c) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      return toResponse(problemReply(405, snapshot().view, ['Allow', 'GET, HEAD']));
    }
    const { pathname, search } = new URL(c.req.url);
    // One slash at the end is a slip; a second one at the start would lead to another host.
    const withoutSlash = /^(\/[^/\\].*[^/])\/$/.exec(pathname)?.[1];
    return withoutSlash === undefined ? missing() : toResponse(redirectReply(301, withoutSlash + search, BRIEFLY));
  });
  app.onError((error, c) => {
    log('error', 'web.failed', { path: c.req.path.slice(0, 200), error });
    return toResponse(problemReply(500));
  });
  return app;

  function page(c: SiteContext, key: string, render: (view: View) => string): Promise<Response> {
    return cached(c, key, 'text/html; charset=utf-8', render);
  }

  async function list(
    c: SiteContext,
    path: string,
    items: ItemList,
    render: (view: View, shown: ListPage) => string,
  ): Promise<Response> {
    const [before, after] = [c.req.query('before'), c.req.query('after')];
    const shown = pageOf(items, { before, after }, path);
    return shown ? page(c, shown.href ?? path, (view) => render(view, shown)) : missing();
  }

  /** How polling goes. The operator's mistakes in feeds.json are for this machine alone. */
  async function status(
    c: SiteContext,
    key: string,
    contentType: string,
    render: (view: View) => string,
  ): Promise<Response> {
    if (isFromThisMachine(c)) return cached(c, `${key} local`, contentType, render, 'private, no-cache');
    if (ports.config().status === 'local') return missing();
    // A view is made of what is asked for: copied, all of it would be.
    return cached(c, key, contentType, (view) => render(Object.create(view, { feedsFile: { value: undefined } })));
  }

  function sourcesOf(c: SiteContext, path: string, choose: (view: View) => readonly SourceView[]) {
    const asked = { number: c.req.query('page'), filter: c.req.query('q') };
    const { view } = snapshot();
    return sourcesPageOf(view, choose(view), asked, path);
  }

  function sourceList(
    c: SiteContext,
    path: string,
    choose: (view: View) => readonly SourceView[],
    render: (view: View, shown: SourcesPage) => string,
  ): Response | Promise<Response> {
    const shown = sourcesOf(c, path, choose);
    return shown ? page(c, shown.href ?? path, (view) => render(view, shown)) : missing();
  }

  function cached(
    c: SiteContext,
    key: string,
    contentType: string,
    render: (view: View) => string,
    cacheControl = 'no-cache',
  ): Promise<Response> {
    const document = ports.pages.get(key, () => {
      const { view } = snapshot();
      const recipe = { contentType, cacheControl, vary: 'Accept-Encoding', lastModified: view.now };
      return prepare(render(view), recipe);
    });
    return respond(c, document);
  }

  async function count(c: SiteContext, kind: 'view' | 'click', item: Item): Promise<void> {
    const header = (name: string) => c.req.raw.headers.get(name) ?? undefined;
    const peer = c.env?.peer;
    const isNew = await visits.count(kind, item, { method: c.req.method, header, peer });
    if (isNew) ports.metrics?.counted(kind);
    if (isNew) snapshot().lists.visited(item);
    if (isNew && kind === 'view') feeds.viewed(item);
  }

  function missing(): Response {
    return toResponse(problemReply(404, snapshot().view));
  }
}

/** A proxy on this machine says by a header of its own for whom it asks. */
function isFromThisMachine(c: SiteContext): boolean {
  const isForwarded = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'].some((name) => c.req.raw.headers.has(name));
  return !isForwarded && /^(::1|(::ffff:)?127\.[\d.]+)$/.test(c.env?.peer ?? '');
}

async function respond(c: SiteContext, document: Prepared): Promise<Response> {
  const { method, headers } = c.req.raw;
  const field = (name: string) => headers.get(name) ?? undefined;
  const asking = {
    method,
    acceptEncoding: field('accept-encoding'),
    ifNoneMatch: field('if-none-match'),
    ifModifiedSince: field('if-modified-since'),
    fetchDest: field('sec-fetch-dest'),
  };
  await encode(document, chooseEncoding(asking.acceptEncoding));
  return toResponse(answer(document, asking));
}

/** A Reply as the Fetch standard has it. */
export function toResponse({ status, headers, body }: Reply): Response {
  const pairs: [string, string][] = [];
  for (let index = 0; index < headers.length; index += 2) pairs.push([headers[index] ?? '', headers[index + 1] ?? '']);
  return new Response(body ?? null, { status, headers: pairs });
}

function json(status: number, value: unknown): Response {
  return toResponse(reply(status, 'application/json', Buffer.from(`${JSON.stringify(value)}\n`)));
}
