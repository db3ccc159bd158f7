import { decodeHTMLAttribute, decodeHTMLStrict } from 'entities/decode';

/** `raw` with character references (XML 1.0 §4.1) and the entities of XML and HTML replaced, once. What is none, such as
 *  the & of `?a=1&b=2`, an entity of a document's own DTD or a reference without its semicolon, stays as it is; a
 *  reference to no character becomes U+FFFD, one to a C1 control what windows-1252 has there (HTML §13.2.5.80). */
export function decodeReferences(raw: string): string {
  return decode(raw, decodeHTMLStrict);
}

/** As decodeReferences, by the laxer rules that HTML §13.2.5.73 has for attributes: references to numbers and to the
 *  oldest names need no semicolon, unless `=` or a letter follows as in `?a=1&copy=2`. */
export function decodeHtmlReferences(raw: string): string {
  return decode(raw, decodeHTMLAttribute);
}

function decode(raw: string, decodeAll: (raw: string) => string): string {
  if (!raw.includes('&')) return raw;
  const decoded = decodeAll(raw);
  // V8 keeps a text that was put together from pieces as a tree of them, until a character of it is asked for: 20,000
  // URLs with 450 `&` each took 300 MB.
  decoded.charCodeAt(0);
  return decoded;
}
