import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Asking, answer, encode, type Prepared, prepare, type Reply } from '../../src/web/prepared.ts';

const BODY = '<rss>'.padEnd(5000, 'viaduct ');
const ASKING: Asking = {
  method: 'GET',
  acceptEncoding: undefined,
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  fetchDest: undefined,
};

async function aDocument(body = BODY): Promise<Prepared> {
  const document = prepare(body, {
    contentType: 'application/rss+xml; charset=utf-8',
    documentType: 'application/xml; charset=utf-8',
    cacheControl: 'public, max-age=300',
    vary: 'Accept-Encoding, Sec-Fetch-Dest',
    lastModified: '2026-03-04T12:00:00.900Z',
  });
  await encode(document, 'gzip');
  await encode(document, 'br');
  return document;
}

function header({ headers }: Reply, name: string): string | undefined {
  const index = headers.findIndex((field, at) => at % 2 === 0 && field === name);
  return index === -1 ? undefined : headers[index + 1];
}

test('answer: each coding is the same bytes with a tag, a length and a name of its own', async () => {
  const document = await aDocument();
  const replies = [undefined, 'gzip', 'br'].map((acceptEncoding) => answer(document, { ...ASKING, acceptEncoding }));
  const [plain, gzip, br] = replies.map(({ body }) => body ?? Buffer.alloc(0));
  assert.is(plain?.toString(), BODY);
  assert.is(gunzipSync(gzip ?? '').toString(), BODY);
  assert.is(brotliDecompressSync(br ?? '').toString(), BODY);
  assert.equal(
    replies.map((reply) => header(reply, 'Content-Encoding')),
    [undefined, 'gzip', 'br'],
  );
  assert.equal(
    replies.map((reply) => Number(header(reply, 'Content-Length'))),
    replies.map(({ body }) => body?.length),
  );
  const [tag = ''] = replies.map((reply) => header(reply, 'ETag'));
  assert.match(tag, /^"[\w-]{22}"$/);
  assert.equal(
    replies.map((reply) => header(reply, 'ETag')),
    [tag, tag.replace(/"$/, '-gz"'), tag.replace(/"$/, '-br"')],
  );
});

test('answer: any of the three tags gives 304, which names the tag that the client has', async () => {
  const document = await aDocument();
  for (const ifNoneMatch of document.notModified.keys()) {
    for (const acceptEncoding of [undefined, 'gzip', 'br']) {
      const reply = answer(document, { ...ASKING, acceptEncoding, ifNoneMatch });
      assert.is(reply.status, 304);
      assert.is(reply.body, undefined);
      assert.is(header(reply, 'ETag'), ifNoneMatch);
      assert.is(header(reply, 'Vary'), 'Accept-Encoding, Sec-Fetch-Dest');
      assert.is(header(reply, 'Content-Length'), undefined);
    }
  }
});

const dates = [
  { name: 'the same second', since: 'Wed, 04 Mar 2026 12:00:00 GMT', status: 304 },
  { name: 'later', since: 'Wed, 04 Mar 2026 12:00:01 GMT', status: 304 },
  { name: 'earlier', since: 'Wed, 04 Mar 2026 11:59:59 GMT', status: 200 },
  { name: 'no date', since: 'yesterday', status: 200 },
];
for (const { name, since, status } of dates) {
  test(`answer: If-Modified-Since, ${name}`, async () => {
    assert.is(answer(await aDocument(), { ...ASKING, ifModifiedSince: since }).status, status);
  });
}

test('answer: If-None-Match decides alone where both are sent', async () => {
  const ifModifiedSince = 'Wed, 04 Mar 2026 12:00:00 GMT';
  const reply = answer(await aDocument(), { ...ASKING, ifNoneMatch: '"other"', ifModifiedSince });
  assert.is(reply.status, 200);
});

test('answer: HEAD is GET without the body', async () => {
  const document = await aDocument();
  const get = answer(document, { ...ASKING, acceptEncoding: 'gzip' });
  const head = answer(document, { ...ASKING, acceptEncoding: 'gzip', method: 'HEAD' });
  assert.equal(head.headers, get.headers);
  assert.is(head.body, undefined);
});

test('answer: the address bar of a browser gets the same bytes and tag as another type', async () => {
  const document = await aDocument();
  const reader = answer(document, { ...ASKING, fetchDest: 'empty' });
  const browser = answer(document, { ...ASKING, fetchDest: 'document' });
  assert.is(header(reader, 'Content-Type'), 'application/rss+xml; charset=utf-8');
  assert.is(header(browser, 'Content-Type'), 'application/xml; charset=utf-8');
  assert.is(browser.body, reader.body);
  assert.is(header(browser, 'ETag'), header(reader, 'ETag'));
});

test('answer: every answer carries the security headers', async () => {
  const document = await aDocument();
  for (const asking of [ASKING, { ...ASKING, ifNoneMatch: '*' }, { ...ASKING, method: 'HEAD' }]) {
    const reply = answer(document, asking);
    assert.match(
      header(reply, 'Content-Security-Policy') ?? '',
      /^default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    assert.is(header(reply, 'X-Content-Type-Options'), 'nosniff');
    const isNews = reply.status !== 304;
    assert.is(header(reply, 'Cross-Origin-Opener-Policy'), isNews ? 'same-origin' : undefined);
    assert.is(header(reply, 'Referrer-Policy'), isNews ? 'strict-origin-when-cross-origin' : undefined);
  }
});

test('encode: a coding that would be larger stays away', async () => {
  const reply = answer(await aDocument('x'), { ...ASKING, acceptEncoding: 'br' });
  assert.is(header(reply, 'Content-Encoding'), undefined);
  assert.is(reply.body?.toString(), 'x');
});

test('prepare: the hash tells bytes and types apart, and nothing else', () => {
  const recipe = { contentType: 'a/b', cacheControl: '', vary: '', lastModified: '2026-03-04T12:00:00.000Z' };
  const { hash } = prepare('x', recipe);
  assert.is(prepare('x', { ...recipe, lastModified: '2026-03-05T12:00:00.000Z' }).hash, hash);
  assert.is.not(prepare('y', recipe).hash, hash);
  assert.is.not(prepare('x', { ...recipe, contentType: 'a/c' }).hash, hash);
});

test.run();
