/** RFC 822 §5.1's own names of time zones and abbreviations met in feeds, by offset. Of those that mean several zones,
 *  the one with most feeds. */
const ZONES = new Map(
  Object.entries({
    '-10:00': 'HST',
    '-09:00': 'AKST',
    '-08:00': 'PST PT AKDT',
    '-07:00': 'MST MT PDT',
    '-06:00': 'CST CT MDT',
    '-05:00': 'EST ET CDT COT PET',
    '-04:00': 'AST AT EDT CLT VET',
    '-03:30': 'NST',
    '-03:00': 'ADT ART BRT CLST',
    '-02:30': 'NDT',
    '-02:00': 'BRST',
    '+00:00': 'GMT UT UTC WET Z',
    '+01:00': 'BST CET MET MEZ WAT WEST',
    '+02:00': 'CAT CEST EET MEST MESZ SAST',
    '+03:00': 'EAT EEST MSK TRT',
    '+04:00': 'GST MSD',
    '+05:00': 'PKT',
    '+05:30': 'IST',
    '+05:45': 'NPT',
    '+07:00': 'ICT WIB',
    '+08:00': 'AWST HKT MYT PHT SGT',
    '+09:00': 'JST KST',
    '+09:30': 'ACST',
    '+10:00': 'AEST',
    '+10:30': 'ACDT',
    '+11:00': 'AEDT',
    '+12:00': 'NZST',
    '+13:00': 'NZDT',
  }).flatMap(([offset, names]) => names.split(' ').map((name) => [name, offset] as const)),
);

/** Formats by place of the IANA database, of which there are some 600; making one takes 50 µs. */
const places = new Map<string, Intl.DateTimeFormat>();

/** The offset from UTC, as '+05:30', that the clocks of a time zone have at a local time (in milliseconds, as if it were
 *  UTC). `word` is an abbreviation or a place of the IANA database (Europe/Brussels); undefined when it is neither. */
export function zoneOffset(word: string, localTime: number): string | undefined {
  if (!word.includes('/')) return ZONES.get(word.toUpperCase());
  const parts = placeFormat(word)?.formatToParts(localTime);
  const name = parts?.find(({ type }) => type === 'timeZoneName')?.value;
  return name === 'GMT' ? '+00:00' : name?.replace('GMT', '');
}

function placeFormat(place: string): Intl.DateTimeFormat | undefined {
  const key = place.toLowerCase();
  try {
    const format = places.get(key) ?? new Intl.DateTimeFormat('en', { timeZone: place, timeZoneName: 'longOffset' });
    places.set(key, format);
    return format;
  } catch {
    return undefined;
  }
}

const ENGLISH = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** Languages whose names of months are met in dates that should be English. */
const LANGUAGES =
  'de fr es it pt nl sv da nb fi is pl cs sk sl hr sr hu ro bg ru uk el tr et lv lt ca gl eu cy ga id ms ar he fa hi';

/** Words of most dates that mean a month in no language: they must not be what the other languages are read for. */
const NO_MONTH = /^(?:mon|tue|wed|thu|fri|sat|sun|gmt|utc?|[ecmp][sd]t)$/i;

let others: ReadonlyMap<string, number> | undefined;

/** The month, 1 to 12, that a word means in English or another language, abbreviated or not; undefined if it means none,
 *  or not one for sure. */
export function monthOf(word: string): number | undefined {
  const english = ENGLISH.indexOf(word.slice(0, 3).toLowerCase());
  // Finland's marraskuu is November: no other name of a month begins like another month's in English.
  if (english >= 0 && !/^marras/i.test(word)) return english + 1;
  if (NO_MONTH.test(word)) return undefined;
  others ??= readOthers();
  return others.get(fold(word)) || undefined;
}

/** The names as ICU has them, by themselves and beside a day (other cases of the noun), and whatever they begin with from
 *  three letters on. Read when the first foreign name is met: 10 ms that most processes never need. 0 stands for what
 *  means two months, as some names do between Croatian and Polish. */
function readOthers(): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const starts = new Map<string, number>();
  const add = (list: Map<string, number>, name: string, month: number) =>
    list.set(name, (list.get(name) ?? month) === month ? month : 0);
  for (const [name, month] of LANGUAGES.split(' ').flatMap(namesIn)) {
    add(names, name, month);
    for (let length = 3; length < name.length; length++) add(starts, name.slice(0, length), month);
  }
  return new Map([...starts, ...names]);
}

function namesIn(language: string): [name: string, month: number][] {
  const formats = (['long', 'short'] as const).flatMap((month) => [
    new Intl.DateTimeFormat(language, { month, timeZone: 'UTC', calendar: 'gregory' }),
    new Intl.DateTimeFormat(language, { month, day: 'numeric', timeZone: 'UTC', calendar: 'gregory' }),
  ]);
  return Array.from({ length: 12 }, (_, index) => index).flatMap((index) =>
    formats.map((format) => {
      const parts = format.formatToParts(Date.UTC(2001, index, 15));
      return [fold(parts.find(({ type }) => type === 'month')?.value ?? ''), index + 1];
    }),
  );
}

/** Without accents and dots, in lower case. */
function fold(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\p{M}.]/gu, '')
    .toLowerCase();
}
