import { HubError } from '../hub-error.ts';
import type { ConnectionRules } from '../servers/connection-rules.ts';
import type { Credential } from '../upstreams/upstream.ts';

/** Refuses headers that the protocol or the hub owns, and two sources for one header. */
export function checkHeaders(
  rules: ConnectionRules,
  headers: Readonly<Record<string, string>>,
  credential: Credential,
): void {
  for (const [name, value] of Object.entries(headers)) rules.acceptHeader(name, value);
  if (credential.type === 'none' || credential.type === 'endpoint') return;
  const carrier = credential.type === 'bearer' ? 'authorization' : credential.name;
  rules.acceptHeader(carrier, credential.type === 'bearer' ? `Bearer ${credential.token}` : credential.value);
  if (Object.keys(headers).some((name) => name.toLowerCase() === carrier.toLowerCase())) {
    throw new HubError('invalid_request', `the header "${carrier}" is set by the credential; leave it out of headers`);
  }
}
