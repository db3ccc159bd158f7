import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spawnViaduct, withFolder } from '../helpers/run-viaduct.ts';

test('start: a second SIGTERM does not cut what the first one lets end', async () => {
  const server = createServer((_, response) => {
    setTimeout(
      () => response.end('<rss><channel><item><guid>1</guid><title>Slow</title></item></channel></rss>'),
      1500,
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;
  try {
    await withFolder({ allow: ['127.0.0.1'], sources: [url] }, async (folder) => {
      const daemon = spawnViaduct(folder, ['start', '--port', '0']);
      await daemon.logged('serving');
      await wait(300);
      daemon.child.kill('SIGTERM');
      await wait(200);
      daemon.child.kill('SIGTERM');
      await daemon.logged('poll.updated');
      assert.is((await daemon.ended).code, 0);
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test.run();
