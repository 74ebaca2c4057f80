import '../../support/silent-logs.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { action, actionRoute } from '../../../lambdas/runtime/http/action-route.ts';
import { httpHandler } from '../../../lambdas/runtime/http/http-handler.ts';
import { jsonResponse } from '../../../lambdas/runtime/http/response.ts';
import { gatewayEvent, PRINCIPAL } from '../../support/gateway-event.ts';

const inputSchema = z.strictObject({ word: z.optional(z.string()) });
const actions = {
  look: action('GET /v1/health', inputSchema, async (_, input) => jsonResponse(200, { did: 'look', input })),
  list: action('GET /v1/tools', inputSchema, async (_, input) => jsonResponse(200, { did: 'list', input })),
  write: action('POST /v1/servers', inputSchema, async (_, input) => jsonResponse(201, { did: 'write', input })),
};

async function ask(body: unknown, scopes = 'tools:read') {
  const options = { hubId: 'hub-1', corsOrigin: '', scopePrefix: 'hub/', awsRegion: 'eu-west-1' };
  const handler = httpHandler({ 'POST /functions/v1/nexus-hub': actionRoute(actions) }, options);
  const event = gatewayEvent({
    method: 'POST',
    resource: '/functions/v1/nexus-hub',
    authorizer: { ...PRINCIPAL, scopes },
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const response = await handler(event, { getRemainingTimeInMillis: () => 10_000 } as Context);
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(response.body) };
}

describe('a route of actions', () => {
  it('does what the body names, with the other members as input', async () => {
    assert.deepEqual((await ask({ action: 'list', word: 'x' })).body, { did: 'list', input: { word: 'x' } });
  });

  const unknown: [string, unknown][] = [
    ['no action', { word: 'x' }],
    ['no body', ''],
    ['another action', { action: 'drop' }],
    ['an action in capitals', { action: 'LIST' }],
    ['the name of a member of every object', { action: 'constructor' }],
    ['an action that is no text', { action: ['list'] }],
    ['a list', [{ action: 'list' }]],
    ['no object', '"list"'],
  ];
  for (const [what, body] of unknown) {
    it(`refuses ${what}`, async () => {
      const { status, body: problem } = await ask(body);

      assert.equal(status, 400);
      assert.equal(problem.code, 'invalid_request');
    });
  }

  it('says which actions there are', async () => {
    const { body } = await ask({ action: 'drop' });

    assert.equal(body.issues[0].path, '/action');
    for (const name of Object.keys(actions)) assert.match(body.issues[0].message, new RegExp(`"${name}"`));
  });

  it('asks for the scope of the route that does the same, before it looks at the input', async () => {
    const { status, body, headers } = await ask({ action: 'write', nonsense: true });

    assert.equal(status, 403);
    assert.equal(body.code, 'insufficient_scope');
    assert.equal(body.scope, 'servers:write');
    assert.match(headers['www-authenticate'] ?? '', /scope="hub\/servers:write"/);
    assert.equal((await ask({ action: 'write' }, 'servers:write')).status, 201);
    assert.equal((await ask({ action: 'list' }, 'servers:write')).status, 403);
  });

  it('does what an open route does for every scope of the hub, and for no token without one', async () => {
    assert.equal((await ask({ action: 'look' }, 'servers:read')).status, 200);
    assert.equal((await ask({ action: 'look' }, 'email')).status, 403);
  });

  for (const body of ['{"action":"list","wrod":"x"}', '{"action":"list","__proto__":{"word":"x"}}']) {
    it(`refuses members that the action does not take: ${body}`, async () => {
      const { status, body: problem } = await ask(body);

      assert.equal(status, 400);
      assert.equal(problem.code, 'invalid_request');
    });
  }
});
