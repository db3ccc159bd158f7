/** Servers that fail a naive client, by what they do: slow, endless, coded, broken, redirecting, asking to wait. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { RSS_TYPE, rssOf } from '../feed-text.ts';
import { BROKEN_ANSWERS } from './broken-answers.ts';
import type { CaseRule, Expected } from './cases.ts';

export interface OwnServer extends CaseRule {
  answer(asked: Asked): void;
}

/** One request to a case. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** For answers that are no HTTP. */
  readonly socket: Socket;
  /** How often the case was asked, this time included. */
  readonly count: number;
  readonly query: URLSearchParams;
  /** http://HOST:PORT of the server, and of one that nobody may ask. */
  readonly base: string;
  readonly canary: string;
}

type Answer = OwnServer['answer'];

const WHOLE = rssOf([1]);
const HEAD = `HTTP/1.1 200 OK\r\nContent-Type: ${RSS_TYPE}\r\nConnection: close\r\n`;
const MODIFIED = 'Tue, 03 Mar 2026 10:00:00 GMT';
const KEEPS: Partial<Expected> = { oracles: ['prev-kept'] };

export const SERVERS: readonly OwnServer[] = [
  ...BROKEN_ANSWERS.map(({ name, send, isFeed }): OwnServer => {
    const isStatus = /^[45]\d\d /.test(name);
    const failure = name.startsWith('410') ? 'gone' : isStatus ? 'retry-later' : 'reject';
    const id = `answer-${name.toLowerCase().replaceAll(' ', '-')}`;
    return server(
      id,
      { outcome: isFeed ? 'either' : failure, ...KEEPS, ...(isStatus && { minDelayS: 1 }) },
      ({ socket }) => send(socket),
    );
  }),

  // Slow and endless.
  reject('drops-of-header', drops('HTTP/1.1 200 OK\r\nX-Slow: ', 'a'), { limits: { ms: 35_000 } }),
  reject('drops-of-body', drops(`${HEAD}\r\n<rss>`, ' ')),
  ok('slow-but-whole', 1, ({ socket }) => {
    socket.write(`${HEAD}Content-Length: ${WHOLE.length}\r\n\r\n`);
    const parts = WHOLE.match(/[\s\S]{1,100}/g)?.values() ?? [].values();
    repeat(socket, 500, () => socket.write(parts.next().value ?? ''));
  }),
  reject('never-answers', () => {}, { limits: { ms: 35_000 } }),
  reject('infinite-items', endless(`${HEAD}\r\n<rss><channel>`, '<item><title>more</title></item>'.repeat(500))),
  reject('infinite-fields', endless('HTTP/1.1 200 OK\r\n', `X-More: ${'a'.repeat(500)}\r\n`)),
  reject('infinite-early-hints', drops('', 'HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n', 20)),
  // Content codings.
  reject(
    'bomb-gzip',
    bomb('gzip', () => zlib.createGzip({ level: 9 })),
  ),
  reject('bomb-brotli', bomb('br', brotli)),
  reject(
    'bomb-deflate',
    bomb('deflate', () => zlib.createDeflate({ level: 9 })),
  ),
  // What the bytes are counts, not what was announced.
  ok('coding-unknown-of-text', 1, ok200({ 'content-encoding': 'aws-chunked' })),
  ok('coding-untrue', 1, ok200({ 'content-encoding': 'gzip' })),
  reject('coding-unknown', ({ response }) => {
    response.writeHead(200, { 'content-encoding': 'zstd' }).end(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 1, 2, 3]));
  }),
  ok('coding-undeclared', 1, ({ response }) => {
    response.writeHead(200, { 'content-type': RSS_TYPE }).end(zlib.gzipSync(WHOLE));
  }),
  // Not quite HTTP.
  reject('length-too-short', bytes(`${HEAD}Content-Length: 100\r\n\r\n${WHOLE}`)),
  reject('length-negative', bytes(`${HEAD}Content-Length: -1\r\n\r\n${WHOLE}`)),
  reject('length-twice', bytes(`${HEAD}Content-Length: 100\r\nContent-Length: 200\r\n\r\n${WHOLE}`)),
  reject('header-with-nul', bytes(`${HEAD}X-Nul: a\0b\r\n\r\n${WHOLE}`)),
  reject('no-status-line', bytes(WHOLE)),
  reject('ssh-greeting', bytes('SSH-2.0-OpenSSH_9.9\u001b[2J\r\n')),
  reject('switching-protocols', bytes('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n')),
  { ...reject('tls-self-signed', ok200({})), at: 'tls' },
  { ...reject('tls-not-spoken', ok200({})), at: 'plain-https' },
  { ...reject('unknown-name', ok200({})), at: 'http://unknown-name.invalid/feed' },

  // Redirects.
  ok('redirect-for-good', 1, redirect('/case/nothing-to-match', 301)),
  ok('redirect-near', 1, redirect('../case/nothing-to-match')),
  reject('redirect-round', redirect('/case/redirect-round'), { maxRequests: 11 }),
  reject('redirect-chain', (asked) => redirect(`/case/redirect-chain?hop=${asked.count}`)(asked), { maxRequests: 11 }),
  reject('redirect-to-nowhere', ({ response }) => response.writeHead(302).end()),
  ...[
    ['canary', '{{CANARY}}/redirect'],
    ['localhost', 'http://localhost:{{PORT}}/redirect'],
    ['decimal', 'http://2130706433:{{PORT}}/redirect'],
    ['ipv6', 'http://[::1]:{{PORT}}/redirect'],
    ['private', 'http://10.0.0.1/'],
    ['metadata', 'http://169.254.169.254/latest/meta-data/'],
    ['local6', 'http://[fd00::1]/'],
    ['file', 'file:///etc/passwd'],
    ['data', 'data:application/rss+xml,<rss/>'],
  ].map(([name, to = '']) =>
    reject(
      `redirect-into-${name}`,
      (asked) => {
        const { port } = new URL(asked.canary);
        redirect(to.replace('{{CANARY}}', asked.canary).replace('{{PORT}}', port))(asked);
      },
      { oracles: ['prev-kept', 'no-canary'] },
    ),
  ),
  // What other headers say, nobody does.
  ok('refresh', 1, ({ response, canary }) => {
    const link = `<${canary}/preload>; rel=preload, <${canary}/hub>; rel="hub"`;
    response.writeHead(200, { 'content-type': RSS_TYPE, refresh: `0;url=${canary}/refresh`, link }).end(WHOLE);
  }),
  ok('cookies', 1, ok200({ 'set-cookie': ['track=me; Path=/', '__Host-x=1; Secure; Path=/'] })),

  // Validators.
  ok('nothing-to-match', 1, ok200({})),
  ok('etag', 1, validators({ etag: '"abc"', 'last-modified': MODIFIED }), { oracles: ['validators-exact'] }),
  ok('etag-bare', 1, validators({ etag: 'abc' }), { oracles: ['validators-exact'] }),
  ok('last-modified-odd', 1, validators({ 'last-modified': 'yesterday, about noon' }), {
    oracles: ['validators-exact'],
  }),
  ok('etag-untrue', 2, ({ response, count }) => {
    const body = rssOf(count > 1 ? [1, 2] : [1]);
    response.writeHead(200, { 'content-type': RSS_TYPE, etag: '"same"' }).end(body);
  }),
  server('not-modified-for-ever', { outcome: 'not-modified', items: 1 }, ({ request, response }) => {
    const isAsked = request.headers['if-none-match'] !== undefined;
    response.writeHead(isAsked ? 304 : 200, { 'content-type': RSS_TYPE, etag: '"f"' }).end(isAsked ? undefined : WHOLE);
  }),
  // Asking to wait; '…-host' is about a second feed of the same host, too.
  later('429-for-a-while', 3600, () => '3600'),
  later('429-until-a-date', 3500, () => new Date(Date.now() + 3_600_000).toUTCString()),
  later('503-for-a-while', 1800, () => '1800', 503),
  later('429-until-the-past', 1, () => 'Mon, 01 Jan 2001 00:00:00 GMT'),
  later('429-whole-host', 3600, () => '3600'),

  {
    ...ok(
      'id-edited',
      1,
      changing(([n]) => [n]),
    ),
    kind: 'identity',
  },
  {
    ...server(
      'id-vanishing',
      { outcome: 'ok', items: 10, maxGrowth: 0 },
      changing((all, n) => (n % 3 === 2 ? [] : all)),
    ),
    kind: 'identity',
  },
];

function server(id: string, expected: Expected, answer: Answer): OwnServer {
  return { id, kind: 'server', expected, answer };
}

function ok(id: string, items: number, answer: Answer, more: Partial<Expected> = {}): OwnServer {
  return server(id, { outcome: 'ok', items, ...more }, answer);
}

function reject(id: string, answer: Answer, more: Partial<Expected> = {}): OwnServer {
  return server(id, { outcome: 'reject', ...KEEPS, ...more }, answer);
}

function later(id: string, minDelayS: number, retryAfter: () => string, status = 429): OwnServer {
  return server(id, { outcome: 'retry-later', minDelayS, ...KEEPS }, ({ response, query }) => {
    if (query.get('i') === '1') response.writeHead(200, { 'content-type': RSS_TYPE }).end(WHOLE);
    else response.writeHead(status, { 'retry-after': retryAfter() }).end();
  });
}

function ok200(headers: Readonly<Record<string, string | string[]>>): Answer {
  return ({ response }) => void response.writeHead(200, { 'content-type': RSS_TYPE, ...headers }).end(WHOLE);
}

function redirect(location: string, status = 302): Answer {
  return ({ response }) => void response.writeHead(status, { location }).end();
}

/** 304 to exactly these validators, and to nothing else. */
function validators(headers: { readonly etag?: string; readonly 'last-modified'?: string }): Answer {
  return ({ request, response }) => {
    const { 'if-none-match': etag, 'if-modified-since': since } = request.headers;
    const isSame = etag === headers.etag && (since === headers['last-modified'] || headers.etag !== undefined);
    const isAsked = etag !== undefined || since !== undefined;
    response.writeHead(isAsked && isSame ? 304 : 200, { 'content-type': RSS_TYPE, ...headers });
    response.end(isAsked && isSame ? undefined : WHOLE);
  };
}

/** Ten items, or what is listed of them at the n-th request; their texts are edited each time. */
function changing(listed: (all: readonly number[], n: number) => readonly (number | undefined)[]): Answer {
  const all = Array.from({ length: 10 }, (_, n) => n);
  return ({ response, count }) => {
    const items = listed(all, count).map((n = 0) => [n, `<category>edit ${count}</category>`] as const);
    response.writeHead(200, { 'content-type': RSS_TYPE }).end(rssOf(items));
  };
}

function bytes(text: string): Answer {
  return ({ socket }) => void socket.end(text);
}

function drops(first: string, more: string, everyMs = 1000): Answer {
  return ({ socket }) => {
    if (first !== '') socket.write(first);
    repeat(socket, everyMs, () => socket.write(more));
  };
}

function repeat(socket: Socket, everyMs: number, work: () => void): void {
  const timer = setInterval(work, everyMs);
  socket.on('close', () => clearInterval(timer));
}

/** As fast as the client takes it. */
function endless(first: string, more: string): Answer {
  return ({ socket }) => {
    const goOn = () => {
      while (!socket.destroyed && socket.write(more));
    };
    socket.on('drain', goOn).write(first);
    goOn();
  };
}

/** Half a gigabyte of zeros, a thousandth of it on the wire. */
function bomb(coding: string, compressor: () => zlib.Gzip | zlib.Deflate | zlib.BrotliCompress): Answer {
  return ({ response }) => {
    const zeros = Readable.from(
      (function* () {
        for (let n = 0; n < 8192; n += 1) yield Buffer.alloc(65_536);
      })(),
    );
    const pressed = compressor();
    const stop = () => {
      zeros.destroy();
      pressed.destroy();
    };
    for (const stream of [zeros, pressed]) stream.on('error', stop);
    response.writeHead(200, { 'content-type': RSS_TYPE, 'content-encoding': coding }).on('close', stop);
    zeros.pipe(pressed).pipe(response);
  };
}

function brotli(): zlib.BrotliCompress {
  return zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } });
}
