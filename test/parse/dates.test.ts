import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDate } from '../../src/parse/dates.ts';

const cases: readonly (readonly [written: string, instant: string | undefined])[] = [
  // RFC 3339 and W3CDTF
  ['2026-03-03T10:00:00Z', '2026-03-03T10:00:00.000Z'],
  ['2026-03-03T10:00:00.123456+01:30', '2026-03-03T08:30:00.123Z'],
  ['2026-03-03t10:00:00z', '2026-03-03T10:00:00.000Z'],
  ['2026-03-03 10:00:00 -00:20', '2026-03-03T10:20:00.000Z'],
  ['2026-03-03T10:00', '2026-03-03T10:00:00.000Z'],
  ['2026-03-03', '2026-03-03T00:00:00.000Z'],
  ['2026-03', '2026-03-01T00:00:00.000Z'],
  ['2026', '2026-01-01T00:00:00.000Z'],
  ['2026-02-30T18:00:00Z', '2026-03-02T18:00:00.000Z'],
  ['2026-03-03T24:00:00Z', '2026-03-04T00:00:00.000Z'],
  // ISO 8601 without marks, ordinals
  ['20260303', '2026-03-03T00:00:00.000Z'],
  ['20260303T101112Z', '2026-03-03T10:11:12.000Z'],
  ['20260303101112', '2026-03-03T10:11:12.000Z'],
  ['2026-062', '2026-03-03T00:00:00.000Z'],
  ['26062', '2026-03-03T00:00:00.000Z'],
  ['03-12-31', '2003-12-31T00:00:00.000Z'],
  // RFC 822 and its usual mistakes
  ['Tue, 03 Mar 2026 10:00:00 GMT', '2026-03-03T10:00:00.000Z'],
  ['Tue, 03 Mar 2026 10:00:00 +0100', '2026-03-03T09:00:00.000Z'],
  ['tue, 3 mar 26 10:00 EST', '2026-03-03T15:00:00.000Z'],
  ['Tuesday, 3 March 2026 10:00:00 PT', '2026-03-03T18:00:00.000Z'],
  ['Tues, 03 Mar 2026 10:00:00 CEST', '2026-03-03T08:00:00.000Z'],
  ['Tue, 3rd Mar 2026 10:00:00 Z', '2026-03-03T10:00:00.000Z'],
  ['03 Mar 2026', '2026-03-03T00:00:00.000Z'],
  ['Tue, 03 Mar 2026 10:00:00 America/St_Johns', '2026-03-03T13:30:00.000Z'],
  ['Fri, 03 Jul 2026 10:00:00 America/St_Johns', '2026-07-03T12:30:00.000Z'],
  ['Tue, 03 Mar 2026 10:00:00 GMT-07:00', '2026-03-03T17:00:00.000Z'],
  ['Thu, 01 Jan 0100 00:00:01 +0100', '0099-12-31T23:00:01.000Z'],
  // asctime, JavaScript, words
  ['Tue Mar  3 10:00:00 2026', '2026-03-03T10:00:00.000Z'],
  ['Tue Mar 3 10:00:00 +0100 2026', '2026-03-03T09:00:00.000Z'],
  ['Tue Mar 03 2026 10:00:00 GMT+0100 (Central European Standard Time)', '2026-03-03T09:00:00.000Z'],
  ['March 3, 2026 at 01:11 PM EDT', '2026-03-03T17:11:00.000Z'],
  ['Mar. 3, 2026, 12:37 a.m.', '2026-03-03T00:37:00.000Z'],
  ['Mar. 2026', '2026-03-01T00:00:00.000Z'],
  // numbers in the order of countries
  ['3/31/2026 10:00', '2026-03-31T10:00:00.000Z'],
  ['31/3/2026 10:00', '2026-03-31T10:00:00.000Z'],
  ['31.03.2026', '2026-03-31T00:00:00.000Z'],
  ['31-03-2026', '2026-03-31T00:00:00.000Z'],
  ['2026/03/31 10:00:00 EDT', '2026-03-31T14:00:00.000Z'],
  // other languages
  ['Di, 03 Mär 2026 10:00:00 +0100', '2026-03-03T09:00:00.000Z'],
  ['mar., 03 févr. 2026 10:00:00 +0000', '2026-02-03T10:00:00.000Z'],
  ['3 de mayo de 2026', '2026-05-03T00:00:00.000Z'],
  ['3 декабря 2026 г. 10:00', '2026-12-03T10:00:00.000Z'],
  ['Κυρ, 11 Ιούλ 2004 12:00:00 EST', '2004-07-11T17:00:00.000Z'],
  ['2026년 03월 03일 오후 11:23:17', '2026-03-03T23:23:17.000Z'],
  // seconds and milliseconds since 1970
  ['1772532000', '2026-03-03T10:00:00.000Z'],
  ['1772532000123', '2026-03-03T10:00:00.123Z'],
  // no date
  ['', undefined],
  ['yesterday', undefined],
  ['Mon, 99 Foo 2026', undefined],
  ['2026-13-01', undefined],
  ['Tue, 03 Mar 2026 10:00:00 +99:99', undefined],
  ['+010000-01-01T00:00:00Z', undefined],
  ['99999999999999999999999', undefined],
  ['0000-00-00T00:00:00Z', undefined],
  ['<img src=x onerror=alert(1)>', undefined],
  [`2026-03-03${' '.repeat(1000)}`, undefined],
];

for (const [written, instant] of cases) {
  test(`parseDate: ${written.slice(0, 70)}`, () => assert.is(parseDate(written), instant));
}

test('parseDate: the time zone of the machine makes no difference', () => {
  const { TZ } = process.env;
  const written = ['Tue, 03 Mar 2026 10:00:00', '2026-03-03T10:00:00', '3 Mar 2026', 'Tue Mar  3 10:00:00 2026'];
  const read = (zone: string) => {
    process.env.TZ = zone;
    return written.map(parseDate);
  };
  try {
    assert.equal(read('America/St_Johns'), read('Asia/Kathmandu'));
    assert.is(read('Asia/Kathmandu')[0], '2026-03-03T10:00:00.000Z');
  } finally {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  }
});

test.run();
