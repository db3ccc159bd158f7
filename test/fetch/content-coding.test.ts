import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Coding, codingsOf, decodeBody } from '../../src/fetch/exchange.ts';
import { withServer } from '../helpers/http-server.ts';
import { aRequest, failureIn, withFetcher } from './fetch-builders.ts';

const MAX_BYTES = 400_000;
/** Does not compress. */
const noise = randomBytes(150_000);
const text = Buffer.from('<item>a feed that packs well</item>'.repeat(1000));

const pack: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: zlib.gzipSync,
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } }),
  deflate: zlib.deflateSync,
  'raw deflate': zlib.deflateRawSync,
};

const read = (wire: Buffer, codings: readonly Coding[]) => decodeBody(wire, codings, MAX_BYTES);

for (const [name, compress] of Object.entries(pack)) {
  const codings: Coding[] = [name.replace('raw ', '') as Coding];
  for (const [size, bytes] of [
    ['short', text],
    ['long', noise],
    ['empty', Buffer.alloc(0)],
  ] as const) {
    test(`decodeBody: ${name}, ${size}`, async () => {
      assert.ok((await read(compress(bytes), codings)).equals(bytes));
    });
  }
  for (const [size, bytes] of [
    ['short', text],
    ['long', noise],
  ] as const) {
    test(`decodeBody: ${name}, ${size}, cut anywhere is no whole body`, async () => {
      const wire = compress(bytes);
      for (const length of [wire.length - 1, wire.length - 4, wire.length >> 1]) {
        const error = await failureIn(read(wire.subarray(0, length), codings));
        assert.is(error.code, 'fetch/truncated', `${length} of ${wire.length}`);
      }
    });
  }
  test(`decodeBody: ${name} that is none is taken as it is where it is text, and gzip as gzip`, async () => {
    for (const start of ['<rss version="2.0">', ' {"items": []}', '\ufeff<feed/>']) {
      assert.is((await read(Buffer.from(start), codings)).toString(), start);
    }
    assert.ok((await read(zlib.gzipSync(text), codings)).equals(text));
    const other = Buffer.concat([Buffer.from([0x89]), noise]);
    assert.is((await failureIn(read(other, codings))).code, 'fetch/bad-coding');
  });
  test(`decodeBody: ${name}: a body over the limit is given up, packed small or not`, async () => {
    for (const bytes of [
      Buffer.alloc(5_000_000),
      Buffer.concat([noise, Buffer.alloc(5_000_000)]),
      Buffer.alloc(MAX_BYTES + 1),
    ]) {
      assert.is((await failureIn(read(compress(bytes), codings))).code, 'fetch/too-large');
    }
    assert.is((await read(compress(Buffer.alloc(MAX_BYTES)), codings)).length, MAX_BYTES);
  });
}

test('decodeBody: two codings, short and long', async () => {
  for (const bytes of [text, noise]) {
    const wire = zlib.brotliCompressSync(zlib.gzipSync(bytes));
    assert.ok((await read(wire, ['gzip', 'br'])).equals(bytes));
    assert.is((await failureIn(read(wire, ['br', 'gzip']))).code, 'fetch/bad-coding');
  }
  const bomb = zlib.gzipSync(zlib.gzipSync(Buffer.alloc(5_000_000)));
  assert.is((await failureIn(read(bomb, ['gzip', 'gzip']))).code, 'fetch/too-large');
});

test('decodeBody: two gzips in a row are one body, and rubbish after one is an error', async () => {
  for (const bytes of [text, noise]) {
    const half = bytes.length >> 1;
    const members = [zlib.gzipSync(bytes.subarray(0, half)), zlib.gzipSync(bytes.subarray(half))];
    assert.ok((await read(Buffer.concat(members), ['gzip'])).equals(bytes));
    const error = await failureIn(read(Buffer.concat([...members, Buffer.from('rubbish')]), ['gzip']));
    assert.is(error.code, 'fetch/bad-coding');
  }
});

test('decodeBody: bytes without a coding are as they came, and gzip is unpacked though nobody said so', async () => {
  const other = Buffer.concat([Buffer.from([0x89]), noise]);
  assert.ok((await read(other, [])).equals(other));
  const times = (count: number, bytes: Buffer): Buffer =>
    count === 0 ? bytes : zlib.gzipSync(times(count - 1, bytes));
  for (const count of [1, 2, 3]) assert.ok((await read(times(count, text), [])).equals(text));
  assert.ok((await read(times(4, text), [])).equals(zlib.gzipSync(text)));
  assert.is((await failureIn(read(times(3, Buffer.alloc(5_000_000)), []))).code, 'fetch/too-large');
  assert.is((await failureIn(read(zlib.gzipSync(text).subarray(0, 100), []))).code, 'fetch/truncated');
});

test('decodeBody: under a name that means nothing text is text and gzip is gzip; the rest cannot be read', async () => {
  assert.is((await read(Buffer.from('<rss/>'), ['unknown'])).toString(), '<rss/>');
  assert.ok((await read(zlib.gzipSync(text), ['unknown'])).equals(text));
  const zstd = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), noise]);
  assert.is((await failureIn(read(zstd, ['unknown']))).code, 'fetch/bad-coding');
});

test('codingsOf: names in every spelling, and what is refused', () => {
  const good = [
    [[], []],
    [[''], []],
    [['identity'], []],
    [['GZip'], ['gzip']],
    [['x-gzip'], ['gzip']],
    [['gzip, br'], ['gzip', 'br']],
    [
      ['gzip', 'deflate'],
      ['gzip', 'deflate'],
    ],
    [[' br ,, identity'], ['br']],
  ] as const;
  for (const [header, codings] of good) assert.equal(codingsOf(header), codings);
  for (const name of ['snappy', 'zstd', 'compress', 'gzip;q=1', 'UTF-8', 'none', 'aws-chunked'])
    assert.equal(codingsOf([name]), ['unknown']);
  assert.throws(() => codingsOf(['gzip, gzip, gzip']), /decoded/);
});

test('createHttpFetcher: a packed body arrives unpacked, and both sizes are told', async () => {
  for (const [coding, compress] of Object.entries(pack)) {
    const wire = compress(noise.subarray(0, 90_000));
    await withServer(
      (_request, response) => response.writeHead(200, { 'content-encoding': coding.replace('raw ', '') }).end(wire),
      async ({ url }) => {
        const fetched = await withFetcher(['127.0.0.1'], (fetch) => fetch(aRequest(url)));
        assert.is(fetched.kind === 'fetched' && fetched.wireBytes, wire.length);
        assert.ok(fetched.kind === 'fetched' && noise.subarray(0, 90_000).equals(fetched.bytes));
      },
    );
  }
});

for (const [coding, compress] of Object.entries({
  gzip: zlib.gzipSync,
  br: zlib.brotliCompressSync,
  identity: zlib.gzipSync,
})) {
  test(`createHttpFetcher: a bomb in ${coding} is left while it comes`, async () => {
    const wire = compress(Buffer.concat([randomBytes(80_000), Buffer.alloc(30_000_000), randomBytes(300_000)]));
    await withServer(
      (_request, response) => {
        // The rest never comes: the limit must be seen before the end.
        response.writeHead(200, { 'content-encoding': coding, 'content-length': wire.length + 1 }).write(wire);
      },
      async ({ url }) => {
        const error = await withFetcher(['127.0.0.1'], (fetch) => failureIn(fetch(aRequest(url))), {
          maxBodyBytes: 10_000_000,
        });
        assert.is(error.code, 'fetch/too-large');
      },
    );
  });
}

test('createHttpFetcher: a packed body that is large enough to be unpacked on trial arrives whole', async () => {
  const body = randomBytes(1_500_000);
  for (const [coding, compress] of Object.entries({
    gzip: zlib.gzipSync,
    br: zlib.brotliCompressSync,
    deflate: zlib.deflateSync,
  })) {
    await withServer(
      (_request, response) => response.writeHead(200, { 'content-encoding': coding }).end(compress(body)),
      async ({ url }) => {
        const fetched = await withFetcher(['127.0.0.1'], (fetch) => fetch(aRequest(url)), { maxBodyBytes: 2_000_000 });
        assert.ok(fetched.kind === 'fetched' && body.equals(fetched.bytes), coding);
      },
    );
  }
});

test.run();
