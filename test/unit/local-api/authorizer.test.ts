import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthorizer } from '../../../local/api/authorizer.ts';
import { GatewayError } from '../../../local/api/gateway-error.ts';
import type { InvokeResult } from '../../../local/lambda/function-host.ts';

const ARN = 'arn:aws:execute-api:us-east-1:000000000000:abc123/local';

const statement = (Effect: string, Resource: string | string[]) => ({ Action: 'execute-api:Invoke', Effect, Resource });
const allow = (...statements: object[]): InvokeResult =>
  answer({ principalId: 'me', policyDocument: { Version: '2012-10-17', Statement: statements } });
const answer = (output: unknown): InvokeResult => ({ outcome: 'ok', payload: JSON.stringify(output) });

function authorizer(results: InvokeResult[], { ttl = 60, source = 'method.request.header.Authorization' } = {}) {
  const clock = { time: 1_000, now: () => clock.time };
  let asked = 0;
  const { authorize } = createAuthorizer({
    model: { logicalId: 'A', functionArn: 'f', identitySources: [source], resultTtlSeconds: ttl },
    invoke: async () => results[Math.min(asked++, results.length - 1)] ?? { outcome: 'throttled' },
    clock,
  });
  return {
    clock,
    asked: () => asked,
    call: (path: string, token: string | undefined = 'Bearer 1') =>
      authorize({
        request: {
          requestId: '',
          extendedRequestId: '',
          traceId: '',
          receivedAt: new Date(0),
          method: 'GET',
          path,
          stagePath: '',
          query: new URLSearchParams('key=k'),
          headers: token === '' ? [] : [['authorization', token]],
          host: '',
          sourceIp: '',
        },
        pathParameters: {},
        methodArn: `${ARN}/GET${path}`,
        event: () => ({}),
      }),
  };
}

const refusedAs = (responseType: string, message?: string) => (error: unknown) => {
  assert.ok(error instanceof GatewayError);
  assert.equal(error.responseType, responseType);
  if (message !== undefined) assert.equal(error.message, message);
  return true;
};

test('an allowed call gets the context as strings', async () => {
  const output = {
    principalId: 'me',
    policyDocument: { Statement: [statement('Allow', `${ARN}/GET/*`)] },
    context: { tenantId: 'acme', level: 3, admin: false, nothing: null },
  };
  const { call } = authorizer([answer(output)]);

  assert.deepEqual(await call('/a'), {
    tenantId: 'acme',
    level: '3',
    admin: 'false',
    principalId: 'me',
    integrationLatency: 0,
  });
});

const policies: readonly [what: string, statements: object[], decision: 'allow' | 'deny' | 'explicit deny'][] = [
  ['a wildcard resource', [statement('Allow', '*')], 'allow'],
  ['a list of resources', [statement('Allow', [`${ARN}/POST/x`, `${ARN}/GET/a`])], 'allow'],
  ['a wildcard that crosses slashes', [statement('Allow', `${ARN.slice(0, -3)}*`)], 'allow'],
  ['a one-character wildcard', [statement('Allow', `${ARN}/G?T/a`)], 'allow'],
  ['an action wildcard', [{ Action: ['execute-api:*'], Effect: 'Allow', Resource: '*' }], 'allow'],
  ['another action', [{ Action: 's3:GetObject', Effect: 'Allow', Resource: '*' }], 'deny'],
  ['another method', [statement('Allow', `${ARN}/POST/a`)], 'deny'],
  ['no statement', [], 'deny'],
  ['a deny beside an allow', [statement('Allow', '*'), statement('Deny', `${ARN}/GET/a`)], 'explicit deny'],
];

for (const [what, statements, decision] of policies) {
  test(`${what} is ${decision === 'allow' ? 'an allow' : `a refusal`}`, async () => {
    const { call } = authorizer([allow(...statements)]);

    if (decision === 'allow') await assert.doesNotReject(call('/a'));
    else {
      const suffix = decision === 'explicit deny' ? ' with an explicit deny' : '';
      await assert.rejects(
        call('/a'),
        refusedAs('ACCESS_DENIED', `User is not authorized to access this resource${suffix}`),
      );
    }
  });
}

test('a cached policy that names only the first method denies the next one', async () => {
  const { call, asked } = authorizer([allow(statement('Allow', `${ARN}/GET/first`))]);

  await call('/first');

  await assert.rejects(call('/second'), refusedAs('ACCESS_DENIED'));
  assert.equal(asked(), 1);
});

test('a result is kept per identity and until its time is over', async () => {
  const { call, asked, clock } = authorizer([allow(statement('Allow', '*'))], { ttl: 60 });

  await call('/a', 'Bearer 1');
  await call('/b', 'Bearer 1');
  assert.equal(asked(), 1);
  await call('/a', 'Bearer 2');
  assert.equal(asked(), 2);
  clock.time += 60_001;
  await call('/a', 'Bearer 1');
  assert.equal(asked(), 3);
});

test('without a time to live the function is asked each time', async () => {
  const { call, asked } = authorizer([allow(statement('Allow', '*'))], { ttl: 0 });

  await call('/a');
  await call('/a');

  assert.equal(asked(), 2);
});

test('a denied result is kept too', async () => {
  const { call, asked } = authorizer([allow()]);

  await assert.rejects(call('/a'), refusedAs('ACCESS_DENIED'));
  await assert.rejects(call('/a'), refusedAs('ACCESS_DENIED'));

  assert.equal(asked(), 1);
});

test('a refused token is not kept', async () => {
  const unauthorized: InvokeResult = { outcome: 'error', error: { errorType: 'Error', errorMessage: 'Unauthorized' } };
  const { call, asked } = authorizer([unauthorized, allow(statement('Allow', '*'))]);

  await assert.rejects(call('/a'), refusedAs('UNAUTHORIZED'));
  await call('/a');

  assert.equal(asked(), 2);
});

test('a request without the identity source is refused and the function is not asked', async () => {
  const { call, asked } = authorizer([allow(statement('Allow', '*'))]);

  await assert.rejects(call('/a', ''), refusedAs('UNAUTHORIZED', 'Unauthorized'));

  assert.equal(asked(), 0);
});

test('a query parameter can be the identity source', async () => {
  const { call } = authorizer([allow(statement('Allow', '*'))], { source: 'method.request.querystring.key' });

  await assert.doesNotReject(call('/a', ''));
});

const failures: readonly [what: string, result: InvokeResult, responseType: string][] = [
  ['another error', { outcome: 'error', error: { errorType: 'TypeError', errorMessage: 'x' } }, 'AUTHORIZER_FAILURE'],
  ['a timeout', { outcome: 'timeout', error: { errorType: 'x', errorMessage: 'Unauthorized' } }, 'AUTHORIZER_FAILURE'],
  ['a throttled function', { outcome: 'throttled' }, 'AUTHORIZER_FAILURE'],
  ['no object', answer(null), 'AUTHORIZER_CONFIGURATION_ERROR'],
  ['no principal', answer({ policyDocument: { Statement: [] } }), 'AUTHORIZER_CONFIGURATION_ERROR'],
  ['no policy', answer({ principalId: 'me' }), 'AUTHORIZER_CONFIGURATION_ERROR'],
  [
    'a nested context value',
    answer({ principalId: 'me', policyDocument: { Statement: [] }, context: { scopes: ['a'] } }),
    'AUTHORIZER_CONFIGURATION_ERROR',
  ],
  [
    'a condition that cannot be evaluated',
    allow({ ...statement('Allow', '*'), Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
    'AUTHORIZER_CONFIGURATION_ERROR',
  ],
];

for (const [what, result, responseType] of failures) {
  test(`${what} from the authorizer is ${responseType}`, async () => {
    await assert.rejects(authorizer([result]).call('/a'), refusedAs(responseType));
  });
}
