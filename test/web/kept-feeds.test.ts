import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openApp } from '../../src/app.ts';
import type { Config } from '../../src/model.ts';
import { type KeptFeedsFile, readKeptFeeds } from '../../src/store/small-files.ts';
import { keepFeeds, startingSite } from '../../src/web/kept-feeds.ts';
import { serveSite } from '../../src/web/server.ts';
import { aConfig, anItem, withSite } from './site-under-test.ts';

/** What keepFeeds saved of a site with one item, and the answers of that site itself. */
async function kept(config = aConfig()): Promise<{ file: KeptFeedsFile; answers: ReadonlyMap<string, Response> }> {
  const files: KeptFeedsFile[] = [];
  const answers = new Map<string, Response>();
  await withSite(
    [anItem(1)],
    async ({ site }) => {
      const keeping = {
        documents: site.mergedFeed,
        config: () => config,
        log: () => {},
        save: async (file: KeptFeedsFile) => void files.push(file),
      };
      await keepFeeds(keeping).close();
      assert.equal(files, []);
      await site.prepare();
      for (const name of ['/feed.xml', '/atom.xml', '/feed.json']) answers.set(name, await site.app.request(name));
      await keepFeeds(keeping).close();
    },
    config,
  );
  const [file] = files;
  assert.ok(file);
  return { file: JSON.parse(JSON.stringify(file)), answers };
}

async function answersOf(
  file: KeptFeedsFile | undefined,
  config: Config,
  paths: readonly string[],
  headers: Record<string, string> = {},
) {
  const server = await serveSite(startingSite(file, config), { host: '127.0.0.1', port: 0 });
  try {
    return await Promise.all(paths.map((name) => fetch(`http://127.0.0.1:${server.port}${name}`, { headers })));
  } finally {
    await server.close();
  }
}

test('kept feeds: a start answers with the bytes and entity tags of before', async () => {
  const { file, answers } = await kept();
  const found = await answersOf(file, aConfig(), [...answers.keys()]);
  for (const [at, [name, before]] of [...answers].entries()) {
    assert.is(found[at]?.status, 200, name);
    assert.is(await found[at]?.text(), await before.text());
    assert.is(found[at]?.headers.get('content-type'), before.headers.get('content-type'));
    const etag = before.headers.get('etag') ?? '';
    const [again] = await answersOf(file, aConfig(), [name], { 'if-none-match': etag });
    assert.is(again?.status, 304, name);
  }
});

test('kept feeds: all else is told to come again, machines that it is not ready', async () => {
  const { file } = await kept();
  const paths = ['/', '/items/a', '/readyz', '/healthz'];
  const found = await answersOf(file, aConfig(), paths);
  assert.equal(
    found.map(({ status }) => status),
    [503, 503, 503, 200],
  );
  assert.equal([found[0]?.headers.get('retry-after'), found[0]?.headers.get('refresh')], ['5', '5']);
  assert.match((await found[0]?.text()) ?? '', 'just starting');
});

test('kept feeds: with another feeds.json, or without any, there are none', async () => {
  const { file } = await kept();
  const other = aConfig({ link: 'page' });
  for (const [one, config] of [
    [file, other],
    [undefined, aConfig()],
  ] as const)
    assert.equal(
      (await answersOf(one, config, ['/feed.xml'])).map(({ status }) => status),
      [503],
    );
});

test('kept feeds: an app keeps them at its end, and answers at its next start before the store is read', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-kept-'));
  const settings = {
    port: 0,
    host: '127.0.0.1',
    dataDir: path.join(folder, 'data'),
    configFile: path.join(folder, 'feeds.json'),
    logLevel: 'silent',
  } as const;
  try {
    await writeFile(settings.configFile, '{}');
    const first = await openApp(aConfig(), settings, { log: () => {} });
    const port = await first.serve();
    const before = await (await fetch(`http://127.0.0.1:${port}/feed.xml`)).text();
    await first.close(0);
    assert.is((await readKeptFeeds(settings.dataDir))?.documents.length, 3);
    const second = await openApp(aConfig(), settings, { log: () => {}, willServe: true });
    const secondPort = await second.serve();
    assert.is(await (await fetch(`http://127.0.0.1:${secondPort}/feed.xml`)).text(), before);
    await second.close(0);
    await writeFile(path.join(settings.dataDir, 'site.json'), 'damaged');
    await writeFile(path.join(settings.dataDir, 'site.json.bak'), 'damaged');
    await writeFile(path.join(settings.dataDir, 'sources', 'a.json'), 'damaged');
    // The server that listened already must not keep the process.
    const error = await openApp(aConfig(), { ...settings, port: secondPort }, { log: () => {}, willServe: true }).catch(
      (reason) => reason,
    );
    assert.is(error.code, 'store/unreadable');
    assert.is(await fetch(`http://127.0.0.1:${secondPort}/`).catch(() => 'closed'), 'closed');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
test.run();
