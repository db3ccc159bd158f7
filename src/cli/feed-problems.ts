import { DAY_MS } from '../durations.ts';
import type { Instant, Source } from '../model.ts';
import type { Reading } from '../schedule/reading.ts';
import { movedTo } from './find-feeds.ts';

const QUIET_MS = 365 * DAY_MS;

/** What is wrong with a feed that can be read, in sentences for its operator. An address of a private source is not repeated. */
export function feedProblems(
  source: Source,
  reading: Extract<Reading, { kind: 'document' }>,
  now: Instant,
): readonly string[] {
  const { entries, skipped, surplus = 0, complete } = reading.document;
  const moved = movedTo(reading);
  const dates = entries.flatMap(({ publishedAt, updatedAt }) => publishedAt ?? updatedAt ?? []).sort();
  const newest = dates.at(-1);
  const nameless = entries.filter(({ guid, link, permalink }) => (guid ?? link ?? permalink) === undefined).length;
  const hasNoText = source.content === 'full' && entries.length > 0 && !entries.some(({ html }) => html !== undefined);
  return [
    ...(moved === undefined || moved === source.url
      ? []
      : [`It has moved for good${source.private ? '' : ` to ${moved}`}: change its address.`]),
    ...(complete ? [] : ['Its document ends early; what is missing is not taken for deleted.']),
    ...(entries.length === 0 ? ['It lists nothing.'] : []),
    ...(skipped > 0 ? [`${skipped} of its entries hold nothing that can be used.`] : []),
    ...(surplus > 0 ? [`It lists too much: of its entries the newest are read, ${surplus} are not.`] : []),
    ...(nameless > 0 ? [`${nameless} of its items have neither guid nor link.`] : []),
    ...(entries.length > 0 && newest === undefined ? ['None of its items has a date.'] : []),
    ...(newest !== undefined && Date.parse(now) - Date.parse(newest) > QUIET_MS
      ? [`Nothing new since ${newest.slice(0, 10)}.`]
      : []),
    ...(hasNoText ? ['Its content is "full", and its items have no text.'] : []),
    ...(source.insecureTls ? ['Its certificate is not verified (insecureTls).'] : []),
  ];
}
