const WORDS_A_MINUTE = 230;
const CJK_CHARACTERS_A_MINUTE = 500;

/** Minutes to read a text or the text of some HTML, at least 1. Counted over the source: tags are passed over, a
 *  reference counts as part of its word. */
export function readingMinutes(source: string): number {
  let words = 0;
  let characters = 0;
  let isInWord = false;
  for (let index = 0; index < source.length; index++) {
    const code = source.charCodeAt(index);
    if (code === 0x3c /* < */) {
      const end = source.indexOf('>', index);
      if (end < 0) break;
      index = end;
      isInWord = false;
    } else if (code <= 0x20 || code === 0xa0) isInWord = false;
    else if (code >= 0x3040 && isCjk(code)) {
      characters++;
      isInWord = false;
    } else if (!isInWord) {
      words++;
      isInWord = true;
    }
  }
  return Math.max(1, Math.ceil(words / WORDS_A_MINUTE + characters / CJK_CHARACTERS_A_MINUTE));
}

/** Kana, Han, Hangul; a first surrogate of the planes that hold rare Han. */
function isCjk(code: number): boolean {
  return (
    (code >= 0x3040 && code <= 0x30ff) ||
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xd840 && code <= 0xd87f)
  );
}
