import type { Instant, Item, Tally } from '../../model.ts';
import { webUrl } from '../../publish/web-url.ts';

/** 'Mar 4, 2026' in `timezone`. */
export function dateInWords(at: Instant, timezone: string): string {
  return format(at, timezone, { month: 'short', day: 'numeric', year: 'numeric' });
}

/** '14:20' on the day of `now`, 'Mar 4' in its year, else 'Mar 2025'. */
export function shortTime(at: Instant, now: Instant, timezone: string): string {
  const dayOf = (instant: Instant) => dateInWords(instant, timezone);
  if (dayOf(at) === dayOf(now)) return format(at, timezone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (at.slice(0, 4) === now.slice(0, 4)) return format(at, timezone, { month: 'short', day: 'numeric' });
  return format(at, timezone, { month: 'short', year: 'numeric' });
}

/** 'Wednesday, March 4'. */
export function dayInWords(at: Instant, timezone: string): string {
  return format(at, timezone, { weekday: 'long', month: 'long', day: 'numeric' });
}

/** 'Mar 4, 14:20 UTC'. */
export function momentInWords(at: Instant, timezone: string): string {
  const time = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return `${format(at, timezone, time)} ${timezone}`;
}

/** '3 h ago', 'in 20 min', 'just now'. */
export function howLong(at: Instant, now: Instant): string {
  const minutes = Math.round((Date.parse(at) - Date.parse(now)) / 60_000);
  const size = Math.abs(minutes);
  if (size < 1) return 'just now';
  const amount =
    size < 60 ? `${size} min` : size < 48 * 60 ? `${Math.round(size / 60)} h` : `${Math.round(size / 1440)} days`;
  return minutes < 0 ? `${amount} ago` : `in ${amount}`;
}

/** '1 view', '24 views', '1.2K views'; undefined for none. Exact below 1,000. */
export function viewsInWords({ views }: Tally): string | undefined {
  if (views < 1) return undefined;
  if (views === 1) return '1 view';
  return `${inShort(views)} views`;
}

/** 'example.org', without www.; undefined when the item leads nowhere. */
export function hostOf(item: Pick<Item, 'url'>): string | undefined {
  const url = webUrl(item.url);
  return url === undefined ? undefined : new URL(url).hostname.replace(/^www\./, '');
}

/** '1 source', '12 sources'. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

function inShort(count: number): string {
  if (count < 1000) return String(count);
  const [size, letter] = count < 1_000_000 ? [1000, 'K'] : [1_000_000, 'M'];
  // Cut, not rounded: 1,999 readers are not 2K.
  return `${Math.floor((count / size) * 10) / 10}${letter}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: Instant, timezone: string, options: Intl.DateTimeFormatOptions): string {
  const key = timezone + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-US', { ...options, timeZone: timezone });
  formats.set(key, known);
  return known.format(new Date(at));
}
