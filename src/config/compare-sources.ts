import type { Config, Source } from '../model.ts';

/** What an edit of feeds.json means for one source. */
export type SourceChange =
  | { readonly kind: 'added' | 'removed'; readonly source: Source }
  | {
      readonly kind: 'changed';
      readonly source: Source;
      readonly isAddressNew: boolean;
      /** Keys of feeds.json whose values differ, without "url". */
      readonly keys: readonly string[];
    };

/** What our own additions to a source are called in feeds.json: nothing. */
const DERIVED: readonly string[] = ['id', 'url', 'idFrom', 'secrets'];
const isWritten = (key: string): boolean => !DERIVED.includes(key);

/** The difference of two lists of sources, in the order of the later one, what went last. A disabled source counts as not there. */
export function compareSources(before: Config, after: Config): readonly SourceChange[] {
  const enabled = ({ sources }: Config) => new Map(sources.filter((one) => !one.disabled).map((one) => [one.id, one]));
  const [old, next] = [enabled(before), enabled(after)];
  const changes: SourceChange[] = [];
  for (const [id, source] of next) {
    const was = old.get(id);
    if (!was) changes.push({ kind: 'added', source });
    else if (JSON.stringify(was) !== JSON.stringify(source)) {
      const isAddressNew = was.url !== source.url;
      changes.push({ kind: 'changed', source, isAddressNew, keys: differingKeys(was, source).filter(isWritten) });
    }
  }
  for (const [id, source] of old) if (!next.has(id)) changes.push({ kind: 'removed', source });
  return changes;
}

/** The keys whose values differ, in the order of `a`. */
export function differingKeys(a: object, b: object): readonly string[] {
  const textOf = (value: object, key: string) => JSON.stringify(new Map(Object.entries(value)).get(key));
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => textOf(a, key) !== textOf(b, key));
}
