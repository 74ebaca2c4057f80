import { type ResponseType as GatewayResponseType, ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CLIENT_SCOPES, METADATA_PATH } from '../lambdas/contract.ts';

interface Problem {
  readonly status?: number;
  readonly code: string;
  readonly title: string;
  /** Parameters of the challenge, beside those that all have; a problem without them has no challenge. */
  readonly challenge?: string;
}

export interface GatewayResponsesProps {
  readonly corsHeaders: Readonly<Record<string, string>>;
  /** Where the hub is, without a final slash. */
  readonly hubUrl: string;
  /** What the issuer puts before the hub's scopes. */
  readonly scopePrefix: string;
}

const ROUTE_NOT_FOUND: Problem = { status: 404, code: 'route_not_found', title: 'Not Found' };
const UNAVAILABLE: Problem = { status: 503, code: 'unavailable', title: 'Service Unavailable' };
const INTERNAL: Problem = { status: 500, code: 'internal', title: 'Internal Server Error' };

const PROBLEMS: readonly (readonly [string, GatewayResponseType, Problem])[] = [
  [
    'Unauthorized',
    ResponseType.UNAUTHORIZED,
    {
      status: 401,
      code: 'unauthenticated',
      title: 'Unauthorized',
      challenge: '',
    },
  ],
  [
    'AccessDenied',
    ResponseType.ACCESS_DENIED,
    {
      status: 403,
      code: 'insufficient_scope',
      title: 'Forbidden',
      challenge: 'error="insufficient_scope", ',
    },
  ],
  ['MissingAuthenticationToken', ResponseType.MISSING_AUTHENTICATION_TOKEN, ROUTE_NOT_FOUND],
  // No method is signed by AWS: only an unknown route makes API Gateway read a bearer token as a signature.
  ['InvalidSignature', ResponseType.INVALID_SIGNATURE, ROUTE_NOT_FOUND],
  ['ResourceNotFound', ResponseType.RESOURCE_NOT_FOUND, ROUTE_NOT_FOUND],
  ['Throttled', ResponseType.THROTTLED, { status: 429, code: 'throttled', title: 'Too Many Requests' }],
  [
    'RequestTooLarge',
    ResponseType.REQUEST_TOO_LARGE,
    { status: 413, code: 'payload_too_large', title: 'Content Too Large' },
  ],
  [
    'UnsupportedMediaType',
    ResponseType.UNSUPPORTED_MEDIA_TYPE,
    {
      status: 415,
      code: 'unsupported_media_type',
      title: 'Unsupported Media Type',
    },
  ],
  ['AuthorizerFailure', ResponseType.AUTHORIZER_FAILURE, UNAVAILABLE],
  ['AuthorizerConfiguration', ResponseType.AUTHORIZER_CONFIGURATION_ERROR, INTERNAL],
  ['ApiConfiguration', ResponseType.API_CONFIGURATION_ERROR, INTERNAL],
  ['IntegrationFailure', ResponseType.INTEGRATION_FAILURE, UNAVAILABLE],
  // Unlike the 503s: what was asked may still be going on.
  ['IntegrationTimeout', ResponseType.INTEGRATION_TIMEOUT, { status: 504, code: 'timeout', title: 'Gateway Timeout' }],
  // The defaults stand for several statuses, so their bodies name none.
  ['Default4xx', ResponseType.DEFAULT_4XX, { code: 'invalid_request', title: 'Bad Request' }],
  ['Default5xx', ResponseType.DEFAULT_5XX, { code: 'internal', title: 'Internal Server Error' }],
];

/** Makes API Gateway's own refusals look like the hub's: problem details (RFC 9457) with a code and the request's id. */
export function addGatewayResponses(api: RestApi, props: GatewayResponsesProps): void {
  for (const [id, type, problem] of PROBLEMS) {
    api.addGatewayResponse(id, {
      type,
      ...(problem.status === undefined ? {} : { statusCode: String(problem.status) }),
      responseHeaders: literals({
        ...props.corsHeaders,
        'Content-Type': 'application/problem+json',
        // RFC 9110, section 11.6.1: a 401 says how to authenticate. API Gateway renames this header in what functions
        // answer, never in its own responses.
        ...(problem.challenge === undefined ? {} : { 'WWW-Authenticate': challengeOf(problem.challenge, props) }),
      }),
      templates: { 'application/json': bodyOf(problem) },
    });
  }
}

/**
 * RFC 6750 section 3, RFC 9728 section 5.1. One text for all routes, so it names the metadata of the whole hub: every
 * URL of the hub starts with that resource.
 */
function challengeOf(parameters: string, { hubUrl, scopePrefix }: GatewayResponsesProps): string {
  const scopes = CLIENT_SCOPES.map((scope) => scopePrefix + scope).join(' ');
  return `Bearer ${parameters}scope="${scopes}", resource_metadata="${hubUrl}${METADATA_PATH}"`;
}

function bodyOf({ title, status, code }: Problem): string {
  return JSON.stringify({ type: 'about:blank', title, status, code, requestId: '$context.requestId' });
}

function literals(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
}
