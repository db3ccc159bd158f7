import { openReadOnlyStore } from '../app.ts';
import type { Instant, Source } from '../model.ts';
import { whetherToAsk } from '../schedule/schedule.ts';
import type { Store } from '../store/store.ts';
import type { CommandContext } from './context.ts';
import { inTable } from './table.ts';

/** Lists the sources of feeds.json with where their polling stands. Works beside a running daemon. */
export async function sources(flags: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  const { io, settings, log } = context;
  const config = await context.loadConfig();
  const store = await openReadOnlyStore(config, settings, log);
  try {
    const now = new Date().toISOString();
    const rows = config.sources.map((source) => describe(source, store, now));
    if (flags.json) {
      for (const row of rows) await io.out(JSON.stringify(row));
      return 0;
    }
    const lines = inTable(
      ['SOURCE', 'ITEMS', 'LAST WELL', '304', 'FETCHED', 'NEXT', 'NOTE'],
      rows.map((row) => [
        row.id,
        String(row.items),
        row.lastSucceeded?.slice(0, 16).replace('T', ' ') ?? 'never',
        row.asked === 0 ? '-' : `${Math.round((100 * row.notModified) / row.asked)} %`,
        row.bytes === 0 ? '-' : `${Math.ceil(row.bytes / 1000)} kB`,
        nextInWords(row, now),
        noteOf(row),
      ]),
    );
    for (const line of lines) await io.out(line);
    return 0;
  } finally {
    await store.close();
  }
}

type Row = ReturnType<typeof describe>;

/** 'in 3 h: Retry-After'. */
function nextInWords({ next, reason = '' }: Row, now: Instant): string {
  if (next === undefined) return reason === '' ? 'due' : `never: ${reason}`;
  const minutes = Math.max(1, Math.round((Date.parse(next) - Date.parse(now)) / 60_000));
  const amount =
    minutes < 120
      ? `${minutes} min`
      : minutes < 2880
        ? `${Math.round(minutes / 60)} h`
        : `${Math.round(minutes / 1440)} d`;
  return `in ${amount}: ${reason}`;
}

function noteOf({ problem, movedTo, redirect }: Row): string {
  if (problem) return problem.message;
  if (movedTo !== undefined) return `has moved to ${movedTo}: change its address in feeds.json`;
  return redirect
    ? `says that it has moved to ${redirect.to} (${redirect.count} ${redirect.count === 1 ? 'time' : 'times'} so far)`
    : '';
}

function describe(source: Source, store: Store, now: Instant) {
  const state = store.state(source.id);
  const asks = whetherToAsk(source, state, store.hostWaits(), now, { force: false });
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
    ...(!asks.ask && asks.until !== undefined && { next: asks.until }),
    ...(!asks.ask && { reason: asks.reason }),
    ...(state.gone && { gone: true }),
    ...(state.movedTo !== undefined && !source.private && { movedTo: state.movedTo }),
    ...(state.redirect !== undefined &&
      !source.private && { redirect: { to: state.redirect.to, count: state.redirect.count } }),
    ...(state.problem !== undefined && { problem: state.problem, failures: state.failures }),
    asked,
    notModified,
    bytes: state.counts.bytes,
  };
}
