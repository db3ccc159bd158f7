/** Stores entries until the disk (here: the largest file this process may write) is full, says what was stored and how it
 *  ended, and closes. The data folder is named on the command line. */
import { ViaductError } from '../../src/errors.ts';
import { openStore } from '../../src/store/json-store.ts';
import { AT, anEntry, aPlan, aRecord, createPlainIndex } from './stored-values.ts';

const store = await openStore({
  dataDir: process.argv[2] ?? '',
  mode: 'write',
  createItemIndex: createPlainIndex,
  clock: () => AT,
  log: (level, event) => process.stdout.write(`${level} ${event}\n`),
});
try {
  for (let n = 1; n < 10_000; n++) {
    const entries = Array.from({ length: n }, (_, index) => anEntry('a', `${index}`, { text: 'x'.repeat(1000) }));
    await store.commit({ ...aPlan('a', []), record: aRecord('a', entries) });
    process.stdout.write(`entry a-${n - 1}\n`);
  }
} catch (error) {
  if (!(error instanceof ViaductError)) throw error;
  process.stdout.write(`${error.code}\n`);
}
process.stdout.write(`view ${await store.count('view', 'a-0', '01', AT)}\n`);
await store.close();
