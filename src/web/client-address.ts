import ipaddr from 'ipaddr.js';

/** Whose request it is: the peer, or what the proxies that we trust say, read from the right, as far as each speaker is
 *  trusted. What stands further left was written by the client and is worth nothing.
 *  Undefined when the peer is unknown. IPv4 inside IPv6 comes out as IPv4. */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trustProxy: readonly string[],
): string | undefined {
  let address = peer === undefined ? undefined : parseAddress(peer);
  const said = forwardedFor?.split(',') ?? [];
  while (address !== undefined && said.length > 0 && isTrusted(address, trustProxy)) {
    const next = parseAddress(said.pop() ?? '');
    if (next === undefined) break;
    address = next;
  }
  return address?.toString();
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function parseAddress(text: string): Address | undefined {
  // Some proxies add the port: 192.0.2.1:4711, [2001:db8::1]:4711.
  const bare = text
    .trim()
    .replace(/^\[([^\]]*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}

function isTrusted(address: Address, trustProxy: readonly string[]): boolean {
  return trustProxy.some((entry) => {
    if (ipaddr.isValidCIDR(entry)) {
      const [network, bits] = ipaddr.parseCIDR(entry);
      return network.kind() === address.kind() && address.match([network, bits] as [typeof address, number]);
    }
    return parseAddress(entry)?.toString() === address.toString();
  });
}

/** The block of addresses that one visitor may change within: IPv4 as it is, IPv6 /56, which is what a household is given
 *  (RIPE-690 §4.2). */
export function visitorBlock(address: string): string {
  return block(address, 32, 56);
}

/** The block that one network's caps are for: IPv4 /24, IPv6 /48; a loopback address by itself, as no network gives them out. */
export function networkBlock(address: string): string {
  return ipaddr.parse(address).range() === 'loopback' ? address : block(address, 24, 48);
}

function block(address: string, bitsOfIpv4: number, bitsOfIpv6: number): string {
  const parsed = ipaddr.parse(address);
  const bits = parsed.kind() === 'ipv4' ? bitsOfIpv4 : bitsOfIpv6;
  const bytes = parsed
    .toByteArray()
    .map((byte, index) => byte & (0xff << Math.max(0, 8 - Math.max(0, bits - 8 * index))));
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}
