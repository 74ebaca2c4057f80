import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { Interaction, Upstream, UpstreamContext } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub } from '../../support/mcp/in-memory-hub.ts';
import type { TenantSetup } from '../../support/mcp/in-memory-stores.ts';
import { type Answer, answerOf, createCaller, type McpCaller } from '../../support/mcp/mcp-caller.ts';

/** Two tenants with a principal of the same name, and a second one in the first tenant. */
const WHO = [
  { tenant: 'acme', subject: 'ada' },
  { tenant: 'acme', subject: 'bob' },
  { tenant: 'globex', subject: 'ada' },
] as const;
type Who = (typeof WHO)[number];

const ofTenant = (tenant: string) => `<tenant ${tenant}>`;
const ofCaller = ({ tenant, subject }: Who) => `<caller ${subject} of ${tenant}>`;
const ALL_MARKERS = [...WHO.map(({ tenant }) => ofTenant(tenant)), ...WHO.map(ofCaller)];

/** The same for everybody but for the marker: one server, one tool, one resource, one prompt. */
const setUp = (tenant: string): TenantSetup => ({
  servers: [
    {
      slug: 'demo',
      serverId: 'the-same-id',
      name: ofTenant(tenant),
      instructions: ofTenant(tenant),
      tools: [{ name: 'echo', description: ofTenant(tenant), inputSchema: { type: 'object' } }],
      resources: [{ uri: 'demo://a', name: ofTenant(tenant) }],
      prompts: [{ name: 'greet', description: ofTenant(tenant) }],
    },
  ],
});

type Pause = (what: string) => Promise<unknown>;

/** A server that says whose it is in everything, waits in between, and goes on talking after its answer. */
function talkativeUpstream(pause: Pause): Partial<Upstream> {
  const talk = async ({ interaction }: UpstreamContext, marker: string): Promise<Interaction | undefined> => {
    for (const progress of [1, 2]) {
      await pause('server speaks');
      interaction?.onProgress?.({ progress, message: marker });
      interaction?.onLog({ level: 'info', data: marker });
    }
    await pause('server answers');
    void pause('server has not finished').then(() => interaction?.onProgress?.({ progress: 3, message: marker }));
    return interaction;
  };
  return {
    async callTool({ tenantId }, { arguments: args, definition }, context) {
      const marker = [ofTenant(tenantId), args['marker'], definition['description']].join();
      const interaction = await talk(context, marker);
      if (args['asks'] === true && interaction?.requestState === undefined) {
        const params = { message: marker, requestedSchema: { type: 'object', properties: {} } };
        return {
          kind: 'input_required',
          inputRequests: { name: { method: 'elicitation/create', params } },
          requestState: marker,
        };
      }
      const said = [marker, interaction?.requestState, interaction?.inputResponses];
      return { kind: 'complete', result: { content: [{ type: 'text', text: JSON.stringify(said) }] } };
    },
    async readResource({ tenantId }, uri, context) {
      await talk(context, ofTenant(tenantId));
      return { kind: 'complete', result: { contents: [{ uri, text: ofTenant(tenantId) }] } };
    },
    async getPrompt({ tenantId }, { arguments: args }, context) {
      await talk(context, ofTenant(tenantId));
      const text = [ofTenant(tenantId), args['marker']].join();
      return { kind: 'complete', result: { messages: [{ role: 'user', content: { type: 'text', text } }] } };
    },
    async complete({ tenantId }) {
      await pause('server answers');
      return { values: [ofTenant(tenantId)] };
    },
  };
}

interface Client extends McpCaller {
  readonly shown: McpCaller;
  readonly searching: McpCaller;
  readonly marker: string;
}

/** All with the same ids and tokens: only who asks differs. */
const meta = { progressToken: 'token', 'io.modelcontextprotocol/logLevel': 'info' };
const asking = { capabilities: { elicitation: {} }, meta };
const REQUESTS: Readonly<Record<string, (client: Client) => Promise<readonly Answer[]>>> = {
  'tools/list': async ({ modern }) => [await modern('tools/list')],
  'tools/list of a legacy client': async ({ legacy }) => [await legacy('tools/list')],
  'tools/call': async ({ modern, marker }) => [
    await modern('tools/call', { name: 'demo_echo', arguments: { marker } }, { meta }),
  ],
  'tools/call without a word': async ({ modern, marker }) => [
    await modern('tools/call', { name: 'demo_echo', arguments: { marker } }),
  ],
  'tools/call of a legacy client': async ({ legacy, marker }) => [
    await legacy('tools/call', { name: 'demo_echo', arguments: { marker }, _meta: { progressToken: 'token' } }),
  ],
  'tools/call of a legacy client that takes JSON': async ({ legacy, marker }) => [
    await legacy(
      'tools/call',
      { name: 'demo_echo', arguments: { marker }, _meta: { progressToken: 'token' } },
      { headers: { accept: 'application/json' } },
    ),
  ],
  'tools/call in two rounds': async ({ modern, marker }) => {
    const params = { name: 'demo_echo', arguments: { marker, asks: true } };
    const first = await modern('tools/call', params, asking);
    const requestState = first.result?.['requestState'] ?? 'missing';
    const inputResponses = { name: { action: 'accept', content: { marker } } };
    return [first, await modern('tools/call', { ...params, requestState, inputResponses }, asking)];
  },
  'tools/call at the server': async ({ shown, marker }) => [
    await shown.modern('tools/call', { name: 'echo', arguments: { marker } }, { meta }),
  ],
  'a search': async ({ searching }) => [
    await searching.modern('tools/call', { name: 'hub_search', arguments: { query: 'tenant' } }, { meta }),
    await searching.modern('tools/call', { name: 'hub_describe', arguments: { names: ['demo_echo'] } }, { meta }),
  ],
  'a batch': async ({ send, marker }) => {
    const call = { method: 'tools/call', params: { name: 'demo_echo', arguments: { marker } } };
    const message = [
      { jsonrpc: '2.0', id: 1, ...call },
      { jsonrpc: '2.0', id: 2, method: 'resources/list' },
    ];
    return [await answerOf(await send(message))];
  },
  'resources/list': async ({ modern }) => [await modern('resources/list')],
  'resources/read': async ({ modern }) => [await modern('resources/read', { uri: 'demo+demo://a' }, { meta })],
  'prompts/list': async ({ modern }) => [await modern('prompts/list')],
  'prompts/get': async ({ modern, marker }) => [
    await modern('prompts/get', { name: 'demo_greet', arguments: { marker } }, { meta }),
  ],
  'completion/complete': async ({ modern }) => [
    await modern('completion/complete', {
      ref: { type: 'ref/prompt', name: 'demo_greet' },
      argument: { name: 'a', value: '' },
    }),
  ],
  'an introduction of the server': async ({ shown }) => [await shown.modern('server/discover')],
};

function assertOnlyOwn(who: Who, request: string, answers: readonly Answer[]): void {
  const own = [ofTenant(who.tenant), ofCaller(who)];
  for (const { messages, error } of answers) {
    const text = JSON.stringify(messages);
    assert.equal(error, undefined, `${request} for ${ofCaller(who)}`);
    assert.ok(
      text.includes(ofTenant(who.tenant)),
      `${request} for ${ofCaller(who)} shows nothing of the tenant: ${text}`,
    );
    for (const foreign of ALL_MARKERS.filter((marker) => !own.includes(marker))) {
      assert.ok(!text.includes(foreign), `${request} for ${ofCaller(who)} shows ${foreign}: ${text}`);
    }
    const progress = messages.flatMap(({ method, params }) => (method === 'notifications/progress' ? [params] : []));
    // A third one may still come in time, while the hub seals a state.
    const all = [1, 2, 3].map((step) => ({
      progress: step,
      message: progress[0]?.['message'],
      progressToken: 'token',
    }));
    assert.deepEqual(progress, all.slice(0, progress.length));
    assert.ok(messages.at(-1)?.result !== undefined, 'nothing comes after the result');
  }
}

describe('callers who are served at the same time by one endpoint, with the same ids, tokens and names', () => {
  it("get nothing of another tenant's or of each other's, in whatever order everything happens", async () => {
    // What was let go runs as far as it comes, so that as much as possible waits for the next choice.
    const act = async (proceed: () => Promise<unknown>): Promise<void> => {
      await proceed();
      await setImmediate();
    };
    const request = fc.tuple(fc.constantFrom(...WHO), fc.constantFrom(...Object.keys(REQUESTS)));
    const requests = fc.array(request, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler({ act }), requests, async (scheduler, chosen) => {
        const pause: Pause = (what) => scheduler.schedule(Promise.resolve(), what);
        const { endpoint } = createInMemoryHub({
          tenants: { acme: setUp('acme'), globex: setUp('globex') },
          upstream: talkativeUpstream(pause),
          pause,
        });
        const clientOf = (who: Who): Client => ({
          ...createCaller(endpoint, who),
          shown: createCaller(endpoint, { ...who, slug: 'demo' }),
          searching: createCaller(endpoint, { ...who, query: 'tools=search' }),
          marker: ofCaller(who),
        });

        const answered = Promise.all(chosen.map(async ([who, name]) => (await REQUESTS[name]?.(clientOf(who))) ?? []));
        const answers = await scheduler.waitFor(answered);

        chosen.forEach(([who, name], index) => assertOnlyOwn(who, name, answers[index] ?? []));
      }),
      { numRuns: 200 },
    );
  });

  it("cannot go on with each other's state", async () => {
    const { endpoint } = createInMemoryHub({
      tenants: { acme: setUp('acme'), globex: setUp('globex') },
      upstream: talkativeUpstream(() => Promise.resolve()),
    });
    const params: JsonObject = { name: 'demo_echo', arguments: { asks: true } };
    const [mine, ...others] = WHO.map((who) => createCaller(endpoint, who));
    const requestState = (await mine?.modern('tools/call', params, asking))?.result?.['requestState'] ?? 'missing';

    assert.equal((await mine?.modern('tools/call', { ...params, requestState }, asking))?.error, undefined);
    for (const other of others) {
      const { error } = await other.modern('tools/call', { ...params, requestState }, asking);

      assert.deepEqual(error?.data, { code: 'invalid_request' });
    }
  });
});
