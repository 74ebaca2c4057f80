import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Upstream } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub } from '../../support/mcp/in-memory-hub.ts';
import type { TenantSetup } from '../../support/mcp/in-memory-stores.ts';
import { answerOf, type CallerOptions, createCaller, LEGACY, MODERN } from '../../support/mcp/mcp-caller.ts';

const acme: TenantSetup = {
  servers: [
    {
      slug: 'demo',
      tools: [
        { name: 'echo', inputSchema: { type: 'object' } },
        {
          name: 'near',
          inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
        },
      ],
      resources: [{ uri: 'demo://a', name: 'a' }],
      prompts: [{ name: 'greet' }],
    },
  ],
};

const echo: Partial<Upstream> = {
  async callTool(_target, { arguments: args }) {
    return { kind: 'complete', result: { content: [{ type: 'text', text: JSON.stringify(args) }] } };
  },
};

function setUp(caller: CallerOptions = {}, upstream = echo) {
  const { endpoint } = createInMemoryHub({ tenants: { acme }, upstream });
  return createCaller(endpoint, caller);
}

describe('the MCP endpoint for legacy clients', () => {
  it('introduces itself in the revision that the client speaks', async () => {
    for (const protocolVersion of ['2024-11-05', '2025-03-26', LEGACY, '2025-11-25']) {
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'client', version: '1' } };

      const { status, result } = await setUp().legacy('initialize', params, {
        headers: { 'mcp-protocol-version': null },
      });

      assert.equal(status, 200);
      assert.equal(result?.['protocolVersion'], protocolVersion);
      assert.equal((result?.['serverInfo'] as { name: string }).name, 'nexus-hub');
    }
  });

  it('gives nobody a session', async () => {
    const params = { protocolVersion: LEGACY, capabilities: {}, clientInfo: { name: 'client', version: '1' } };

    const { headers } = await setUp().legacy('initialize', params, { headers: { 'mcp-session-id': 'mine' } });

    assert.equal(headers.get('mcp-session-id'), null);
  });

  it('takes the notification that all is set up, and says nothing', async () => {
    const response = await setUp().send({ jsonrpc: '2.0', method: 'notifications/initialized' });

    assert.equal(response.status, 202);
    assert.equal(await response.text(), '');
  });

  it('lists and calls without an introduction, and with no word of what a legacy client does not know', async () => {
    const { legacy } = setUp();

    const { result } = await legacy('tools/call', { name: 'demo_echo', arguments: { a: 1 } });

    assert.deepEqual(result, { content: [{ type: 'text', text: '{"a":1}' }] });
    assert.equal((((await legacy('tools/list')).result?.['tools'] ?? []) as unknown[]).length, 2);
  });

  it('does not ask for headers that a legacy client does not send', async () => {
    const { error } = await setUp().legacy('tools/call', { name: 'demo_near', arguments: { region: 'eu' } });

    assert.equal(error, undefined);
  });

  it('answers a ping, and takes the level of log messages', async () => {
    assert.deepEqual((await setUp().legacy('ping')).result, {});
    assert.deepEqual((await setUp().legacy('logging/setLevel', { level: 'error' })).result, {});
  });

  it('refuses a level that there is not as invalid params', async () => {
    for (const params of [{ level: 'loud' }, { level: 7 }, {}]) {
      const { status, error } = await setUp().legacy('logging/setLevel', params);

      assert.deepEqual([status, error?.code], [200, -32_602]);
    }
  });

  it('says that it does not know a method within the answer', async () => {
    const { status, error } = await setUp().legacy('foo/bar');

    assert.deepEqual([status, error?.code], [200, -32_601]);
  });

  it('answers a batch as one, each request under its id', async () => {
    const { status, type, body } = await answerOf(
      await setUp().send([
        { jsonrpc: '2.0', id: 'a', method: 'ping' },
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        { jsonrpc: '2.0', id: 'b', method: 'tools/call', params: { name: 'demo_echo', arguments: {} } },
        { jsonrpc: '2.0', id: 'c', method: 'foo/bar' },
      ]),
    );

    assert.deepEqual([status, type], [200, 'application/json']);
    assert.ok(Array.isArray(body));
    assert.deepEqual(
      new Map(body.map(({ id, error }) => [id, error?.code])),
      new Map([
        ['a', undefined],
        ['b', undefined],
        ['c', -32_601],
      ]),
    );
  });

  it('reads for each call of a batch, for each is one for the limits', async () => {
    const reads: string[] = [];
    const pause = async (what: string) => void reads.push(what);
    const { endpoint } = createInMemoryHub({ tenants: { acme }, upstream: echo, pause });
    const call = { jsonrpc: '2.0', method: 'tools/call', params: { name: 'demo_echo', arguments: {} } };

    await answerOf(await createCaller(endpoint).send([1, 2, 3].map((id) => ({ ...call, id }))));

    assert.deepEqual(reads, ['call', 'call', 'call']);
  });

  it('answers also what a batch itself cancels, rather than never', async () => {
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'demo_echo', arguments: {} } };
    const cancellation = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };

    const { status, response } = await answerOf(await setUp().send([call, cancellation]));

    assert.deepEqual([status, response?.id], [200, 1]);
    assert.equal((await setUp().send([cancellation])).status, 202);
  });

  it('refuses a revision that never was', async () => {
    const { status } = await setUp().legacy('ping', {}, { headers: { 'mcp-protocol-version': '1999-01-01' } });

    assert.equal(status, 400);
  });

  it('serves no modern request that hides in a batch', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': MODERN,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'demo_near', arguments: { region: 'eu' }, _meta },
    };

    const { status, error } = await answerOf(await setUp({}, {}).send([message], { 'mcp-protocol-version': MODERN }));

    assert.equal(status, 400);
    assert.ok(error !== undefined);
  });
});
