import { Tokenizer } from 'htmlparser2';
import { dropOpenComments, keepLastSign } from './html-repair.ts';
import { cut } from './limits.ts';

/** How much HTML is read at once, so that the start of a long text costs only its start. */
const STEP_CHARS = 4096;

/** Elements whose text is no text. */
const HIDDEN = new Set(['script', 'style', 'noscript', 'template', 'select', 'textarea', 'xmp']);

/** Elements that do not end a word: `<b>T</b>itle` is one. Around all others stands white space. */
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

/** Control characters, marks that turn the direction of text, halves of surrogate pairs, and what is no character. */
const UNSAFE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]|\p{Surrogate}/u;
const ALL_UNSAFE = new RegExp(UNSAFE, 'gu');

/** `text` on one line: white space folded and trimmed, UNSAFE characters removed, at most `maxChars` of it. */
export function cleanText(text: string, maxChars: number): string {
  // What folds away is cut off before it is folded: four characters for one are plenty in any real text.
  const piece = text.length > maxChars * 4 ? cut(text, maxChars * 4) : text;
  const safe = UNSAFE.test(piece) ? piece.replace(ALL_UNSAFE, '') : piece;
  return cut(safe.replace(/\s{2,}|[^\S ]/g, ' ').trim(), maxChars).trimEnd();
}

/** The text of HTML as a reader sees it: tags removed, references decoded, then as cleanText. Reads no more of it than
 *  it needs. HTML §13.2.5. */
export function htmlToText(source: string, maxChars: number): string {
  if (!source.includes('<') && !source.includes('&')) return cleanText(source, maxChars);
  const html = keepLastSign(dropOpenComments(source));
  let text = '';
  let hidden = '';
  const onTag = (name: string) => {
    if (!INLINE.has(name) && !text.endsWith(' ')) text += ' ';
  };
  const ignore = () => {};
  const tokenizer = new Tokenizer(
    { xmlMode: false, decodeEntities: true },
    {
      ontext: (start, end) => {
        if (hidden === '') text += html.slice(start, end);
      },
      ontextentity: (codePoint) => {
        if (hidden === '') text += String.fromCodePoint(codePoint);
      },
      onopentagname: (start, end) => {
        const name = html.slice(start, end).toLowerCase();
        if (hidden === '' && HIDDEN.has(name)) hidden = name;
        onTag(name);
      },
      onclosetag: (start, end) => {
        const name = html.slice(start, end).toLowerCase();
        if (name === hidden) hidden = '';
        onTag(name);
      },
      onselfclosingtag: ignore,
      onopentagend: ignore,
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
  for (let position = 0; position < html.length && text.length < maxChars * 2; position += STEP_CHARS)
    tokenizer.write(html.slice(position, position + STEP_CHARS));
  tokenizer.end();
  return cleanText(text, maxChars);
}
