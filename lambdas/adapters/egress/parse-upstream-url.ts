import { isIP } from 'node:net';
import { PRIVATE_SUFFIXES } from '../../contract.ts';
import { EgressError } from './egress-error.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

export interface EgressPolicy {
  /** Local stage only: `localhost` and loopback addresses are allowed, by http as well, on any port. Nothing else private is. */
  readonly allowLoopback: boolean;
  readonly ports: readonly number[];
  /** Origins under which this hub is reachable; a hub never calls itself. */
  readonly ownOrigins: readonly string[];
}

/** Of what somebody registers; only a scope that says so takes more. */
const MAX_LENGTH = 2048;

/** `URL` silently drops tabs and newlines and reads a backslash as a slash, so the raw text is checked first. */
const BAD_CHARS = /[\p{C}\p{Z}\\]/u;
const WITH_AUTHORITY = /^https?:\/\/(?<authority>[^/?#]+)/i;

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

const PRIVATE: ReadonlySet<string> = new Set(PRIVATE_SUFFIXES);

/** Turns what somebody typed, stored or announced into a URL that the hub may call; throws `EgressError` otherwise. */
export function parseUpstreamUrl(raw: string, policy: EgressPolicy, maxLength = MAX_LENGTH): URL {
  if (raw.length > maxLength) throw new EgressError('TOO_LONG');
  if (BAD_CHARS.test(raw)) throw new EgressError('BAD_CHARS');
  const url = URL.parse(raw);
  if (url === null) throw new EgressError('UNPARSEABLE');
  const loopback = policy.allowLoopback && isLoopbackHost(url.hostname);
  refuseScheme(url, loopback);
  refuseDisguise(raw);
  if (!loopback) {
    refuseHost(url.hostname);
    if (!policy.ports.includes(portOf(url))) throw new EgressError('PORT');
  }
  if (isOwnOrigin(url, policy.ownOrigins)) throw new EgressError('OWN_ORIGIN');
  return url;
}

/** A public hub is recognized by its host on every port, a local one by its port under every name of loopback. */
export function isOwnOrigin(url: URL, ownOrigins: readonly string[]): boolean {
  const place = placeOf(url);
  return ownOrigins.some((origin) => placeOf(new URL(origin)) === place);
}

export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || isLoopbackAddress(withoutBrackets(hostname));
}

/** The host as sockets want it: `URL` keeps the brackets of an IPv6 literal, `connect` refuses them. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function placeOf(url: URL): string {
  return isLoopbackHost(url.hostname) ? `loopback:${portOf(url)}` : url.hostname;
}

function refuseScheme(url: URL, loopback: boolean): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) return;
  throw new EgressError('SCHEME');
}

/** Refuses what `URL` would repair (`https:host`) or what makes a URL read as another host than it has. */
function refuseDisguise(raw: string): void {
  const authority = WITH_AUTHORITY.exec(raw)?.groups?.['authority'];
  if (authority === undefined) throw new EgressError('UNPARSEABLE');
  if (authority.includes('@')) throw new EgressError('USERINFO');
  if (raw.includes('#')) throw new EgressError('FRAGMENT');
}

/** `hostname` is normalized: `URL` has turned every numeric, full-width or percent-encoded form into a plain one. */
function refuseHost(hostname: string): void {
  const literal = withoutBrackets(hostname);
  if (isIP(literal) !== 0) throw new EgressError(isPublicAddress(literal) ? 'IP_LITERAL' : 'IP_NOT_PUBLIC');
  const labels = hostname.split('.');
  const wellFormed = hostname.length <= 253 && labels.length >= 2 && labels.every((label) => LABEL.test(label));
  if (!wellFormed || PRIVATE.has(labels.at(-1) ?? '')) throw new EgressError('HOST');
}
