import type { FeedDocument, ListedEntry } from '../model.ts';
import { escapeText } from './inline-markup.ts';
import { sanitise } from './sanitise.ts';
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
  return entries.map(({ entry, content }) => {
    const html = content && sanitise(content.isHtml ? content.source : escapeText(content.source), content.base);
    return html ? { ...entry, html } : entry;
  });
}
