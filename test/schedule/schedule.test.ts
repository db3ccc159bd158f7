import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reading } from '../../src/schedule/reading.ts';
import { initialState, lastBodyHash, whetherToAsk } from '../../src/schedule/schedule.ts';
import {
  aDocument,
  aSource,
  aState,
  failed,
  failedAs,
  HOUR_MS,
  later,
  MINUTE_MS,
  NOW,
  notModified,
  step,
  theSame,
  unreadable,
} from './schedule-builders.ts';

const DAY_MS = 24 * HOUR_MS;
const soft = { force: false };

test('whetherToAsk: a source that was never asked is due, unconditionally', () => {
  assert.equal(whetherToAsk(aSource(), initialState('a'), [], NOW, soft), { ask: true, url: aSource().url });
});

const refusals = [
  {
    name: 'not before its time',
    state: aState({ notBefore: later(HOUR_MS), reason: 'on schedule' }),
    soft: { ask: false, reason: 'on schedule', until: later(HOUR_MS) },
    force: { ask: true, url: aSource().url },
  },
  {
    name: 'at its time',
    state: aState({ notBefore: NOW, reason: 'on schedule' }),
    soft: { ask: true, url: aSource().url },
    force: { ask: true, url: aSource().url },
  },
  {
    name: 'Retry-After binds force too',
    state: aState({ notBefore: later(HOUR_MS), reason: 'Retry-After' }),
    soft: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
    force: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
  },
  {
    name: 'a wait of its host binds force too',
    hostWaits: [{ host: 'example.org', until: later(HOUR_MS), reason: 'Retry-After' }],
    soft: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
    force: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
  },
  {
    name: 'the longest wait is reported',
    state: aState({ notBefore: later(2 * HOUR_MS), reason: 'on schedule' }),
    hostWaits: [{ host: 'example.org', until: later(HOUR_MS), reason: 'Retry-After' }],
    soft: { ask: false, reason: 'on schedule', until: later(2 * HOUR_MS) },
    force: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
  },
  {
    name: 'what a clock that ran ahead has left makes nobody wait',
    state: aState({ askedAt: later(365 * DAY_MS), notBefore: later(366 * DAY_MS), reason: 'Retry-After' }),
    hostWaits: [{ host: 'example.org', until: later(366 * DAY_MS), reason: 'Retry-After' }],
    soft: { ask: true, url: aSource().url },
    force: { ask: true, url: aSource().url },
  },
  {
    name: 'a clock that went back by minutes changes nothing',
    state: aState({ askedAt: later(30 * MINUTE_MS), notBefore: later(HOUR_MS), reason: 'on schedule' }),
    soft: { ask: false, reason: 'on schedule', until: later(HOUR_MS) },
    force: { ask: true, url: aSource().url },
  },
  {
    name: 'a wait that is over, or of another host, is none',
    hostWaits: [
      { host: 'example.org', until: NOW, reason: 'Retry-After' },
      { host: 'ample.org', until: later(HOUR_MS), reason: 'Retry-After' },
      { host: 'other.example', until: later(HOUR_MS), reason: 'Retry-After' },
    ],
    soft: { ask: true, url: aSource().url },
    force: { ask: true, url: aSource().url },
  },
  {
    name: 'a wait of a host whose name is written with its dot',
    source: aSource({ url: 'https://feeds.example.org./a' }),
    hostWaits: [{ host: 'example.org', until: later(HOUR_MS), reason: 'Retry-After' }],
    soft: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
    force: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
  },
  {
    name: 'a wait of address:port',
    source: aSource({ url: 'http://127.0.0.1:8000/a' }),
    hostWaits: [{ host: '127.0.0.1:8000', until: later(HOUR_MS), reason: 'Retry-After' }],
    soft: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
    force: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
  },
  ...[
    { url: 'http://127.0.0.1/a', host: '127.0.0.1:80' },
    { url: 'https://127.0.0.1/a', host: '127.0.0.1:443' },
  ].map(({ url, host }) => ({
    name: `a wait of ${host}, where the address leaves the port out`,
    source: aSource({ url }),
    hostWaits: [{ host, until: later(HOUR_MS), reason: 'Retry-After' }],
    soft: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
    force: { ask: false, reason: 'Retry-After', until: later(HOUR_MS) },
  })),
  {
    name: 'a wait of another port',
    source: aSource({ url: 'http://127.0.0.1:8001/a' }),
    hostWaits: [{ host: '127.0.0.1:8000', until: later(HOUR_MS), reason: 'Retry-After' }],
    soft: { ask: true, url: 'http://127.0.0.1:8001/a' },
    force: { ask: true, url: 'http://127.0.0.1:8001/a' },
  },
  {
    name: '410 is for ever',
    state: aState({ address: aSource().url, gone: true }),
    soft: { ask: false, reason: '410: gone for good' },
    force: { ask: false, reason: '410: gone for good' },
  },
  {
    name: 'an edited address is due, with nothing of the old one',
    state: aState({
      address: 'https://old.example/',
      gone: true,
      etag: '"o"',
      movedTo: 'https://x.example/',
      notBefore: later(DAY_MS),
    }),
    soft: { ask: true, url: aSource().url },
    force: { ask: true, url: aSource().url },
  },
  {
    name: 'a disabled source',
    source: aSource({ disabled: true }),
    soft: { ask: false, reason: 'disabled in feeds.json' },
    force: { ask: false, reason: 'disabled in feeds.json' },
  },
];

for (const { name, source = aSource(), state = aState(), hostWaits = [], ...expected } of refusals) {
  test(`whetherToAsk: ${name}`, () => {
    assert.equal(whetherToAsk(source, state, hostWaits, NOW, soft), expected.soft);
    assert.equal(whetherToAsk(source, state, hostWaits, NOW, { force: true }), expected.force);
  });
}

test('whetherToAsk: validators are sent for 8 days after the last whole body, then everything is asked for', () => {
  const state = aState({ etag: 'W/"1', lastModified: 'yesterday', lastUnconditionalAt: NOW });
  const conditional = {
    ask: true,
    url: aSource().url,
    etag: 'W/"1',
    lastModified: 'yesterday',
    validatorsFrom: 'feeds.example.org',
  };
  assert.equal(whetherToAsk(aSource(), state, [], later(8 * DAY_MS - 1), soft), conditional);
  assert.equal(whetherToAsk(aSource(), state, [], later(8 * DAY_MS), soft), { ask: true, url: aSource().url });
});

test('whetherToAsk: however often a server answers 304, on the eighth day everything is asked for', () => {
  let state = step(aDocument()).state;
  const isConditional: boolean[] = [];
  for (let day = 1; day <= 9; day += 1) {
    const now = later(day * DAY_MS);
    const ask = whetherToAsk(aSource(), state, [], now, soft);
    isConditional.push('etag' in ask);
    state = step('etag' in ask ? notModified() : aDocument(), { state, now }).state;
  }
  assert.equal(isConditional, [true, true, true, true, true, true, true, false, true]);
});

test('whetherToAsk: validators of a time that is still to come are not sent for years', () => {
  const state = aState({ etag: '"1"', lastUnconditionalAt: later(365 * DAY_MS) });
  assert.equal(whetherToAsk(aSource(), state, [], NOW, soft), { ask: true, url: aSource().url });
});

test('whetherToAsk: validators of another host are marked as such', () => {
  const state = aState({ etag: '"1"', validatorsFrom: 'cdn.example', lastUnconditionalAt: NOW });
  const ask = whetherToAsk(aSource(), state, [], later(HOUR_MS), soft);
  assert.equal(ask, { ask: true, url: aSource().url, etag: '"1"', validatorsFrom: 'cdn.example' });
});

test('scheduleNext: the first answer, as a whole', () => {
  const reading = aDocument({ freshness: { etag: '"1"', lastModified: 'lm' } });
  assert.equal(step(reading, { facts: { newEntries: 3 } }), {
    state: {
      source: 'a',
      address: aSource().url,
      etag: '"1"',
      lastModified: 'lm',
      bodyHash: 'hash',
      lastUnconditionalAt: NOW,
      askedAt: NOW,
      succeededAt: NOW,
      newEntryAt: NOW,
      sameBodyCount: 0,
      failures: 0,
      notBefore: '2026-03-04T12:30:00.000Z',
      reason: 'on schedule',
      gone: false,
      counts: { asked: 1, notModified: 0, failed: 0, bytes: 100 },
    },
    hostWaits: [],
  });
});

test('scheduleNext: the first failure, as a whole', () => {
  assert.equal(step(failed(500)), {
    state: {
      source: 'a',
      address: aSource().url,
      askedAt: NOW,
      sameBodyCount: 0,
      failures: 1,
      failingSince: NOW,
      problem: { code: 'fetch/status-500', message: 'Status 500.' },
      notBefore: '2026-03-04T12:30:20.000Z',
      reason: 'back-off after 1 failure',
      gone: false,
      counts: { asked: 1, notModified: 0, failed: 1, bytes: 0 },
    },
    hostWaits: [],
  });
});

test('scheduleNext: every answer is counted as what it was', () => {
  const countsAfter = (reading: Reading) => step(reading).state.counts;
  assert.equal(countsAfter(aDocument()), { asked: 1, notModified: 0, failed: 0, bytes: 100 });
  assert.equal(countsAfter(theSame()), { asked: 1, notModified: 0, failed: 0, bytes: 100 });
  assert.equal(countsAfter(notModified()), { asked: 1, notModified: 1, failed: 0, bytes: 0 });
  assert.equal(countsAfter(failed(500)), { asked: 1, notModified: 0, failed: 1, bytes: 0 });
  assert.equal(countsAfter(unreadable()), { asked: 1, notModified: 0, failed: 1, bytes: 100 });
});

test('scheduleNext: no key of a state is there without a value, so that it survives JSON', () => {
  const readings = [
    aDocument(),
    aDocument({ freshness: {} }, false),
    theSame(),
    notModified(),
    failed(410),
    unreadable(),
  ];
  for (const reading of readings) {
    const { state } = step(reading);
    assert.equal(JSON.parse(JSON.stringify(state)), state);
    assert.not(Object.values(state).includes(undefined), reading.kind);
  }
});

const held = aState({
  address: aSource().url,
  etag: '"old"',
  lastModified: 'old',
  bodyHash: 'old',
  lastUnconditionalAt: later(-DAY_MS),
});
const keptAll = { etag: '"old"', lastModified: 'old', bodyHash: 'old', lastUnconditionalAt: later(-DAY_MS) };
const memories = [
  {
    name: 'new ones after a 200',
    reading: aDocument(),
    memory: { etag: '"1"', bodyHash: 'hash', lastUnconditionalAt: NOW },
  },
  {
    name: 'dropped after a 200 without them',
    reading: aDocument({ freshness: {} }),
    memory: { bodyHash: 'hash', lastUnconditionalAt: NOW },
  },
  {
    name: 'new ones though the body is the same',
    reading: theSame({ bodyHash: 'old', freshness: { lastModified: 'new' } }),
    memory: { lastModified: 'new', bodyHash: 'old', lastUnconditionalAt: NOW },
  },
  { name: 'kept over a 304, whatever it says', reading: notModified({ etag: '"304"' }), memory: keptAll },
  { name: 'kept over a failure', reading: failed(500), memory: keptAll },
  { name: 'kept over a time-out', reading: failedAs('fetch/timeout'), memory: keptAll },
  { name: 'not those of a body that is no feed', reading: unreadable(), memory: keptAll },
  { name: 'not those of a document that was cut', reading: aDocument({}, false), memory: keptAll },
  {
    name: 'dropped after a 304 that nobody asked for',
    reading: failedAs('fetch/unexpected-304'),
    memory: { bodyHash: 'old', lastUnconditionalAt: later(-DAY_MS) },
  },
  {
    name: 'with their host when a redirect led elsewhere',
    reading: aDocument({ url: 'https://cdn.example:8443/a' }),
    memory: { etag: '"1"', validatorsFrom: 'cdn.example:8443', bodyHash: 'hash', lastUnconditionalAt: NOW },
  },
];

for (const { name, reading, memory } of memories) {
  test(`scheduleNext: validators: ${name}`, () => {
    const { etag, lastModified, validatorsFrom, bodyHash, lastUnconditionalAt } = step(reading, { state: held }).state;
    const found = { etag, lastModified, validatorsFrom, bodyHash, lastUnconditionalAt };
    assert.equal(JSON.parse(JSON.stringify(found)), memory);
  });
}

test('whetherToAsk: what was read as a summary is asked for anew when the full text is wanted, and then no more', () => {
  const full = aSource({ content: 'full' });
  assert.equal(whetherToAsk(full, held, [], NOW, soft), { ask: true, url: full.url });
  assert.is(lastBodyHash(full, held), undefined);
  assert.is(lastBodyHash(aSource(), held), 'old');
  const readings = [aDocument(), notModified(), theSame({ bodyHash: 'hash' })];
  const read = readings.reduce((state, reading) => step(reading, { source: full, state }).state, held);
  assert.equal([read.withHtml, lastBodyHash(full, read)], [true, 'hash']);
  const asSummary = step(aDocument(), { source: aSource(), state: read }).state;
  assert.is(lastBodyHash(full, asSummary), undefined);
});

test('scheduleNext: one success forgets all failures', () => {
  const state = aState({
    failures: 7,
    failingSince: later(-DAY_MS),
    problem: { code: 'fetch/dns', message: 'x' },
    succeededAt: later(-DAY_MS),
  });
  const next = step(notModified(), { state }).state;
  assert.is(next.failures, 0);
  assert.is(next.problem, undefined);
  assert.is(next.failingSince, undefined);
  assert.is(next.succeededAt, NOW);
});

test('scheduleNext: an edited address begins anew, but for the counts', () => {
  const counts = { asked: 9, notModified: 4, failed: 2, bytes: 900 };
  const state = aState({
    address: 'https://old.example/',
    failures: 5,
    gone: true,
    movedTo: 'https://x.example/',
    etag: '"o"',
    counts,
  });
  const next = step(failed(404), { state }).state;
  assert.is(next.failures, 1);
  assert.is(next.gone, false);
  assert.is(next.movedTo, undefined);
  assert.is(next.etag, undefined);
  assert.is(next.address, aSource().url);
  assert.equal(next.counts, { asked: 10, notModified: 4, failed: 3, bytes: 900 });
});

test('scheduleNext: the address of a private source is kept as a hash, one with a password too', () => {
  const addresses = ['https://me:pw@feeds.example.org/a.xml', 'https://me@feeds.example.org/a.xml'];
  for (const source of [aSource({ private: true }), ...addresses.map((url) => aSource({ url }))]) {
    const { state } = step(aDocument(), { source });
    assert.match(state.address ?? '', /^[0-9a-f]{64}$/);
    assert.is(whetherToAsk(source, state, [], later(DAY_MS), soft).ask, true);
    assert.not.match(JSON.stringify(state), /pw|feeds\.example/);
  }
});

test('scheduleNext: 429 and 503 with Retry-After make the whole host wait, but not one that a redirect led to', () => {
  const [own, other] = [aSource().url, 'https://cdn.other.example:8443'].map((url) => new URL(url).origin);
  for (const status of [429, 503]) {
    const retryAt = later(3600_000);
    for (const answeredBy of [own, other]) {
      const { state, hostWaits } = step(failed(status, { retryAt, ...(answeredBy && { answeredBy }) }));
      assert.is(hostWaits.length, answeredBy === own ? 1 : 0);
      assert.equal([state.notBefore, state.reason], [retryAt, 'Retry-After']);
    }
  }
});

test('scheduleNext: Retry-After of another status concerns the source alone', () => {
  const { state, hostWaits } = step(failed(403, { retryAt: later(2 * HOUR_MS) }));
  assert.equal(hostWaits, []);
  assert.is(state.notBefore, later(2 * HOUR_MS));
});

test('scheduleNext: Retry-After is capped at 7 days and never shorter than the cron', () => {
  const long = step(failed(429, { retryAt: later(900 * DAY_MS) }));
  assert.is(long.state.notBefore, later(7 * DAY_MS));
  assert.is(long.hostWaits[0]?.until, later(7 * DAY_MS));
  assert.is(step(failed(429, { retryAt: later(1000) })).state.notBefore, '2026-03-04T12:30:00.000Z');
  const everyMinute = aSource({ poll: '* * * * *' });
  assert.is(step(failed(429, { retryAt: later(1000) }), { source: everyMinute }).state.notBefore, later(5 * MINUTE_MS));
});

test('scheduleNext: Retry-After that is over counts as none', () => {
  const { state, hostWaits } = step(failed(503, { retryAt: NOW }));
  assert.is(state.reason, 'back-off after 1 failure');
  assert.equal(hostWaits, []);
});

test('scheduleNext: 410 ends it', () => {
  const { state } = step(failed(410));
  assert.is(state.gone, true);
  assert.is(state.notBefore, undefined);
  assert.is(whetherToAsk(aSource(), state, [], later(7 * DAY_MS), { force: true }).ask, false);
});

test('scheduleNext: 410 behind a temporary redirect is a failure like others', () => {
  const hop = { from: aSource().url, to: 'https://elsewhere.example/', permanent: false };
  assert.is(step(failed(410, { hops: [hop] })).state.gone, false);
  assert.is(step(failed(410, { hops: [{ ...hop, permanent: true }] })).state.gone, true);
});

const hop = (from: string, to: string, permanent = true) => ({
  from: `https://${from}/`,
  to: `https://${to}/`,
  permanent,
});
const seen = (count: number, firstAt: string) => ({
  to: 'https://b.example/',
  count,
  firstAt,
  lastAt: later(-HOUR_MS),
});
const redirects = [
  {
    name: 'first seen',
    hops: [hop('a.example', 'b.example')],
    redirect: { to: 'https://b.example/', count: 1, firstAt: NOW, lastAt: NOW },
  },
  {
    name: 'seen again',
    state: aState({ redirect: seen(1, later(-DAY_MS)) }),
    hops: [hop('a.example', 'b.example')],
    redirect: { ...seen(2, later(-DAY_MS)), lastAt: NOW },
  },
  {
    name: 'believed after the third over a day',
    state: aState({ redirect: seen(2, later(-DAY_MS)) }),
    hops: [hop('a.example', 'b.example')],
    movedTo: 'https://b.example/',
  },
  {
    name: 'not believed within a day',
    state: aState({ redirect: seen(7, later(-23 * HOUR_MS)) }),
    hops: [hop('a.example', 'b.example')],
    redirect: { ...seen(8, later(-23 * HOUR_MS)), lastAt: NOW },
  },
  {
    name: 'counted anew for another address',
    state: aState({ redirect: seen(7, later(-DAY_MS)) }),
    hops: [hop('a.example', 'c.example')],
    redirect: { to: 'https://c.example/', count: 1, firstAt: NOW, lastAt: NOW },
  },
  { name: 'forgotten when it stops', state: aState({ redirect: seen(2, later(-DAY_MS)) }), hops: [] },
  { name: '302 is never learnt', hops: [hop('a.example', 'b.example', false)] },
  {
    name: 'a chain counts to its end',
    hops: [hop('a.example', 'b.example'), hop('b.example', 'c.example')],
    redirect: { to: 'https://c.example/', count: 1, firstAt: NOW, lastAt: NOW },
  },
  {
    name: 'a chain counts to its first temporary hop',
    hops: [hop('a.example', 'b.example'), hop('b.example', 'c.example', false), hop('c.example', 'd.example')],
    redirect: { to: 'https://b.example/', count: 1, firstAt: NOW, lastAt: NOW },
  },
  {
    name: 'counted anew after a clock that ran ahead',
    state: aState({ redirect: { ...seen(7, later(365 * DAY_MS)), lastAt: later(365 * DAY_MS) } }),
    hops: [hop('a.example', 'b.example')],
    redirect: { to: 'https://b.example/', count: 1, firstAt: NOW, lastAt: NOW },
  },
  {
    name: 'back to the configured address is no move',
    source: aSource({ url: 'https://a.example/' }),
    state: aState({ address: 'https://a.example/', movedTo: 'https://b.example/' }),
    hops: [hop('b.example', 'a.example')],
  },
  {
    name: 'a learnt address stays',
    state: aState({ movedTo: 'https://b.example/' }),
    hops: [],
    movedTo: 'https://b.example/',
  },
  {
    name: 'of a private source nothing is learnt',
    source: aSource({ private: true }),
    hops: [hop('a.example', 'b.example')],
  },
];

for (const { name, source = aSource(), state = aState(), hops, redirect, movedTo } of redirects) {
  test(`scheduleNext: permanent redirect: ${name}`, () => {
    for (const reading of [aDocument({ hops }), notModified({}, hops)]) {
      const next = step(reading, { source, state }).state;
      assert.equal(next.redirect, redirect);
      assert.is(next.movedTo, movedTo);
    }
  });
}

test('scheduleNext: a redirect to something that is no feed is not counted', () => {
  assert.is(step(unreadable()).state.redirect, undefined);
});

test('scheduleNext: a learnt address is asked, and left after three failures or a 410', () => {
  const moved = aState({ address: aSource().url, movedTo: 'https://b.example/' });
  const first = step(failed(500), { state: moved }).state;
  assert.is(first.movedTo, 'https://b.example/');
  assert.equal(whetherToAsk(aSource(), first, [], later(DAY_MS), soft), { ask: true, url: 'https://b.example/' });
  const third = step(failed(500), { state: step(failed(500), { state: first }).state }).state;
  assert.is(third.movedTo, undefined);
  assert.equal(whetherToAsk(aSource(), third, [], later(DAY_MS), soft), { ask: true, url: aSource().url });
  const gone = step(failed(410), { state: moved }).state;
  assert.is(gone.movedTo, undefined);
  assert.is(gone.gone, false);
});

test.run();
