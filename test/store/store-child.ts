/** Polls five sources and counts views without end, in the data folder named on the command line; says each thing once it is
 *  stored: 'entry ID', 'view KEY'. Made to be killed. */
import { openStore } from '../../src/store/json-store.ts';
import { AT, aPlan, createPlainIndex } from './stored-values.ts';

const SOURCES = ['a', 'b', 'c', 'd', 'e'];
const store = await openStore({
  dataDir: process.argv[2] ?? '',
  mode: 'write',
  createItemIndex: createPlainIndex,
  clock: () => AT,
  log: () => {},
});
const life = process.argv[3] ?? '';
// What is viewed must be there, whenever the first life ends: tallies of what nobody has are let go in time.
if (!store.record('a')) await store.commit(aPlan('a', ['0.0'], { etag: '"1"' }));
process.stdout.write('open\n');
await Promise.all([...SOURCES.map(poll), view()]);

async function poll(source: string): Promise<void> {
  const names = store.record(source)?.entries.map(({ guids }) => guids[0] ?? '') ?? [];
  for (let n = 1; ; n++) {
    names.push(`${life}.${n}`);
    await store.commit(aPlan(source, names, { etag: `"${names.length}"` }));
    process.stdout.write(`entry ${source}-${life}.${n}\n`);
  }
}

async function view(): Promise<void> {
  for (let n = 0; ; n++) {
    // Every 20th view is of another day, so that folding is under way now and then.
    const at = `2026-${n % 40 < 20 ? '08' : '10'}-22T12:00:00.000Z`;
    await store.count('view', 'a-0.0', `${life}.${n}`, at);
    process.stdout.write(`view ${life}.${n}\n`);
  }
}
