import { Tokenizer } from 'htmlparser2';
import { MAX_DEPTH } from './limits.ts';

const VOID = new Set('area base br col embed frame hr img input link meta param source track wbr'.split(' '));

/** `html` without the tags of elements nested deeper than MAX_DEPTH; their text stays. sanitize-html's parser needs time
 *  in proportion to depth for every tag (16 s and more for 200,000 nested elements), and its nestingLimit, which acts
 *  afterwards, does not help. */
export function flattenHtml(html: string): string {
  if (countTags(html) <= MAX_DEPTH) return html;
  const open: string[] = [];
  const dropped: [start: number, end: number][] = [];
  let name = '';
  let start = 0;
  const ignore = () => {};
  const endTag = (end: number) => {
    if (open.length < MAX_DEPTH) open.push(name);
    else dropped.push([start, end + 1]);
  };
  const tokenizer = new Tokenizer(
    { xmlMode: false, decodeEntities: false },
    {
      onopentagname: (from, to) => {
        start = from - 1;
        name = html.slice(from, to).toLowerCase();
      },
      onopentagend: (end) => {
        if (!VOID.has(name)) endTag(end);
      },
      onselfclosingtag: (end) => {
        if (!VOID.has(name)) endTag(end);
      },
      onclosetag: (from, to) => {
        const position = open.lastIndexOf(html.slice(from, to).toLowerCase());
        if (position >= 0) open.length = position;
      },
      ontext: ignore,
      ontextentity: ignore,
      onattribname: ignore,
      onattribdata: ignore,
      onattribend: ignore,
      onattribentity: ignore,
      oncdata: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
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
