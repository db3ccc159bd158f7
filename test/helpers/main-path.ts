/** The main path in one process: a feed on a real server, polled by hand and by the cron, stored, published, read back. Ends with 0 when all of it came through. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { readSettings } from '../../src/config/settings.ts';

const DEADLINE_MS = 8_000;
const DAY_MS = 24 * 3_600_000;
const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-main-path-'));
const items = ['First entry'];
const publisher = createServer((_, response) => {
  const listed = items.map((title, at) => `<item><title>${title}</title><guid>https://t.example/${at}</guid></item>`);
  response.end(
    `<rss version="2.0"><channel><title>T</title><link>https://t.example/</link>${listed.join('')}</channel></rss>`,
  );
});
// Whatever hangs without the stubbed package must not hang the test.
setTimeout(() => process.exit(3), DEADLINE_MS).unref();
try {
  publisher.listen(0, '127.0.0.1');
  await once(publisher, 'listening');
  const url = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}/feed`;
  const file = path.join(folder, 'feeds.json');
  await writeFile(file, JSON.stringify({ poll: '* * * * * *', allow: ['127.0.0.1'], sources: [{ url, id: 'one' }] }));
  const place = readSettings({ config: file, data: path.join(folder, 'data'), port: '0' }, {}, folder);
  const config = await loadConfig(place, {});
  const log = () => {};

  const before = await openApp(config, place, { log, now: new Date(Date.now() - DAY_MS) });
  await before.poller.pass({ sources: config.sources, force: false });
  const { notBefore } = before.store.state('one');
  await before.close(0);
  if (notBefore === undefined) throw new Error('the first poll left no next time');

  // When this one starts, the source is not due for another moment: only a tick of the cron can ask it.
  items.push('Entry of a tick');
  const app = await openApp(config, place, { log, now: new Date(Date.parse(notBefore) - 700) });
  const port = await app.serve();
  app.startPolling();
  let feed = '';
  while (!feed.includes('Entry of a tick') || !feed.includes('First entry')) {
    feed = await (await fetch(`http://127.0.0.1:${port}/feed.xml`)).text();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await app.close(1000);
  const stored = await readFile(path.join(folder, 'data', 'sources', 'one.json'), 'utf8');
  if (!stored.includes('Entry of a tick')) throw new Error('the entry was not stored');
  console.log('the merged feed holds the entries');
} finally {
  publisher.closeAllConnections();
  publisher.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
