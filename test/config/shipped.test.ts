/** The feeds.json and the welcome feed that come with the project. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAtomFeed } from 'feedsmith';
import { parse } from 'jsonc-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { loadConfig } from '../../src/config/load-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { secretWarnings } from '../../src/secrets.ts';

const FILE = path.resolve('feeds.json');

test('feeds.json: is right, needs no environment, and starts with a source that needs no network', async () => {
  const config = await loadConfig({ configFile: FILE, port: 8080 }, {});
  assert.equal(
    config.sources.map((source) => source.id),
    [
      'welcome',
      'simonwillison',
      'jvns',
      'huggingface',
      'openai',
      'technologyreview',
      'lobsters',
      'lwn',
      'rust',
      'go',
      'nodejs',
      'github',
    ],
  );
  const [welcome, simon] = config.sources;
  assert.equal([welcome?.content, welcome?.license], ['full', 'own']);
  assert.equal([simon?.via, simon?.categories], ['@simonw', ['Opinion & Analysis']]);
  assert.ok(config.sources.every((source) => source.title && source.categories.length > 0 && !source.private));
  assert.equal(secretWarnings(config), []);
});

test('feeds.json: agrees with the schema that it names', async () => {
  const file = parse(await readFile(FILE, 'utf8'));
  const schema = JSON.parse(await readFile(path.resolve(file.$schema), 'utf8'));
  assert.is(z.fromJSONSchema(schema).safeParse(file).success, true);
});

test('feeds.json: what its comments show works once it is no comment', async () => {
  const shown = (await readFile(FILE, 'utf8')).replace(/^(\s*)\/\/ (?=["{].*,$)/gm, '$1');
  const file = parse(shown, [], { allowTrailingComma: true });
  assert.equal(file.allow, ['nas.local:8080', '192.168.1.0/24']);
  assert.is(file.site.url, 'https://news.example.org');
  const config = parseConfig(shown, { file: FILE, port: 8080, env: { MEMBER_KEY: 'k' } });
  assert.is(config.sources.at(-1)?.private, true);
});

test('welcome.xml: is an Atom feed of whole entries that need no link', async () => {
  const config = await loadConfig({ configFile: FILE, port: 8080 }, {});
  const text = await readFile(fileURLToPath(config.sources[0]?.url ?? ''), 'utf8');
  const { entries = [], ...feed } = parseAtomFeed(text);
  assert.is(feed.title?.value, 'Welcome to viaduct');
  assert.is(entries.length, 6);
  assert.is(new Set(entries.map((entry) => entry.id)).size, 6);
  for (const entry of entries) {
    assert.match(entry.id ?? '', /^tag:viaduct\.example,2026:welcome\/[a-z-]+$/);
    assert.ok(entry.title?.value && entry.summary?.value && (entry.content?.value?.length ?? 0) > 500);
    assert.match(entry.updated ?? '', /^2026-/);
    assert.is(entry.links, undefined);
  }
});

test.run();
