/** Of an event of API Gateway: only what the gateway itself says, nothing that a client could have sent. */
export interface RequestFacts {
  /** Path of the resource that the gateway found, such as `/servers/{slug}/mcp`. */
  readonly resource: string;
  readonly requestContext: {
    readonly domainName?: string | undefined;
    /** As requested: with the stage at API Gateway's own address, or with the base path of a custom domain's mapping. */
    readonly path: string;
  };
}

/** The local runtime's address. No domain of an API on AWS is one, and they all speak https. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** The URL under which the caller reaches this hub, without a final slash: what `/mcp` and `/v1` come after. */
export function hubUrlOf(facts: RequestFacts): string {
  const segments = segmentsOf(facts.requestContext.path);
  const prefix = segments.slice(0, segments.length - segmentsOf(facts.resource).length);
  return [originOf(facts), ...prefix].join('/');
}

/** What of the hub is a resource that a token can be meant for, as its metadata says (RFC 9728, RFC 8707). */
const RESOURCES = /^(?:\/?|\/mcp|\/servers\/[a-z][a-z0-9-]{0,23}\/mcp)$/;

/**
 * Whether a token's audience is this hub. The hub is one resource server, whichever of its resources the audience names:
 * API Gateway remembers a verdict about a token for all of them.
 */
export function namesHub(audience: string, hubUrl: string): boolean {
  return audience.startsWith(hubUrl) && RESOURCES.test(audience.slice(hubUrl.length));
}

/** The requested URL, without its query. */
export function requestUrlOf(facts: RequestFacts): string {
  return originOf(facts) + facts.requestContext.path;
}

function originOf({ requestContext: { domainName } }: RequestFacts): string {
  if (domainName === undefined) throw new Error('the API sends no domain name');
  return `${LOOPBACK.test(domainName) ? 'http' : 'https'}://${domainName}`;
}

/** API Gateway ignores a final slash when it looks for the resource. */
function segmentsOf(path: string): string[] {
  return path.split('/').filter(Boolean);
}
