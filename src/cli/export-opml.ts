import { openReadOnlyStore } from '../app.ts';
import { publishOpml } from '../publish/opml.ts';
import type { CommandContext } from './context.ts';

/** Prints the sources as OPML 2.0, with the names that their feeds give themselves as far as they were ever asked. Private addresses
 *  are not in it. Works beside a running daemon. */
export async function exportOpml(context: CommandContext): Promise<number> {
  const { io, settings, log } = context;
  const config = await context.loadConfig();
  const store = await openReadOnlyStore(config, settings, log);
  try {
    const sources = config.sources.map((source) => {
      const feed = store.record(source.id)?.feed;
      const homepage = source.homepage ?? feed?.url;
      return {
        source,
        name: source.via ?? source.title ?? feed?.title ?? source.id,
        ...(homepage !== undefined && { homepage }),
        ...(feed !== undefined && { feed }),
      };
    });
    await io.out(publishOpml(config, sources).trimEnd());
    const hidden = config.sources.filter((source) => source.private).length;
    if (hidden > 0) io.err(`${hidden} private ${hidden === 1 ? 'address is' : 'addresses are'} not in it.\n`);
    return 0;
  } finally {
    await store.close();
  }
}
