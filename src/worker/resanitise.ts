import type { Log } from '../log.ts';
import { SANITISER_VERSION } from '../parse/sanitiser-version.ts';
import type { Store } from '../store/store.ts';

/** Lets stored HTML through the sanitiser again where an older version of it made it. To be called before anything is shown. */
export async function resanitise(store: Store, log: Log): Promise<void> {
  for (const id of store.storedSources()) {
    const record = store.record(id);
    if (!record || record.sanitiser === SANITISER_VERSION) continue;
    if (!record.entries.some(({ html }) => html !== undefined)) continue;
    // Loaded only where it is needed, which is after an upgrade.
    const { sanitise } = await import('../parse/sanitise.ts');
    const entries = record.entries.map((entry) =>
      entry.html === undefined ? entry : { ...entry, html: sanitise(entry.html, entry.url) },
    );
    await store.commit({
      source: id,
      record: { ...record, entries, sanitiser: SANITISER_VERSION },
      state: store.state(id),
      outcome: { kind: 'unchanged' },
    });
    log('info', 'store.resanitised', { source: id, version: SANITISER_VERSION });
  }
}
