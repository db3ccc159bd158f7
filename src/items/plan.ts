import type { PollOutcome } from '../errors.ts';
import { entriesLastWeek, matchDocument } from '../identity/match-document.ts';
import { expire } from '../identity/retention.ts';
import { applyResolved } from '../identity/short-links.ts';
import { hostOfUrl } from '../identity/url-keys.ts';
import type { Config, FeedDocument, HostWait, Instant, Source, SourceRecord, SourceState } from '../model.ts';
import { SANITISER_VERSION } from '../parse/sanitiser-version.ts';
import type { Reading } from '../schedule/reading.ts';
import { scheduleNext } from '../schedule/schedule.ts';
import { addressMark } from '../schedule/schedule-memory.ts';
import type { ScheduleRules } from '../schedule/schedule-wait.ts';
import { isWanted } from './filter-rule.ts';

/** What one poll changes. `record` is the source's next record, whole; absent when no stored fact changed. */
export interface Plan {
  readonly source: string;
  readonly record?: SourceRecord;
  readonly state: SourceState;
  readonly outcome: PollOutcome;
}

/** The middle of a poll, and the only part of it that decides anything: every rule about identity, dates and back-off. Pure. */
export function planPoll(input: {
  readonly source: Source;
  readonly record: SourceRecord | undefined;
  readonly state: SourceState;
  readonly reading: Reading;
  /** One time for all sources of a round: first sightings of a round are equal. */
  readonly roundAt: Instant;
  readonly now: Instant;
  readonly config: Config;
  readonly hostOf: (url: string) => string;
  readonly rules: ScheduleRules;
  /** Whether an entry that is due to expire is still needed: its item has entries that other sources list. */
  readonly isNeeded: (entryId: string) => boolean;
  /** Where links of shorteners lead, as far as that is known. */
  readonly resolved: ReadonlyMap<string, string>;
  /** Whether no more may be kept of the source now, because memory is short: what it lists waits. */
  readonly mustWait: boolean;
}): { readonly plan: Plan; readonly hostWaits: readonly HostWait[] } {
  const { source, record, state, reading, roundAt, now, config, hostOf, rules, isNeeded, resolved, mustWait } = input;
  const { retentionDays, limits } = config;
  const matched =
    reading.kind === 'document' && !mustWait
      ? matchDocument({
          source,
          record,
          document: reading.document,
          now: roundAt,
          ...(state.succeededAt !== undefined && { previousSuccessAt: state.succeededAt }),
          retentionDays,
          limits,
          ownHosts: hostsOf(config),
          addressChanged: state.address !== undefined && state.address !== addressMark(source),
          baseUrl: reading.fetched.url,
          ...(state.movedTo !== undefined && { movedTo: state.movedTo }),
          isNeeded,
          isWanted: (listed) => isWanted(source, listed),
          resolved,
        })
      : undefined;
  const hasAnswered = reading.kind !== 'fetch-failed' && reading.kind !== 'parse-failed';
  // A source that never changes still ages: what left its document long ago goes at any answer.
  const next =
    record && hasAnswered && !matched
      ? applyResolved(expire(record, { now: roundAt, retentionDays, isNeeded }), resolved, hostsOf(config))
      : matched?.changed
        ? stamped(matched.record)
        : record;
  const limited = reading.kind === 'document' ? limitedBy(reading.document, matched, limits) : state.limited;
  const scheduled = scheduleNext(
    source,
    state,
    // What waits is asked for again: "not modified" would leave it out for good.
    reading.kind === 'document' && (mustWait || matched?.waiting) ? withoutEnd(reading) : reading,
    {
      newEntries: matched ? matched.added + matched.excluded : 0,
      entriesLastWeek: next ? entriesLastWeek(next, now) : 0,
      feed: next?.feed,
      hostOf,
    },
    now,
    rules,
  );
  return {
    plan: {
      source: source.id,
      ...(next !== undefined && next !== record && { record: next }),
      state: { ...scheduled.state, ...(limited && { limited }) },
      outcome: outcomeOf(reading, matched),
    },
    hostWaits: scheduled.hostWaits,
  };
}

/** The record with the version of the sanitiser that its html came through, so that a newer one goes over it again. */
function stamped(record: SourceRecord): SourceRecord {
  return record.entries.some((entry) => 'html' in entry) ? { ...record, sanitiser: SANITISER_VERSION } : record;
}

function outcomeOf(reading: Reading, matched: { added: number; edited: number } | undefined): PollOutcome {
  if (reading.kind === 'fetch-failed' || reading.kind === 'parse-failed')
    return { kind: 'failed', error: reading.error };
  if (!matched || matched.added + matched.edited === 0) return { kind: 'unchanged' };
  return { kind: 'updated', added: matched.added, edited: matched.edited };
}

function withoutEnd(reading: Extract<Reading, { kind: 'document' }>): Reading {
  return { ...reading, document: { ...reading.document, complete: false } };
}

/** What of a document was left out or waits because of a limit, in words; undefined when all of it was taken. */
function limitedBy(
  { entries, tooLarge = 0 }: FeedDocument,
  matched: { waiting: number; dropped: number } | undefined,
  { newEntriesPerDay, maxEntries, maxSourceMB }: Config['limits'],
): SourceState['limited'] {
  const found = [
    tooLarge > 0 && {
      code: 'parse/too-much',
      message: `${tooLarge} of its ${entries.length + tooLarge} entries are left out: they repeat more of the document than can be kept.`,
    },
    !matched && {
      code: 'limits/memory',
      message:
        'What is new in it waits: viaduct holds as much as it may (limits.maxMemoryMB), and of this source more than its share.',
    },
    matched?.waiting && {
      code: 'limits/new',
      message: `${matched.waiting} new entries wait: it had ${newEntriesPerDay} within a day (limits.newEntriesPerDay).`,
    },
    matched?.dropped && {
      code: 'limits/size',
      message: `Its ${matched.dropped} oldest entries were dropped: no more than ${maxEntries} entries and ${maxSourceMB} MB are kept of a source (limits.maxEntries, limits.maxSourceMB).`,
    },
  ];
  return found.find((one) => typeof one === 'object');
}

const hostsByConfig = new WeakMap<Config, ReadonlySet<string>>();

/** The hosts of all sources and of the site, without www.: what a ref= or source= parameter may name without meaning another page. */
function hostsOf(config: Config): ReadonlySet<string> {
  const known = hostsByConfig.get(config);
  if (known) return known;
  const addresses = [config.site.url, ...config.sources.flatMap(({ url, homepage }) => [url, homepage ?? url])];
  const hosts = new Set(addresses.flatMap((url) => hostOfUrl(url) ?? []));
  hostsByConfig.set(config, hosts);
  return hosts;
}
