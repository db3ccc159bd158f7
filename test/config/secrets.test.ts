/** What an address hides stays hidden: in ids, in warnings and in every message. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/config/parse-config.ts';
import { secretWarnings } from '../../src/secrets.ts';
import { problems, read } from './config-under-test.ts';

const ENV = { TOKEN: 'S3CR3T', HOST_PORT: '10.0.0.1:99', SPACED: 'S3CR3T with space', EMPTY: '' };

const fates: readonly { name: string; source: string; isPrivate: boolean; url: string }[] = [
  {
    name: 'a password makes it private',
    source: '"https://u:S3CR3T@a.example/x"',
    isPrivate: true,
    url: 'https://u:S3CR3T@a.example/x',
  },
  {
    name: 'a password makes it private, whatever is said',
    source: '{"url": "https://u:S3CR3T@a.example/x", "private": false}',
    isPrivate: true,
    url: 'https://u:S3CR3T@a.example/x',
  },
  {
    name: 'the environment makes it private',
    source: `"https://a.example/\${TOKEN}/x"`,
    isPrivate: true,
    url: 'https://a.example/S3CR3T/x',
  },
  {
    name: 'the environment need not be a secret',
    source: `{"url": "https://a.example/\${TOKEN}/x", "private": false}`,
    isPrivate: false,
    url: 'https://a.example/S3CR3T/x',
  },
  {
    name: 'it is marked',
    source: '{"url": "https://a.example/x", "private": true}',
    isPrivate: true,
    url: 'https://a.example/x',
  },
  { name: 'nothing is hidden', source: '"https://a.example/x"', isPrivate: false, url: 'https://a.example/x' },
];
for (const { name, source, isPrivate, url } of fates) {
  test(`parseConfig: ${name}, and the id shows nothing of it`, () => {
    const config = read(`[${source}]`, ENV);
    const [only] = config.sources;
    assert.equal([only?.private, only?.url], [isPrivate, url]);
    assert.match(only?.id ?? '', isPrivate ? /^a-example-[0-9a-f]{8}$/ : /^a-example(-x)?$/);
    assert.not.match(secretWarnings(config).join(), 'S3CR3T');
  });
}

const refusals: readonly { name: string; address: string; told: string }[] = [
  {
    name: 'a variable that is not set',
    address: `https://a.example/\${NOPE}`,
    told: 'the environment variable NOPE is not set',
  },
  {
    name: 'an empty variable',
    address: `https://a.example/\${EMPTY}`,
    told: 'the environment variable EMPTY is not set',
  },
  {
    name: 'a name from Object.prototype',
    address: `https://a.example/\${constructor}`,
    told: 'the environment variable constructor is not set',
  },
  {
    name: 'braces that do not close',
    address: 'https://a.example/${TOKEN',
    told: 'expected the name of an environment variable in the braces after $',
  },
  {
    name: 'braces around no name',
    address: `https://a.example/\${TO KEN}`,
    told: 'expected the name of an environment variable in the braces after $',
  },
  {
    name: 'a value that is no part of an address',
    address: `https://a.example/\${SPACED}`,
    told: 'expected an address without spaces in it, once the environment is filled in',
  },
  {
    name: 'a value that is no address',
    address: `\${TOKEN}`,
    told: 'expected an address that begins with http:// or https://, once the environment is filled in',
  },
  {
    name: 'a value inside the network',
    address: `http://\${HOST_PORT}/x`,
    told: 'its host is not on the public Internet; if it is yours, add it to "allow"',
  },
  {
    name: 'a password inside the network',
    address: 'http://u:S3CR3T@127.0.0.1/x',
    told: 'its host is not on the public Internet; if it is yours, add it to "allow"',
  },
];
for (const { name, address, told } of refusals) {
  test(`parseConfig: ${name} is refused without repeating it`, () => {
    assert.equal(problems(`["${address}"]`, ENV), [`1:2 sources[0]: ${told}`]);
  });
}

test('parseConfig: a private source is not named by its host', () => {
  assert.equal(problems('[{"url": "http://192.168.1.7/x", "private": true}]'), [
    '1:10 sources[0].url: its host is not on the public Internet; if it is yours, add it to "allow"',
  ]);
});

test('parseConfig: no slip anywhere makes a message repeat an address', () => {
  const file = `{
    "allow": ["10.0.0.0/8"],
    "site": { "title": "News", "contact": "mailto:me@example.org" },
    "sources": [
      "https://lobste.rs/rss",
      { "url": "https://u:S3CR3T-in-the-address@a.example/feed", "via": "@a" },
      { "url": "https://b.example/S3CR3T-in-the-address/feed?key=S3CR3T-in-the-address", "private": true },
      "https://c.example/\${TOKEN}/feed"
    ]
  }`;
  const slip = fc.record({
    at: fc.integer({ min: 0, max: file.length }),
    removed: fc.integer({ min: 0, max: 3 }),
    added: fc.constantFrom('', '"', '""', ',', ':', '{', '}', '[', ']', '\n', '\\', ' ', '//', '@', 'x'),
  });
  let told = 0;
  fc.assert(
    fc.property(fc.array(slip, { minLength: 1, maxLength: 3 }), (slips) => {
      let text = file;
      for (const { at, removed, added } of slips) text = text.slice(0, at) + added + text.slice(at + removed);
      try {
        read(text, { TOKEN: 'S3CR3T-of-the-environment' });
      } catch (error) {
        assert.ok(error instanceof ConfigError);
        assert.not.match(error.message, /S3CR3T|in-the-address/);
        assert.ok(error.problems.length > 0);
        told += 1;
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(told > 200);
});

test.run();
