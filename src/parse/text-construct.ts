import type { SafeHtml } from '../model.ts';
import type { Value } from './document-reader.ts';
import { cleanText, htmlToText } from './plain-text.ts';
import { escapeHtml, sanitise } from './sanitise.ts';

/** A text of a feed and what it is: HTML source, or text to be shown as it is. */
export interface Text {
  readonly source: string;
  readonly isHtml: boolean;
  readonly base: string | undefined;
}

/** What a text construct holds: RFC 4287 §3.1, Atom 0.3's mode, RSS's unspoken HTML. Undefined when it is empty or
 *  holds no text (an image in Base64, content that is elsewhere). */
export function textOf(value: Value): Text | undefined {
  const { attributes, base } = value;
  const type = attributes.get('type')?.trim().toLowerCase();
  const isBase64 = attributes.get('mode')?.toLowerCase() === 'base64';
  const source = isBase64 ? Buffer.from(value.text, 'base64').toString('utf8') : value.text;
  if (source.trim() === '' || attributes.has('src')) return undefined;
  const isAtom = value.prefix === 'atom';
  if (value.isInline || type === 'html' || type === 'text/html') return { source, isHtml: true, base };
  if (type === undefined) return { source, isHtml: !isAtom, base };
  if (type === 'text' || type === 'plain' || type.startsWith('text/')) return { source, isHtml: false, base };
  return undefined;
}

/** The text in one plain line, undefined when there is none. */
export function toPlain({ source, isHtml }: Text, maxChars: number): string | undefined {
  const plain = isHtml ? htmlToText(source, maxChars) : cleanText(source, maxChars);
  return plain === '' ? undefined : plain;
}

/** The text as HTML that may be shown. */
export function toSafeHtml({ source, isHtml, base }: Text): SafeHtml {
  return isHtml ? sanitise(source, base) : escapeHtml(source);
}
