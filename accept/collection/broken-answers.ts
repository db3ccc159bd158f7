import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { RSS_TYPE, rssOf } from '../feed-text.ts';

/** Ways to answer that are no news, as the bytes of the whole answer. */
export interface BrokenAnswer {
  readonly name: string;
  send(socket: Socket): void;
  /** The answer breaks off: the poll must fail, and nothing in it may be kept. */
  readonly isCut?: true;
  /** A document that is whole and a feed: no failure, but still no reason to delete anything. */
  readonly isFeed?: true;
}

const ITEMS = Array.from({ length: 10 }, (_, n) => n + 1);
const WHOLE = rssOf(ITEMS);
const HTML = '<!doctype html><html><head><title>Wi-Fi login</title></head><body><h1>Hello</h1></body></html>';

export function sendWhole(socket: Socket): void {
  socket.end(answer('200 OK', WHOLE));
}

export const BROKEN_ANSWERS: readonly BrokenAnswer[] = [
  whole('nothing in it', '200 OK', ''),
  { ...whole('a feed without items', '200 OK', rssOf([])), isFeed: true },
  { ...whole('a feed of one other item', '200 OK', rssOf([99])), isFeed: true },
  whole('HTML instead', '200 OK', HTML),
  whole('an error page with 200', '200 OK', '<html><body><h1>500</h1></body></html>'),
  whole('an error document with 200', '200 OK', '<?xml version="1.0"?><error>rate limited</error>'),
  whole('JSON that is no feed', '200 OK', '{"error":"rate limited"}'),
  whole('204', '204 No Content', undefined),
  whole('205', '205 Reset Content', ''),
  whole('206', '206 Partial Content', WHOLE.slice(0, 300)),
  whole('226', '226 IM Used', rssOf([11])),
  whole('304 that was not asked for', '304 Not Modified', undefined),
  ...['401 Unauthorized', '403 Forbidden', '404 Not Found', '410 Gone', '429 Too Many Requests'].map((status) =>
    whole(status, status, HTML),
  ),
  ...['500 Oops', '502 Bad Gateway', '503 Service Unavailable'].map((status) => whole(status, status, HTML)),
  // XML that ends early can be read as far as it goes; what is missing has not vanished.
  { ...whole('a document cut in half', '200 OK', WHOLE.slice(0, WHOLE.length / 2)), isFeed: true },
  cut('gzip cut in half', (socket) => {
    const half = gzipSync(WHOLE).subarray(0, 200);
    socket.write(head('200 OK', `Content-Encoding: gzip\r\nContent-Length: ${half.length}\r\n`));
    socket.end(half);
  }),
  cut('Content-Length too long', (socket) => {
    socket.end(head('200 OK', `Content-Length: ${WHOLE.length + 4000}\r\n`) + WHOLE);
  }),
  cut('chunked without its last chunk', (socket) => {
    socket.end(`${head('200 OK', 'Transfer-Encoding: chunked\r\n')}${WHOLE.length.toString(16)}\r\n${WHOLE}\r\n`);
  }),
  cut('a chunk that is too long', (socket) => {
    socket.end(`${head('200 OK', 'Transfer-Encoding: chunked\r\n')}ffffffffffffffff\r\n${WHOLE}`);
  }),
  cut('a chunk length that is none', (socket) => {
    socket.end(`${head('200 OK', 'Transfer-Encoding: chunked\r\n')}zz\r\n${WHOLE}`);
  }),
  cut('reset in the middle of a body with a length', (socket) => {
    socket.write(head('200 OK', `Content-Length: ${WHOLE.length}\r\n`) + WHOLE.slice(0, WHOLE.length / 2));
    setTimeout(() => socket.resetAndDestroy(), 30);
  }),
  cut('reset in the middle of a body without a length', (socket) => {
    socket.write(head('200 OK', '') + WHOLE.slice(0, WHOLE.length / 2));
    setTimeout(() => socket.resetAndDestroy(), 30);
  }),
  cut('reset before the answer', (socket) => socket.resetAndDestroy()),
  cut('closed without an answer', (socket) => socket.end()),
];

function whole(name: string, status: string, body: string | undefined): BrokenAnswer {
  return { name, send: (socket) => void socket.end(answer(status, body)) };
}

function cut(name: string, send: (socket: Socket) => void): BrokenAnswer {
  return { name, send, isCut: true };
}

function answer(status: string, body: string | undefined): string {
  return body === undefined ? head(status, '') : head(status, `Content-Length: ${Buffer.byteLength(body)}\r\n`) + body;
}

function head(status: string, fields: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: ${RSS_TYPE}\r\nETag: "broken"\r\nConnection: close\r\n${fields}\r\n`;
}
