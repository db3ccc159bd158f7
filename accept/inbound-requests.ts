/** A hostile request as bytes, and the statuses that are a good answer (0: closed without one). */
export interface InboundRequest {
  readonly name: string;
  readonly bytes: string;
  readonly good: readonly number[];
}

const get = (path: string, ...headers: readonly string[]) =>
  [
    'GET ',
    path,
    ' HTTP/1.1\r\nHost: localhost\r\n',
    ...headers.map((line) => `${line}\r\n`),
    'Connection: close\r\n\r\n',
  ].join('');
const send = (method: string, path: string, body: string, ...headers: readonly string[]) =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n${body}`;

/** Requests that no reader would send. `item` is the id of an item that is there. */
export function inboundRequests(item: string): readonly InboundRequest[] {
  const one = (name: string, good: readonly number[], ...requests: readonly string[]) =>
    requests.map((bytes): InboundRequest => ({ name, bytes, good }));
  const writes = ['/', '/poll', '/refresh', '/admin', '/api/sources', '/feed.xml', `/items/${item}`];
  return [
    ...one(
      'in-open-redirect',
      [404, 301, 400],
      get('/go?u=https://evil.example'),
      get('/go?u=//evil.example'),
      get('/go/https://evil.example'),
      get('/go?u=/%5cevil.example'),
      get('//evil.example/%2e%2e'),
      get('//evil.example//'),
      get('/\\evil.example/'),
      get('/%2f%2fevil.example/'),
      get('/latest/?x=//evil.example'),
    ),
    ...one('in-crlf', [404], get('/go/1%0d%0aSet-Cookie:%20x=1'), get('/items/%0d%0aSet-Cookie:%20x=1/x')),
    ...one('in-crlf-agent', [200, 400], get('/', 'User-Agent: a\x1b[2Jb')),
    ...one('in-header-smuggled', [400], get('/', 'X-A: 1\nX-B: 2\r X')),
    ...one(
      'in-admin-anon',
      [404, 405],
      ...writes.flatMap((path) => ['POST', 'PUT', 'DELETE', 'PATCH'].map((method) => send(method, path, ''))),
      get('/admin?token=wrong'),
      get('/refresh', 'Authorization: Bearer wrong'),
    ),
    ...one(
      'in-csrf',
      [404, 405],
      send(
        'POST',
        '/api/sources',
        '{"url":"https://x.example"}',
        'Origin: https://evil.example',
        'Content-Type: text/plain',
        'Cookie: session=1',
      ),
    ),
    ...one(
      'in-json-bad',
      [404, 405],
      send('POST', '/api/sources', '{"__proto__":{"x":1}}', 'Content-Type: application/json'),
      send('POST', '/', '['.repeat(100_000), 'Content-Type: application/json'),
      send('POST', '/', '{"a":1', 'Content-Type: application/json'),
    ),
    ...one(
      'in-range',
      [200, 206, 416],
      get('/feed.xml', `Range: bytes=${Array(1000).fill('0-').join(',')}`),
      get('/feed.xml', 'Range: bytes=-1'),
      get('/feed.xml', 'Range: bytes=9999999-'),
    ),
    ...one(
      'in-accept',
      [200],
      get('/', 'Accept: */*;q=NaN'),
      get('/', 'Accept-Encoding: gzip;q=99'),
      get('/', `Accept-Language: ${'a'.repeat(30_000)}`),
      get('/feed.xml', `Accept-Encoding: ${'gzip,'.repeat(6_000)}`),
    ),
    ...one('in-large-headers', [431], get('/', `Accept-Language: ${'a'.repeat(100_000)}`)),
    ...one(
      'in-validators',
      [200],
      get('/feed.xml', `If-None-Match: ${'"a",'.repeat(7_500)}`),
      get('/feed.xml', 'If-Modified-Since: NaN'),
    ),
    ...one(
      'in-error-page',
      [404, 200],
      get('/<script>VIAXSS(1)</script>'),
      get('/?x="><script>VIAXSS(1)</script>'),
      get('/search?q="><script>VIAXSS(1)</script>'),
    ),
    ...one(
      'in-path-traversal',
      [404, 400],
      get('/../../../../etc/passwd'),
      get('/%2e%2e/%2e%2e/%2e%2e/etc/passwd'),
      get('/..%2f..%2f..%2fetc%2fpasswd'),
      get('/..%5c..%5cfeeds.json'),
      get('/%252e%252e/feeds.json'),
      get('/feeds.json'),
      get('/data/site.json'),
      get('/data/private/lock'),
      get('/sources/../../feeds.json'),
      get('/package.json'),
      get('/dist/src/main.js'),
      get('/.git/config'),
      get('/.env'),
      get('/feed.css/../../feeds.json'),
      get('/feed.css%00.html'),
    ),
    ...one('in-proto-path', [404], get('/__proto__'), get('/items/__proto__/x'), get('/sources/constructor/feed.xml')),
    ...one('in-bad-percent', [404, 400], get('/items/%'), get('/categories/%E0%A4%A'), get('/sources/%ff%fe/feed.xml')),
    ...one('in-nul', [400, 404], get('/items/\0'), get('/items/%00')),
    ...one('in-long-url', [414, 431], get(`/${'a'.repeat(20_000)}`), get(`/${'a'.repeat(200_000)}`)),
    ...one('in-header-flood', [431, 200], get('/', ...Array.from({ length: 1900 }, (_, n) => `X-${n}: y`))),
    ...one('in-header-huge', [431], get('/', `X-Big: ${'a'.repeat(300_000)}`)),
    ...one(
      'in-methods',
      [405, 404, 400],
      send('TRACE', '/', ''),
      send('OPTIONS', '*', ''),
      send('PROPFIND', '/', ''),
      send('FOO', '/', ''),
    ),
    ...one('in-connect', [405, 400], 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n'),
    ...one('in-absolute-form', [200, 400, 404], get('http://evil.example/'), get('http://[::1')),
    ...one('in-no-host', [400], 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'),
    ...one(
      'in-host',
      [200, 400],
      'GET / HTTP/1.1\r\nHost: evil.example"><script>VIAXSS(1)</script>\r\nConnection: close\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
    ),
    ...one(
      'in-smuggling',
      [400, 405, 404],
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
      'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n',
    ),
    ...one(
      'in-not-http',
      [400, 0],
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'SSH-2.0-x\r\n\r\n',
      '\0\0\0\0\r\n\r\n',
    ),
    ...one('in-upgrade', [200, 400, 404, 426], get('/', 'Upgrade: websocket', 'Sec-WebSocket-Key: x')),
    ...one('in-expect', [417], get('/', 'Expect: 200-ok')),
    ...one(
      'in-body-1mb',
      [413],
      send('POST', '/', 'a'.repeat(1_200_000)),
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\naaaa',
    ),
  ];
}
