const WORDS_A_MINUTE = 230;
const CJK_CHARACTERS_A_MINUTE = 500;

/** Characters in which words are counted; they speak for the rest. */
const SAMPLE_CHARS = 400;

/** Minutes to read a content of which `plain`, the start of its text on one line, took `read` of all its `total`
 *  characters: words are counted in the first SAMPLE_CHARS and carried on for the rest. At least 1. */
export function readingMinutes(plain: string, read: number, total: number): number {
  const sampleLength = Math.min(plain.length, SAMPLE_CHARS);
  // Not even words of one letter make a minute of so little.
  if (plain.length < WORDS_A_MINUTE && total <= read) return 1;
  let words = 0;
  let characters = 0;
  let isInWord = false;
  for (let index = 0; index < sampleLength; index++) {
    const code = plain.charCodeAt(index);
    if (code === 0x20) isInWord = false;
    else if (code >= 0x3040 && isCjk(code)) {
      characters++;
      isInWord = false;
    } else if (!isInWord) {
      words++;
      isInWord = true;
    }
  }
  const sampleMinutes = words / WORDS_A_MINUTE + characters / CJK_CHARACTERS_A_MINUTE;
  const wholeLength = plain.length * Math.max(1, total / Math.max(1, read));
  return Math.max(1, Math.ceil((sampleMinutes * wholeLength) / Math.max(1, sampleLength)));
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
