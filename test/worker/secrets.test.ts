/** Secrets planted in addresses, which publishers repeat wherever they can: nothing that viaduct writes or answers holds one. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withServer } from '../helpers/http-server.ts';
import { spawnViaduct, viaduct, withFolder } from '../helpers/run-viaduct.ts';

const SECRETS = {
  password: 'pw5ecretPassw0rd',
  token: 'tok5ecretTokenValue',
  key: 'key5ecretwords',
  path: '5ec3t9c77b1d04e5a8c6f0d2',
  signature: 'sig5ecret0fARedirect',
  failing: 'fail5ecretFailing1',
  page: 'page5ecretNoFeed22',
};
const PATHS = [
  '/',
  '/latest',
  '/sources',
  '/categories',
  '/subscribe',
  '/about',
  '/status',
  '/status/feed.xml',
  '/metrics',
];
const FEEDS = ['/feed.xml', '/atom.xml', '/feed.json', '/opml.xml'];

/** A publisher that repeats the address that was asked in every place a feed has. */
function echo(request: IncomingMessage, response: ServerResponse): void {
  const host = request.headers.host ?? '';
  const asked = `http://${host}${request.url}`;
  const auth = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
  if (request.url?.startsWith('/moving')) {
    response.writeHead(301, { location: `/arrived/${SECRETS.signature}/rss?sig=${SECRETS.signature}` }).end(asked);
  } else if (request.url?.startsWith('/fails')) {
    response.writeHead(500, asked.replace(/[^\w]/g, '_')).end(asked);
  } else if (request.url?.startsWith('/page')) {
    response.end(`<html><title>${asked}</title></html>`);
  } else {
    const url = asked.replaceAll('&', '&amp;');
    response.setHeader('etag', `"${request.url}"`);
    response.end(`<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Feed of ${url} ${auth}</title>
      <link>${url}</link><atom:link rel="self" href="${url}"/><description>${url} ${auth}</description>
      ${[1, 2]
        .map(
          (n) => `<item><title>Post ${n} ${url} ${auth}</title><guid>${url}#${n}</guid><link>${url}#${n}</link>
      <author>${auth} (${auth})</author><category>${url}</category><source url="${url}">${url}</source>
      <comments>${url}</comments><enclosure url="${url}" type="audio/mpeg" length="1"/>
      <description>&lt;p&gt;&lt;a href="${url}"&gt;${url}&lt;/a&gt; ${auth} &lt;img src="${url}&amp;amp;x=1"&gt; and relative
      &lt;a href="?p=${n}"&gt;more&lt;/a&gt;&lt;/p&gt;</description></item>`,
        )
        .join('')}</channel></rss>`);
  }
}

test('secrets: planted in addresses, redirects, validators and error pages, they appear in 0 bytes', async () => {
  await withServer(echo, async ({ url, host, port }) => {
    const sources = [
      { url: `http://me:${SECRETS.password}@${host}:${port}/auth`, content: 'full' },
      { url: `${url}/feed?token=${SECRETS.token}`, private: true, content: 'full' },
      `${url}/\${FEED_KEY}/feed`,
      { url: `${url}/u/${SECRETS.path}/rss.xml`, private: true },
      { url: `${url}/moving?token=${SECRETS.token}`, private: true },
      { url: `${url}/fails?token=${SECRETS.failing}`, private: true },
      { url: `${url}/page?token=${SECRETS.page}`, private: true },
      `${url}/plain`,
    ];
    await withFolder({ allow: [host], limits: { perHost: 8 }, sources }, async (folder) => {
      const withKey = ['/usr/bin/env', `FEED_KEY=${SECRETS.key}`];
      const daemon = spawnViaduct(folder, ['start', '--port', '0'], withKey);
      const { port } = await daemon.logged('serving');
      const done = await daemon.logged('pass.done');
      assert.equal([done.asked, done.failed], [8, 2]);
      const told: [where: string, text: string][] = [];
      const get = async (at: string) => {
        const response = await fetch(`http://127.0.0.1:${port}${at}`, { redirect: 'manual' });
        const text = await response.text();
        told.push([at, text + JSON.stringify([...response.headers])]);
        return text;
      };
      const ids = (await viaduct(folder, 'sources', '--json')).stdout;
      for (const at of [...PATHS, ...FEEDS]) await get(at);
      for (const [, id] of (await get('/sources')).matchAll(/href="\/sources\/([\w-]+)"/g)) {
        for (const feed of ['', ...FEEDS.slice(0, 3)]) await get(`/sources/${id}${feed}`);
      }
      for (const [, at] of (await get('/latest')).matchAll(/href="(\/items\/[^"]+)"/g)) {
        await get(at ?? '');
        await get(`/go/${at?.split('/')[2]}`);
      }
      // An edit that breaks the file, one that takes a private source away, and one that moves it.
      const file = path.join(folder, 'feeds.json');
      await writeFile(file, `{"sources": ["${url}/feed?token=${SECRETS.token}", 5 "x"]}`);
      await daemon.logged('feeds.problem');
      await get('/status');
      await writeFile(file, JSON.stringify({ allow: [host], sources: sources.slice(2) }));
      await daemon.logged('feeds.changed', ({ message }) => String(message).startsWith('−'));
      await get('/status');
      for (const command of [['check'], ['sources'], ['items'], ['items', '--json'], ['doctor']]) {
        const { ended } = spawnViaduct(folder, command, withKey);
        const { stdout, stderr } = await ended;
        told.push([command.join(' '), stdout + stderr]);
      }
      daemon.child.kill('SIGTERM');
      const { stdout, stderr } = await daemon.ended;
      told.push(['sources --json', ids], ['stdout', stdout], ['stderr', stderr]);
      for (const name of await readdir(path.join(folder, 'data'), { recursive: true })) {
        const bytes = await readFile(path.join(folder, 'data', name)).catch(() => undefined);
        if (bytes) told.push([`data/${name}`, bytes.toString('latin1')], ['a file name', name]);
      }
      const found = told.flatMap(([where, text]) =>
        Object.entries(SECRETS).flatMap(([name, secret]) => {
          const at = text.indexOf(secret);
          return at < 0 ? [] : `${name} in ${where}: …${text.slice(Math.max(0, at - 80), at + 40)}…`;
        }),
      );
      assert.equal(found, []);
      assert.ok(told.length > 60, `only ${told.length} answers were looked at`);
    });
  });
});

test.run();
