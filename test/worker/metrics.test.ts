import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { createMetrics } from '../../src/worker/metrics.ts';
import { aConfig, anItem, aSource, testStore } from '../web/site-under-test.ts';

test('createMetrics: counts polls by outcome, sums and shares, in lines that Prometheus reads', async () => {
  const metrics = createMetrics({
    store: testStore([anItem(1)]),
    config: () => aConfig(),
    version: '1.2.3',
    storeBytes: async () => 12_345,
    isPaused: () => false,
    isFeedsFileBroken: () => true,
  });
  const source = aSource();
  const base = { source, merged: 0, bytes: 0, storeMs: 4 };
  metrics.polled({
    ...base,
    outcome: { kind: 'updated', added: 3, edited: 1 },
    merged: 2,
    answer: 'document',
    bytes: 500,
  });
  metrics.polled({ ...base, outcome: { kind: 'unchanged' }, answer: 'not-modified' });
  metrics.polled({ ...base, outcome: { kind: 'unchanged' }, answer: 'same', bytes: 500 });
  const error = new ViaductError('fetch/dns', 'The name of its server could not be looked up.');
  metrics.polled({ ...base, outcome: { kind: 'failed', error }, answer: 'fetch-failed' });
  metrics.counted('view');
  const text = await metrics.render();
  metrics.close();
  const lines = text.trimEnd().split('\n');
  for (const line of lines) {
    assert.match(line, /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[\w./+-]*"\})? -?[\d.e+-]+)$/);
  }
  for (const wanted of [
    'viaduct_polls_total{outcome="updated"} 1',
    'viaduct_polls_total{outcome="not-modified"} 1',
    'viaduct_polls_total{outcome="unchanged"} 1',
    'viaduct_poll_failures_total{code="fetch/dns"} 1',
    'viaduct_not_modified_ratio 0.25',
    'viaduct_entries_added_total 3',
    'viaduct_entries_merged_total 2',
    'viaduct_fetched_bytes_total 1000',
    'viaduct_counted_total{kind="view"} 1',
    'viaduct_store_bytes 12345',
    'viaduct_store_commits_total 4',
    'viaduct_feeds_file_broken 1',
    'viaduct_items 1',
  ]) {
    assert.ok(lines.includes(wanted), wanted);
  }
  assert.not.match(text, /notes\.example/);
});

test.run();
