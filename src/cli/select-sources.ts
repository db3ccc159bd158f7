import { ViaductError } from '../errors.ts';
import type { Config, Source } from '../model.ts';

/** The enabled sources, or those of `ids`.
 *  @throws ViaductError 'usage/source' naming an id that is not there, with those that are */
export function selectSources(config: Config, ids?: readonly string[]): readonly Source[] {
  const enabled = config.sources.filter((source) => !source.disabled);
  if (ids === undefined) return enabled;
  return ids.map((id) => {
    const found = enabled.find((source) => source.id === id);
    if (found) return found;
    const isDisabled = config.sources.some((source) => source.id === id);
    const known = enabled
      .map((source) => source.id)
      .slice(0, 20)
      .join(', ');
    throw new ViaductError(
      'usage/source',
      isDisabled
        ? `Source ${id} is disabled in feeds.json.`
        : `There is no source ${id}. There are: ${known}${enabled.length > 20 ? ', …' : ''}.`,
    );
  });
}
