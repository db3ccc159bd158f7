import { openReadOnlyStore } from '../app.ts';
import { ViaductError } from '../errors.ts';
import type { Reason } from '../items/item-index.ts';
import type { Entry, Item, Source } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { CommandContext } from './context.ts';
import { inTable } from './table.ts';

/** Says of an item (by the id of any of its entries) which entries it is made of, and on what evidence; of a source (by
 *  its id) what its guids and links are worth, and where its polling stands.
 *  @throws ViaductError 'usage/unknown' when there is neither */
export async function explain(
  id: string,
  flags: { readonly json?: boolean },
  context: CommandContext,
): Promise<number> {
  const { io, settings, log } = context;
  const config = await context.loadConfig();
  const store = await openReadOnlyStore(config, settings, log);
  try {
    const item = store.items.find(id);
    const source = config.sources.find((candidate) => candidate.id === id);
    if (item) {
      const reasons = store.items.explain(id);
      const lines = flags.json ? [JSON.stringify(itemFacts(item, reasons))] : itemWords(item, reasons);
      for (const line of lines) await io.out(line);
      return 0;
    }
    if (source) {
      const facts = sourceFacts(source, store);
      for (const line of flags.json ? [JSON.stringify(facts)] : sourceWords(facts)) await io.out(line);
      return 0;
    }
    throw new ViaductError(
      'usage/unknown',
      `There is no item and no source ${id}. viaduct items and viaduct sources list them.`,
    );
  } finally {
    await store.close();
  }
}

function itemFacts(item: Item, reasons: readonly Reason[]): object {
  return {
    item: item.id,
    title: item.title,
    ...(item.url !== undefined && { url: item.url }),
    entries: item.entries.map((entry) => ({
      id: entry.id,
      source: entry.source,
      firstSeen: entry.firstSeen,
      ...(entry.title !== undefined && { title: entry.title }),
      guids: entry.guids,
      links: entry.linkKeys,
      ...(entry === item.primary && { primary: true }),
    })),
    joins: reasons.map(({ entries: [first, second], words, shared }) => ({
      entries: [first.id, second.id],
      rule: words,
      shared,
    })),
  };
}

function itemWords(item: Item, reasons: readonly Reason[]): string[] {
  const numberOf = new Map(item.entries.map((entry, at) => [entry.id, at + 1]));
  const nameOf = (entry: Entry) => item.via.find(({ source }) => source === entry.source)?.name ?? entry.source;
  const rows = item.entries.map((entry, at) => [
    String(at + 1),
    nameOf(entry),
    minute(entry.firstSeen),
    entry.guids[0] ?? '-',
    `${entry.title ?? '(untitled)'}${entry === item.primary ? ' (shown)' : ''}`,
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
    ...(joins.length > 0
      ? inTable(['ENTRIES', 'ARE ONE BY', 'WHICH IS'], joins)
      : ['One entry: no other source tells it.']),
  ];
}

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
    toldByOthersToo: store.items.ofSource(source.id).filter(({ via }) => via.length > 1).length,
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
  const { source, entries, listed, withGuid, withChangedGuid, withLink, toldByOthersToo, expired } = facts;
  const changed = withChangedGuid > 0 ? `, ${withChangedGuid} of them came again under another one` : '';
  const list = (heading: string, values: readonly string[]) =>
    values.length === 0 ? [] : [heading, ...values.map((value) => `  ${value}`)];
  return [
    source,
    `  ${entries} entries are kept, ${listed} stand in its last document, ${expired} have expired`,
    `  ${withGuid} have a guid that names them${changed}`,
    `  ${withLink} have a link`,
    `  ${toldByOthersToo} are told by other sources too`,
    ...list('Guids that name nothing here, because unlike entries shared them:', facts.unreliableGuids),
    ...list('Links that name nothing here, because unlike entries shared them:', facts.unreliableLinks),
    facts.lastAsked === undefined
      ? 'It was never asked.'
      : `Last asked ${minute(facts.lastAsked)}${facts.next === undefined ? '' : `, next ${minute(facts.next)}: ${facts.reason ?? 'due'}`}.`,
    ...(facts.problem === undefined ? [] : [facts.problem]),
  ];
}

const minute = (at: string) => `${at.slice(0, 16).replace('T', ' ')} UTC`;
