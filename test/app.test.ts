import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resanitise } from '../src/app.ts';
import type { SafeHtml, SourceRecord } from '../src/model.ts';
import { SANITISER_VERSION } from '../src/parse/sanitiser-version.ts';
import { memoryStore } from './helpers/memory-store.ts';
import { anEntry } from './publish/build-item.ts';

async function htmlAfter(changes: Partial<SourceRecord>): Promise<{ html: string | undefined; log: string[] }> {
  const store = await memoryStore({});
  const log: string[] = [];
  try {
    const html = '<p onclick="x()">kept</p><script>let through by an older version</script>' as SafeHtml;
    const entries = [anEntry({ source: 'one', html })];
    const record: SourceRecord = {
      version: 1,
      source: 'one',
      feed: {},
      entries,
      unreliableGuids: [],
      unreliableLinks: [],
      tombstones: [],
      ...changes,
    };
    await store.commit({ source: 'one', record, state: store.state('one'), outcome: { kind: 'unchanged' } });
    await resanitise(store, (_level, event) => log.push(event));
    return { html: store.record('one')?.entries[0]?.html, log };
  } finally {
    await store.close();
  }
}

test('resanitise: what an older sanitiser let through is cleaned before it is shown', async () => {
  assert.equal(await htmlAfter({ sanitiser: SANITISER_VERSION - 1 }), {
    html: '<p>kept</p>',
    log: ['store.resanitised'],
  });
});

test('resanitise: what this version made is left alone', async () => {
  const { html, log } = await htmlAfter({ sanitiser: SANITISER_VERSION });
  assert.match(html ?? '', /script/);
  assert.equal(log, []);
});

test.run();
