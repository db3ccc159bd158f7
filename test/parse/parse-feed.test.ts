import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { parseFeed } from '../../src/parse/parse-feed.ts';

const FOLDER = path.resolve('test/fixtures/parse');
const BASE_URL = 'https://base.example/feeds/';

const toBytes = (text: string) => new TextEncoder().encode(text);

/** Each document of the fixtures beside what it is read as, X.expected.json; UPDATE=1 writes those anew. */
const documents = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(?:xml|json)$/.test(file) && !file.endsWith('.expected.json'))
  .sort();

test('fixtures: there are some for each dialect', () => {
  const folders = new Set(documents.map((file) => path.dirname(file)));
  const dialects = ['atom-0.3', 'cdf', 'json-feed-1.1', 'rfc4287', 'rss-1.0', 'rss-2.0'];
  assert.equal(
    dialects.filter((dialect) => !folders.has(dialect)),
    [],
  );
});

for (const file of documents) {
  test(`parseFeed: ${file}`, async () => {
    const expectedFile = path.join(FOLDER, file.replace(/\.\w+$/, '.expected.json'));
    const document = await parseFeed(readFileSync(path.join(FOLDER, file)), { html: true, baseUrl: BASE_URL });
    const readable = `${JSON.stringify(document, undefined, 2)}\n`;
    if (process.env.UPDATE === '1' || !existsSync(expectedFile)) writeFileSync(expectedFile, readable);
    assert.fixture(readable, readFileSync(expectedFile, 'utf8'));
  });
}

const failures = [
  { name: 'nothing', document: '', code: 'parse/empty' },
  { name: 'white space', document: '\ufeff \n\t', code: 'parse/empty' },
  { name: 'a web page', document: '<!DOCTYPE html><html><head><title>x</title></head></html>', code: 'parse/html' },
  {
    name: 'a web page that holds a feed',
    document: '<html><body><rss><channel/></rss></body></html>',
    code: 'parse/html',
  },
  {
    name: 'a site map',
    document: '<urlset><url><loc>https://a.example/</loc></url></urlset>',
    code: 'parse/not-a-feed',
  },
  { name: 'a list of feeds', document: '<opml><body><outline text="a"/></body></opml>', code: 'parse/not-a-feed' },
  { name: 'RSS cut before an item', document: '<rss><channel><title>a</title>', code: 'parse/cut' },
  { name: 'RSS cut in its first item', document: '<rss><channel><item><title>a</title><li', code: 'parse/cut' },
  { name: 'Atom cut in its first entry', document: '<feed><entry><title>a</title></ent', code: 'parse/cut' },
  { name: 'words', document: 'Service unavailable', code: 'parse/not-a-feed' },
  { name: 'broken JSON', document: '{"version": "https://jsonfeed.org/version/1", "items" []}', code: 'parse/json' },
  { name: 'other JSON', document: '{"error": "no such user"}', code: 'parse/not-a-feed' },
  { name: 'a JSON list', document: '[1]', code: 'parse/not-a-feed' },
];

for (const { name, document, code } of failures) {
  test(`parseFeed: ${name} is ${code}`, async () => {
    const error = await parseFeed(toBytes(document), { html: false }).catch((reason: unknown) => reason);
    assert.instance(error, ViaductError);
    assert.is((error as ViaductError).code, code);
  });
}

test('parseFeed: html is made only when it is asked for', async () => {
  const feed = toBytes('<rss><channel><item><description>&lt;b&gt;x&lt;/b&gt;</description></item></channel></rss>');
  const lean = await parseFeed(feed, { html: false });
  const full = await parseFeed(feed, { html: true });
  assert.is(lean.entries[0]?.html, undefined);
  assert.is(full.entries[0]?.html, '<b>x</b>');
});

test('parseFeed: a document whose root is not ended is not complete', async () => {
  const isComplete = async (end: string) =>
    (await parseFeed(toBytes(`<rss><channel><item><title>a</title></item></channel>${end}`), { html: false })).complete;
  assert.equal([await isComplete('</rss>'), await isComplete('</rss'), await isComplete('')], [true, true, false]);
});

test('parseFeed: of a document that was cut after an item all is read, the item that was cut too', async () => {
  const titles = async (document: string) =>
    (await parseFeed(toBytes(document), { html: false })).entries.map(({ title }) => title);
  assert.equal(await titles('<rss><channel><item><title>a</title></item>'), ['a']);
  assert.equal(await titles('<rss><channel><item><title>a</title></item><item><title>b'), ['a', 'b']);
  assert.equal(await titles('<rss><channel><item><title>a</title><item><title>b'), ['a', 'b']);
});

test('parseFeed: entries that hold nothing and entries beyond the limit are counted apart', async () => {
  const counts = async (document: string) => {
    const { entries, skipped, surplus } = await parseFeed(toBytes(document), { html: false });
    return [entries.length, skipped, surplus];
  };
  const rss = (items: string) => `<rss><channel>${items}</channel></rss>`;
  const item = '<item><title>a</title></item>';
  assert.equal(await counts(rss(`${item}<item/>`)), [1, 1, undefined]);
  assert.equal(await counts(rss(`<item/>${item.repeat(1003)}`)), [999, 1, 4]);
  const json = (items: readonly unknown[]) => JSON.stringify({ items });
  assert.equal(await counts(json([{ id: '1' }, 'x'])), [1, 1, undefined]);
  assert.equal(await counts(json(['x', ...Array.from({ length: 1003 }, (_, id) => ({ id }))])), [1000, 1, 3]);
});

test('parseFeed: of too many entries the newest are kept, wherever they stand, in the order of the document', async () => {
  // More than twice as many as are kept, so that they are thinned out on the way, too. Every fifth has no date.
  const days = Array.from({ length: 2500 }, (_, at) => (at % 5 === 0 ? undefined : (at * 7) % 2500));
  const dateOf = (day: number) => new Date(Date.UTC(2020, 0, 1) + day * 86_400_000).toISOString();
  const newest = [...days].sort((a = -1, b = -1) => b - a).slice(0, 1000);
  const kept = days.flatMap((day, at) => (newest.includes(day) && day !== undefined ? [String(at)] : []));
  const rss = days.map(
    (day, at) => `<item><guid>${at}</guid>${day === undefined ? '' : `<dc:date>${dateOf(day)}</dc:date>`}</item>`,
  );
  const items = days.map((day, id) => ({ id, ...(day !== undefined && { date_published: dateOf(day) }) }));
  for (const document of [`<rss><channel>${rss.join('')}</channel></rss>`, JSON.stringify({ items })]) {
    const { entries, surplus } = await parseFeed(toBytes(document), { html: false });
    assert.equal([entries.map(({ guid }) => guid), surplus], [kept, 1500]);
  }
});

const undated: readonly { name: string; guidOf: (at: number) => string; kept: readonly number[] }[] = [
  {
    name: 'whose guids count up the last are kept',
    guidOf: (at) => `https://a.example/?p=${at + 7}`,
    kept: [1500, 2499],
  },
  { name: 'whose guids count down the first', guidOf: (at) => `post-${5000 - at}.html`, kept: [0, 999] },
  { name: 'whose guids say nothing half from either end', guidOf: (at) => `${(at * 7919) % 2503}-x`, kept: [0, 2499] },
];
for (const { name, guidOf, kept } of undated) {
  test(`parseFeed: of too many entries without a date ${name}`, async () => {
    const guids = Array.from({ length: 2500 }, (_, at) => guidOf(at));
    const rss = guids.map((guid) => `<item><guid>${guid}</guid></item>`).join('');
    const json = JSON.stringify({ items: guids.map((id) => ({ id })) });
    for (const document of [`<rss><channel>${rss}</channel></rss>`, json]) {
      const { entries } = await parseFeed(toBytes(document), { html: false });
      const places = entries.map(({ guid }) => guids.indexOf(guid ?? ''));
      assert.equal([places.length, places[0], places.at(-1)], [1000, ...kept]);
      assert.equal(
        places,
        places.toSorted((a, b) => a - b),
      );
    }
  });
}

test('parseFeed: a document is as long as the caller allows', async () => {
  const feed = toBytes(`<rss><channel><title>é</title><item><title>a</title></item></channel></rss>`);
  const codeOf = (maxChars: number) =>
    parseFeed(feed, { html: false, maxChars }).then(
      () => 'read',
      (error: unknown) => error instanceof ViaductError && [error.code, error.message],
    );
  assert.equal(await codeOf(100), 'read');
  assert.equal(await codeOf(60), ['parse/too-large', 'the document is longer than 60 characters']);
});

test('parseFeed: a relative link leads to the site of RSS, to the document of Atom, unless xml:base says otherwise', async () => {
  const link = async (document: string) =>
    (await parseFeed(toBytes(document), { html: false, baseUrl: 'https://feeds.example/x/y' })).entries[0]?.link;
  const rss = (base: string) =>
    `<rss><channel ${base}><link>https://site.example/blog/</link><item><link>1</link></item></channel></rss>`;
  const atom = (base: string) =>
    `<feed xmlns="http://www.w3.org/2005/Atom" ${base}><link href="https://site.example/"/><entry><link href="1"/></entry></feed>`;
  assert.equal(
    [await link(rss('')), await link(rss('xml:base="/b/"')), await link(atom('')), await link(atom('xml:base="z/"'))],
    [
      'https://site.example/blog/1',
      'https://feeds.example/b/1',
      'https://feeds.example/x/1',
      'https://feeds.example/x/z/1',
    ],
  );
});

test('parseFeed: names of Object.prototype are names like others', async () => {
  const odd = '<__proto__><polluted>1</polluted></__proto__><constructor/><toString>x</toString>';
  const rss = `<rss><channel>${odd}<item>${odd}<guid>__proto__</guid></item><item><guid>constructor</guid></item></channel></rss>`;
  const json =
    '{"items": [{"id": "__proto__", "__proto__": {"polluted": 1}}, {"id": "constructor"}], "__proto__": {"a": 1}}';
  for (const document of [rss, json]) {
    const { entries } = await parseFeed(toBytes(document), { html: true });
    assert.equal(
      entries.map(({ guid }) => guid),
      ['__proto__', 'constructor'],
    );
  }
  assert.is(({} as Record<string, unknown>).polluted, undefined);
});

test.run();
