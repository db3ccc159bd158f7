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

/** Seconds that the entry's sound or film runs, as digits: itunes:duration ('1:02:03', '62:03', '3723'), else the duration of the
 *  first media:content that has one (Media RSS 1.5.1). */
export function durationOf(durations: readonly Value[], media: readonly Value[]): string | undefined {
  const written = [
    ...durations.map(({ text }) => text),
    ...media.map(({ element }) => element.attributes.get('duration')),
  ];
  const seconds = written.map((text) => secondsIn(text?.trim() ?? '')).find((one) => one > 0);
  return seconds === undefined ? undefined : String(seconds);
}

/** 0 for what is no duration, or longer than a week. */
function secondsIn(text: string): number {
  if (!/^\d{1,6}(?::\d{1,2}){0,2}(?:\.\d+)?$/.test(text)) return 0;
  const seconds = text.split(':').reduce((sum, part) => sum * 60 + Math.floor(Number(part)), 0);
  return seconds <= 7 * 86_400 ? seconds : 0;
}

/** Whether a media object is a picture: Media RSS 1.5.1 media:content. */
export function isPicture({ element: { attributes } }: Value): boolean {
  return attributes.get('medium')?.toLowerCase() === 'image' || /^image\//i.test(attributes.get('type') ?? '');
}

function isObject({ element }: Value): boolean {
  return element.prefix === 'media';
}
