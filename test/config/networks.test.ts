import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isHostOrNetwork, isNetwork } from '../../src/config/networks.ts';

const networks = ['127.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', 'fd00::/8', '2001:db8::1/128'];
const hosts = [
  'nas',
  'nas.local',
  'NAS.local.',
  'my_box:8081',
  'a-b.example',
  '127.0.0.1:8081',
  '[::1]',
  '[fd00::1]:8080',
];
const neither = [
  '',
  ' ',
  'http://nas.local/',
  'nas.local/feed',
  'nas.local:0',
  'nas.local:65536',
  'nas.local:http',
  '192.168.1',
  '192.168.1.300',
  '10.0.0.0/33',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  'fe80::1%eth0',
  '[nas]:80',
  '[dead]:80',
  '-a.example',
  'a..example',
  '*.example',
  'user@nas',
  `${'a'.repeat(300)}.example`,
];
for (const text of networks) {
  test(`isNetwork: ${text} is an address or a CIDR`, () => {
    assert.is(isNetwork(text), true);
    assert.is(isHostOrNetwork(text), true);
  });
}
for (const text of hosts) {
  test(`isHostOrNetwork: ${text} is a host, but no network`, () => {
    assert.is(isHostOrNetwork(text), true);
    assert.is(isNetwork(text), false);
  });
}
for (const text of neither) {
  test(`isHostOrNetwork: ${JSON.stringify(text.slice(0, 30))} is neither`, () => {
    assert.is(isHostOrNetwork(text), false);
    assert.is(isNetwork(text), false);
  });
}

test.run();
