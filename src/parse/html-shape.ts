import { Tokenizer } from 'htmlparser2';
import { VOID_ELEMENTS } from './html-text.ts';
import { MAX_DEPTH } from './limits.ts';
import { IGNORE_TOKENS } from './start-tag.ts';

/** `html` without the openings of comments that nothing closes, each up to its next `>`. HTML §13.2.5.43 lets such a
 *  comment swallow the rest of the text; a publisher who cut a text short meant no such thing. */
export function dropOpenComments(html: string): string {
  let start = html.indexOf('<!--', html.lastIndexOf('-->') + 1);
  if (start < 0) return html;
  let kept = '';
  let from = 0;
  while (start >= 0) {
    kept += html.slice(from, start);
    const end = html.indexOf('>', start);
    if (end < 0) return kept;
    from = end + 1;
    start = html.indexOf('<!--', from);
  }
  return kept + html.slice(from);
}

/** `html` without a tag at its end that nothing closes. A browser drops it; htmlparser2 takes its last half character for
 *  text. */
export function dropOpenTag(html: string): string {
  const tail = html.lastIndexOf('>') + 1;
  const start = html.slice(tail).search(/<[a-z/!?]/i);
  return start < 0 ? html : html.slice(0, tail + start);
}

/** `html` without the tags of elements nested deeper than MAX_DEPTH; their text stays. sanitize-html's parser needs time
 *  in proportion to depth for every tag (16 s and more for 200,000 nested elements), and its nestingLimit, which acts
 *  afterwards, does not help. */
export function flattenHtml(html: string): string {
  if (countTags(html) <= MAX_DEPTH) return html;
  const open: string[] = [];
  const dropped: [start: number, end: number][] = [];
  let name = '';
  let start = 0;
  const endTag = (end: number) => {
    if (open.length < MAX_DEPTH) open.push(name);
    else dropped.push([start, end + 1]);
  };
  const tokenizer = new Tokenizer(
    { xmlMode: false, decodeEntities: false },
    {
      ...IGNORE_TOKENS,
      onopentagname: (from, to) => {
        start = from - 1;
        name = html.slice(from, to).toLowerCase();
      },
      onopentagend: (end) => {
        if (!VOID_ELEMENTS.has(name)) endTag(end);
      },
      onselfclosingtag: (end) => {
        if (!VOID_ELEMENTS.has(name)) endTag(end);
      },
      onclosetag: (from, to) => {
        const position = open.lastIndexOf(html.slice(from, to).toLowerCase());
        if (position >= 0) open.length = position;
      },
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return without(html, dropped);
}

function countTags(html: string): number {
  let count = 0;
  for (let at = html.indexOf('<'); at >= 0 && count <= MAX_DEPTH; at = html.indexOf('<', at + 1)) count++;
  return count;
}

function without(text: string, pieces: readonly (readonly [start: number, end: number])[]): string {
  let kept = '';
  let from = 0;
  for (const [start, end] of pieces) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}

/** Where each part of a table may stand. HTML §4.9. */
const PARENTS = new Map([
  ['caption', 'table'],
  ['thead', 'table'],
  ['tbody', 'table'],
  ['tfoot', 'table'],
  ['tr', 'table thead tbody tfoot'],
  ['td', 'tr'],
  ['th', 'tr'],
]);
const ONLY_PARTS = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr']);

/** Sanitised HTML, without the tags of tables if something else stands between the parts of one, or a part elsewhere: a
 *  browser moves such things in front of the table, where `<li><table><li>` comes to mean another thing each time that it
 *  is read. */
export function unwrapBrokenTables(html: string): string {
  if (!html.includes('<table') || !hasBrokenTable(html)) return html;
  return html.replace(/<\/?(?:table|caption|thead|tbody|tfoot|tr|td|th)(?: [^>]*)?>/g, ' ');
}

function hasBrokenTable(html: string): boolean {
  const open: string[] = [];
  for (const [, end, name = '', isEmpty] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
    if (end !== '') {
      open.pop();
      continue;
    }
    const parent = open.at(-1) ?? '';
    const parents = PARENTS.get(name);
    if (parents === undefined ? ONLY_PARTS.has(parent) : !parents.split(' ').includes(parent)) return true;
    if (isEmpty === '') open.push(name);
  }
  return false;
}
