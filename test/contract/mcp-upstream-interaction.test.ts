import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { JsonObject } from '../../lambdas/hub/json.ts';
import type { Interaction, LogMessage, Negotiated, Progress } from '../../lambdas/hub/upstreams/upstream.ts';
import { startLegacy } from '../support/upstreams/legacy.ts';
import { startModern } from '../support/upstreams/modern.ts';
import { type RecordingServer, startRecordingServer } from '../support/upstreams/recording-server.ts';
import {
  callOf,
  contextOf,
  failure,
  mcpUpstreamFor,
  resultOf,
  targetOf,
} from '../support/upstreams/upstream-under-test.ts';

const MODERN: Negotiated = {
  era: 'modern',
  transport: 'streamable-http',
  discover: { supportedVersions: ['2026-07-28'], capabilities: {} },
};
const LEGACY: Negotiated = { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' };
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';

const FORM = { type: 'object', properties: { name: { type: 'string' } } };
const NAME_FORM = { method: 'elicitation/create', params: { message: 'Who are you?', requestedSchema: FORM } };
const FORMS: Partial<Interaction> = { capabilities: { elicitation: {} } };

describe('a caller that interacts with a modern server', () => {
  it('is asked what the server needs, in one request', async (t) => {
    const { server, upstream, target } = await modern(t);
    const call = callOf('ask', { inputRequests: { name: NAME_FORM } });

    const answer = await upstream.callTool(target, call, contextOf({ interaction: FORMS }));

    assert.deepEqual(answer, {
      kind: 'input_required',
      inputRequests: { name: NAME_FORM },
      requestState: 'after round 1',
    });
    assert.deepEqual(server.methods(), ['tools/call']);
  });

  it('answers in the next round, with the state of the server untouched', async (t) => {
    const { server, upstream, target } = await modern(t);
    const inputResponses = { name: { action: 'accept', content: { name: 'Ada' } } };
    const interaction = { ...FORMS, inputResponses, requestState: 'after round 1' };

    const result = await resultOf(upstream.callTool(target, callOf('ask'), contextOf({ interaction })));

    const [{ text }] = Object(result['content']);
    assert.deepEqual(JSON.parse(text), { inputResponses, requestState: 'after round 1' });
    assert.deepEqual(server.methods(), ['tools/call']);
  });

  it('is introduced with what it declared of what the hub can pass on', async (t) => {
    const { server, upstream, target } = await modern(t);
    const bridged = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} };
    const capabilities = { ...bridged, extensions: { 'io.modelcontextprotocol/tasks': {} }, experimental: { x: {} } };
    const context = contextOf({ interaction: { capabilities, logLevel: 'warning' } });

    await upstream.callTool(target, callOf('count'), context);
    await upstream.readResource(target, 'sample://greeting', context);
    await upstream.getPrompt(target, { name: 'greet', arguments: { name: 'Ada' } }, context);

    assert.equal(server.requests.length, 3);
    for (const request of server.requests) {
      assert.deepEqual(metaOf(request)[CAPABILITIES], bridged);
      assert.equal(metaOf(request)[LOG_LEVEL], 'warning');
    }
  });

  it('is not introduced when it cannot interact', async (t) => {
    const { server, upstream, target } = await modern(t);

    await upstream.callTool(target, callOf('count'), contextOf());

    const [request] = server.requests;
    assert.deepEqual(metaOf(request)[CAPABILITIES], {});
    assert.ok(!(LOG_LEVEL in metaOf(request)));
    assert.ok(!('progressToken' in metaOf(request)));
  });

  it('learns which capability a server misses, and nothing else of what the server says about it', async (t) => {
    const { upstream, target } = await modern(t);

    const error = await failure(upstream.callTool(target, callOf('demand'), contextOf()), 'capability_required');

    assert.deepEqual(error.details, { requiredCapabilities: { elicitation: { form: {} } } });
    assert.doesNotMatch(error.message, /yourself/);
  });
});

describe('an error about how the hub speaks to a modern server', () => {
  for (const [code, hubCode] of [
    [-32_020, 'definition_changed'],
    [-32_021, 'capability_required'],
    [-32_022, 'upstream_not_mcp'],
  ] as const) {
    it(`${code} is ${hubCode}, after one request`, async (t) => {
      const server = await startRecordingServer((_request, response, body) => {
        const answer = { jsonrpc: '2.0', id: Object(body).id, error: { code, message: 'x-region differs', data: {} } };
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
      t.after(() => server.close());
      const target = targetOf(server.origin, { negotiated: MODERN });

      const error = await failure(mcpUpstreamFor(t).callTool(target, callOf('act'), contextOf()), hubCode);

      assert.deepEqual(error.details, code === -32_021 ? { requiredCapabilities: {} } : {});
      assert.doesNotMatch(error.message, /region/);
      assert.deepEqual(server.methods(), ['tools/call']);
    });
  }
});

describe('a caller that interacts with a legacy server', () => {
  it('is not offered to be asked', async (t) => {
    const { server, upstream, target } = await legacy(t);

    await upstream.callTool(target, callOf('count'), contextOf({ interaction: FORMS }));

    const initialize = server.requests.find(({ rpcMethod }) => rpcMethod === 'initialize');
    assert.deepEqual(Object(initialize?.body).params.capabilities, {});
    for (const request of server.requests) assert.ok(!(CAPABILITIES in metaOf(request)));
  });

  it('is told of by its log level once in a session, until it wants another', async (t) => {
    const { server, upstream, target } = await legacy(t);
    const callAt = (logLevel: Interaction['logLevel']) =>
      upstream.callTool(target, callOf('count'), contextOf({ interaction: { logLevel } }));
    await callAt(undefined);
    server.clear();

    await callAt('info');
    await callAt('info');
    await callAt(undefined);
    await callAt('error');

    const { requests } = server;
    const levels = requests.flatMap(({ body, rpcMethod }) =>
      rpcMethod === 'logging/setLevel' ? [Object(body).params.level] : [],
    );
    assert.deepEqual(levels, ['info', 'error']);
    assert.equal(server.count('tools/call'), 4);
  });

  it('opens an expired session again, and sets the level in the new one', async (t) => {
    const { server, upstream, target } = await legacy(t);
    const call = () => upstream.callTool(target, callOf('count'), contextOf({ interaction: { logLevel: 'info' } }));
    await call();
    server.expireSessions(404);
    server.clear();

    await call();

    const opened = ['initialize', 'notifications/initialized', 'logging/setLevel', 'tools/call'];
    assert.deepEqual(server.methods(), ['tools/call', ...opened]);
    assert.equal(server.offer.effects, 2);
  });
});

for (const [name, start] of [
  ['a modern server', modern],
  ['a legacy server', legacy],
] as const) {
  describe(`while ${name} works`, () => {
    it('the caller hears its progress as long as that increases', async (t) => {
      const { upstream, target } = await start(t);
      const heard: Progress[] = [];
      const interaction = { onProgress: (progress: Progress) => void heard.push(progress) };

      await upstream.callTool(target, callOf('steps', { steps: [1, 2, 2, 1, 3] }), contextOf({ interaction }));

      assert.deepEqual(heard, [
        { progress: 1, total: 10 },
        { progress: 2, total: 10 },
        { progress: 3, total: 10 },
      ]);
    });

    it('a caller that does not want its progress is sent none', async (t) => {
      const { server, upstream, target } = await start(t);

      await upstream.callTool(target, callOf('steps', { steps: [1] }), contextOf({ interaction: {} }));

      assert.ok(server.requests.every((request) => !('progressToken' in metaOf(request))));
    });

    it('the caller hears its log from the level on that it wants', async (t) => {
      const { upstream, target } = await start(t);
      const heard: LogMessage[] = [];
      const tellAt = (logLevel: Interaction['logLevel']) =>
        upstream.callTool(
          target,
          callOf('tell', { level: 'warning' }),
          contextOf({ interaction: { logLevel, onLog: (message) => void heard.push(message) } }),
        );

      await tellAt('info');
      await tellAt('error');
      await tellAt(undefined);

      assert.deepEqual(heard, [{ level: 'warning', data: { told: true } }]);
    });

    it('the trace context is sent on, with or without an interaction', async (t) => {
      const { server, upstream, target } = await start(t);
      const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'x=1', baggage: 'k=v' };

      await upstream.callTool(target, callOf('count'), contextOf({ trace: { ...trace, cookie: 'no' } }));
      await upstream.callTool(target, callOf('count'), contextOf({ trace, interaction: {} }));

      const calls = server.requests.filter(({ rpcMethod }) => rpcMethod === 'tools/call');
      assert.equal(calls.length, 2);
      for (const call of calls) {
        const { traceparent, tracestate, baggage } = metaOf(call);
        assert.deepEqual({ traceparent, tracestate, baggage }, trace);
        assert.ok(!('cookie' in metaOf(call)));
      }
    });
  });
}

async function modern(t: TestContext) {
  const server = await startModern();
  t.after(() => server.close());
  return { server, upstream: mcpUpstreamFor(t), target: targetOf(server.url, { negotiated: MODERN }) };
}

async function legacy(t: TestContext) {
  const server = await startLegacy();
  t.after(() => server.close());
  return { server, upstream: mcpUpstreamFor(t), target: targetOf(server.url, { negotiated: LEGACY }) };
}

function metaOf(request: RecordingServer['requests'][number] | undefined): JsonObject {
  return Object(Object(Object(request?.body).params)._meta);
}
