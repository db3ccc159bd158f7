/** The whole line, as a user runs it: three feeds, a real daemon, and the merged feed read back by another parser (feedsmith). */
import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { parseFeed } from 'feedsmith';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spawnViaduct, viaduct, withFolder } from './helpers/run-viaduct.ts';

const SHARED_URL = 'https://articles.example/long-memory';
const BROWSER = {
  accept: 'text/html,application/xhtml+xml',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

/** Three publishers on three loopback hosts; the article SHARED_URL stands in the RSS and in the JSON feed. */
async function withPublishers(
  work: (urls: { rss: string; atom: string; json: string }, publish: () => void) => Promise<void>,
) {
  let hasNews = false;
  const startedAt = Date.now();
  const today = (hour: number) => new Date(startedAt - hour * 3_600_000);
  const rss =
    () => `<?xml version="1.0"?><rss version="2.0"><channel><title>Rss Desk</title><link>https://rss.example/</link>
    <description>d</description>
    <item><title>Small models, long memory</title><link>${SHARED_URL}?utm_source=rss</link><guid isPermaLink="false">r-1</guid>
      <pubDate>${today(5).toUTCString()}</pubDate><description>A thread argues for memory.</description></item>
    ${hasNews ? `<item><title>Later news</title><link>https://articles.example/later</link><guid isPermaLink="false">r-2</guid><pubDate>${today(0).toUTCString()}</pubDate></item>` : ''}
    </channel></rss>`;
  const atom =
    () => `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>tag:atom.example,2026:f</id><title>Atom Desk</title>
    <updated>${today(2).toISOString()}</updated><link href="https://atom.example/"/>
    <entry><id>tag:atom.example,2026:1</id><title>Only in Atom</title><link href="https://atom.example/1"/><updated>${today(2).toISOString()}</updated>
    <summary>Nobody else has it.</summary></entry></feed>`;
  const json = () =>
    JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'Json Desk',
      home_page_url: 'https://json.example/',
      items: [
        {
          id: 'j-1',
          url: 'https://json.example/links/1',
          external_url: SHARED_URL,
          title: 'Look at this thread',
          content_text: 'Worth reading.',
          date_published: today(4).toISOString(),
        },
      ],
    });
  const servers: Server[] = [];
  const serve = async (host: string, type: string, body: () => string) => {
    const server = createServer((_, response) => response.writeHead(200, { 'content-type': type }).end(body()));
    servers.push(server);
    server.listen(0, host);
    await once(server, 'listening');
    return `http://${host}:${(server.address() as AddressInfo).port}/feed`;
  };
  try {
    const urls = {
      rss: await serve('127.0.0.2', 'application/rss+xml', rss),
      atom: await serve('127.0.0.3', 'application/atom+xml', atom),
      json: await serve('127.0.0.4', 'application/feed+json', json),
    };
    await work(urls, () => {
      hasNews = true;
    });
  } finally {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}

test('viaduct: three feeds become one, with every via, counted views and a clean end', async () => {
  await withPublishers(async (urls, publish) => {
    const config = {
      site: { title: 'Test River', url: 'https://river.example' },
      allow: ['127.0.0.0/8'],
      sources: [
        { url: urls.rss, id: 'rss-desk', via: '@rssdesk' },
        { url: urls.atom, id: 'atom-desk' },
        { url: urls.json, id: 'json-desk' },
        { url: 'http://127.0.0.9:1/gone', id: 'broken' },
      ],
    };
    await withFolder(config, async (folder) => {
      const first = spawnViaduct(folder, ['start', '--port', '0']);
      assert.equal(pick(await first.logged('pass.done'), ['asked', 'added', 'merged', 'failed']), [4, 3, 1, 1]);
      first.child.kill('SIGINT');
      assert.is((await first.ended).code, 0);
      publish();
      const again = await viaduct(folder, 'poll', '--force');
      assert.match(again.stdout, /^4 asked, 0 not due, 1 items new, 0 merged, 1 failed$/m);

      const daemon = spawnViaduct(folder, ['start', '--port', '0']);
      const { port } = await daemon.logged('serving');
      const base = `http://127.0.0.1:${port}`;
      await untilFeedHolds(base, 'Later news');

      const feeds = await readFeeds(base);
      for (const [format, items] of Object.entries(feeds)) {
        assert.equal(
          items.map(({ title }) => title).sort(),
          ['Later news', 'Only in Atom', 'Small models, long memory'],
          format,
        );
        const shared = items.find(({ title }) => title === 'Small models, long memory');
        assert.is(shared?.url, SHARED_URL, `${format}: tracking is removed, the link leads to the article`);
        assert.equal(shared?.via, ['@rssdesk', 'Json Desk'], `${format}: both who told it, in order`);
        assert.ok(
          items.every(({ id }) => /^urn:uuid:[0-9a-f-]{36}$/.test(id)),
          `${format}: ids are minted`,
        );
      }
      assert.equal(feeds.atom.map(({ id }) => id).sort(), feeds.rss.map(({ id }) => id).sort());
      assert.equal(feeds.json.map(({ id }) => id).sort(), feeds.rss.map(({ id }) => id).sort());

      const listed = await fetch(`${base}/feed.json`).then((response) => response.json() as Promise<JsonFeed>);
      const shared = listed.items.find((item) => item.title === 'Small models, long memory');
      const page = new URL(shared?._viaduct.page ?? '').pathname;
      for (const agent of ['a', 'b', 'b']) assert.is(await visit(base + page, agent), 200);
      // Two readers, one of whom came twice; a page may be a minute old, the feed moves with the step.
      await untilFeedHolds(base, '2+ views');

      const etag = (await fetch(`${base}/feed.xml`)).headers.get('etag') ?? '';
      assert.is((await fetch(`${base}/feed.xml`, { headers: { 'if-none-match': etag } })).status, 304);

      daemon.child.kill('SIGTERM');
      const { code } = await daemon.ended;
      assert.is(code, 0);

      const { stdout } = await viaduct(folder, 'items', '--json');
      const stored = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as StoredItem);
      assert.equal(stored.map(({ title, views }) => [title, views]).sort(), [
        ['Later news', 0],
        ['Only in Atom', 0],
        ['Small models, long memory', 2],
      ]);
    });
  });
});

test('viaduct poll: a second forced pass adds nothing', async () => {
  await withPublishers(async (urls) => {
    await withFolder({ allow: ['127.0.0.0/8'], sources: Object.values(urls) }, async (folder) => {
      assert.match((await viaduct(folder, 'poll')).stdout, /^3 asked, 0 not due, 3 items new, 1 merged$/m);
      assert.match((await viaduct(folder, 'poll', '--force')).stdout, /^3 asked, 0 not due, 0 items new, 0 merged$/m);
      assert.match((await viaduct(folder, 'poll')).stdout, /^0 asked, 3 not due, 0 items new, 0 merged$/m);
    });
  });
});

test('viaduct poll: --now is the time of the round to the millisecond, so that polls of one time have no order', async () => {
  await withPublishers(async ({ rss, atom, json }) => {
    const sources = [
      { id: 'rss', url: rss },
      { id: 'atom', url: atom },
      { id: 'json', url: json },
    ];
    const now = new Date().toISOString();
    const itemsAfter = (...order: readonly string[]) =>
      withFolder({ allow: ['127.0.0.0/8'], sources }, async (folder) => {
        for (const id of order) await viaduct(folder, 'poll', '--force', '--source', id, '--now', now);
        return (await viaduct(folder, 'items', '--json')).stdout;
      });
    const items = await itemsAfter('rss', 'atom', 'json');
    assert.equal(
      items.match(/"firstSeen":"[^"]*"/g)?.map((found) => found.slice(13, -1)),
      [now, now, now, now, now],
    );
    assert.is(await itemsAfter('json', 'atom', 'rss'), items);
  });
});

test('viaduct: site.url and port change no published id', async () => {
  await withPublishers(async (urls) => {
    await withFolder({ allow: ['127.0.0.0/8'], sources: Object.values(urls) }, async (folder) => {
      await viaduct(folder, 'poll');
      const idsWith = async (site: object) => {
        const { writeFile } = await import('node:fs/promises');
        await writeFile(
          path.join(folder, 'feeds.json'),
          JSON.stringify({ site, allow: ['127.0.0.0/8'], sources: Object.values(urls) }),
        );
        const server = spawnViaduct(folder, ['serve', '--port', '0']);
        const { port } = await server.logged('serving');
        const feeds = await readFeeds(`http://127.0.0.1:${port}`);
        server.child.kill('SIGTERM');
        await server.ended;
        return Object.values(feeds).map((items) => items.map(({ id }) => id).sort());
      };
      const before = await idsWith({ url: 'https://one.example' });
      assert.is(before[0]?.length, 2);
      assert.equal(await idsWith({ url: 'https://two.example/sub', title: 'Renamed' }), before);
    });
  });
});

test('viaduct check: every problem of a broken feeds.json at once, exit code 2', async () => {
  await withFolder({ sourcs: [], items: 'many', sources: [{ url: 'ftp://x.example' }] }, async (folder) => {
    const { code, stderr } = await viaduct(folder, 'check');
    assert.is(code, 2);
    assert.match(stderr, /sourcs.*did you mean "sources"/);
    assert.match(stderr, /items/);
    assert.match(stderr, /sources\[0\]\.url/);
    assert.match(stderr, /feeds\.json:1:\d+/);
  });
});

interface ReadItem {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly via: readonly string[];
}

interface JsonFeed {
  readonly items: readonly {
    id: string;
    title: string;
    url: string;
    _viaduct: { page: string; via: { name: string }[] };
  }[];
}

interface StoredItem {
  readonly title: string;
  readonly views: number;
}

/** The three merged feeds through feedsmith; what it does not read of them (rel=via in RSS) through the raw text of the item. */
async function readFeeds(base: string): Promise<Record<'rss' | 'atom' | 'json', ReadItem[]>> {
  const text = async (name: string) => (await fetch(base + name)).text();
  const [rssText, atomText, jsonText] = [await text('/feed.xml'), await text('/atom.xml'), await text('/feed.json')];
  const rss = parseFeed(rssText).feed as {
    items: {
      title: string;
      link: string;
      guid: { value: string };
      atom: { links: { rel: string; title: string }[] };
    }[];
  };
  const atom = parseFeed(atomText).feed as {
    entries: {
      id: string;
      title: { value: string } | string;
      links: { rel?: string; href: string; title?: string }[];
    }[];
  };
  const json = JSON.parse(jsonText) as JsonFeed;
  const viaOf = (links: readonly { rel?: string; title?: string }[]) =>
    links.filter(({ rel }) => rel === 'via').map(({ title }) => title ?? '');
  return {
    rss: rss.items.map((item) => ({
      id: item.guid.value,
      title: item.title,
      url: item.link,
      via: viaOf(item.atom?.links ?? []),
    })),
    atom: atom.entries.map((entry) => ({
      id: entry.id,
      title: typeof entry.title === 'string' ? entry.title : entry.title.value,
      url: entry.links.find(({ rel }) => rel === undefined || rel === 'alternate')?.href ?? '',
      via: viaOf(entry.links),
    })),
    json: json.items.map((item) => ({
      id: item.id,
      title: item.title,
      url: item.url,
      via: item._viaduct.via.map(({ name }) => name),
    })),
  };
}

/** Opens a page as a browser does. Not with fetch(): it adds a sec-fetch-mode of its own. */
async function visit(url: string, agent: string): Promise<number | undefined> {
  const request = get(url, { headers: { ...BROWSER, 'user-agent': `${BROWSER['user-agent']} ${agent}` } });
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

function pick(fields: Record<string, unknown>, names: readonly string[]): unknown[] {
  return names.map((name) => fields[name]);
}

/** Feeds are rebuilt a moment after a change, never on a request. */
async function untilFeedHolds(base: string, text: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if ((await (await fetch(`${base}/feed.xml`)).text()).includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the merged feed never held '${text}'`);
}

test.run();
