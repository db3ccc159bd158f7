import type { Config, ContentPolicy, Entry, Item } from '../../model.ts';
import { cleanLine } from '../../publish/clean.ts';
import { standfirst } from '../../publish/excerpt.ts';
import { itemPath } from '../../publish/links.ts';
import { createRedaction, type Redaction } from '../../secrets.ts';
import type { SourceView, View } from '../view.ts';

/** What others wrote, as a page may repeat it: on one line, without the addresses of private sources. */
export function shownText(view: View, text: string): string {
  return cleanLine(redactionOf(view).text(text));
}

/** Sanitised HTML without the addresses of private sources. */
export function shownHtml(view: View, html: string): string {
  return redactionOf(view).text(html);
}

/** An href to another site: absolute http(s), and no private source's address. Undefined when it is none or may not be told. */
export function shownUrl(view: View, url: string | undefined): string | undefined {
  return redactionOf(view).url(url);
}

/** Never empty. */
export function titleOf(view: View, item: Item): string {
  return shownText(view, item.title) || 'Untitled';
}

/** Path of the item's page, the one that feeds give. */
export function pathOf(view: View, item: Item): string {
  return itemPath({ id: item.id, title: redactionOf(view).text(item.title) });
}

/** The sentence or two under a title; undefined when the source gives none, or lets its titles be shown only. */
export function dekOf(view: View, item: Item): string | undefined {
  if (policyOf(view, item.body) === 'title') return undefined;
  const dek = standfirst(item.body);
  return dek === undefined ? undefined : shownText(view, dek) || undefined;
}

/** What of an entry's text may be shown. */
export function policyOf(view: View, entry: Entry): ContentPolicy {
  return sourceOf(view, entry.source)?.source.content ?? view.config.content;
}

export function sourceOf(view: View, id: string): SourceView | undefined {
  return view.sources.find(({ source }) => source.id === id);
}

/** The first author who has a name. */
export function authorOf(view: View, { authors }: Entry): string | undefined {
  const names = authors.map(({ name }) => (name === undefined ? '' : shownText(view, name)));
  return names.find((name) => name !== '');
}

const redactions = new WeakMap<Config, Redaction>();

function redactionOf({ config }: View): Redaction {
  const known = redactions.get(config) ?? createRedaction(config);
  redactions.set(config, known);
  return known;
}
