import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { feedProblems } from '../../src/cli/check-fetch.ts';
import type { FeedDocument, Source } from '../../src/model.ts';

const NOW = '2026-03-03T10:00:00.000Z';
const source: Source = {
  id: 'a',
  url: 'https://a.example/feed',
  categories: [],
  content: 'summary',
  poll: '@hourly',
  timeoutSeconds: 30,
  private: false,
  insecureTls: false,
  disabled: false,
};
const entry = {
  guid: '1',
  publishedAt: NOW,
  minutes: 1,
  authors: [],
  categories: [],
  enclosures: [],
  origins: [],
} as const;

function problemsOf(document: Partial<FeedDocument>): readonly string[] {
  const fetched = {
    kind: 'fetched',
    url: source.url,
    status: 200,
    bytes: new Uint8Array(),
    bodyHash: '',
    wireBytes: 0,
    hops: [],
    freshness: {},
  } as const;
  const whole: FeedDocument = { feed: {}, entries: [entry], skipped: 0, complete: true, ...document };
  return feedProblems(source, { kind: 'document', document: whole, fetched }, NOW);
}

const cases: readonly { readonly document: Partial<FeedDocument>; readonly problems: readonly string[] }[] = [
  { document: {}, problems: [] },
  { document: { skipped: 2 }, problems: ['2 of its entries are empty.'] },
  { document: { surplus: 3 }, problems: ['It lists too many entries: 1 are read, 3 are not.'] },
  {
    document: { skipped: 2, surplus: 3 },
    problems: ['2 of its entries are empty.', 'It lists too many entries: 1 are read, 3 are not.'],
  },
  { document: { complete: false }, problems: ['Its document ends early; missing entries do not count as deleted.'] },
];

for (const { document, problems } of cases) {
  test(`feedProblems: ${JSON.stringify(document)}`, () => assert.equal(problemsOf(document), problems));
}

test.run();
