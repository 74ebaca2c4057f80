import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exposedName } from '../../../lambdas/hub/catalog/exposed-name.ts';
import type { HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { Upstream } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub } from '../../support/mcp/in-memory-hub.ts';
import type { ServerSetup } from '../../support/mcp/in-memory-stores.ts';
import { createCaller } from '../../support/mcp/mcp-caller.ts';

const LONG = 'a.name/with everything';

const demo: ServerSetup = {
  slug: 'demo',
  instructions: 'Use echo.\n\tThen \u0007\u001B[31mstop\u202E\u200B.',
  tools: [
    { name: 'echo', inputSchema: { type: 'object' }, _meta: { ui: { resourceUri: 'ui://view' } } },
    { name: LONG, inputSchema: { type: 'object' } },
  ],
  resources: [{ uri: 'demo://a', name: 'a' }],
  resourceTemplates: [{ uriTemplate: 'demo://{id}', name: 'all' }],
  prompts: [{ name: 'greet' }, { name: LONG }],
};

function setUp(server: ServerSetup = demo, slug = server.slug) {
  const asked: unknown[] = [];
  const answer = async (what: unknown, result: JsonObject) => {
    asked.push(what);
    return { kind: 'complete', result } as const;
  };
  const upstream: Partial<Upstream> = {
    callTool: (_target, { name }) => answer(name, { content: [{ type: 'resource_link', uri: 'demo://a', name: 'a' }] }),
    readResource: (_target, uri) => answer(uri, { contents: [{ uri, text: 'a' }], ttlMs: 5_000 }),
    getPrompt: (_target, { name }) => answer(name, { messages: [] }),
    async complete(_target, { ref }) {
      asked.push(ref);
      return { values: ['Bern'] };
    },
  };
  const tenants = {
    acme: { servers: [server, { slug: 'other', tools: [{ name: 'echo' }], prompts: [{ name: 'greet' }] }] },
  };
  const { endpoint } = createInMemoryHub({ tenants, upstream });
  return { asked, hub: createCaller(endpoint), server: createCaller(endpoint, { slug }) };
}

const listed = async (caller: ReturnType<typeof createCaller>, method: string, member: string, key: string) => {
  const { result } = await caller.modern(method);
  return ((result?.[member] ?? []) as JsonObject[]).map((each) => each[key]);
};

describe('the endpoint of one server', () => {
  it('calls everything as the server does, and shows nothing of another one', async () => {
    const { server } = setUp();

    assert.deepEqual((await listed(server, 'tools/list', 'tools', 'name')).toSorted(), [LONG, 'echo'].toSorted());
    assert.deepEqual((await listed(server, 'prompts/list', 'prompts', 'name')).toSorted(), [LONG, 'greet'].toSorted());
    assert.deepEqual(await listed(server, 'resources/list', 'resources', 'uri'), ['demo://a']);
    assert.deepEqual(await listed(server, 'resources/templates/list', 'resourceTemplates', 'uriTemplate'), [
      'demo://{id}',
    ]);
    assert.deepEqual((await listed(server, 'tools/list', 'tools', '_meta')).filter(Boolean), [
      { ui: { resourceUri: 'ui://view' } },
    ]);
  });

  it('leads every name that it lists to what has it, whatever the name', async () => {
    const { server, asked } = setUp();
    for (const name of ['echo', LONG]) await server.modern('tools/call', { name, arguments: {} });
    for (const name of ['greet', LONG]) await server.modern('prompts/get', { name });
    await server.modern('resources/read', { uri: 'demo://a' });

    assert.deepEqual(asked, ['echo', LONG, 'greet', LONG, 'demo://a']);
  });

  it("leaves the server's own URIs in results", async () => {
    const { server, hub } = setUp();

    const own = await server.modern('tools/call', { name: 'echo' });
    const exposed = await hub.modern('tools/call', { name: 'demo_echo' });

    assert.deepEqual(own.result?.['content'], [{ type: 'resource_link', uri: 'demo://a', name: 'a' }]);
    assert.deepEqual(exposed.result?.['content'], [{ type: 'resource_link', uri: 'demo+demo://a', name: 'a' }]);
  });

  it('does not find a tool or prompt by the name that the hub has for it', async () => {
    const { server, asked } = setUp();
    for (const name of [
      'demo_echo',
      exposedName('demo', LONG),
      'other_echo',
      exposedName('demo', LONG).slice('demo_'.length),
    ]) {
      const { error } = await server.modern('tools/call', { name });

      assert.deepEqual(error?.data, { code: 'tool_not_found' }, name);
    }
    for (const name of ['demo_greet', exposedName('demo', LONG).slice('demo_'.length)]) {
      const { error } = await server.modern('prompts/get', { name });

      assert.deepEqual(error?.data, { code: 'prompt_not_found' }, name);
    }
    assert.deepEqual(asked, []);
  });

  it('completes the arguments of its prompts and templates', async () => {
    const { server, hub, asked } = setUp();
    const argument = { name: 'city', value: 'B' };

    const { result } = await server.modern('completion/complete', {
      ref: { type: 'ref/prompt', name: 'greet' },
      argument,
    });
    await server.modern('completion/complete', { ref: { type: 'ref/resource', uri: 'demo://{id}' }, argument });
    await hub.modern('completion/complete', { ref: { type: 'ref/prompt', name: 'demo_greet' }, argument });
    await hub.modern('completion/complete', { ref: { type: 'ref/resource', uri: 'demo+demo://{id}' }, argument });

    const refs = [
      { type: 'ref/prompt', name: 'greet' },
      { type: 'ref/resource', uri: 'demo://{id}' },
    ];
    assert.deepEqual(asked, [...refs, ...refs]);
    assert.deepEqual(result?.['completion'], { values: ['Bern'] });
  });

  it("passes on the server's instructions without characters that only a terminal or nobody sees", async () => {
    for (const { result } of [
      await setUp().server.modern('server/discover'),
      await setUp().server.legacy('initialize', {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'c', version: '1' },
      }),
    ]) {
      assert.match(String(result?.['instructions']), /^Use echo\.\n\tThen \[31mstop\.$/);
    }
  });

  it('promises completions only where the server has them', async () => {
    const features = { completions: false, logging: true };

    const { result } = await setUp({ ...demo, features }).server.modern('server/discover');

    assert.equal('completions' in (result?.['capabilities'] as JsonObject), false);
  });

  for (const [about, server, code] of [
    ['is disabled', { ...demo, enabled: false }, 'server_disabled'],
    ['was never synced', { ...demo, unknown: true }, 'server_not_synced'],
  ] as readonly [string, ServerSetup, HubErrorCode][]) {
    it(`says of everything that the server ${about}`, async () => {
      const { server: caller } = setUp(server);
      for (const [method, params] of [
        ['tools/list', {}],
        ['resources/list', {}],
        ['resources/templates/list', {}],
        ['prompts/list', {}],
        ['tools/call', { name: 'echo' }],
        ['resources/read', { uri: 'demo://a' }],
        ['prompts/get', { name: 'greet' }],
      ] as const) {
        const { error } = await caller.modern(method, params);

        assert.deepEqual(error?.data, { code }, method);
      }
    });
  }

  it('is not there where there is no server, and says so as HTTP does when it is introduced', async () => {
    const { server } = setUp(demo, 'none');

    await assert.rejects(server.modern('server/discover'), { name: 'HubError', code: 'server_not_found' });
    assert.deepEqual((await server.modern('tools/list')).error?.data, { code: 'server_not_found' });
    assert.ok((await server.modern('tools/call', { name: 'echo' })).error !== undefined);
  });

  it('shows an empty list of a server that has nothing', async () => {
    const { server } = setUp({ slug: 'empty' });

    assert.deepEqual(await listed(server, 'tools/list', 'tools', 'name'), []);
    assert.deepEqual((await server.modern('prompts/list')).error, undefined);
  });
});

describe('a resource that is read', () => {
  for (const [ttlMs, shown] of [
    [5_000, 5_000],
    [10_000_000, 60_000],
    [1.9, 1],
    [-1, 0],
    ['5000', 0],
    [undefined, 0],
  ] as const) {
    it(`is fresh for ${shown} ms where its server says ${JSON.stringify(ttlMs)}, and for the caller alone`, async () => {
      const { endpoint } = createInMemoryHub({
        tenants: { acme: { servers: [demo] } },
        upstream: {
          readResource: async () => ({
            kind: 'complete',
            result: { contents: [], cacheScope: 'public', ...(ttlMs !== undefined && { ttlMs }) },
          }),
        },
      });

      const { result } = await createCaller(endpoint).modern('resources/read', { uri: 'demo+demo://a' });

      assert.deepEqual([result?.['ttlMs'], result?.['cacheScope']], [shown, 'private']);
    });
  }
});
