import { closest } from '../config/closest.ts';
import { removeSources } from '../config/edit-feeds.ts';
import { editFeedsFile } from '../config/feeds-file.ts';
import { ViaductError } from '../errors.ts';
import type { Config } from '../model.ts';
import type { CommandContext } from './context.ts';
import { createKnownAddresses } from './known-addresses.ts';

/** Takes sources out of feeds.json, each named by its id or its address. All or none.
 *  @throws ViaductError 'usage/source' when one is not there */
export async function remove(names: readonly string[], context: CommandContext): Promise<number> {
  const removed = new Set<string>();
  await editFeedsFile(context.settings, context.loadConfig, (text, config) => {
    const indexes = names.map((name) => indexOf(name, config));
    removed.clear();
    for (const index of indexes) removed.add(config.sources[index]?.id ?? '');
    return removeSources(text, indexes);
  });
  for (const id of removed) await context.io.out(`- ${id} (its entries stay in the data folder, should it come back)`);
  return 0;
}

function indexOf(name: string, config: Config): number {
  const byId = config.sources.findIndex(({ id }) => id === name);
  if (byId >= 0) return byId;
  const byAddress = config.sources.findIndex((source) => {
    return source.url === name || createKnownAddresses({ ...config, sources: [source] }).find(name) !== undefined;
  });
  if (byAddress >= 0) return byAddress;
  const isAddress = name.includes('/');
  const near = isAddress
    ? undefined
    : closest(
        name,
        config.sources.map(({ id }) => id),
      );
  const hint = near === undefined ? 'viaduct sources lists them.' : `did you mean ${near}?`;
  throw new ViaductError(
    'usage/source',
    `There is no source ${isAddress ? 'with this address' : name} in feeds.json; ${hint} Nothing was changed.`,
  );
}
