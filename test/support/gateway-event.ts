import type { APIGatewayProxyEvent } from 'aws-lambda';

export const PRINCIPAL = {
  tenantId: 'acme',
  subject: 'user',
  clientId: '',
  scopes: 'tools:read admin',
  expiresAt: '4102444800',
};

interface EventParts {
  readonly method?: string;
  readonly resource?: string;
  /** As requested, with a stage or a base path; otherwise the resource itself. */
  readonly path?: string;
  readonly domainName?: string;
  readonly authorizer?: object;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly body?: string;
}

/** What API Gateway sends a function for a request, as far as the handlers look at it. */
export function gatewayEvent(parts: EventParts): APIGatewayProxyEvent {
  const { method = 'GET', resource = '/v1/tools', path = resource, domainName = 'hub.example' } = parts;
  const lines = Object.entries(parts.headers ?? {}).map(([name, value]) => [name, [value].flat()] as const);
  return {
    resource,
    httpMethod: method,
    headers: Object.fromEntries(lines.map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(lines),
    multiValueQueryStringParameters: parts.query ?? null,
    body: parts.body ?? null,
    isBase64Encoded: false,
    requestContext: { requestId: 'req-1', authorizer: parts.authorizer ?? PRINCIPAL, domainName, path },
  } as unknown as APIGatewayProxyEvent;
}
