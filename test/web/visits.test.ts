import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { createVisits, isReading, type Visit } from '../../src/web/visits.ts';
import { aConfig, anItem, BROWSER, NOW, testStore } from './site-under-test.ts';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const SAFARI_16_3 =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.3 Safari/605.1.15';
const SAFARI_17 = SAFARI_16_3.replace('16.3', '17.4');
const LYNX = 'Lynx/2.9.0dev.12 libwww-FM/2.14';

function aVisit(fields: Record<string, string | undefined>, method = 'GET', peer = '203.0.113.9'): Visit {
  const headers = new Map(Object.entries({ host: 'watch.example', ...BROWSER, ...fields }));
  return { method, header: (name) => headers.get(name), peer };
}
const NO_METADATA = { 'sec-fetch-dest': undefined, 'sec-fetch-mode': undefined };

const HTTPS = 'https://watch.example';
const HTTP = 'http://watch.example';
const LOCAL = 'http://localhost:8080';
const cases = [
  { name: 'a navigation', counts: true },
  { name: 'HEAD', method: 'HEAD', counts: false },
  { name: 'an image', fields: { 'sec-fetch-dest': 'image' }, counts: false },
  { name: 'a fetch() of a script', fields: { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' }, counts: false },
  { name: 'an iframe', fields: { 'sec-fetch-dest': 'iframe' }, counts: false },
  {
    name: 'only a part of the family',
    fields: { ...NO_METADATA, 'sec-fetch-site': 'none' },
    site: HTTP,
    counts: false,
  },
  { name: 'Sec-Purpose: prefetch', fields: { 'sec-purpose': 'prefetch;prerender' }, counts: false },
  { name: 'Purpose: prefetch', fields: { purpose: 'prefetch' }, counts: false },
  { name: 'X-Moz: prefetch', fields: { 'x-moz': 'prefetch' }, counts: false },
  { name: 'Purpose: preview', fields: { purpose: 'Preview' }, counts: false },
  { name: 'Accept without HTML', fields: { accept: '*/*' }, counts: false },
  { name: 'no Accept', fields: { accept: undefined }, counts: false },
  {
    name: 'a robot',
    fields: { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
    counts: false,
  },
  { name: 'curl', fields: { 'user-agent': 'curl/8.5.0' }, counts: false },
  { name: 'no agent', fields: { 'user-agent': undefined }, counts: false },
  { name: 'an empty agent', fields: { 'user-agent': ' ' }, counts: false },
  { name: 'Chrome that hides the family on https', fields: { ...NO_METADATA, 'user-agent': CHROME }, counts: false },
  { name: 'Firefox that hides it', fields: NO_METADATA, counts: false },
  { name: 'Safari 17 that hides it', fields: { ...NO_METADATA, 'user-agent': SAFARI_17 }, counts: false },
  { name: 'Safari 16.3, which knows none', fields: { ...NO_METADATA, 'user-agent': SAFARI_16_3 }, counts: true },
  { name: 'Lynx on https', fields: { ...NO_METADATA, 'user-agent': LYNX }, counts: true },
  { name: 'Chrome on plain http', fields: { ...NO_METADATA, 'user-agent': CHROME }, site: HTTP, counts: true },
  {
    name: 'Chrome in the local network',
    fields: { ...NO_METADATA, 'user-agent': CHROME, host: '192.168.1.5:8080' },
    site: LOCAL,
    counts: true,
  },
  {
    name: 'Chrome on localhost',
    fields: { ...NO_METADATA, 'user-agent': CHROME, host: 'localhost:8080' },
    site: LOCAL,
    counts: false,
  },
  {
    name: 'Chrome on 127.0.0.1',
    fields: { ...NO_METADATA, 'user-agent': CHROME, host: '127.0.0.1:8080' },
    site: LOCAL,
    counts: false,
  },
  {
    name: 'Chrome on [::1]',
    fields: { ...NO_METADATA, 'user-agent': CHROME, host: '[::1]:8080' },
    site: LOCAL,
    counts: false,
  },
];
for (const { name, fields = {}, method = 'GET', site = HTTPS, counts } of cases) {
  test(`isReading: ${name} ${counts ? 'counts' : 'does not count'}`, () => {
    assert.is(isReading(aVisit(fields, method), site), counts);
  });
}

function aCounter(trustProxy: readonly string[] = []) {
  const store = testStore([anItem(1), anItem(2)]);
  const at = { now: NOW };
  const logged: string[] = [];
  const visits = createVisits({
    store,
    config: () => aConfig({ trustProxy }),
    clock: () => at.now,
    log: (_level, event) => logged.push(event),
  });
  return { store, at, logged, visits };
}

async function countAll(visits: ReturnType<typeof createVisits>, all: readonly Visit[], item = anItem(1)) {
  const counted = await Promise.all(all.map((visit) => visits.count('view', item, visit)));
  return counted.filter(Boolean).length;
}

test('visits: one person counts once, views apart from clicks, items apart from each other', async () => {
  const { visits, store } = aCounter();
  assert.is(await countAll(visits, Array(1000).fill(aVisit({}))), 1);
  assert.is(await visits.count('click', anItem(1), aVisit({})), true);
  assert.is(await visits.count('view', anItem(2), aVisit({})), true);
  assert.equal(store.counted, ['view item1', 'click item1', 'view item2']);
});

test('visits: 1,000 forged X-Forwarded-For count as one', async () => {
  const { visits } = aCounter();
  const forged = Array.from({ length: 1000 }, (_, n) => aVisit({ 'x-forwarded-for': `198.51.${n % 250}.${n >> 8}` }));
  assert.is(await countAll(visits, forged), 1);
});

test('visits: 100 people behind a trusted proxy count as 100', async () => {
  const { visits } = aCounter(['127.0.0.1']);
  const people = Array.from({ length: 100 }, (_, n) =>
    aVisit({ 'x-forwarded-for': `198.51.${n}.7` }, 'GET', '127.0.0.1'),
  );
  assert.is(await countAll(visits, people), 100);
});

test('visits: one IPv6 /56 is one person, and a /48 ten', async () => {
  const from = (count: number, address: (n: string) => string) =>
    Array.from({ length: count }, (_, n) => aVisit({}, 'GET', address(n.toString(16).padStart(2, '0'))));
  assert.is(
    await countAll(
      aCounter().visits,
      from(50, (n) => `2001:db8:1:2::${n}`),
    ),
    1,
  );
  assert.is(
    await countAll(
      aCounter().visits,
      from(200, (n) => `2001:db8:1:12${n}::1`),
    ),
    1,
  );
  assert.is(
    await countAll(
      aCounter().visits,
      from(200, (n) => `2001:db8:1:${n}00::1`),
    ),
    10,
  );
});

test('visits: one address is two people at most, whatever browsers it names', async () => {
  const { visits, at } = aCounter();
  const agents = Array.from({ length: 25 }, (_, n) => aVisit({ 'user-agent': `${BROWSER['user-agent']} a${n}` }));
  assert.is(await countAll(visits, agents), 2);
  assert.is(await countAll(visits, agents, anItem(2)), 2);
  at.now = '2026-03-05T00:00:00.000Z';
  assert.is(await countAll(visits, agents), 2);
});

test('visits: 10 a day an item from one network, more the next day', async () => {
  const { visits, at } = aCounter();
  const people = Array.from({ length: 25 }, (_, n) => aVisit({}, 'GET', `203.0.113.${n + 1}`));
  assert.is(await countAll(visits, people), 10);
  at.now = '2026-03-04T12:05:00.000Z';
  assert.is(await countAll(visits, people), 0);
  at.now = '2026-03-05T00:00:00.000Z';
  assert.is(await countAll(visits, people), 10);
});

test('visits: 30 new people a minute from one network', async () => {
  const { visits, at } = aCounter();
  const count = async () => {
    let counted = 0;
    for (let n = 0; n < 10; n++) {
      for (let person = 0; person < 10; person++) {
        const visit = aVisit({}, 'GET', `203.0.113.${person + 1}`);
        if (await visits.count('view', anItem(n), visit)) counted += 1;
      }
    }
    return counted;
  };
  assert.is(await count(), 30);
  at.now = '2026-03-04T12:01:00.000Z';
  assert.is(await count(), 30);
});

test('visits: who was here before uses up nothing of a network', async () => {
  const { visits } = aCounter();
  assert.is(await countAll(visits, [aVisit({})]), 1);
  for (let n = 0; n < 40; n++) await visits.count('view', anItem(1), aVisit({}));
  const neighbours = Array.from({ length: 9 }, (_, n) => aVisit({}, 'GET', `203.0.113.${n + 100}`));
  assert.is(await countAll(visits, neighbours), 9);
});

test('visits: a full disk costs the count, one line a minute, never the page', async () => {
  const { visits, store, logged, at } = aCounter();
  store.count = () => Promise.reject(new ViaductError('store/full', 'no space left'));
  assert.is(await visits.count('view', anItem(1), aVisit({})), false);
  assert.is(await visits.count('view', anItem(2), aVisit({})), false);
  at.now = '2026-03-04T12:01:00.000Z';
  assert.is(await visits.count('view', anItem(1), aVisit({})), false);
  assert.equal(logged, ['visit.uncounted', 'visit.uncounted']);
});

test('visits: a disk that takes its time keeps no reader waiting', async () => {
  const { visits, store } = aCounter();
  const slow = new Promise<boolean>(() => undefined);
  store.count = () => slow;
  const startedAt = performance.now();
  assert.is(await visits.count('view', anItem(1), aVisit({})), true);
  assert.ok(performance.now() - startedAt < 5_000);
});

test.run();
