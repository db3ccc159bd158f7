import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedDocument, SourceRecord } from '../../src/model.ts';
import { findFormerId, isConfirmed, mayKeepId } from '../../src/worker/source-memory.ts';

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

/** [what, former address, its document's rel=self, where redirects led, is it confirmed] */
const moves: readonly [string, string, string | undefined, string | undefined, boolean][] = [
  ['another path of the site', 'http://www.new.example/rss', undefined, undefined, true],
  ['another host, and nothing but guids', 'https://old.example/rss', undefined, undefined, false],
  ['the former document named the new site', 'https://old.example/rss', 'https://new.example/feed', undefined, true],
  ['the former document named its own', 'https://old.example/rss', 'https://old.example/rss', undefined, false],
  ['redirects led there', 'https://old.example/rss', undefined, 'https://feeds.new.example/1', true],
  ['a private address, of which only a hash is known', 'sha256:00', undefined, undefined, false],
];
for (const [name, former, feedUrl, to, expected] of moves) {
  test(`isConfirmed: ${name}`, () => {
    const source = { url: 'https://new.example/feed' } as Parameters<typeof isConfirmed>[0];
    const record = { feed: { feedUrl } } as unknown as SourceRecord;
    const state = { redirect: to && { to } } as unknown as Parameters<typeof isConfirmed>[3];
    assert.is(isConfirmed(source, former, record, state), expected);
  });
}

test.run();
