import '../../support/silent-logs.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Context } from 'aws-lambda';
import { HUB_ERROR_CODES, HubError } from '../../../lambdas/hub/hub-error.ts';
import { type HubRoute, httpHandler } from '../../../lambdas/runtime/http/http-handler.ts';
import { openHandler } from '../../../lambdas/runtime/http/open-handler.ts';
import { jsonResponse } from '../../../lambdas/runtime/http/response.ts';
import { gatewayEvent, PRINCIPAL } from '../../support/gateway-event.ts';

const CANARY = 'canary-5b1e';
async function answer(route: HubRoute, more: Parameters<typeof gatewayEvent>[0] = {}) {
  const handler = httpHandler(
    { 'GET /v1/tools': route },
    { hubId: 'hub-1', corsOrigin: 'https://console.example', scopePrefix: 'hub/', awsRegion: 'eu-west-1' },
  );
  const event = gatewayEvent(more);
  const context = { getRemainingTimeInMillis: () => 10_000 } as Context;
  const response = await handler(event, context);
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(response.body) };
}

const ok: HubRoute = async ({ principal }) => jsonResponse(200, { tenant: principal.tenantId });

describe('a route', () => {
  it('sees the principal that the authorizer established', async () => {
    assert.deepEqual((await answer(ok)).body, { tenant: 'acme' });
  });

  const nobody: [string, object][] = [
    ['without a context', {}],
    ['without a tenant', { ...PRINCIPAL, tenantId: undefined }],
    ['with an empty tenant', { ...PRINCIPAL, tenantId: '' }],
    ['with a tenant that could end a key', { ...PRINCIPAL, tenantId: 'acme#x' }],
    ['without a subject', { ...PRINCIPAL, subject: '' }],
    ['without scopes', { ...PRINCIPAL, scopes: undefined }],
    ['without an end of its token', { ...PRINCIPAL, expiresAt: undefined }],
    ['with a token that has expired since it was verified', { ...PRINCIPAL, expiresAt: '1700000000' }],
  ];
  for (const [what, authorizer] of nobody) {
    it(`is not reached ${what}`, async () => {
      const { status, body } = await answer(ok, { authorizer });

      assert.equal(status, 401);
      assert.equal(body.code, 'unauthenticated');
    });
  }

  it('is not reached without its scope, whatever the authorizer allowed', async () => {
    const { status, body } = await answer(ok, { authorizer: { ...PRINCIPAL, scopes: 'servers:read admin' } });

    assert.equal(status, 403);
    assert.equal(body.code, 'insufficient_scope');
    assert.equal(body.scope, 'tools:read');
  });

  for (const via of ['hub-1', 'other, hub-1', ' hub-1 ,x', 'a, b, c']) {
    it(`is not reached by a request that came through "${via}"`, async () => {
      assert.equal((await answer(ok, { headers: { 'Nexus-Via': via } })).status, 508);
    });
  }

  it('learns which hubs a request came through', async () => {
    const route: HubRoute = async ({ via }) => jsonResponse(200, { via });

    assert.deepEqual((await answer(route, { headers: { 'nexus-via': 'a, b' } })).body.via, ['a', 'b']);
  });

  it('that breaks says nothing of why', async () => {
    const broken = new TypeError(`${CANARY} is not a function`, { cause: new Error(CANARY) });

    const { status, body } = await answer(() => Promise.reject(broken));

    assert.equal(status, 500);
    assert.equal(body.code, 'internal');
    assert.equal(body.requestId, 'req-1');
    assert.ok(!JSON.stringify(body).includes(CANARY));
  });

  for (const code of HUB_ERROR_CODES) {
    it(`answers ${code} as a problem with a status of its own kind`, async () => {
      const cause = new Error(CANARY);
      const { status, headers, body } = await answer(() =>
        Promise.reject(new HubError(code, 'do this', { cause, retryAfterSeconds: 3, details: { fact: 1 } })),
      );

      assert.ok(status >= 400 && status < 600);
      assert.equal(body.status, status);
      assert.equal(body.code, code);
      assert.equal(body.detail, 'do this');
      assert.equal(body.fact, 1);
      assert.equal(headers['retry-after'], '3');
      assert.equal(headers['content-type'], 'application/problem+json');
      assert.equal(headers['access-control-allow-origin'], 'https://console.example');
      assert.ok(!JSON.stringify(body).includes(CANARY));
    });
  }

  it('lets details never replace what a problem always says', async () => {
    const details = { status: 200, code: 'fine', requestId: 'other' };

    const { status, body } = await answer(() => Promise.reject(new HubError('conflict', 'x', { details })));

    assert.deepEqual([body.status, body.code, body.requestId], [status, 'conflict', 'req-1']);
  });
});

describe('a challenge', () => {
  const metadata = 'resource_metadata="https://hub.example/prod/.well-known/oauth-protected-resource"';
  const challengeOf = async (code: 'unauthenticated' | 'insufficient_scope' | 'tool_disabled', details = {}) => {
    const refuse: HubRoute = () => Promise.reject(new HubError(code, 'x', { details }));
    return (await answer(refuse, { path: '/prod/v1/tools' })).headers['www-authenticate'];
  };

  it('names the scope that is missing', async () => {
    assert.equal(
      await challengeOf('insufficient_scope', { scope: 'servers:write' }),
      `Bearer error="insufficient_scope", scope="hub/servers:write", ${metadata}`,
    );
  });

  it('names what clients need when the token itself is not good', async () => {
    assert.equal(
      await challengeOf('unauthenticated'),
      `Bearer error="invalid_token", scope="hub/tools:read hub/tools:call", ${metadata}`,
    );
  });

  it('repeats nothing but scopes', async () => {
    assert.doesNotMatch(String(await challengeOf('insufficient_scope', { scope: CANARY })), new RegExp(CANARY));
  });

  it('is not made where no token would help', async () => {
    assert.equal(await challengeOf('tool_disabled'), undefined);
  });
});

describe('an open route', () => {
  const options = { corsOrigin: 'https://console.example', scopePrefix: 'hub/' };
  const ask = async (route: () => ReturnType<typeof jsonResponse>) =>
    await openHandler({ 'GET /v1/health': route }, options)(
      gatewayEvent({ resource: '/v1/health', authorizer: {} }),
      {} as Context,
    );

  it('is reached by everyone', async () => {
    assert.equal((await ask(() => jsonResponse(200, {}))).statusCode, 200);
  });

  it('is readable by the configured origin', async () => {
    const { headers } = await ask(() => jsonResponse(200, {}));

    assert.equal(headers['access-control-allow-origin'], 'https://console.example');
  });

  it('may be readable by more pages than the rest', async () => {
    const { headers } = await ask(() => jsonResponse(200, {}, { 'access-control-allow-origin': '*' }));

    assert.equal(headers['access-control-allow-origin'], '*');
  });

  it('answers what it throws as a problem', async () => {
    const refuse = (): never => {
      throw new HubError('server_not_found', 'there is none');
    };

    assert.equal((await ask(refuse)).statusCode, 404);
  });
});
