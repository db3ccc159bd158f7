import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPageCache } from '../../src/web/page-cache.ts';
import { prepare } from '../../src/web/prepared.ts';
import { anItem, NOW, withSite } from './site-under-test.ts';

function aCache() {
  const at = { ms: 0 };
  const rendered: string[] = [];
  const cache = createPageCache(() => at.ms);
  const ask = (key: string) =>
    cache.get(key, () => {
      rendered.push(key);
      return prepare(key, { contentType: 'text/html', cacheControl: '', vary: '', lastModified: NOW });
    });
  return { at, rendered, cache, ask };
}

test('pageCache: a page is made once a minute, and at once after clear', () => {
  const { at, rendered, cache, ask } = aCache();
  ask('/');
  at.ms = 59_999;
  ask('/');
  assert.is(rendered.length, 1);
  at.ms = 60_000;
  ask('/');
  assert.is(rendered.length, 2);
  cache.clear();
  ask('/');
  assert.is(rendered.length, 3);
});

test('pageCache: being asked does not make a page younger', () => {
  const { at, rendered, ask } = aCache();
  for (at.ms = 0; at.ms <= 60_000; at.ms += 10_000) ask('/');
  assert.is(rendered.length, 2);
});

test('pageCache: of more than 300 pages the longest unasked goes', () => {
  const { rendered, ask } = aCache();
  for (let n = 0; n < 300; n++) ask(`/${n}`);
  ask('/0');
  ask('/300');
  ask('/0');
  assert.is(rendered.length, 301);
  ask('/1');
  assert.is(rendered.length, 302);
});

test('pageCache: a render that throws leaves nothing behind', () => {
  const { cache, ask } = aCache();
  assert.throws(() =>
    cache.get('/', () => {
      throw new Error('no');
    }),
  );
  assert.is(ask('/').identity.bytes.toString(), '/');
});

test('pages: one change shows at once, the changes of a burst within a second', async () => {
  await withSite([anItem(1)], async ({ site, store }) => {
    const titles = async () => {
      const page = await (await site.app.request('/latest')).text();
      return ['Second', 'Third'].filter((title) => page.includes(title));
    };
    assert.equal(await titles(), []);
    store.put([anItem(1), { ...anItem(2), title: 'Second' }]);
    assert.equal(await titles(), ['Second']);
    store.put([anItem(1), { ...anItem(2), title: 'Third' }]);
    const startedAt = performance.now();
    while (!(await titles()).includes('Third')) {
      assert.ok(performance.now() - startedAt < 10_000);
      await wait(20);
    }
    assert.equal(await titles(), ['Third']);
  });
});
test.run();
