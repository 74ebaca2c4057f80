import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError, type ResponseType } from '../../../local/api/gateway-error.ts';
import { renderGatewayResponse } from '../../../local/api/gateway-response.ts';
import type { GatewayResponseModel } from '../../../local/template/stack-model.ts';

const context = { requestId: 'r-1', extendedRequestId: 'e-1', httpMethod: 'GET', path: '/v1/x', stage: 'local' };

const model = (responseType: string, overrides: Partial<GatewayResponseModel> = {}): GatewayResponseModel => ({
  responseType,
  statusCode: undefined,
  headers: {},
  templates: {},
  ...overrides,
});

const defaults: readonly [ResponseType, number, string][] = [
  ['UNAUTHORIZED', 401, 'Unauthorized'],
  ['ACCESS_DENIED', 403, 'User is not authorized to access this resource'],
  ['MISSING_AUTHENTICATION_TOKEN', 403, 'Missing Authentication Token'],
  ['AUTHORIZER_FAILURE', 500, 'Internal server error'],
  ['AUTHORIZER_CONFIGURATION_ERROR', 500, 'Internal server error'],
  ['THROTTLED', 429, 'Too Many Requests'],
  ['INTEGRATION_TIMEOUT', 504, 'Endpoint request timed out'],
];

for (const [responseType, statusCode, message] of defaults) {
  test(`${responseType} is ${statusCode} with AWS's message by default`, () => {
    const answer = renderGatewayResponse([], new GatewayError(responseType), context);

    assert.equal(answer.statusCode, statusCode);
    assert.deepEqual(JSON.parse(String(answer.body)), { message });
    assert.ok(answer.headers.some(([name, value]) => name === 'Content-Type' && value === 'application/json'));
  });
}

test('the template decides about status, headers and body', () => {
  const unauthorized = model('UNAUTHORIZED', {
    statusCode: 499,
    headers: { 'WWW-Authenticate': 'Bearer', 'Content-Type': 'application/problem+json' },
    templates: {
      'application/json':
        '{"title":"$context.error.message","quoted":$context.error.messageString,"type":"$context.error.responseType","id":"$context.requestId","path":"$context.path"}',
    },
  });

  const answer = renderGatewayResponse([unauthorized], new GatewayError('UNAUTHORIZED'), context);

  assert.equal(answer.statusCode, 499);
  assert.deepEqual(JSON.parse(String(answer.body)), {
    title: 'Unauthorized',
    quoted: 'Unauthorized',
    type: 'UNAUTHORIZED',
    id: 'r-1',
    path: '/v1/x',
  });
  assert.deepEqual(answer.headers, [
    ['x-amzn-ErrorType', 'UnauthorizedException'],
    ['WWW-Authenticate', 'Bearer'],
    ['Content-Type', 'application/problem+json'],
  ]);
});

test('what the authorizer said reaches the template and an unknown variable is empty', () => {
  const denied = model('ACCESS_DENIED', {
    templates: { 'application/json': '$context.authorizer.reason|$context.authorizer.missing|$context.identity.user' },
  });
  const error = new GatewayError('ACCESS_DENIED', { authorizer: { reason: 'no seat' } });

  assert.equal(renderGatewayResponse([denied], error, context).body, 'no seat||');
});

test('a type without a response of its own takes the default of its class and keeps its status', () => {
  const models = [
    model('DEFAULT_4XX', { templates: { 'application/json': '4' } }),
    model('DEFAULT_5XX', { templates: { 'application/json': '5' } }),
  ];

  const denied = renderGatewayResponse(models, new GatewayError('ACCESS_DENIED'), context);
  const broken = renderGatewayResponse(models, new GatewayError('DEFAULT_5XX', { statusCode: 502 }), context);

  assert.deepEqual([denied.statusCode, denied.body], [403, '4']);
  assert.deepEqual([broken.statusCode, broken.body], [502, '5']);
});
