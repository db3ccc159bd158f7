/** Readership flows back: who fetches our feeds is counted, shown, and told to those whom we fetch from. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openApp } from '../src/app.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { withServer } from './helpers/http-server.ts';
import { withFolder } from './helpers/run-viaduct.ts';

const FEED = `<rss version="2.0"><channel><title>Notes</title><link>https://notes.example/</link><description>d</description>
  <item><title>One</title><link>https://notes.example/1</link><guid>https://notes.example/1</guid></item></channel></rss>`;

test('readership: subscribers announced to us are shown and passed on', async () => {
  await withServer(
    (_request, response) => response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(FEED),
    async (publisher) => {
      await withFolder([], async (folder) => {
        const text = JSON.stringify({ allow: [`127.0.0.1:${publisher.port}`], sources: [`${publisher.url}/feed`] });
        const place = {
          port: 0,
          host: '127.0.0.1',
          dataDir: path.join(folder, 'data'),
          configFile: path.join(folder, 'feeds.json'),
          logLevel: 'silent',
        } as const;
        const config = parseConfig(text, { file: place.configFile, port: 0, env: {} });
        const app = await openApp(config, place, { log: () => undefined });
        try {
          const site = `http://127.0.0.1:${await app.serve()}`;
          await app.poller.pass({ sources: config.sources, force: true });
          const fetchAs = (agent: string, at: string, method = 'GET') =>
            fetch(site + at, { method, headers: { 'user-agent': agent } }).then((response) => response.text());
          await fetchAs('Feedly/1.0 (16 subscribers)', '/feed.xml');
          await fetchAs('Feedly/1.0 (16 subscribers)', '/feed.xml?again=1');
          await fetchAs('FreshRSS/1.24.0', `/sources/${config.sources[0]?.id}/atom.xml`);
          await fetchAs('Other/1.0 (400 subscribers)', '/no/feed.xml');
          await fetchAs('Other/1.0 (500 subscribers)', '/feed.xml', 'HEAD');
          assert.match(await fetchAs('Firefox', '/status'), /17 subscribers to the feeds/);
          const subscribe = await fetchAs('Firefox', '/subscribe');
          assert.equal(subscribe.match(/\d+ subscribers?/g), ['16 subscribers', '1 subscriber']);
          await app.poller.pass({ sources: config.sources, force: true });
          assert.equal(
            publisher.requests.map(({ headers }) => / subscribers/.test(headers['user-agent'] ?? '')),
            [false, true],
          );
          assert.match(publisher.requests[1]?.headers['user-agent'] ?? '', /^viaduct\/\S+ \(\+\S+; 17 subscribers\)$/);
        } finally {
          await app.close(0);
        }
        const kept = await readFile(path.join(place.dataDir, 'subscribers.json'), 'utf8');
        assert.not.match(kept, /127\.0\.0\.1|FreshRSS/i);
      });
    },
  );
});

test.run();
