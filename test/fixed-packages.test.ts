/** rss-parser, feed, node-cron and lowdb do real work on the main path: with any one of them stubbed out, nothing comes through. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Runs test/helpers/main-path.ts in a process in which `stubbed` (if any) is replaced by a package that does nothing. */
function runMainPath(stubbed?: string): Promise<{ code: number | null; output: string }> {
  const helper = (name: string) => path.resolve('dist/test/helpers', name);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', helper('stub-package.js'), helper('main-path.js')], {
      env: { PATH: process.env.PATH, ...(stubbed && { STUBBED: stubbed }) },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}

test('main path: from a feed on a server to the merged feed, with all packages', async () => {
  const { code, output } = await runMainPath();
  assert.is(code, 0, output);
  assert.match(output, /the merged feed holds the entries/);
});

for (const name of ['rss-parser', 'feed', 'node-cron', 'lowdb']) {
  test(`main path: nothing comes through without ${name}`, async () => {
    const { code, output } = await runMainPath(name);
    assert.is.not(code, 0, output);
    assert.not.match(output, /the merged feed holds the entries/);
  });
}

test.run();
