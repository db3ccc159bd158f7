import { isIP } from 'node:net';

/** Whether this is an IP address or a CIDR ("10.0.0.0/8", "fd00::/8"). */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** Whether this can stand in `allow`: a network as above, a host, or host:port with an IPv6 address in brackets. */
export function isHostOrNetwork(text: string): boolean {
  if (isNetwork(text)) return true;
  const { host, port } = splitPort(text);
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return false;
  const isName =
    host.length <= 253 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(host);
  // A last label of digits is an IPv4 address to every URL parser: "192.168.1" or "192.168.1.300" are slips, not names.
  return isIP(host) !== 0 || (isName && !/(^|\.)\d+\.?$/.test(host));
}

function splitPort(text: string): { host: string; port?: string } {
  const match = /^(?:\[([0-9a-f.]*:[0-9a-f:.]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  return match?.[3] === undefined ? { host } : { host, port: match[3] };
}
