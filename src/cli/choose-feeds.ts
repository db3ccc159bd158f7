import { ViaductError } from '../errors.ts';
import { feedFormat } from '../parse/feed-format.ts';
import type { CliIo } from './context.ts';
import { counted } from './counted.ts';
import type { FoundFeed } from './find-feeds.ts';
import { inTable, printable } from './table.ts';

/** Those of a page's feeds that are wanted: all with `all`; with one there is no question; else the person at the keyboard is asked,
 *  and when nobody is there, or with `yes`, the first is taken and said so.
 *  @throws ViaductError 'usage/cancelled' when the person goes */
export async function chooseFeeds(
  address: string,
  feeds: readonly FoundFeed[],
  flags: { readonly all?: boolean; readonly yes?: boolean },
  io: CliIo,
): Promise<readonly FoundFeed[]> {
  if (feeds.length <= 1 || flags.all) return feeds;
  const rows = feeds.map((feed, at) => [`  ${at + 1}`, feedTitle(feed), describe(feed), feed.url]);
  if (!io.ask || flags.yes) {
    const [, ...others] = inTable(['', '', '', ''], rows).slice(1);
    io.err(
      `${printable(address)} has ${feeds.length} feeds; the first is taken. --all takes these too:\n${others.join('\n')}\n`,
    );
    return feeds.slice(0, 1);
  }
  io.err(`${printable(address)} has ${feeds.length} feeds:\n${inTable(['', '', '', ''], rows).slice(1).join('\n')}\n`);
  for (;;) {
    const answer = await io.ask('Which? (1, or 1 3, or all) [1] ');
    if (answer === undefined) throw new ViaductError('usage/cancelled', 'Nothing was changed.');
    if (/^all$/i.test(answer)) return feeds;
    const numbers = answer === '' ? [1] : answer.split(/[\s,]+/).map(Number);
    const chosen = [...new Set(numbers)].flatMap((number) => feeds[number - 1] ?? []);
    if (chosen.length === new Set(numbers).size) return chosen;
    io.err(`Expected numbers from 1 to ${feeds.length}, or "all".\n`);
  }
}

/** What a feed calls itself, else its host. */
export function feedTitle({ url, reading }: FoundFeed): string {
  return reading.document.feed.title ?? new URL(url).host;
}

function describe({ reading: { document, fetched } }: FoundFeed): string {
  return `${feedFormat(fetched.bytes, fetched.contentType)}, ${counted(document.entries.length, 'item')}`;
}
