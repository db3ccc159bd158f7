import type { Instant, Tally } from '../../model.ts';

/** 'Mar 4, 2026' in `timezone`. */
export function dateInWords(at: Instant, timezone: string): string {
  return format(at, timezone, { month: 'short', day: 'numeric', year: 'numeric' });
}

/** '14:20' on the day of `now`, 'Mar 4' in its year, else 'Mar 2025'. */
export function shortTime(at: Instant, now: Instant, timezone: string): string {
  if (dateInWords(at, timezone) === dateInWords(now, timezone)) return format(at, timezone, CLOCK);
  const yearOf = (instant: Instant) => format(instant, timezone, { year: 'numeric' });
  const isThisYear = yearOf(at) === yearOf(now);
  return format(at, timezone, { month: 'short', ...(isThisYear ? { day: 'numeric' } : { year: 'numeric' }) });
}

/** 'Wednesday, March 4'. */
export function dayInWords(at: Instant, timezone: string): string {
  return format(at, timezone, { weekday: 'long', month: 'long', day: 'numeric' });
}

/** 'Wednesday, March 4, 2026' of a day '2026-03-04'. */
export function dateInFull(date: string): string {
  return format(`${date}T12:00:00.000Z`, 'UTC', { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
}

/** '14:20'. */
export function clockTime(at: Instant, timezone: string): string {
  return format(at, timezone, CLOCK);
}

/** 'Mar 4, 2026, 14:20 UTC'; of the day of `now`, if that is given, only '14:20 UTC'. */
export function momentInWords(at: Instant, timezone: string, now?: Instant): string {
  const isToday = now !== undefined && dateInWords(at, timezone) === dateInWords(now, timezone);
  const day = isToday ? {} : ({ month: 'short', day: 'numeric', year: 'numeric' } as const);
  return format(at, timezone, { ...day, ...CLOCK, timeZoneName: 'short' });
}

/** '3 h ago', 'in 20 min', 'just now'. */
export function howLong(at: Instant, now: Instant): string {
  const minutes = Math.round((Date.parse(at) - Date.parse(now)) / 60_000);
  if (Number.isNaN(minutes)) return UNKNOWN;
  const size = Math.abs(minutes);
  if (size < 1) return 'just now';
  const amount =
    size < 60 ? `${size} min` : size < 48 * 60 ? `${Math.round(size / 60)} h` : `${Math.round(size / 1440)} days`;
  return minutes < 0 ? `${amount} ago` : `in ${amount}`;
}

/** '3 h ago'; of what is more than a week old, the date. */
export function ageInWords(at: Instant, now: Instant, timezone: string): string {
  const isOld = Date.parse(now) - Date.parse(at) > 7 * 86_400_000;
  return isOld ? dateInWords(at, timezone) : howLong(at, now);
}

/** '1 view', '24 views', '1.2K views'; undefined for none. Exact below 1,000. */
export function viewsInWords({ views }: Tally): string | undefined {
  if (!(views >= 1)) return undefined;
  return views === 1 ? '1 view' : `${inShort(views)} views`;
}

/** The host of an absolute http(s) address without www.: 'example.org'. */
export function hostOf(href: string): string {
  return new URL(href).hostname.replace(/^www\./, '');
}

/** '1 source', '12 sources', '1,148 items'. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** 'two' … 'ten', then figures. */
export function numberInWords(count: number): string {
  return ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'][count - 2] ?? String(count);
}

/** 'A', 'A and B', 'A, B and C', 'A, B and 3 more'. */
export function listInWords(names: readonly string[], max: number): string {
  const shown = names.length > max ? [...names.slice(0, max - 1), `${names.length - max + 1} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const UNKNOWN = 'some time';

function inShort(count: number): string {
  if (count < 1000) return String(count);
  const [size, letter] = count < 1_000_000 ? [1000, 'K'] : [1_000_000, 'M'];
  // Cut, not rounded: 1,999 readers are not 2K.
  return `${Math.floor((count / size) * 10) / 10}${letter}`;
}

/** Making one takes 50 times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: Instant, timezone: string, options: Intl.DateTimeFormatOptions): string {
  if (Number.isNaN(Date.parse(at))) return UNKNOWN;
  const key = timezone + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-US', { ...options, timeZone: timezone });
  formats.set(key, known);
  return known.format(new Date(at));
}
