import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressKey, assignSourceIds, sourceId } from '../../src/config/source-id.ts';
import { looksRandom } from '../../src/secrets.ts';

const ids: readonly [address: string, id: string][] = [
  ['https://simonwillison.net/atom/everything/', 'simonwillison-net-everything'],
  ['https://huggingface.co/blog/feed.xml', 'huggingface-co-blog'],
  ['https://openai.com/news/rss.xml', 'openai-com-news'],
  ['https://www.technologyreview.com/feed/', 'technologyreview-com'],
  ['https://lobste.rs/rss', 'lobste-rs'],
  ['https://nodejs.org/en/feed/blog.xml', 'nodejs-org-en-blog'],
  ['https://go.dev/blog/feed.atom', 'go-dev-blog'],
  ['HTTPS://WWW.Example.ORG/Some%20Caf%C3%A9/index.php', 'example-org-some-cafe'],
  ['http://127.0.0.1:8081/feed/7', '127-0-0-1-8081-7'],
  ['https://example.org:443/rss', 'example-org'],
  ['http://[2606:4700::1]/rss', '2606-4700-1'],
  ['https://example.org/blog/blog.xml', 'example-org-blog'],
  ['https://example.org/%E6%96%87%E7%AB%A0/feed', 'example-org'],
  ['https://example.org/100%/feed', 'example-org-100'],
  ['https://example.org/rss?token=verysecret', 'example-org'],
  ['https://example.org/u/3f2a9c77b1d04e5a8c6f/rss', 'example-org-u'],
  ['https://xn--bcher-kva.example/rss', 'xn-bcher-kva-example'],
  ['file:welcome/welcome.xml', 'welcome'],
  ['file:lists/team.json', 'lists-team'],
];
for (const [address, id] of ids) {
  test(`sourceId: ${address} is ${id}`, () => assert.is(sourceId(address), id));
}

test('sourceId: a private address shows its host and a hash only', () => {
  assert.match(sourceId('https://example.org/members/anna/rss', { private: true }), /^example-org-[0-9a-f]{8}$/);
  assert.match(sourceId(`\${FEED_URL}`, { private: true }), /^feed-[0-9a-f]{8}$/);
  assert.match(sourceId(`https://\${HOST}/rss`, { private: true }), /^feed-[0-9a-f]{8}$/);
});

test('sourceId: neither a password nor what the environment fills in changes the id', () => {
  const id = sourceId('https://anna:old@example.org/rss', { private: true });
  assert.is(sourceId('https://anna:new@example.org/rss', { private: true }), id);
  assert.is(sourceId(`https://example.org/\${KEY}/rss`), 'example-org');
});

test('sourceId: is [a-z0-9-]{1,60} for every address', () => {
  const addresses = fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string().map((path) => `file:${path}`),
    fc.string().map((path) => `https://example.org/${path}`),
    fc.string(),
  );
  fc.assert(
    fc.property(addresses, fc.boolean(), (address, isPrivate) => {
      assert.match(sourceId(address, { private: isPrivate }), /^[a-z0-9-]{1,60}$/);
    }),
    { numRuns: 300 },
  );
});

const open = (address: string, id?: string) => ({ address, private: false, ...(id !== undefined && { id }) });

test('assignSourceIds: addresses that come out alike all get a hash, in whatever order they stand', () => {
  const list = [open('https://a.example/rss'), open('https://a.example/atom.xml'), open('https://b.example/rss')];
  const [rss, atom, other] = assignSourceIds(list);
  assert.match(rss ?? '', /^a-example-[0-9a-f]{8}$/);
  assert.match(atom ?? '', /^a-example-[0-9a-f]{8}$/);
  assert.is.not(rss, atom);
  assert.is(other, 'b-example');
  assert.equal(assignSourceIds([...list].reverse()), [other, atom, rss]);
});

test('assignSourceIds: an id that its owner gave stays, and the made one yields', () => {
  const [made, given] = assignSourceIds([open('https://a.example/rss'), open('https://b.example/rss', 'a-example')]);
  assert.match(made ?? '', /^a-example-[0-9a-f]{8}$/);
  assert.is(given, 'a-example');
});

test('assignSourceIds: a remembered id stays when a second address comes out alike, and yields to a given one', () => {
  const first = { ...open('https://a.example/rss'), remembered: 'a-example' };
  const [kept, second] = assignSourceIds([first, open('https://a.example/atom.xml')]);
  assert.is(kept, 'a-example');
  assert.match(second ?? '', /^a-example-[0-9a-f]{8}$/);
  const [yielding, given] = assignSourceIds([first, open('https://b.example/rss', 'a-example')]);
  assert.match(yielding ?? '', /^a-example-[0-9a-f]{8}$/);
  assert.is(given, 'a-example');
});

test('addressKey: an address as it is; a private one as a hash that a new password or key does not change', () => {
  const url = 'https://a.example/rss';
  assert.is(addressKey({ address: url, url, private: false }), url);
  const keyOf = (address: string, filled: string) => addressKey({ address, url: filled, private: true });
  const key = keyOf('https://me:one@a.example/rss', 'https://me:one@a.example/rss');
  assert.match(key, /^sha256:[0-9a-f]{64}$/);
  assert.is(keyOf('https://me:two@a.example/rss', 'https://me:two@a.example/rss'), key);
  assert.is(
    keyOf(`https://a.example/\${K}`, 'https://a.example/1'),
    keyOf(`https://a.example/\${K}`, 'https://a.example/2'),
  );
});

test('assignSourceIds: long addresses that differ only after the cut stay apart', () => {
  const long = `https://example.org/${'section/'.repeat(12)}`;
  const made = assignSourceIds([open(`${long}one`), open(`${long}two`)]);
  assert.is(new Set(made).size, 2);
  for (const id of made) assert.match(id, /^[a-z0-9-]{1,60}$/);
});

const parts: readonly [part: string, isRandom: boolean][] = [
  ['3f2a9c77b1d04e5a8c6f', true],
  ['0f8fad5b-d9cb-469f-a165-70867728950e', true],
  ['kJ8s0Qx2Lm4Zp7Rt9Yb1', true],
  ['2026-06-01-a-long-title-of-a-post', false],
  ['the-quick-brown-fox-jumps', false],
  ['everything', false],
  ['release-notes-version-20-20-2', false],
  ['3f2a9c77', false],
];
for (const [part, isRandom] of parts) {
  test(`looksRandom: ${part} ${isRandom ? 'does' : 'does not'}`, () => assert.is(looksRandom(part), isRandom));
}

test.run();
