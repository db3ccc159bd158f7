/** The daemon goes on when nobody can read its log any more. */
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withServer } from '../helpers/http-server.ts';
import { spawnViaduct, withFolder } from '../helpers/run-viaduct.ts';

const FEED = '<rss><channel><title>T</title><item><title>a</title></item></channel></rss>';

test('start: goes on polling and serving when the reader of its log has gone', async () => {
  let asked = 0;
  await withServer(
    (_, response) => {
      asked += 1;
      response.end(FEED);
    },
    async ({ url }) => {
      const feeds = { allow: ['127.0.0.1'], sources: [{ url: `${url}/feed`, id: 'one', poll: '* * * * * *' }] };
      await withFolder(feeds, async (folder) => {
        const { child, logged } = spawnViaduct(folder, ['start', '--port', '0']);
        const { port } = await logged('serving');
        child.stderr?.destroy();
        // Each tick of the cron is one more line that fails.
        await new Promise((resolve) => setTimeout(resolve, 2500));
        assert.is((await fetch(`http://127.0.0.1:${port}/feed.xml`)).status, 200);
        assert.ok(asked > 0);
        child.kill('SIGTERM');
        assert.equal(await once(child, 'exit'), [0, null]);
      });
    },
  );
});

test('poll: a log on a full disk costs the log, not the poll', async () => {
  await withServer(
    (_, response) => response.end(FEED),
    async ({ url }) => {
      await withFolder({ allow: ['127.0.0.1'], sources: [{ url: `${url}/feed`, id: 'one' }] }, async (folder) => {
        const toFull = ['sh', '-c', 'exec "$@" 2>/dev/full', 'sh'];
        const { code, stdout } = await spawnViaduct(folder, ['poll'], toFull).ended;
        assert.equal([code, stdout], [0, '1 asked, 0 not due, 1 items new, 0 merged\n']);
      });
    },
  );
});

test.run();
