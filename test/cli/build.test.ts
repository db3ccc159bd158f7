import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runInProcess as viaduct } from '../helpers/run-in-process.ts';
import { withFolder } from '../helpers/run-viaduct.ts';

const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>Notes</title><link>https://notes.example/</link>
<item><title>First note</title><link>https://notes.example/1</link><description>What it says.</description></item>
</channel></rss>`;
const CONFIG = { site: { url: 'https://watch.example' }, sources: ['file:./notes.xml'] };

test('viaduct build: the site and its feeds; again without a change of any feed', async () => {
  await withFolder(CONFIG, async (folder) => {
    await writeFile(path.join(folder, 'notes.xml'), FEED);
    await viaduct(folder, 'poll');
    const { code, stdout, stderr } = await viaduct(folder, 'build', 'site');
    assert.equal([code, /site\.url|Left/.test(stderr)], [0, false]);
    assert.match(stdout, /site: \d+ files written, 0 unchanged, 0 removed\n$/);
    const read = (name: string) => readFile(path.join(folder, 'site', name), 'utf8');
    const feed = await read('feed.xml');
    assert.match(feed, /<link>https:\/\/notes\.example\/1<\/link>/);
    assert.match(await read('index.html'), /First note/);
    assert.not(existsSync(path.join(folder, 'site/feed.xml.gz')), 'a short file has no copy');
    const again = await viaduct(folder, 'build', 'site');
    assert.is(again.code, 0);
    assert.is(await read('feed.xml'), feed);
  });
});

test('viaduct build: what keeps it from building is told, and nothing is written', async () => {
  await withFolder({ ...CONFIG, site: {} }, async (folder) => {
    const empty = await viaduct(folder, 'build', 'site');
    assert.is(empty.code, 2);
    assert.match(empty.stderr, /holds nothing yet: viaduct poll/);
    await writeFile(path.join(folder, 'notes.xml'), FEED);
    await viaduct(folder, 'poll');
    for (const name of ['.', 'data', 'data/site']) {
      const inside = await viaduct(folder, 'build', name);
      assert.is(inside.code, 2, name);
      assert.match(inside.stderr, /must not hold each other/);
    }
    assert.not(existsSync(path.join(folder, 'index.html')));
    assert.is((await viaduct(folder, 'build')).code, 2);
    const blocked = await viaduct(folder, 'build', 'notes.xml/site');
    assert.equal([blocked.code, blocked.stderr.includes('is a file or below one')], [2, true]);
    const local = await viaduct(folder, 'build', 'site');
    assert.is(local.code, 0);
    assert.match(local.stderr, /site\.url is not set/);
  });
});

test.run();
