import { VOID_ELEMENTS } from './html-text.ts';
import type { XmlElement } from './xml-front.ts';

/** Whether the element holds markup as child elements, so that character data in it is text and no HTML source:
 *  type="xhtml" (RFC 4287 §3.1.1.3), Atom 0.3's mode="xml", XHTML's own elements in RSS. */
export function isInlineXml({ prefix, local, attributes }: XmlElement): boolean {
  if (prefix === 'xhtml' || local === 'body') return true;
  return /xhtml|\+xml|\/xml/i.test(attributes.get('type') ?? '') || attributes.get('mode')?.toLowerCase() === 'xml';
}

/** The start tag of a child element of a text construct as HTML: without prefix, so that whatever the document calls
 *  XHTML's namespace, HTML comes out. Never trusted: it goes through the sanitiser like any other content. */
export function startTag({ local, attributes }: XmlElement, resolve: (url: string) => string): string {
  let tag = `<${local}`;
  for (const [name, value] of attributes) {
    if (name.startsWith('xml') || name.includes(':')) continue;
    const text = name === 'href' || name === 'src' ? resolve(value) : value;
    tag += ` ${name}="${escapeText(text).replaceAll('"', '&quot;')}"`;
  }
  return `${tag}>`;
}

/** The end tag that belongs to startTag's; '' for elements that have none. */
export function endTag({ local }: XmlElement): string {
  return VOID_ELEMENTS.has(local) ? '' : `</${local}>`;
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
