import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { UpstreamAnswer, UpstreamContext } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub } from '../../support/mcp/in-memory-hub.ts';
import { type Answer, createCaller } from '../../support/mcp/mcp-caller.ts';

type CallTool = (args: JsonObject, context: UpstreamContext) => Promise<UpstreamAnswer>;

const done = (result: JsonObject = { content: [] }): UpstreamAnswer => ({ kind: 'complete', result });

/** One server with one tool that does this. */
function setUp(callTool: CallTool) {
  const { endpoint, reported } = createInMemoryHub({
    tenants: {
      acme: { servers: [{ slug: 'demo', tools: [{ name: 'do', inputSchema: { type: 'object' } }] }] },
    },
    upstream: { callTool: (_target, call, context) => callTool(call.arguments, context) },
  });
  return { ...createCaller(endpoint), reported };
}

const call = { name: 'demo_do', arguments: { a: 1 } };
const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';

const progressIn = ({ messages }: Answer) =>
  messages.flatMap(({ method, params }) => (method === 'notifications/progress' ? [params] : []));
const logsIn = ({ messages }: Answer) =>
  messages.flatMap(({ method, params }) => (method === 'notifications/message' ? [params?.['level']] : []));

const reportsProgress: CallTool = async (_args, { interaction }) => {
  interaction?.onProgress?.({ progress: 1, total: 2, message: 'half' });
  interaction?.onProgress?.({ progress: 2, total: 2 });
  return done();
};

const logsEverything: CallTool = async (_args, { interaction }) => {
  for (const level of ['debug', 'info', 'warning', 'emergency'] as const) {
    interaction?.onLog({ level, logger: 'db', data: level });
  }
  return done();
};

describe('a tool that is called over MCP', () => {
  it('gets the arguments as they are, and its result comes back with the URIs of the hub and no word of the hop', async () => {
    const seen: JsonObject[] = [];
    const { modern } = setUp(async (args) => {
      seen.push(args);
      return done({
        resultType: 'complete',
        content: [{ type: 'resource_link', uri: 'demo://a', name: 'a' }],
        _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'evil' }, 'com.example/kept': 1 },
      });
    });

    const { result } = await modern('tools/call', { ...call, arguments: { deep: [{ a: null }], '': '' } });

    assert.deepEqual(seen, [{ deep: [{ a: null }], '': '' }]);
    assert.deepEqual(result?.['content'], [{ type: 'resource_link', uri: 'demo+demo://a', name: 'a' }]);
    assert.partialDeepStrictEqual(result, {
      _meta: { 'com.example/kept': 1, 'io.modelcontextprotocol/serverInfo': { name: 'nexus-hub' } },
    });
  });

  it('is answered with JSON when it says nothing before its result', async () => {
    for (const era of ['modern', 'legacy'] as const) {
      const { type, messages } = await setUp(async () => done())[era]('tools/call', call);

      assert.deepEqual([type, messages.length], ['application/json', 1]);
    }
  });

  it("reports progress under the client's own token, in order and before the result", async () => {
    for (const token of ['mine', 0, 17]) {
      for (const era of ['modern', 'legacy'] as const) {
        const params = era === 'legacy' ? { ...call, _meta: { progressToken: token } } : call;
        const answer = await setUp(reportsProgress)[era]('tools/call', params, { meta: { progressToken: token } });

        assert.equal(answer.type, 'text/event-stream');
        assert.deepEqual(progressIn(answer), [
          { progress: 1, total: 2, message: 'half', progressToken: token },
          { progress: 2, total: 2, progressToken: token },
        ]);
        assert.ok(answer.response?.result !== undefined);
      }
    }
  });

  it('is not asked for progress by a client that gave no token', async () => {
    for (const era of ['modern', 'legacy'] as const) {
      const asked: unknown[] = [];
      const { type } = await setUp(async (_args, { interaction }) => {
        asked.push(interaction?.onProgress);
        return done();
      })[era]('tools/call', call);

      assert.deepEqual([type, asked], ['application/json', [undefined]]);
    }
  });

  it('is asked for nothing before its result by a client that takes no events, and so answered with JSON', async () => {
    for (const accept of ['application/json', '*/*', null]) {
      for (const era of ['modern', 'legacy'] as const) {
        const asked: unknown[] = [];
        const params = era === 'legacy' ? { ...call, _meta: { progressToken: 1 } } : call;
        const { type, messages } = await setUp(async (_args, { interaction }) => {
          asked.push(interaction?.onProgress, interaction?.logLevel);
          interaction?.onLog({ level: 'emergency', data: 'nobody listens' });
          return done();
        })[era]('tools/call', params, { meta: { progressToken: 1, [LOG_LEVEL]: 'debug' }, headers: { accept } });

        assert.deepEqual([type, messages.length], ['application/json', 1]);
        assert.deepEqual(asked, [undefined, undefined]);
      }
    }
  });

  it('is not heard any more once it has answered', async () => {
    for (const era of ['modern', 'legacy'] as const) {
      const late = Promise.withResolvers<void>();
      const params = era === 'legacy' ? { ...call, _meta: { progressToken: 1 } } : call;
      const answering = setUp(async (_args, { interaction }) => {
        interaction?.onProgress?.({ progress: 1 });
        setImmediate(() => {
          interaction?.onProgress?.({ progress: 2 });
          interaction?.onLog({ level: 'emergency', data: 'late' });
          late.resolve();
        });
        return done();
      })[era]('tools/call', params, { meta: { progressToken: 1, [LOG_LEVEL]: 'debug' } });
      await late.promise;

      const { messages } = await answering;

      assert.deepEqual(
        messages.map(({ method }) => method),
        ['notifications/progress', undefined],
      );
    }
  });

  for (const [level, heard] of [
    [undefined, []],
    ['debug', ['debug', 'info', 'warning', 'emergency']],
    ['notice', ['warning', 'emergency']],
    ['emergency', ['emergency']],
    ['loud', []],
  ] as const) {
    it(`lets a modern client that wants ${level ?? 'no level'} hear ${heard.join(', ') || 'nothing'}`, async () => {
      const answer = await setUp(logsEverything).modern('tools/call', call, {
        meta: level === undefined ? {} : { [LOG_LEVEL]: level },
      });

      assert.deepEqual(logsIn(answer), heard);
    });
  }

  it('lets a legacy client hear all but the details', async () => {
    assert.deepEqual(logsIn(await setUp(logsEverything).legacy('tools/call', call)), ['info', 'warning', 'emergency']);
  });

  it('is named in its log messages', async () => {
    const { messages } = await setUp(async (_args, { interaction }) => {
      interaction?.onLog({ level: 'error', logger: 'db', data: { a: 1 } });
      interaction?.onLog({ level: 'error', data: 'no logger' });
      return done();
    }).modern('tools/call', call, { meta: { [LOG_LEVEL]: 'debug' } });

    assert.deepEqual(
      messages.slice(0, 2).map(({ params }) => params),
      [
        { level: 'error', logger: 'demo/db', data: { a: 1 } },
        { level: 'error', logger: 'demo', data: 'no logger' },
      ],
    );
  });

  it('is told what of its caller it can use, and nothing of a legacy one', async () => {
    const seen: unknown[] = [];
    const { modern, legacy } = setUp(async (_args, { interaction }) => {
      seen.push(interaction?.capabilities);
      return done();
    });
    const capabilities = {
      elicitation: { url: {} },
      sampling: {},
      extensions: { 'io.example/x': {} },
      experimental: {},
    };

    await modern('tools/call', call, { capabilities });
    await legacy('tools/call', { ...call, _meta: { 'io.modelcontextprotocol/clientCapabilities': capabilities } });

    assert.deepEqual(seen, [{ elicitation: { url: {} }, sampling: {} }, {}]);
  });

  it('gets the trace of its caller, and nothing in its place that is none', async () => {
    const traces: unknown[] = [];
    const { modern, legacy } = setUp(async (_args, { trace }) => {
      traces.push(trace);
      return done();
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const whole = { traceparent, tracestate: 'a=1', baggage: 'user=ada' };

    await modern('tools/call', call, { meta: whole });
    await legacy('tools/call', { ...call, _meta: whole });
    await modern('tools/call', call, { meta: { traceparent: 'x', tracestate: 'a\nb', baggage: 'x'.repeat(8193) } });
    await modern('tools/call', call, { meta: { traceparent: `${traceparent}\n`, tracestate: '', baggage: 7 } });

    assert.deepEqual(traces, [whole, whole, {}, {}]);
  });

  it('is aborted when the client goes away, in both eras', async () => {
    for (const era of ['modern', 'legacy'] as const) {
      const gone = new AbortController();
      const started = Promise.withResolvers<AbortSignal>();
      const { endpoint } = createInMemoryHub({
        tenants: { acme: { servers: [{ slug: 'demo', tools: [{ name: 'do' }] }] } },
        upstream: {
          callTool: (_target, _call, { deadline }) => {
            started.resolve(deadline.signal);
            return new Promise((_, reject) => {
              deadline.signal.addEventListener('abort', () => reject(new HubError('upstream_timeout', 'gone')));
            });
          },
        },
      });
      const caller = createCaller(endpoint, { signal: gone.signal });
      void caller[era]('tools/call', call).catch(() => undefined);
      const signal = await started.promise;
      assert.equal(signal.aborted, false);

      gone.abort();

      assert.equal(signal.aborted, true, era);
    }
  });

  it('fails with what the hub says of it, and with nothing of what went wrong inside', async () => {
    const refusing = setUp(async () => {
      throw new HubError('upstream_timeout', 'the server did not answer in time', { cause: new Error('10.0.0.7') });
    });
    const broken = setUp(async () => {
      throw new Error('secret of arn:aws:kms');
    });
    for (const era of ['modern', 'legacy'] as const) {
      assert.deepEqual((await refusing[era]('tools/call', call)).error, {
        code: -32_603,
        message: 'the server did not answer in time',
        data: { code: 'upstream_timeout' },
      });
      assert.deepEqual((await broken[era]('tools/call', call)).error, {
        code: -32_603,
        message: 'the hub failed',
        data: { code: 'internal' },
      });
    }
    assert.deepEqual(
      broken.reported.map((error) => (error as Error).message),
      ['secret of arn:aws:kms', 'secret of arn:aws:kms'],
    );
  });

  it('fails with what its server says of what was asked', async () => {
    const { modern } = setUp(async () => {
      throw new HubError('upstream_error', 'the server refused', {
        details: { jsonRpcCode: -32_602, jsonRpcMessage: 'no such city' },
      });
    });

    const { status, error } = await modern('tools/call', call);

    assert.deepEqual(
      [status, error],
      [200, { code: -32_602, message: 'no such city', data: { code: 'upstream_error' } }],
    );
  });
});
