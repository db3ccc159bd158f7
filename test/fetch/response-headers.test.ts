import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { headerValues, readFreshness, readRetryAt } from '../../src/fetch/response-headers.ts';
import { NOW_MS } from './fetch-builders.ts';

const at = (seconds: number) => new Date(NOW_MS + seconds * 1000).toISOString();
const httpDate = (seconds: number) => new Date(NOW_MS + seconds * 1000).toUTCString();

const retries = [
  { name: 'seconds', headers: { 'retry-after': '3600' }, expected: at(3600) },
  { name: 'seconds with space', headers: { 'retry-after': ' 60 ' }, expected: at(60) },
  { name: 'a date', headers: { 'retry-after': httpDate(1800) }, expected: at(1800) },
  {
    name: 'a date of a server whose clock is wrong',
    headers: { 'retry-after': 'Mon, 01 Jan 2001 01:00:00 GMT', date: 'Mon, 01 Jan 2001 00:00:00 GMT' },
    expected: at(3600),
  },
  { name: 'a date of RFC 850', headers: { 'retry-after': 'Wednesday, 04-Mar-26 12:30:00 GMT' }, expected: at(1800) },
  { name: 'a date of asctime', headers: { 'retry-after': 'Wed Mar  4 12:30:00 2026' }, expected: at(1800) },
  { name: 'two lines: the first', headers: { 'retry-after': ['60', '120'] }, expected: at(60) },
  { name: 'zero', headers: { 'retry-after': '0' } },
  { name: 'the past', headers: { 'retry-after': 'Mon, 01 Jan 2001 00:00:00 GMT' } },
  { name: 'rubbish', headers: { 'retry-after': 'soon' } },
  { name: 'a fraction', headers: { 'retry-after': '1.5' } },
  { name: 'a negative number', headers: { 'retry-after': '-1' } },
  { name: 'nothing', headers: {} },
  {
    name: 'more seconds than a date can hold',
    headers: { 'retry-after': '9'.repeat(300) },
    expected: at(10 * 365 * 86_400),
  },
  {
    name: 'a date far away',
    headers: { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' },
    expected: at(10 * 365 * 86_400),
  },
];
for (const { name, headers, expected } of retries) {
  test(`readRetryAt: ${name}`, () => assert.is(readRetryAt(headers, NOW_MS), expected));
}

const ages = [
  { name: 'max-age', headers: { 'cache-control': 'public, max-age=60' }, expected: 60 },
  { name: 'max-age in capitals and quotes', headers: { 'cache-control': 'Max-Age="60"' }, expected: 60 },
  { name: 'max-age over two lines', headers: { 'cache-control': ['no-transform', 'max-age=60'] }, expected: 60 },
  { name: 'max-age less Age', headers: { 'cache-control': 'max-age=60', age: '50' }, expected: 10 },
  { name: 'Age beyond max-age', headers: { 'cache-control': 'max-age=60', age: '70' }, expected: 0 },
  { name: 's-maxage is not for us', headers: { 'cache-control': 's-maxage=60' } },
  { name: 'stale-while-revalidate is not max-age', headers: { 'cache-control': 'x-max-age=60' } },
  { name: 'max-age before Expires', headers: { 'cache-control': 'max-age=60', expires: httpDate(900) }, expected: 60 },
  { name: 'Expires', headers: { expires: httpDate(900) }, expected: 900 },
  {
    name: 'Expires − Date',
    headers: { expires: 'Mon, 01 Jan 2001 00:10:00 GMT', date: 'Mon, 01 Jan 2001 00:00:00 GMT' },
    expected: 600,
  },
  { name: 'Expires: 0', headers: { expires: '0' } },
  { name: 'Expires: -1', headers: { expires: '-1' } },
  { name: 'Expires in the past', headers: { expires: httpDate(-900) }, expected: 0 },
  { name: 'no-store, max-age=0', headers: { 'cache-control': 'no-store, max-age=0' }, expected: 0 },
  { name: 'rubbish', headers: { 'cache-control': 'max-age=abc, =, "", s-maxage' } },
  { name: 'an absurd number', headers: { 'cache-control': 'max-age=999999999999' }, expected: 10 * 365 * 86_400 },
];
for (const { name, headers, expected } of ages) {
  test(`readFreshness: ${name}`, () => {
    assert.equal(readFreshness(headers, NOW_MS), expected === undefined ? {} : { maxAgeSeconds: expected });
  });
}

const validators = [
  { name: 'both', headers: { etag: 'W/"1"', 'last-modified': 'x' }, expected: { etag: 'W/"1"', lastModified: 'x' } },
  { name: 'the same twice', headers: { etag: ['"1"', '"1"'] }, expected: { etag: '"1"' } },
  { name: 'two that differ', headers: { etag: ['"1"', '"2"'], 'last-modified': 'x' }, expected: { lastModified: 'x' } },
  { name: 'empty', headers: { etag: '' }, expected: {} },
  {
    name: 'absurdly long',
    headers: { etag: `"${'e'.repeat(8000)}"`, 'last-modified': 'x' },
    expected: { lastModified: 'x' },
  },
  { name: 'with a control character', headers: { etag: '"\x7f"' }, expected: {} },
];
for (const { name, headers, expected } of validators) {
  test(`readFreshness: validators: ${name}`, () => assert.equal(readFreshness(headers, NOW_MS), expected));
}

test('headerValues: a header named like a part of Object is only what was sent', () => {
  assert.equal(headerValues({}, 'constructor'), []);
  assert.equal(headerValues({ a: 'x', b: ['y', 'z'] }, 'b'), ['y', 'z']);
});

test.run();
