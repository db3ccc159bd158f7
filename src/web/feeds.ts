import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Config, Instant, Item } from '../model.ts';
import { decodePercent } from '../parse-url.ts';
import { categoryPath, sourcePath } from '../publish/links.ts';
import type { PublishContext } from '../publish/publish-context.ts';
import { publishInTurns, selectRiver } from '../publish/publish-feed.ts';
import { tallyStep } from '../publish/tally-steps.ts';
import type { Store } from '../store/store.ts';
import { FEED_STYLE_PATH } from './assets.ts';
import { encode, type Prepared, prepare } from './prepared.ts';
import type { SiteLists } from './site-lists.ts';
import type { Snapshot } from './snapshot.ts';
import type { View } from './view.ts';

/** The feeds of every list, as bytes that are made once per change and never on a request once they are there. */
export interface Feeds {
  /** The bytes at an address path if they are prepared: for the way near the socket. */
  ready(path: string): Prepared | undefined;
  /** The bytes at an address path, prepared now when they have never been asked for; undefined when no list has it. */
  find(path: string): Promise<Prepared | undefined>;
  /** Makes anew, soon, every prepared list that these items are in, or were in. */
  touch(itemIds: readonly string[]): void;
  /** Makes anew, soon, the lists whose bytes show another step of the item's views than the one reached now. */
  viewed(item: Item): void;
  /** Takes away lists that feeds.json no longer has, and makes all others anew. */
  refresh(): void;
  /** The files of the merged feed by address path, as far as they are prepared. */
  merged(): ReadonlyMap<string, Prepared>;
  /** Resolves once the merged feed is there and nothing waits to be made. */
  settle(): Promise<void>;
  close(): void;
}

export interface FeedPorts {
  readonly store: Store;
  readonly config: () => Config;
  readonly clock: () => Instant;
  readonly log: Log;
  readonly snapshot: () => Snapshot;
}

const FORMATS = [
  { file: 'feed.xml', key: 'rss', contentType: 'application/rss+xml; charset=utf-8', isXml: true },
  { file: 'atom.xml', key: 'atom', contentType: 'application/atom+xml; charset=utf-8', isXml: true },
  { file: 'feed.json', key: 'json', contentType: 'application/feed+json', isXml: false },
] as const;

/** Changes come in bursts while a poll runs. */
const QUIET_MS = 250;
/** Last-Modified counts in seconds: two changes within one would look like one to a client without entity tags. */
const APART_MS = 1000;
/** Pause after the making of a list, in times of what it took: many lists never take more than a third of the main thread. */
const PAUSE_FACTOR = 2;
/** Lists kept prepared beside the merged one, the longest unasked going first; one of 100 items takes about 0.7 MB. */
const MAX_LISTS = 40;

interface List {
  /** Its items, each with the step of the tally that its bytes show. */
  readonly steps: ReadonlyMap<string, number | undefined>;
  /** By file name. */
  readonly documents: ReadonlyMap<string, Prepared>;
}

/** What a list is at this moment; ready for publishFeed. */
interface Description {
  /** Address path of its page, percent-encoded; '' is the merged one. */
  readonly path: string;
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly source?: string;
  /** Newest arrival first. */
  readonly items: Iterable<Item>;
}

export function createFeeds(ports: FeedPorts): Feeds {
  const { store, config, log } = ports;
  const lists = new Map<string, List>();
  /** The same documents by address path: one look-up on the way near the socket. */
  const addresses = new Map<string, { readonly document: Prepared; readonly list: string }>();
  /** The last request for a list, counted in requests. */
  const asked = new Map<string, number>();
  const making = new Map<string, Promise<void>>();
  /** Those that wait to be made anew, the longest wait first. */
  const dirty = new Set<string>();
  /** When each was last made, by performance.now(). */
  const madeAt = new Map<string, number>();
  let requests = 0;
  let changes = 0;
  let madeWith = config();
  /** When the main thread has had its pause after the last making. */
  let restedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let remaking: Promise<void> | undefined;
  let isClosed = false;

  function ready(path: string): Prepared | undefined {
    const found = addresses.get(path);
    if (!found) return undefined;
    requests += 1;
    asked.set(found.list, requests);
    return found.document;
  }

  async function find(path: string): Promise<Prepared | undefined> {
    const prepared = ready(path);
    if (prepared) return prepared;
    const [, listPath, file] = /^(.*)\/(feed\.xml|atom\.xml|feed\.json)$/s.exec(path) ?? [];
    const list = listPath === undefined ? undefined : describe(listPath, ports);
    if (!list || file === undefined) return undefined;
    if (!lists.has(list.path)) {
      const work = making.get(list.path) ?? make(list.path).finally(() => making.delete(list.path));
      making.set(list.path, work);
      await work;
    }
    return ready(`${list.path}/${file}`);
  }

  /** Renders one list and puts its bytes in place, all formats at once. */
  async function make(path: string): Promise<void> {
    let startedAt = performance.now();
    let costMs = 0;
    madeAt.set(path, startedAt);
    const turn = async () => {
      costMs += performance.now() - startedAt;
      await nextTurn();
      startedAt = performance.now();
    };
    const changesBefore = changes;
    const list = describe(path, ports);
    if (!list) return drop(path);
    const before = lists.get(path);
    const made = await render(list, before, ports, turn);
    costMs += performance.now() - startedAt;
    restedAt = performance.now() + costMs * PAUSE_FACTOR;
    await Promise.all([...made.documents.values()].flatMap((bytes) => [encode(bytes, 'gzip'), encode(bytes, 'br')]));
    if (isClosed) return;
    // Gone from feeds.json meanwhile: it must not come back.
    if (!describe(path, ports)) return drop(path);
    lists.set(path, made);
    for (const [file, document] of made.documents) addresses.set(`${path}/${file}`, { document, list: path });
    if (!before) asked.set(path, requests);
    if (changes !== changesBefore) spoil([path]);
    dropLongestUnasked();
  }

  function drop(path: string): void {
    lists.delete(path);
    asked.delete(path);
    madeAt.delete(path);
    for (const { file } of FORMATS) addresses.delete(`${path}/${file}`);
  }

  function dropLongestUnasked(): void {
    const byAsking = [...lists.keys()]
      .filter((path) => path !== '')
      .sort((a, b) => (asked.get(a) ?? 0) - (asked.get(b) ?? 0));
    for (const path of byAsking.slice(0, Math.max(0, byAsking.length - MAX_LISTS))) drop(path);
  }

  function touch(itemIds: readonly string[]): void {
    if (config() !== madeWith) refresh();
    changes += 1;
    // Seldom asked for, and dear to name for each of thousands of items.
    const areLabelsKept = [...lists.keys()].some((path) => /^\/(?:tags|authors)\//.test(path));
    const labels = areLabelsKept ? ports.snapshot().lists : undefined;
    const belongTo = new Set(itemIds.flatMap((id) => listsOf(store.items.find(id), labels)));
    spoil(
      [...lists]
        .filter(([path, list]) => belongTo.has(path) || itemIds.some((id) => list.steps.has(id)))
        .map(([path]) => path),
    );
  }

  function viewed(item: Item): void {
    if (!config().tallies) return;
    const step = tallyStep(store.tally(item).views);
    const outdated = [...lists].filter(([, { steps }]) => steps.has(item.id) && steps.get(item.id) !== step);
    // A list that is being made for the first time may have been rendered before this view.
    if (making.size > 0 || outdated.length > 0) changes += 1;
    spoil(outdated.map(([path]) => path));
  }

  function refresh(): void {
    madeWith = config();
    changes += 1;
    for (const path of [...lists.keys()]) if (!describe(path, ports)) drop(path);
    spoil([...lists.keys()]);
  }

  function spoil(paths: readonly string[]): void {
    for (const path of paths) dirty.add(path);
    if (dirty.size === 0 || timer !== undefined || remaking || isClosed) return;
    const dueAt = Math.min(...Array.from(dirty, dueOf));
    timer = setTimeout(remakeNext, Math.max(QUIET_MS, Math.max(dueAt, restedAt) - performance.now())).unref();
  }

  /** From when on a list may be made anew. */
  function dueOf(path: string): number {
    return (madeAt.get(path) ?? Number.NEGATIVE_INFINITY) + APART_MS;
  }

  /** The merged one whenever it is due: whatever else there is to be made, what is new is in it within two seconds. */
  function remakeNext(): void {
    timer = undefined;
    const now = performance.now();
    const next = dirty.has('') && dueOf('') <= now ? '' : [...dirty].find((path) => dueOf(path) <= now);
    if (next === undefined) spoil([]);
    else void remake(next);
  }

  /** One that cannot be made keeps its last bytes. */
  function remake(path: string): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    dirty.delete(path);
    remaking = make(path)
      .catch((error: unknown) => log('error', 'feed.failed', { list: path, error }))
      .finally(() => {
        remaking = undefined;
        spoil([]);
      });
    return remaking;
  }

  async function settle(): Promise<void> {
    await find('/feed.xml');
    for (;;) {
      await remaking;
      const [next] = dirty;
      if (next === undefined) return;
      if (!remaking) await remake(next);
    }
  }

  function close(): void {
    isClosed = true;
    clearTimeout(timer);
  }

  function merged(): ReadonlyMap<string, Prepared> {
    return new Map(Array.from(lists.get('')?.documents ?? [], ([file, document]) => [`/${file}`, document]));
  }

  return { ready, find, touch, viewed, refresh, merged, settle, close };
}

/** The list at an address path, in any percent-encoding; undefined when there is none. */
export function describe(
  path: string,
  { config, snapshot }: Pick<FeedPorts, 'config' | 'snapshot'>,
): Description | undefined {
  const { site } = config();
  const { view, lists } = snapshot();
  if (path === '') return { path, key: '', title: site.title, description: site.description, items: lists.published };
  const [, kind, encodedName = ''] = /^\/(categories|sources|tags|authors)\/([^/]+)$/.exec(path) ?? [];
  const name = decodePercent(encodedName);
  if (kind === 'categories') {
    const category = view.categories.find(({ slug }) => slug === name);
    return category && describeAs(`categories/${category.slug}`, category.name, lists.ofCategory(category.slug));
  }
  if (kind === 'tags' || kind === 'authors') {
    const label = name === undefined ? undefined : lists[kind].find(name);
    return label && describeAs(`${kind}/${name}`, label.name, label.items);
  }
  const source = kind === 'sources' && name !== undefined ? view.source(name) : undefined;
  const id = source?.source.id;
  return id === undefined
    ? undefined
    : { ...describeAs(`sources/${id}`, source?.name ?? id, lists.ofSource(id)), source: id };

  function describeAs(key: string, listTitle: string, items: Iterable<Item>): Description {
    const encoded = key.split('/').map(encodeURIComponent).join('/');
    return { path: `/${encoded}`, key, title: `${site.title}: ${listTitle}`, description: site.description, items };
  }
}

/** Paths of the lists that an item is in. */
function listsOf(item: Item | undefined, lists: Pick<SiteLists, 'tags' | 'authors'> | undefined): readonly string[] {
  if (!item?.published) return [];
  const labels = lists ? [...lists.tags.of(item), ...lists.authors.of(item)] : [];
  const labelled = labels.flatMap(({ path }) => path ?? []);
  return ['', ...item.categories.map(categoryPath), ...item.via.map(({ source }) => sourcePath(source)), ...labelled];
}

/** What publishing needs to know of this view. */
export function publishContext({ site }: Pick<Store, 'site'>, view: View): PublishContext {
  return {
    siteUuid: site.uuid,
    created: site.created,
    config: view.config,
    source: view.source,
    views: (item) => view.tally(item).views,
    stylesheetPath: FEED_STYLE_PATH,
  };
}

async function render(
  list: Description,
  before: List | undefined,
  { store, config, clock, snapshot }: FeedPorts,
  turn: () => Promise<void>,
): Promise<List> {
  const now = clock();
  const items = selectRiver(list.items, now, config().items);
  const steps = new Map(items.map((item) => [item.id, tallyStep(store.tally(item).views)]));
  const { view } = snapshot();
  const published = await publishInTurns({ ...list, items }, publishContext(store, view), turn);
  const documents = FORMATS.map(({ file, key, contentType, isXml }) => {
    const old = before?.documents.get(file);
    const fresh = prepare(published[key], {
      contentType,
      // Chromium shows application/rss+xml as source text.
      ...(isXml && { documentType: 'application/xml; charset=utf-8' }),
      cacheControl: 'public, max-age=300, stale-while-revalidate=60',
      vary: 'Accept-Encoding, Sec-Fetch-Dest',
      // What went or was counted leaves no date of its own: later versions are as new as their making.
      lastModified: old !== undefined || published.updated > now ? now : published.updated,
      extraHeaders: ['Access-Control-Allow-Origin', '*'],
    });
    return [file, old?.hash === fresh.hash ? old : fresh] as const;
  });
  return { steps, documents: new Map(documents) };
}
