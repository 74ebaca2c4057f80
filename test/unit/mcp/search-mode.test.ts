import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { ToolCall, Upstream } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub } from '../../support/mcp/in-memory-hub.ts';
import type { TenantSetup } from '../../support/mcp/in-memory-stores.ts';
import { type CallerOptions, createCaller } from '../../support/mcp/mcp-caller.ts';

const tool = (name: string, more: JsonObject = {}) => ({
  name,
  description: `does ${name}`,
  inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
  ...more,
});

const acme: TenantSetup = {
  servers: [
    {
      slug: 'demo',
      tools: [
        tool('translate', {
          title: 'Translate',
          description: 'x'.repeat(1000),
          _meta: { ui: { resourceUri: 'ui://a' } },
        }),
        tool('translate_disabled'),
        tool('translate_changed'),
      ],
      quarantined: ['translate_changed'],
    },
    { slug: 'off', enabled: false, tools: [tool('translate')] },
    { slug: 'other', tools: [tool('translate_too')] },
  ],
  permissions: { default: 'enabled', tools: { demo_translate_disabled: 'disabled' } },
};

function setUp(options: CallerOptions = {}) {
  const called: ToolCall[] = [];
  const upstream: Partial<Upstream> = {
    async callTool(_target, call, { interaction }) {
      called.push(call);
      interaction?.onProgress?.({ progress: 1 });
      if (call.arguments['asks'] === true && interaction?.requestState === undefined) {
        const elicitation = { method: 'elicitation/create', params: { message: 'Sure?' } } as const;
        return { kind: 'input_required', inputRequests: { sure: elicitation }, requestState: 'state' };
      }
      return { kind: 'complete', result: { content: [{ type: 'text', text: interaction?.requestState ?? 'done' }] } };
    },
  };
  const { endpoint } = createInMemoryHub({ tenants: { acme }, upstream });
  const caller = createCaller(endpoint, { query: 'tools=search', ...options });
  const use = (name: string, args: JsonObject, more = {}) =>
    caller.modern('tools/call', { name, arguments: args, ...more }, { capabilities: { elicitation: {} } });
  return { ...caller, use, called };
}

const namesIn = (result: JsonObject | undefined) =>
  ((result?.['structuredContent'] as { tools: { name: string }[] } | undefined)?.tools ?? []).map(({ name }) => name);

describe('the endpoint with tools=search', () => {
  it('lists three tools to both eras, however many there are', async () => {
    const { modern, legacy } = setUp();
    for (const { result } of [await modern('tools/list'), await legacy('tools/list')]) {
      const tools = (result?.['tools'] ?? []) as { name: string; inputSchema: { type: string } }[];

      assert.deepEqual(
        tools.map(({ name }) => name),
        ['hub_search', 'hub_describe', 'hub_call'],
      );
      assert.ok(tools.every(({ inputSchema }) => inputSchema.type === 'object'));
    }
  });

  it('tells a client how to go about it, and only here', async () => {
    const said = async (query: string) =>
      String((await setUp({ query }).modern('server/discover')).result?.['instructions']);

    assert.match(await said('tools=search'), /hub_search.*hub_describe.*hub_call/s);
    assert.doesNotMatch(await said('tools=all'), /hub_search/);
  });

  it('finds what may be called, and nothing else, in few words', async () => {
    const { result } = await setUp().use('hub_search', { query: 'translate' });

    assert.deepEqual(namesIn(result).toSorted(), ['demo_translate', 'other_translate_too']);
    assert.ok(JSON.stringify(result?.['structuredContent']).length < 1000);
    assert.deepEqual(JSON.parse((result?.['content'] as [{ text: string }])[0].text), result?.['structuredContent']);
  });

  it('finds on one server, and no more than it is asked for', async () => {
    const { use } = setUp();

    assert.deepEqual(namesIn((await use('hub_search', { query: 'translate', server: 'other' })).result), [
      'other_translate_too',
    ]);
    assert.equal(namesIn((await use('hub_search', { query: 'translate', limit: 1 })).result).length, 1);
    assert.deepEqual(namesIn((await use('hub_search', { query: 'zebra' })).result), []);
  });

  it('describes tools in full under the names and URIs of the hub, each once', async () => {
    const names = ['other_translate_too', 'demo_translate', 'demo_translate'];

    const { result } = await setUp().use('hub_describe', { names });

    assert.deepEqual(namesIn(result), ['other_translate_too', 'demo_translate']);
    const { tools } = result?.['structuredContent'] as { tools: JsonObject[] };
    assert.equal(String(tools[1]?.['description']).length, 1000);
    assert.deepEqual(tools[1]?.['_meta'], { ui: { resourceUri: 'ui://demo/a' } });
  });

  it('calls a tool with its arguments, without headers for them', async () => {
    const { use, called } = setUp();

    const { result } = await use('hub_call', { name: 'demo_translate', arguments: { region: 'eu' } });
    await use('hub_call', { name: 'demo_translate' });

    assert.deepEqual(result?.['content'], [{ type: 'text', text: 'done' }]);
    assert.deepEqual(
      called.map(({ name, arguments: args }) => [name, args]),
      [
        ['translate', { region: 'eu' }],
        ['translate', {}],
      ],
    );
  });

  it('goes on with a tool that asks for input, but for no other one', async () => {
    const { use } = setUp();
    const args = { name: 'demo_translate', arguments: { asks: true } };
    const requestState = (await use('hub_call', args)).result?.['requestState'] ?? 'missing';

    const other = await use('hub_call', { ...args, name: 'other_translate_too' }, { requestState });
    const same = await use('hub_call', args, { requestState });

    assert.deepEqual(other.error?.data, { code: 'invalid_request' });
    assert.deepEqual(same.result?.['content'], [{ type: 'text', text: 'state' }]);
  });

  it('reports the progress of what it calls', async () => {
    const params = { name: 'hub_call', arguments: { name: 'demo_translate' } };

    const { messages } = await setUp().modern('tools/call', params, { meta: { progressToken: 'mine' } });

    assert.deepEqual(messages[0]?.params, { progress: 1, progressToken: 'mine' });
  });

  for (const [name, code] of [
    ['demo_translate_disabled', 'tool_disabled'],
    ['demo_translate_changed', 'tool_quarantined'],
    ['off_translate', 'server_disabled'],
    ['demo_none', 'tool_not_found'],
    ['hub_call', 'tool_not_found'],
    ['translate', 'tool_not_found'],
  ] as const) {
    it(`neither describes nor calls ${name}: ${code}`, async () => {
      const { use, called } = setUp();

      const described = await use('hub_describe', { names: ['demo_translate', name] });
      const { error } = await use('hub_call', { name, arguments: {} });

      assert.deepEqual([described.error?.data, error?.data], [{ code }, { code }]);
      assert.deepEqual(called, []);
    });
  }

  it('knows no other tool by its name', async () => {
    for (const name of ['demo_translate', 'hub_none', '__proto__', '']) {
      const { error } = await setUp().use(name, {});

      assert.deepEqual(error?.data, { code: 'tool_not_found' }, name);
    }
  });

  for (const [name, args] of [
    ['hub_search', {}],
    ['hub_search', { query: 'x'.repeat(501) }],
    ['hub_search', { query: 'x', limit: 51 }],
    ['hub_search', { query: 'x', limit: 0 }],
    ['hub_search', { query: 'x', limit: 1.5 }],
    ['hub_describe', { names: [] }],
    ['hub_describe', { names: Array.from({ length: 21 }, (_, i) => `demo_${i}`) }],
    ['hub_call', {}],
    ['hub_call', { name: 'demo_translate', arguments: [] }],
  ] as const) {
    it(`refuses ${name} with ${JSON.stringify(args).slice(0, 60)}`, async () => {
      const { error } = await setUp().use(name, args);

      assert.deepEqual([error?.code, error?.data], [-32_602, { code: 'invalid_request' }]);
    });
  }

  it('offers resources and prompts as always', async () => {
    assert.deepEqual((await setUp().modern('resources/list')).error, undefined);
    assert.deepEqual((await setUp().modern('prompts/list')).error, undefined);
  });
});

describe('the query of an endpoint', () => {
  const refused = (error: unknown) => error instanceof HubError && error.code === 'invalid_request';

  it('is refused where it asks for what there is not', async () => {
    for (const query of ['tools=none', 'tools=', 'tools=Search']) {
      await assert.rejects(setUp({ query }).modern('tools/list'), refused, query);
      await assert.rejects(setUp({ query }).legacy('tools/list'), refused, query);
    }
  });

  it('cannot ask for a search at one server', async () => {
    await assert.rejects(setUp({ slug: 'demo' }).modern('tools/list'), refused);
  });

  it('may say what is so anyway', async () => {
    for (const slug of [{}, { slug: 'demo' }]) {
      const { result } = await setUp({ query: 'tools=all', ...slug }).modern('tools/list');

      assert.ok(((result?.['tools'] ?? []) as unknown[]).length > 0);
    }
  });
});
