/** Keys of links: equal for one page, different for two. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanLink, hostOfUrl, isHomepage, pathKey, strongKey, weakKey } from '../../src/identity/url-keys.ts';

const OWN = new Set(['links.example']);
const KEY = 'a.example/tea';

/** All spellings of one page. */
const strong: readonly [string, string, string][] = [
  ['as it is', 'https://a.example/tea', KEY],
  ['scheme', 'http://a.example/tea', KEY],
  ['www and trailing slash', 'https://www.a.example/tea/', KEY],
  ['case and dot of the host', 'https://A.Example./tea', KEY],
  ['default port (RFC 3986 §6.2.3)', 'https://a.example:443/tea', KEY],
  ['dot segments (RFC 3986 §6.2.2.3)', 'https://a.example/x/../tea', KEY],
  ['percent-encoded letters (RFC 3986 §6.2.2.2)', 'https://a.example/%74ea', KEY],
  ['an empty query', 'https://a.example/tea?', KEY],
  ['tracking', 'https://a.example/tea?utm_source=x&FBCLID=1&mtm_a=2&_hsenc=p&at_link_id=5&hsCtaTracking=9', KEY],
  [
    'the site that links (Ghost)',
    'https://a.example/tea?ref=links.example&source=https%3A%2F%2Fwww.links.example%2F',
    KEY,
  ],
  ['tracking in the fragment', 'https://a.example/tea#xtor=RSS-1', KEY],
  ['a text fragment', 'https://a.example/tea#:~:text=kettle', KEY],
  ['google.com/url', 'https://www.google.com/url?sa=t&url=https%3A%2F%2Fa.example%2Ftea', KEY],
  ['google.de/url with q', 'https://www.google.de/url?q=https://a.example/tea&ust=1', KEY],
  ['google.com/amp/s', 'https://www.google.com/amp/s/a.example/tea', KEY],
  ['cdn.ampproject.org', 'https://a-example.cdn.ampproject.org/c/s/a.example/tea', KEY],
  [
    'facebook around ampproject',
    'https://lm.facebook.com/l.php?u=https%3A%2F%2Fa-example.cdn.ampproject.org%2Fv%2Fa.example%2Ftea&h=1',
    KEY,
  ],
  ['hex in upper case (RFC 3986 §6.2.2.1)', 'https://a.example/caf%c3%a9', 'a.example/caf%C3%A9'],
  ['Unicode in the path', 'https://a.example/café', 'a.example/caf%C3%A9'],
  ['IDNA', 'https://bücher.example/', 'xn--bcher-kva.example'],
  ['order of parameters', 'https://a.example/a?s=tea&id=5', 'a.example/a?id=5&s=tea'],
  ['youtube.com/watch', 'https://m.youtube.com/watch?t=3&v=aFCO6WidGVM', 'youtu.be/aFCO6WidGVM'],
  ['youtu.be', 'https://youtu.be/aFCO6WidGVM?si=x', 'youtu.be/aFCO6WidGVM'],
  ['youtube.com/shorts', 'https://www.youtube.com/shorts/aFCO6WidGVM', 'youtu.be/aFCO6WidGVM'],
  ['case of the path stays', 'https://a.example/Tea', 'a.example/Tea'],
  ['other ports stay', 'https://a.example:8080/tea', 'a.example:8080/tea'],
  ['other subdomains stay', 'https://blog.a.example/tea', 'blog.a.example/tea'],
  ['www alone is a host', 'https://www.example/tea', 'www.example/tea'],
  ['unknown, empty and repeated parameters stay', 'https://a.example/?b=&a=2&a=1&b', 'a.example?a=1&a=2&b&b='],
  ['ref that names a version stays', 'https://a.example/notes?ref=v1.0', 'a.example/notes?ref=v1.0'],
  ['an anchor stays', 'https://a.example/log.html#v1.3', 'a.example/log.html#v1.3'],
  ['a route stays', 'https://a.example/#/post/1', 'a.example#/post/1'],
  ['matrix parameters stay', 'https://a.example/tea;v=1', 'a.example/tea;v=1'],
  ['a login stays', 'https://me@a.example/tea', 'me:@a.example/tea'],
];
for (const [name, url, key] of strong) {
  test(`strongKey: ${name}`, () => {
    assert.is(strongKey(url, OWN), key);
  });
}

test('strongKey: a wrapper in a wrapper in a wrapper is taken off, a fourth is not', () => {
  const wrapped = (times: number): string =>
    times === 0 ? 'https://a.example/tea' : `https://l.facebook.com/l.php?u=${encodeURIComponent(wrapped(times - 1))}`;
  assert.equal(
    [3, 4].map((times) => strongKey(wrapped(times))?.slice(0, 17)),
    [KEY, 'l.facebook.com/l.'],
  );
});

test('strongKey: only absolute http(s) has one', () => {
  assert.equal(
    ['tag:a.example,2026:1', 'urn:uuid:1', '/tea', 'ftp://a.example/tea', 'https://', ''].map((url) => strongKey(url)),
    [undefined, undefined, undefined, undefined, undefined, undefined],
  );
});

const weak: readonly [string, string, string][] = [
  ['mobile host', 'm.a.example/tea', KEY],
  ['AMP host', 'amp.a.example/tea', KEY],
  ['a host of one letter is one', 'm.example/tea', 'm.example/tea'],
  ['index file', 'a.example/tea/index.html', KEY],
  ['trailing /amp', 'a.example/tea/amp', KEY],
  ['leading /amp', 'a.example/amp/tea', KEY],
  ['.amp.html', 'a.example/tea.amp.html', 'a.example/tea.html'],
  ['double slash', 'a.example//tea', KEY],
  ['doubtful parameters', 'a.example/tea?cmp=1&outputType=amp&ref=v1.0', KEY],
  ['other parameters stay', 'a.example/tea?id=1&ref=x', 'a.example/tea?id=1'],
  ['anchor', 'a.example/tea#more-101', KEY],
  ['comment', 'a.example/tea#comment-3', 'a.example/tea#comment-3'],
  ['post of a forum', 'a.example/tea?t=1#p39', 'a.example/tea?t=1#p39'],
  ['route', 'a.example#!/tea', 'a.example#!/tea'],
];
for (const [name, key, expected] of weak) {
  test(`weakKey: ${name}`, () => {
    assert.is(weakKey(key), expected);
  });
}

test('isHomepage: under all its names', () => {
  const names = [
    'https://a.example',
    'http://www.a.example/index.php',
    'https://m.a.example/?ref=x#top',
    'https://a.example:8080/',
  ];
  assert.equal(
    names.map((url) => isHomepage(strongKey(url) ?? '')),
    [true, true, true, true],
  );
  const pages = ['https://a.example/tea', 'https://a.example/?p=1', 'https://a.example/#/tea'];
  assert.equal(
    pages.map((url) => isHomepage(strongKey(url) ?? '')),
    [false, false, false],
  );
});

test('pathKey: what survives a move to another host', () => {
  assert.is(pathKey('a.example/tea?id=1#x'), pathKey('b.example:8080/tea?id=1'));
  assert.is.not(pathKey('a.example/tea?id=1'), pathKey('a.example/tea'));
  assert.is(pathKey('a.example#x'), undefined);
});

const clean: readonly [string, string, string][] = [
  ['tracking goes', 'https://A.example/Tea/?utm_source=x&b=%7e&fbclid=2', 'https://A.example/Tea/?b=%7e'],
  ['the question mark goes with the last', 'https://a.example/tea?utm_source=x#top', 'https://a.example/tea#top'],
  ['tracking in the fragment goes', 'https://a.example/tea#utm_source=x', 'https://a.example/tea'],
  [
    'nothing else is touched',
    'http://www.a.example:80//tea/?b=2&a=1&&ref=v1#more',
    'http://www.a.example:80//tea/?b=2&a=1&&ref=v1#more',
  ],
  ['a bare question mark is not', 'https://a.example/tea?', 'https://a.example/tea?'],
];
for (const [name, url, expected] of clean) {
  test(`cleanLink: ${name}`, () => {
    assert.is(cleanLink(url, OWN), expected);
  });
}

test('strongKey and hostOfUrl: what needs no URL parser gets the key that the parser gives', () => {
  const hosts =
    `a.example www.a.example www.com WWW.a.example a.example. a.example:80 u@a.example a_b.example -a.example 127.0.0.1 0x7f.1
    localhost xn--tea-1.example google.com www.google.co.uk m.youtube.com youtu.be a.cdn.ampproject.org l.facebook.com`.split(
      /\s+/,
    );
  const paths = [
    '',
    '/',
    '//',
    '/tea',
    '/tea/',
    '/tea//',
    '/a/../b',
    '/.',
    '/..a',
    '/a.b',
    '/a/./b',
    '/a%7eb',
    '/a b',
    '/ä',
    '/url',
    '/~a',
    '/-',
  ];
  const ends = ['', '#x', '#utm_x', '#rss', '#', '#a/b', '?', '?a=1', '?a=1#x', '\\x', '\n'];
  for (const host of hosts) {
    for (const url of paths.flatMap((path) => ends.map((end) => `https://${host}${path}${end}`))) {
      const parsed = url.replace('https', 'HTTPS');
      assert.is(strongKey(url), strongKey(parsed), url);
      assert.is(hostOfUrl(url), hostOfUrl(parsed), url);
    }
  }
});

test('hostOfUrl: without www, of http(s) only', () => {
  assert.equal(['https://WWW.A.example./x', 'file:///x', 'x'].map(hostOfUrl), ['a.example', undefined, undefined]);
});
test.run();
