/** The real daemon on a feeds.json that is edited while it runs. */
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withServer } from '../helpers/http-server.ts';
import { type Running, spawnViaduct, viaduct, withFolder } from '../helpers/run-viaduct.ts';

/** Feeds by path; items shared by /one and /two. */
const feedOf = (name: string, links: readonly string[]) => `<rss version="2.0"><channel><title>${name}</title>
  <link>https://${name}.example/</link>${links
    .map(
      (link) => `<item><title>A title of ${link}</title><guid>https://news.example/${link}</guid>
  <link>https://news.example/${link}</link></item>`,
    )
    .join('')}</channel></rss>`;
const FEEDS = new Map([
  ['/one', feedOf('Onefeed', ['only-one', 'shared'])],
  ['/two', feedOf('Twofeed', ['only-two', 'shared'])],
  ['/moved', feedOf('Onefeed', ['only-one', 'shared'])],
]);

async function withDaemon(
  paths: readonly string[],
  work: (daemon: {
    running: Running;
    folder: string;
    get(path: string): Promise<string>;
    save(text: string): Promise<void>;
    list(paths: readonly string[]): string;
  }) => Promise<void>,
): Promise<void> {
  await withServer(
    (request, response) => response.end(FEEDS.get(request.url ?? '')),
    async (server) => {
      const list = (wanted: readonly string[]) =>
        JSON.stringify({ allow: ['127.0.0.1'], sources: wanted.map((one) => server.url + one) }, undefined, 2);
      await withFolder(JSON.parse(list(paths)), async (folder) => {
        const running = spawnViaduct(folder, ['start', '--port', '0']);
        const { port } = await running.logged('serving');
        await running.logged('pass.done');
        await work({
          running,
          folder,
          list,
          get: async (at) => (await fetch(`http://127.0.0.1:${port}${at}`)).text(),
          save: (text) => writeFile(path.join(folder, 'feeds.json'), text),
        });
        running.child.kill('SIGTERM');
        assert.is((await running.ended).code, 0);
      });
    },
  );
}

const says = (part: string) => (fields: Record<string, unknown>) => String(fields.message).includes(part);

/** Bytes are made soon after a change, not at once. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await isSo()) return;
    await wait(50);
  }
  throw new Error('it never came to be');
}

test('reload: a source is added, taken away and back whole; the log and /status say so', async () => {
  await withDaemon(['/one'], async ({ running, get, save, list }) => {
    await save(list(['/one', '/two']));
    const { message } = await running.logged('feeds.changed', says('Twofeed: 2'));
    assert.match(String(message), /^\+ Twofeed: 2 items, 1 already here via others, next poll \d\d:\d\d$/);
    await until(async () => (await get('/feed.xml')).includes('only-two'));

    await save(list(['/one']));
    await running.logged('feeds.changed', says('−'));
    assert.not.match(await get('/sources'), /Twofeed/);
    assert.not.match(await get('/latest'), /only-two/);
    await until(async () => !(await get('/feed.xml')).includes('only-two'));

    await save(list(['/one', '/two']));
    await running.logged('feeds.changed', says('back with'));
    await until(async () => (await get('/feed.xml')).includes('only-two'));
    const status = await get('/status');
    assert.match(status, /\+ Twofeed: back with 2 items, 1 already here via others/);
    assert.match(status, /− Twofeed: not shown any more/);
  });
});

test('reload: a broken file changes nothing and is told with its place, a renamed-over good one ends that', async () => {
  await withDaemon(['/one'], async ({ running, folder, get, save, list }) => {
    await save('{"sources": ["https://a.example/rss"],\n  "sitee": {}}');
    const problem = await running.logged('feeds.problem');
    assert.equal([problem.line, problem.column, problem.path], [2, 3, 'sitee']);
    assert.match(String(problem.message), /did you mean "site"/);
    assert.match(await get('/status'), /Line 2, column 3, sitee/);
    assert.match(await get('/sources'), /Onefeed/);

    await writeFile(path.join(folder, 'feeds.json.new'), list(['/one', '/two']));
    await rename(path.join(folder, 'feeds.json.new'), path.join(folder, 'feeds.json'));
    await running.logged('feeds.reloaded');
    assert.not.match(await get('/status'), /Line 2/);
  });
});

test('reload: an edited address whose guids are known keeps its id and items, also after a restart', async () => {
  await withDaemon(['/one'], async ({ running, folder, get, save, list }) => {
    const before = await viaduct(folder, 'items', '--json');
    await save(list(['/moved']));
    await running.logged('feeds.changed', says('address changed, items kept'));
    const idOf = (stdout: string) => stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line).id] : []));
    await until(async () => (await get('/sources')).includes('Onefeed'));
    const sources = await viaduct(folder, 'sources', '--json');
    const [source] = sources.stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
    assert.match(source.id, /^127-0-0-1-\d+-one$/);
    assert.match(source.url, /\/moved$/);
    const after = await viaduct(folder, 'items', '--json');
    assert.equal(idOf(after.stdout), idOf(before.stdout));
  });
});

test('reload: a file written in two pieces is read once, whole', async () => {
  await withDaemon(['/one'], async ({ running, save, list }) => {
    const text = list(['/one', '/two']);
    await save(text.slice(0, text.length / 2));
    await wait(200);
    await save(text);
    await running.logged('feeds.changed', says('Twofeed'));
    running.child.kill('SIGTERM');
    assert.not.match((await running.ended).stderr, /feeds\.broken/);
  });
});

test.run();
