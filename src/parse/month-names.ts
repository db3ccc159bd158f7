const ENGLISH = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** Languages whose names of months are met in dates that should be English. */
const LANGUAGES =
  'de fr es it pt nl sv da nb fi is pl cs sk sl hr sr hu ro bg ru uk el tr et lv lt ca gl eu cy ga id ms vi ar he fa hi';

let others: ReadonlyMap<string, number> | undefined;

/** The month, 1 to 12, that a word means in English or another language, abbreviated or not; undefined if it means none,
 *  or not one for sure. */
export function monthOf(word: string): number | undefined {
  const start = word.slice(0, 3).toLowerCase();
  const english = ENGLISH.indexOf(start);
  if (english >= 0 && (word.length === 3 || isEnglish(word))) return english + 1;
  others ??= readOthers();
  return others.get(fold(word)) ?? byStart(fold(word), others) ?? (english >= 0 ? english + 1 : undefined);
}

function isEnglish(word: string): boolean {
  return /^(?:jan(?:uary)?|feb(?:ruary)?|march?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)$/i.test(
    word,
  );
}

/** The names as ICU has them, by themselves and beside a day (other cases of the noun). Read when the first foreign name
 *  is met: 10 ms that most processes never need. A word that means two months, as Croatian and Polish have, is left out. */
function readOthers(): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const ambiguous = new Set<string>();
  for (const language of LANGUAGES.split(' ')) {
    for (const month of ['long', 'short'] as const) {
      for (const format of [
        new Intl.DateTimeFormat(language, { month, timeZone: 'UTC', calendar: 'gregory' }),
        new Intl.DateTimeFormat(language, { month, day: 'numeric', timeZone: 'UTC', calendar: 'gregory' }),
      ]) {
        for (let index = 0; index < 12; index++) {
          const part = format.formatToParts(Date.UTC(2001, index, 15)).find(({ type }) => type === 'month');
          const name = fold(part?.value ?? '');
          if (name === '' || /\d/.test(name)) continue;
          if ((names.get(name) ?? index + 1) !== index + 1) ambiguous.add(name);
          names.set(name, index + 1);
        }
      }
    }
  }
  for (const name of ambiguous) names.delete(name);
  return names;
}

function byStart(word: string, names: ReadonlyMap<string, number>): number | undefined {
  if (word.length < 3) return undefined;
  const months = new Set<number>();
  for (const [name, month] of names) if (name.startsWith(word)) months.add(month);
  return months.size === 1 ? months.values().next().value : undefined;
}

function fold(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\p{M}.]/gu, '')
    .toLowerCase();
}
