/** What an operator does to a data folder: look at it, save it, bring it back. */
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../helpers/edited-daemon.ts';
import { runInProcess as viaduct } from '../helpers/run-in-process.ts';
import { withFolder } from '../helpers/run-viaduct.ts';

const FEED =
  '<rss version="2.0"><channel><title>T</title><item><title>A title</title><guid>https://t.example/1</guid></item></channel></rss>';

/** A folder with feeds.json and a data folder that has been used. */
async function withData(work: (folder: string) => Promise<void>): Promise<void> {
  await withFolder({ sources: [{ url: 'file:feed.xml', id: 'one' }] }, async (folder) => {
    await writeFile(path.join(folder, 'feed.xml'), FEED);
    assert.is((await viaduct(folder, 'poll')).code, 0);
    await work(folder);
  });
}

test('doctor: a good folder is all well, also beside a daemon', async () => {
  await withDaemon(['/one'], async ({ folder }) => {
    const { code, stdout } = await viaduct(folder, 'doctor');
    assert.is(code, 0, stdout);
    assert.match(stdout, /1 source; everything is OK$/m);
  });
});

test('doctor: says what a start would mend, lose or refuse, and changes nothing', async () => {
  await withData(async (folder) => {
    const at = (...names: string[]) => path.join(folder, 'data', ...names);
    const good = await readFile(at('sources', 'one.json'));
    await writeFile(at('sources', 'one.json.bak'), good);
    await writeFile(at('sources', 'one.json'), 'broken');
    const mends = await viaduct(folder, 'doctor');
    assert.is(mends.code, 1);
    assert.match(mends.stdout, /^repair sources\/one\.json: is not JSON: its last good copy/m);
    await writeFile(at('sources', 'one.json.bak'), '');
    const alone = await viaduct(folder, 'doctor');
    assert.is(alone.code, 2, 'a start that would begin empty is refused');
    assert.match(alone.stdout, /^STOP {3}.*one\.json is not JSON/m);
    const other = JSON.parse(good.toString()) as object;
    await writeFile(at('sources', 'two.json'), JSON.stringify({ ...other, source: 'two' }));
    await writeFile(at('ids.json'), '[]');
    const loses = await viaduct(folder, 'doctor');
    assert.is(loses.code, 1);
    assert.match(loses.stdout, /^LOSS {3}sources\/one\.json: is not JSON, and it has no good copy/m);
    assert.match(loses.stdout, /ids\.json: has not the expected shape/m);
    assert.match(loses.stdout, /not in feeds\.json.*two$/m);
    assert.match(loses.stdout, /1 source; the next start repairs what it can$/m);
    assert.is(await readFile(at('sources', 'one.json'), 'utf8'), 'broken');
    await writeFile(at('state.json'), '{"version":2}');
    const stops = await viaduct(folder, 'doctor', '--json');
    assert.is(stops.code, 2);
    assert.match(stops.stdout, /"kind":"stops".*newer viaduct/);
  });
});

test('backup: one .tar.gz that only its owner reads, from which everything comes back', async () => {
  await withData(async (folder) => {
    await writeFile(path.join(folder, 'data', 'tallies.ndjson'), '{"version":1,"generation":0}\n');
    await writeFile(path.join(folder, 'data', 'tallies.json'), '{"version":1,"generation":0,"items":[]}');
    const before = await viaduct(folder, 'items', '--json');
    const { code, stdout } = await viaduct(folder, 'backup', 'saved.tgz');
    assert.is(code, 0);
    assert.match(stdout, /saved\.tgz: \d files/);
    assert.is((await stat(path.join(folder, 'saved.tgz'))).mode & 0o777, 0o600);
    const listed = execFileSync('tar', ['-tzf', path.join(folder, 'saved.tgz')], { encoding: 'utf8' });
    assert.ok(listed.includes('data/sources/one.json') && listed.includes('feeds.json'));
    assert.not.match(listed, /private/);
    // Beside a daemon: validators may not be newer than the entries, and the tail is read before what it is added to.
    const order = ['data/state.json', 'data/sources/one.json', 'data/tallies.ndjson', 'data/tallies.json'];
    const [state = 0, source = 0, tail = 0, totals = 0] = order.map((name) => listed.indexOf(`${name}\n`));
    assert.ok(Math.min(state, tail) >= 0 && state < source && tail < totals, listed);
    const restored = path.join(folder, 'restored');
    await mkdir(restored);
    execFileSync('tar', ['-xzf', path.join(folder, 'saved.tgz'), '-C', restored]);
    assert.is((await viaduct(restored, 'items', '--json')).stdout, before.stdout);
    assert.not.ok((await readdir(folder)).includes('saved.tgz.tmp'));
  });
});

test('backup: no file of data/ is left out', async () => {
  await withData(async (folder) => {
    const data = path.join(folder, 'data');
    const readers = { today: 1, yesterday: 2 };
    const subscribers = { version: 1, day: '2026-03-04', readers, feeds: [] };
    await writeFile(path.join(data, 'subscribers.json'), JSON.stringify(subscribers));
    await writeFile(path.join(data, 'links.json'), '{"version":1,"links":[]}');
    await viaduct(folder, 'backup', 'saved.tgz');
    const saved = execFileSync('tar', ['-tzf', path.join(folder, 'saved.tgz')], { encoding: 'utf8' }).split('\n');
    const there = (await readdir(data)).filter((name) => /\.n?d?json$/.test(name));
    assert.ok(there.length >= 4, there.join(' '));
    assert.equal(
      there.filter((name) => !saved.includes(`data/${name}`)),
      [],
    );
  });
});

test('doctor: a folder of sources that cannot be read stops a start', async () => {
  await withData(async (folder) => {
    const sources = path.join(folder, 'data', 'sources');
    await rm(sources, { recursive: true });
    await writeFile(sources, 'a file');
    const { code, stdout } = await viaduct(folder, 'doctor');
    assert.is(code, 2, stdout);
    assert.match(stdout, /^STOP {3}.*sources cannot be read/m);
  });
});

test('backup: nothing to save is told', async () => {
  await withFolder([], async (folder) => {
    const { code, stderr } = await viaduct(folder, 'backup', 'saved.tgz');
    assert.is(code, 2);
    assert.match(stderr, /nothing to save/);
  });
});

test('backup: what stands where it writes first is replaced, not written through', async () => {
  await withData(async (folder) => {
    const other = path.join(folder, 'other');
    await writeFile(other, 'mine');
    await symlink(other, path.join(folder, 'saved.tgz.tmp'));
    assert.is((await viaduct(folder, 'backup', 'saved.tgz')).code, 0);
    assert.is(await readFile(other, 'utf8'), 'mine');
    await writeFile(path.join(folder, 'saved.tgz.tmp'), '', { mode: 0o666 });
    assert.is((await viaduct(folder, 'backup', 'saved.tgz')).code, 0);
    assert.is((await stat(path.join(folder, 'saved.tgz'))).mode & 0o777, 0o600);
  });
});

test.run();
