import { ViaductError } from '../errors.ts';
import { recognitionOf } from '../identity/match-document.ts';
import { allEntries, type Reason } from '../items/item-index.ts';
import type { Config, Entry, Item, Source } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { CommandContext } from './context.ts';
import { inTable } from './terminal.ts';
import { withStore } from './with-store.ts';

/** Says of an item (by the id of any of its entries) which entries it is made of, by what each is recognised within its
 *  source, and on what evidence they are one; of a source (by its id) which guids and links are unreliable, and where its
 *  polling stands.
 *  @throws ViaductError 'usage/unknown' when there is neither */
export async function explain(id: string, flags: ExplainFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  return withStore(context, async (store, config) => {
    const item = store.items.find(id);
    const source = config.sources.find((candidate) => candidate.id === id);
    const lines = item ? explainItem(item, store, config, flags) : source && explainSource(source, store, flags);
    if (lines === undefined)
      throw new ViaductError(
        'usage/unknown',
        `There is no item and no source ${id}. viaduct items and viaduct sources list them.`,
      );
    for (const line of lines) await io.out(line);
    return 0;
  });
}

interface ExplainFlags {
  readonly json?: boolean;
}

function explainItem(item: Item, store: Store, config: Config, { json }: ExplainFlags): readonly string[] {
  const reasons = store.items.explain(item.id);
  const recognised = allEntries(item).map((entry) => recognise(entry, store, config));
  return json ? [JSON.stringify(itemFacts(item, reasons, recognised))] : itemWords(item, reasons, recognised);
}

type Recognition = ReturnType<typeof recognitionOf>;

function recognise(entry: Entry, store: Store, { sources }: Config): Recognition {
  const source = sources.find(({ id }) => id === entry.source);
  const record = store.record(entry.source);
  return source && record && recognitionOf(entry, record, source);
}

function explainSource(source: Source, store: Store, { json }: ExplainFlags): readonly string[] {
  const facts = sourceFacts(source, store);
  return json ? [JSON.stringify(facts)] : sourceWords(facts);
}

function itemFacts(item: Item, reasons: readonly Reason[], recognised: readonly Recognition[]): object {
  return {
    item: item.id,
    title: item.title,
    ...(item.url !== undefined && { url: item.url }),
    entries: allEntries(item).map((entry, at) => ({
      id: entry.id,
      source: entry.source,
      firstSeen: entry.firstSeen,
      ...(entry.title !== undefined && { title: entry.title }),
      guids: entry.guids,
      links: entry.linkKeys,
      ...(recognised[at] && { recognisedBy: recognised[at] }),
      ...(entry === item.primary && { primary: true }),
      ...(item.hidden.includes(entry) && { hidden: true }),
    })),
    joins: reasons.map(({ entries: [first, second], words, shared }) => ({
      entries: [first.id, second.id],
      rule: words,
      shared,
    })),
  };
}

function itemWords(item: Item, reasons: readonly Reason[], recognised: readonly Recognition[]): string[] {
  const entries = allEntries(item);
  const numberOf = new Map(entries.map((entry, at) => [entry.id, at + 1]));
  const marks = new Map([...item.hidden.map((entry) => [entry, ' (not shown)'] as const), [item.primary, ' (shown)']]);
  const nameOf = (entry: Entry) => item.via.find(({ source }) => source === entry.source)?.name ?? entry.source;
  const rows = entries.map((entry, at) => [
    String(at + 1),
    nameOf(entry),
    minute(entry.firstSeen),
    entry.guids[0] ?? '-',
    `${entry.title ?? '(untitled)'}${marks.get(entry) ?? ''}`,
  ]);
  const within = recognised.map((by, at) => [
    String(at + 1),
    by?.step ?? 'nothing of its own',
    printedValue(by?.value),
  ]);
  const joins = reasons.map(({ entries: [first, second], words, shared }) => [
    `${numberOf.get(first.id)} and ${numberOf.get(second.id)}`,
    words,
    shared,
  ]);
  return [
    `${item.title} (${item.id})`,
    ...(item.url === undefined ? [] : [item.url]),
    '',
    ...inTable(['', 'SOURCE', 'FIRST SEEN', 'GUID', 'TITLE'], rows),
    '',
    ...inTable(['ENTRY', 'IS RECOGNISED IN ITS SOURCE BY', 'WHICH IS'], within),
    '',
    ...(joins.length > 0
      ? inTable(['ENTRIES', 'ARE ONE BY', 'WHICH IS'], joins)
      : ['One entry: no other source carries it.']),
  ];
}

/** The start of a value: a text may be long. */
const printedValue = (value = '-') => (value.length > 80 ? `${value.slice(0, 79)}…` : value);

function sourceFacts(source: Source, store: Store) {
  const record = store.record(source.id);
  const state = store.state(source.id);
  const entries = record?.entries ?? [];
  return {
    source: source.id,
    entries: entries.length,
    listed: entries.filter(({ isListed }) => isListed).length,
    withGuid: entries.filter(({ guids }) => guids.length > 0).length,
    withChangedGuid: entries.filter(({ guids }) => guids.length > 1).length,
    withLink: entries.filter(({ linkKeys }) => linkKeys.length > 0).length,
    carriedByOthersToo: store.items.ofSource(source.id).filter(({ via }) => via.length > 1).length,
    unreliableGuids: record?.unreliableGuids ?? [],
    unreliableLinks: record?.unreliableLinks ?? [],
    expired: record?.tombstones.length ?? 0,
    ...(state.askedAt !== undefined && { lastAsked: state.askedAt }),
    ...(state.notBefore !== undefined && { next: state.notBefore }),
    ...(state.reason !== undefined && { reason: state.reason }),
    ...(state.problem !== undefined && { problem: state.problem.message }),
  };
}

function sourceWords(facts: ReturnType<typeof sourceFacts>): string[] {
  const { source, entries, listed, withGuid, withChangedGuid, withLink, carriedByOthersToo, expired } = facts;
  const changed = withChangedGuid > 0 ? `, ${withChangedGuid} of them came again under another one` : '';
  const list = (heading: string, values: readonly string[]) =>
    values.length === 0 ? [] : [heading, ...values.map((value) => `  ${value}`)];
  return [
    source,
    `  ${entries} entries are kept, ${listed} are in its last document, ${expired} have expired`,
    `  ${withGuid} have a guid that names them${changed}`,
    `  ${withLink} have a link`,
    `  ${carriedByOthersToo} are carried by other sources too`,
    ...list('Guids that name nothing here, because unlike entries shared them:', facts.unreliableGuids),
    ...list('Links that name nothing here, because unlike entries shared them:', facts.unreliableLinks),
    facts.lastAsked === undefined
      ? 'It was never asked.'
      : `Last asked ${minute(facts.lastAsked)}${facts.next === undefined ? '' : `, next ${minute(facts.next)}: ${facts.reason ?? 'due'}`}.`,
    ...(facts.problem === undefined ? [] : [facts.problem]),
  ];
}

const minute = (at: string) => `${at.slice(0, 16).replace('T', ' ')} UTC`;
