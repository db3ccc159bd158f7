import slugify from '@sindresorhus/slugify';
import type { Item } from '../model.ts';

const MAX_SLUG_CHARS = 80;
/** More of a title than a slug can use; keeps hostile titles cheap. */
const READ_CHARS = 300;

/** Slugs of labels: items name the same few again and again. */
const slugs = new Map<string, string>();
const MAX_SLUGS = 20_000;

/** The telling part of an address: lower case, words joined by '-', at most 80 characters, never empty ('-' when the
 *  text has no letter or digit). Scripts that have no usual Latin form stay as they are, so encode it in a path. */
export function slugOf(text: string): string {
  const start = text.slice(0, READ_CHARS);
  return cut(slugify(start)) || cut(slugInOwnScript(start)) || '-';
}

/** Address path of the item's page, percent-encoded. */
export function itemPath(item: Pick<Item, 'id' | 'title'>): string {
  return `/items/${encodeURIComponent(item.id)}/${encodeURIComponent(slugOf(item.title))}`;
}

/** Slug of a category as its own name gives it. Two names can give the same one ('C' and 'C!'): telling them apart is up to the caller. */
export function categorySlug(name: string): string {
  return slugOf(name);
}

/** Address path of a category's page, percent-encoded. */
export function categoryPath(name: string): string {
  return `/categories/${encodeURIComponent(categorySlug(name))}`;
}

/** What blog engines write where an author chose nothing. */
export const NO_TAG = /^(?:un(?:categori[sz]ed|tagged)|allgemein|non class[ée]e?|sin categor[ií]a|general)$/i;

/** What stands for a tag or an author in an address, in its own script: 'C++' → 'cplusplus', '#AI' → 'ai'. '' when it has no letter
 *  or digit. */
export function labelSlug(name: string): string {
  const known = slugs.get(name);
  if (known !== undefined) return known;
  if (slugs.size >= MAX_SLUGS) slugs.clear();
  const signs = name
    .slice(0, READ_CHARS)
    .replace(/(?<=\p{L})\+/gu, 'plus')
    .replace(/(?<=\p{L})#/gu, 'sharp');
  const slug = cut(slugInOwnScript(signs));
  slugs.set(name, slug);
  return slug;
}

/** Address path of a tag's page. */
export function tagPath(slug: string): string {
  return `/tags/${encodeURIComponent(slug)}`;
}

/** Address path of an author's page. */
export function authorPath(slug: string): string {
  return `/authors/${encodeURIComponent(slug)}`;
}

/** Address path of the page of a day, '2026-11-26'. */
export function dayPath(date: string): string {
  return `/archive/${date.replaceAll('-', '/')}`;
}

/** Address path of a source's page. */
export function sourcePath(id: string): string {
  return `/sources/${encodeURIComponent(id)}`;
}

function slugInOwnScript(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/** Ends at a whole word where one ends in the last third; never inside a surrogate pair. */
function cut(slug: string): string {
  if (slug.length <= MAX_SLUG_CHARS) return slug;
  const start = slug.slice(0, MAX_SLUG_CHARS + 1);
  const lastWordEnd = start.lastIndexOf('-');
  if (lastWordEnd > (MAX_SLUG_CHARS * 2) / 3) return start.slice(0, lastWordEnd);
  return start.slice(0, MAX_SLUG_CHARS).replace(/[\uD800-\uDBFF]$/, '');
}
