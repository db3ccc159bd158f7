/** How much one document may make us keep: each of these few KB were megabytes in data/. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedDocument } from '../../src/model.ts';
import { parseFeed } from '../../src/parse/parse-feed.ts';

const repeat = (count: number, one: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => one(at)).join('');
const long = (chars: number, letter = 'p') => letter.repeat(chars);
const read = (text: string, baseUrl = 'https://base.example/feed') =>
  parseFeed(new TextEncoder().encode(text), { html: true, baseUrl });

const inBases = (count: number, chars: number, items: string) =>
  `<rss><channel>${repeat(count, () => `<items xml:base="${long(chars)}/">`)}${items}${long(0)}</channel></rss>`;

/** Each of a few KB to a few hundred. */
const amplifiers: readonly { readonly name: string; readonly text: string; readonly baseUrl?: string }[] = [
  {
    name: '40 bases around 500 links',
    text: inBases(
      40,
      4000,
      repeat(500, (at) => `<item><link>${at}</link></item>`),
    ),
  },
  {
    name: '10 bases around 500 links',
    text: inBases(
      10,
      200,
      repeat(500, (at) => `<item><link>${at}</link></item>`),
    ),
  },
  {
    name: 'one base, all addresses of an item',
    text: inBases(
      1,
      2000,
      repeat(
        1000,
        (at) => `<item><link>${at}</link><comments>${at}</comments><enclosure url="${at}"/><image>${at}</image></item>`,
      ),
    ),
  },
  {
    name: 'a base around the pictures of full texts',
    text: inBases(
      1,
      2000,
      repeat(
        500,
        (at) =>
          `<item><link>${at}</link><description>&lt;img src=a alt=b&gt;&lt;a href=b&gt;c&lt;/a&gt;</description></item>`,
      ),
    ),
  },
  {
    name: 'a long address after redirects',
    text: `<rss><channel>${repeat(1000, (at) => `<item><link>${at}</link></item>`)}</channel></rss>`,
    baseUrl: `https://base.example/${long(15_000)}/feed`,
  },
  {
    name: 'authors of an Atom feed',
    text: `<feed xmlns="http://www.w3.org/2005/Atom">${repeat(60, (at) => `<author><name>${at}${long(5000)}</name><uri>https://a.example/${at}${long(1900)}</uri></author>`)}
      ${repeat(1000, (at) => `<entry><id>${at}</id><title>${at}</title></entry>`)}</feed>`,
  },
  {
    name: 'authors of a JSON feed',
    text: JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      authors: Array.from({ length: 100 }, (_, at) => ({
        name: at + long(5000),
        url: `https://a.example/${at}${long(1900)}`,
      })),
      items: Array.from({ length: 1000 }, (_, at) => ({ id: String(at), content_text: 'x' })),
    }),
  },
  {
    name: 'a home page that tags and attachments are relative to',
    text: JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      home_page_url: `https://a.example/${long(2000)}/`,
      items: Array.from({ length: 1000 }, (_, at) => ({
        url: `${at}`,
        image: 'i',
        attachments: [{ url: 'a' }, { url: 'b' }],
      })),
    }),
  },
  {
    name: 'what JSON escapes, in a base and in the authors of a feed',
    text: `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/?${'\\\\'.repeat(900)}">${repeat(20, (at) => `<author><name>${at}${'\\\\'.repeat(90)}</name></author>`)}${repeat(1000, (at) => `<entry><id>${at}</id><title>${at}</title><link href="#a${at}"/></entry>`)}</feed>`,
  },
  {
    name: 'an entity that each title is made of',
    text: `<!DOCTYPE rss [<!ENTITY a "${long(1000)}">]><rss><channel>${repeat(1000, (at) => `<item><title>${at}&a;</title><guid>${at}&a;</guid></item>`)}</channel></rss>`,
  },
];

for (const { name, text, baseUrl } of amplifiers) {
  test(`parseFeed keeps no more than a document justifies: ${name}`, async () => {
    const document = await read(text, baseUrl);
    const limit = 4 * text.length + 1_000_000;
    const kept = keptOf(document);
    assert.ok(kept <= limit, `${kept} characters of ${text.length}`);
  });
}

/** With the copies that are kept of guids and addresses. */
function keptOf({ entries }: FeedDocument): number {
  const chars = (texts: readonly (string | undefined)[]) =>
    JSON.stringify(texts.filter((text) => text !== undefined)).length;
  const guids = chars(entries.flatMap(({ guid, comments }) => [guid, comments]));
  return (
    JSON.stringify(entries).length + guids + 3 * chars(entries.flatMap(({ permalink, link }) => [permalink, link]))
  );
}

test('parseFeed: the largest entries go first, and are counted', async () => {
  const base = `https://a.example/${long(1900)}/`;
  const wide = repeat(400, (at) => `<item xml:base="${base}"><link>w${at}</link></item>`);
  const plain = repeat(500, (at) => `<item><link>https://a.example/${at}</link><title>${at}</title></item>`);
  const all = await read(`<rss><channel>${plain}${wide}</channel></rss>`);
  assert.is(all.tooLarge, undefined, 'what is written out is justified');
  assert.is(all.entries.length, 900);
  const nested = `<rss><channel>${plain}<items xml:base="${base}">${repeat(400, (at) => `<item><link>${at}</link></item>`)}</items></channel></rss>`;
  const { entries, tooLarge = 0 } = await read(nested);
  assert.is(entries.length + tooLarge, 900);
  assert.ok(tooLarge > 0);
  assert.is(entries.filter(({ title }) => title !== undefined).length, 500);
});

test('parseFeed: an address is at most 2,048 characters long, after it was resolved', async () => {
  const link = async (written: string, baseUrl?: string) =>
    (await read(`<rss><channel><item><title>t</title><link>${written}</link></item></channel></rss>`, baseUrl))
      .entries[0]?.link;
  const front = 'https://a.example/';
  assert.is((await link(front + long(2048 - front.length)))?.length, 2048);
  assert.is(await link(front + long(2049 - front.length)), undefined);
  assert.is(await link(front + long(700, 'ü')), undefined, 'six characters for each');
  assert.is(await link('post', `${front}${long(2100)}/`), undefined);
  assert.is(await link('/post', `${front}${long(2100)}/`), `${front}post`, 'nothing of the base but its host');
});

test('parseFeed: eight bases around an item count', async () => {
  const item = '<item><link>post</link></item>';
  const base = async (count: number) =>
    (await read(inBases(count, 1, item))).entries[0]?.link?.split('/').filter((part) => part === 'p').length;
  assert.equal([await base(2), await base(8), await base(9), await base(30)], [2, 8, 8, 8]);
});

test('parseFeed: of authors at most 20, and nothing longer than 200 characters', async () => {
  const { entries } = await read(
    `<feed xmlns="http://www.w3.org/2005/Atom">${repeat(60, (at) => `<author><name>${at}${long(500)}</name><email>${long(60)}@${long(180)}.example</email><uri>https://a.example/${long(500)}</uri></author>`)}<entry><id>1</id><title>t</title></entry></feed>`,
  );
  const authors = entries[0]?.authors ?? [];
  assert.is(authors.length, 20);
  for (const author of authors) for (const text of Object.values(author)) assert.ok(text.length <= 200, text);
});

test.run();
