const SLASH = 0x2f;
const GREATER = 0x3e;

/** No element's name is longer: what is, is not looked through again for each `<` in it. */
const NAME_CHARS = 64;

/** Where the tag name that begins with a letter at `from` ends, or gets too long for one; `from` if there is none.
 *  HTML §13.2.5.8. */
export function endOfName(html: string, from: number): number {
  let index = from;
  const limit = Math.min(html.length, from + NAME_CHARS);
  for (; index < limit; index++) {
    const code = html.charCodeAt(index);
    if (code <= 0x20 || code === SLASH || code === GREATER) break;
    const letter = code | 0x20;
    if (index === from && (letter < 0x61 || letter > 0x7a)) break;
  }
  return index;
}

/** Behind the `>` of a tag whose attributes begin at `from`, −1 if there is none; one in a quoted value is none. */
export function endOfTag(html: string, from: number): number {
  let isValue = false;
  for (let index = from; index < html.length; index++) {
    const code = html.charCodeAt(index);
    if (code === GREATER) return index + 1;
    if (code === 0x3d /* = */) isValue = true;
    else if (isValue && (code === 0x22 || code === 0x27)) {
      const close = html.indexOf(code === 0x22 ? '"' : "'", index + 1);
      if (close < 0) return html.indexOf('>', index) + 1 || -1;
      index = close;
      isValue = false;
    } else if (code > 0x20) isValue = false;
  }
  return -1;
}

/** What looks ahead in some HTML that is read from front to back, each time from no earlier place. */
export interface LookAhead {
  /** Where `mark` stands next: an end tag in any case (`</b`), another mark as it is. −1 if nowhere. */
  find(mark: string, from: number): number;
  /** Behind the end tag of an element whose content begins at `from`; −1 if it has none. */
  endOfElement(name: string, from: number): number;
  /** Behind the first element of a content that begins at `from`; −1 if there is none. */
  endOfFirstChild(from: number): number;
}

/** Every text is passed over a few times at most, whatever is in it: then elements count as never ended. */
export function createLookAhead(html: string): LookAhead {
  const places = new Map<string, number>();
  let room = 4 * html.length;

  function find(mark: string, from: number): number {
    const known = places.get(mark);
    if (known !== undefined && (known < 0 || known >= from)) return known;
    const found = mark.startsWith('</') ? searchFrom(html, endTagOf(mark), from) : html.indexOf(mark, from);
    places.set(mark, found);
    return found;
  }

  function endOfElement(name: string, from: number): number {
    if (room <= 0) return -1;
    const tags = new RegExp(name === 'p' ? PARAGRAPH_END : `<(/?)${name}(?=[\\s/>])`, 'gi');
    tags.lastIndex = from;
    let depth = 1;
    let end = -1;
    for (let tag = tags.exec(html); tag !== null && end < 0; tag = tags.exec(html)) {
      depth += tag[1] === '' ? 1 : -1;
      if (depth === 0) end = tag[0].startsWith('</') ? html.indexOf('>', tag.index) + 1 || html.length : tag.index;
    }
    room -= (end < 0 ? html.length : end) - from;
    return end;
  }

  function endOfFirstChild(from: number): number {
    const start = html.indexOf('<', from);
    const nameEnd = endOfName(html, start + 1);
    if (start < 0 || nameEnd === start + 1 || !/^[\w:-]+$/.test(html.slice(start + 1, nameEnd))) return -1;
    const end = endOfTag(html, nameEnd);
    return html[end - 2] === '/' ? end : endOfElement(html.slice(start + 1, nameEnd), end);
  }

  return { find, endOfElement, endOfFirstChild };
}

/** A paragraph ends where the next block begins. HTML §13.1.2.4. */
const PARAGRAPH_END = '<(/?(?:p|div|h[1-6]|ul|ol|dl|table|blockquote|pre|hr|section|figure))(?=[\\s/>])';

function endTagOf(mark: string): RegExp {
  return new RegExp(`${mark}(?=[\\s/>]|$)`, 'gi');
}

function searchFrom(html: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? -1;
}
