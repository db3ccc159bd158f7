import { Tokenizer } from 'htmlparser2';

/** Attributes of one element that are read; the rest of an endless list is not. */
const MAX_ATTRIBUTES = 64;

export type WrittenAttributes = readonly (readonly [name: string, value: string])[];

/** A start tag as it is written. */
export interface StartTag {
  readonly attributes: WrittenAttributes;
  readonly isEmpty: boolean;
  /** Behind its `>`. */
  readonly end: number;
}

/** Makes a reader of the start tags of `document` that have attributes, by htmlparser2's tokenizer: quoted, unquoted and
 *  absent values, `>` in values. It answers undefined for what is no tag because a `<` comes before its end: `a <b and
 *  c</title>`. XML 1.0 §3.1. */
export function createStartTagReader(document: string): (start: number) => StartTag | undefined {
  let attributes: [string, string][] = [];
  let name = '';
  let value = '';
  let isOver = false;
  let isEmpty = false;
  let isBroken = false;
  /** Add it to the tokenizer's index to have the document's. */
  let shift = 0;
  let written = 0;

  const ignore = () => {};
  const endTag = () => {
    isOver = true;
  };
  const tokenizer = new Tokenizer(
    { xmlMode: true, decodeEntities: false },
    {
      onattribname: (start, end) => {
        name = document.slice(start + shift, end + shift);
        value = '';
        if (name.includes('<')) isBroken = true;
      },
      onattribdata: (start, end) => {
        value += document.slice(start + shift, end + shift);
      },
      onattribend: () => {
        if (attributes.length < MAX_ATTRIBUTES) attributes.push([name, value]);
      },
      onopentagend: endTag,
      onselfclosingtag: () => {
        isEmpty = true;
        isOver = true;
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
  const beginAnew = () => {
    tokenizer.reset();
    written = 0;
  };

  return (start) => {
    attributes = [];
    isOver = false;
    isEmpty = false;
    isBroken = false;
    shift = start - written;
    let firstEnd = -1;
    let from = start;
    while (!isOver) {
      const end = document.indexOf('>', from) + 1;
      if (end === 0) break;
      tokenizer.write(document.slice(from, end));
      written += end - from;
      from = end;
      if (firstEnd < 0) firstEnd = end;
    }
    if (isOver && !isBroken) return { attributes, isEmpty, end: from };
    beginAnew();
    // A quote that nothing closes: the tag ends where it would without quotes, lest the rest of the feed is lost.
    return isBroken || firstEnd < 0 ? undefined : { attributes, isEmpty, end: firstEnd };
  };
}
