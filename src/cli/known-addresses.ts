import { strongKey } from '../identity/url-keys.ts';
import type { Config } from '../model.ts';

/** The addresses that feeds.json holds, and those that are about to be added. */
export interface KnownAddresses {
  /** The name of the source that has this address, or one that differs only in scheme, "www." or a last slash. */
  find(url: string): string | undefined;
  add(url: string, name: string): void;
}

export function createKnownAddresses(config: Config): KnownAddresses {
  const keyOf = (url: string) => strongKey(url) ?? url;
  const names = new Map(
    config.sources.map(({ id, url, disabled }) => [keyOf(url), disabled ? `${id} (disabled)` : id]),
  );
  return {
    find: (url) => names.get(keyOf(url)),
    add: (url, name) => void names.set(keyOf(url), name),
  };
}
