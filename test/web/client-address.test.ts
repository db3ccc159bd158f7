import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientAddress, networkBlock, visitorBlock } from '../../src/web/client-address.ts';

const cases = [
  { name: 'the peer', peer: '203.0.113.9', address: '203.0.113.9' },
  { name: 'nobody', peer: undefined, address: undefined },
  { name: 'IPv4 inside IPv6', peer: '::ffff:203.0.113.9', address: '203.0.113.9' },
  { name: 'a forged header', peer: '203.0.113.9', said: '198.51.100.1', address: '203.0.113.9' },
  { name: 'a trusted proxy', peer: '127.0.0.1', said: '198.51.100.1', trust: ['127.0.0.1'], address: '198.51.100.1' },
  {
    name: 'a trusted proxy whose client forged',
    peer: '127.0.0.1',
    said: '192.0.2.77, 198.51.100.1',
    trust: ['127.0.0.1'],
    address: '198.51.100.1',
  },
  {
    name: 'a chain of trusted proxies',
    peer: '127.0.0.1',
    said: '192.0.2.77, 198.51.100.1, 10.0.0.5',
    trust: ['127.0.0.1', '10.0.0.0/8'],
    address: '198.51.100.1',
  },
  { name: 'all of them trusted', peer: '10.0.0.1', said: '10.0.0.2', trust: ['10.0.0.0/8'], address: '10.0.0.2' },
  { name: 'a proxy that says nothing', peer: '127.0.0.1', trust: ['127.0.0.1'], address: '127.0.0.1' },
  { name: 'a proxy that says rubbish', peer: '127.0.0.1', said: 'unknown', trust: ['127.0.0.1'], address: '127.0.0.1' },
  { name: 'a port', peer: '127.0.0.1', said: '198.51.100.1:4711', trust: ['127.0.0.1'], address: '198.51.100.1' },
  { name: 'IPv6 with a port', peer: '::1', said: '[2001:db8::7]:4711', trust: ['::1'], address: '2001:db8::7' },
  { name: 'IPv6 network', peer: 'fd00::1', said: '2001:db8::7', trust: ['fd00::/8'], address: '2001:db8::7' },
  {
    name: 'a mapped peer, an IPv4 rule',
    peer: '::ffff:10.0.0.1',
    said: '192.0.2.1',
    trust: ['10.0.0.0/8'],
    address: '192.0.2.1',
  },
];
for (const { name, peer, said, trust = [], address } of cases) {
  test(`clientAddress: ${name}`, () => assert.is(clientAddress(peer, said, trust), address));
}

test('visitorBlock: IPv4 as it is, IPv6 /56', () => {
  assert.is(visitorBlock('203.0.113.9'), '203.0.113.9/32');
  assert.is(visitorBlock('2001:db8:1:2:3:4:5:6'), '2001:db8:1::/56');
});

test('networkBlock: IPv4 /24, IPv6 /48, a loopback address by itself', () => {
  assert.is(networkBlock('203.0.113.9'), '203.0.113.0/24');
  assert.is(networkBlock('2001:db8:1:2:3:4:5:6'), '2001:db8:1::/48');
  assert.is(networkBlock('127.0.0.7'), '127.0.0.7');
  assert.is(networkBlock('::1'), '::1');
});

test.run();
