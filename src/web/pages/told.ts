import type { Config, ContentPolicy, Entry, Item } from '../../model.ts';
import { cleanLine } from '../../publish/clean.ts';
import { standfirst } from '../../publish/excerpt.ts';
import { itemPath } from '../../publish/links.ts';
import { type Discretion, makeDiscretion } from '../../publish/web-url.ts';
import type { SourceView, View } from '../view.ts';

/** What others wrote, as a page may repeat it: on one line, without the addresses of private sources. */
export function tell(view: View, text: string): string {
  return cleanLine(discretionOf(view).tell(text));
}

/** Sanitised HTML without the addresses of private sources. */
export function tellHtml(view: View, html: string): string {
  return discretionOf(view).tell(html);
}

/** An href to another site: absolute http(s), and no private source's address. Undefined when it is none or may not be told. */
export function tellUrl(view: View, url: string | undefined): string | undefined {
  return discretionOf(view).tellUrl(url);
}

/** Never empty. */
export function titleOf(view: View, item: Item): string {
  return tell(view, item.title) || 'Untitled';
}

/** Path of the item's page, the one that feeds give. */
export function pathOf(view: View, item: Item): string {
  return itemPath({ id: item.id, title: discretionOf(view).tell(item.title) });
}

/** The sentence or two under a title; undefined when the source gives none, or lets its titles be shown only. */
export function dekOf(view: View, item: Item): string | undefined {
  if (policyOf(view, item.body) === 'title') return undefined;
  const dek = standfirst(item.body);
  return dek === undefined ? undefined : tell(view, dek) || undefined;
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
  const names = authors.map(({ name }) => (name === undefined ? '' : tell(view, name)));
  return names.find((name) => name !== '');
}

const discretions = new WeakMap<Config, Discretion>();

function discretionOf({ config }: View): Discretion {
  const known = discretions.get(config) ?? makeDiscretion(config);
  discretions.set(config, known);
  return known;
}
