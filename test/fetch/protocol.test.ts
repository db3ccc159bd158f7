import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withRawServer } from '../helpers/http-server.ts';
import { aRequest, failureIn, GOOD, withFetcher } from './fetch-builders.ts';

const allow = ['127.0.0.1'];
const head = (lines = '') => `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n${lines}\r\n`;
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const packed = gzipSync(GOOD.repeat(20));

const cases: readonly {
  name: string;
  answer: string | Buffer;
  code: string;
  words?: string;
  after?: 'reset' | 'hang';
}[] = [
  { name: 'nothing at all', answer: '', code: 'fetch/closed' },
  { name: 'nothing but a reset', answer: '', after: 'reset', code: 'fetch/reset' },
  { name: 'half a header and a reset', answer: 'HTTP/1.1 200 OK\r\nContent-Ty', after: 'reset', code: 'fetch/reset' },
  { name: 'half a header and an end', answer: 'HTTP/1.1 200 OK\r\nContent-Ty', code: 'fetch/closed' },
  {
    name: 'a banner',
    answer: 'SSH-2.0-OpenSSH_9.9\x1b[2J\r\n',
    code: 'fetch/protocol',
    words: 'Its answer is not valid HTTP (Expected HTTP/, RTSP/ or ICE/).',
  },
  { name: 'HTTP 0.9', answer: GOOD, code: 'fetch/protocol' },
  { name: 'a status that is no number', answer: 'HTTP/1.1 abc OK\r\n\r\n', code: 'fetch/protocol' },
  {
    name: 'NUL in a header',
    answer: head('X-Nul: a\0b\r\n'),
    code: 'fetch/protocol',
    words: 'Its answer is not valid HTTP (Invalid header value char).',
  },
  {
    name: 'an upgrade',
    answer: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    after: 'hang',
    code: 'fetch/protocol',
  },
  { name: '100 Continue without end', answer: 'HTTP/1.1 100 Continue\r\n\r\n', after: 'hang', code: 'fetch/protocol' },
  {
    name: 'early hints without end',
    answer: 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50),
    after: 'hang',
    code: 'fetch/timeout-headers',
  },
  { name: 'headers without end', answer: 'HTTP/1.1 200 OK\r\nX-Slow: ', after: 'hang', code: 'fetch/timeout-headers' },
  {
    name: '101 header lines',
    answer: head(Array.from({ length: 100 }, (_, i) => `X-${i}: y\r\n`).join('')),
    code: 'fetch/headers-too-large',
  },
  { name: '64 KB of headers', answer: head(`X-Big: ${'a'.repeat(65_536)}\r\n`), code: 'fetch/headers-too-large' },
  { name: 'a negative length', answer: head('Content-Length: -1\r\n') + GOOD, code: 'fetch/protocol' },
  {
    name: 'two lengths',
    answer: head('Content-Length: 100\r\nContent-Length: 200\r\n') + GOOD,
    code: 'fetch/protocol',
  },
  { name: 'a length that is too long', answer: `${head('Content-Length: 5000\r\n')}${GOOD}`, code: 'fetch/truncated' },
  {
    name: 'a length that is too long, closing',
    answer: `${head('Content-Length: 5000\r\nConnection: close\r\n')}${GOOD}`,
    code: 'fetch/truncated',
  },
  {
    name: 'a length that is too long, and a reset',
    answer: `${head('Content-Length: 5000\r\nConnection: close\r\n')}${GOOD}`,
    after: 'reset',
    code: 'fetch/truncated',
  },
  {
    name: 'a length that is too long, and silence',
    answer: `${head('Content-Length: 5000\r\n')}${GOOD}`,
    after: 'hang',
    code: 'fetch/timeout',
  },
  {
    name: 'a length over the limit',
    answer: `${head('Content-Length: 99999999999999\r\n')}${GOOD}`,
    after: 'hang',
    code: 'fetch/too-large',
  },
  {
    name: 'a body over the limit',
    answer: `${head('Connection: close\r\n')}${'x'.repeat(100_001)}`,
    code: 'fetch/too-large',
  },
  {
    name: 'no length, and a reset in the middle',
    answer: head('Connection: close\r\n') + GOOD,
    after: 'reset',
    code: 'fetch/truncated',
  },
  {
    name: 'chunks without the last one',
    answer: head('Transfer-Encoding: chunked\r\n') + chunk(GOOD),
    code: 'fetch/truncated',
  },
  {
    name: 'chunks without the last one, closing',
    answer: head('Transfer-Encoding: chunked\r\nConnection: close\r\n') + chunk(GOOD),
    code: 'fetch/truncated',
  },
  {
    name: 'a chunk cut in half',
    answer: head('Transfer-Encoding: chunked\r\nConnection: close\r\n') + chunk(GOOD).slice(0, 40),
    code: 'fetch/truncated',
  },
  {
    name: 'a last chunk without its empty line',
    answer: `${head('Transfer-Encoding: chunked\r\nConnection: close\r\n')}${chunk(GOOD)}0\r\n`,
    code: 'fetch/truncated',
  },
  {
    name: 'a chunk size that is no number',
    answer: `${head('Transfer-Encoding: chunked\r\nConnection: close\r\n')}zz\r\n${GOOD}`,
    code: 'fetch/protocol',
  },
  {
    name: 'a chunk size of 64 bits',
    answer: `${head('Transfer-Encoding: chunked\r\nConnection: close\r\n')}ffffffffffffffff\r\n${GOOD}`,
    code: 'fetch/truncated',
  },
  {
    name: 'trailers without end',
    answer: `${head('Transfer-Encoding: chunked\r\n')}${chunk(GOOD)}0\r\nX-T: a\r\n`,
    after: 'hang',
    code: 'fetch/timeout',
  },
  {
    name: '64 KB of trailers',
    answer: `${head('Transfer-Encoding: chunked\r\n')}${chunk(GOOD)}0\r\n${`X-T: ${'a'.repeat(990)}\r\n`.repeat(70)}`,
    after: 'hang',
    code: 'fetch/headers-too-large',
  },
  {
    name: 'a coding that nobody knows',
    answer: `${head('Content-Encoding: snappy\r\nContent-Length: 1\r\n')}x`,
    code: 'fetch/bad-coding',
  },
  {
    name: 'three codings',
    answer: `${head('Content-Encoding: gzip, gzip, gzip\r\nContent-Length: 1\r\n')}x`,
    code: 'fetch/bad-coding',
  },
  {
    name: 'gzip that is none',
    answer: `${head('Content-Encoding: gzip\r\nConnection: close\r\n')}PNG${GOOD}`,
    code: 'fetch/bad-coding',
  },
  {
    name: 'gzip cut in half, with the right length',
    answer: Buffer.concat([
      Buffer.from(head(`Content-Encoding: gzip\r\nContent-Length: ${packed.length >> 1}\r\n`)),
      packed.subarray(0, packed.length >> 1),
    ]),
    code: 'fetch/truncated',
  },
];

for (const { name, answer, code, words, after } of cases) {
  test(`exchange: ${name}: ${code}`, async () => {
    await withRawServer(
      (socket) => play(socket, answer, after),
      async (server) => {
        const limits = { headersLimitMs: 300 };
        const error = await withFetcher(
          allow,
          (fetch) => failureIn(fetch(aRequest(server.url, { timeoutSeconds: 0.6 }))),
          limits,
        );
        assert.is(error.code, code);
        if (words !== undefined) assert.is(error.message, words);
        assert.match(error.message, /^[\x20-\x7e]+\.$/);
        assert.is(error.cause, undefined);
        assert.is(server.requests.length, 1);
      },
    );
  });
}

function play(socket: Socket, answer: string | Buffer, after?: 'reset' | 'hang'): void {
  const bytes = Buffer.from(answer as string, 'latin1');
  socket.write(bytes, () => {
    if (after === undefined) socket.end();
    // A reset overtakes what is not read yet.
    if (after === 'reset') setTimeout(() => socket.resetAndDestroy(), 50);
  });
}

const whole = [
  { name: 'without a length, to the end of the connection', answer: head('Connection: close\r\n') + GOOD },
  { name: 'of HTTP 1.0', answer: `HTTP/1.0 200 OK\r\n\r\n${GOOD}` },
  {
    name: 'in chunks',
    answer: `${head('Transfer-Encoding: chunked\r\n')}${chunk(GOOD.slice(0, 20))}${chunk(GOOD.slice(20))}0\r\n\r\n`,
  },
  {
    name: 'after early hints',
    answer: `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${head(`Content-Length: ${GOOD.length}\r\n`)}${GOOD}`,
  },
  {
    name: 'in its length, before more than that',
    answer: `${head(`Content-Length: ${GOOD.length}\r\nConnection: close\r\n`)}${GOOD}more`,
  },
  {
    name: 'with 100 header lines',
    answer:
      head(
        Array.from({ length: 97 }, (_, i) => `X-${i}: y\r\n`).join('') +
          `Connection: close\r\nContent-Length: ${GOOD.length}\r\n`,
      ) + GOOD,
  },
];
for (const { name, answer } of whole) {
  test(`exchange: a body ${name} is whole`, async () => {
    await withRawServer(
      (socket) => play(socket, answer),
      async ({ url }) => {
        const fetched = await withFetcher(allow, (fetch) => fetch(aRequest(url)));
        assert.is(fetched.kind === 'fetched' && fetched.bytes.toString(), GOOD);
      },
    );
  });
}

test('exchange: a body that drips is cut at the deadline, however lively it is', async () => {
  await withRawServer(
    (socket) => {
      socket.write(head());
      const timer = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(timer));
    },
    async (server) => {
      const error = await withFetcher(allow, (fetch) =>
        failureIn(fetch(aRequest(server.url, { timeoutSeconds: 0.3 }))),
      );
      assert.is(error.code, 'fetch/timeout');
    },
  );
});

test('exchange: the body of a failure is not waited for', async () => {
  await withRawServer(
    (socket) => socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 5000\r\n\r\n'),
    async (server) => {
      const error = await withFetcher(allow, (fetch) => failureIn(fetch(aRequest(server.url))));
      assert.is(error.code, 'fetch/status-404');
    },
  );
});

test.run();
