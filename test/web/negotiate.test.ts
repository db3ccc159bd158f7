import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseEncoding, matchingTag, parseHttpDate } from '../../src/web/negotiate.ts';

const encodings = [
  { name: 'no header', header: undefined, chosen: 'identity' },
  { name: 'an empty header', header: '', chosen: 'identity' },
  { name: 'what browsers send', header: 'gzip, deflate, br, zstd', chosen: 'br' },
  { name: 'gzip alone', header: 'gzip', chosen: 'gzip' },
  { name: 'the old name of gzip', header: 'x-gzip', chosen: 'gzip' },
  { name: 'upper case', header: 'GZIP;Q=1.0', chosen: 'gzip' },
  { name: 'what we do not have', header: 'deflate, zstd', chosen: 'identity' },
  { name: 'the highest weight wins', header: 'br;q=0.5, gzip;q=0.8', chosen: 'gzip' },
  { name: 'a weight of 0 refuses', header: 'br;q=0, gzip;q=0.000', chosen: 'identity' },
  { name: 'any', header: '*', chosen: 'br' },
  { name: 'any but br', header: 'br;q=0, *', chosen: 'gzip' },
  { name: 'identity preferred', header: 'gzip;q=0.5, identity', chosen: 'identity' },
  { name: 'identity as second choice', header: 'gzip, identity;q=0.5', chosen: 'gzip' },
  { name: 'identity refused, nothing else taken', header: 'identity;q=0', chosen: 'identity' },
  { name: 'spaces', header: ' gzip ; q=0.9 ,br ;q=0.1', chosen: 'gzip' },
  { name: 'a weight that is none', header: 'gzip;q=99', chosen: 'identity' },
  { name: 'a weight that is no number', header: '*;q=NaN', chosen: 'identity' },
  { name: 'the name of an object property', header: '__proto__, constructor;q=1', chosen: 'identity' },
  { name: '100 kB', header: 'gzip,'.repeat(20_000), chosen: 'identity' },
] as const;
for (const { name, header, chosen } of encodings) {
  test(`chooseEncoding: ${name}`, () => {
    assert.is(chooseEncoding(header), chosen);
    assert.is(chooseEncoding(header), chosen, 'and the same when it is asked again');
  });
}

test('chooseEncoding: never throws, whatever the header holds', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (header) => ['br', 'gzip', 'identity'].includes(chooseEncoding(header))),
  );
});

const OURS = ['"a"', '"a-gz"', '"a-br"'];
const tags = [
  { name: 'the tag itself', header: '"a-gz"', matched: '"a-gz"' },
  { name: 'the tag of another coding', header: '"a-br"', matched: '"a-br"' },
  { name: 'the preferred one of several of ours', header: '"a", "a-br", "a-gz"', matched: '"a-gz"' },
  { name: 'ours among others', header: '"x", "a",  "y"', matched: '"a"' },
  { name: 'a weak one', header: 'W/"a-gz"', matched: '"a-gz"' },
  { name: 'a list with a weak one', header: '"x",W/"a"', matched: '"a"' },
  { name: 'any', header: '*', matched: '"a-gz"' },
  { name: 'any, with spaces', header: ' * ', matched: '"a-gz"' },
  { name: 'another', header: '"b"', matched: undefined },
  { name: 'a tag with a comma inside', header: '"x,"a', matched: undefined },
  { name: 'no quotes', header: 'a-gz', matched: undefined },
  { name: 'nothing', header: '', matched: undefined },
  { name: 'a star in a list is no tag', header: '"b", *', matched: undefined },
];
for (const { name, header, matched } of tags) {
  test(`matchingTag: ${name}`, () => assert.is(matchingTag(header, OURS, '"a-gz"'), matched));
}

const dates = [
  { name: 'IMF-fixdate', text: 'Sun, 06 Nov 1994 08:49:37 GMT', ms: 784111777000 },
  { name: 'RFC 850', text: 'Sunday, 06-Nov-94 08:49:37 GMT', ms: 784111777000 },
  { name: 'asctime, which is UTC', text: 'Sun Nov  6 08:49:37 1994', ms: 784111777000 },
  { name: 'another zone', text: 'Sun, 06 Nov 1994 08:49:37 +0100', ms: undefined },
  { name: 'ISO 8601', text: '1994-11-06T08:49:37Z', ms: undefined },
  { name: 'a number', text: '784111777', ms: undefined },
  { name: 'a day that does not exist', text: 'Sun, 99 Nov 1994 08:49:37 GMT', ms: undefined },
];
for (const { name, text, ms } of dates) test(`parseHttpDate: ${name}`, () => assert.is(parseHttpDate(text), ms));

test.run();
