import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createItemIndex, type ItemIndex } from '../src/items/item-index.ts';
import type { Join } from '../src/items/join.ts';
import { JOINS } from '../src/items/join.ts';
import { RUNGS, type Rung } from '../src/items/ladder.ts';
import { matchDocument } from '../src/items/match-document.ts';
import { hostOfUrl } from '../src/items/url-keys.ts';
import type { FeedDocument, Instant, Item, ListedEntry, Source, SourceRecord } from '../src/model.ts';

/** One identity case, as ../shared/dedupe/README.md describes it. */
export interface DedupeCase {
  readonly id: string;
  readonly cat: string;
  readonly title: string;
  readonly polls: readonly CasePoll[];
  readonly permute?: boolean;
  readonly redirects?: Readonly<Record<string, string>>;
  readonly taste?: boolean;
}

export interface CasePoll {
  readonly source: { readonly id: string; readonly url: string; readonly title: string; readonly site?: string };
  readonly at: string;
  readonly format: string;
  readonly items: readonly CaseItem[];
}

type CaseItem = Partial<
  Record<
    'guid' | 'link' | 'title' | 'published' | 'updated' | 'content' | 'enclosure' | 'origLink' | 'externalUrl',
    string
  >
> & { readonly permalink?: boolean };

export interface Rules {
  readonly rungs: readonly Rung[];
  readonly joins: readonly Join[];
}

export const ALL_RULES: Rules = { rungs: RUNGS, joins: JOINS };

interface Judge {
  loadCases(file: string): readonly DedupeCase[];
  scoreCase(one: DedupeCase, dump: unknown): { readonly pass: boolean; readonly fail: readonly string[] };
}

/** The cases and their judge; undefined where the collection is not at hand. */
export async function loadDedupe(): Promise<{ cases: readonly DedupeCase[]; score: Judge['scoreCase'] } | undefined> {
  const folder = path.resolve('../shared/dedupe');
  if (!existsSync(folder)) return undefined;
  const { loadCases } = (await import(pathToFileURL(path.join(folder, 'render.mjs')).href)) as Judge;
  const { scoreCase } = (await import(pathToFileURL(path.join(folder, 'score.mjs')).href)) as Judge;
  return { cases: loadCases(path.join(folder, 'cases.jsonl')), score: scoreCase };
}

/** Runs a case's polls in the given order and says what the judge says: undefined when it passes, else its words. */
export function runCase(one: DedupeCase, score: Judge['scoreCase'], rules = ALL_RULES): string | undefined {
  const orders = one.permute ? permutationsOf(one.polls.map((_, at) => at)) : [one.polls.map((_, at) => at)];
  const dumps = orders.map((order) => dumpOf(pollAll(one, order, rules)));
  const failures = dumps.flatMap((dump) => score(one, dump).fail);
  if (new Set(dumps.map((dump) => JSON.stringify(dump))).size > 1) failures.push('the order of the polls counts');
  return failures.length === 0 ? undefined : failures.join('; ');
}

function pollAll(one: DedupeCase, order: readonly number[], rules: Rules): ItemIndex {
  const index = createItemIndex(rules.joins);
  const records = new Map<string, { record: SourceRecord; url: string; at: Instant }>();
  const ownHosts = new Set(one.polls.flatMap(({ source }) => hostOfUrl(source.url) ?? []));
  const polls = order.flatMap((at) => one.polls[at] ?? []);
  for (const poll of polls) {
    const source = sourceOf(poll);
    const before = records.get(source.id);
    const now = new Date(poll.at).toISOString();
    const { record } = matchDocument(
      {
        source,
        record: before?.record,
        document: documentOf(poll),
        now,
        ...(before && { previousSuccessAt: before.at }),
        retentionDays: 0,
        ownHosts,
        addressChanged: before !== undefined && before.url !== source.url,
        baseUrl: source.url,
        resolved: new Map(Object.entries(one.redirects ?? {})),
      },
      rules.rungs,
    );
    records.set(source.id, { record, url: source.url, at: now });
    index.apply(source, record);
  }
  return index;
}

function sourceOf({ source: { id, url, title } }: CasePoll): Source {
  return {
    id,
    url,
    title,
    content: 'summary',
    poll: '*/30 * * * *',
    timeoutSeconds: 30,
    private: false,
    insecureTls: false,
    disabled: false,
  };
}

/** What the parser makes of the document that render.mjs would write. */
function documentOf({ source, format, items }: CasePoll): FeedDocument {
  return {
    feed: { title: source.title, url: source.site ?? new URL('/', source.url).href, feedUrl: source.url },
    entries: items.map((item) => listedOf(item, source.url, format)),
    skipped: 0,
    complete: true,
  };
}

function listedOf(item: CaseItem, base: string, format: string): ListedEntry {
  const text = plain(item.content);
  const updated = item.updated ?? (format === 'atom' ? item.published : undefined);
  const listed: Record<string, unknown> = {
    guid: item.guid?.trim() || undefined,
    permalink: item.permalink ? resolve(item.guid, base) : undefined,
    link: resolve(item.link, base),
    origLink: resolve(item.origLink, base),
    externalUrl: resolve(item.externalUrl, base),
    title: plain(item.title),
    text,
    publishedAt: instant(item.published),
    updatedAt: instant(updated),
    minutes: 1,
    authors: [],
    categories: [],
    enclosures: item.enclosure ? [{ url: item.enclosure, type: 'audio/mpeg', length: 1000 }] : [],
    origins: [],
  };
  for (const [name, value] of Object.entries(listed)) if (value === undefined) delete listed[name];
  return listed as unknown as ListedEntry;
}

function plain(html: string | undefined): string | undefined {
  const text = html
    ?.replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 2000);
  return text || undefined;
}

function resolve(url: string | undefined, base: string): string | undefined {
  return url && URL.canParse(url, base) ? new URL(url, base).href : undefined;
}

function instant(date: string | undefined): Instant | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function dumpOf(index: ItemIndex): unknown {
  const line = (item: Item) => ({
    url: item.url,
    title: item.title,
    date: item.date,
    via: item.via,
    guids: [...new Set(item.entries.flatMap(({ guids }) => guids))],
  });
  return { items: index.newest().map(line) };
}

function permutationsOf<T>(values: readonly T[]): T[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, at) => permutationsOf(values.toSpliced(at, 1)).map((rest) => [value, ...rest]));
}
