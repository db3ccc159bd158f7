import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publicFeedUrl, webUrl } from '../../src/publish/web-url.ts';
import { aSource } from './build-item.ts';

const cases: readonly (readonly [url: string | undefined, told: string | undefined])[] = [
  ['https://a.example/b?c=d&e#f', 'https://a.example/b?c=d&e#f'],
  ['https://a.example', 'https://a.example/'],
  ['http://a.example:8080/x', 'http://a.example:8080/x'],
  ['https://user:secret@a.example/b', 'https://a.example/b'],
  ['https://a.example/b c|d{e}"f', 'https://a.example/b%20c%7Cd%7Be%7D%22f'],
  ['https://a.example/?q=a|b^[c]`', 'https://a.example/?q=a%7Cb%5E%5Bc%5D%60'],
  ['https://a.example/ü?ü#ü', 'https://a.example/%C3%BC?%C3%BC#%C3%BC'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ['https://a.example/100%', 'https://a.example/100%'],
  ['\u0001https://a.example/', 'https://a.example/'],
  ['/relative', undefined],
  ['javascript:alert(1)', undefined],
  ['file:///etc/passwd', undefined],
  ['mailto:a@b.example', undefined],
  ['https://', undefined],
  ['', undefined],
  [undefined, undefined],
];
for (const [url, told] of cases) {
  test(`webUrl: ${JSON.stringify(url)}`, () => assert.is(webUrl(url), told));
}

test('webUrl: the ten-thousandth answer is the first (URL.canParse changes its mind about Latin-1)', () => {
  const answers = new Set<string | undefined>();
  for (let call = 0; call < 20_000; call += 1) answers.add(webUrl('https://ü.example/é'));
  assert.equal([...answers], ['https://xn--tda.example/%C3%A9']);
});

test('webUrl: its own output stays as it is', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string(), (url, more) => {
      const told = webUrl(url + more);
      assert.is(webUrl(told), told);
    }),
  );
});

const feeds: readonly (readonly [Parameters<typeof aSource>[0], string | undefined])[] = [
  [{ id: 'a', url: 'https://a.example/feed.xml' }, 'https://a.example/feed.xml'],
  [{ id: 'a', url: 'https://a.example/feed.xml', private: true }, undefined],
  [{ id: 'a', url: 'https://user:secret@a.example/feed.xml' }, undefined],
  [{ id: 'a', url: 'file:///srv/welcome.xml' }, undefined],
];
for (const [source, told] of feeds) {
  test(`publicFeedUrl: ${source.url}${source.private ? ', private' : ''}`, () => {
    assert.is(publicFeedUrl(aSource(source)), told);
  });
}

test.run();
