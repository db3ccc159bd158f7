import { readFile, writeFile } from 'node:fs/promises';
import type http from 'node:http';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withServer } from '../helpers/http-server.ts';
import { withFolder } from '../helpers/run-viaduct.ts';
import { runIn } from './run-cli.ts';

const rss = (title: string, items = 2) => {
  const listed = Array.from(
    { length: items },
    (_, at) => `<item><title>${title} ${at}</title><guid>${at}</guid></item>`,
  );
  return `<rss version="2.0"><channel><title>${title}</title>${listed.join('')}</channel></rss>`;
};

const pages: Record<string, { type: string; body: string }> = {
  '/': {
    type: 'text/html',
    body: '<link rel=alternate type=application/rss+xml href=/news.xml><link rel=alternate type=application/atom+xml href=/comments/all.xml>',
  },
  '/news.xml': { type: 'application/rss+xml', body: rss('News') },
  '/comments/all.xml': { type: 'application/rss+xml', body: rss('Comments', 1) },
  '/blog/': { type: 'text/html', body: '<p>no link' },
  '/blog/feed.xml': { type: 'text/xml', body: rss('Blog') },
  '/bad/': { type: 'text/html', body: `<link rel=alternate type=application/rss+xml href="/x?a=\${HOME}">` },
  '/@ann': { type: 'text/html', body: '<p>a profile' },
  '/@ann.rss': { type: 'application/rss+xml', body: rss('Ann') },
};

const site: http.RequestListener = (request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://x');
  if (pathname === '/old') return void response.writeHead(301, { location: '/news.xml' }).end();
  if (pathname === '/now') return void response.writeHead(302, { location: '/news.xml' }).end();
  if (pathname === '/trap') return void response.writeHead(301, { location: `/news.xml?\${HOME}` }).end();
  if (pathname === '/guarded' && request.headers.authorization === undefined) return void response.writeHead(401).end();
  const page = pages[pathname === '/guarded' ? '/news.xml' : pathname];
  if (!page) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': page.type }).end(page.body);
};

/** A folder whose feeds.json allows the server, and the text of its list afterwards. */
function inFolder(work: (at: { folder: string; url: string; list: () => Promise<string> }) => Promise<void>) {
  return withServer(site, ({ url, host, port }) =>
    withFolder([], async (folder) => {
      const file = path.join(folder, 'feeds.json');
      await writeFile(file, `{ "allow": ["${host}:${port}"], "sources": [] }`);
      const list = async () => {
        const { sources } = JSON.parse(await readFile(file, 'utf8'));
        return JSON.stringify(sources).replaceAll(url, 'URL');
      };
      await work({ folder, url, list });
    }),
  );
}

const found: readonly { name: string; address: string; flags?: string[]; list: string; said?: RegExp }[] = [
  {
    name: 'a feed',
    address: '/news.xml',
    list: '["URL/news.xml"]',
    said: /^\+ News \(RSS 2\.0, 2 items\): http.*\/news\.xml, as /,
  },
  { name: 'a page takes its first feed, comments last', address: '/', list: '["URL/news.xml"]' },
  { name: 'all feeds of a page', address: '/', flags: ['--all'], list: '["URL/news.xml","URL/comments/all.xml"]' },
  { name: 'a page that names none: the usual places below it', address: '/blog/', list: '["URL/blog/feed.xml"]' },
  { name: 'a profile', address: '/@ann', list: '["URL/@ann.rss"]' },
  { name: 'a feed that moved for good', address: '/old', list: '["URL/news.xml"]' },
  { name: 'a feed that is elsewhere for now', address: '/now', list: '["URL/now"]' },
  {
    name: 'flags become keys',
    address: '/news.xml',
    flags: ['--via', '@n', '--category', 'A & B', '--id', 'n', '--title', 'N'],
    list: '[{"url":"URL/news.xml","id":"n","title":"N","via":"@n","category":"A & B"}]',
  },
  { name: 'untried', address: '/nowhere', flags: ['--no-fetch'], list: '["URL/nowhere"]' },
  {
    name: 'an address is never taken from a redirect that would read the environment',
    address: '/trap',
    list: '["URL/trap"]',
  },
];
for (const { name, address, flags = [], list: expected, said } of found) {
  test(`add: ${name}`, () =>
    inFolder(async ({ folder, url, list }) => {
      const { code, out, err } = await runIn(folder, ['add', ...flags, url + address]);
      assert.equal([code, await list()], [0, expected], err);
      if (said) assert.match(out, said);
    }));
}

const refused: readonly { name: string; args: (url: string) => string[]; code: number; err: RegExp }[] = [
  {
    name: 'what is not there',
    args: (url) => [`${url}/nowhere`],
    code: 1,
    err: /There is nothing at its address \(404\)/,
  },
  {
    name: 'a page whose only feed would read the environment',
    args: (url) => [`${url}/bad/`],
    code: 1,
    err: /names no feed/,
  },
  {
    name: 'a private host',
    args: () => ['http://127.0.0.2:9/x'],
    code: 2,
    err: /127\.0\.0\.2:9 is not on the public Internet; .*--allow/,
  },
  { name: 'a script', args: () => ['javascript:alert(1)'], code: 2, err: /expected an address that begins with http/ },
  {
    name: 'one id for two',
    args: (url) => ['--all', '--id', 'x', url],
    code: 2,
    err: /--id names one source, and these are 2/,
  },
  { name: 'a wrong id', args: (url) => ['--id', 'A b', `${url}/news.xml`], code: 2, err: /--id: expected an id/ },
];
for (const { name, args, code, err } of refused) {
  test(`add: ${name} is refused with words`, () =>
    inFolder(async ({ folder, url, list }) => {
      const run = await runIn(folder, ['add', ...args(url)]);
      assert.is(run.code, code);
      assert.match(run.err, err);
      assert.is(await list(), '[]');
    }));
}

test('add: what is there already is refused, what is new is added all the same', () =>
  inFolder(async ({ folder, url, list }) => {
    await runIn(folder, ['add', '--no-fetch', '--id', 'n', `${url}/news.xml`]);
    const run = await runIn(folder, ['add', `${url}/news.xml/`, `${url}/old`, `${url}/blog/feed.xml`]);
    assert.is(run.code, 2);
    assert.match(run.err, /news\.xml\/: it is there already: n\.[\s\S]*old: its feed is there already: n\./);
    assert.is(await list(), '[{"url":"URL/news.xml","id":"n"},"URL/blog/feed.xml"]');
  }));

test('add: a person is asked which of several, again after a slip, and nothing is written when he goes', () =>
  inFolder(async ({ folder, url, list }) => {
    const gone = await runIn(folder, ['add', url], { answers: [] });
    assert.equal([gone.code, await list()], [2, '[]']);
    const run = await runIn(folder, ['add', url], { answers: ['3', '2'] });
    assert.equal([run.code, run.asked.length, await list()], [0, 2, '["URL/comments/all.xml"]']);
    assert.match(run.err, /Expected numbers from 1 to 2/);
  }));

test('add: a private host is allowed with --allow, or when a person says so', () =>
  withServer(site, ({ url, host, port }) =>
    withFolder([], async (folder) => {
      const read = () => readFile(path.join(folder, 'feeds.json'), 'utf8');
      assert.is((await runIn(folder, ['add', `${host}:${port}/news.xml`], { answers: ['n'] })).code, 2);
      assert.is(await read(), '[]');
      assert.is((await runIn(folder, ['add', `${host}:${port}/news.xml`], { answers: ['y'] })).code, 0);
      assert.equal(JSON.parse(await read()), { allow: [`${host}:${port}`], sources: [`${url}/news.xml`] });
    }),
  ));

test('add: a host is allowed for a feed that is there, not for one that fails beside it', () =>
  withServer(site, ({ url, host, port }) =>
    withFolder([], async (folder) => {
      const read = () => readFile(path.join(folder, 'feeds.json'), 'utf8');
      const run = await runIn(folder, ['add', '--allow', '127.0.0.2:9/feed', `${host}:${port}/news.xml`]);
      assert.is(run.code, 1);
      assert.equal(JSON.parse(await read()), { allow: [`${host}:${port}`], sources: [`${url}/news.xml`] });
      assert.not.match(run.out, /127\.0\.0\.2/);
    }),
  ));

test('add: a secret is written as it was typed and never said', () =>
  inFolder(async ({ folder, url, list }) => {
    const guarded = `${url.replace('://', `://ann:\${KEY}@`)}/guarded`;
    const run = await runIn(folder, ['add', guarded], { env: { KEY: 'S3CR3T' }, answers: [] });
    assert.is(run.code, 0);
    assert.not.match(run.out + run.err, /S3CR3T|KEY/);
    assert.match(await list(), `ann:\${KEY}@`);
  }));

test.run();
