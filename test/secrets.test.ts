import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ViaductError } from '../src/errors.ts';
import type { Fetched } from '../src/fetch/fetcher.ts';
import { hideAddresses, redactionFor, redactReading, secretPieces } from '../src/secrets.ts';
import { aConfig, aSource } from './publish/build-item.ts';

const cases: readonly [written: string, url: string, pieces: readonly string[]][] = [
  ['https://a.example/rss?token=verysecret', 'https://a.example/rss?token=verysecret', ['verysecret']],
  ['https://me:hunter22@a.example/rss', 'https://me:hunter22@a.example/rss', ['hunter22']],
  [`https://a.example/\${KEY}/rss`, 'https://a.example/lowwords/rss', ['lowwords']],
  [
    'https://a.example/u/3f2a9c77b1d04e5a8c6f.xml',
    'https://a.example/u/3f2a9c77b1d04e5a8c6f.xml',
    ['3f2a9c77b1d04e5a8c6f.xml', '3f2a9c77b1d04e5a8c6f'],
  ],
  [
    'https://a.example/?k=a%2Fb%2Fcdef',
    'https://a.example/?k=a%2Fb%2Fcdef',
    ['a%252Fb%252Fcdef', 'a%2Fb%2Fcdef', 'a/b/cdef'],
  ],
  ['https://a.example/members/anna?page=2', 'https://a.example/members/anna?page=2', []],
];
for (const [written, url, pieces] of cases) {
  test(`secretPieces: ${written}`, () => assert.equal(secretPieces(written, url, { KEY: 'lowwords' }), pieces));
}

test('redactionFor: a private address is published in no spelling, nor as the start of another', () => {
  const url = 'https://bridge.example/feed?user=me&key=s3cret';
  const { text, url: publicUrl } = redactionFor(
    aConfig({ sources: [aSource({ id: 'b', url, private: true, homepage: 'https://x.com/me' })] }),
  );
  assert.is(publicUrl(url), undefined);
  assert.is(publicUrl(`${url}#item-1`), undefined);
  assert.is(publicUrl(`https://go.example/?to=${url}`), undefined);
  assert.is(publicUrl('https://bridge.example/other'), 'https://bridge.example/other');
  assert.is(text(`at ${url} now`), 'at https://x.com/me now');
  assert.is(text(`<a href="${url.replace('&', '&amp;')}">x</a>`), '<a href="https://x.com/me">x</a>');
});

test('redactionFor: a private source without homepage is its page here', () => {
  const { text } = redactionFor(
    aConfig({ sources: [aSource({ id: 'b', url: 'https://b.example/s', private: true })] }),
  );
  assert.is(text('https://b.example/s'), 'https://news.example.org/sources/b');
});

test('redactionFor: a homepage that is the private address is told nowhere', () => {
  const url = 'https://b.example/s3cretPath1/feed';
  const { text, url: publicUrl } = redactionFor(
    aConfig({ sources: [aSource({ id: 'b', url, private: true, homepage: url })] }),
  );
  assert.is(text(`at ${url} now`), 'at https://news.example.org/sources/b now');
  assert.is(publicUrl('https://b.example/s3cretPath1/ep1'), undefined);
});

test('redactionFor: a private feed at the root of its site hides itself, not the site', () => {
  const config = aConfig({ sources: [aSource({ id: 'b', url: 'https://b.example/', private: true })] });
  const { text, url: publicUrl } = redactionFor(config);
  assert.is(publicUrl('https://b.example/'), undefined);
  assert.is(publicUrl('https://b.example/post'), 'https://b.example/post');
  assert.is(text('see https://b.example/post'), 'see https://b.example/post');
});

/** What a private source answered after a redirect to `url`, with validators that hold nothing secret. */
function sameAfterRedirect(url: string): Extract<Fetched, { kind: 'fetched' }> {
  return {
    kind: 'fetched',
    status: 200,
    bytes: new Uint8Array(),
    bodyHash: '',
    wireBytes: 0,
    url,
    hops: [],
    freshness: { etag: '"1"', lastModified: 'Thu, 27 Aug 2026 10:00:00 GMT', maxAgeSeconds: 60 },
  };
}

test('redactReading: validators from a host that is a secret itself are not kept, since its name would be stored with them', () => {
  const source = aSource({ id: 'a', url: 'https://a.example/?k=s3cr3t-host', private: true, secrets: ['s3cr3t-host'] });
  const freshnessFrom = (url: string) => {
    const reading = redactReading(source, { kind: 'same', fetched: sameAfterRedirect(url) });
    return reading.kind === 'same' ? reading.fetched.freshness : undefined;
  };
  assert.equal(freshnessFrom('https://s3cr3t-host.cdn.example/feed'), { maxAgeSeconds: 60 });
  assert.is(freshnessFrom('https://cdn.example/feed')?.etag, '"1"');
});

test('redactReading: what stands in the public homepage, too, is no secret', () => {
  const source = aSource({
    id: 'a',
    url: 'https://hub.example/openAI/gpt4all/releases.atom?key=s3cr3tKey',
    private: true,
    homepage: 'https://hub.example/openAI/gpt4all/',
    secrets: ['s3cr3tKey'],
  });
  const error = new ViaductError(
    'parse/xml',
    'See https://hub.example/openAI/gpt4all/1 or https://hub.example/x/s3cr3tKey',
  );
  const fetched = sameAfterRedirect('https://hub.example/');
  const reading = redactReading(source, { kind: 'parse-failed', error, fetched });
  assert.is(
    reading.kind === 'parse-failed' && reading.error.message,
    'See https://hub.example/openAI/gpt4all/1 or https://hub.example/x/[private]',
  );
});

test('hideAddresses: an address in a message becomes words, whatever the case of its scheme', () => {
  assert.is(hideAddresses('It redirects to HTTPS://a.example/s3cret. Sorry'), 'It redirects to its address Sorry');
});

const PRIVATE = 'https://bridge.example/u/a8Kd93kLm2Qp/feed.xml?name=anna';
/** [address, is it published] beside a private one, with a homepage and another source. */
const concealed: readonly [string, boolean][] = [
  ['https://bridge.example/u/a8Kd93kLm2Qp/ep1.html', false],
  ['https://bridge.example/x/a8Kd93kLm2Qp.mp3', false],
  ['https://cdn.example/media?key=a8Kd93kLm2Qp', false],
  ['https://bridge.example/by/anna', false],
  ['https://bridge.example/by/annabel', true],
  ['https://elsewhere.example/by/anna', true],
  ['https://elsewhere.example/a8Kd93kLm2QpX', true],
  ['https://bridge.example/shows/1', true],
  ['https://bridge.example/news/feed.xml', true],
];
for (const [address, isPublished] of concealed) {
  test(`redactionFor: beside ${PRIVATE}, ${address} is ${isPublished ? '' : 'not '}published`, () => {
    const sources = [
      aSource({ id: 'b', url: PRIVATE, private: true, homepage: 'https://bridge.example/shows' }),
      aSource({ id: 'c', url: 'https://other.example/u/list.xml' }),
    ];
    const { url, text } = redactionFor(aConfig({ sources }));
    assert.is(url(address) !== undefined, isPublished);
    assert.is(text(`see <a href="${address}">it</a> and ${address}.`).includes(address), isPublished);
  });
}

test.run();
