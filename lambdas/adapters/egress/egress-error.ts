/** Every way in which a request out of the hub is refused or fails, with the only text that is ever said about it. */
const MESSAGES = {
  TOO_LONG: 'the url is too long',
  BAD_CHARS: 'the url contains a space, a control or invisible character, or a backslash',
  UNPARSEABLE: 'the url is not an absolute url',
  SCHEME: 'the url does not use https',
  USERINFO: 'the url contains a user name or a password',
  FRAGMENT: 'the url contains a fragment',
  HOST: 'the host is not a public domain name',
  IP_LITERAL: 'the host is an ip address instead of a domain name',
  IP_NOT_PUBLIC: 'the host is an ip address that is not public',
  PORT: 'the port is not allowed',
  OWN_ORIGIN: 'the url belongs to this hub',
  CROSS_ORIGIN: 'the url belongs to another origin than the registered one',
  HEADER: 'a header of the request cannot be sent',
  DNS_FAILED: 'the host name could not be resolved',
  DNS_NOT_PUBLIC: 'the host name resolves to an address that is not public',
  PEER_NOT_PUBLIC: 'the connection led to an address that is not public',
  CONNECT_FAILED: 'the connection could not be opened',
  CONNECT_TIMEOUT: 'the connection was not opened in time',
  TLS_FAILED: 'no trusted tls connection could be established',
  CONNECTION_LOST: 'the connection ended before the response was complete',
  REDIRECT: 'the server answered with a redirect',
  RESPONSE_TOO_LARGE: 'the response is larger than allowed',
  RESPONSE_MALFORMED: 'the response is not valid http',
  UNSUPPORTED_ENCODING: 'the response uses a content coding that was not offered',
  ABORTED: 'the request was aborted or ran out of time',
} as const;

/**
 * Up to `TLS_FAILED` no byte of the request has left the hub; from `CONNECTION_LOST` on, the server may have seen it.
 * `ABORTED` says neither.
 */
export type EgressErrorCode = keyof typeof MESSAGES;

/** Has no cause and a fixed message: nothing that a tenant, a resolver or a server chose can travel in it. */
export class EgressError extends Error {
  override readonly name = 'EgressError' as const;
  readonly code: EgressErrorCode;

  constructor(code: EgressErrorCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}
