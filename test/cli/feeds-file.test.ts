/** How commands change feeds.json on disk. */
import { chmod, lstat, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { viaduct, withFolder } from '../helpers/run-viaduct.ts';
import { runIn } from './run-cli.ts';

const url = 'https://news.example';

function inEmptyList(work: (at: { folder: string; list: () => Promise<string> }) => Promise<void>) {
  return withFolder([], async (folder) => {
    const list = async () => {
      const sources = JSON.parse(await readFile(path.join(folder, 'feeds.json'), 'utf8'));
      return JSON.stringify(sources).replaceAll(url, 'URL');
    };
    await work({ folder, list });
  });
}

test('add: keeps mode, links and every other byte, and leaves nothing beside the file', () =>
  inEmptyList(async ({ folder }) => {
    const real = path.join(folder, 'real.json');
    const link = path.join(folder, 'link.json');
    const before = `\ufeff{ // mine\r\n\t"allow": ["${new URL(url).host}"],\r\n\t"sources": [\r\n\t\t"https://a.example/x", // first\r\n\t],\r\n}`;
    await writeFile(real, before);
    await chmod(real, 0o640);
    await symlink('real.json', link);
    const { code, err } = await runIn(folder, ['add', '--no-fetch', '--config', 'link.json', `${url}/news.xml`]);
    assert.is(code, 0, err);
    assert.is(await readFile(real, 'utf8'), before.replace('\r\n\t],', `\r\n\t\t"${url}/news.xml",\r\n\t],`));
    assert.is((await stat(real)).mode & 0o777, 0o640);
    assert.ok((await lstat(link)).isSymbolicLink());
    assert.equal((await readdir(folder)).sort(), ['feeds.json', 'link.json', 'real.json']);
  }));

test('add: two at the same moment both find their place', () =>
  inEmptyList(async ({ folder, list }) => {
    const runs = await Promise.all(
      ['/news.xml', '/blog/feed.xml', '/@ann.rss'].map((name) => viaduct(folder, 'add', '--no-fetch', url + name)),
    );
    assert.equal(
      runs.map(({ code }) => code),
      [0, 0, 0],
    );
    assert.is(JSON.parse(await list()).length, 3);
  }));

test('add: what a crash left beside the file is no obstacle', () =>
  inEmptyList(async ({ folder, list }) => {
    const left = path.join(folder, '.feeds.json.new');
    await writeFile(left, 'half a');
    await utimes(left, new Date(0), new Date(0));
    const { code, err } = await runIn(folder, ['add', '--no-fetch', `${url}/news.xml`]);
    assert.equal([code, await list(), await readdir(folder)], [0, '["URL/news.xml"]', ['feeds.json']], err);
  }));

test('remove: by id and by address, all or none, with a suggestion', () =>
  inEmptyList(async ({ folder, list }) => {
    await runIn(folder, ['add', '--no-fetch', '--id', 'news', `${url}/news.xml`]);
    await runIn(folder, ['add', '--no-fetch', `${url}/blog/feed.xml`]);
    const slip = await runIn(folder, ['remove', `${url}/blog/feed.xml`, 'mews']);
    assert.equal(
      [slip.code, slip.err],
      [2, 'There is no source mews in feeds.json; did you mean news? Nothing was changed.\n'],
    );
    assert.is(JSON.parse(await list()).length, 2);
    const run = await runIn(folder, ['remove', `${url}/blog/feed.xml`, 'news']);
    assert.equal([run.code, await list()], [0, '[]']);
  }));

test.run();
