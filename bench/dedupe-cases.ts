import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { matchDocument } from '../src/identity/match-document.ts';
import { MATCH_RULES, type MatchRule } from '../src/identity/match-rules.ts';
import { MATCH_STEPS, type MatchStep } from '../src/identity/match-steps.ts';
import { hostOfUrl } from '../src/identity/url-keys.ts';
import { createItemIndex, type ItemIndex } from '../src/items/item-index.ts';
import type { FeedDocument, Instant, Item, Source, SourceRecord } from '../src/model.ts';
import { parseFeed } from '../src/parse/parse-feed.ts';

/** One identity case of the shared collection: polls of sources at given times, and what must come out. */
interface DedupeCase {
  readonly id: string;
  readonly cat: string;
  readonly polls: readonly CasePoll[];
  /** Polls share `at`: run in every order, the items must be the same. */
  readonly permute?: boolean;
  readonly redirects?: Readonly<Record<string, string>>;
  /** Sensible people may differ: not counted. */
  readonly taste?: boolean;
}

interface CasePoll {
  readonly source: { readonly id: string; readonly url: string; readonly title: string };
  readonly at: string;
}

export interface Rendered {
  readonly body: string;
  readonly contentType: string;
}

/** A case with its polls' documents, as they are served and as the real parser reads them. */
export interface ReadCase extends DedupeCase {
  readonly rendered: readonly Rendered[];
  readonly documents: readonly FeedDocument[];
}

/** The judge of the shared collection. */
export type Score = (one: DedupeCase, dump: unknown) => { readonly fail: readonly string[] };

export interface Rules {
  readonly steps: readonly MatchStep[];
  readonly rules: readonly MatchRule[];
}

export const ALL_RULES: Rules = { steps: MATCH_STEPS, rules: MATCH_RULES };

/** The shared cases, read, and their judge; undefined where the collection is not at hand. */
export async function loadDedupe(): Promise<{ cases: readonly ReadCase[]; score: Score } | undefined> {
  const folder = path.resolve('../shared/dedupe');
  if (!existsSync(folder)) return undefined;
  const open = (name: string): Promise<unknown> => import(pathToFileURL(path.join(folder, name)).href);
  const { loadCases, renderPoll } = (await open('render.mjs')) as {
    loadCases(file: string): readonly DedupeCase[];
    renderPoll(poll: CasePoll): Rendered;
  };
  const { scoreCase } = (await open('score.mjs')) as { scoreCase: Score };
  const cases = loadCases(path.join(folder, 'cases.jsonl')).map(async (one): Promise<ReadCase> => {
    const rendered = one.polls.map((poll) => ({ ...renderPoll(poll), baseUrl: poll.source.url }));
    const documents = rendered.map(({ body, contentType, baseUrl }) =>
      parseFeed(Buffer.from(body), { contentType, baseUrl, html: false }),
    );
    return { ...one, rendered, documents: await Promise.all(documents) };
  });
  return { cases: await Promise.all(cases), score: scoreCase };
}

/** Runs a case's polls, in every order if it asks for that; undefined when it passes, else the judge's words. */
export function runCase(one: ReadCase, score: Score, rules = ALL_RULES): string | undefined {
  const dumps = ordersOf(one).map((order) => dumpOf(pollAll(one, order, rules)));
  return judge(one, dumps, score);
}

/** The orders that a case's polls are to be run in, each a list of their places. */
export function ordersOf(one: DedupeCase): readonly (readonly number[])[] {
  const inOrder = one.polls.map((_, at) => at);
  return one.permute ? permutationsOf(inOrder) : [inOrder];
}

/** The judge's words about what came of each order; undefined when all are well and the same. */
export function judge(one: DedupeCase, dumps: readonly unknown[], score: Score): string | undefined {
  const failures = dumps.flatMap((dump) => score(one, dump).fail);
  if (new Set(dumps.map((dump) => JSON.stringify(dump))).size > 1) failures.push('the order of the polls counts');
  return failures.length === 0 ? undefined : failures.join('; ');
}

function pollAll(one: ReadCase, order: readonly number[], rules: Rules): ItemIndex {
  const index = createItemIndex(rules.rules);
  const last = new Map<string, { record: SourceRecord; url: string; at: Instant }>();
  const ownHosts = new Set(one.polls.flatMap(({ source }) => hostOfUrl(source.url) ?? []));
  for (const at of order) {
    const [poll, document] = [one.polls[at], one.documents[at]];
    if (!poll || !document) continue;
    const source = aSource(poll.source);
    const before = last.get(source.id);
    const now = new Date(poll.at).toISOString();
    const { record } = matchDocument(
      {
        source,
        record: before?.record,
        document,
        now,
        ...(before && { previousSuccessAt: before.at }),
        retentionDays: 0,
        ownHosts,
        addressChanged: before !== undefined && before.url !== source.url,
        baseUrl: source.url,
        resolved: new Map(Object.entries(one.redirects ?? {})),
      },
      rules.steps,
    );
    last.set(source.id, { record, url: source.url, at: now });
    index.apply(source, record);
  }
  return index;
}

/** A source with every default. */
export function aSource(given: Pick<Source, 'id' | 'url'> & Partial<Source>): Source {
  return {
    categories: [],
    content: 'summary',
    poll: '*/30 * * * *',
    timeoutSeconds: 30,
    private: false,
    insecureTls: false,
    disabled: false,
    ...given,
  };
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
