import { PRIVATE_SUFFIXES } from '../lambdas/contract.ts';

/** Why the authorizer could never fetch this https URL through the egress guard, and what to do; undefined if it may. */
export function whyUnreachable(address: string, ports: readonly number[]): string | undefined {
  const { hostname, port } = new URL(address);
  const number = port === '' ? 443 : Number(port);
  if (!ports.includes(number)) return `port ${number} is closed to the hub: open it in egress.ports or use another`;
  if (!PUBLIC_NAME.test(hostname) || isPrivate(hostname)) {
    return `${hostname} is no public DNS name: the hub fetches keys over the internet only, so use a name that resolves there`;
  }
  return undefined;
}

/** At least two labels, of which the last is no number, so that no IP address passes. */
const PUBLIC_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function isPrivate(hostname: string): boolean {
  return PRIVATE_SUFFIXES.some((suffix) => hostname.endsWith(`.${suffix}`));
}
