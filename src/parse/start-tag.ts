import { Tokenizer } from 'htmlparser2';

/** Attributes of one element that are read; the rest of an endless list is not. */
const MAX_ATTRIBUTES = 64;

const FIRST_STEP = 256;

export type WrittenAttributes = readonly (readonly [name: string, value: string])[];

/** A start tag as it is written. */
export interface StartTag {
  readonly attributes: WrittenAttributes;
  readonly isEmpty: boolean;
  /** Behind its `>`. */
  readonly end: number;
}

/** Makes a reader of the start tags of `document` that have attributes, by htmlparser2's tokenizer: quoted, unquoted and
 *  absent values, `>` in values. Where it is asked, a `>` must follow somewhere; it answers undefined for what is no tag
 *  because a `<` comes before its end: `a <b and c</title>`. XML 1.0 §3.1. */
export function createStartTagReader(document: string): (start: number) => StartTag | undefined {
  let attributes: [string, string][] = [];
  let name = '';
  let value = '';
  let start = 0;
  let end = -1;
  let isEmpty = false;
  let isBroken = false;

  const ignore = () => {};
  const isOver = () => end >= 0 || isBroken;
  const tokenizer = new Tokenizer(
    { xmlMode: true, decodeEntities: false },
    {
      onattribname: (from, to) => {
        name = document.slice(start + from, start + to);
        value = '';
        if (name.includes('<')) isBroken = !isOver();
      },
      onattribdata: (from, to) => {
        value += document.slice(start + from, start + to);
      },
      onattribend: () => {
        if (!isOver() && attributes.length < MAX_ATTRIBUTES) attributes.push([name, value]);
      },
      onopentagend: (index) => {
        if (!isOver()) end = start + index + 1;
      },
      onselfclosingtag: (index) => {
        isEmpty = !isOver();
        if (isEmpty) end = start + index + 1;
      },
      onopentagname: ignore,
      onclosetag: ignore,
      ontext: ignore,
      ontextentity: ignore,
      onattribentity: ignore,
      oncdata: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
    },
  );

  return (at) => {
    attributes = [];
    start = at;
    end = -1;
    isEmpty = false;
    isBroken = false;
    tokenizer.reset();
    const likelyEnd = document.indexOf('>', start) + 1;
    // In steps of twice the length, so that a `<` that makes no tag is found out close by: there may be millions.
    for (let from = start, step = FIRST_STEP; from < document.length && !isOver(); step *= 2) {
      const to = from < likelyEnd ? Math.min(likelyEnd, from + step) : from + step;
      tokenizer.write(document.slice(from, to));
      from = to;
    }
    if (isBroken) return undefined;
    // A quote that nothing closes: the tag ends where it would without quotes, lest the rest of the feed is lost.
    return { attributes, isEmpty, end: end < 0 ? likelyEnd : end };
  };
}
