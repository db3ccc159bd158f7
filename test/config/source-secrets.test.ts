import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { secretPieces } from '../../src/config/source-secrets.ts';

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

test.run();
