import { SOURCE_LIMITS } from '../../src/identity/source-limits.ts';
import type { Config, Entry, Item, SafeHtml, Source, Via } from '../../src/model.ts';
import type { FeedList, PublishContext, PublishedSource } from '../../src/publish/publish-context.ts';

/** Builders that hold the boring values. */

export const SITE_UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

export function aSource(fields: Partial<Source> & { id: string }): Source {
  return {
    url: `https://${fields.id}.example/feed.xml`,
    content: 'summary',
    poll: '*/30 * * * *',
    timeoutSeconds: 30,
    categories: [],
    private: false,
    insecureTls: false,
    disabled: false,
    ...fields,
  };
}

export function anEntry(fields: Partial<Entry> = {}): Entry {
  return {
    id: 'aaaaaaaaaaaa',
    source: 'field',
    guids: ['tag:field.example,2026:1'],
    linkKeys: ['field.example/1'],
    url: 'https://field.example/1',
    viaUrl: 'https://field.example/1',
    title: 'Small models, long memory',
    text: 'The assistant moves onto the device. It remembers what was said. A third sentence is not shown.',
    minutes: 3,
    authors: [],
    categories: [],
    enclosures: [],
    origins: [],
    firstSeen: '2026-03-04T09:20:00.000Z',
    lastListed: '2026-03-05T09:00:00.000Z',
    arrival: '2026-03-04T09:20:00.000Z',
    date: '2026-03-04T09:12:00.000Z',
    published: true,
    ...fields,
  };
}

/** An item of the entries; its via are made from them, one a source. */
export function anItem(fields: Partial<Item> = {}, entries: readonly Entry[] = [anEntry()]): Item {
  const [first = anEntry()] = entries;
  const via = new Map<string, Via>();
  for (const entry of entries) {
    if (via.has(entry.source)) continue;
    via.set(entry.source, {
      source: entry.source,
      name: NAMES.get(entry.source) ?? entry.source,
      ...(entry.viaUrl !== undefined && { url: entry.viaUrl }),
      ...(entry.comments !== undefined && { discussion: entry.comments }),
      feed: `https://${entry.source}.example/feed.xml`,
      ...(entry.guids[0] !== undefined && { guid: entry.guids[0] }),
      firstSeen: entry.firstSeen,
    });
  }
  return {
    id: first.id,
    entries,
    hidden: [],
    primary: first,
    body: first,
    ...(first.url !== undefined && { url: first.url }),
    title: first.title ?? 'field.example, March 4',
    date: first.date,
    arrival: first.arrival,
    firstSeen: first.firstSeen,
    updated: first.edited ?? first.date,
    published: first.published,
    via: [...via.values()],
    categories: [],
    ...fields,
  };
}

const NAMES = new Map([
  ['field', 'Field Notes'],
  ['kimmonismus', '@kimmonismus'],
]);

/** An item with an id and address of its own. */
export function anItemNumber(number: number, entry: Partial<Entry> = {}, fields: Partial<Item> = {}): Item {
  const id = `item${String(number).padStart(8, '0')}`;
  const url = `https://field.example/${number}`;
  return anItem(fields, [anEntry({ id, url, viaUrl: url, guids: [url], title: `Story ${number}`, ...entry })]);
}

export const html = (text: string): SafeHtml => text as SafeHtml;

export function aConfig(fields: Partial<Omit<Config, 'site'>> & { site?: Partial<Config['site']> } = {}): Config {
  return {
    poll: '*/30 * * * *',
    timezone: 'UTC',
    items: 100,
    content: 'summary',
    link: 'original',
    tallies: true,
    status: 'public',
    retentionDays: 90,
    allow: [],
    trustProxy: [],
    limits: {
      concurrency: 16,
      perHost: 1,
      timeoutSeconds: 30,
      maxBodyMB: 10,
      ...SOURCE_LIMITS,
    },
    sources: [aSource({ id: 'field', title: 'Field Notes', homepage: 'https://field.example/' })],
    ...fields,
    site: {
      title: 'Model Watch',
      description: 'What is told about models.',
      language: 'en',
      url: 'https://news.example.org',
      urlIsConfigured: true,
      ...fields.site,
    },
  };
}

/** A context whose sources are those of its config. */
export function aContext(config: Config = aConfig(), fields: Partial<PublishContext> = {}): PublishContext {
  const sources = new Map(config.sources.map((source) => [source.id, published(source)]));
  return { siteUuid: SITE_UUID, config, source: (id) => sources.get(id), views: () => 0, ...fields };
}

export function published(source: Source): PublishedSource {
  const { homepage } = source;
  return { source, name: source.via ?? source.title ?? source.id, ...(homepage !== undefined && { homepage }) };
}

export function aList(items: readonly Item[], fields: Partial<FeedList> = {}): FeedList {
  return { key: '', title: 'Model Watch', description: 'What is told about models.', path: '', items, ...fields };
}
