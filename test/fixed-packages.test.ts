/** rss-parser, feed, node-cron and lowdb do real work on the main path. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withServer } from './helpers/http-server.ts';
import { spawnViaduct, withFolder } from './helpers/run-viaduct.ts';

const helper = (name: string) => path.resolve('dist/test/helpers', name);

/** Runs test/helpers/main-path.ts in a process in which `stubbed` (if any) is replaced by a package that does nothing. */
function runMainPath(stubbed?: string): Promise<{ code: number | null; output: string }> {
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

for (const name of ['feed', 'node-cron', 'lowdb']) {
  test(`main path: nothing comes through without ${name}`, async () => {
    const { code, output } = await runMainPath(name);
    assert.is.not(code, 0, output);
    assert.not.match(output, /the merged feed holds the entries/);
  });
}

const DATE = new Date(Math.floor(Date.now() / 1000) * 1000 - 5 * 3_600_000);

/** One entry with two authors, categories and enclosures, in each dialect. */
const documents = {
  'RSS 2.0': `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Desk</title>
    <item><title>Title</title><link>https://desk.example/1</link><guid>https://desk.example/guid</guid>
    <pubDate>${DATE.toUTCString()}</pubDate><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>
    <category>Red</category><category>Blue</category>
    <enclosure url="https://desk.example/a.mp3" type="audio/mpeg" length="5"/>
    <enclosure url="https://desk.example/b.mp3" type="audio/mpeg" length="6"/></item></channel></rss>`,
  RDF: `<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
    <channel rdf:about="https://desk.example/"><title>Desk</title></channel>
    <item rdf:about="https://desk.example/guid"><title>Title</title><link>https://desk.example/1</link>
    <dc:date>${DATE.toISOString()}</dc:date><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>
    <dc:subject>Red</dc:subject><dc:subject>Blue</dc:subject>
    <media:content url="https://desk.example/a.mp3" type="audio/mpeg" fileSize="5"/>
    <media:content url="https://desk.example/b.mp3" type="audio/mpeg" fileSize="6"/></item></rdf:RDF>`,
  Atom: `<feed xmlns="http://www.w3.org/2005/Atom"><title>Desk</title>
    <entry><title>Title</title><link href="https://desk.example/1"/><id>https://desk.example/guid</id>
    <published>${DATE.toISOString()}</published><author><name>Ann</name></author><author><name>Bob</name></author>
    <category term="Red"/><category term="Blue"/>
    <link rel="enclosure" href="https://desk.example/a.mp3" type="audio/mpeg" length="5"/>
    <link rel="enclosure" href="https://desk.example/b.mp3" type="audio/mpeg" length="6"/></entry></feed>`,
};

interface PublishedFeed {
  readonly items: readonly {
    readonly title: string;
    readonly url?: string;
    readonly date_published: string;
    readonly authors: readonly { readonly name: string }[];
    readonly tags: readonly string[];
    readonly attachments: readonly { readonly url: string; readonly size_in_bytes: number }[];
    readonly _viaduct: { readonly via: readonly { readonly name: string; readonly guid: string }[] };
  }[];
}

for (const [dialect, document] of Object.entries(documents)) {
  test(`rss-parser: what it returns of ${dialect} is what is published, value by value`, async () => {
    await withServer(
      (_, response) => response.end(document),
      async ({ url }) => {
        await withFolder({ allow: ['127.0.0.1'], sources: [{ url: `${url}/feed`, id: 'desk' }] }, async (folder) => {
          const altering = `NODE_OPTIONS=--import ${pathToFileURL(helper('alter-rss-parser.js'))}`;
          const { ended: polled } = spawnViaduct(folder, ['poll'], ['env', altering]);
          assert.is((await polled).code, 0, (await polled).stderr);
          const { ended: built } = spawnViaduct(folder, ['build', 'site']);
          assert.is((await built).code, 0, (await built).stderr);
          const { items }: PublishedFeed = JSON.parse(await readFile(path.join(folder, 'site', 'feed.json'), 'utf8'));
          assert.equal(
            items.map(({ title, url, date_published, authors, tags, attachments, _viaduct }) => ({
              title,
              url,
              date: date_published,
              authors: authors.map(({ name }) => name),
              tags,
              attachments: attachments.map((one) => [one.url, one.size_in_bytes]),
              via: _viaduct.via.map(({ name, guid }) => [name, guid]),
            })),
            [
              {
                title: 'Title, altered',
                url: 'https://desk.example/1/altered',
                date: new Date(DATE.getTime() + 3_600_000).toISOString(),
                authors: ['Ann, altered', 'Bob'],
                tags: ['Red, altered', 'Blue, altered'],
                attachments: [
                  ['https://desk.example/a.mp3/altered', 5],
                  ['https://desk.example/b.mp3', 6],
                ],
                via: [['Desk, altered', 'https://desk.example/guid/altered']],
              },
            ],
          );
        });
      },
    );
  });
}

test.run();
