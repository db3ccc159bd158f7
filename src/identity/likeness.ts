/** Words and version numbers; scripts without spaces give a word a character. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+(?:[.'][\p{L}\p{M}\p{N}]+)*[+#]*/gu;
/** Titles that come again with every issue, whoever writes them. */
const RECURRING =
  /^(?:(?:the |our )?(?:daily|weekly|monthly) |(?:by|re|comment on|comments on|kommentar zu|commentaire sur) |(?:links?|roundup|news|photo|picture|image|quote|word|tip|deal|song|poem) (?:of|for) (?:the|this) (?:day|week|month)|links for |week ?notes|open thread|hello world|happy new year|merry christmas|release notes|untitled|no title|trailer)/;

/** WORD for a text of ASCII alone, where it costs a fifth. */
const ASCII_WORD = /[a-z0-9]+(?:[.'][a-z0-9]+)*[+#]*/g;
const NOT_ASCII = /[^\x00-\x7f]/;

/** The words of a text in order, as they are compared: NFKC, lower case, digits and version numbers kept. */
export function wordsOf(text: string): readonly string[] {
  if (!NOT_ASCII.test(text)) return text.toLowerCase().match(ASCII_WORD) ?? [];
  return text.normalize('NFKC').replaceAll('’', "'").toLowerCase().match(WORD) ?? [];
}

/** The form in which two spellings of one title are equal; '' for an absent title. */
export function titleKey(title: string | undefined): string {
  if (title === undefined) return '';
  return wordsOf(title).join(' ') || title.trim();
}

/** Whether two title keys could be one title before and after an edit: at least half of the words are shared (Jaccard),
 *  and no number stands against another. False if one is absent. */
export function areTitlesAlike(a: string, b: string): boolean {
  if (a === '' || b === '') return false;
  if (a === b) return true;
  if (haveOtherNumbers(a, b)) return false;
  return jaccard(new Set(a.split(' ')), new Set(b.split(' '))) >= 0.5;
}

/** Whether each of two title keys has a number that the other lacks: part 1 and part 2, v1.2 and v1.3. */
export function haveOtherNumbers(a: string, b: string): boolean {
  const [mine, theirs] = [numbersOf(a), numbersOf(b)];
  return mine.some((number) => !theirs.includes(number)) && theirs.some((number) => !mine.includes(number));
}

/** Whether two title keys are one title, perhaps with a name put before or after it ('Alice: …', '… - The Site'). */
export function areTitlesOne(a: string, b: string): boolean {
  if (a === '' || b === '') return false;
  if (a === b) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const extra = long.startsWith(`${short} `)
    ? long.slice(short.length + 1)
    : long.endsWith(` ${short}`)
      ? long.slice(0, -short.length - 1)
      : undefined;
  // 'part 2' is no name, 'site16.example' is.
  const isName = extra !== undefined && !extra.split(' ').some((word) => /^\p{N}[\p{N}.]*$/u.test(word));
  return isName && countWords(short) >= 3 && countWords(extra) <= countWords(short);
}

/** How much of two texts is the same, 0–1, or undefined if one is absent: three-word runs shared (Jaccard), the longer
 *  trimmed to the shorter first, because one of them may be an excerpt. */
export function textLikeness(a: string | undefined, b: string | undefined): number | undefined {
  if (!a || !b) return undefined;
  if (a === b) return 1;
  const [mine, theirs] = [wordsOf(a), wordsOf(b)];
  const length = Math.min(mine.length, theirs.length);
  if (length === 0) return undefined;
  return jaccard(runsOf(mine, length), runsOf(theirs, length));
}

/** Whether two texts are one before and after an edit. */
export function areTextsAlike(a: string | undefined, b: string | undefined): boolean {
  return (textLikeness(a, b) ?? 0) >= 0.6;
}

/** Whether a title key says too little to distinguish one article from another. */
export function isGenericTitle(key: string): boolean {
  return countWords(key) < 3 || key.length < 15 || RECURRING.test(key);
}

function runsOf(words: readonly string[], length: number): Set<string> {
  const runs = new Set<string>();
  for (let at = 0; at < Math.max(1, length - 2); at++) runs.add(words.slice(at, Math.min(at + 3, length)).join(' '));
  return runs;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const value of a) if (b.has(value)) shared++;
  return shared / (a.size + b.size - shared);
}

/** No title tells more things apart; a table of a thousand would be compared with each other one. */
const MAX_NUMBERS = 20;

function numbersOf(key: string): string[] {
  return key
    .split(' ')
    .filter((word) => /\p{N}/u.test(word))
    .slice(0, MAX_NUMBERS);
}

function countWords(key: string): number {
  return key === '' ? 0 : key.split(' ').length;
}
