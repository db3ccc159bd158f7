import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { closest } from '../../src/config/closest.ts';

const keys = [
  'url',
  'id',
  'title',
  'via',
  'homepage',
  'category',
  'content',
  'timeoutSeconds',
  'insecureTls',
  'disabled',
];
const cases: readonly { written: string; meant: string | undefined }[] = [
  { written: 'catgory', meant: 'category' },
  { written: 'categroy', meant: 'category' },
  { written: 'URL', meant: 'url' },
  { written: 'uri', meant: 'url' },
  { written: 'home_page', meant: 'homepage' },
  { written: 'insecure-tls', meant: 'insecureTls' },
  { written: 'timeout', meant: 'timeoutSeconds' },
  { written: 'timeoutSecond', meant: 'timeoutSeconds' },
  { written: 'disable', meant: 'disabled' },
  { written: 'contents', meant: 'content' },
  { written: 'categoryName', meant: 'category' },
  { written: 'retentionDays', meant: undefined },
  { written: '__proto__', meant: undefined },
  { written: '', meant: undefined },
  { written: 'x'.repeat(1e6), meant: undefined },
];
for (const { written, meant } of cases) {
  test(`closest: ${written.slice(0, 20) || '(nothing)'} was meant as ${meant ?? 'nothing known'}`, () => {
    assert.is(closest(written, keys), meant);
  });
}

test('closest: a third of the letters may differ, and no more', () => {
  assert.is(closest('caxxgory', ['category']), 'category');
  assert.is(closest('caxxxory', ['category']), undefined);
  assert.is(closest('vix', ['via']), 'via');
  assert.is(closest('vxx', ['via']), undefined);
});

test('closest: the nearest of several, and of two that are as near the first', () => {
  assert.is(closest('xategoxy', ['categoxy', 'category']), 'categoxy');
  assert.is(closest('bog', ['dog', 'fog']), 'dog');
});

test.run();
