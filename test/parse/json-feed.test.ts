/** JSON Feed as publishers write it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../../src/errors.ts';
import { parseFeed } from '../../src/parse/parse-feed.ts';

const read = (text: string) => parseFeed(Buffer.from(text), { html: true, baseUrl: 'https://a.example/feed.json' });
const titlesOf = async (text: string) => (await read(text)).entries.map(({ title }) => title);

const loose: readonly { name: string; text: string; titles: readonly string[] }[] = [
  {
    name: 'raw line ends and tabs in strings',
    text: '{"items":[{"title":"a\tb"},{"title":"c\nd"}]}',
    titles: ['a b', 'c d'],
  },
  { name: 'other raw control characters', text: '{"items":[{"title":"a\u0001b"}]}', titles: ['ab'] },
  {
    name: 'commas before brackets',
    text: '{"items":[{"title":"a","tags":["x", ],},\n{"title":"b"} , ],}',
    titles: ['a', 'b'],
  },
  { name: 'commas and brackets in strings', text: '{"items":[{"title":"a,]}\\",]\\\\"},]}', titles: ['a,]}",]\\'] },
  { name: 'a byte order mark', text: '\ufeff{"items":[{"title":"a"},]}', titles: ['a'] },
  {
    name: 'a comment of the cache behind it',
    text: '{"items":[{"title":"a"}]}\n<!-- cached at 12:00 -->',
    titles: ['a'],
  },
  { name: 'a version that is a number', text: '{"version":1.1,"items":[{"title":"a"}]}', titles: ['a'] },
  { name: 'a version without an address', text: '{"version":"1.0","items":[{"title":"a"}]}', titles: ['a'] },
];
for (const { name, text, titles } of loose) {
  test(`parseJsonFeed: reads ${name}`, async () => {
    const { entries, complete } = await read(text);
    assert.equal([entries.map(({ title }) => title), complete], [titles, true]);
  });
}

const WHOLE = '{"title":"F","authors":[{"name":"A"}],"items":[{"title":"a","tags":["x"]},{"title":"b"},{"title":"c"}]}';

test('parseJsonFeed: of a document that is cut anywhere the complete entries are read, and it is not complete', async () => {
  const ends = ['a', 'b', 'c'].map((title) => WHOLE.indexOf('}', WHOLE.indexOf(`"${title}"`)) + 1);
  for (let length = ends[0] ?? 0; length < WHOLE.length - 1; length++) {
    const { entries, complete, feed } = await read(WHOLE.slice(0, length));
    const whole = ends.filter((end) => end <= length).length;
    assert.equal([entries.length, complete, feed.title], [whole, false, 'F'], WHOLE.slice(0, length));
  }
});

test('parseJsonFeed: where no entry is complete it says so', async () => {
  const codeOf = (text: string) => read(text).catch((error: unknown) => error instanceof ViaductError && error.code);
  assert.is(await codeOf(WHOLE.slice(0, WHOLE.indexOf('"a"'))), 'parse/cut');
  assert.is(await codeOf('{"items": {"a" "b"}}'), 'parse/json');
  assert.is(await codeOf('{"version":"https://other.example/1","items":[]}'), 'parse/not-a-feed');
});

test('parseJsonFeed: a large document that is cut is read, too', async () => {
  assert.is((await titlesOf(`{"items":[${'{"title":"a","tags":[1,],},'.repeat(20_000)}`)).length, 1000);
});

test.run();
