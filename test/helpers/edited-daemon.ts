import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { withServer } from './http-server.ts';
import { type Running, spawnViaduct, withFolder } from './run-viaduct.ts';

/** Feeds by path; items shared by /one and /two. */
const feedOf = (name: string, links: readonly string[]) => `<rss version="2.0"><channel><title>${name}</title>
  <link>https://${name}.example/</link>${links
    .map(
      (link) => `<item><title>A title of ${link}</title><guid>https://news.example/${link}</guid>
  <link>https://news.example/${link}</link></item>`,
    )
    .join('')}</channel></rss>`;
const FEEDS = new Map([
  ['/one', feedOf('Onefeed', ['only-one', 'shared'])],
  ['/two', feedOf('Twofeed', ['only-two', 'shared'])],
  ['/moved', feedOf('Onefeed', ['only-one', 'shared'])],
]);

/** Runs `work` beside a real daemon that follows these feeds of a local publisher: /one, /two (they share an article), /moved (is /one). */
export async function withDaemon(
  paths: readonly string[],
  work: (daemon: {
    running: Running;
    address: string;
    folder: string;
    get(path: string): Promise<string>;
    save(text: string): Promise<void>;
    list(paths: readonly string[]): string;
  }) => Promise<void>,
): Promise<void> {
  await withServer(
    (request, response) => response.end(FEEDS.get(request.url ?? '')),
    async (server) => {
      const list = (wanted: readonly string[]) =>
        JSON.stringify({ allow: ['127.0.0.1'], sources: wanted.map((one) => server.url + one) }, undefined, 2);
      await withFolder(JSON.parse(list(paths)), async (folder) => {
        const running = spawnViaduct(folder, ['start', '--port', '0']);
        const { port } = await running.logged('serving');
        await running.logged('pass.done');
        await work({
          running,
          address: `http://127.0.0.1:${port}`,
          folder,
          list,
          get: async (at) => (await fetch(`http://127.0.0.1:${port}${at}`)).text(),
          save: (text) => writeFile(path.join(folder, 'feeds.json'), text),
        });
        running.child.kill('SIGTERM');
        assert.is((await running.ended).code, 0);
      });
    },
  );
}

/** Whether a log line's message holds this. */
export const says = (part: string) => (fields: Record<string, unknown>) => String(fields.message).includes(part);

/** Bytes are made soon after a change, not at once. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await isSo()) return;
    await wait(50);
  }
  throw new Error('it never came to be');
}
