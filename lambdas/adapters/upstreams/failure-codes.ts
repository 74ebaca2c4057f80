import type { HubErrorCode } from '../../hub/hub-error.ts';
import type { EgressErrorCode } from '../egress/egress-error.ts';

/** Everything that is ever said about a failed contact with an upstream, except what the upstream itself answered. */
export const FAILURE_MESSAGES = {
  address_refused: 'the hub does not connect to this address; register a public https address',
  credential_required: 'the stored credential cannot be sent; provide it again',
  upstream_unreachable: 'the server could not be reached; try again later',
  upstream_timeout: 'the server did not answer in time',
  upstream_unauthorized: 'the server refused the stored credential; provide another one',
  upstream_not_mcp: 'no mcp server answers at this address',
  upstream_redirected: 'the server redirects to another address; register that address instead',
  upstream_response_too_large: 'the response of the server is larger than the hub accepts',
  upstream_rate_limited: 'the server limits the rate of requests; try again later',
  upstream_error: 'the server failed to handle the request',
  capability_required: 'the server needs what the caller did not declare; see requiredCapabilities',
  definition_changed: 'the server wants other headers than its stored definition says; synchronize the server',
} as const satisfies Partial<Record<HubErrorCode, string>>;
export type FailureCode = keyof typeof FAILURE_MESSAGES;

/** Which check refused an address is not told: it would map the networks around the hub. */
export const EGRESS_FAILURES: Record<EgressErrorCode, FailureCode> = {
  TOO_LONG: 'address_refused',
  BAD_CHARS: 'address_refused',
  UNPARSEABLE: 'address_refused',
  SCHEME: 'address_refused',
  USERINFO: 'address_refused',
  FRAGMENT: 'address_refused',
  HOST: 'address_refused',
  IP_LITERAL: 'address_refused',
  IP_NOT_PUBLIC: 'address_refused',
  PORT: 'address_refused',
  OWN_ORIGIN: 'address_refused',
  CROSS_ORIGIN: 'address_refused',
  DNS_NOT_PUBLIC: 'address_refused',
  PEER_NOT_PUBLIC: 'address_refused',
  HEADER: 'credential_required',
  DNS_FAILED: 'upstream_unreachable',
  CONNECT_FAILED: 'upstream_unreachable',
  CONNECT_TIMEOUT: 'upstream_unreachable',
  TLS_FAILED: 'upstream_unreachable',
  CONNECTION_LOST: 'upstream_error',
  REDIRECT: 'upstream_redirected',
  RESPONSE_TOO_LARGE: 'upstream_response_too_large',
  RESPONSE_MALFORMED: 'upstream_not_mcp',
  UNSUPPORTED_ENCODING: 'upstream_not_mcp',
  ABORTED: 'upstream_timeout',
};
