import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discoverFeeds, knownFeeds, likelyFeeds, usualFeeds } from '../../src/parse/discover-feeds.ts';
import { feedFormat } from '../../src/parse/feed-format.ts';

const PAGE = 'https://a.example/blog/post';
const pages: readonly { name: string; html: string; urls: readonly string[] }[] = [
  {
    name: 'link tags in their order, whatever their case',
    html: '<LINK REL="Alternate" TYPE="application/rss+xml" HREF="/rss"><link rel="alternate home" type="application/atom+xml; charset=utf-8" href="atom.xml">',
    urls: ['https://a.example/rss', 'https://a.example/blog/atom.xml'],
  },
  {
    name: 'each once',
    html: '<link rel=alternate type=application/rss+xml href=/rss><link rel=alternate type=application/rss+xml href=https://a.example/rss>',
    urls: ['https://a.example/rss'],
  },
  {
    name: 'JSON Feed, but no other JSON',
    html: '<link rel=alternate type=application/json href=/wp-json><link rel=alternate type=application/feed+json href=/feed.json>',
    urls: ['https://a.example/feed.json'],
  },
  {
    name: 'comments last',
    html: '<link rel=alternate type=application/rss+xml title="A » Comments Feed" href=/c><link rel=alternate type=application/rss+xml href=/rss>',
    urls: ['https://a.example/rss', 'https://a.example/c'],
  },
  {
    name: 'the first base of the page',
    html: '<base href="https://b.example/x/"><base href="https://c.example/"><link rel=alternate type=application/rss+xml href=rss>',
    urls: ['https://b.example/x/rss'],
  },
  {
    name: 'no other alternates, no style sheets',
    html: '<link rel=alternate hreflang=de href=/de><link rel="stylesheet" type=text/css href=/x><link rel=canonical href=/y>',
    urls: [],
  },
  {
    name: 'visible links when no tag names a feed',
    html: '<a href="/about">x</a><a href="/blog/feed/">x</a><a href="/feed.xml?x">x</a><a href="/feedback">x</a>',
    urls: ['https://a.example/blog/feed/', 'https://a.example/feed.xml?x'],
  },
  {
    name: 'nothing but http(s), no passwords, nothing that feeds.json would fill in',
    html: `<link rel=feed href="javascript:alert(1)"><link rel=feed href="file:///etc/passwd"><link rel=feed href="/x?k=\${KEY}"><link rel=feed href="//u:p@c.example/f">`,
    urls: ['https://c.example/f'],
  },
  { name: 'what is commented out', html: '<!-- <link rel=feed href=/old> -->', urls: [] },
];
for (const { name, html, urls } of pages) {
  test(`discoverFeeds: ${name}`, () => {
    assert.equal(
      discoverFeeds(Buffer.from(html), PAGE).map(({ url }) => url),
      urls,
    );
  });
}

test('discoverFeeds: a page of 100,000 links names 50', () => {
  const html = Array.from({ length: 100_000 }, (_, at) => `<link rel=feed href=/${at}>`).join('');
  assert.is(discoverFeeds(Buffer.from(html), PAGE).length, 50);
});

const known: readonly { address: string; first: string | undefined }[] = [
  {
    address: 'https://www.youtube.com/channel/UCx_1',
    first: 'https://www.youtube.com/feeds/videos.xml?channel_id=UCx_1',
  },
  {
    address: 'https://m.youtube.com/playlist?list=PL1',
    first: 'https://www.youtube.com/feeds/videos.xml?playlist_id=PL1',
  },
  { address: 'https://youtube.com/user/ann', first: 'https://www.youtube.com/feeds/videos.xml?user=ann' },
  { address: 'https://www.youtube.com/@ann', first: undefined },
  { address: 'https://old.reddit.com/r/rust', first: 'https://www.reddit.com/r/rust/.rss' },
  { address: 'https://www.reddit.com/r/rust/top/?t=week', first: 'https://www.reddit.com/r/rust/top/.rss?t=week' },
  { address: 'https://www.reddit.com/r/rust/.rss', first: undefined },
  { address: 'https://github.com/nodejs/node', first: 'https://github.com/nodejs/node/releases.atom' },
  { address: 'https://github.com/nodejs/node.git', first: 'https://github.com/nodejs/node/releases.atom' },
  { address: 'https://github.com/nodejs/node/tags', first: 'https://github.com/nodejs/node/tags.atom' },
  { address: 'https://github.com/nodejs/node/commits/main', first: 'https://github.com/nodejs/node/commits/main.atom' },
  { address: 'https://github.com/nodejs', first: 'https://github.com/nodejs.atom' },
  { address: 'https://github.com/nodejs/node/issues', first: undefined },
  { address: 'https://github.com/', first: undefined },
  { address: 'https://a.example/r/rust', first: undefined },
];
for (const { address, first } of known) {
  test(`knownFeeds: ${address}`, () => assert.is(knownFeeds(address)[0], first));
}

test('likelyFeeds: a profile as Mastodon has them', () => {
  assert.equal(likelyFeeds('https://social.example/@ann?x'), ['https://social.example/@ann.rss']);
  assert.equal(likelyFeeds('https://social.example/@ann/1234'), []);
});

test('usualFeeds: below the page, then at the front of its site', () => {
  const urls = usualFeeds('https://a.example/blog?x');
  assert.equal(
    [urls[0], urls[1], urls.at(-7)],
    ['https://a.example/blog/feed', 'https://a.example/blog/feed.xml', 'https://a.example/feed'],
  );
  assert.is(usualFeeds('https://a.example/').length, 7);
});

const formats: readonly { start: string; format: string }[] = [
  { start: '<?xml version="1.0"?>\n<!-- <feed> --><rss version="2.0">', format: 'RSS 2.0' },
  { start: "<rss version='0.91'>", format: 'RSS 0.91' },
  { start: '<rss>', format: 'RSS of no version' },
  { start: '<rdf:RDF xmlns="http://purl.org/rss/1.0/">', format: 'RSS 1.0' },
  { start: '<rdf:RDF xmlns="http://my.netscape.com/rdf/simple/0.9/">', format: 'RSS 0.90' },
  { start: '<feed xmlns="http://www.w3.org/2005/Atom">', format: 'Atom 1.0' },
  { start: '<atom:feed xmlns:atom="http://www.w3.org/2005/Atom">', format: 'Atom 1.0' },
  { start: '<feed version="0.3">', format: 'Atom 0.3' },
  { start: '{"version": "https://jsonfeed.org/version/1.1"}', format: 'JSON Feed 1.1' },
  { start: '{"version":"https:\\/\\/jsonfeed.org\\/version\\/1"}', format: 'JSON Feed 1.0' },
];
for (const { start, format } of formats) {
  test(`feedFormat: ${start}`, () => assert.is(feedFormat(Buffer.from(start)), format));
}

test('discoverFeeds: a page that is nested without end takes no time, and what stands before that is found', () => {
  const head = '<link rel=alternate type="application/rss+xml" href="/feed">';
  for (const deep of [
    '<div>'.repeat(200_000),
    '<i>'.repeat(60_000) + '</b>'.repeat(60_000),
    '<b><p>'.repeat(100_000),
  ]) {
    const startedAt = process.cpuUsage().user;
    const found = discoverFeeds(new TextEncoder().encode(head + deep), 'https://a.example/');
    assert.equal(
      found.map(({ url }) => url),
      ['https://a.example/feed'],
    );
    assert.ok(process.cpuUsage().user - startedAt < 3_000_000, 'it took 20 s');
  }
});

test.run();
