/** What an edit of feeds.json must not lose while the daemon runs. */
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { says, until, withDaemon } from '../helpers/edited-daemon.ts';
import { viaduct } from '../helpers/run-viaduct.ts';

test('reload: an edited address whose guids are known keeps its id and items, also after a restart', async () => {
  await withDaemon(['/one'], async ({ running, folder, get, save, list }) => {
    const before = await viaduct(folder, 'items', '--json');
    await save(list(['/moved']));
    await running.logged('feeds.changed', says('address changed, items kept'));
    const idOf = (stdout: string) => stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line).id] : []));
    await until(async () => (await get('/sources')).includes('Onefeed'));
    const told = /<h2[^>]*>\s*feeds\.json[\s\S]*?<\/ul>/.exec(await get('/status'))?.[0] ?? '';
    assert.is(told.match(/<li/g)?.length, 1, told);
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
