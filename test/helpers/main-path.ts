/** The main path in one process: a feed on a real server, polled by the cron twice, stored, published, read back. Ends with 0 when all of it came through. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { readPlace } from '../../src/config/place.ts';

const DEADLINE_MS = 12_000;
const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-main-path-'));
let requests = 0;
const publisher = createServer((_, response) => {
  requests += 1;
  response.end(`<rss version="2.0"><channel><title>T</title><link>https://t.example/</link><description>d</description>
    <item><title>Entry of the main path</title><link>https://t.example/1</link><guid>https://t.example/1</guid></item></channel></rss>`);
});
// Whatever hangs without the stubbed package must not hang the test.
setTimeout(() => process.exit(3), DEADLINE_MS).unref();
try {
  publisher.listen(0, '127.0.0.1');
  await once(publisher, 'listening');
  const url = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}/feed`;
  const file = path.join(folder, 'feeds.json');
  await writeFile(file, JSON.stringify({ poll: '* * * * * *', allow: ['127.0.0.1'], sources: [{ url, id: 'one' }] }));
  const place = readPlace({ config: file, data: path.join(folder, 'data'), port: '0' }, {}, folder);
  const config = await loadConfig(place, {});
  const app = await openApp(config, place, { log: () => {} });
  const port = await app.serve();
  app.startPolling();
  while (requests < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  let feed = '';
  while (!feed.includes('Entry of the main path')) {
    feed = await (await fetch(`http://127.0.0.1:${port}/feed.xml`)).text();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await app.close(1000);
  const stored = await readFile(path.join(folder, 'data', 'sources', 'one.json'), 'utf8');
  if (!stored.includes('Entry of the main path')) throw new Error('the entry was not stored');
  console.log('the merged feed holds the entry');
} finally {
  publisher.closeAllConnections();
  publisher.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
