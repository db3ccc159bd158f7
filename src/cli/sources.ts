import { openReadOnlyStore } from '../app.ts';
import type { Source } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { CommandContext } from './program.ts';
import { inTable } from './table.ts';

/** Lists the sources of feeds.json with where their polling stands. Works beside a running daemon. */
export async function sources(flags: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  const { io, place, log } = context;
  const config = await context.loadConfig();
  const store = await openReadOnlyStore(config, place, log);
  try {
    const rows = config.sources.map((source) => describe(source, store));
    if (flags.json) {
      for (const row of rows) await io.out(JSON.stringify(row));
      return 0;
    }
    const lines = inTable(
      ['SOURCE', 'ITEMS', 'LAST WELL', 'NEXT', 'PROBLEM'],
      rows.map((row) => [
        row.id,
        String(row.items),
        row.lastSucceeded?.slice(0, 16).replace('T', ' ') ?? 'never',
        row.disabled
          ? 'disabled'
          : row.gone
            ? 'never: gone (410)'
            : row.next === undefined
              ? 'due'
              : `${row.next.slice(5, 16).replace('T', ' ')}: ${row.reason ?? ''}`,
        row.problem?.message ?? '',
      ]),
    );
    for (const line of lines) await io.out(line);
    return 0;
  } finally {
    await store.close();
  }
}

function describe(source: Source, store: Store) {
  const state = store.state(source.id);
  const feed = store.record(source.id)?.feed;
  const { asked, notModified } = state.counts;
  const title = source.title ?? feed?.title;
  const homepage = source.homepage ?? feed?.url;
  return {
    id: source.id,
    ...(!source.private && { url: source.url }),
    ...(title !== undefined && { title }),
    ...(source.via !== undefined && { via: source.via }),
    ...(homepage !== undefined && { homepage }),
    ...(source.category !== undefined && { category: source.category }),
    ...(source.disabled && { disabled: true }),
    items: store.items.ofSource(source.id).length,
    ...(state.askedAt !== undefined && { lastAsked: state.askedAt }),
    ...(state.succeededAt !== undefined && { lastSucceeded: state.succeededAt }),
    ...(state.notBefore !== undefined && { next: state.notBefore }),
    ...(state.reason !== undefined && { reason: state.reason }),
    ...(state.gone && { gone: true }),
    ...(state.movedTo !== undefined && !source.private && { movedTo: state.movedTo }),
    ...(state.problem !== undefined && { problem: state.problem, failures: state.failures }),
    asked,
    notModified,
    bytes: state.counts.bytes,
  };
}
