import type { FeedDocument, ListedEntry, SafeHtml } from '../model.ts';
import { sanitiseAll } from './sanitise-all.ts';
import type { Text } from './text-construct.ts';

/** An entry, and what its `html` would be made of. */
interface EntryWithContent {
  readonly entry: ListedEntry;
  readonly content?: Text;
}

/** A document whose entries still want their `html`. */
export type BareDocument = Omit<FeedDocument, 'entries'> & { readonly entries: readonly EntryWithContent[] };

/** The entries, those that have a content with their `html`. */
export function withHtml(entries: readonly EntryWithContent[]): ListedEntry[] {
  const contents = entries.flatMap(({ content }) => content ?? []);
  const safe: (SafeHtml | undefined)[] = sanitiseAll(contents).reverse();
  return entries.map(({ entry, content }) => {
    const html = content && safe.pop();
    return html ? { ...entry, html } : entry;
  });
}
