import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedDocument, SourceRecord } from '../../src/model.ts';
import { findFormerId, mayKeepId } from '../../src/worker/source-memory.ts';

const documentOf = (guids: readonly string[]): FeedDocument => ({
  feed: {},
  entries: guids.map((guid) => ({ guid, minutes: 1, authors: [], categories: [], enclosures: [], origins: [] })),
  skipped: 0,
  complete: true,
});

const recordOf = (source: string, guids: readonly string[]) =>
  ({ source, entries: guids.map((guid) => ({ guids: [guid] })) }) as unknown as SourceRecord;

const long = (n: number) => `https://a.example/${n}`;
const [one, two, three, four] = [long(1), long(2), long(3), long(4)];

const cases: readonly [
  name: string,
  guids: readonly string[],
  records: readonly SourceRecord[],
  id: string | undefined,
][] = [
  ['half of its guids are known', [one, two, three, four], [recordOf('a', [one, two])], 'a'],
  ['less than half', [one, two, three, four], [recordOf('a', [one])], undefined],
  ['one of two is too little', [one, two], [recordOf('a', [one])], undefined],
  ['its only one', [one], [recordOf('a', [one])], 'a'],
  ["short guids are everybody's", ['1', '2', '3'], [recordOf('a', ['1', '2', '3'])], undefined],
  ['two that would fit decide nothing', [one, two], [recordOf('a', [one, two]), recordOf('b', [one, two])], undefined],
  ['no entries', [], [recordOf('a', [one])], undefined],
];
for (const [name, guids, records, id] of cases) {
  test(`findFormerId: ${name}`, () => assert.is(findFormerId(documentOf(guids), records), id));
}

test('mayKeepId: a source that became private keeps no id that says more of its address than its host', () => {
  const source = (id: string, isPrivate: boolean) => ({ id, private: isPrivate }) as Parameters<typeof mayKeepId>[0];
  assert.is(mayKeepId(source('b', false), 'a', 'https://a.example/rss'), true);
  assert.is(mayKeepId(source('a-example-12345678', true), 'a-example-members-anna', 'https://a.example/…'), false);
  assert.is(mayKeepId(source('a-example-12345678', true), 'a-example', 'https://a.example/rss'), true);
  assert.is(mayKeepId(source('a-example-12345678', true), 'a-example-87654321', 'sha256:00'), true);
});

test.run();
