import { Parser } from 'htmlparser2';

const REFERENCE = /&(?:#(\d{1,7});?|#[xX]([0-9a-fA-F]{1,6});?|([A-Za-z][A-Za-z0-9]{1,31});)/g;
const HTML_REFERENCE =
  /&(?:#(\d{1,7});?|#[xX]([0-9a-fA-F]{1,6});?|([A-Za-z][A-Za-z0-9]{1,31}(?=;)|(?:nbsp|amp|lt|gt|quot|copy|reg)(?![\w=]));?)/g;

/** What the C1 control characters mean to everybody who writes them: windows-1252. HTML §13.2.5.80. */
const C1 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Names met so far, and the one whose text ends like a failure. */
const named = new Map([
  ['semi', ';'],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** `raw` with character references (XML 1.0 §4.1) and the entities of XML and HTML replaced, once. What is none, such as
 *  the & of `?a=1&b=2` or an entity of a document's own DTD, stays as it is; a reference to no character becomes U+FFFD. */
export function decodeReferences(raw: string): string {
  if (!raw.includes('&')) return raw;
  // Escaped HTML is full of these three, and replaceAll is ten times as fast. None of their characters can begin or
  // continue a reference, so that nothing is decoded twice.
  const isEscaped = raw.includes('&lt;');
  const rest = isEscaped ? raw.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"') : raw;
  if (!rest.includes('&')) return rest;
  return replaceReferences(rest, REFERENCE);
}

/** As decodeReferences, and the commonest names that HTML §13.5 allows without their semicolon. */
export function decodeHtmlReferences(raw: string): string {
  return raw.includes('&') ? replaceReferences(raw, HTML_REFERENCE) : raw;
}

function replaceReferences(raw: string, pattern: RegExp): string {
  return raw.replace(pattern, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return nameToText(name) ?? whole;
    return codeToText(decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? '', 16));
  });
}

function codeToText(code: number): string {
  if (code >= 0x80 && code <= 0x9f) return C1.charAt(code - 0x80);
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : '\ufffd';
}

let answer = '';
const oracle = new Parser({
  ontext: (part) => {
    answer += part;
  },
});

/** htmlparser2 holds the table of HTML's 2,231 names but exports only parsers: so one is asked, once a name. */
function nameToText(name: string): string | undefined {
  const known = named.get(name);
  if (known !== undefined) return known;
  answer = '';
  oracle.reset();
  oracle.end(`&${name};`);
  // What comes out as it went in, or as `¬it;` for `&notit;`, is no name. Only names are kept: their number is bounded.
  if (answer.endsWith(';')) return undefined;
  named.set(name, answer);
  return answer;
}
