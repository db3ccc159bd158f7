import { RE2JS, RE2JSException } from 're2js';
import type { ListedEntry, Source } from '../model.ts';

const FIELDS = ['title', 'text', 'category', 'author'] as const;
type Field = (typeof FIELDS)[number];

/** Scripts that put no space between words: there a phrase may stand anywhere. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;

/** One line of a source's `include` or `exclude`, ready to be asked. */
type FilterRule = (entry: ListedEntry) => boolean;

/** Reading rules and asking them costs; a source and its entries are the same objects until they change. */
const filters = new WeakMap<Source, FilterRule>();

/** Whether a source's `include` and `exclude` let an entry through: it meets a rule of `include`, if there are any, and none of
 *  `exclude`. What does not get through is kept, and is in no item. */
export function isWanted(source: Source, entry: ListedEntry): boolean {
  if (!source.include && !source.exclude) return true;
  const filter = filters.get(source) ?? createFilter(source);
  filters.set(source, filter);
  return filter(entry);
}

function createFilter({ include = [], exclude = [] }: Source): FilterRule {
  const included = include.map(readChecked);
  const excluded = exclude.map(readChecked);
  const verdicts = new WeakMap<ListedEntry, boolean>();
  return (entry) => {
    const known = verdicts.get(entry);
    if (known !== undefined) return known;
    const meets = (rule: FilterRule) => rule(entry);
    const verdict = (included.length === 0 || included.some(meets)) && !excluded.some(meets);
    verdicts.set(entry, verdict);
    return verdict;
  };
}

/** The configuration was refused if a rule cannot be read. */
function readChecked(written: string): FilterRule {
  const rule = readFilterRule(written);
  if (typeof rule !== 'function') throw new Error(`a filter rule that was not checked: ${rule.problem}`);
  return rule;
}

/** Reads a rule: words in that order ("machine learning", `podcast*` for every word that begins so) or a /pattern/ of RE2, both
 *  without regard to case; anywhere, or after "title:", "text:", "category:" or "author:" only there.
 *  What cannot be read comes back as words for its author. */
export function readFilterRule(written: string): FilterRule | { readonly problem: string } {
  const { field, wanted } = splitField(written.trim());
  const finds = /^\/.*\/i?$/s.test(wanted) ? readPattern(wanted.replace(/^\/|\/i?$/g, '')) : readPhrase(wanted);
  if (typeof finds !== 'function') return finds;
  return (entry) => textsOf(entry, field).some(finds);
}

function splitField(written: string): { field: Field | undefined; wanted: string } {
  const [, name = '', rest = ''] = /^([a-z]+):(.*)$/is.exec(written) ?? [];
  const field = FIELDS.find((known) => known === name.toLowerCase());
  return field === undefined ? { field, wanted: written } : { field, wanted: rest.trim() };
}

function textsOf(entry: ListedEntry, field: Field | undefined): readonly string[] {
  const texts: Record<Field, readonly (string | undefined)[]> = {
    title: [entry.title],
    text: [entry.summary, entry.text],
    category: entry.categories,
    author: entry.authors.flatMap(({ name, email }) => [name, email]),
  };
  const asked = field === undefined ? FIELDS.flatMap((name) => texts[name]) : texts[field];
  return asked.filter((text) => text !== undefined);
}

function readPhrase(phrase: string): ((text: string) => boolean) | { problem: string } {
  const isStart = phrase.endsWith('*');
  const words = foldWords(phrase);
  if (words === '') return { problem: 'expected a word or phrase, or a /pattern/' };
  if (UNSPACED.test(words)) return (text) => foldWords(text).includes(words);
  return (text) => ` ${foldWords(text)} `.includes(isStart ? ` ${words}` : ` ${words} `);
}

/** Lower case, and one space for all that is no letter or digit; "C++" and "C#" keep their signs. */
function foldWords(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<![\p{L}\p{N}\p{M}+#])[+#]+|[^\p{L}\p{N}\p{M}+#]+/gu, ' ')
    .trim();
}

/** By RE2, whose time grows with the length of the text whatever the pattern: what publishers write never hangs it. */
function readPattern(source: string): ((text: string) => boolean) | { problem: string } {
  try {
    const pattern = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    if (pattern.matcher('').find()) return { problem: 'expected a pattern that does not match every text' };
    return (text) => pattern.matcher(text).find();
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace(/^error parsing regexp: /, '').replace(/: `[\s\S]*$/, '');
    return { problem: `expected a pattern that RE2 can read; ${reason}` };
  }
}
