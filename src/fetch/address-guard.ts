import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseUrl } from '../parse-url.ts';

/** Decides to which addresses the daemon may connect: public unicast ones, and what the owner allowed. */
export interface AddressGuard {
  /** Whether a connection to `address`:`port` may be made for `hostname`. `address` is a literal or one looked-up answer. */
  permits(target: ConnectionTarget): boolean;
  /** Whether the host of `url` is one that `allow` names: the owner's own, which needs no manners between requests. */
  isOwnHost(url: string): boolean;
}

export interface ConnectionTarget {
  /** As in URL.hostname, with or without the brackets of IPv6. */
  readonly hostname: string;
  /** An IP address without brackets. */
  readonly address: string;
  readonly port: number;
}

/** One entry of `allow`: a host or address with or without a port, or a range. */
export type Allowed =
  | { readonly kind: 'host'; readonly hostname: string; readonly port?: number }
  | { readonly kind: 'range'; readonly range: Range };

type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** Builds the guard from the `allow` list of feeds.json. Entries that parseAllowed does not understand open nothing. */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const allowed = allow.map(parseAllowed).filter((entry) => entry !== undefined);

  const permits = ({ hostname, address, port }: ConnectionTarget): boolean =>
    isPublicUnicast(address) ||
    allowed.some(
      (entry) => covers(entry, plainHostname(hostname), port) || covers(entry, plainAddress(address) ?? '', port),
    );

  const isOwnHost = (url: string): boolean => {
    const parsed = parseUrl(url);
    if (!parsed) return false;
    return allowed.some((entry) => covers(entry, plainHostname(parsed.hostname), portOf(parsed)));
  };

  return { permits, isOwnHost };
}

/** Reads one entry of `allow`: host, host:port, address, address:port ("[::1]:80" for IPv6) or CIDR.
 *  Undefined if it is none of them. */
export function parseAllowed(entry: string): Allowed | undefined {
  const text = entry.trim().toLowerCase();
  const [address = '', ...bits] = text.split('/');
  // A zone ("fe80::1%eth0") means something on one machine only.
  if (isIP(address) !== 0 && !address.includes('%')) {
    if (bits.length === 0) return { kind: 'host', hostname: plainHostname(address) };
    return /^\d{1,3}$/.test(bits.join('/')) && ipaddr.isValidCIDR(text)
      ? { kind: 'range', range: ipaddr.parseCIDR(text) }
      : undefined;
  }
  const [, bracketed, name = '', port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isAddress = bracketed === undefined ? isIP(name) === 4 : isIP(bracketed) === 6 && !bracketed.includes('%');
  if (!isAddress && !(bracketed === undefined && isHostName(name))) return undefined;
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return undefined;
  return {
    kind: 'host',
    hostname: plainHostname(bracketed ?? name),
    ...(port !== undefined && { port: Number(port) }),
  };
}

/** A last label of digits is an IPv4 address to every URL parser: "192.168.1" and "192.168.1.300" are slips, no names. */
function isHostName(text: string): boolean {
  const label = '[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?';
  return text.length <= 253 && new RegExp(`^${label}(?:\\.${label})*\\.?$`).test(text) && !/(^|\.)\d+\.?$/.test(text);
}

/** The port that a connection to `url` uses. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function covers(entry: Allowed, host: string, port: number): boolean {
  if (entry.kind === 'host') return entry.hostname === host && (entry.port === undefined || entry.port === port);
  if (isIP(host) === 0) return false;
  const address = ipaddr.parse(host);
  return address.kind() === entry.range[0].kind() && address.match(entry.range);
}

/** Everything that is not known to be a public host is refused: of IPv6 only 2000::/3 (RFC 4291 §2.4), and of that and
 *  of IPv4 nothing that IANA's special-purpose registries (RFC 6890) name: 6to4, Teredo, CGNAT, benchmarking … */
function isPublicUnicast(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6);
}

const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/** One spelling of a host name: no brackets, no dot at the end, one form of an IPv6 address. */
function plainHostname(hostname: string): string {
  const bare = hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return plainAddress(bare) ?? bare.replace(/\.$/, '');
}

function plainAddress(address: string): string | undefined {
  return isIP(address) === 0 ? undefined : ipaddr.parse(address).toString();
}
