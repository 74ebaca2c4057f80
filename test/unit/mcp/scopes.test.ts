import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError, type HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import { createInMemoryHub } from '../../support/mcp/in-memory-hub.ts';
import { answerOf, type CallerOptions, createCaller } from '../../support/mcp/mcp-caller.ts';

function setUp(caller: CallerOptions) {
  return createCaller(createInMemoryHub({ tenants: {} }).endpoint, caller);
}

const hubError = (code: HubErrorCode) => (error: unknown) => error instanceof HubError && error.code === code;

describe('a token without the scope for a method', () => {
  const reader: CallerOptions = { scopes: ['tools:read'] };
  const caller: CallerOptions = { scopes: ['tools:call'] };
  const call = { name: 'demo_echo', arguments: {} };

  for (const [method, params, options, scope] of [
    ['tools/call', call, reader, 'tools:call'],
    ['resources/read', { uri: 'demo+demo://a' }, reader, 'tools:call'],
    ['prompts/get', { name: 'demo_greet' }, reader, 'tools:call'],
    ['completion/complete', {}, reader, 'tools:call'],
    ['tools/list', {}, caller, 'tools:read'],
    ['resources/list', {}, caller, 'tools:read'],
    ['resources/templates/list', {}, caller, 'tools:read'],
    ['prompts/list', {}, caller, 'tools:read'],
  ] as const) {
    it(`is challenged for ${scope} by ${method} in both eras, before anything is looked at`, async () => {
      for (const era of ['modern', 'legacy'] as const) {
        await assert.rejects(setUp(options)[era](method, params), (error: unknown) => {
          assert.ok(hubError('insufficient_scope')(error));
          assert.deepEqual((error as HubError).details, { scope });
          return true;
        });
      }
    });
  }

  it('is challenged for one request among others in a batch', async () => {
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: call },
    ];

    await assert.rejects(setUp(reader).send(batch), hubError('insufficient_scope'));
  });

  it('is challenged by the search too', async () => {
    const search = { name: 'hub_search', arguments: { query: 'x' } };

    await assert.rejects(
      setUp({ ...reader, query: 'tools=search' }).modern('tools/call', search),
      hubError('insufficient_scope'),
    );
  });

  it('still learns what the endpoint is', async () => {
    const nobody = setUp({ scopes: [] });

    assert.equal((await nobody.modern('server/discover')).error, undefined);
    assert.deepEqual((await nobody.legacy('ping')).result, {});
  });

  it('cannot reach a method by hiding the request in a list within a list', async () => {
    const nested = [[{ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }]];

    const { status } = await answerOf(await setUp(reader).send(nested));

    assert.equal(status, 400);
  });
});
