/** `viaduct sources`: where the polling of each source stands, in words and as JSON. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withServer } from '../helpers/http-server.ts';
import { withFolder } from '../helpers/run-viaduct.ts';
import { runIn } from './run-cli.ts';

const FEED =
  '<rss version="2.0"><channel><title>T</title><item><title>One</title><guid>g-1</guid></item></channel></rss>';

test('sources: when next and why, bytes, share of 304, redirects seen and problems', async () => {
  await withServer(
    ({ url }, response) => {
      if (url === '/moved') response.writeHead(301, { location: '/well' }).end();
      else if (url === '/busy') response.writeHead(503, { 'retry-after': '7200' }).end();
      else if (url === '/gone') response.writeHead(410).end();
      else
        response.writeHead(200, { 'content-type': 'application/rss+xml', 'cache-control': 'max-age=10800' }).end(FEED);
    },
    (server) =>
      withServer(
        ({ url }, response) => {
          if (url === '/busy') response.writeHead(503, { 'retry-after': '7200' }).end();
          else response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(FEED);
        },
        async (busy) => {
          const sources = [
            ...['well', 'moved', 'gone'].map((id) => ({ id, url: `${server.url}/${id}` })),
            ...['busy', 'beside'].map((id) => ({ id, url: `${busy.url}/${id}` })),
            { id: 'off', url: `${server.url}/off`, disabled: true },
          ];
          const allow = [server, busy].map(({ port }) => `127.0.0.1:${port}`);
          await withFolder({ allow, sources }, async (folder) => {
            await runIn(folder, ['poll']);
            const table = (await runIn(folder, ['sources'])).out.split('\n');
            const line = (id: string) => table.find((text) => text.startsWith(`${id} `)) ?? '';
            assert.match(line('well'), /0% +1 kB +in 3 h: fresh for 3 h \(max-age\)$/);
            assert.match(line('moved'), /redirects to http:\S+\/well \(1 time so far\)$/);
            assert.match(line('gone'), /never: 410: gone for good +It has been removed for good \(410\)\.$/);
            assert.match(line('busy'), /in 2 h: Retry-After +Its server/);
            assert.match(line('beside'), /in 2 h: Retry-After$/);
            assert.match(line('off'), /never: disabled in feeds\.json$/);
            const rows = (await runIn(folder, ['sources', '--json'])).out.split('\n').map((text) => JSON.parse(text));
            const { asked, notModified, bytes, redirect, reason } = rows.find(({ id }) => id === 'moved');
            assert.equal(
              { asked, notModified, bytes, redirect, reason },
              {
                asked: 1,
                notModified: 0,
                bytes: FEED.length,
                redirect: { to: `${server.url}/well`, count: 1 },
                reason: 'fresh for 3 h (max-age)',
              },
            );
          });
        },
      ),
  );
});

test.run();
