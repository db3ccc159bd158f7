import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../src/config/load-config.ts';
import { ConfigError } from '../../src/config/parse-config.ts';

async function withFile(content: Uint8Array | string, work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-config-'));
  try {
    const file = path.join(folder, 'feeds.json');
    await writeFile(file, content);
    await work(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function refusal(file: string): Promise<readonly [string, string]> {
  try {
    await loadConfig({ configFile: file, port: 8080 }, {});
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return [error.code, error.message.replaceAll(file, 'FILE')];
  }
  throw new Error('this file was taken');
}

test('loadConfig: reads the file with its port, folder and environment', async () => {
  await withFile(`\ufeff["file:a.xml", "https://a.example/\${KEY}"]`, async (file) => {
    const config = await loadConfig({ configFile: file, port: 99 }, { KEY: 'k' });
    assert.is(config.site.url, 'http://localhost:99');
    assert.equal(
      config.sources.map((source) => source.url),
      [`file://${path.dirname(file)}/a.xml`, 'https://a.example/k'],
    );
  });
});

test('loadConfig: a missing file says where viaduct looks, and what to do', async () => {
  await withFile('[]', async (file) => {
    const advice = 'Run viaduct from the folder of feeds.json, or name the file with --config.';
    assert.equal(await refusal(`${file}5`), ['config/missing', `There is no FILE. ${advice}`]);
    assert.equal(await refusal(`${file}/feeds.json`), ['config/missing', `There is no FILE. ${advice}`]);
  });
});

test('loadConfig: a folder is no feeds.json', async () => {
  await withFile('[]', async (file) => {
    await mkdir(`${file}.d`);
    const words = 'FILE is a folder; expected a file, such as feeds.json in it.';
    assert.equal(await refusal(`${file}.d`), ['config/unreadable', words]);
    assert.equal(await refusal('/dev/null'), ['config/unreadable', 'FILE is not a plain file.']);
  });
});

test('loadConfig: a file of more than 32 MB is not read', async () => {
  await withFile('[', async (file) => {
    await truncate(file, 33e6);
    assert.equal(await refusal(file), ['config/too-large', 'FILE is larger than 32 MB.']);
  });
});

test('loadConfig: what is no UTF-8 is told by its line', async () => {
  const latin1 = Buffer.from('[\n"https://a.example/caf\xe9"]', 'latin1');
  await withFile(latin1, async (file) => {
    const words = 'FILE: line 2 holds bytes that are no UTF-8; save it as UTF-8 in your editor.';
    assert.equal(await refusal(file), ['config/invalid', words]);
  });
  await withFile(Buffer.from('\ufeff[]', 'utf16le'), async (file) => {
    assert.equal(await refusal(file), ['config/invalid', 'FILE: it is UTF-16; save it as UTF-8 in your editor.']);
  });
});

test('loadConfig: problems inside the file name the file as it was given', async () => {
  await withFile('[1', async (file) => {
    assert.equal(await refusal(file), [
      'config/invalid',
      'FILE: one problem\n  feeds.json:1:1 this [ is never closed; expected ] at the end of the list',
    ]);
  });
});

test.run();
