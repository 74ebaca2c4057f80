import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { Upstream } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub } from '../../support/mcp/in-memory-hub.ts';
import type { TenantSetup } from '../../support/mcp/in-memory-stores.ts';
import { type CallerOptions, createCaller, MODERN } from '../../support/mcp/mcp-caller.ts';

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
  const { endpoint, reported } = createInMemoryHub({ tenants: { acme }, upstream });
  return { ...createCaller(endpoint, caller), reported };
}

describe('the MCP endpoint for modern clients', () => {
  it('says what it is and what it can do, and promises to tell of no change', async () => {
    const { status, type, result } = await setUp().modern('server/discover');

    assert.equal(status, 200);
    assert.equal(type, 'application/json');
    assert.deepEqual(result?.['supportedVersions'], [MODERN]);
    const extensions = { 'io.modelcontextprotocol/tasks': {} };
    const offered = { tools: {}, resources: {}, prompts: {}, logging: {}, completions: {}, extensions };
    assert.deepEqual(result?.['capabilities'], offered);
    assert.equal(result?.['cacheScope'], 'private');
  });

  it('lists with the names of the hub, for the caller alone and for a bounded time', async () => {
    const { result } = await setUp().modern('tools/list');

    const { tools, ttlMs, cacheScope, resultType } = result as { tools: { name: string }[] } & typeof result;
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['demo_echo', 'demo_near'],
    );
    assert.deepEqual([ttlMs, cacheScope, resultType], [60_000, 'private', 'complete']);
  });

  it('signs every result as the hub', async () => {
    const { modern } = setUp();
    for (const method of ['server/discover', 'tools/list', 'resources/list', 'prompts/list']) {
      const { result } = await modern(method);

      const signature = (result?.['_meta'] as { [key: string]: { name: string } })[
        'io.modelcontextprotocol/serverInfo'
      ];
      assert.equal(signature?.name, 'nexus-hub', method);
    }
  });

  for (const id of [0, 7, 'seven', '']) {
    it(`answers under the id ${JSON.stringify(id)} as it was given`, async () => {
      assert.strictEqual((await setUp().modern('tools/list', {}, { id })).response?.id, id);
    });
  }

  for (const method of [
    'foo/bar',
    'ping',
    'initialize',
    'logging/setLevel',
    'resources/subscribe',
    'tools/',
    'toString',
    '__proto__',
    'tasks/list',
  ]) {
    it(`does not know the method ${method}`, async () => {
      const { status, error } = await setUp().modern(method);

      assert.deepEqual([status, error?.code], [404, -32_601]);
    });
  }

  it('acknowledges a subscription to nothing, and ends it in good order', async () => {
    const notifications = { toolsListChanged: true, resourceSubscriptions: ['demo+demo://a'] };

    const { status, messages } = await setUp().modern('subscriptions/listen', { notifications }, { id: 'sub' });

    const [acknowledged, end] = messages;
    const subscription = { 'io.modelcontextprotocol/subscriptionId': 'sub' };
    assert.equal(status, 200);
    assert.equal(messages.length, 2);
    assert.equal(acknowledged?.method, 'notifications/subscriptions/acknowledged');
    assert.deepEqual(acknowledged?.params, { notifications: {}, _meta: subscription });
    assert.equal(end?.id, 'sub');
    assert.equal(end?.result?.['resultType'], 'complete');
    assert.partialDeepStrictEqual(end?.result, { _meta: subscription });
  });

  it('takes a notification, and says nothing', async () => {
    const message = {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: {
        requestId: 1,
        _meta: { 'io.modelcontextprotocol/protocolVersion': MODERN, 'io.modelcontextprotocol/clientCapabilities': {} },
      },
    };
    const response = await setUp().send(message, {
      'mcp-protocol-version': MODERN,
      'mcp-method': 'notifications/cancelled',
    });

    assert.equal(response.status, 202);
    assert.equal(await response.text(), '');
  });

  const call = { name: 'demo_near', arguments: { region: 'eu' } };
  const mismatches: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
    'another method': { 'mcp-method': 'tools/list' },
    'no method': { 'mcp-method': null },
    'another name': { 'mcp-name': 'demo_echo' },
    'no name': { 'mcp-name': null },
    'another revision': { 'mcp-protocol-version': '2025-11-25' },
    'another argument': { 'mcp-param-region': 'us' },
    'no argument': { 'mcp-param-region': null },
  };
  for (const [about, headers] of Object.entries(mismatches)) {
    it(`refuses a call whose headers have ${about}, and calls nothing`, async () => {
      const { modern } = setUp({}, {});

      const { status, error, response } = await modern('tools/call', call, {
        id: 'x',
        headers: { 'mcp-param-region': 'eu', ...headers },
      });

      assert.deepEqual([status, error?.code, response?.id], [400, -32_020, 'x']);
    });
  }

  it('calls when the headers agree', async () => {
    const { result } = await setUp().modern('tools/call', call, { headers: { 'mcp-param-region': 'eu' } });

    assert.deepEqual(result?.['content'], [{ type: 'text', text: '{"region":"eu"}' }]);
  });

  it('says which revisions there are to a client of a later one', async () => {
    const later = '2027-01-01';

    const { status, error } = await setUp().modern(
      'tools/list',
      {},
      { meta: { 'io.modelcontextprotocol/protocolVersion': later }, headers: { 'mcp-protocol-version': later } },
    );

    assert.deepEqual([status, error?.code], [400, -32_022]);
    assert.deepEqual(error?.data?.['requested'], later);
  });

  it('refuses a uri that no header of a server would take', async () => {
    const uri = `demo+demo://${'a'.repeat(8192)}`;
    const { modern } = setUp({}, {});

    const read = await modern('resources/read', { uri });
    const completed = await modern('completion/complete', {
      ref: { type: 'ref/resource', uri },
      argument: { name: 'a', value: '' },
    });

    assert.deepEqual([read.error?.code, completed.error?.code], [-32_602, -32_602]);
  });

  for (const [method, params] of [
    ['tools/call', {}],
    ['tools/call', { name: 'demo_echo', arguments: [1] }],
    ['tools/call', { name: 'demo_echo', arguments: 'text' }],
    ['tools/list', { cursor: 7 }],
    ['tools/list', { cursor: 'made up' }],
    ['resources/read', {}],
    ['resources/read', { uri: 'file:///etc/passwd' }],
    ['prompts/get', { name: 'demo_greet', arguments: { a: 1 } }],
    ['prompts/get', { name: 'demo_none' }],
    ['completion/complete', { ref: { type: 'ref/tool', name: 'x' }, argument: { name: 'a', value: '' } }],
  ] as const) {
    it(`refuses ${method} with ${JSON.stringify(params)} as invalid params`, async () => {
      const { modern, reported } = setUp({}, {});

      const { error } = await modern(method, params);

      assert.equal(error?.code, -32_602);
      assert.ok(reported.every((each) => each instanceof HubError));
    });
  }
});
