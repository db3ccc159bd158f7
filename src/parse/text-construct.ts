import { isUtf8 } from 'node:buffer';
import type { Value } from './document-reader.ts';
import { readHtml } from './html-text.ts';
import { cleanText, withoutUnsafe } from './plain-text.ts';

/** A text of a feed and what it is: HTML source, or text to be shown as it is. */
export interface Text {
  readonly source: string;
  readonly isHtml: boolean;
  readonly base: string | undefined;
}

/** What a text construct holds: RFC 4287 §3.1 and §4.1.3.3, Atom 0.3's mode, RSS's unspoken HTML. Undefined when it is
 *  empty, holds no text (an image in Base64) or its content is elsewhere. */
export function textOf(value: Value, base: string | undefined): Text | undefined {
  const { attributes, prefix } = value.element;
  if (attributes.has('src')) return undefined;
  const type = attributes.get('type')?.trim().toLowerCase() ?? (prefix === 'atom' ? 'text' : 'html');
  const isHtml = value.isInline || /html/.test(type);
  const isText = isHtml || type === 'text' || type === 'plain' || type.startsWith('text/');
  const isBase64 = attributes.get('mode')?.toLowerCase() === 'base64' || !isText;
  const source = isBase64 ? decodeBase64(value.text) : value.text;
  return source.trim() === '' ? undefined : { source, isHtml, base: value.element.base ?? base };
}

/** The text in Base64 (RFC 4648 §4), '' when what comes out is none. */
function decodeBase64(encoded: string): string {
  const bytes = Buffer.from(encoded, 'base64');
  const text = bytes.toString('utf8');
  return isUtf8(bytes) && withoutUnsafe(text) === text ? text : '';
}

/** The text in one plain line, '' when there is none, and how many characters of its source that took. */
export function readText({ source, isHtml }: Text, maxChars: number): { readonly text: string; readonly read: number } {
  if (isHtml) return readHtml(source, maxChars);
  return { text: cleanText(source, maxChars), read: Math.min(source.length, maxChars) };
}
