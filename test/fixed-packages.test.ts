/** rss-parser, feed, node-cron and lowdb do real work on the main path. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withServer } from './helpers/http-server.ts';
import { spawnViaduct, viaduct, withFolder } from './helpers/run-viaduct.ts';

const helper = (name: string) => path.resolve('dist/test/helpers', name);

/** Runs test/helpers/main-path.ts in a process in which `stubbed` ('' = none) is replaced by a package that does nothing. */
function runMainPath(stubbed: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', helper('stub-package.js'), helper('main-path.js')], {
      env: { PATH: process.env.PATH, ...(stubbed !== '' && { STUBBED: stubbed }) },
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

/** All at once: most of their time is waiting for what will not come. */
const runs = new Map(['', 'feed', 'node-cron', 'lowdb'].map((stubbed) => [stubbed, runMainPath(stubbed)]));

test('main path: from a feed on a server to the merged feed, with all packages', async () => {
  const { code, output } = (await runs.get('')) ?? { code: null, output: '' };
  assert.is(code, 0, output);
  assert.match(output, /the merged feed holds the entries/);
});

for (const name of ['feed', 'node-cron', 'lowdb']) {
  test(`main path: nothing comes through without ${name}`, async () => {
    const { code, output } = (await runs.get(name)) ?? { code: 0, output: '' };
    assert.is.not(code, 0, output);
    assert.not.match(output, /the merged feed holds the entries/);
  });
}

const DATE = new Date(Math.floor(Date.now() / 1000) * 1000 - 5 * 3_600_000);

/** One entry with two authors, categories and enclosures, in each dialect. */
const documents: Readonly<Record<string, string>> = {
  rss: `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Desk</title>
    <item><title>Title of rss</title><link>https://rss.example/1</link><guid>https://rss.example/guid</guid>
    <pubDate>${DATE.toUTCString()}</pubDate><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>
    <category>Red</category><category>Blue</category>
    <enclosure url="https://rss.example/a.mp3" type="audio/mpeg" length="5"/>
    <enclosure url="https://rss.example/b.mp3" type="audio/mpeg" length="6"/></item></channel></rss>`,
  rdf: `<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
    <channel rdf:about="https://rdf.example/"><title>Desk</title></channel>
    <item rdf:about="https://rdf.example/guid"><title>Title of rdf</title><link>https://rdf.example/1</link>
    <dc:date>${DATE.toISOString()}</dc:date><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>
    <dc:subject>Red</dc:subject><dc:subject>Blue</dc:subject>
    <media:content url="https://rdf.example/a.mp3" type="audio/mpeg" fileSize="5"/>
    <media:content url="https://rdf.example/b.mp3" type="audio/mpeg" fileSize="6"/></item></rdf:RDF>`,
  atom: `<feed xmlns="http://www.w3.org/2005/Atom"><title>Desk</title>
    <entry><title>Title of atom</title><link href="https://atom.example/1"/><id>https://atom.example/guid</id>
    <published>${DATE.toISOString()}</published><author><name>Ann</name></author><author><name>Bob</name></author>
    <category term="Red"/><category term="Blue"/>
    <link rel="enclosure" href="https://atom.example/a.mp3" type="audio/mpeg" length="5"/>
    <link rel="enclosure" href="https://atom.example/b.mp3" type="audio/mpeg" length="6"/></entry></feed>`,
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

test('rss-parser: what it returns of each dialect is what is published, value by value', async () => {
  await withServer(
    ({ url }, response) => response.end(documents[url?.slice(1) ?? '']),
    async ({ url }) => {
      const sources = Object.keys(documents).map((dialect) => ({ url: `${url}/${dialect}`, id: dialect }));
      await withFolder({ allow: ['127.0.0.1'], sources }, async (folder) => {
        const altering = `NODE_OPTIONS=--import ${pathToFileURL(helper('alter-rss-parser.js'))}`;
        const polled = await spawnViaduct(folder, ['poll'], ['env', altering]).ended;
        assert.is(polled.code, 0, polled.stderr);
        const built = await viaduct(folder, 'build', 'site');
        assert.is(built.code, 0, built.stderr);
        const { items }: PublishedFeed = JSON.parse(await readFile(path.join(folder, 'site', 'feed.json'), 'utf8'));
        for (const dialect of Object.keys(documents)) {
          const item = items.find(({ title }) => title.startsWith(`Title of ${dialect}`));
          assert.equal(item && pick(item), altered(dialect));
        }
      });
    },
  );
});

function pick({ title, url, date_published, authors, tags, attachments, _viaduct }: PublishedFeed['items'][number]) {
  return {
    title,
    url,
    date: date_published,
    authors: authors.map(({ name }) => name),
    tags,
    attachments: attachments.map((one) => [one.url, one.size_in_bytes]),
    via: _viaduct.via.map(({ name, guid }) => [name, guid]),
  };
}

function altered(dialect: string): ReturnType<typeof pick> {
  return {
    title: `Title of ${dialect}, altered`,
    url: `https://${dialect}.example/1/altered`,
    date: new Date(DATE.getTime() + 3_600_000).toISOString(),
    authors: ['Ann, altered', 'Bob'],
    tags: ['Red, altered', 'Blue, altered'],
    attachments: [
      [`https://${dialect}.example/a.mp3/altered`, 5],
      [`https://${dialect}.example/b.mp3`, 6],
    ],
    via: [['Desk, altered', `https://${dialect}.example/guid/altered`]],
  };
}

test.run();
