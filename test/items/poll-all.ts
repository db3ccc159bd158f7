import { addMs, DAY_MS } from '../../src/durations.ts';
import { matchDocument } from '../../src/identity/match-document.ts';
import { MATCH_RULES, type MatchRule } from '../../src/identity/match-rules.ts';
import { MATCH_STEPS, type MatchStep } from '../../src/identity/match-steps.ts';
import { hostOfUrl } from '../../src/identity/url-keys.ts';
import { createItemIndex, type ItemIndex } from '../../src/items/item-index.ts';
import type { FeedInfo, Instant, ListedEntry, Source, SourceRecord } from '../../src/model.ts';

/** One poll of a source: what its document lists. */
export interface Poll {
  /** 'alice' unless said: its feed is https://alice.example/feed.xml. */
  readonly source?: string;
  readonly listed: readonly Partial<ListedEntry>[];
  /** Noon of March 2, and a day later for each further poll, unless said. */
  readonly at?: Instant;
  readonly feed?: FeedInfo;
  readonly complete?: boolean;
  readonly addressChanged?: boolean;
  readonly resolved?: ReadonlyMap<string, string>;
  readonly retentionDays?: number;
}

/** A source with every default, at https://ID.example/feed.xml. */
export function aSource(id = 'alice', given: Partial<Source> = {}): Source {
  return {
    id,
    url: `https://${id}.example/feed.xml`,
    content: 'summary',
    poll: '*/30 * * * *',
    timeoutSeconds: 30,
    categories: [],
    private: false,
    insecureTls: false,
    disabled: false,
    ...given,
  };
}

export function aListed(given: Partial<ListedEntry> = {}): ListedEntry {
  return { minutes: 1, authors: [], categories: [], enclosures: [], origins: [], ...given };
}

/** So many words of a text that no other `subject` shares a run of three with. */
export function wordsAbout(subject: string, count = 60): string {
  return Array.from({ length: count }, (_, at) => `${subject}${String.fromCharCode(97 + (at % 26))}${at}`).join(' ');
}

/** The text with so many of its words, ten apart, replaced: of 60 words and n replaced, (58 − 3n) of (58 + 3n) runs of
 *  three words are the same: .81, .73, .66, .59 for 2, 3, 4 and 5. */
export function reworded(text: string, count: number): string {
  return text
    .split(' ')
    .map((word, at) => (at % 10 === 5 && at < count * 10 ? `new${word}` : word))
    .join(' ');
}

/** A day of March 2026 at noon. */
export function march(day: number): Instant {
  return new Date(Date.UTC(2026, 2, day, 12)).toISOString();
}

/** The rules, for leaving one out. */
export interface Rules {
  readonly steps?: readonly MatchStep[];
  readonly rules?: readonly MatchRule[];
}

/** What is kept, and the items, after these polls. */
export interface Polled {
  readonly records: ReadonlyMap<string, SourceRecord>;
  readonly index: ItemIndex;
  /** Entries ('0.0 1.0' = item 0 of poll 0 and item 0 of poll 1) of one source or of all, sorted. What was folded into
   *  another of its document is not named. */
  entries(): readonly string[];
  /** The same for items. */
  items(): readonly string[];
}

export function pollAll(polls: readonly Poll[], { steps = MATCH_STEPS, rules = MATCH_RULES }: Rules = {}): Polled {
  const records = new Map<string, SourceRecord>();
  const lastAt = new Map<string, Instant>();
  const index = createItemIndex(rules);
  const entryOf = new Map<string, string>();
  for (const [at, poll] of polls.entries()) {
    const source = aSource(poll.source);
    const now = poll.at ?? addMs(march(2), at * DAY_MS);
    const previousSuccessAt = lastAt.get(source.id);
    const { record } = matchDocument(
      {
        source,
        record: records.get(source.id),
        document: {
          feed: { url: `https://${source.id}.example/`, ...poll.feed },
          // Comments on a host of nobody are kept and compared with nothing: they say which item became which entry.
          entries: poll.listed.map((one, item) => aListed({ ...one, comments: `https://ref.test/${at}.${item}` })),
          skipped: 0,
          complete: poll.complete ?? true,
        },
        now,
        ...(previousSuccessAt !== undefined && { previousSuccessAt }),
        retentionDays: poll.retentionDays ?? 0,
        ownHosts: new Set(polls.flatMap((one) => hostOfUrl(aSource(one.source).url) ?? [])),
        addressChanged: poll.addressChanged ?? false,
        baseUrl: source.url,
        ...(poll.resolved && { resolved: poll.resolved }),
      },
      steps,
    );
    records.set(source.id, record);
    lastAt.set(source.id, now);
    index.apply(source, record);
    for (const { id, comments } of record.entries) if (comments) entryOf.set(comments.slice(17), id);
  }
  const group = (idOf: (entryId: string) => string) => {
    const groups = new Map<string, string[]>();
    for (const [ref, entryId] of entryOf) groups.set(idOf(entryId), [...(groups.get(idOf(entryId)) ?? []), ref]);
    return [...groups.values()].map((refs) => refs.sort().join(' ')).sort();
  };
  return {
    records,
    index,
    entries: () => group((id) => id),
    items: () => group((id) => index.find(id)?.id ?? 'none'),
  };
}
