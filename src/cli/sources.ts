import { MINUTE_MS } from '../durations.ts';
import { isWanted } from '../items/filter-rule.ts';
import type { Config, Instant, Source } from '../model.ts';
import { whetherToAsk } from '../schedule/schedule.ts';
import type { Store } from '../store/store.ts';
import type { CommandContext } from './context.ts';
import { counted, inTable } from './terminal.ts';
import { withStore } from './with-store.ts';

/** Lists the sources of feeds.json with where their polling stands. Works beside a running daemon. */
export async function sources(flags: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  const { io } = context;
  const list = async (store: Store, config: Config) => {
    const now = new Date().toISOString();
    const rows = config.sources.map((source) => describe(source, store, now));
    const lines = flags.json
      ? rows.map((row) => JSON.stringify(row))
      : inTable(
          ['SOURCE', 'ITEMS', 'LAST OK', '304', 'FETCHED', 'NEXT', 'NOTE'],
          rows.map((row) => [
            row.id,
            String(row.items),
            row.lastSucceeded?.slice(0, 16).replace('T', ' ') ?? 'never',
            row.asked === 0 ? '-' : `${Math.round((100 * row.notModified) / row.asked)}%`,
            row.bytes === 0 ? '-' : `${Math.ceil(row.bytes / 1000)} kB`,
            nextInWords(row, now),
            noteOf(row),
          ]),
        );
    for (const line of lines) await io.out(line);
    return 0;
  };
  return withStore(context, list, 'records');
}

type Row = ReturnType<typeof describe>;

/** 'in 3 h: Retry-After'. */
function nextInWords({ next, reason = '' }: Row, now: Instant): string {
  if (next === undefined) return reason === '' ? 'due' : `never: ${reason}`;
  const minutes = Math.max(1, Math.round((Date.parse(next) - Date.parse(now)) / MINUTE_MS));
  const amount =
    minutes < 120
      ? `${minutes} min`
      : minutes < 2880
        ? `${Math.round(minutes / 60)} h`
        : `${Math.round(minutes / 1440)} d`;
  return `in ${amount}: ${reason}`;
}

function noteOf({ problem, limited, movedTo, redirect }: Row): string {
  if (problem) return problem.message;
  if (limited !== undefined) return limited;
  if (movedTo !== undefined) return `has moved to ${movedTo}: change its address in feeds.json`;
  return redirect ? `redirects to ${redirect.to} (${counted(redirect.count, 'time')} so far)` : '';
}

function describe(source: Source, store: Store, now: Instant) {
  const state = store.state(source.id);
  const asks = whetherToAsk(source, state, store.hostWaits(), now, { force: false });
  const { feed, entries = [] } = store.record(source.id) ?? {};
  const { asked, notModified } = state.counts;
  const title = source.title ?? feed?.title;
  const homepage = source.homepage ?? feed?.url;
  return {
    id: source.id,
    ...(!source.private && { url: source.url }),
    ...(title !== undefined && { title }),
    ...(source.via !== undefined && { via: source.via }),
    ...(homepage !== undefined && { homepage }),
    ...(source.categories.length > 0 && {
      category: source.categories.length === 1 ? source.categories[0] : source.categories,
    }),
    ...(source.disabled && { disabled: true }),
    items: source.disabled ? 0 : entries.filter((entry) => isWanted(source, entry)).length,
    ...(state.askedAt !== undefined && { lastAsked: state.askedAt }),
    ...(state.succeededAt !== undefined && { lastSucceeded: state.succeededAt }),
    ...(!asks.ask && asks.until !== undefined && { next: asks.until }),
    ...(!asks.ask && { reason: asks.reason }),
    ...(state.gone && { gone: true }),
    ...(state.movedTo !== undefined && !source.private && { movedTo: state.movedTo }),
    ...(state.redirect !== undefined &&
      !source.private && { redirect: { to: state.redirect.to, count: state.redirect.count } }),
    ...(state.problem !== undefined && { problem: state.problem, failures: state.failures }),
    ...(state.limited !== undefined && { limited: state.limited.message }),
    asked,
    notModified,
    bytes: state.counts.bytes,
  };
}
