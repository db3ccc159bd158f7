import { MINUTE_MS } from '../durations.ts';
import type { Instant } from '../model.ts';
import { monthOf, zoneOffset } from './date-words.ts';

/** No date is longer, with its weekday, zone and comment. */
const MAX_CHARS = 120;

const FIRST_YEAR = Date.parse('0001-01-01T00:00:00Z');
const AFTER_LAST_YEAR = Date.parse('+010000-01-01T00:00:00Z');

const RFC_3339 = /^\d{4}-\d\d-\d\dT[012]\d:[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
const RFC_822 =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?[0123]?\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [12]\d{3} [012]\d:[0-5]\d:[0-5]\d (?:GMT|[+-](?:0\d|1[0-4])[0-5]\d)$/;

/** ISO 8601 §4.3, date and time without separators: 20260303T101112. */
const BASIC = /^(\d{4})-?(\d\d)-?(\d\d)T?(\d\d)(\d\d)(\d\d)?(?!\d)/i;

/** ISO 8601 §4.1.4, the day of a week: 2003-W45-3, 2003W45. */
const WEEK = /^(\d{4})-?W(\d\d)(?:-?([1-7]))?(?!\d)/i;

/** The time of RFC 822 and RFC 3339, that of a clock of 12 hours, Korea's morning and afternoon before it. */
const TIME = /(오전|오후)?\s*(?<!\d)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(?:([AaPp])\.?[Mm]\b\.?)?/;

/** A numeric zone, also behind the name of the one that it counts from: +0100 (RFC 822 §5.1), -05:00 (RFC 3339 §5.6),
 *  GMT+0100 (JavaScript's Date). */
const OFFSET = /^\s*(?:GMT|UTC|UT|Z)?\s*([+-])\s?(\d\d?):?(\d\d)?(?!\d)/i;

/** Days in digits. The first that matches counts; a month or day that is not written is the first. */
const DAYS = [
  // W3C-DTF: 2026, 2026-03; ISO 8601:1988, without the century: 03-12, -0312.
  /^(?<year>\d{4})(?:-(?<month>\d\d))?$/,
  /^(?<year>\d\d)-(?<month>\d\d)$/,
  // ISO 8601 §4.1.3, the day of the year: 2026-062, 2026062, 26062.
  /^(?<year>\d{4}|\d\d)-?(?<day>\d{3})(?![\d-])/,
  // ISO 8601 §4.1.2, without separators: 20260303, 260303.
  /^(?<year>\d{4}|\d\d)(?<month>\d\d)(?<day>\d\d)(?![\d-])/,
  // RFC 3339 §5.6: 2026-03-03; 2026/3/3 and the like in East Asia.
  /(?<!\d)(?<year>\d{4})[-/.년年]\s*(?<month>\d{1,2})[-/.월月]\s*(?<day>\d{1,2})(?!\d)/,
  // ISO 8601:1988, without the century: 03-12-31.
  /(?<!\d)(?<year>\d\d)-(?<month>\d\d)-(?<day>\d\d)(?!\d)/,
  // American: 3/31/2026.
  /(?<!\d)(?<month>0?\d|1[0-2])\/(?<day>\d{1,2})\/(?<year>\d{4}|\d\d)(?!\d)/,
  // European: 31.3.2026, 31-03-2026, 31/3/2026.
  /(?<!\d)(?<day>\d{1,2})([-/.])(?<month>0?\d|1[0-2])\2(?<year>\d{4}|\d\d)(?!\d)/,
  // American with other separators, if it cannot be European: 03-31-2026.
  /(?<!\d)(?<month>0?\d|1[0-2])([-.])(?<day>\d{1,2})\2(?<year>\d{4}|\d\d)(?!\d)/,
];

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The instant that a date of a feed means; undefined when it says none, or lies outside the years 1 to 9999.
 *  Without a zone it is UTC, whatever the machine's. What counts as a date: RFC 3339 §5.6, RFC 822 §5 and asctime with
 *  their usual mistakes, W3C-DTF, ISO 8601, seconds or milliseconds since 1970, other languages' names of months.
 *
 *      take out the time of day, then the zone behind it
 *      in what is left, look for a day in digits, else for the name of a month and the numbers beside it
 *      instant = day + time − offset of the zone */
export function parseDate(written: string): Instant | undefined {
  if (written.length > MAX_CHARS * 4) return undefined;
  const trimmed = written.trim();
  // The two forms that nearly all dates have are read by JavaScript itself, in half the time.
  const usual = RFC_3339.test(trimmed) || RFC_822.test(trimmed) ? toInstant(Date.parse(trimmed)) : undefined;
  if (usual !== undefined) return usual;
  // Comments: RFC 822 §3.4.3.
  const text = written.replace(/\([^()]*\)/g, ' ').trim();
  if (text === '' || text.length > MAX_CHARS) return undefined;
  if (/^\d{9,10}$/.test(text)) return toInstant(Number(text) * 1000);
  if (/^\d{13}$/.test(text)) return toInstant(Number(text));
  return parseCalendar(
    text
      .replace(BASIC, (_, year, month, day, ...time) => {
        const [hour, minute, second = '00'] = time;
        return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
      })
      // Not to be taken for a zone.
      .replace(/^-(\d\d)-?(\d\d)$/, '$1-$2')
      .replace(WEEK, (_, year, week, day = '1') => dayOfWeek(Number(year), Number(week), Number(day))),
  );
}

/** '2003-11-05'. The first week of a year is that of January 4th (ISO 8601 §2.2.10); its days are 1 (Monday) to 7. */
function dayOfWeek(year: number, week: number, day: number): string {
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7);
  return new Date(Date.UTC(year, 0, monday + 7 * (week - 1) + day - 1)).toISOString().slice(0, 10);
}

function parseCalendar(text: string): Instant | undefined {
  const time = TIME.exec(text);
  // Of a day without a time the last word may be its zone.
  const end = time === null ? text.lastIndexOf(' ') + 1 : time.index + time[0].length;
  const before = text.slice(0, time?.index ?? end);
  const after = text.slice(end);
  const day = dayOf(`${before} ${after.replace(OFFSET, ' ')}`.trim());
  if (day === undefined) return undefined;
  const local = localTime(day, time);
  const zone = OFFSET.exec(after)?.[0] ?? namedZone(after, local) ?? '+00:00';
  return toInstant(local - offsetMinutes(zone) * MINUTE_MS);
}

function dayOf(text: string): Day | undefined {
  const groups = DAYS.find((pattern) => pattern.test(text))?.exec(text)?.groups;
  const { year, month = '1', day = '1' } = groups ?? namedDay(text);
  if (year === undefined || Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 366)
    return undefined;
  // Two digits are 2000 to 2049 or 1950 to 1999: RFC 2822 §4.3.
  const century = year.length > 2 ? 0 : Number(year) < 50 ? 2000 : 1900;
  return { year: century + Number(year), month: Number(month), day: Number(day) };
}

/** A day with the name of its month: the last such name, as `mar., 03 févr.` is a Tuesday. The year is the number of four
 *  digits, else the second one. */
function namedDay(text: string): Partial<Record<'year' | 'month' | 'day', string>> {
  const months = text.match(/\p{L}[\p{L}\p{M}]+/gu)?.map(monthOf);
  const month = months?.findLast((found) => found !== undefined);
  if (month === undefined) return {};
  const numbers = text.match(/\d+/g) ?? [];
  const fourDigits = numbers.findIndex(({ length }) => length === 4);
  const year = numbers.splice(fourDigits < 0 ? 1 : fourDigits, 1)[0];
  const day = numbers.find(({ length }) => length <= 2);
  return { month: String(month), ...(year !== undefined && { year }), ...(day !== undefined && { day }) };
}

/** Milliseconds of a local time, as if it were UTC. A day or an hour beyond the last runs on into the next, as feedparser
 *  has it. */
function localTime({ year, month, day }: Day, time: RegExpExecArray | null): number {
  const [, korean, hour = '0', minute = '0', second = '0', fraction = '', half = ''] = time ?? [];
  const isMorning = korean === '오전' || half.toLowerCase() === 'a';
  const isAfternoon = korean === '오후' || half.toLowerCase() === 'p';
  const shift = isAfternoon && Number(hour) < 12 ? 12 : isMorning && Number(hour) === 12 ? -12 : 0;
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return date.setUTCHours(Number(hour) + shift, Number(minute), Number(second), milliseconds);
}

/** The offset of the first word that names a time zone. */
function namedZone(text: string, local: number): string | undefined {
  const words = text.match(/[A-Za-z]+(?:\/[A-Za-z_]+)*/g) ?? [];
  return words.map((word) => zoneOffset(word, local)).find((offset) => offset !== undefined);
}

/** Minutes east of UTC; NaN for what no place on earth has. */
function offsetMinutes(zone: string): number {
  const [, sign, hours = '', minutes = '0'] = OFFSET.exec(zone) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > 18 * 60) return Number.NaN;
  return sign === '-' ? -total : total;
}

function toInstant(milliseconds: number): Instant | undefined {
  const isInRange = milliseconds >= FIRST_YEAR && milliseconds < AFTER_LAST_YEAR;
  return isInRange ? new Date(milliseconds).toISOString() : undefined;
}
