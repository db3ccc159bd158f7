import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../helpers/memory-store.ts';
import { AT, aPlan, aSource, idsOf } from './stored-values.ts';

test('memoryStore: is the store as it runs, with nothing on disk', async () => {
  const store = await memoryStore({ clock: () => AT });
  await store.follow([aSource('a'), aSource('b')]);
  const changes: (readonly string[])[] = [];
  store.onChange((ids) => changes.push(ids));
  await store.commit(aPlan('a', ['one', 'two'], { etag: '"1"' }));
  await store.commit(aPlan('b', ['three']));
  assert.equal([idsOf(store, 'a'), store.state('a').etag, store.items.size], [['a-one', 'a-two'], '"1"', 3]);
  assert.equal(
    changes.map((ids) => [...ids].sort()),
    [['a-one', 'a-two'], ['b-three']],
  );
  const item = store.items.find('a-one');
  assert.ok(item);
  const salt = store.daySalt(AT);
  assert.is(salt.length, 32);
  const counted = [await store.count('view', item.id, '01', AT), await store.count('view', item.id, '01', AT)];
  assert.equal([counted, store.tally(item).views], [[true, false], 1]);
  await store.probe();
  await store.close();
});

test.run();
