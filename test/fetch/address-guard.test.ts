import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createAddressGuard, parseAllowed } from '../../src/fetch/address-guard.ts';

const permits = (allow: string[], address: string, port = 80, hostname = 'feeds.example.org') =>
  createAddressGuard(allow).permits({ hostname, address, port });

const publicOnes = [
  '1.1.1.1',
  '93.184.216.34',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.0.1',
  '100.128.0.1',
  '198.17.0.1',
  '198.20.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001::200e',
  '2001:4860:4860::8888',
];
for (const address of publicOnes) {
  test(`createAddressGuard: ${address} is public`, () => assert.is(permits([], address), true));
}

const refused = [
  ['0.0.0.0', 'this network'],
  ['10.0.0.1', 'RFC 1918'],
  ['172.16.0.1', 'RFC 1918'],
  ['172.31.255.255', 'RFC 1918'],
  ['192.168.1.1', 'RFC 1918'],
  ['100.64.0.1', 'CGNAT'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['169.254.169.254', 'link-local, cloud metadata'],
  ['192.0.0.1', 'IETF protocol assignments'],
  ['192.0.2.1', 'documentation'],
  ['192.31.196.1', 'AS112'],
  ['192.52.193.1', 'AMT'],
  ['192.88.99.1', '6to4 relay'],
  ['198.18.0.1', 'benchmarking'],
  ['198.19.255.255', 'benchmarking'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['224.0.0.1', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'IPv4-mapped'],
  ['::ffff:8.8.8.8', 'IPv4-mapped, of a public one too'],
  ['::127.0.0.1', 'IPv4-compatible'],
  ['64:ff9b::7f00:1', 'NAT64'],
  ['64:ff9b:1::1', 'local NAT64'],
  ['100::1', 'discard'],
  ['2001::1', 'Teredo'],
  ['2001:db8::1', 'documentation'],
  ['2001:10::1', 'ORCHID'],
  ['2001:20::1', 'ORCHIDv2'],
  ['2002:7f00:1::', '6to4 of 127.0.0.1'],
  ['2002:808:808::', '6to4 of a public one too'],
  ['3fff::1', 'documentation'],
  ['4000::1', 'outside of 2000::/3'],
  ['5f00::1', 'segment routing'],
  ['fc00::1', 'unique local'],
  ['fd00::1', 'unique local'],
  ['fe80::1', 'link-local'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['', 'nothing'],
  ['localhost', 'no address'],
  ['127.1', 'no address in its full form'],
] as const;
for (const [address, why] of refused) {
  test(`createAddressGuard: ${address || '(empty)'} is refused (${why})`, () => assert.is(permits([], address), false));
}

const allowances = [
  { name: 'an address opens all its ports', allow: ['127.0.0.1'], address: '127.0.0.1', opens: true },
  { name: 'an address opens no other', allow: ['127.0.0.1'], address: '127.0.0.2', opens: false },
  { name: 'address:port opens that port', allow: ['127.0.0.1:8080'], address: '127.0.0.1', port: 8080, opens: true },
  {
    name: 'address:port opens no other port',
    allow: ['127.0.0.1:8080'],
    address: '127.0.0.1',
    port: 8081,
    opens: false,
  },
  { name: 'a range', allow: ['192.168.0.0/16'], address: '192.168.7.7', opens: true },
  { name: 'a range and what is beside it', allow: ['192.168.0.0/24'], address: '192.168.1.1', opens: false },
  { name: 'a range of IPv6', allow: ['fd00::/8'], address: 'fd12::1', opens: true },
  { name: 'a range of IPv4 opens nothing mapped', allow: ['127.0.0.0/8'], address: '::ffff:127.0.0.1', opens: false },
  { name: 'an IPv6 address in another spelling', allow: ['0:0:0:0:0:0:0:1'], address: '::1', opens: true },
  { name: 'an IPv6 address in brackets with a port', allow: ['[::1]:8080'], address: '::1', port: 8080, opens: true },
  { name: 'an IPv6 address in brackets, another port', allow: ['[::1]:8080'], address: '::1', port: 80, opens: false },
  { name: 'a host, wherever it leads', allow: ['nas.lan'], address: '10.0.0.9', hostname: 'nas.lan', opens: true },
  {
    name: 'a host in capitals, with a dot',
    allow: ['NAS.lan'],
    address: '10.0.0.9',
    hostname: 'nas.lan.',
    opens: true,
  },
  { name: 'a host opens no other', allow: ['nas.lan'], address: '10.0.0.9', hostname: 'x.nas.lan', opens: false },
  { name: 'host:port', allow: ['nas.lan:81'], address: '10.0.0.9', port: 81, hostname: 'nas.lan', opens: true },
  {
    name: 'host:port, another port',
    allow: ['nas.lan:81'],
    address: '10.0.0.9',
    port: 82,
    hostname: 'nas.lan',
    opens: false,
  },
  {
    name: 'host:80, though URLs leave that out',
    allow: ['nas.lan:80'],
    address: '10.0.0.9',
    port: 443,
    hostname: 'nas.lan',
    opens: false,
  },
  {
    name: 'a host in another script',
    allow: ['xn--bcher-kva.lan'],
    address: '10.0.0.9',
    hostname: 'xn--bcher-kva.lan',
    opens: true,
  },
  {
    name: 'a bad range opens nothing',
    allow: ['127.0.0.1/99', '0/0', '/8', 'nas.lan/8'],
    address: '127.0.0.1',
    opens: false,
  },
  {
    name: 'an address with more to it opens nothing',
    allow: ['127.0.0.1@x', 'x@127.0.0.1', '127.0.0.1?', '127.0.0.1#'],
    address: '127.0.0.1',
    opens: false,
  },
];
for (const { name, allow, address, port, hostname, opens } of allowances) {
  test(`createAddressGuard: allow: ${name}`, () => assert.is(permits(allow, address, port, hostname), opens));
}

test('isOwnHost: what allow names, with its port', () => {
  const { isOwnHost } = createAddressGuard(['127.0.0.0/8', 'nas.lan:8080', '[::1]', 'pi.lan']);
  const own = [
    'http://127.0.0.9:1234/a',
    'http://nas.lan:8080/',
    'http://[::1]:99/',
    'https://pi.lan/x',
    'http://2130706433/',
  ];
  const foreign = [
    'http://nas.lan/',
    'http://pi.lan.example.org/',
    'https://example.org/',
    'http://128.0.0.1/',
    'not an address',
    'file:///x',
  ];
  assert.equal(
    own.map(isOwnHost),
    own.map(() => true),
  );
  assert.equal(
    foreign.map(isOwnHost),
    foreign.map(() => false),
  );
});

const wellFormed = [
  '127.0.0.1 10.0.0.0/8 0.0.0.0/0 ::1 fd00::/8 2001:db8::1/128',
  'nas nas.local NAS.local. my_box:8081 a-b.example 127.0.0.1:8081 [::1] [fd00::1]:8080',
].flatMap((line) => line.split(' '));
const malformed = [
  ...['', ' ', 'http://nas.local/', 'nas.local/feed', 'nas.local:0', 'nas.local:65536', 'nas.local:http', '192.168.1'],
  ...[
    '192.168.1.300',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'fe80::1%eth0',
    '[nas]:80',
    '[dead]:80',
    '-a.example',
  ],
  ...['a..example', '*.example', 'user@nas', `${'a'.repeat(300)}.example`],
];
for (const text of wellFormed) {
  test(`parseAllowed: ${text} can be allowed`, () => assert.ok(parseAllowed(text)));
}
for (const text of malformed) {
  test(`parseAllowed: ${JSON.stringify(text.slice(0, 30))} is no entry`, () =>
    assert.is(parseAllowed(text), undefined));
}

test('parseAllowed: the four forms, and undefined for the rest', () => {
  assert.equal(parseAllowed(' Nas.LAN '), { kind: 'host', hostname: 'nas.lan' });
  assert.equal(parseAllowed('nas.lan:8080'), { kind: 'host', hostname: 'nas.lan', port: 8080 });
  assert.equal(parseAllowed('[::1]:80'), { kind: 'host', hostname: '::1', port: 80 });
  assert.is(parseAllowed('10.0.0.0/8')?.kind, 'range');
  for (const bad of ['', 'a b', 'http://nas.lan/', '10.0.0.0/33', '10.0.0.0/x', '300.1.1.1', 'a:99999'])
    assert.is(parseAllowed(bad), undefined, bad);
});

test.run();
