/** The order of arrival, day by day, and what stands where on the front page. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addMs, DAY_MS, HOUR_MS } from '../../src/durations.ts';
import type { Item } from '../../src/model.ts';
import { createDayOf, daysOf } from '../../src/web/days.ts';
import { aConfig, anItem, aSource, NOW, withSite } from './site-under-test.ts';

const arrivedAt = (n: number, arrival: string): Item => anItem(n, { arrival });

test('daysOf: by the day in the site’s time zone, also where clocks change and where it is no whole hour off', () => {
  const cases: readonly [
    timezone: string,
    arrivals: readonly string[],
    days: readonly (readonly [string, number])[],
  ][] = [
    [
      'UTC',
      ['2026-03-04T00:00:00.000Z', '2026-03-03T23:59:59.999Z'],
      [
        ['2026-03-04', 1],
        ['2026-03-03', 1],
      ],
    ],
    [
      'Asia/Kathmandu',
      ['2026-03-03T18:15:00.000Z', '2026-03-03T18:14:59.000Z'],
      [
        ['2026-03-04', 1],
        ['2026-03-03', 1],
      ],
    ],
    ['Europe/Berlin', ['2026-03-29T21:59:00.000Z', '2026-03-28T23:00:00.000Z'], [['2026-03-29', 2]]],
    ['UTC', [], []],
  ];
  for (const [timezone, arrivals, days] of cases) {
    const items = arrivals.map((arrival, n) => arrivedAt(n, arrival));
    assert.equal(
      daysOf(items, timezone).map(({ date, items: some }) => [date, some.length]),
      days,
    );
  }
});

const DAYS = [0, 1, 1, 3].map((days, n) => arrivedAt(n + 1, addMs(NOW, -days * DAY_MS - n)));

test('GET /archive: each day on which something arrived, with its count', async () => {
  await withSite([...DAYS, anItem(9, { published: false })], async ({ site }) => {
    const page = await (await site.app.request('/archive')).text();
    const days = [...page.matchAll(/href="(\/archive\/[^"]+)"><time[^>]*>([^<]*)<\/time> <span class="ui">([^<]*)</g)];
    assert.equal(
      days.map(([, ...told]) => told),
      [
        ['/archive/2026/03/04', 'Wednesday, March 4, 2026', '1 item'],
        ['/archive/2026/03/03', 'Tuesday, March 3, 2026', '2 items'],
        ['/archive/2026/03/01', 'Sunday, March 1, 2026', '1 item'],
      ],
    );
  });
});

test('GET /archive/YYYY/MM/DD: what arrived that day, and the days beside it; 404 for any other', async () => {
  await withSite(DAYS, async ({ site }) => {
    const page = await (await site.app.request('/archive/2026/03/03')).text();
    assert.match(page, '<title>Tuesday, March 3, 2026 — Model Watch</title>');
    const main = /<main.*<\/main>/s.exec(page)?.[0] ?? '';
    assert.equal(main.match(/item\d(?=\/)/g), ['item2', 'item3']);
    assert.equal(main.match(/(?<=href=")\/archive[^"]*/g), ['/archive', '/archive/2026/03/04', '/archive/2026/03/01']);
    for (const path of ['/archive/2026/03/02', '/archive/2026/3/3', '/archive/2026/03', '/archive/x/y/z']) {
      assert.is((await site.app.request(path)).status, 404, path);
    }
  });
});

test('GET /: a burst of one source takes two of the first ten places, and hides nobody', async () => {
  const burst = Array.from({ length: 600 }, (_, n) => anItem(n));
  const others = Array.from({ length: 4 }, (_, n) => {
    const arrival = addMs(NOW, -20 * HOUR_MS - n);
    const item = anItem(1000 + n);
    const url = `https://other${n}.example/1`;
    const primary = { ...item.primary, source: `other${n}`, url, publishedAt: arrival };
    return { ...item, url, primary, entries: [primary], arrival, firstSeen: arrival };
  });
  const config = aConfig({ sources: [aSource(), aSource({ id: 'other3', weight: 1 })] });
  await withSite(
    [...burst, ...others],
    async ({ site }) => {
      const page = await (await site.app.request('/')).text();
      const top = [...page.matchAll(/<article class="st[^"]*"><h2><a href="\/items\/item(\d+)/g)].map(([, id]) =>
        Number(id),
      );
      assert.equal(top.slice(0, 3), [0, 1, 1003]);
      assert.is(top.length, 6);
      assert.is(top.filter((id) => id < 600).length, 2);
      assert.ok(top.indexOf(1003) < top.indexOf(1000), 'its source has a weight');
    },
    config,
  );
});

test('GET /items/ID: Trending Now does not list the page itself', async () => {
  const carried = (n: number) =>
    anItem(n, {
      primary: { ...anItem(n).primary, source: `s${n}` },
      via: ['a', 'b'].map((id) => ({ source: id, name: id, url: `https://${id}${n}.example/`, firstSeen: NOW })),
      url: `https://p${n}.example/`,
    });
  await withSite(
    Array.from({ length: 8 }, (_, n) => carried(n + 1)),
    async ({ site }) => {
      const trends = async (path: string) => {
        const page = await (await site.app.request(path)).text();
        const list = /<ol class="rank">.*?<\/ol>/s.exec(page)?.[0] ?? '';
        return [...list.matchAll(/\/items\/(item\d)/g)].map(([, id]) => id);
      };
      assert.equal(await trends('/'), ['item1', 'item2', 'item3', 'item4', 'item5']);
      assert.equal(await trends('/items/item2/note-2'), ['item1', 'item3', 'item4', 'item5', 'item6']);
    },
  );
});

test('createDayOf: as Intl has it, wherever midnight is', () => {
  for (const timezone of [
    'UTC',
    'Pacific/Apia',
    'Australia/Lord_Howe',
    'America/Havana',
    'Asia/Beirut',
    'Asia/Kathmandu',
  ]) {
    const dayOf = createDayOf(timezone);
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' });
    // Each half hour of the years in which Apia left out a day, and Beirut and Havana changed their clocks at midnight.
    for (let ms = Date.parse('2011-01-01'); ms < Date.parse('2013-01-01'); ms += 30 * 60_000) {
      const at = new Date(ms).toISOString();
      if (dayOf(at) !== format.format(ms)) assert.is(dayOf(at), format.format(ms), `${timezone} ${at}`);
    }
  }
});
test.run();
