import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { UpstreamAnswer, UpstreamContext } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub } from '../../support/mcp/in-memory-hub.ts';
import { answerOf, createCaller } from '../../support/mcp/mcp-caller.ts';

const JSON_TYPE = 'application/json';
const EVENTS = 'text/event-stream';

type CallTool = (context: UpstreamContext) => Promise<UpstreamAnswer>;

const done = (text = 'done'): UpstreamAnswer => ({
  kind: 'complete',
  result: { content: [{ type: 'text', text }] },
});

const silent: CallTool = async () => done();
const talks: CallTool = async ({ interaction }) => {
  interaction?.onProgress?.({ progress: 1 });
  interaction?.onLog({ level: 'info', data: 'working' });
  interaction?.onProgress?.({ progress: 2 });
  return done();
};

const call: JsonObject = { name: 'demo_do', _meta: { progressToken: 'mine' } };

function setUp(callTool: CallTool) {
  const { endpoint } = createInMemoryHub({
    tenants: { acme: { servers: [{ slug: 'demo', tools: [{ name: 'do' }] }] } },
    upstream: { callTool: (_target, _call, context) => callTool(context) },
  });
  return createCaller(endpoint);
}

describe('the answer to a legacy client', () => {
  for (const [accept, alone, afterProgress] of [
    [`${JSON_TYPE}, ${EVENTS}`, JSON_TYPE, EVENTS],
    [`${EVENTS}, ${JSON_TYPE};q=0.5`, JSON_TYPE, EVENTS],
    [`${EVENTS}, */*`, JSON_TYPE, EVENTS],
    [JSON_TYPE, JSON_TYPE, JSON_TYPE],
    [EVENTS, EVENTS, EVENTS],
    ['*/*', JSON_TYPE, JSON_TYPE],
    [null, JSON_TYPE, JSON_TYPE],
    ['text/html', JSON_TYPE, JSON_TYPE],
  ] as const) {
    it(`is ${alone} where it is the result alone, and ${afterProgress} after progress, for ${accept ?? 'no preference'}`, async () => {
      const headers = { accept };

      const quick = await setUp(silent).legacy('tools/call', call, { headers });
      const long = await setUp(talks).legacy('tools/call', call, { headers });

      assert.deepEqual([quick.status, quick.type, quick.messages.length], [200, alone, 1]);
      assert.deepEqual(
        [long.status, long.type, long.messages.length],
        [200, afterProgress, afterProgress === EVENTS ? 4 : 1],
      );
      for (const { result } of [quick, long]) assert.deepEqual(result, { content: [{ type: 'text', text: 'done' }] });
    });
  }

  it('says everything in the order in which it happened, and the result last', async () => {
    const { messages } = await setUp(talks).legacy('tools/call', call);

    assert.deepEqual(
      messages.map(({ method, params, id }) => [method ?? 'result', params?.['progress'] ?? params?.['data'] ?? id]),
      [
        ['notifications/progress', 1],
        ['notifications/message', 'working'],
        ['notifications/progress', 2],
        ['result', 1],
      ],
    );
  });

  it('brings progress while the tool still runs', async () => {
    const end = Promise.withResolvers<void>();
    const response = await setUp(async ({ interaction }) => {
      interaction?.onProgress?.({ progress: 1 });
      await end.promise;
      return done();
    }).send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call });
    const reader = response.body?.getReader();

    const first = new TextDecoder().decode((await reader?.read())?.value);
    end.resolve();

    assert.match(first, /notifications\/progress/);
    assert.doesNotMatch(first, /done/);
    assert.match(new TextDecoder().decode((await reader?.read())?.value), /done/);
    assert.equal((await reader?.read())?.done, true);
  });

  it('may not be held back or kept on its way', async () => {
    const { headers } = await setUp(talks).legacy('tools/call', call);

    assert.equal(headers.get('x-accel-buffering'), 'no');
    assert.match(headers.get('cache-control') ?? '', /no-cache/);
  });

  for (const [about, text] of [
    ['large', 'ä€😀'.repeat(500_000)],
    ['with line ends of every kind', 'a\nb\r\nc\rd\u2028e\u2029f\u0085g\n\ndata: {"result":1}\n\n'],
    ['that looks like events', 'event: message\ndata: {}\n\n: comment\n\n'],
  ] as const) {
    it(`is complete when it is ${about}, as JSON and after progress`, async () => {
      const quick = await setUp(async () => done(text)).legacy('tools/call', call);
      const long = await setUp(async ({ interaction }) => {
        interaction?.onProgress?.({ progress: 1, message: text });
        return done(text);
      }).legacy('tools/call', call);

      assert.equal(quick.type, JSON_TYPE);
      assert.equal(long.messages[0]?.params?.['message'], text);
      for (const { result } of [quick, long]) assert.deepEqual(result, { content: [{ type: 'text', text }] });
    });
  }

  it('is an error as JSON too', async () => {
    const failing = setUp(async () => {
      throw new HubError('upstream_error', 'the server failed');
    });
    for (const accept of [JSON_TYPE, `${JSON_TYPE}, ${EVENTS}`]) {
      const { type, error } = await failing.legacy('tools/call', call, { headers: { accept } });

      assert.deepEqual([type, error?.message], [JSON_TYPE, 'the server failed']);
    }
  });

  for (const accept of [`${JSON_TYPE}, ${EVENTS}`, EVENTS]) {
    it(`stops the tool when the client takes no more of it (${accept})`, { timeout: 10_000 }, async () => {
      const aborted = Promise.withResolvers<void>();
      const response = await setUp(({ interaction, deadline }) => {
        interaction?.onProgress?.({ progress: 1 });
        return new Promise((_, reject) => {
          deadline.signal.addEventListener('abort', () => {
            aborted.resolve();
            reject(new HubError('upstream_timeout', 'the client has gone'));
          });
        });
      }).send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }, { accept });
      const reader = response.body?.getReader();
      await reader?.read();

      await reader?.cancel();

      await aborted.promise;
    });
  }

  it('is one for all of a batch, without the progress of its parts', async () => {
    const request = { jsonrpc: '2.0', method: 'tools/call', params: call };

    const { type, messages } = await answerOf(
      await setUp(talks).send([
        { ...request, id: 1 },
        { ...request, id: 2 },
      ]),
    );

    assert.equal(type, JSON_TYPE);
    assert.deepEqual(messages.map(({ id }) => id).toSorted(), [1, 2]);
  });
});
