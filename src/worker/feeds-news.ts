import { differingKeys, type SourceChange } from '../config/compare-sources.ts';
import type { ConfigError, ConfigProblem } from '../config/parse-config.ts';
import { sourceName } from '../items/derive-item.ts';
import type { Log } from '../log.ts';
import type { Config, Instant, Source } from '../model.ts';
import { redactionFor } from '../secrets.ts';
import type { Store } from '../store/store.ts';
import type { PolledSource } from './poller.ts';

const CHANGES_KEPT = 20;
/** Of sources that changed alike. */
const ALIKE_LISTED = 8;
/** Without the path of the file, which does not belong on a page. */
const WORDS_OF = new Map<string, string>([
  ['config/missing', 'The file is missing.'],
  ['config/too-large', 'The file is too large.'],
]);
const PROBLEMS_LOGGED = 10;

export interface FeedsChange {
  readonly at: Instant;
  readonly message: string;
  /** Whom it is about; absent when it is about several, or the file as a whole. */
  readonly source?: string;
}

/** What became of the last edits of feeds.json, for the status page. */
export interface FeedsFileState {
  /** '+ Simon Willison: 30 items, …', oldest first. */
  readonly changes: readonly FeedsChange[];
  /** Why the file as it is cannot be used; the previous list stays in use. */
  readonly broken?: { readonly since: Instant; readonly message: string; readonly problems: readonly ConfigProblem[] };
}

/** Reports what an edit of feeds.json did: in the log, and on the status page through `state`. */
export interface FeedsNews {
  state(): FeedsFileState;
  /** Calls `listener` whenever `state` has changed. */
  onChange(listener: () => void): void;
  applied(before: Config, changes: readonly SourceChange[]): void;
  broken(error: ConfigError): void;
  /** A source was polled: if it is a new one, now is known what it brings. */
  polled(polled: PolledSource): void;
  /** An edited address was recognised by its guids as that of a source from before. */
  recognised(source: Source, before: Config): void;
}

export function createFeedsNews(ports: {
  readonly store: Store;
  readonly config: () => Config;
  readonly clock: () => Instant;
  readonly log: Log;
}): FeedsNews {
  const { store, config, clock, log } = ports;
  const listeners: (() => void)[] = [];
  /** Ids of new sources that were not polled yet. */
  const awaited = new Set<string>();
  let state: FeedsFileState = { changes: [] };

  function setState(next: FeedsFileState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function report({ message, source }: Omit<FeedsChange, 'at'>): void {
    const change = { at: clock(), message, ...(source !== undefined && { source }) };
    log('info', 'feeds.changed', { message });
    setState({ ...state, changes: [...state.changes, change].slice(-CHANGES_KEPT) });
  }

  /** The last report of a source has turned out to be half of it: the page need not repeat it. */
  function forgetLast(sourceId: string): void {
    const last = state.changes.findLast(({ source }) => source === sourceId);
    state = { ...state, changes: state.changes.filter((change) => change !== last) };
  }

  /** As pages show it; of a private source nothing that its publisher made of its address. */
  function nameOf(source: Source, known: Config): string {
    const name = sourceName({ source, feed: store.record(source.id)?.feed ?? {} });
    return redactionFor(known).text(name).replace(/\s+/g, ' ').trim().slice(0, 100) || source.id;
  }

  function wordsFor(change: SourceChange, before: Config): string {
    const { kind, source } = change;
    if (kind === 'removed') {
      awaited.delete(source.id);
      return `− ${nameOf(source, before)}: no longer shown; what is stored is kept and comes back with it`;
    }
    const name = nameOf(source, config());
    if (kind === 'changed') {
      const what = [change.isAddressNew && 'address changed, items kept', change.keys.join(', ')];
      return `~ ${name}: ${what.filter(Boolean).join('; ')}`;
    }
    if (store.record(source.id)) return `+ ${name}: back with ${brings(source)}`;
    awaited.add(source.id);
    return `+ ${name}: new, not polled yet`;
  }

  /** One edit may touch every source ("poll", "content"): what is the same for many is reported once. */
  function summarise(changes: readonly SourceChange[], before: Config): readonly Omit<FeedsChange, 'at'>[] {
    const groups = new Map<string, SourceChange[]>();
    for (const change of changes) {
      const isAlike = change.kind === 'changed' && !change.isAddressNew;
      const key = isAlike ? `~ ${change.keys.join(', ')}` : change.kind;
      groups.set(key, [...(groups.get(key) ?? []), change]);
    }
    return [...groups].flatMap(([key, group]) => {
      const shown = group
        .slice(0, ALIKE_LISTED)
        .map((change) => ({ message: wordsFor(change, before), source: change.source.id }));
      const more = group.length - shown.length;
      const mark = group[0]?.kind === 'changed' ? key : { added: '+', removed: '−' }[key];
      return more > 0 ? [...shown, { message: `${mark} and ${more} more` }] : shown;
    });
  }

  /** '30 items, 4 already here via others'. */
  function brings({ id }: Source): string {
    const items = store.items.ofSource(id);
    const shared = items.filter(({ via }) => via.length > 1).length;
    const count = items.length === 1 ? 'one item' : `${items.length} items`;
    return shared === 0 ? count : `${count}, ${shared} already here via others`;
  }

  function nextPoll(source: Source): string {
    const { notBefore } = store.state(source.id);
    if (notBefore === undefined) return '';
    const { timezone } = config();
    const time = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit' });
    return `, next poll ${time.format(Date.parse(notBefore))}`;
  }

  return {
    state: () => state,
    onChange: (listener) => void listeners.push(listener),
    applied(before, changes) {
      const { broken: _, ...rest } = state;
      log('info', 'feeds.reloaded', { sources: config().sources.filter(({ disabled }) => !disabled).length });
      setState(rest);
      const others = differingKeys({ ...before, sources: [] }, { ...config(), sources: [] });
      if (others.length > 0) report({ message: `~ ${others.join(', ')}` });
      for (const change of summarise(changes, before)) report(change);
    },
    broken(error) {
      const { code, problems } = error;
      const message =
        problems.length > 0 ? 'Something in it needs fixing.' : (WORDS_OF.get(code) ?? 'It cannot be used.');
      log('error', 'feeds.broken', { code, problems: problems.length, message: firstLine(error) });
      for (const { line, column, path, message: words } of problems.slice(0, PROBLEMS_LOGGED)) {
        log('error', 'feeds.problem', { line, column, path, message: words });
      }
      setState({ ...state, broken: { since: state.broken?.since ?? clock(), message, problems } });
    },
    polled({ source, outcome }) {
      if (!awaited.delete(source.id)) return;
      const result = outcome.kind === 'failed' ? outcome.error.message.replace(/\.$/, '') : brings(source);
      forgetLast(source.id);
      report({ message: `+ ${nameOf(source, config())}: ${result}${nextPoll(source)}`, source: source.id });
    },
    recognised(source, before) {
      for (const { id, idFrom } of before.sources) {
        if (idFrom !== source.idFrom) continue;
        awaited.delete(id);
        forgetLast(id);
      }
      forgetLast(source.id);
      const message = `~ ${nameOf(source, config())}: address changed, items kept (recognised by their guids; its id stays ${source.id})`;
      report({ message, source: source.id });
    },
  };
}

function firstLine({ message }: ConfigError): string {
  return `${message.split('\n')[0]?.replace(/[.:]$/, '')}. The previous list stays in use.`;
}
