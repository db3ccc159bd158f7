import type { Value } from './document-reader.ts';
import type { Markup } from './entry-body.ts';
import { titleToText } from './html-text.ts';
import { TITLE_CHARS } from './limits.ts';
import { textToHtml } from './plain-text.ts';
import { resolveUrl } from './urls.ts';

/** The media object whose words may stand for those of an entry that has none: its only one, and no picture, whose words are a
 *  caption or the name of whoever is in it. Else title, description and thumbnail of an object are its own (Media RSS 1.5.1). */
export function onlyObject(media: readonly Value[]): Value | undefined {
  const [object, ...others] = media.filter(isObject);
  return object && others.length === 0 && !isPicture(object) ? object : undefined;
}

export function describedBy(object: Value | undefined, base: string | undefined): Markup | undefined {
  const said = object?.parts.find(({ local, text }) => local === 'description' && text.trim() !== '');
  const isHtml = /html/i.test(said?.attributes.get('type') ?? '');
  return said && { html: isHtml ? said.text : textToHtml(said.text), base };
}

export function titledBy(object: Value | undefined): string | undefined {
  const title = object?.parts.find(({ local }) => local === 'title')?.text;
  return title === undefined ? undefined : titleToText(title, TITLE_CHARS) || undefined;
}

/** The address of the object, where it is a picture, or of its thumbnail; undefined for other enclosures. */
export function pictureOf(object: Value, base: string | undefined): string | undefined {
  if (!isObject(object)) return undefined;
  const thumbnail = object.parts.find(({ local }) => local === 'thumbnail')?.attributes.get('url');
  const url = isPicture(object) ? object.element.attributes.get('url') : thumbnail;
  return resolveUrl(url, object.element.base ?? base);
}

/** Whether a media object is a picture: Media RSS 1.5.1 media:content. */
export function isPicture({ element: { attributes } }: Value): boolean {
  return attributes.get('medium')?.toLowerCase() === 'image' || /^image\//i.test(attributes.get('type') ?? '');
}

function isObject({ element }: Value): boolean {
  return element.prefix === 'media';
}
