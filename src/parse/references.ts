import { Parser } from 'htmlparser2';

const REFERENCE = /&(?:#(\d{1,7});?|#[xX]([0-9a-fA-F]{1,6});?|([A-Za-z][A-Za-z0-9]{1,31});)/y;

/** With the commonest of the names that HTML §13.5 allows without their semicolon. */
const HTML_REFERENCE =
  /&(?:#(\d{1,7});?|#[xX]([0-9a-fA-F]{1,6});?|([A-Za-z][A-Za-z0-9]{1,31}(?=;)|(?:nbsp|amp|lt|gt|quot|copy|reg)(?![\w=]));?)/y;

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
  return decode(raw, REFERENCE);
}

/** As decodeReferences, by the laxer rules of HTML. */
export function decodeHtmlReferences(raw: string): string {
  return decode(raw, HTML_REFERENCE);
}

function decode(raw: string, pattern: RegExp): string {
  let at = raw.indexOf('&');
  if (at < 0) return raw;
  let decoded = '';
  let from = 0;
  while (at >= 0) {
    // Escaped HTML is full of these two: seen without the pattern, a feed of them takes half the time.
    if (raw.startsWith('lt;', at + 1) || raw.startsWith('gt;', at + 1)) {
      decoded += `${raw.slice(from, at)}${raw.startsWith('l', at + 1) ? '<' : '>'}`;
      from = at + 4;
    } else {
      pattern.lastIndex = at;
      const text = textOf(pattern.exec(raw));
      if (text !== undefined) {
        decoded += raw.slice(from, at) + text;
        from = pattern.lastIndex;
      }
    }
    at = raw.indexOf('&', Math.max(from, at + 1));
  }
  return decoded + raw.slice(from);
}

function textOf(found: RegExpExecArray | null): string | undefined {
  if (found === null) return undefined;
  const [, decimal, hex, name] = found;
  if (name !== undefined) return nameToText(name);
  return codeToText(decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? '', 16));
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
