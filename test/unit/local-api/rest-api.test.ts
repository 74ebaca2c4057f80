import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { listen } from '../../../local/api/http-listener.ts';
import { createRestApi, type RestApiOptions } from '../../../local/api/rest-api.ts';
import type { FunctionHost, InvokeResult } from '../../../local/lambda/function-host.ts';
import type {
  AuthorizerModel,
  GatewayResponseModel,
  RouteModel,
  ThrottleModel,
} from '../../../local/template/stack-model.ts';

const API_ARN = 'arn:aws:execute-api:us-east-1:000000000000:abc123';
const AUTHORIZER: AuthorizerModel = {
  logicalId: 'Authorizer',
  functionArn: 'authorizer',
  identitySources: ['method.request.header.Authorization'],
  resultTtlSeconds: 0,
};

const lambda = (httpMethod: string, path: string, overrides: Partial<RouteModel> = {}): RouteModel => ({
  httpMethod,
  path,
  authorizer: undefined,
  integration: { type: 'lambda', functionArn: 'api', responseTransferMode: 'BUFFERED', timeoutMs: 29_000 },
  ...overrides,
});

interface Answers {
  readonly api?: (event: unknown) => InvokeResult | Promise<InvokeResult>;
  readonly authorizer?: (event: unknown) => InvokeResult;
}

interface StackParts {
  readonly gatewayResponses?: readonly GatewayResponseModel[];
  readonly throttle?: ThrottleModel;
}

const ok = (output: unknown): InvokeResult => ({ outcome: 'ok', payload: JSON.stringify(output) });
const BARE_STACK = {
  accountId: '000000000000',
  region: 'us-east-1',
  api: {
    apiId: 'abc123',
    stageName: 'local',
    routes: [],
    gatewayResponses: [],
    binaryMediaTypes: [],
    throttle: undefined,
  },
};
const allowAll = ok({
  principalId: 'me',
  policyDocument: { Statement: [{ Action: '*', Effect: 'Allow', Resource: '*' }] },
  context: { tenantId: 'acme' },
});

function stub(answer: (event: unknown) => InvokeResult | Promise<InvokeResult>): FunctionHost {
  return {
    invoke: async (event) => await answer(event),
    invokeStreaming: async () => ({ outcome: 'throttled' }),
    close: async () => {},
  };
}

async function start(
  t: TestContext,
  routes: readonly RouteModel[],
  answers: Answers = {},
  { gatewayResponses = [], throttle, ...overrides }: Partial<RestApiOptions> & StackParts = {},
) {
  const permission = (sourceArn: string) => ({ permissions: [{ principal: 'apigateway.amazonaws.com', sourceArn }] });
  const listener = await listen(0);
  t.after(() => listener.close());
  const api = createRestApi({
    stack: { ...BARE_STACK, api: { ...BARE_STACK.api, routes, gatewayResponses, throttle } },
    functions: new Map([
      [
        'api',
        {
          model: permission(`${API_ARN}/local/*/v1/*`),
          host: stub(answers.api ?? (() => ok({ statusCode: 200, body: 'ok' }))),
        },
      ],
      [
        'authorizer',
        { model: permission(`${API_ARN}/authorizers/Authorizer`), host: stub(answers.authorizer ?? (() => allowAll)) },
      ],
    ]),
    ...overrides,
  });
  listener.serve(api);
  return async (path: string, init?: RequestInit) => {
    const response = await fetch(listener.url + path, init);
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
}

test('a request reaches its function and the answer its client, with the ids of the gateway', async (t) => {
  const events: unknown[] = [];
  const call = await start(t, [lambda('POST', '/v1/tools/{name}/invoke')], {
    api: (event) => {
      events.push(event);
      return ok({ statusCode: 202, headers: { 'x-mine': '1', 'WWW-Authenticate': 'Bearer' }, body: '{"a":1}' });
    },
  });

  const { status, headers, body } = await call('/v1/tools/a%20b/invoke?x=1', { method: 'POST', body: '{"b":2}' });

  assert.deepEqual([status, body], [202, '{"a":1}']);
  assert.equal(headers.get('x-mine'), '1');
  assert.equal(headers.get('content-type'), 'application/json');
  assert.equal(headers.get('www-authenticate'), null);
  assert.equal(headers.get('x-amzn-remapped-www-authenticate'), 'Bearer');
  assert.match(headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
  assert.match(headers.get('x-amz-apigw-id') ?? '', /=$/);
  assert.match(headers.get('x-amzn-trace-id') ?? '', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  const [event] = events;
  assert.ok(typeof event === 'object' && event !== null);
  assert.partialDeepStrictEqual(event, {
    path: '/v1/tools/a%20b/invoke',
    pathParameters: { name: 'a b' },
    queryStringParameters: { x: '1' },
    body: '{"b":2}',
    headers: { 'X-Forwarded-For': '127.0.0.1', 'X-Forwarded-Proto': 'http' },
    requestContext: { requestId: headers.get('x-amzn-requestid'), stage: 'local' },
  });
});

test('an unknown route, or method of a known one, is answered by the gateway', async (t) => {
  const call = await start(t, [lambda('GET', '/v1/x')]);

  for (const answer of [await call('/nowhere'), await call('/v1/x', { method: 'DELETE' })]) {
    assert.equal(answer.status, 403);
    assert.equal(answer.body, '{"message":"Missing Authentication Token"}');
    assert.equal(answer.headers.get('x-amzn-errortype'), 'MissingAuthenticationTokenException');
  }
});

test('an authorized call carries what the authorizer said', async (t) => {
  const events: unknown[] = [];
  const call = await start(t, [lambda('GET', '/v1/x', { authorizer: AUTHORIZER })], {
    api: (event) => {
      events.push(event);
      return ok({ statusCode: 200 });
    },
  });

  await call('/v1/x', { headers: { authorization: 'Bearer 1' } });

  assert.partialDeepStrictEqual(events, [{ requestContext: { authorizer: { tenantId: 'acme', principalId: 'me' } } }]);
});

test('a refused call never reaches its function and shows the real challenge', async (t) => {
  let reached = false;
  const call = await start(
    t,
    [lambda('GET', '/v1/x', { authorizer: AUTHORIZER })],
    {
      api: () => {
        reached = true;
        return ok({ statusCode: 200 });
      },
    },
    {
      gatewayResponses: [
        {
          responseType: 'UNAUTHORIZED',
          statusCode: 401,
          headers: { 'WWW-Authenticate': 'Bearer realm="x"' },
          templates: { 'application/json': '{"requestId":"$context.requestId"}' },
        },
      ],
    },
  );

  const { status, headers, body } = await call('/v1/x');

  assert.equal(status, 401);
  assert.equal(headers.get('www-authenticate'), 'Bearer realm="x"');
  assert.deepEqual(JSON.parse(body), { requestId: headers.get('x-amzn-requestid') });
  assert.equal(reached, false);
});

test('a preflight is answered by its mock integration', async (t) => {
  const integration = { type: 'mock', statusCode: 204, headers: { 'Access-Control-Allow-Origin': '*' } } as const;
  const call = await start(t, [lambda('OPTIONS', '/v1/x', { integration })]);

  const { status, headers } = await call('/v1/x', { method: 'OPTIONS' });

  assert.equal(status, 204);
  assert.equal(headers.get('access-control-allow-origin'), '*');
});

const error = { errorType: 'Error', errorMessage: 'secret detail' };
const failures: readonly [what: string, result: InvokeResult, status: number, message: string][] = [
  ['an error', { outcome: 'error', error }, 502, 'Internal server error'],
  ['a crash', { outcome: 'crash', error }, 502, 'Internal server error'],
  ['a timeout', { outcome: 'timeout', error }, 502, 'Internal server error'],
  ['a malformed answer', ok({ hello: 1 }), 502, 'Internal server error'],
  ['a throttled function', { outcome: 'throttled' }, 500, 'Internal server error'],
  ['a request too large for Lambda', { outcome: 'request-too-large' }, 413, 'Request Too Long'],
];

for (const [what, result, status, message] of failures) {
  test(`${what} is a ${status} that tells nothing`, async (t) => {
    const call = await start(t, [lambda('GET', '/v1/x')], { api: () => result });

    const answer = await call('/v1/x');

    assert.deepEqual([answer.status, JSON.parse(answer.body)], [status, { message }]);
  });
}

test('a function slower than the integration allows is a 504', async (t) => {
  const integration = { type: 'lambda', functionArn: 'api', responseTransferMode: 'BUFFERED', timeoutMs: 20 } as const;
  const call = await start(t, [lambda('GET', '/v1/x', { integration })], {
    api: () => new Promise(() => {}),
  });

  const { status, body } = await call('/v1/x');

  assert.deepEqual([status, body], [504, '{"message":"Endpoint request timed out"}']);
});

test('a function that the template does not let API Gateway invoke is a 500', async (t) => {
  const call = await start(t, [lambda('GET', '/v2/x')]);

  const { status } = await call('/v2/x');

  assert.equal(status, 500);
});

test('a body above 10 MB is refused', async (t) => {
  const call = await start(t, [lambda('POST', '/v1/x')]);

  const refused = await call('/v1/x', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
  const accepted = await call('/v1/x', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024) });

  assert.equal(refused.status, 413);
  assert.match(refused.body, /exceeded 10485760 bytes/);
  assert.equal(accepted.status, 200);
});

test('an extra handler serves its prefix and nothing beside it', async (t) => {
  const handle: NonNullable<RestApiOptions['extraHandlers']>[number]['handle'] = (_request, response) => {
    response.end('extra');
  };
  const call = await start(t, [], {}, { extraHandlers: [{ prefix: '/oidc', handle }] });

  assert.equal((await call('/oidc/jwks?x')).body, 'extra');
  assert.equal((await call('/oidcx')).status, 403);
});

test('a port that is taken is an error', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const address = taken.address();
  assert.ok(address !== null && typeof address === 'object');

  await assert.rejects(listen(address.port), { code: 'EADDRINUSE' });
});

test('before it is known what is served the answer is to come again', async (t) => {
  const listener = await listen(0);
  t.after(() => listener.close());

  const { status, headers } = await fetch(listener.url);

  assert.deepEqual([status, headers.get('retry-after')], [503, '1']);
});

test('requests beyond the throttle are answered by the gateway, and nobody else is asked', async (t) => {
  let asked = 0;
  const request = await start(
    t,
    [lambda('GET', '/v1/tools', { authorizer: AUTHORIZER })],
    {
      authorizer: () => {
        asked += 1;
        return allowAll;
      },
    },
    {
      throttle: { rate: 0, burst: 2 },
      gatewayResponses: [
        {
          responseType: 'THROTTLED',
          statusCode: 429,
          headers: { 'Content-Type': 'application/problem+json' },
          templates: { 'application/json': '{"code":"throttled","requestId":"$context.requestId"}' },
        },
      ],
    },
  );
  const call = () => request('/v1/tools', { headers: { authorization: 'Bearer x' } });

  const answers = [await call(), await call(), await call()];

  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 429],
  );
  const refused = answers[2];
  assert.equal(refused?.headers.get('content-type'), 'application/problem+json');
  assert.deepEqual(JSON.parse(refused?.body ?? ''), {
    code: 'throttled',
    requestId: refused?.headers.get('x-amzn-requestid'),
  });
  assert.equal(asked, 2);
});

test('below its stage the API answers as at its own address: the path is without, the context with the stage', async (t) => {
  const events: unknown[] = [];
  const api = (event: unknown) => {
    events.push(event);
    return ok({ statusCode: 200, body: '{}' });
  };
  const routes = [lambda('GET', '/v1/x', { authorizer: AUTHORIZER })];
  const authorizer = (event: unknown) => {
    events.push(event);
    return allowAll;
  };
  const call = await start(t, routes, { api, authorizer }, { stagePath: true });
  const headers = { authorization: 'Bearer 1' };

  const below = await call('/local/v1/x?a=1', { headers });
  const without = await call('/v1/x', { headers });
  const other = await call('/localv1/x', { headers });

  assert.deepEqual([below.status, without.status, other.status], [200, 200, 403]);
  const paths = events.map((event) => {
    assert.ok(typeof event === 'object' && event !== null);
    assert.partialDeepStrictEqual(event, { path: '/v1/x', resource: '/v1/x' });
    return Object.assign({ requestContext: { path: '' } }, event).requestContext.path;
  });
  assert.deepEqual(paths, ['/local/v1/x', '/local/v1/x', '/v1/x', '/v1/x']);
  assert.partialDeepStrictEqual(events[0], { type: 'REQUEST', methodArn: `${API_ARN}/local/GET/v1/x` });
});

test('unless it is asked to, the API does not answer below its stage', async (t) => {
  const call = await start(t, [lambda('GET', '/v1/x')]);

  assert.equal((await call('/local/v1/x')).status, 403);
});

test('a client that says localhost is challenged by that name', async (t) => {
  const listener = await listen(0);
  t.after(() => listener.close());
  const headers = { 'WWW-Authenticate': `Bearer resource_metadata="${listener.url}/.well-known/x"` };
  const unauthorized = { responseType: 'UNAUTHORIZED', statusCode: 401, headers, templates: {} };
  const { api } = BARE_STACK;
  const routes = [lambda('GET', '/v1/x', { authorizer: AUTHORIZER })];
  const stack = { ...BARE_STACK, api: { ...api, routes, gatewayResponses: [unauthorized] } };
  listener.serve(createRestApi({ stack, functions: new Map() }));
  const byName = listener.url.replace('127.0.0.1', 'localhost');

  for (const url of [listener.url, byName]) {
    const challenge = (await fetch(`${url}/v1/x`)).headers.get('www-authenticate');

    assert.equal(challenge, `Bearer resource_metadata="${url}/.well-known/x"`);
  }
});
