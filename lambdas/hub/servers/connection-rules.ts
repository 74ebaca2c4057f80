/** What a server may be connected to, and with which headers; decided where the outbound requests are made. */
export interface ConnectionRules {
  /** The URL in its normal form. Throws `HubError('address_refused')` for an address the hub never connects to. */
  acceptUrl(raw: string): string;
  /** Throws `HubError('invalid_request')` for a header that the hub or the protocol owns, or that is not a header. */
  acceptHeader(name: string, value: string): void;
}
