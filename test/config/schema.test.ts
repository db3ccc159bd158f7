import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { feedsJsonSchema, KNOWN_KEYS } from '../../src/config/schema.ts';

const FILE = 'feeds.schema.json';

test('feedsJsonSchema: feeds.schema.json is what it gives (UPDATE=1 writes it)', async () => {
  const now = `${JSON.stringify(feedsJsonSchema(), undefined, 2)}\n`;
  if (process.env.UPDATE === '1') await writeFile(FILE, now);
  assert.fixture(await readFile(FILE, 'utf8'), now);
});

test('feedsJsonSchema: is of draft 2020-12, and every key says what it means', () => {
  const schema = JSON.parse(JSON.stringify(feedsJsonSchema()));
  assert.is(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
  const file = schema.anyOf[0].properties;
  const described = [file, file.site.properties, file.limits.properties, schema.$defs.source.properties].flatMap(
    (properties: Record<string, { description?: string }>) => Object.values(properties),
  );
  assert.ok(described.every(({ description }) => description !== undefined && description.length > 10));
  assert.is(described.length, [...KNOWN_KEYS.values()].flat().length);
});

/** Judged by zod's reading of the JSON Schema, as an editor would with another. */
const verdicts: readonly { name: string; file: unknown; isRight: boolean }[] = [
  { name: 'a bare list', file: ['https://a.example/rss'], isRight: true },
  {
    name: 'an object with $schema',
    file: { $schema: './feeds.schema.json', sources: ['file:x.xml', { url: 'https://a.example', via: '@a' }] },
    isRight: true,
  },
  { name: 'no sources', file: { site: {} }, isRight: false },
  { name: 'an unknown key', file: { sources: [], titel: 'x' }, isRight: false },
  { name: 'an unknown key of a source', file: [{ url: 'https://a.example', catgory: 'x' }], isRight: false },
  { name: 'no scheme', file: ['a.example/rss'], isRight: false },
  { name: 'an id with capitals', file: [{ url: 'https://a.example', id: 'A' }], isRight: false },
  { name: 'a word of another list', file: { sources: [], content: 'all' }, isRight: false },
  { name: 'a number in quotes', file: { sources: [], items: '50' }, isRight: false },
  { name: 'a number out of bounds', file: { sources: [], limits: { concurrency: 0 } }, isRight: false },
  {
    name: 'a script as homepage',
    file: [{ url: 'https://a.example', homepage: 'javascript:alert(1)' }],
    isRight: false,
  },
  { name: 'an address in allow', file: { sources: [], allow: ['http://nas/'] }, isRight: false },
];
for (const { name, file, isRight } of verdicts) {
  test(`feedsJsonSchema: ${name} is ${isRight ? 'right' : 'wrong'}`, () => {
    const schema = z.fromJSONSchema(JSON.parse(JSON.stringify(feedsJsonSchema())));
    assert.is(schema.safeParse(file).success, isRight);
  });
}

test.run();
