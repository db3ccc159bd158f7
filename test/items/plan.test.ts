/** What one poll changes, where identity and schedule meet. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addMs, DAY_MS } from '../../src/durations.ts';
import { SOURCE_LIMITS, type SourceLimits } from '../../src/identity/source-limits.ts';
import { planPoll } from '../../src/items/plan.ts';
import type { Config, SafeHtml, Source, SourceRecord, SourceState } from '../../src/model.ts';
import { SANITISER_VERSION } from '../../src/parse/sanitiser-version.ts';
import type { Reading } from '../../src/schedule/reading.ts';
import { addressMark } from '../../src/schedule/schedule-memory.ts';
import { aDocument, aState, failed, notModified, rules, theSame, unreadable } from '../schedule/schedule-builders.ts';
import { aListed, aSource, march, pollAll } from './poll-all.ts';

function plan(
  reading: Reading,
  {
    record,
    source = aSource(),
    days = 0,
    state = {},
    limits = {},
    mustWait = false,
  }: {
    record?: SourceRecord | undefined;
    source?: Source;
    days?: number;
    state?: Partial<SourceState>;
    limits?: Partial<SourceLimits>;
    mustWait?: boolean;
  },
) {
  const now = addMs(march(10), days * DAY_MS);
  const config = {
    site: { url: 'https://news.example' },
    sources: [source],
    retentionDays: 90,
    limits: { ...SOURCE_LIMITS, ...limits },
  } as unknown as Config;
  const ports = { hostOf: () => 'alice.example', rules: rules(), isNeeded: () => false, resolved: new Map(), mustWait };
  return planPoll({ source, record, state: aState(state), reading, roundAt: now, now, config, ...ports }).plan;
}
const listing = (...guids: string[]): Reading => {
  const reading = aDocument();
  if (reading.kind !== 'document') throw new Error('not a document');
  const entries = guids.map((guid) => aListed({ guid, title: `Post ${guid}`, link: `https://alice.example/${guid}` }));
  return { ...reading, document: { ...reading.document, entries } };
};

test('planPoll: what left its document long ago goes at an answer that brings nothing, too', () => {
  const record = pollAll([{ listed: [{ guid: '1' }, { guid: '2' }] }, { listed: [{ guid: '2' }] }]).records.get(
    'alice',
  );
  for (const reading of [notModified(), theSame()]) {
    assert.is(plan(reading, { record }).record, undefined);
    assert.equal(
      plan(reading, { record, days: 90 }).record?.entries.map(({ guid }) => guid),
      ['2'],
    );
  }
});

test('planPoll: entries that filters exclude are news of the source, but not added', () => {
  const { state, outcome } = plan(listing('1'), { source: aSource('alice', { exclude: ['post'] }) });
  assert.equal([state.newEntryAt, outcome.kind], [march(10), 'unchanged']);
  const half = plan(listing('1', '2'), { source: aSource('alice', { exclude: ['1'] }) });
  assert.equal([half.state.newEntryAt, half.outcome], [march(10), { kind: 'updated', added: 1, edited: 0 }]);
  assert.equal(plan(listing('1', '2'), {}).outcome, { kind: 'updated', added: 2, edited: 0 });
});

test('planPoll: what failed is a failure with its reason, of the fetch and of the reading', () => {
  for (const reading of [unreadable(), failed(500)]) {
    const { outcome } = plan(reading, {});
    assert.is(outcome.kind, 'failed');
    assert.is(outcome.kind === 'failed' && 'error' in reading && outcome.error, 'error' in reading && reading.error);
  }
});

test('planPoll: the version of the sanitiser is noted where HTML is kept, and nowhere else', () => {
  const bare = listing('1');
  if (bare.kind !== 'document') throw new Error('not a document');
  const entries = bare.document.entries.map((entry) => ({ ...entry, html: '<p>x</p>' as SafeHtml }));
  assert.is(plan({ ...bare, document: { ...bare.document, entries } }, {}).record?.sanitiser, SANITISER_VERSION);
  assert.is(plan(bare, {}).record?.sanitiser, undefined);
});

test('planPoll: at another address it is a first document: old entries are not news, and only ten are announced', () => {
  const source = aSource();
  const { record } = plan(listing('0'), { source });
  const many = listing(...Array.from({ length: 12 }, (_, n) => `${n + 1}`));
  const announced = (address: string | undefined) =>
    plan(many, { record, source, state: { ...(address !== undefined && { address }) } }).record?.entries.filter(
      ({ published }) => published,
    ).length;
  // With the one of the first document.
  assert.equal(
    [announced('https://old.example/feed'), announced(addressMark(source)), announced(undefined)],
    [11, 13, 13],
  );
});

test('planPoll: a back-fill is judged from the last answer', () => {
  const old = (n: number) =>
    aListed({ guid: `o${n}`, link: `https://alice.example/o${n}`, title: `Old post ${n}`, publishedAt: march(1) });
  const reading = listing('1');
  if (reading.kind !== 'document') throw new Error('not a document');
  const document = {
    ...reading.document,
    entries: [...reading.document.entries, ...Array.from({ length: 15 }, (_, n) => old(n))],
  };
  const { record } = plan(listing('1'), {});
  const published = (succeededAt: string) =>
    plan({ ...reading, document }, { record, days: 40, state: { succeededAt } }).record?.entries.filter(
      (one) => one.published,
    ).length;
  assert.equal([published(addMs(march(10), 39 * DAY_MS)), published(march(10))], [11, 16]);
});

const posts = (from: number, count: number) => listing(...Array.from({ length: count }, (_, at) => `${from + at}`));

test('planPoll: what a limit leaves out is said, and what waits is asked for again', () => {
  const { record, state } = plan(posts(0, 2), {});
  assert.ok(record);
  assert.equal([state.limited, state.bodyHash !== undefined], [undefined, true]);
  const growing = plan(posts(2, 14), { record, limits: { newEntriesPerDay: 10 } });
  assert.match(growing.state.limited?.message ?? '', /^4 new entries wait: it had 10 within a day/);
  assert.is(growing.state.bodyHash, undefined, 'a 304 would leave them out');
  const large = plan(posts(2, 3), { record, limits: { maxEntries: 4 } });
  assert.is(large.state.limited?.code, 'limits/size');
  const document = { entries: [], feed: {}, skipped: 0, complete: true, tooLarge: 7 };
  const amplified = { ...posts(0, 1), document } as Reading;
  assert.equal(plan(amplified, { record }).state.limited?.code, 'parse/too-much');
  assert.equal(plan(theSame(), { record, state: growing.state }).state.limited, growing.state.limited);
  assert.is(plan(posts(2, 1), { record, state: growing.state }).state.limited, undefined);
});

test('planPoll: where memory is short nothing is taken, nothing is lost, and old entries still go', () => {
  const { record } = plan(posts(0, 2), {});
  assert.ok(record);
  const waiting = plan(posts(2, 3), { record, mustWait: true });
  assert.equal([waiting.record, waiting.outcome.kind], [undefined, 'unchanged']);
  assert.equal([waiting.state.limited?.code, waiting.state.bodyHash], ['limits/memory', undefined]);
  const later = plan(posts(2, 3), { record: plan(posts(1, 1), { record }).record, mustWait: true, days: 95 });
  assert.is(later.record?.entries.length, 1);
});

test('planPoll: where memory is short, too, a failure lets nothing go', () => {
  const first = plan(posts(0, 2), {}).record;
  const { record } = plan(posts(1, 1), { record: first });
  for (const reading of [unreadable(), failed(500)]) {
    assert.is(plan(reading, { record, mustWait: true, days: 95 }).record, undefined);
  }
});

test.run();
