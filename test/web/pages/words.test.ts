import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ageInWords,
  counted,
  dateInWords,
  dayInWords,
  hostOf,
  howLong,
  momentInWords,
  shortTime,
  viewsInWords,
} from '../../../src/web/pages/words.ts';

const NOW = '2026-03-04T14:20:00.000Z';

test('dateInWords: as in the time zone of the site', () => {
  assert.is(dateInWords('2026-03-04T09:12:00.000Z', 'UTC'), 'Mar 4, 2026');
  assert.is(dateInWords('2026-03-04T23:30:00.000Z', 'Europe/Berlin'), 'Mar 5, 2026');
  assert.is(dateInWords('2026-03-04T03:30:00.000Z', 'America/New_York'), 'Mar 3, 2026');
});

test('dayInWords: weekday, month and day', () => {
  assert.is(dayInWords(NOW, 'UTC'), 'Wednesday, March 4');
  assert.is(dayInWords(NOW, 'Asia/Tokyo'), 'Wednesday, March 4');
  assert.is(dayInWords('2026-03-04T15:00:00.000Z', 'Asia/Tokyo'), 'Thursday, March 5');
});

const SHORT_TIMES = [
  ['2026-03-04T09:12:00.000Z', 'UTC', '09:12'],
  ['2026-03-04T00:05:00.000Z', 'UTC', '00:05'],
  ['2026-03-03T23:59:00.000Z', 'UTC', 'Mar 3'],
  ['2026-03-03T23:59:00.000Z', 'Europe/Berlin', '00:59'],
  ['2025-12-31T23:59:00.000Z', 'UTC', 'Dec 2025'],
  ['2025-12-31T23:59:00.000Z', 'Europe/Berlin', 'Jan 1'],
] as const;
for (const [at, timezone, expected] of SHORT_TIMES) {
  test(`shortTime: ${at} in ${timezone} is ${expected}`, () => {
    assert.is(shortTime(at, NOW, timezone), expected);
  });
}

test('momentInWords: the day only where it is not today', () => {
  assert.is(momentInWords(NOW, 'UTC', NOW), '14:20 UTC');
  assert.is(momentInWords(NOW, 'UTC'), 'Mar 4, 2026, 14:20 UTC');
  assert.is(momentInWords('2026-03-03T14:20:00.000Z', 'America/New_York', NOW), 'Mar 3, 2026, 09:20 EST');
});

const SPANS = [
  ['2026-03-04T14:19:40.000Z', 'just now'],
  ['2026-03-04T14:19:00.000Z', '1 min ago'],
  ['2026-03-04T13:21:00.000Z', '59 min ago'],
  ['2026-03-04T11:20:00.000Z', '3 h ago'],
  ['2026-03-02T15:00:00.000Z', '47 h ago'],
  ['2026-03-01T14:20:00.000Z', '3 days ago'],
  ['2026-03-04T14:40:00.000Z', 'in 20 min'],
  ['2026-03-11T14:20:00.000Z', 'in 7 days'],
] as const;
for (const [at, expected] of SPANS) {
  test(`howLong: ${expected}`, () => {
    assert.is(howLong(at, NOW), expected);
  });
}

test('ageInWords: a date after a week', () => {
  assert.is(ageInWords('2026-03-04T11:20:00.000Z', NOW, 'UTC'), '3 h ago');
  assert.is(ageInWords('2026-02-25T14:20:00.000Z', NOW, 'UTC'), '7 days ago');
  assert.is(ageInWords('2026-02-25T14:19:00.000Z', NOW, 'UTC'), 'Feb 25, 2026');
  assert.is(ageInWords('soon', NOW, 'UTC'), 'some time');
});

const COUNTS = [
  [0, undefined],
  [-1, undefined],
  [Number.NaN, undefined],
  [1, '1 view'],
  [2, '2 views'],
  [999, '999 views'],
  [1000, '1K views'],
  [1240, '1.2K views'],
  [1999, '1.9K views'],
  [999_999, '999.9K views'],
  [1_000_000, '1M views'],
  [2_560_000, '2.5M views'],
] as const;
for (const [views, expected] of COUNTS) {
  test(`viewsInWords: ${views} are ${expected}`, () => {
    assert.is(viewsInWords({ views, clicks: 0, hours: [] }), expected);
  });
}

test('counted: one is not many', () => {
  assert.is(counted(1, 'item'), '1 item');
  assert.is(counted(0, 'item'), '0 items');
  assert.is(counted(1148, 'source'), '1,148 sources');
});

test('hostOf: the name of the site without www.', () => {
  assert.is(hostOf('https://www.example.org/a'), 'example.org');
  assert.is(hostOf('http://example.org:8080/'), 'example.org');
});

test('dates that are none are told as such', () => {
  for (const write of [dateInWords, dayInWords, momentInWords]) assert.is(write('soon', 'UTC'), 'some time');
  assert.is(shortTime('soon', NOW, 'UTC'), 'some time');
  assert.is(howLong('soon', NOW), 'some time');
});

test.run();
