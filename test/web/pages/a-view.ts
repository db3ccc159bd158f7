/** What pages are given in these tests: a small site, each part of which a test may change. */
import type { Entry, Item, SafeHtml, Source, SourceState, Tally } from '../../../src/model.ts';
import type { SourcesPage } from '../../../src/web/source-pages.ts';
import type { SourceView, View } from '../../../src/web/view.ts';
import { aConfig, anItem, aSource, NOW } from '../site-under-test.ts';

const NOTHING_COUNTED: Tally = { views: 0, clicks: 0, hours: [] };

export function aState(changes: Partial<SourceState> = {}): SourceState {
  return {
    source: 'notes',
    askedAt: '2026-03-04T11:42:00.000Z',
    succeededAt: '2026-03-04T11:42:00.000Z',
    notBefore: '2026-03-04T12:30:00.000Z',
    reason: 'on schedule',
    sameBodyCount: 0,
    failures: 0,
    gone: false,
    counts: { asked: 40, notModified: 31, failed: 1, bytes: 240_000 },
    ...changes,
  };
}

export function aSourceView(changes: Partial<SourceView> = {}): SourceView {
  const source = changes.source ?? aSource();
  return {
    source,
    state: aState({ source: source.id }),
    name: source.via ?? source.title ?? source.id,
    homepage: 'https://notes.example/',
    itemCount: 3,
    ...changes,
  };
}

/** The config's sources are those of the view. */
export function aView(changes: Partial<View> = {}): View {
  const sources = changes.sources ?? [aSourceView()];
  const config = changes.config ?? aConfig({ sources: sources.map(({ source }) => source) });
  return {
    now: NOW,
    lastPollAt: NOW,
    itemCount: 3,
    categories: [{ name: 'Opinion & Analysis', slug: 'opinion-and-analysis', itemCount: 3 }],
    trending: [],
    notices: [],
    tally: () => NOTHING_COUNTED,
    tagsOf: () => [],
    authorsOf: () => [],
    reasons: () => [],
    source: (id) => sources.find(({ source }) => source.id === id),
    sourceCount: sources.length,
    ...changes,
    sources,
    config,
  };
}

/** Sources 'one', 'two' … of other publishers. */
export function otherSources(...names: readonly string[]): SourceView[] {
  return names.map((name) => {
    const id = name.toLowerCase().replace(/\W+/g, '-');
    const source = aSource({ id, title: name, url: `https://${id}.example/feed.xml` });
    return aSourceView({ source, name, homepage: `https://${id}.example/` });
  });
}

/** An item whose one entry has these fields; what of them the item repeats is repeated. */
export function anItemOf(entryChanges: Partial<Entry> & { html?: SafeHtml }, changes: Partial<Item> = {}): Item {
  const item = anItem(30);
  const entry: Entry = { ...item.primary, ...entryChanges };
  return {
    ...item,
    entries: [entry],
    primary: entry,
    body: entry,
    ...(entryChanges.title !== undefined && { title: entryChanges.title }),
    ...changes,
  };
}

/** The item as these told it after its first source. */
export function alsoToldBy(item: Item, others: readonly SourceView[]): Item {
  const entries = others.map(({ source }, at): Entry => {
    const url = `https://${source.id}.example/${at}`;
    return {
      ...item.primary,
      id: `${item.id}${source.id}`,
      source: source.id,
      title: `Told by ${source.id}`,
      url,
      viaUrl: url,
    };
  });
  const via = others.map(({ source, name }, at) => ({
    source: source.id,
    name,
    url: `https://${source.id}.example/${at}`,
    firstSeen: NOW,
  }));
  return { ...item, entries: [...item.entries, ...entries], via: [...item.via, ...via] };
}

/** Text that nobody made safe, passed off as sanitised. */
export const safe = (html: string): SafeHtml => html as SafeHtml;

/** A source whose address is a secret. */
export function aPrivateSource(changes: Partial<Source> = {}): Source {
  return aSource({ url: 'https://bridge.example/TOKEN-7391/feed.xml', private: true, ...changes });
}

/** All sources of a view on one page. */
export function onePage(view: View): SourcesPage {
  return { sources: view.sources, total: view.sourceCount, number: 1 };
}
