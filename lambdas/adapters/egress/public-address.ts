import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The only IPv6 block from which global unicast addresses are assigned (RFC 4291, section 2.4). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Azure's platform endpoint, which every virtual machine there reaches: public by number only. */
const PLATFORM_ENDPOINT = '168.63.129.16';

/** Whether an address belongs to the public internet. Whatever is not certainly public is not. */
export function isPublicAddress(address: string): boolean {
  const parsed = parseStrictly(address);
  if (parsed === undefined || parsed.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv4) return address !== PLATFORM_ENDPOINT;
  return !parsed.zoneId && parsed.match(GLOBAL_UNICAST);
}

export function isLoopbackAddress(address: string): boolean {
  return parseStrictly(address)?.range() === 'loopback';
}

/** `ipaddr.js` also reads short and octal forms; those never come out of a resolver, a socket or a parsed URL. */
function parseStrictly(address: string) {
  return isIP(address) === 0 ? undefined : ipaddr.parse(address);
}
