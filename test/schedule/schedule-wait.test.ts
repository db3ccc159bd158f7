import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Freshness } from '../../src/fetch/fetcher.ts';
import type { FeedInfo, Source, SourceState } from '../../src/model.ts';
import { createNextTick } from '../../src/worker/next-tick.ts';
import {
  aDocument,
  aSource,
  aState,
  failed,
  failedAs,
  HOUR_MS,
  later,
  MINUTE_MS,
  NOW,
  notModified,
  rules,
  step,
  theSame,
} from './schedule-builders.ts';

const etag = { etag: '"1"' };
const own = aSource({ url: 'http://127.0.0.1:8000/a' });
const everyMinute = { poll: '* * * * *' };

// NOW is a Wednesday, 12:00:20.
interface WaitCase {
  readonly name: string;
  readonly source?: Source;
  readonly poll?: string;
  readonly freshness?: Freshness;
  readonly feed?: FeedInfo;
  /** So many that the adaptive rule asks for nothing, unless the case says so. */
  readonly entriesLastWeek?: number;
  /** Time of day, '+N ' days later. */
  readonly until: string;
  readonly reason: string;
}

const waits: WaitCase[] = [
  { name: 'the next tick of the cron', until: '12:30:00', reason: 'on schedule' },
  {
    name: 'max-age',
    freshness: { ...etag, maxAgeSeconds: 7200 },
    until: '14:00:20',
    reason: 'fresh for 2 h (max-age)',
  },
  {
    name: 'max-age shorter than the cron',
    freshness: { ...etag, maxAgeSeconds: 60 },
    until: '12:30:00',
    reason: 'on schedule',
  },
  { name: 'max-age 0', freshness: { ...etag, maxAgeSeconds: 0 }, until: '12:30:00', reason: 'on schedule' },
  {
    name: 'max-age of years is capped at a day',
    freshness: { ...etag, maxAgeSeconds: 1e9 },
    until: '+1 12:00:20',
    reason: 'fresh for 24 h (max-age)',
  },
  { name: 'ttl', feed: { ttlMinutes: 360 }, until: '18:00:20', reason: 'the feed asks for every 6 h (ttl)' },
  {
    name: 'ttl in odd minutes',
    feed: { ttlMinutes: 45 },
    until: '12:45:20',
    reason: 'the feed asks for every 45 min (ttl)',
  },
  {
    name: 'sy:updatePeriod',
    feed: { updateEveryMinutes: 120 },
    until: '14:00:20',
    reason: 'the feed asks for every 2 h (sy:updatePeriod)',
  },
  {
    name: 'the longest of them',
    freshness: { ...etag, maxAgeSeconds: 3600 },
    feed: { ttlMinutes: 180 },
    until: '15:00:20',
    reason: 'the feed asks for every 3 h (ttl)',
  },
  { name: 'skipHours', feed: { skipHours: [12, 13] }, until: '14:00:00', reason: 'quiet hours (skipHours)' },
  {
    name: 'skipHours past midnight',
    feed: { skipHours: [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 0] },
    until: '+1 01:00:00',
    reason: 'quiet hours (skipHours)',
  },
  { name: 'skipHours of later do not matter', feed: { skipHours: [13] }, until: '12:30:00', reason: 'on schedule' },
  {
    name: 'skipHours after a ttl',
    feed: { ttlMinutes: 60, skipHours: [13] },
    until: '14:00:00',
    reason: 'quiet hours (skipHours)',
  },
  { name: 'skipDays', feed: { skipDays: [3, 4] }, until: '+2 00:00:00', reason: 'quiet days (skipDays)' },
  {
    name: 'all hours skipped is no wish',
    feed: { skipHours: Array.from({ length: 24 }, (_, hour) => hour) },
    until: '12:30:00',
    reason: 'on schedule',
  },
  {
    name: 'all days skipped is no wish',
    feed: { skipDays: [0, 1, 2, 3, 4, 5, 6] },
    until: '12:30:00',
    reason: 'on schedule',
  },
  { name: 'writes 28 a week', entriesLastWeek: 28, until: '13:30:00', reason: 'rarely publishes' },
  { name: 'writes 7 a week', entriesLastWeek: 7, until: '18:00:00', reason: 'rarely publishes' },
  { name: 'writes never', entriesLastWeek: 0, until: '18:00:00', reason: 'rarely publishes' },
  { name: 'writes all the time', entriesLastWeek: 84, until: '12:30:00', reason: 'on schedule' },
  {
    name: 'writes rarely, and the cron is rarer',
    poll: '0 0 * * *',
    entriesLastWeek: 0,
    until: '+1 00:00:00',
    reason: 'on schedule',
  },
  {
    name: 'never more often than every 5 minutes',
    ...everyMinute,
    until: '12:05:00',
    reason: 'at most every 5 min',
  },
  {
    name: 'never more often than every 5 minutes, though the ticks lie apart unevenly',
    poll: '0,1 * * * *',
    until: '12:05:20',
    reason: 'at most every 5 min',
  },
  {
    name: 'never more often than every 5 minutes, though a tick comes soon after a start',
    poll: '2,32 * * * *',
    until: '12:05:20',
    reason: 'at most every 5 min',
  },
  {
    name: 'no validators: an hour, though a tick comes soon after a start',
    poll: '20 * * * *',
    freshness: {},
    until: '13:00:20',
    reason: 'cannot answer "not modified"',
  },
  {
    name: 'no validators: an hourly cron stays hourly, though a source had to wait for its turn',
    poll: '57 * * * *',
    freshness: {},
    until: '12:57:00',
    reason: 'on schedule',
  },
  { name: 'every 5 minutes stays every 5 minutes', poll: '*/5 * * * *', until: '12:05:00', reason: 'on schedule' },
  {
    name: 'the owner’s own host as often as wanted',
    source: own,
    entriesLastWeek: 0,
    freshness: {},
    ...everyMinute,
    until: '12:01:00',
    reason: 'on schedule',
  },
  {
    name: 'the hints of the owner’s own host count',
    source: own,
    ...everyMinute,
    feed: { ttlMinutes: 60 },
    until: '13:00:20',
    reason: 'the feed asks for every 1 h (ttl)',
  },
  { name: 'no validators: an hour', freshness: {}, until: '13:00:00', reason: 'cannot answer "not modified"' },
  {
    name: 'no validators, and the cron is rarer',
    freshness: {},
    poll: '0 */4 * * *',
    until: '16:00:00',
    reason: 'on schedule',
  },
  {
    name: 'a file costs nobody anything',
    source: aSource({ url: 'file:///srv/welcome.xml' }),
    freshness: {},
    ...everyMinute,
    entriesLastWeek: 0,
    until: '12:01:00',
    reason: 'on schedule',
  },
];

for (const { name, source = aSource(), poll, freshness = etag, feed, entriesLastWeek = 5000, until, reason } of waits) {
  test(`waitAfterSuccess: ${name}`, () => {
    const given = { ...source, ...(poll !== undefined && { poll }) };
    const facts = { newEntries: 0, entriesLastWeek, feed };
    const { state } = step(aDocument({ freshness, url: given.url }), { source: given, facts });
    assert.equal([state.notBefore, state.reason], [instantOf(until), reason]);
  });
}

function instantOf(text: string): string {
  const [, days = '0', time] = /^(?:\+(\d+) )?(.*)$/.exec(text) ?? [];
  return `2026-03-0${4 + Number(days)}T${time}.000Z`;
}

test('waitAfterSuccess: a rare cron and hours to be spared are not followed through the centuries', () => {
  const nextTick = createNextTick('UTC');
  const asked: string[] = [];
  const counting = rules({
    nextTick: (poll, after) => {
      asked.push(after);
      return nextTick(poll, after);
    },
  });
  const source = aSource({ poll: '0 0 1 1 *' });
  const { state } = step(aDocument(), { source, feed: { skipHours: [0] }, rules: counting });
  assert.equal([state.notBefore, state.reason], ['2027-01-01T00:00:00.000Z', 'on schedule']);
  assert.ok(asked.length < 20, `${asked.length} ticks worked out`);
});

test('waitAfterSuccess: the hints of a 304 count as well', () => {
  const state = aState({ etag: '"1"', lastUnconditionalAt: NOW });
  const next = step(notModified({ maxAgeSeconds: 7200 }), { state, feed: { ttlMinutes: 60 } }).state;
  assert.is(next.notBefore, later(2 * HOUR_MS));
});

test('waitAfterSuccess: the same body three times without validators: six hours', () => {
  const reading = theSame({ freshness: {} });
  let state: SourceState = step(aDocument({ freshness: {} })).state;
  const reasons: (string | undefined)[] = [];
  for (let poll = 0; poll < 3; poll += 1) {
    state = step(reading, { state }).state;
    reasons.push(state.reason);
  }
  assert.equal(reasons, [
    'cannot answer "not modified"',
    'cannot answer "not modified"',
    'keeps sending the same document',
  ]);
  assert.is(state.notBefore, '2026-03-04T18:00:00.000Z');
  assert.is(step(aDocument({ freshness: {} }), { state }).state.reason, 'cannot answer "not modified"');
  assert.is(step(theSame(), { state }).state.sameBodyCount, 0);
});

const waited = (state: SourceState): number => Date.parse(state.notBefore ?? '') - Date.parse(NOW);

test('waitAfterFailure: twice as long each time, up to a day', () => {
  let state = aState();
  const minutes: number[] = [];
  for (let poll = 0; poll < 8; poll += 1) {
    state = step(failed(500), { state }).state;
    minutes.push(waited(state) / MINUTE_MS);
  }
  assert.equal(minutes, [30, 60, 120, 240, 480, 960, 1200, 1200]);
  assert.is(state.reason, 'back-off after 8 failures');
});

test('waitAfterFailure: jitter of ±20 % around it, never before the next tick, never over a day', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (failures, random) => {
        const { state } = step(failed(503), {
          state: aState({ failures: failures - 1 }),
          rules: rules({ random: () => random }),
        });
        const middle = Math.min(30 * MINUTE_MS * 2 ** (failures - 1), 20 * HOUR_MS);
        const ms = waited(state);
        assert.ok(ms >= middle * 0.799 || state.notBefore === '2026-03-04T12:30:00.000Z');
        assert.ok(ms <= middle * 1.2 && ms <= 24 * HOUR_MS);
      },
    ),
  );
  const earliest = step(failed(500), { state: aState({ failures: 1 }), rules: rules({ random: () => 0 }) }).state;
  const latest = step(failed(500), { state: aState({ failures: 1 }), rules: rules({ random: () => 0.999_999 }) }).state;
  assert.is(waited(earliest), 48 * MINUTE_MS);
  assert.is(Math.round(waited(latest) / MINUTE_MS), 72);
});

test('waitAfterFailure: a cron of every minute begins at 5 minutes, on the owner’s own host at one', () => {
  assert.is(waited(step(failed(500), { source: aSource(everyMinute) }).state), 5 * MINUTE_MS);
  assert.is(waited(step(failed(500), { source: { ...own, ...everyMinute } }).state), MINUTE_MS);
});

test('waitAfterFailure: a name that is not found is tried about every two hours', () => {
  const { state } = step(failedAs('fetch/dns'), { state: aState({ failures: 20 }) });
  assert.is(waited(state), 2 * HOUR_MS);
});

test('waitAfterFailure: a rare cron stays as rare', () => {
  const { state } = step(failed(500), { source: aSource({ poll: '0 0 * * mon' }) });
  assert.is(state.notBefore, '2026-03-09T00:00:00.000Z');
});

test('waitAfterFailure: a missing file is looked for at every tick', () => {
  const source = aSource({ url: 'file:///srv/welcome.xml' });
  const { state } = step(failedAs('fetch/file-missing'), { source, state: aState({ failures: 9 }) });
  assert.equal([state.notBefore, state.reason], ['2026-03-04T12:30:00.000Z', 'on schedule']);
});

test.run();
