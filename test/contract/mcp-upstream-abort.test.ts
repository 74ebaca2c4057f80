import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Json } from '../../lambdas/hub/json.ts';
import type { LogMessage, Negotiated } from '../../lambdas/hub/upstreams/upstream.ts';
import { startLegacy } from '../support/upstreams/legacy.ts';
import { startModern } from '../support/upstreams/modern.ts';
import { type Reply, replyWith, speakRaw, startEvents } from '../support/upstreams/raw-mcp.ts';
import { startRecordingServer } from '../support/upstreams/recording-server.ts';
import { callOf, contextOf, failure, mcpUpstreamFor, targetOf } from '../support/upstreams/upstream-under-test.ts';

const MODERN: Negotiated = {
  era: 'modern',
  transport: 'streamable-http',
  discover: { supportedVersions: ['2026-07-28'], capabilities: {} },
};
const LEGACY: Negotiated = { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' };

const silent: Reply = () => undefined;
const events: Reply = (response) => startEvents(response)({ jsonrpc: '2.0', method: 'notifications/other' });
const initialize = replyWith({
  protocolVersion: '2025-11-25',
  capabilities: { tools: {}, logging: {} },
  serverInfo: { name: 'raw', version: '1' },
});
const accept: Reply = (response) => response.writeHead(202).end();

describe('when the caller goes away', () => {
  for (const [name, negotiated, reply] of [
    ['a modern server that has not answered yet', MODERN, silent],
    ['a modern server that streams', MODERN, events],
    ['a legacy server that has not answered yet', LEGACY, silent],
    ['a legacy server that streams', LEGACY, events],
  ] as const) {
    it(`${name} sees its request closed`, async (t) => {
      const closed = Promise.withResolvers<void>();
      const { server, call } = await raw(t, negotiated, (response, request) => {
        response.once('close', closed.resolve);
        reply(response, request);
        calls.resolve();
      });
      const calls = Promise.withResolvers<void>();
      const caller = new AbortController();

      const failed = failure(call(caller.signal), 'upstream_timeout');
      await calls.promise;
      const abortedAt = performance.now();
      caller.abort();
      await closed.promise;

      assert.deepEqual((await failed).details, { outcome: 'unknown' });
      assert.ok(performance.now() - abortedAt < 1000);
      assert.equal(server.count('tools/call'), 1);
      assert.equal(server.count('notifications/cancelled'), negotiated === LEGACY ? 1 : 0);
    });
  }

  for (const [name, start, negotiated] of [
    ['a modern server', () => startModern(), MODERN],
    ['a modern server that answers with events', () => startModern({ responses: 'sse' }), MODERN],
    ['a legacy server', () => startLegacy(), LEGACY],
  ] as const) {
    it(`a tool of ${name} is told to stop`, async (t) => {
      const server = await start();
      t.after(() => server.close());
      const caller = new AbortController();
      const deadline = { at: Date.now() + 10_000, signal: caller.signal };
      const target = targetOf(server.url, { negotiated });
      const slow = callOf('slow', { ms: 5000 });

      const failed = failure(mcpUpstreamFor(t).callTool(target, slow, { deadline, via: [] }), 'upstream_timeout');
      await until(() => server.count('tools/call') === 1);
      setTimeout(() => caller.abort(), 50);

      await failed;
      await until(() => server.offer.cancellations === 1);
    });
  }
});

describe('a server that is silent', () => {
  it('is given up before the deadline', async (t) => {
    const { call } = await raw(t, MODERN, silent);
    const startedAt = performance.now();

    const error = await failure(call(AbortSignal.timeout(10_000), { silenceMs: 200 }), 'upstream_timeout');

    assert.deepEqual(error.details, { outcome: 'unknown' });
    assert.ok(performance.now() - startedAt < 5000);
  });

  it('is waited for as long as it reports progress', async (t) => {
    const { call } = await raw(t, MODERN, async (response, { id, body }) => {
      const send = startEvents(response);
      const { progressToken } = Object(body).params._meta;
      for (let progress = 1; progress <= 5; progress++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        send({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress } });
      }
      send({ jsonrpc: '2.0', id, result: { resultType: 'complete', content: [] } });
      response.end();
    });
    const interaction = { onProgress: () => {} };

    const answer = await call(AbortSignal.timeout(10_000), { silenceMs: 600, interaction });

    assert.equal(answer.kind, 'complete');
  });

  it('is given up at the deadline even if it reports progress for ever', async (t) => {
    const { call } = await raw(t, MODERN, (response, { body }) => {
      const send = startEvents(response);
      const { progressToken } = Object(body).params._meta;
      let progress = 0;
      const timer = setInterval(
        () =>
          send({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: progress++ } }),
        50,
      );
      response.once('close', () => clearInterval(timer));
    });
    const interaction = { onProgress: () => {} };
    const startedAt = performance.now();

    await failure(call(AbortSignal.timeout(600), { ms: 600, silenceMs: 300, interaction }), 'upstream_timeout');

    assert.ok(performance.now() - startedAt < 2000);
  });
});

describe('a stream that a legacy server leaves open after its answer', () => {
  it('is not heard by the next user of the session', async (t) => {
    let first: ReturnType<typeof startEvents> | undefined;
    const { server, call } = await raw(t, LEGACY, async (response, { id }) => {
      const send = startEvents(response);
      first ??= send;
      if (first !== send) {
        first(logOf('of the first'));
        send(logOf('of the second'));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      send({ jsonrpc: '2.0', id, result: { content: [] } });
      if (first !== send) response.end();
    });
    const heard: string[] = [];
    const hear = (who: string) => ({
      logLevel: 'info' as const,
      onLog: ({ data }: LogMessage) => void heard.push(`${who}: ${String(data)}`),
    });

    await call(AbortSignal.timeout(10_000), { interaction: hear('first') });
    await call(AbortSignal.timeout(10_000), { interaction: hear('second') });

    assert.deepEqual(heard, ['second: of the second']);
    assert.equal(server.count('initialize'), 1);
  });
});

describe('a server that says too much', () => {
  it('is heard a thousand times, and not at length or in depth', async (t) => {
    const { call } = await raw(t, MODERN, (response, { id }) => {
      const send = startEvents(response);
      send(logOf('x'.repeat(64 * 1024)));
      send(logOf(JSON.parse(`${'['.repeat(129)}${']'.repeat(129)}`)));
      for (let i = 0; i < 1100; i++) send(logOf('y'));
      send({ jsonrpc: '2.0', id, result: { resultType: 'complete', content: [] } });
      response.end();
    });
    const heard: unknown[] = [];

    await call(AbortSignal.timeout(10_000), {
      interaction: { logLevel: 'debug', onLog: ({ data }) => void heard.push(data) },
    });

    assert.deepEqual(
      heard,
      Array.from({ length: 1000 }, () => 'y'),
    );
  });
});

function logOf(data: Json) {
  return { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data } };
}

/** A server written by hand, whose answer to a call is the matter. */
async function raw(t: TestContext, negotiated: Negotiated, reply: Reply) {
  const server = await startRecordingServer((request, response, body) =>
    speakRaw(request, response, body, {
      initialize,
      'notifications/initialized': accept,
      'notifications/cancelled': accept,
      'logging/setLevel': replyWith({}),
      'tools/call': reply,
    }),
  );
  t.after(() => server.close());
  const upstream = mcpUpstreamFor(t);
  const call = (signal: AbortSignal, settings: Parameters<typeof contextOf>[0] = {}) => {
    const context = contextOf(settings);
    const deadline = { at: context.deadline.at, signal };
    return upstream.callTool(targetOf(server.origin, { negotiated }), callOf('act'), { ...context, deadline });
  };
  return { server, call };
}

async function until(holds: () => boolean): Promise<void> {
  const givenUpAt = performance.now() + 3000;
  while (!holds()) {
    assert.ok(performance.now() < givenUpAt, 'it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
