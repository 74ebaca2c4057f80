import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { InputRequest } from '../../../lambdas/hub/upstreams/input-request.ts';
import type { Interaction, Upstream, UpstreamAnswer } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub } from '../../support/mcp/in-memory-hub.ts';
import { type CallerOptions, createCaller } from '../../support/mcp/mcp-caller.ts';

const elicitation: InputRequest = {
  method: 'elicitation/create',
  params: { message: 'Which city?', requestedSchema: { type: 'object', properties: {} } },
};
const asking = (
  requestState?: string,
  inputRequests: Record<string, InputRequest> = { city: elicitation },
): UpstreamAnswer => ({
  kind: 'input_required',
  inputRequests,
  requestState,
});
const capabilities = { elicitation: {}, sampling: {}, roots: {} };
const inputResponses = { city: { action: 'accept', content: { city: 'Bern' } } };

/** Servers that answer this, round by round, and what of the interaction they saw in each. */
function setUp(...rounds: UpstreamAnswer[]) {
  const seen: (Interaction | undefined)[] = [];
  const answer = async (interaction: Interaction | undefined) => {
    seen.push(interaction);
    const next = rounds.shift();
    assert.ok(next !== undefined, 'the server is asked once too often');
    return next;
  };
  const upstream: Partial<Upstream> = {
    callTool: (_target, _call, { interaction }) => answer(interaction),
    readResource: (_target, _uri, { interaction }) => answer(interaction),
    getPrompt: (_target, _prompt, { interaction }) => answer(interaction),
  };
  const offer = {
    tools: [
      { name: 'book', inputSchema: { type: 'object' } },
      { name: 'cancel', inputSchema: { type: 'object' } },
    ],
    prompts: [{ name: 'greet' }],
  };
  const { endpoint } = createInMemoryHub({
    tenants: {
      acme: {
        servers: [
          { slug: 'travel', name: 'Travel Agency', ...offer },
          { slug: 'other', ...offer },
        ],
      },
    },
    upstream,
  });
  return { seen, as: (caller: CallerOptions = {}) => createCaller(endpoint, caller), ...createCaller(endpoint) };
}

const REQUESTS: readonly (readonly [string, JsonObject, UpstreamAnswer])[] = [
  ['tools/call', { name: 'travel_book', arguments: { guests: 2 } }, { kind: 'complete', result: { content: [] } }],
  ['resources/read', { uri: 'travel+travel://a' }, { kind: 'complete', result: { contents: [], ttlMs: 5 } }],
  ['prompts/get', { name: 'travel_greet', arguments: {} }, { kind: 'complete', result: { messages: [] } }],
];

describe('a request for which its server needs input', () => {
  for (const [method, params, end] of REQUESTS) {
    it(`is asked for by ${method} and goes on with the answers and the server's own state`, async () => {
      const { modern, seen } = setUp(asking('round one'), asking('round two'), end);

      const first = await modern(method, params, { capabilities });
      const second = await modern(
        method,
        { ...params, inputResponses, requestState: first.result?.['requestState'] ?? 'missing' },
        { capabilities, id: 2 },
      );
      const last = await modern(
        method,
        { ...params, inputResponses: {}, requestState: second.result?.['requestState'] ?? 'missing' },
        { capabilities, id: 3 },
      );

      assert.deepEqual(
        [first, second, last].map(({ result }) => result?.['resultType']),
        ['input_required', 'input_required', 'complete'],
      );
      assert.deepEqual(
        seen.map((interaction) => [interaction?.requestState, interaction?.inputResponses]),
        [
          [undefined, undefined],
          ['round one', inputResponses],
          ['round two', {}],
        ],
      );
      assert.ok(!JSON.stringify([first.messages, second.messages]).includes('round'));
    });

    it(`says nothing of how long it is fresh while ${method} is not done`, async () => {
      const { result } = await setUp(asking('state')).modern(method, params, { capabilities });

      assert.deepEqual(Object.keys(result ?? {}).sort(), ['_meta', 'inputRequests', 'requestState', 'resultType']);
    });
  }

  const [, params] = REQUESTS[0] ?? [];
  const book: JsonObject = params ?? {};

  it('shows a person which server asks, and leaves all else as the server has it', async () => {
    const sampling: InputRequest = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } };
    const roots: InputRequest = { method: 'roots/list', params: {} };
    const { modern } = setUp(asking(undefined, { a: elicitation, b: sampling, c: roots }));

    const { result } = await modern('tools/call', book, { capabilities });

    assert.deepEqual(result?.['inputRequests'], {
      a: { ...elicitation, params: { ...elicitation.params, message: 'Travel Agency: Which city?' } },
      b: sampling,
      c: roots,
    });
    assert.equal('requestState' in (result ?? {}), false);
  });

  it('may only have a state, for which the client comes again', async () => {
    const { result } = await setUp(asking('state', {})).modern('tools/call', book, { capabilities });

    assert.equal(typeof result?.['requestState'], 'string');
    assert.equal('inputRequests' in (result ?? {}), false);
  });

  it('takes answers without a state, from a server that needs none', async () => {
    const { modern, seen } = setUp({ kind: 'complete', result: { content: [] } });

    await modern('tools/call', { ...book, inputResponses }, { capabilities });

    assert.deepEqual([seen[0]?.requestState, seen[0]?.inputResponses], [undefined, inputResponses]);
  });

  for (const [about, caller, changed] of [
    ['another tool', {}, { name: 'travel_cancel' }],
    ["another server's tool of the same name", {}, { name: 'other_book' }],
    ['other arguments', {}, { arguments: { guests: 3 } }],
    ['another person', { subject: 'eve' }, {}],
    ['another client', { clientId: 'other' }, {}],
    ['a state that was made up', {}, { requestState: 'round one' }],
    ['an empty state', {}, { requestState: '' }],
  ] as const) {
    it(`does not go on for ${about}, and its server hears nothing of it`, async () => {
      const { modern, as, seen } = setUp(asking('round one'));
      const first = await modern('tools/call', book, { capabilities });

      const again = { ...book, inputResponses, requestState: first.result?.['requestState'] ?? 'missing', ...changed };
      const { error } = await as(caller).modern('tools/call', again, { capabilities });

      assert.deepEqual([error?.code, error?.data], [-32_602, { code: 'invalid_request' }]);
      assert.equal(seen.length, 1);
    });
  }

  it('is one the same from the endpoint of its server', async () => {
    const { modern, as, seen } = setUp(asking('round one'), { kind: 'complete', result: { content: [] } });
    const first = await modern('tools/call', book, { capabilities });

    const again = { ...book, name: 'book', inputResponses, requestState: first.result?.['requestState'] ?? 'missing' };
    await as({ slug: 'travel' }).modern('tools/call', again, { capabilities });

    assert.equal(seen[1]?.requestState, 'round one');
  });

  it('is answered with status 400 and what is missing when the client cannot be asked', async () => {
    const requiredCapabilities = { elicitation: { form: {} } };
    const { endpoint } = createInMemoryHub({
      tenants: { acme: { servers: [{ slug: 'travel', tools: [{ name: 'book' }] }] } },
      upstream: {
        callTool: async () => {
          throw new HubError('capability_required', 'declare it', { details: { requiredCapabilities } });
        },
      },
    });

    const { status, error } = await createCaller(endpoint).modern('tools/call', book);

    assert.deepEqual([status, error?.code], [400, -32_021]);
    assert.deepEqual(error?.data?.['requiredCapabilities'], requiredCapabilities);
  });

  it('tells the model of a legacy client in words why the tool does not go on', async () => {
    const { endpoint } = createInMemoryHub({
      tenants: { acme: { servers: [{ slug: 'travel', tools: [{ name: 'book' }], prompts: [{ name: 'greet' }] }] } },
      upstream: {
        callTool: async () => {
          throw new HubError('capability_required', 'declare it');
        },
        getPrompt: async () => {
          throw new HubError('capability_required', 'declare it');
        },
      },
    });
    const { legacy } = createCaller(endpoint);

    const { status, result } = await legacy('tools/call', book);
    const { error } = await legacy('prompts/get', { name: 'travel_greet' });

    assert.equal(status, 200);
    assert.equal(result?.['isError'], true);
    assert.match(JSON.stringify(result?.['content']), /travel_book.*2026-07-28/);
    assert.equal(error?.code, -32_603);
  });
});
