import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SOURCE_LIMITS } from '../../src/identity/source-limits.ts';
import type { Config, Source } from '../../src/model.ts';
import { secretWarnings } from '../../src/secrets.ts';
import { problems, read, refused } from './config-under-test.ts';

const DEFAULTS: Config = {
  site: { title: 'viaduct', description: '', language: 'en', url: 'http://localhost:8080', urlIsConfigured: false },
  poll: '*/30 * * * *',
  timezone: 'UTC',
  items: 100,
  content: 'summary',
  link: 'original',
  tallies: true,
  status: 'public',
  retentionDays: 90,
  allow: [],
  trustProxy: [],
  limits: {
    concurrency: 16,
    perHost: 1,
    timeoutSeconds: 30,
    maxBodyMB: 10,
    ...SOURCE_LIMITS,
  },
  sources: [],
};

function source(changed: Partial<Source>): Source {
  return {
    id: 'lobste-rs',
    url: 'https://lobste.rs/rss',
    content: 'summary',
    poll: '*/30 * * * *',
    timeoutSeconds: 30,
    categories: [],
    private: false,
    insecureTls: false,
    disabled: false,
    ...(changed.id === undefined && { idFrom: changed.url ?? 'https://lobste.rs/rss' }),
    ...changed,
  };
}

test('parseConfig: a bare list of addresses is a whole file', () => {
  assert.equal(read('["https://simonwillison.net/atom/everything/", "https://lobste.rs/rss"]'), {
    ...DEFAULTS,
    sources: [
      source({
        id: 'simonwillison-net-everything',
        url: 'https://simonwillison.net/atom/everything/',
        idFrom: 'https://simonwillison.net/atom/everything/',
      }),
      source({}),
    ],
  });
});

test('parseConfig: every key is taken, with comments, a BOM and trailing commas', () => {
  const text = `\ufeff// ours
  {
    "$schema": "./feeds.schema.json",
    "site": {
      "title": " Model Watch ", "description": "What models do.", "language": "pt-BR",
      "url": "https://NEWS.example.org/planet/", "contact": "mailto:me@example.org", /* or a page */
    },
    "poll": "0 */2 * * *", "timezone": "Europe/Berlin", "items": 50, "content": "full", "link": "page",
    "tallies": false, "status": "local", "retentionDays": 0, "allow": ["nas.local:8080", "10.0.0.0/8"], "trustProxy": ["127.0.0.1", "::1"],
    "limits": { "concurrency": 4, "perHost": 2, "timeoutSeconds": 20, "maxBodyMB": 0.5,
      "maxEntries": 500, "maxSourceMB": 1.5, "newEntriesPerDay": 40, "maxMemoryMB": 300 },
    "sources": [
      "http://10.1.2.3/rss#top",
      {
        "url": "https://bridge.example/kimmonismus.xml", "id": "kim", "title": "Kim", "via": "@kimmonismus",
        "homepage": "https://x.com/kimmonismus", "category": "Opinion & Analysis", "content": "title", "poll": "@hourly",
        "timeoutSeconds": 5, "license": "cc", "private": true, "insecureTls": true, "disabled": true,
      },
      { "url": "file:./lists/team.xml" },
    ],
  }`;
  const inherited = { content: 'full', poll: '0 */2 * * *', timeoutSeconds: 20 } as const;
  assert.equal(read(text), {
    site: {
      title: 'Model Watch',
      description: 'What models do.',
      language: 'pt-BR',
      url: 'https://news.example.org/planet',
      urlIsConfigured: true,
      contact: 'mailto:me@example.org',
    },
    poll: '0 */2 * * *',
    timezone: 'Europe/Berlin',
    items: 50,
    content: 'full',
    link: 'page',
    tallies: false,
    status: 'local',
    retentionDays: 0,
    allow: ['nas.local:8080', '10.0.0.0/8'],
    trustProxy: ['127.0.0.1', '::1'],
    limits: {
      concurrency: 4,
      perHost: 2,
      timeoutSeconds: 20,
      maxBodyMB: 0.5,
      maxEntries: 500,
      maxSourceMB: 1.5,
      newEntriesPerDay: 40,
      maxMemoryMB: 300,
    },
    sources: [
      source({ ...inherited, id: '10-1-2-3', url: 'http://10.1.2.3/rss', idFrom: 'http://10.1.2.3/rss' }),
      source({
        id: 'kim',
        url: 'https://bridge.example/kimmonismus.xml',
        title: 'Kim',
        via: '@kimmonismus',
        homepage: 'https://x.com/kimmonismus',
        categories: ['Opinion & Analysis'],
        content: 'title',
        poll: '@hourly',
        timeoutSeconds: 5,
        license: 'cc',
        private: true,
        secrets: [],
        insecureTls: true,
        disabled: true,
      }),
      source({
        ...inherited,
        id: 'lists-team',
        url: 'file:///srv/news/lists/team.xml',
        idFrom: 'file:./lists/team.xml',
      }),
    ],
  });
});

test('parseConfig: the Config is frozen to its depth, JSON-safe, and without undefined keys', () => {
  const config = read('["https://lobste.rs/rss"]');
  for (const part of [config, config.site, config.limits, config.allow, config.sources, config.sources[0]]) {
    assert.ok(Object.isFrozen(part));
  }
  assert.equal(JSON.parse(JSON.stringify(config)), config);
});

test('parseConfig: a source has one category or several; of two spellings the first one stands for both', () => {
  const { sources } = read(`{ "sources": [
    { "url": "https://a.example/feed", "category": ["AI", "Law"] },
    { "url": "https://b.example/feed", "category": "ai" },
    { "url": "https://c.example/feed", "category": ["law", "Law", "Ai"] },
    "https://d.example/feed"
  ] }`);
  assert.equal(
    sources.map(({ categories }) => categories),
    [['AI', 'Law'], ['AI'], ['Law', 'AI'], []],
  );
});

test('parseConfig: every problem is told at once, in the order of the file', () => {
  const text = `{
  "site": { "titel": "My News", "url": "news.example.org" },
  "poll": "*/30 * * *",
  "items": "50",
  "sources": [
    "https://lobste.rs/rss"
    { "url": "https://lwn.net/headlines/rss", "catgory": "Linux", "content": "ful" },
    { "uri": "https://go.dev/blog/feed.atom" },
    "lobste.rs/rss",
    "https://lobste.rs/rss#x",
  ]
}`;
  assert.is(
    refused(text).message,
    `/srv/news/feeds.json: 10 problems
  feeds.json:2:13 site.titel: unknown key; did you mean "title"?
  feeds.json:2:40 site.url: expected the address at which readers reach the site, such as "https://news.example.org"
  feeds.json:3:11 poll: expected a cron expression such as "*/30 * * * *" (every 30 minutes); it has 4 fields, not 5 or 6
  feeds.json:4:12 items: expected a whole number of items from 1 to 1000, not a text; write it without quotes
  feeds.json:6:28 expected a comma after this value
  feeds.json:7:47 sources[1].catgory: unknown key; did you mean "category"?
  feeds.json:7:78 sources[1].content: expected "summary", "full" or "title"; did you mean "full"?
  feeds.json:8:7 sources[2].uri: unknown key; did you mean "url"?
  feeds.json:9:5 sources[3]: expected an address that begins with http:// or https:// (or file: for a feed beside this file)
  feeds.json:10:5 sources[4]: the same address as sources[0] on line 6; expected it once`,
  );
});

const KNOWN_OF_SOURCE =
  'url, id, title, via, homepage, category, weight, content, poll, timeoutSeconds, license, private, insecureTls, disabled, include, exclude';
const wrong: readonly { name: string; text: string; told: readonly string[] }[] = [
  {
    name: 'a cut file',
    text: '{"sources":[',
    told: ['1:12 : this [ is never closed; expected ] at the end of the list'],
  },
  {
    name: 'a number as a source',
    text: '{"sources":[1,]}',
    told: ['1:13 sources[0]: expected the address of a feed in quotes, or an object with a "url", not 1'],
  },
  {
    name: 'a slip in a bare list',
    text: '[\r\n1\r"a"]',
    told: [
      '2:1 sources[0]: expected the address of a feed in quotes, or an object with a "url", not 1',
      '2:2 : expected a comma after this value',
      '3:1 sources[1]: expected an address that begins with http:// or https:// (or file: for a feed beside this file)',
    ],
  },
  {
    name: 'no list at all',
    text: '5',
    told: ['1:1 : expected a list of addresses, or an object with "sources", not 5'],
  },
  { name: 'null', text: 'null', told: ['1:1 : expected a list of addresses, or an object with "sources", not null'] },
  { name: 'no sources', text: '{}', told: ['1:1 sources: missing; expected a list of sources'] },
  {
    name: 'sources as an object',
    text: '{"sources": {}}',
    told: ['1:13 sources: expected a list of sources, not an object'],
  },
  {
    name: 'an empty object',
    text: '[{}]',
    told: ['1:2 sources[0].url: missing; expected the address of a feed, in quotes'],
  },
  {
    name: 'a number as an address',
    text: '[{"url": 1}]',
    told: ['1:10 sources[0].url: expected the address of a feed, in quotes, not 1'],
  },
  {
    name: 'keys of Object.prototype',
    text: '{"__proto__": {"polluted": 1}, "sources": [{"url": "https://a.example", "constructor": 1, "toString": 2}]}',
    told: [
      '1:2 __proto__: unknown key; known here: site, poll, timezone, items, content, link, tallies, status, retentionDays, allow, trustProxy, limits, sources',
      `1:73 sources[0].constructor: unknown key; known here: ${KNOWN_OF_SOURCE}`,
      `1:91 sources[0].toString: unknown key; known here: ${KNOWN_OF_SOURCE}`,
    ],
  },
  {
    name: 'keys in the wrong place',
    text: '{"concurrency": 2, "sources": [{"url": "https://a.example", "language": "en", "retentionDays": 1}]}',
    told: [
      '1:2 concurrency: unknown key; it belongs in "limits"',
      '1:61 sources[0].language: unknown key; it belongs in "site"',
      '1:79 sources[0].retentionDays: unknown key; it belongs to the file as a whole, beside "sources"',
    ],
  },
  {
    name: 'a key that is no word',
    text: '{"a\\nb": 1, "sources": []}',
    told: [
      '1:2 ["…"]: unknown key; known here: site, poll, timezone, items, content, link, tallies, status, retentionDays, allow, trustProxy, limits, sources',
    ],
  },
  {
    name: 'an id with capitals, with a path, or taken',
    text: '[{"id": "A", "url": "https://a.example"},\n{"id": "../x", "url": "https://b.example"},\n{"id": "c", "url": "https://c.example"},\n{"id": "c", "url": "https://d.example"}]',
    told: [
      '1:9 sources[0].id: expected an id of 1 to 60 lower-case letters a-z, digits and "-"',
      '2:8 sources[1].id: expected an id of 1 to 60 lower-case letters a-z, digits and "-"',
      '4:8 sources[3].id: the same id as sources[2] on line 3; expected one of its own',
    ],
  },
  {
    name: 'one address, written in two ways',
    text: '["https://a.example/rss",\n{"url": "HTTPS://A.example:443/rss#x"}]',
    told: ['2:9 sources[1].url: the same address as sources[0] on line 1; expected it once'],
  },
  {
    name: 'other schemes and no schemes',
    text: '["javascript:alert(1)", "ftp://a.example", "not a url", ""]',
    told: [2, 25, 44, 57].map(
      (column, index) =>
        `1:${column} sources[${index}]: expected an address that begins with http:// or https:// (or file: for a feed beside this file)`,
    ),
  },
  {
    name: 'addresses that cannot be read',
    text: '["https://", "https://a b.example/", "http://[::1/", "https://a.example/\\u0009x"]',
    told: [
      '1:2 sources[0]: expected an address with a host that can be read',
      '1:14 sources[1]: expected an address without spaces in it',
      '1:38 sources[2]: expected an address with a host that can be read',
      '1:54 sources[3]: expected an address without spaces in it',
    ],
  },
  {
    name: 'an address that is too long',
    text: `["https://a.example/${'a'.repeat(4000)}"]`,
    told: ['1:2 sources[0]: expected an address of at most 4000 characters'],
  },
  {
    name: 'files outside the folder',
    text: '["file:///etc/passwd", "file:/etc/passwd", "file:../x", "file:a/../../x", "file:%2e%2e/x", "file:a%2f..%2f..%2fx", "file:..\\\\x", "file:", "file:x/", "file:c:/x", "file:x?y", "file:a%00b"]',
    told: [2, 24, 44, 57, 75, 92, 116, 130, 139, 150, 163, 175].map(
      (column, index) =>
        `1:${column} sources[${index}]: expected "file:" and a path inside the folder of feeds.json, such as "file:welcome/welcome.xml"`,
    ),
  },
  {
    name: 'addresses inside the network',
    text: '["http://169.254.169.254/", "http://127.1:8081/x", "http://[::ffff:10.0.0.1]/", "http://[fd00::1]/", "http://0x7f000001/"]',
    told: [
      '1:2 sources[0]: 169.254.169.254 is not on the public Internet; if it is yours, add "169.254.169.254" to "allow"',
      '1:29 sources[1]: 127.0.0.1 is not on the public Internet; if it is yours, add "127.0.0.1:8081" to "allow"',
      '1:52 sources[2]: [::ffff:a00:1] is not on the public Internet; if it is yours, add "[::ffff:a00:1]" to "allow"',
      '1:81 sources[3]: [fd00::1] is not on the public Internet; if it is yours, add "[fd00::1]" to "allow"',
      '1:102 sources[4]: 127.0.0.1 is not on the public Internet; if it is yours, add "127.0.0.1" to "allow"',
    ],
  },
  {
    name: 'values that are nearly right',
    text: '{"content": "Ful", "link": "pages", "tallies": "true", "timezone": "Europe/Berln", "items": 0, "retentionDays": 1.5, "sources": []}',
    told: [
      '1:13 content: expected "summary", "full" or "title"; did you mean "full"?',
      '1:28 link: expected "original" or "page"; did you mean "page"?',
      '1:48 tallies: expected true or false, not a text; write it without quotes',
      '1:68 timezone: expected a time zone such as "UTC" or "Europe/Berlin"; did you mean "Europe/Berlin"?',
      '1:93 items: expected a whole number of items from 1 to 1000',
      '1:113 retentionDays: expected a whole number of days from 0 to 36500, not 1.5',
    ],
  },
  {
    name: 'cron expressions that never come',
    text: '{"poll": "61 * * * *",\n"sources": [{"url": "https://a.example", "poll": "0 0 30 2 *"},\n{"url": "https://b.example", "poll": ""}]}',
    told: [
      '1:10 poll: expected a cron expression such as "*/30 * * * *" (every 30 minutes); "61" is no minute',
      '2:50 sources[0].poll: expected a cron expression such as "*/30 * * * *" (every 30 minutes); "30" is no day of month',
      '3:38 sources[1].poll: expected a cron expression such as "*/30 * * * *" (every 30 minutes) that is not empty',
    ],
  },
  {
    name: 'a site that cannot be',
    text: '{"site": {"title": "", "description": "a\\nb", "language": "english!", "url": "https://a.example/?x", "contact": "me@a.example"}, "sources": []}',
    told: [
      '1:20 site.title: expected a title that is not empty',
      '1:39 site.description: expected a sentence or two in one line',
      '1:59 site.language: expected a language such as "en", "de" or "pt-BR"',
      '1:78 site.url: expected the address at which readers reach the site, such as "https://news.example.org"',
      '1:113 site.contact: expected "mailto:you@example.org", or the http(s) address of a page',
    ],
  },
  {
    name: 'links that are none',
    text: '[{"url": "https://a.example", "homepage": "javascript:alert(1)", "via": "a\\u0000b", "title": "\\ud800", "license": "mit"}]',
    told: [
      '1:43 sources[0].homepage: expected an address that begins with http:// or https://, without a password in it',
      '1:73 sources[0].via: expected a name such as "@handle" in one line',
      '1:94 sources[0].title: expected a title without half characters (\\ud800-\\udfff)',
      '1:115 sources[0].license: expected "own", "cc" or "permitted"',
    ],
  },
  {
    name: 'hosts and limits that are none',
    text: '{"allow": ["http://nas/"], "trustProxy": ["loopback"], "limits": {"concurrency": 0, "perHost": null, "timeoutSeconds": 1e9, "maxBodyMB": 0}, "sources": []}',
    told: [
      '1:12 allow[0]: expected a host, host:port, IP address or CIDR, such as "nas.local", "127.0.0.1:8081" or "192.168.0.0/16"',
      '1:43 trustProxy[0]: expected an IP address or CIDR, such as "127.0.0.1" or "10.0.0.0/8"',
      '1:82 limits.concurrency: expected a whole number of sources from 1 to 256',
      '1:96 limits.perHost: expected a whole number of sources from 1 to 64, not null',
      '1:120 limits.timeoutSeconds: expected a whole number of seconds from 1 to 600',
      '1:138 limits.maxBodyMB: expected a number of megabytes, more than 0 and at most 200',
    ],
  },
];
for (const { name, text, told } of wrong) {
  test(`parseConfig: ${name} is refused with place and words`, () => assert.equal(problems(text), told));
}

test('parseConfig: allow opens addresses by host and port, address and range', () => {
  const text = `{
    "allow": ["127.0.0.1:8081", "10.0.0.0/8", "::1"],
    "sources": ["http://127.0.0.1:8081/a", "http://10.9.8.7/b", "http://[::1]:99/c", "http://127.0.0.1:8082/d", "http://11.0.0.1/e"]
  }`;
  assert.equal(problems(text), [
    '3:86 sources[3]: 127.0.0.1 is not on the public Internet; if it is yours, add "127.0.0.1:8082" to "allow"',
  ]);
});

test('parseConfig: more problems than anybody reads are counted, and the first listed', () => {
  const error = refused(`[${'1,'.repeat(5000)}]`);
  assert.is(error.problems.length, 1000);
  assert.is(error.message.split('\n').length, 52);
  assert.match(error.message, /\n {2}… and 950 more$/);
});

const suspects: readonly [address: string, sign: string | undefined][] = [
  ['https://a.example/rss?token=abc', 'a parameter such as "key" or "token"'],
  ['https://a.example/rss?api_key=abc', 'a parameter such as "key" or "token"'],
  ['https://a.example/u/3f2a9c77b1d04e5a8c6f/rss', 'a long random part'],
  ['https://a.example/feed?format=rss&category=12', undefined],
  ['https://a.example/2026-06-01-a-title-of-some-length/feed', undefined],
  ['https://anna:pass@a.example/rss', undefined],
  ['file:lists/3f2a9c77b1d04e5a8c6f', undefined],
];
for (const [address, sign] of suspects) {
  test(`secretWarnings: ${address} ${sign === undefined ? 'needs no word' : 'is warned of'}`, () => {
    const config = read(JSON.stringify([{ url: address, id: 'a' }]));
    const line = `a: its address seems to hold a secret (${sign}); if so, add "private": true`;
    assert.equal(secretWarnings(config), sign === undefined ? [] : [line]);
    assert.equal(secretWarnings(read(JSON.stringify([{ url: address, private: true }]))), []);
  });
}

test.run();
