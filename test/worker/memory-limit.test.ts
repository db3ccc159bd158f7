import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runInProcess as viaduct } from '../helpers/run-in-process.ts';
import { withFolder } from '../helpers/run-viaduct.ts';

const feed = (name: string, from: number, count: number) =>
  `<rss version="2.0"><channel><title>${name}</title>${Array.from(
    { length: count },
    (_, at) => `<item><title>Post ${from + at}</title><link>https://${name}.example/${from + at}</link></item>`,
  ).join('')}</channel></rss>`;

test('limits.maxMemoryMB: who has more than a share waits, in words; who has less goes on; with more room nothing is missing', async () => {
  const sources = ['large', 'small'].map((id) => ({ url: `file:${id}.xml`, id }));
  await withFolder({ limits: { maxMemoryMB: 0.02 }, sources }, async (folder) => {
    const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
    const poll = async () => JSON.parse((await viaduct(folder, 'poll', '--force', '--json')).stdout).added;
    const limitedNow = async () => {
      const { stdout } = await viaduct(folder, 'sources', '--json');
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).limited);
    };
    await write('large.xml', feed('large', 0, 60));
    await write('small.xml', feed('small', 0, 2));
    assert.is(await poll(), 62);
    await write('large.xml', feed('large', 30, 60));
    await write('small.xml', feed('small', 1, 2));
    assert.is(await poll(), 1, 'of the small one only');
    const limited = await limitedNow();
    assert.match(limited[0] ?? '', /^What is new in it waits: .*limits\.maxMemoryMB/);
    assert.is(limited[1], undefined);
    await write('feeds.json', JSON.stringify({ sources }));
    assert.is(await poll(), 30);
  });
});

test.run();
