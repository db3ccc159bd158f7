import { hash } from 'node:crypto';
import { DAY_MS } from '../durations.ts';
import { allEntries } from '../items/item-index.ts';
import type { Item } from '../model.ts';
import { tallyStep } from '../publish/tally-steps.ts';
import { publicFeedUrl } from '../publish/web-url.ts';
import type { Store } from '../store/store.ts';
import { programHash } from '../version.ts';
import { createDayOf } from './days.ts';
import type { ListPage, SourceView, View } from './view.ts';

/** Stands for all that the bytes of a file depend on: two files of one name and one hash have the same bytes. What goes into it is
 *  rather too much than too little: a page that is made in vain costs a moment, a stale one stays. */
export type FileHash = string;

/** The hashes of the files of one view, made without rendering any. */
export interface FileHashes {
  ofItemPage(item: Item, more: readonly Item[]): FileHash;
  /** `about`: what the page says beside its items. */
  ofListPage(path: string, list: ListPage, about: unknown): FileHash;
  ofFeed(path: string, items: readonly Item[], about: unknown): FileHash;
  /** What pages and feeds show of a source, its own counts and polls left out. */
  ofSource(id: string): FileHash;
  of(value: unknown): FileHash;
}

const HASH_CHARS = 16;
/** A page says the time of what came on this day, whatever the time zone, and of all else the date. */
const TODAY_MS = 2 * DAY_MS;

export function createFileHashes({ view, store }: { readonly view: View; readonly store: Store }): FileHashes {
  const { sources, ...settings } = view.config;
  // Of private addresses and of those that look like them, what may be shown of any text depends on all addresses.
  const isAnyPrivate = sources.some((source) => source.secrets || publicFeedUrl(source) === undefined);
  const site = hashOf(JSON.stringify([programHash(), settings, store.site, isAnyPrivate && sources]));
  const categories = view.categories.map(({ name, slug }) => [name, slug]);
  const today = createDayOf(view.config.timezone)(view.now);
  const recentFrom = new Date(Date.parse(view.now) - TODAY_MS).toISOString();
  const ofSources = new Map<string, FileHash>();
  const ofItems = new Map<Item, FileHash>();

  const of = (value: unknown) => hashOf(site + JSON.stringify(value));

  function ofSource(id: string): FileHash {
    const known = ofSources.get(id) ?? of(shownOf(view.source(id)));
    ofSources.set(id, known);
    return known;
  }

  /** What lists and feeds show of an item, but for what was counted. */
  function ofItem(item: Item): FileHash {
    const known = ofItems.get(item);
    if (known !== undefined) return known;
    const { primary, body, ...rest } = item;
    const sightings = [item.arrival, item.date, ...item.via.map(({ firstSeen }) => firstSeen)];
    const isRecent = sightings.some((at) => at > recentFrom);
    const made = of([
      rest,
      primary.id,
      body.id,
      allEntries(item).map(({ source }) => ofSource(source)),
      isRecent ? today : today.slice(0, 'YYYY'.length),
    ]);
    ofItems.set(item, made);
    return made;
  }

  return {
    of,
    ofSource,
    ofItemPage: (item, more) =>
      of([
        ofItem(item),
        view.tally(item).views,
        view.tagsOf(item),
        view.authorsOf(item),
        allEntries(item).length > 1 && view.reasons(item),
        more.map(ofItem),
      ]),
    ofListPage: (path, { items, ...head }, about) => of([path, head, about, categories, items.map(ofItem)]),
    ofFeed: (path, items, about) =>
      of([path, about, items.map((item) => [ofItem(item), tallyStep(view.tally(item).views)])]),
  };
}

/** The hash of these bytes, or of a text that stands for them. */
export function hashOf(bytes: Buffer | string): FileHash {
  return hash('sha256', bytes, 'base64url').slice(0, HASH_CHARS);
}

function shownOf(about: SourceView | undefined): unknown {
  return about && [about.source, about.name, about.homepage, about.feed?.language];
}
