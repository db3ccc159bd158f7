import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { userAgent } from '../../src/fetch/user-agent.ts';

const PROJECT = 'https://github.com/viaduct-feeds/viaduct';
const cases = [
  { name: 'nothing known: the project’s page', facts: {}, expected: `viaduct/1.2.3 (+${PROJECT})` },
  {
    name: 'a public site',
    facts: { url: 'https://news.example.org' },
    expected: 'viaduct/1.2.3 (+https://news.example.org)',
  },
  {
    name: 'a contact before the site',
    facts: { contact: 'mailto:me@example.org', url: 'https://news.example.org' },
    expected: 'viaduct/1.2.3 (+mailto:me@example.org)',
  },
  { name: 'subscribers', facts: { subscribers: 12 }, expected: `viaduct/1.2.3 (+${PROJECT}; 12 subscribers)` },
  { name: 'no subscribers', facts: { subscribers: 0 }, expected: `viaduct/1.2.3 (+${PROJECT})` },
  ...[
    'http://localhost:8080',
    'http://127.0.0.1:8080',
    'http://[::1]:8080',
    'http://nas',
    'http://nas.local',
    'http://nas.lan.',
    'http://x.localhost',
    'not a url',
    'http://93.184.216.34',
  ].map((url) => ({
    name: `${url} is for nobody outside`,
    facts: { url },
    expected: `viaduct/1.2.3 (+${PROJECT})`,
  })),
  {
    name: 'a contact that would break out',
    facts: { contact: 'https://example.org/a (b);\r\nX: ü' },
    expected: 'viaduct/1.2.3 (+https://example.org/a%20%28b%29%3B%0D%0AX:%20%C3%BC)',
  },
];
for (const { name, facts, expected } of cases) {
  test(`userAgent: ${name}`, () => assert.is(userAgent({ version: '1.2.3', ...facts }), expected));
}

test('userAgent: half a surrogate pair is no reason to fall over', () => {
  assert.match(userAgent({ version: '1.2.3', contact: 'https://example.org/\ud800' }), /^[\x20-\x7e]+$/);
});

test.run();
