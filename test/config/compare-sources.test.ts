import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareSources } from '../../src/config/compare-sources.ts';
import { read } from './config-under-test.ts';

const tell = (before: string, after: string) =>
  compareSources(read(before), read(after)).map((change) =>
    change.kind === 'changed'
      ? `~${change.source.id}${change.isAddressNew ? ' address' : ''} ${change.keys.join(',')}`
      : `${change.kind} ${change.source.id}`,
  );

test('compareSources: what came, what went, and which keys changed', () => {
  const before = '[{"url":"https://a.example/rss","id":"a","via":"@a"}, "https://b.example/rss"]';
  const after = '[{"url":"https://a.example/atom","id":"a","title":"A"}, "https://c.example/rss"]';
  assert.equal(tell(before, after), ['~a address via,title', 'added c-example', 'removed b-example']);
});

test('compareSources: disabled is gone, order and comments are nothing', () => {
  const both = '["https://a.example/rss", "https://b.example/rss"]';
  assert.equal(tell(both, '["https://b.example/rss", /* first */ "https://a.example/rss"]'), []);
  assert.equal(tell(both, '["https://b.example/rss", {"url":"https://a.example/rss","disabled":true}]'), [
    'removed a-example',
  ]);
});

test.run();
