import { escapeText } from './clean.ts';

/** What `feed` 6 and the xml-js under it need before and after them. The control characters used as marks are those that
 *  XML forbids and cleanText removes: no publisher's text can hold one. */

const CDATA_BREAK = '\u0001';
const MARK = '\u0002';
const LESS_THAN = '\u0003';

/** Clean text for an element's text: xml-js takes '&amp;' in it for '&', so that '&' must be escaped to stay what it is. */
export function forText(text: string): string {
  return text.replaceAll('&', '&amp;');
}

/** Clean text for a CDATA section: xml-js breaks the first ']]>' only, and what follows the second would be markup. */
export function forCdata(text: string): string {
  return text.replaceAll(']]>', `]]${CDATA_BREAK}>`);
}

/** Clean text for an attribute: '&' and '"' are escaped there, '<' is not. */
export function forAttribute(text: string): string {
  return text.replaceAll('<', LESS_THAN);
}

/** A place in what `feed` writes, to be found again by `MARKED`. */
export function mark(index: number): string {
  return MARK + index + MARK;
}

/** Source of the pattern of a mark; its group is the index. */
export const MARKED = `${MARK}(\\d+)${MARK}`;

/** RSS 2.0 with its titles and categories as the RSS Board's profile wants them ("Character Data"): no CDATA, `&` and `<` as
 *  hexadecimal references, which readers that decode once too often leave alone. */
export function inProfile(rss: string): string {
  return rss.replace(/<(title|category)>(?:<!\[CDATA\[([\s\S]*?)\]\]>|([^<]*))<\/\1>/g, (_, name, literal, escaped) => {
    const text: string = literal === undefined ? escaped : escapeText(literal.replaceAll(CDATA_BREAK, ''));
    return `<${name}>${text.replaceAll('&amp;', '&#x26;').replaceAll('&lt;', '&#x3C;')}</${name}>`;
  });
}

/** The document with what was put off by forCdata and forAttribute. */
export function settle(xml: string): string {
  return xml.replaceAll(CDATA_BREAK, ']]><![CDATA[').replaceAll(LESS_THAN, '&lt;');
}
