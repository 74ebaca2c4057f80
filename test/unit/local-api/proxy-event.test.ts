import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GatewayRequest } from '../../../local/api/gateway-request.ts';
import { buildAuthorizerEvent, buildProxyEvent, methodArn } from '../../../local/api/proxy-event.ts';
import type { RouteMatch } from '../../../local/api/route-table.ts';

const stack = {
  accountId: '000000000000',
  region: 'us-east-1',
  api: {
    apiId: 'abc123',
    stageName: 'local',
    routes: [],
    gatewayResponses: [],
    binaryMediaTypes: ['image/*'],
    throttle: undefined,
  },
};

const request: GatewayRequest = {
  requestId: 'request-1',
  extendedRequestId: 'extended-1',
  traceId: 'Root=1-0-0',
  receivedAt: new Date('2026-11-03T15:04:05.678Z'),
  method: 'POST',
  path: '/v1/tools/brave_search/invoke',
  stagePath: '',
  query: new URLSearchParams('tag=a&tag=b&q=two+words%21'),
  headers: [
    ['Host', '127.0.0.1:8787'],
    ['Accept', 'application/json'],
    ['User-Agent', 'test/1'],
    ['X-Tag', 'one'],
    ['x-tag', 'two'],
  ],
  host: '127.0.0.1:8787',
  sourceIp: '127.0.0.1',
};

const match: RouteMatch = {
  route: {
    httpMethod: 'POST',
    path: '/v1/tools/{name}/invoke',
    authorizer: undefined,
    integration: { type: 'mock', statusCode: 200, headers: {} },
  },
  pathParameters: { name: 'brave_search' },
};

const bodyOf = (text: string) => Buffer.from(text);
const build = (overrides: Partial<Parameters<typeof buildProxyEvent>[0]> = {}) =>
  buildProxyEvent({ stack, request, match, body: bodyOf('{}'), authorizer: undefined, ...overrides });

test('the event describes the request as a REST API does', () => {
  const { requestContext, ...event } = build();

  assert.deepEqual(event, {
    resource: '/v1/tools/{name}/invoke',
    path: '/v1/tools/brave_search/invoke',
    httpMethod: 'POST',
    headers: { Host: '127.0.0.1:8787', Accept: 'application/json', 'User-Agent': 'test/1', 'X-Tag': 'two' },
    multiValueHeaders: {
      Host: ['127.0.0.1:8787'],
      Accept: ['application/json'],
      'User-Agent': ['test/1'],
      'X-Tag': ['one', 'two'],
    },
    queryStringParameters: { tag: 'b', q: 'two words!' },
    multiValueQueryStringParameters: { tag: ['a', 'b'], q: ['two words!'] },
    pathParameters: { name: 'brave_search' },
    stageVariables: null,
    body: '{}',
    isBase64Encoded: false,
  });
});

test('the request context says where, when and from whom', () => {
  const { identity, resourceId, ...context } = build({
    authorizer: { tenantId: 'acme', integrationLatency: 3 },
  }).requestContext;

  assert.deepEqual(context, {
    accountId: '000000000000',
    apiId: 'abc123',
    domainName: '127.0.0.1:8787',
    domainPrefix: '127',
    extendedRequestId: 'extended-1',
    httpMethod: 'POST',
    path: '/v1/tools/brave_search/invoke',
    protocol: 'HTTP/1.1',
    requestId: 'request-1',
    requestTime: '03/Nov/2026:15:04:05 +0000',
    requestTimeEpoch: request.receivedAt.getTime(),
    resourcePath: '/v1/tools/{name}/invoke',
    stage: 'local',
    authorizer: { tenantId: 'acme', integrationLatency: 3 },
  });
  assert.equal(identity.sourceIp, '127.0.0.1');
  assert.equal(identity.userAgent, 'test/1');
  assert.match(resourceId, /^[0-9a-f]{6}$/);
});

test('what a request lacks is null', () => {
  const event = build({
    request: { ...request, query: new URLSearchParams() },
    match: { ...match, pathParameters: {} },
    body: bodyOf(''),
  });

  assert.equal(event.body, null);
  assert.equal(event.queryStringParameters, null);
  assert.equal(event.multiValueQueryStringParameters, null);
  assert.equal(event.pathParameters, null);
});

test('in the event of an authorizer it is an empty object', () => {
  const event = buildAuthorizerEvent(
    stack,
    { ...request, query: new URLSearchParams() },
    { ...match, pathParameters: {} },
  );

  assert.equal(event.type, 'REQUEST');
  assert.equal(
    event.methodArn,
    'arn:aws:execute-api:us-east-1:000000000000:abc123/local/POST/v1/tools/brave_search/invoke',
  );
  assert.deepEqual(event.queryStringParameters, {});
  assert.deepEqual(event.pathParameters, {});
  assert.equal('body' in event, false);
});

test('a body of a binary media type is base64', () => {
  const binary = { ...request, headers: [['content-type', 'image/png; q=1'] as const] };

  const event = build({ request: binary, body: Buffer.from([0xff, 0x00]) });

  assert.equal(event.body, '/wA=');
  assert.equal(event.isBase64Encoded, true);
});

test('the method ARN of the root ends with a slash', () => {
  assert.match(methodArn(stack, { method: 'GET', path: '/' }), /:abc123\/local\/GET\/$/);
});
