import { readdir } from 'node:fs/promises';
import type http from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withServer } from '../helpers/http-server.ts';
import { viaduct, withFolder } from '../helpers/run-viaduct.ts';
import { runIn } from './run-cli.ts';

const item = (title: string, link: string, more = '') =>
  `<item><title>${title}</title><link>https://x.example/${link}</link><guid>${link}</guid>${more}</item>`;
const rss = (items: string) => `<rss version="2.0"><channel><title>A feed</title>${items}</channel></rss>`;
const DATED = '<pubDate>Mon, 02 Mar 2009 10:00:00 GMT</pubDate><description>What it says of itself.</description>';

const bodies: Record<string, string> = {
  '/one': rss(item('Rust two is out today', 'a') + item('Sponsored thing', 'b')),
  '/two': rss(item('Rust two is out today', 'a', DATED)),
  '/cut': rss(item('One', 'c') + item('Two', 'd')).slice(0, -40),
  '/page': '<html><body>x',
};
const site: http.RequestListener = (request, response) => {
  if (request.url?.startsWith('/moved')) return void response.writeHead(308, { location: '/two?moved' }).end();
  const body = bodies[(request.url ?? '').split('?')[0] ?? ''];
  if (body === undefined) return void response.writeHead(404).end();
  response.end(body);
};

test('check --fetch: what each source is, what it would bring, what is wrong with it; and it keeps nothing', () =>
  withServer(site, ({ url, host, port }) =>
    withFolder(
      {
        allow: [`${host}:${port}`],
        sources: [
          { url: `${url}/one`, id: 'one', exclude: ['sponsored'] },
          { url: `${url}/two`, id: 'two', content: 'full' },
          { url: `${url}/cut`, id: 'cut' },
          { url: `${url}/page`, id: 'page' },
          { url: `${url}/none`, id: 'none' },
          { url: `${url}/moved`, id: 'moved' },
          { url: `${url}/off`, id: 'off', disabled: true },
        ],
      },
      async (folder) => {
        const { code, out } = await runIn(folder, ['check', '--fetch']);
        assert.is(code, 1);
        assert.is(
          out.replaceAll(url, 'URL'),
          `one  A feed
  RSS 2.0, 2 items
  content: summary (as the whole file; 0 of 2 bring their own)
  would add 1 item, 1 left out by include and exclude
  ! None of its items has a date.
two  A feed
  RSS 2.0, 1 item, newest of 2009-03-02
  content: full (its own setting)
  would add 1 item, already here via others
  ! Nothing new since 2009-03-02.
cut  A feed
  RSS 2.0, 2 items
  content: summary (as the whole file; 0 of 2 bring their own)
  would add 2 items
  ! Its document ends early; missing entries do not count as deleted.
  ! None of its items has a date.
page
  ! It cannot be read: the address leads to a web page, not to a feed.
none
  ! There is nothing at its address (404).
moved  A feed
  RSS 2.0, 1 item, newest of 2009-03-02
  content: summary (as the whole file; 1 of 1 bring their own)
  would add 1 item, already here via others
  ! It is the same document as two.
  ! It has moved for good to URL/two?moved: change its address.
  ! Nothing new since 2009-03-02.
6 asked, 4 OK, 2 cannot be read`,
        );
        assert.equal(await readdir(folder), ['feeds.json']);
      },
    ),
  ));

test('check --fetch: compares with what is stored, and leaves a host alone that asked for it', () =>
  withServer(site, (well) =>
    withServer(
      (_, response) => response.writeHead(503, { 'retry-after': '3600' }).end(),
      (busy) =>
        withFolder(
          {
            allow: ['127.0.0.1'],
            sources: [
              { url: `${well.url}/one`, id: 'one' },
              { url: `${busy.url}/busy`, id: 'busy' },
            ],
          },
          async (folder) => {
            await viaduct(folder, 'poll');
            const asked = busy.requests.length;
            const { code, out } = await runIn(folder, ['check', '--fetch', '--json', '--source', 'one', 'busy']);
            const [one, held] = out.split('\n').map((line) => JSON.parse(line));
            assert.equal([code, one.added, one.merged, held.ok], [1, 0, 0, false]);
            assert.match(held.problems[0], /It is not asked now: .*Retry-After.* until /);
            assert.is(busy.requests.length, asked);
          },
        ),
    ),
  ));

test('check --fetch: a private address is never said', () =>
  withServer(site, ({ url, host, port }) =>
    withFolder(
      { allow: [`${host}:${port}`], sources: [{ url: `${url}/moved?S3CR3T`, id: 'p', private: true }] },
      async (folder) => {
        const { out, err } = await runIn(folder, ['check', '--fetch'], { answers: [] });
        assert.match(out, /It has moved for good: change its address/);
        assert.not.match(out + err, /S3CR3T|\/two/);
      },
    ),
  ));

test.run();
