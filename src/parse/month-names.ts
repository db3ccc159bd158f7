const ENGLISH = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** Languages whose names of months are met in dates that should be English. */
const LANGUAGES =
  'de fr es it pt nl sv da nb fi is pl cs sk sl hr sr hu ro bg ru uk el tr et lv lt ca gl eu cy ga id ms vi ar he fa hi';

/** Words of most dates that mean a month in no language: they must not be what the other languages are read for. */
const NO_MONTH = /^(?:mon|tue|wed|thu|fri|sat|sun|gmt|utc?|[ecmp][sd]t)$/i;

let others: ReadonlyMap<string, number> | undefined;

/** The month, 1 to 12, that a word means in English or another language, abbreviated or not; undefined if it means none,
 *  or not one for sure. */
export function monthOf(word: string): number | undefined {
  const start = word.slice(0, 3).toLowerCase();
  const english = ENGLISH.indexOf(start);
  if (english >= 0 && (word.length === 3 || isEnglish(word))) return english + 1;
  if (NO_MONTH.test(word)) return undefined;
  others ??= readOthers();
  return others.get(fold(word)) || (english >= 0 ? english + 1 : undefined);
}

function isEnglish(word: string): boolean {
  return /^(?:jan(?:uary)?|feb(?:ruary)?|march?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)$/i.test(
    word,
  );
}

/** The names as ICU has them, by themselves and beside a day (other cases of the noun), and whatever they begin with from
 *  three letters on. Read when the first foreign name is met: 10 ms that most processes never need. 0 stands for what
 *  means two months, as some names do between Croatian and Polish. */
function readOthers(): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const starts = new Map<string, number>();
  for (const [name, month] of LANGUAGES.split(' ').flatMap(namesIn)) {
    names.set(name, (names.get(name) ?? month) === month ? month : 0);
    for (let length = 3; length < name.length; length++) {
      const start = name.slice(0, length);
      starts.set(start, (starts.get(start) ?? month) === month ? month : 0);
    }
  }
  return new Map([...starts, ...names]);
}

function namesIn(language: string): [name: string, month: number][] {
  const found: [string, number][] = [];
  for (const style of ['long', 'short'] as const) {
    for (const day of [undefined, 'numeric'] as const) {
      const options = { month: style, timeZone: 'UTC', calendar: 'gregory', ...(day && { day }) };
      const format = new Intl.DateTimeFormat(language, options);
      for (let index = 0; index < 12; index++) {
        const part = format.formatToParts(Date.UTC(2001, index, 15)).find(({ type }) => type === 'month');
        const name = fold(part?.value ?? '');
        if (name !== '' && !/\d/.test(name)) found.push([name, index + 1]);
      }
    }
  }
  return found;
}

function fold(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\p{M}.]/gu, '')
    .toLowerCase();
}
