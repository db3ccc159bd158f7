/** What a publisher's JSON holds, and whether its end was there. */
export interface LooseJson {
  readonly value: unknown;
  readonly isWhole: boolean;
}

/** Strings, also one that is cut; brackets and commas; what stands between them. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*("?)|[{}[\],]|[^"{}[\],]+/gs;

/** Reads JSON (RFC 8259), and where it is none what it was meant to be: raw control characters in strings (§7) are taken as
 *  they are, a comma before a closing bracket and whatever follows the end is passed over. Of a document that was cut, those
 *  elements count that are complete in the list that was being written: `{"items":[{…},{…},{"id` has two.
 *  @throws SyntaxError when that does not help either */
export function parseLooseJson(text: string): LooseJson {
  try {
    return { value: JSON.parse(text), isWhole: true };
  } catch {
    const { json, isWhole } = mend(text);
    return { value: JSON.parse(json), isWhole };
  }
}

function mend(text: string): { json: string; isWhole: boolean } {
  const closing: string[] = [];
  const pieces: string[] = [];
  /** A comma that stands in the text only if a value follows. */
  let comma = '';
  /** How many pieces there are at the end of the last complete element, and the brackets that are open there. */
  let whole = { count: 0, end: '' };
  for (const [token, quote] of text.matchAll(TOKEN)) {
    if (quote === '' && token.startsWith('"')) break;
    const isClosing = token === '}' || token === ']';
    if (token === '{' || token === '[') closing.push(token === '{' ? '}' : ']');
    if (token === ',' || token.trim() === '') {
      comma ||= token.trim();
      continue;
    }
    pieces.push(isClosing ? '' : comma, quote === undefined ? token : token.replace(/[\0-\x1f]/g, escapeControl));
    comma = '';
    if (!isClosing) continue;
    closing.pop();
    if (closing.length === 0) return { json: pieces.join(''), isWhole: true };
    if (closing.length === 2) whole = { count: pieces.length, end: closing.toReversed().join('') };
  }
  return { json: pieces.slice(0, whole.count).join('') + whole.end, isWhole: false };
}

function escapeControl(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
