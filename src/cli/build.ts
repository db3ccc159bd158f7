import path from 'node:path';
import { buildSite } from '../app.ts';
import { ViaductError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { drawLine } from './terminal.ts';
import { withStore } from './with-store.ts';

/** Writes the site and its feeds, as they are now, into a folder for any web server. Works beside a running daemon.
 *  @throws ViaductError 'usage/…' when the folder is not ours to fill, or nothing is stored yet */
export async function build(folderName: string, context: CommandContext): Promise<number> {
  const { io, settings } = context;
  const folder = path.resolve(io.cwd, folderName);
  demandApart(folder, settings.dataDir);
  return withStore(context, async (store, config) => {
    if (store.storedSources().length === 0) {
      throw new ViaductError('usage/empty', `${settings.dataDir} holds nothing yet: viaduct poll fetches the sources.`);
    }
    const line = drawLine(io);
    const { written, unchanged, removed } = await buildSite(store, config, {
      folder,
      onProgress: (done, total) => {
        if (done % DRAW_EVERY === 0) line.show(`${done}/${total} files`);
      },
    })
      .catch(explain)
      .finally(line.clear);
    await io.out(`${folder}: ${written} files written, ${unchanged} unchanged, ${removed} removed`);
    if (!config.site.urlIsConfigured) {
      io.err(`site.url is not set in feeds.json: the feeds name ${config.site.url} as their address.\n`);
    }
    return 0;
  });

  function explain(error: NodeJS.ErrnoException): never {
    if (error instanceof ViaductError || error.syscall === undefined) throw error;
    throw new ViaductError('store/write', `${error.path ?? folder} cannot be written (${error.code}).`, {
      cause: error,
    });
  }
}

/** The data folder holds secrets, and a site in it would be served with them. */
function demandApart(folder: string, dataDir: string): void {
  const isBelow = (inner: string, outer: string) => !path.relative(outer, inner).startsWith('..');
  if (!isBelow(folder, dataDir) && !isBelow(dataDir, folder)) return;
  throw new ViaductError('usage/folder', `${folder} and the data folder ${dataDir} must not hold each other.`);
}

const DRAW_EVERY = 25;
