import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';

/** Attributes of one element that are read; the rest of an endless list is not. */
const MAX_ATTRIBUTES = 64;

const FIRST_STEP = 16;

/** Tags that turn out to be none before no other dubious one is tried: an honest document has a handful. */
const MAX_BROKEN = 1000;

const ignore = () => {};

/** Callbacks of htmlparser2's tokenizer that do nothing: what a reader of some tokens says of all others. */
export const IGNORE_TOKENS: TokenizerCallbacks = {
  onattribdata: ignore,
  onattribend: ignore,
  onattribentity: ignore,
  onattribname: ignore,
  oncdata: ignore,
  onclosetag: ignore,
  oncomment: ignore,
  ondeclaration: ignore,
  onend: ignore,
  onopentagend: ignore,
  onopentagname: ignore,
  onprocessinginstruction: ignore,
  onselfclosingtag: ignore,
  ontext: ignore,
  ontextentity: ignore,
};

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
  /** Behind the next `>` and at the next `<`: each looked for once, however often it is asked for. */
  let likelyEnd = 0;
  let nextSign = 0;
  let brokenCount = 0;

  const isOver = () => end >= 0 || isBroken;
  const tokenizer = new Tokenizer(
    { xmlMode: true, decodeEntities: false },
    {
      ...IGNORE_TOKENS,
      onattribname: (from, to) => {
        name = document.slice(start + from, start + to);
        value = '';
        if (!isOver() && name.includes('<')) isBroken = true;
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
        // What was written may hold further tags.
        if (isOver()) return;
        isEmpty = true;
        end = start + index + 1;
      },
    },
  );

  return (at) => {
    start = at;
    if (likelyEnd <= start) likelyEnd = document.indexOf('>', start) + 1;
    if (nextSign <= start) nextSign = document.indexOf('<', start + 1);
    if (nextSign < 0) nextSign = document.length;
    const isDubious = nextSign < likelyEnd;
    if (isDubious && brokenCount >= MAX_BROKEN) return undefined;
    attributes = [];
    end = -1;
    isEmpty = false;
    isBroken = false;
    tokenizer.reset();
    // Where a `<` comes first, in steps of twice the length, so that it is found out close by if no tag it is.
    let step = isDubious ? FIRST_STEP : likelyEnd - start;
    for (let from = start; from < document.length && !isOver(); step = Math.max(step * 2, FIRST_STEP)) {
      tokenizer.write(document.slice(from, from + step));
      from += step;
    }
    if (isBroken) {
      brokenCount++;
      return undefined;
    }
    // A quote that nothing closes: the tag ends where it would without quotes, lest the rest of the feed is lost.
    return { attributes, isEmpty, end: end < 0 ? likelyEnd : end };
  };
}
