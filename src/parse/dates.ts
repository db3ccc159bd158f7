import type { Instant } from '../model.ts';
import { monthOf } from './month-names.ts';
import { isZone, zoneOffsetMinutes } from './time-zones.ts';

/** No date is longer, with its weekday, zone and comment. */
const MAX_CHARS = 120;

const RFC_3339 = /^\d{4}-\d\d-\d\dT[012]\d:[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
const RFC_822 =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?[0123]?\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [12]\d{3} [012]\d:[0-5]\d:[0-5]\d (?:GMT|[+-](?:0\d|1[0-4])[0-5]\d)$/;
const FIRST_YEAR = Date.parse('0001-01-01T00:00:00Z');
const AFTER_LAST_YEAR = Date.parse('+010000-01-01T00:00:00Z');
const COMPACT = /^(\d{4})-?(\d\d)-?(\d\d)[Tt](\d\d)(\d\d)(\d\d)?(?!\d)/;
const TIME = /(오전|오후)?\s*(?<!\d)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(?:([AaPp])\.?[Mm]\b\.?)?/;
const OFFSET = /^\s*(?:GMT|UTC|UT|Z)?\s*([+-])\s?(\d\d?):?(\d\d)?(?!\d)/i;
const YEAR_FIRST = /(?<!\d)(\d{4})[-/.년年]\s*(\d{1,2})[-/.월月]\s*(\d{1,2})(?!\d)/;
const YEAR_LAST = /(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?!\d)/;
const YEAR_MONTH = /^(\d{4})-(\d\d)$/;

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The instant that a date of a feed means: RFC 3339 §5.6 and RFC 822 §5.1 with their usual mistakes, W3CDTF, ISO 8601
 *  with ordinals, asctime, epoch seconds, other languages' names of months. Without a zone it is UTC, whatever the
 *  machine's; undefined when it cannot be told, or lies outside the years 1 to 9999. */
export function parseDate(written: string): Instant | undefined {
  if (written.length > MAX_CHARS * 4) return undefined;
  const usual = parseUsual(written.trim());
  if (usual !== undefined) return usual;
  const text = written.replace(/\([^()]*\)/g, ' ').trim();
  if (text === '' || text.length > MAX_CHARS) return undefined;
  return parseDigits(text) ?? parseUnusual(text);
}

/** The two forms that nearly all dates have, which JavaScript reads itself, twice as fast. */
function parseUsual(text: string): Instant | undefined {
  if (!RFC_3339.test(text) && !RFC_822.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return milliseconds >= FIRST_YEAR && milliseconds < AFTER_LAST_YEAR
    ? new Date(milliseconds).toISOString()
    : undefined;
}

/** Dates that are one number, by its length: year, yyDDD, yymmdd, yyyyDDD, yyyymmdd, epoch seconds, milliseconds. */
function parseDigits(text: string): Instant | undefined {
  if (!/^\d{4,14}$/.test(text)) return undefined;
  const at = (from: number, to?: number) => Number(text.slice(from, to));
  switch (text.length) {
    case 4:
      return toInstant({ year: at(0), month: 1, day: 1 }, 0, 0);
    case 5:
      return toInstant({ year: fullYear(text.slice(0, 2)), month: 1, day: at(2) }, 0, 0);
    case 6:
      return toInstant({ year: fullYear(text.slice(0, 2)), month: at(2, 4), day: at(4) }, 0, 0);
    case 7:
      return toInstant({ year: at(0, 4), month: 1, day: at(4) }, 0, 0);
    case 8:
      return toInstant({ year: at(0, 4), month: at(4, 6), day: at(6) }, 0, 0);
    case 9:
    case 10:
      return new Date(at(0) * 1000).toISOString();
    case 12:
    case 13:
      return new Date(at(0)).toISOString();
    case 14:
      return toInstant(
        { year: at(0, 4), month: at(4, 6), day: at(6, 8) },
        at(8, 10) * 3600 + at(10, 12) * 60 + at(12),
        0,
      );
    default:
      return undefined;
  }
}

/** Takes the time out, then the zone behind it, and looks for a day in what is left. */
function parseUnusual(text: string): Instant | undefined {
  const compact = COMPACT.exec(text);
  if (compact !== null) {
    const [whole, year, month, day, hour, minute, second] = compact;
    const date = { year: Number(year), month: Number(month), day: Number(day) };
    return withZone(text.slice(whole.length), date, secondsOf(hour, minute, second ?? '0'));
  }
  const ordinal = /^(\d{4})-(\d{3})(?!\d)/.exec(text);
  if (ordinal !== null) return toInstant({ year: Number(ordinal[1]), month: 1, day: Number(ordinal[2]) }, 0, 0);
  const time = TIME.exec(text);
  if (time === null) return withZone(text.replace(YEAR_FIRST, '').replace(YEAR_LAST, ''), dayOf(text), 0);
  const [whole, korean, hour, minute, second = '0', fraction, half] = time;
  const before = text.slice(0, time.index);
  const after = text.slice(time.index + whole.length);
  const offset = OFFSET.exec(after);
  const rest = `${before} ${offset === null ? after : after.slice(offset[0].length)}`;
  const isMorning = korean === '오전' || half?.toLowerCase() === 'a';
  const isAfternoon = korean === '오후' || half?.toLowerCase() === 'p';
  const shift = isAfternoon && Number(hour) < 12 ? 12 : isMorning && Number(hour) === 12 ? -12 : 0;
  const seconds = secondsOf(hour, minute, second) + shift * 3600;
  const date = dayOf(rest.replace(/\bT\s*$/i, ''));
  if (offset === null) return withZone(after, date, seconds, fraction);
  const minutes = offsetMinutes(offset[1], offset[2], offset[3]);
  return date === undefined || minutes === undefined ? undefined : toInstant(date, seconds, minutes, fraction);
}

function withZone(after: string, date: Day | undefined, seconds: number, fraction?: string): Instant | undefined {
  if (date === undefined) return undefined;
  const offset = OFFSET.exec(after);
  if (offset !== null) {
    const minutes = offsetMinutes(offset[1], offset[2], offset[3]);
    return minutes === undefined ? undefined : toInstant(date, seconds, minutes, fraction);
  }
  const zone = after.match(/[A-Za-z]+(?:\/[A-Za-z_]+)*/g)?.find(isZone);
  const local = toInstant(date, seconds, 0, fraction);
  if (zone === undefined || local === undefined) return local;
  return toInstant(date, seconds, zoneOffsetMinutes(zone, local), fraction);
}

function dayOf(text: string): Day | undefined {
  const first = YEAR_FIRST.exec(text);
  if (first !== null) return { year: Number(first[1]), month: Number(first[2]), day: Number(first[3]) };
  const last = YEAR_LAST.exec(text);
  if (last !== null) return orderDay(last[1] ?? '', last[2] ?? '', last[3] ?? '', last[4] ?? '');
  // The last one: mar., 03 févr. is a Tuesday.
  const months = text.match(/\p{L}[\p{L}\p{M}]+/gu)?.map(monthOf);
  const month = months?.findLast((found) => found !== undefined);
  if (month !== undefined) return namedDay(month, text.match(/\d+/g) ?? []);
  const yearMonth = YEAR_MONTH.exec(text.trim());
  return yearMonth === null ? undefined : { year: Number(yearMonth[1]), month: Number(yearMonth[2]), day: 1 };
}

/** 03-12-31 is ISO 8601 without its century, 31.12.2003 European, 12/31/2003 American unless that is impossible. */
function orderDay(a: string, separator: string, b: string, c: string): Day {
  const [x, y] = [Number(a), Number(b)];
  if (separator === '-' && c.length === 2) return { year: fullYear(a), month: y, day: Number(c) };
  const isMonthFirst = separator === '/' ? x <= 12 : y > 12;
  return isMonthFirst ? { year: fullYear(c), month: x, day: y } : { year: fullYear(c), month: y, day: x };
}

function namedDay(month: number, numbers: readonly string[]): Day | undefined {
  const year = numbers.find((number) => number.length === 4) ?? numbers[1];
  if (year === undefined) return undefined;
  const day = numbers.find((number) => number !== year && number.length <= 2) ?? (numbers.length > 1 ? year : '1');
  return { year: fullYear(year), month, day: Number(day) };
}

/** RFC 2822 §4.3: two digits are 2000 to 2049 or 1950 to 1999. */
function fullYear(digits: string): number {
  const year = Number(digits);
  return digits.length > 2 ? year : year + (year < 50 ? 2000 : 1900);
}

function secondsOf(hour = '0', minute = '0', second = '0'): number {
  return Number(hour) * 3600 + Number(minute) * 60 + Number(second);
}

/** Minutes east of UTC; undefined for what no place on earth has. */
function offsetMinutes(sign = '+', hours = '0', minutes = '0'): number | undefined {
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > 18 * 60) return undefined;
  return sign === '-' ? -total : total;
}

/** A day or time beyond its end runs on into the next, as feedparser has it; a month that does not exist is a mistake. */
function toInstant({ year, month, day }: Day, seconds: number, offset: number, fraction = '0'): Instant | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 366) return undefined;
  const milliseconds = fraction === '0' ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
  const date = new Date(Date.UTC(year, month - 1, day, 0, -offset, seconds, milliseconds));
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (year < 100) date.setUTCFullYear(date.getUTCFullYear() - 1900);
  const time = date.getTime();
  return time >= FIRST_YEAR && time < AFTER_LAST_YEAR ? date.toISOString() : undefined;
}
