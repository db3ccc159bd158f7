import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { viaduct, withFolder } from '../helpers/run-viaduct.ts';

const FEED =
  '<rss version="2.0"><channel><title>T</title><item><title>One</title><link>/1</link></item></channel></rss>';

test('parse: a line a file in their order, also for one that is no feed', async () => {
  await withFolder({}, async (folder) => {
    await writeFile(path.join(folder, 'a.xml'), FEED);
    await writeFile(path.join(folder, 'b.xml'), '<html><body>no feed</body></html>');
    const { code, stdout } = await viaduct(
      folder,
      'parse',
      '--base-url',
      'https://t.example/feed',
      'a.xml',
      'b.xml',
      'none.xml',
    );
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.is(code, 0);
    assert.equal(
      lines.map(({ file, ok }) => [file, ok]),
      [
        ['a.xml', true],
        ['b.xml', false],
        ['none.xml', false],
      ],
    );
    assert.equal(
      lines[0].items.map(({ title, url }: { title: string; url: string }) => [title, url]),
      [['One', 'https://t.example/1']],
    );
    assert.match(lines[1].code, /^parse\//);
  });
});

const hasEndless = existsSync('/dev/zero');
if (!hasEndless) console.log('# skip: parse: a file without an end: there is no /dev/zero here');
(hasEndless ? test : test.skip)('parse: a file without an end is too large', async () => {
  await withFolder({}, async (folder) => {
    const { code, stdout } = await viaduct(folder, 'parse', '/dev/zero');
    assert.is(code, 0);
    assert.match(stdout, /"ok":false,.*"code":"parse\/too-large"/);
  });
});

test('parse: without a file it says what is missing', async () => {
  await withFolder({}, async (folder) => {
    const { code, stdout, stderr } = await viaduct(folder, 'parse');
    assert.equal([code, stdout], [2, '']);
    assert.match(stderr, /viaduct parse FILE/);
  });
});

test.run();
