import { openReadOnlyStore } from '../app.ts';
import type { Config } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { CommandContext } from './context.ts';

/** Lets `work` look at what is stored; works beside a running daemon. The store is closed afterwards, come what may.
 *  `needs` says whether work looks at items: to derive them takes longer than to read all records. */
export async function withStore<T>(
  { settings, log, loadConfig }: CommandContext,
  work: (store: Store, config: Config) => Promise<T>,
  needs: 'items' | 'records' = 'items',
): Promise<T> {
  const config = await loadConfig();
  const store = await openReadOnlyStore(needs === 'items' ? config : undefined, settings, log);
  try {
    return await work(store, config);
  } finally {
    await store.close();
  }
}
