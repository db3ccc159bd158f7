import { ViaductError } from '../errors.ts';
import type { Item, Tally } from '../model.ts';
import { firstWords } from '../publish/excerpt.ts';
import { ownWordsOf } from '../publish/own-words.ts';
import type { CommandContext } from './context.ts';
import { selectSources } from './select-sources.ts';
import { inTable } from './terminal.ts';
import { withStore } from './with-store.ts';

export interface ItemsFlags {
  readonly source?: string;
  readonly limit?: string;
  readonly json?: boolean;
}

/** Lists the stored items, newest date first. Works beside a running daemon. */
export async function items(flags: ItemsFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const limit = flags.limit === undefined ? Number.POSITIVE_INFINITY : Number(flags.limit);
  if (!(limit >= 1)) throw new ViaductError('usage/limit', `--limit ${flags.limit}: expected a number from 1.`);
  return withStore(context, async (store, config) => {
    const source = flags.source === undefined ? undefined : selectSources(config, [flags.source])[0];
    const found = source ? store.items.ofSource(source.id) : store.items.newest();
    const listed = [...found].sort(byDateThenId).slice(0, limit);
    if (flags.json) {
      for (const item of listed) await io.out(JSON.stringify(toJson(item, store.tally(item))));
      return 0;
    }
    const rows = listed.map((item) => [
      item.date.slice(0, 16).replace('T', ' '),
      item.id,
      item.title.slice(0, 70),
      `via ${item.via.map(({ name }) => name).join(', ')}`,
    ]);
    if (rows.length === 0) await io.out('No items yet: viaduct poll fetches them.');
    else for (const line of inTable(['DATE', 'ID', 'TITLE', 'VIA'], rows)) await io.out(line);
    return 0;
  });
}

function byDateThenId(a: Item, b: Item): number {
  if (a.date !== b.date) return a.date < b.date ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}

function toJson(item: Item, tally: Tally): object {
  return {
    id: item.id,
    ...(item.url !== undefined && { url: item.url }),
    title: item.title,
    date: item.date,
    firstSeen: item.firstSeen,
    updated: item.updated,
    published: item.published,
    via: item.via.map((via) => {
      const own = ownWordsOf(item).get(via.source);
      return own ? { ...via, comment: firstWords(own.text) } : via;
    }),
    guids: [...new Set(item.entries.flatMap((entry) => entry.guids))],
    // Those of the item's publisher, as in the feeds: others' are what anybody can write.
    categories: item.primary.categories,
    views: tally.views,
    clicks: tally.clicks,
  };
}
