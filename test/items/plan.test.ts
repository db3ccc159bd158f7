/** What one poll changes, where identity and schedule meet. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addMs, DAY_MS } from '../../src/durations.ts';
import { planPoll } from '../../src/items/plan.ts';
import type { Config, Source, SourceRecord } from '../../src/model.ts';
import type { Reading } from '../../src/schedule/reading.ts';
import { aDocument, aState, notModified, rules, theSame } from '../schedule/schedule-builders.ts';
import { aListed, aSource, march, pollAll } from './poll-all.ts';

function plan(
  reading: Reading,
  { record, source = aSource(), days = 0 }: { record?: SourceRecord | undefined; source?: Source; days?: number },
) {
  const now = addMs(march(10), days * DAY_MS);
  const config = { site: { url: 'https://news.example' }, sources: [source], retentionDays: 90 } as unknown as Config;
  const ports = { hostOf: () => 'alice.example', rules: rules(), isNeeded: () => false, resolved: new Map() };
  return planPoll({ source, record, state: aState(), reading, roundAt: now, now, config, ...ports }).plan;
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
  assert.equal(plan(listing('1', '2'), {}).outcome, { kind: 'updated', added: 2, edited: 0 });
});
test.run();
