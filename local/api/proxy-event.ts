import { createHash } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { StackModel } from '../template/stack-model.ts';
import { type GatewayRequest, header } from './gateway-request.ts';
import { matchesMediaType } from './media-type.ts';
import type { RouteMatch } from './route-table.ts';

type Stack = Pick<StackModel, 'accountId' | 'region' | 'api'>;
type RequestContext = APIGatewayProxyEvent['requestContext'];

export interface ProxyEventOptions {
  readonly stack: Stack;
  readonly request: GatewayRequest;
  readonly match: RouteMatch;
  readonly body: Buffer;
  /** What the authorizer said, as strings; undefined on open routes. */
  readonly authorizer: Readonly<Record<string, string | number>> | undefined;
}

/**
 * Input format of a Lambda proxy integration:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function buildProxyEvent({ stack, request, match, body, authorizer }: ProxyEventOptions): APIGatewayProxyEvent {
  const isBase64Encoded = body.length > 0 && isBinary(request, stack.api.binaryMediaTypes);
  return {
    ...describeRequest(request, match),
    stageVariables: null,
    requestContext: { ...requestContext(stack, request, match), authorizer },
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

/** Input of a REQUEST authorizer; here absent parameters are empty objects instead of null. */
export function buildAuthorizerEvent(
  stack: Stack,
  request: GatewayRequest,
  match: RouteMatch,
): APIGatewayRequestAuthorizerEvent {
  const described = describeRequest(request, match);
  return {
    type: 'REQUEST',
    methodArn: methodArn(stack, request),
    ...described,
    pathParameters: described.pathParameters ?? {},
    queryStringParameters: described.queryStringParameters ?? {},
    multiValueQueryStringParameters: described.multiValueQueryStringParameters ?? {},
    stageVariables: {},
    requestContext: { ...requestContext(stack, request, match), authorizer: undefined },
  };
}

/** The ARN of one concrete call, which the authorizer's policy is evaluated for. */
export function methodArn(
  { region, accountId, api }: Stack,
  { method, path }: Pick<GatewayRequest, 'method' | 'path'>,
): string {
  return `arn:aws:execute-api:${region}:${accountId}:${api.apiId}/${api.stageName}/${method}${path}`;
}

function describeRequest(request: GatewayRequest, { route, pathParameters }: RouteMatch) {
  const multiValueQueryStringParameters = Object.fromEntries(
    [...new Set(request.query.keys())].map((name) => [name, request.query.getAll(name)]),
  );
  return {
    resource: route.path,
    path: request.path,
    httpMethod: request.method,
    ...groupHeaders(request.headers),
    // Of a repeated parameter the single-value form keeps the last.
    queryStringParameters: emptyAsNull(Object.fromEntries(request.query)),
    multiValueQueryStringParameters: emptyAsNull(multiValueQueryStringParameters),
    pathParameters: emptyAsNull({ ...pathParameters }),
  };
}

function groupHeaders(headers: GatewayRequest['headers']) {
  const groups = Map.groupBy(headers, ([name]) => name.toLowerCase());
  const named = [...groups.values()].map((group) => [group[0]?.[0] ?? '', group.map(([, value]) => value)] as const);
  return {
    headers: Object.fromEntries(named.map(([name, values]) => [name, values.at(-1) ?? ''])),
    multiValueHeaders: Object.fromEntries(named),
  };
}

function requestContext(
  stack: Stack,
  request: GatewayRequest,
  { route }: RouteMatch,
): Omit<RequestContext, 'authorizer'> {
  return {
    accountId: stack.accountId,
    apiId: stack.api.apiId,
    domainName: request.host,
    domainPrefix: request.host.split('.')[0] ?? '',
    extendedRequestId: request.extendedRequestId,
    httpMethod: request.method,
    identity: { ...NO_IDENTITY, sourceIp: request.sourceIp, userAgent: header(request, 'user-agent') ?? null },
    path: request.stagePath + request.path,
    protocol: 'HTTP/1.1',
    requestId: request.requestId,
    requestTime: commonLogTime(request.receivedAt),
    requestTimeEpoch: request.receivedAt.getTime(),
    resourceId: createHash('sha256').update(route.path).digest('hex').slice(0, 6),
    resourcePath: route.path,
    stage: stack.api.stageName,
  };
}

const NO_IDENTITY = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

function isBinary(request: GatewayRequest, binaryMediaTypes: readonly string[]): boolean {
  return matchesMediaType(binaryMediaTypes, header(request, 'content-type') ?? 'application/json');
}

/** `23/Nov/2026:15:04:05 +0000` */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(time.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}

function emptyAsNull<T extends object>(values: T): T | null {
  return Object.keys(values).length === 0 ? null : values;
}
