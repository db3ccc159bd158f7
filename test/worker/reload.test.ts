/** The real daemon on a feeds.json that is edited while it runs. */
import { mkdir, rename, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { says, until, withDaemon } from '../helpers/edited-daemon.ts';

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
    assert.match(status, /− Twofeed: no longer shown/);
    assert.not.match(status, /not polled yet/);
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

test('reload: SIGHUP reads feeds.json again at once, saved or not; a broken one is told as often as it is asked for', async () => {
  await withDaemon(['/one'], async ({ running, get, save, list }) => {
    const count = async (event: string, wanted: number) => {
      const seen = new Set<object>();
      await running.logged(event, (line) => seen.add(line).size >= wanted);
    };
    running.child.kill('SIGHUP');
    await count('feeds.reloaded', 1);
    await save('{"sources": 1}');
    await count('feeds.broken', 1);
    running.child.kill('SIGHUP');
    await count('feeds.broken', 2);
    assert.match(await get('/sources'), /Onefeed/);
    await save(list(['/one', '/two']));
    running.child.kill('SIGHUP');
    await running.logged('feeds.changed', says('Twofeed: 2'));
  });
});

test('the daemon: /metrics answers this machine and nobody for whom a proxy asks; /readyz says that it serves', async () => {
  await withDaemon(['/one'], async ({ get, address }) => {
    assert.match(await get('/metrics'), /^viaduct_polls_total\{outcome="updated"\} 1$/m);
    const forwarded = await fetch(`${address}/metrics`, { headers: { 'x-forwarded-for': '127.0.0.1' } });
    assert.is(forwarded.status, 404);
    assert.is((await fetch(`${address}/readyz`)).status, 200);
    assert.match(await get('/status/feed.xml'), /<rss version="2.0"/);
  });
});

test('reload: while data/ids.json cannot be read the previous list stays in use, and the new one is taken once it can', async () => {
  await withDaemon(['/one'], async ({ running, folder, get, save, list }) => {
    const ids = path.join(folder, 'data/ids.json');
    await rename(ids, `${ids}.away`);
    await mkdir(ids);
    await save(list(['/one', '/two']));
    await running.logged('feeds.broken');
    assert.match(await get('/sources'), /Onefeed/);
    await rmdir(ids);
    await rename(`${ids}.away`, ids);
    await running.logged('feeds.reloaded');
    await until(async () => (await get('/sources')).includes('Twofeed'));
    assert.not.match(await get('/status'), /cannot be read/);
  });
});

test.run();
