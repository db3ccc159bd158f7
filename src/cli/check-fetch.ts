import { openAsker, openReadOnlyStore } from '../app.ts';
import { DAY_MS } from '../durations.ts';
import { hostKey } from '../fetch/host-queue.ts';
import { isWanted } from '../items/filter-rule.ts';
import { isCarriedByOthers } from '../items/item-index.ts';
import { planPoll } from '../items/plan.ts';
import type { Config, Instant, Source } from '../model.ts';
import { feedFormat } from '../parse/feed-format.ts';
import { excerpt } from '../publish/excerpt.ts';
import type { Reading } from '../schedule/reading.ts';
import { whetherToAsk } from '../schedule/schedule.ts';
import type { CommandContext } from './context.ts';
import { movedTo } from './find-feeds.ts';
import { selectSources } from './select-sources.ts';
import { counted, drawLine, printable } from './terminal.ts';

const QUIET_MS = 365 * DAY_MS;

export interface CheckFetchFlags {
  readonly source?: readonly string[];
  readonly json?: boolean;
}

/** What one source is and would bring. */
interface Tried {
  readonly id: string;
  readonly ok: boolean;
  readonly title?: string;
  readonly format?: string;
  readonly items?: number;
  readonly newest?: string;
  readonly content?: { readonly policy: string; readonly why: string };
  /** New items; `merged` of them are here already via others. */
  readonly added?: number;
  /** Of these, those that go into the feeds. */
  readonly announced?: number;
  readonly merged?: number;
  readonly edited?: number;
  /** New ones that include and exclude leave out. */
  readonly excluded?: number;
  readonly problems: readonly string[];
}

/** Asks each source once, keeps nothing, and shows what it is, what it would bring to what is stored, and what is wrong with it.
 *  Works beside a running daemon. Exit code 1 when a source cannot be read. */
export async function checkFetch(config: Config, flags: CheckFetchFlags, context: CommandContext): Promise<number> {
  const { io, settings, log } = context;
  const sources = selectSources(config, flags.source);
  const store = await openReadOnlyStore(config, settings, log);
  const asker = openAsker(config, settings);
  const line = drawLine(io);
  const seenBodies = new Map<string, string>();
  let answered = 0;
  let failed = 0;
  try {
    line.show(`asking ${counted(sources.length, 'source')}`);
    const readings = sources.map(async (source) => {
      const reading = await read(source);
      answered += 1;
      line.show(`${answered}/${sources.length} ${source.id}`);
      return reading;
    });
    // In the order of the file, so that what is said of the later ones does not depend on who answered first.
    for (const [index, source] of sources.entries()) {
      const reading = await readings[index];
      const tried = judge(source, reading ?? 'was not asked');
      if (!tried.ok) failed += 1;
      line.clear();
      if (flags.json) await io.out(JSON.stringify(tried));
      else for (const text of inWords(tried)) await io.out(text);
    }
    if (!flags.json)
      await io.out(
        `${sources.length} asked, ${sources.length - failed} OK${failed > 0 ? `, ${failed} cannot be read` : ''}`,
      );
    return failed > 0 ? 1 : 0;
  } finally {
    line.clear();
    await asker.close();
    await store.close();
  }

  /** A host that wants to be left alone is, with its reason in words. */
  async function read(source: Source): Promise<Reading | string> {
    const now = new Date().toISOString();
    const ask = whetherToAsk(source, store.state(source.id), store.hostWaits(), now, { force: true });
    if (!ask.ask)
      return `is not asked now: ${ask.reason}${ask.until === undefined ? '' : ` until ${ask.until.slice(0, 16).replace('T', ' ')}`}`;
    return asker.ask({ ...source, url: ask.url });
  }

  function judge(source: Source, reading: Reading | string): Tried {
    const { id } = source;
    if (typeof reading === 'string') return { id, ok: false, problems: [`It ${reading}.`] };
    if (reading.kind === 'fetch-failed') return { id, ok: false, problems: [reading.error.message] };
    if (reading.kind === 'parse-failed')
      return { id, ok: false, problems: [`It cannot be read: ${reading.error.message.replace(/\.$/, '')}.`] };
    if (reading.kind !== 'document') return { id, ok: true, problems: [] };
    const { document, fetched } = reading;
    const title = source.title ?? document.feed.title;
    const newest = document.entries
      .map(({ publishedAt, updatedAt }) => publishedAt ?? updatedAt ?? '')
      .sort()
      .at(-1);
    const twin = seenBodies.get(fetched.bodyHash);
    seenBodies.set(fetched.bodyHash, twin ?? id);
    return {
      id,
      ok: true,
      ...(title !== undefined && { title }),
      format: feedFormat(fetched.bytes, fetched.contentType),
      items: document.entries.length,
      ...(newest && { newest }),
      content: contentOf(source, reading),
      ...bring(source, reading),
      problems: [
        ...(twin === undefined ? [] : [`It is the same document as ${twin}.`]),
        ...feedProblems(source, reading, new Date().toISOString()),
      ],
    };
  }

  function contentOf(source: Source, { document }: Extract<Reading, { kind: 'document' }>) {
    const origin = source.content === config.content ? 'as the whole file' : 'its own setting';
    if (source.content !== 'summary') return { policy: source.content, why: origin };
    const own = document.entries.filter(({ summary }) => summary !== undefined).length;
    const some = document.entries.filter((entry) => excerpt(entry) !== undefined).length - own;
    const made = some > 0 ? `, ${some} made of the first sentences` : '';
    return { policy: 'summary', why: `${origin}; ${own} of ${document.entries.length} bring their own${made}` };
  }

  /** What a poll would do now. The index is this process's own copy: later sources are compared with earlier ones too. */
  function bring(source: Source, reading: Extract<Reading, { kind: 'document' }>) {
    const now = new Date().toISOString();
    const before = store.record(source.id);
    const { plan } = planPoll({
      source,
      record: before,
      state: store.state(source.id),
      reading,
      roundAt: now,
      now,
      config,
      hostOf: hostKey,
      rules: asker.rules,
      isNeeded: () => true,
      // Where short links lead is asked by a poll only.
      resolved: new Map(),
      mustWait: false,
    });
    const { outcome, record } = plan;
    if (!record) return { added: 0, announced: 0, merged: 0, edited: 0, excluded: 0 };
    store.items.apply(source, record);
    const known = new Set(before?.entries.map(({ id }) => id));
    const fresh = record.entries.filter(({ id }) => !known.has(id));
    const added = outcome.kind === 'updated' ? outcome.added : 0;
    return {
      added,
      announced: fresh.filter((entry) => entry.published && isWanted(source, entry)).length,
      merged: fresh.filter(({ id }) => isCarriedByOthers(id, source.id, store.items)).length,
      edited: outcome.kind === 'updated' ? outcome.edited : 0,
      excluded: fresh.length - added,
    };
  }
}

function inWords(tried: Tried): string[] {
  const {
    id,
    ok,
    title,
    format,
    items,
    newest,
    content,
    added = 0,
    announced = 0,
    merged = 0,
    edited = 0,
    excluded = 0,
    problems,
  } = tried;
  const lines = [`${id}${title === undefined ? '' : `  ${title}`}`];
  if (ok && format !== undefined) {
    lines.push(
      `  ${format}, ${counted(items ?? 0, 'item')}${newest === undefined ? '' : `, newest of ${newest.slice(0, 10)}`}`,
    );
    lines.push(`  content: ${content?.policy} (${content?.why})`);
    lines.push(
      [
        `  would add ${counted(added, 'item')}`,
        ...(announced < added ? [`${announced} of them announced in the feeds, the others kept on its page`] : []),
        ...(merged > 0 ? [merged === added ? 'already here via others' : `${merged} already here via others`] : []),
        ...(edited > 0 ? [`${edited} edited`] : []),
        ...(excluded > 0 ? [`${excluded} left out by include and exclude`] : []),
      ].join(', '),
    );
  }
  return [...lines, ...problems.map((problem) => `  ! ${problem}`)].map(printable);
}

/** What is wrong with a feed that can be read, in sentences for its operator. An address of a private source is not repeated. */
export function feedProblems(
  source: Source,
  reading: Extract<Reading, { kind: 'document' }>,
  now: Instant,
): readonly string[] {
  const { entries, skipped, surplus = 0, tooLarge = 0, complete } = reading.document;
  const moved = movedTo(reading);
  const dates = entries.flatMap(({ publishedAt, updatedAt }) => publishedAt ?? updatedAt ?? []).sort();
  const newest = dates.at(-1);
  const nameless = entries.filter(({ guid, link, permalink }) => (guid ?? link ?? permalink) === undefined).length;
  const hasNoText = source.content === 'full' && entries.length > 0 && !entries.some(({ html }) => html !== undefined);
  return [
    ...(moved === undefined || moved === source.url
      ? []
      : [`It has moved for good${source.private ? '' : ` to ${moved}`}: change its address.`]),
    ...(complete ? [] : ['Its document ends early; missing entries do not count as deleted.']),
    ...(entries.length === 0 ? ['It has no entries.'] : []),
    ...(skipped > 0 ? [`${skipped} of its entries are empty.`] : []),
    ...(surplus > 0 ? [`It lists too many entries: ${entries.length} are read, ${surplus} are not.`] : []),
    ...(tooLarge > 0 ? [`${tooLarge} of its entries are left out: they repeat too much of it (parse/too-much).`] : []),
    ...(nameless > 0 ? [`${nameless} of its items have neither guid nor link.`] : []),
    ...(entries.length > 0 && newest === undefined ? ['None of its items has a date.'] : []),
    ...(newest !== undefined && Date.parse(now) - Date.parse(newest) > QUIET_MS
      ? [`Nothing new since ${newest.slice(0, 10)}.`]
      : []),
    ...(hasNoText ? ['Its content is "full", and its items have no text.'] : []),
    ...(source.insecureTls ? ['Its certificate is not verified (insecureTls).'] : []),
  ];
}
