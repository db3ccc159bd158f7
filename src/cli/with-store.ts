import { openReadOnlyStore } from '../app.ts';
import type { Config } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { CommandContext } from './context.ts';

/** Lets `work` look at what is stored; works beside a running daemon. The store is closed afterwards, come what may. */
export async function withStore<T>(
  { settings, log, loadConfig }: CommandContext,
  work: (store: Store, config: Config) => Promise<T>,
): Promise<T> {
  const config = await loadConfig();
  const store = await openReadOnlyStore(config, settings, log);
  try {
    return await work(store, config);
  } finally {
    await store.close();
  }
}
