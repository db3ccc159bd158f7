import type { ListedEntry, Source } from '../model.ts';
import { type FilterRule, readFilterRule } from './filter-rule.ts';

type Wanted = (entry: ListedEntry) => boolean;

/** Reading rules and asking them costs; a source and its entries are the same objects until they change. */
const filters = new WeakMap<Source, Wanted>();

/** Whether a source's `include` and `exclude` let an entry through: it meets a rule of `include`, if there are any, and none of
 *  `exclude`. What does not get through is kept, and is in no item. */
export function isWanted(source: Source, entry: ListedEntry): boolean {
  if (!source.include && !source.exclude) return true;
  const filter = filters.get(source) ?? createFilter(source);
  filters.set(source, filter);
  return filter(entry);
}

function createFilter({ include = [], exclude = [] }: Source): Wanted {
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
