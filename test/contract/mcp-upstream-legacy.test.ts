import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import { type LegacyServer, startLegacy } from '../support/upstreams/legacy.ts';
import { replyWith, speakRaw, startEvents } from '../support/upstreams/raw-mcp.ts';
import { startRecordingServer } from '../support/upstreams/recording-server.ts';
import {
  callOf,
  contextOf,
  failure,
  mcpUpstreamFor,
  resultOf,
  secretOf,
  targetOf,
} from '../support/upstreams/upstream-under-test.ts';

describe('the traffic to a legacy server', () => {
  it('a call in a session that is kept is exactly one request', async (t) => {
    const { server, call } = await legacy(t);
    await call('count');
    server.clear();

    await call('count');

    assert.deepEqual(server.methods(), ['tools/call']);
    assert.equal(server.offer.effects, 2);
  });

  it('the first call opens a session without a probe and without an event stream', async (t) => {
    const { server, call } = await legacy(t);

    await call('count');

    assert.deepEqual(server.methods(), ['initialize', 'notifications/initialized', 'tools/call']);
  });

  it('the ids of the requests of a session never repeat', async (t) => {
    const { server, call } = await legacy(t);

    for (let i = 0; i < 5; i++) await call('count');

    const ids = server.requests.flatMap(({ body }) =>
      typeof body === 'object' && body && 'id' in body ? [body.id] : [],
    );
    assert.equal(ids.length, 6);
    assert.equal(new Set(ids).size, 6);
  });

  it('calls at the same time never share a session', async (t) => {
    const { server, call } = await legacy(t);
    await call('count');
    server.clear();

    await Promise.all([call('slow', { ms: 50 }), call('slow', { ms: 50 }), call('slow', { ms: 50 })]);

    const sessions = server.requests
      .filter(({ rpcMethod }) => rpcMethod === 'tools/call')
      .map(({ headers }) => headers['mcp-session-id']);
    assert.equal(new Set(sessions).size, 3);
  });

  for (const status of [404, 400] as const) {
    it(`a session that expired with ${status} is opened again once, and the call takes effect once`, async (t) => {
      const { server, call } = await legacy(t);
      await call('count');
      server.expireSessions(status);
      server.clear();

      await call('count');

      assert.deepEqual(server.methods(), ['tools/call', 'initialize', 'notifications/initialized', 'tools/call']);
      assert.equal(server.offer.effects, 2);
    });
  }

  it('a session is not shared between tenants, servers or revisions', async (t) => {
    const { server, call } = await legacy(t);
    await call('count');

    await call('count', {}, { tenantId: tenantIdSchema.parse('another') });
    await call('count', {}, { serverId: 'another' });
    await call('count', {}, { revision: 2 });

    assert.equal(server.count('initialize'), 4);
  });

  it('a session that was idle for long is ended, and its end carries no credential', async (t) => {
    let now = Date.now();
    const { server, call } = await legacy(t, () => now);
    const secret = secretOf(server.origin, { headers: { 'x-key': 's3cret' } });
    await call('count', {}, { secret });
    server.clear();

    now += 5 * 60_000 + 1;
    await call('count', {}, { secret });

    await until(() => server.requests.some(({ httpMethod }) => httpMethod === 'DELETE'));
    assert.equal(server.count('initialize'), 1);
    const end = server.requests.find(({ httpMethod }) => httpMethod === 'DELETE');
    assert.equal(end?.headers['x-key'], undefined);
    assert.equal(server.sessionCount(), 1);
  });

  it('a call that fails leaves no session behind for the next', async (t) => {
    const { server, call } = await legacy(t);
    await failure(call('slow', { ms: 5000 }, {}, 200), 'upstream_timeout');
    server.clear();

    await call('count');

    assert.equal(server.count('initialize'), 1);
  });

  it('a stream that a server leaves open after its answer disturbs no later call', async (t) => {
    let calls = 0;
    const server = await startRecordingServer((request, response, body) =>
      speakRaw(request, response, body, {
        initialize: replyWith({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: INFO }),
        'notifications/initialized': (accepted) => accepted.writeHead(202).end(),
        'tools/call': (answer, { id }) => {
          const send = startEvents(answer);
          setTimeout(() => send({ jsonrpc: '2.0', id, result: { content: [] } }), calls++ === 0 ? 0 : 400);
        },
      }),
    );
    t.after(() => server.close());
    const upstream = mcpUpstreamFor(t);
    const target = targetOf(server.origin, { negotiated: LEGACY });

    await upstream.callTool(target, callOf('act'), contextOf({ ms: 200 }));
    const result = await resultOf(upstream.callTool(target, callOf('act'), contextOf()));

    assert.deepEqual(result, { content: [] });
    assert.equal(server.count('initialize'), 1);
  });

  it('a call that the server refuses keeps its session', async (t) => {
    const { server, call } = await legacy(t);
    await failure(call('refuse'), 'upstream_error');
    server.clear();

    await call('count');

    assert.deepEqual(server.methods(), ['tools/call']);
  });
});

const INFO = { name: 'raw', version: '1' };
const LEGACY = { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' } as const;

async function legacy(t: TestContext, now = Date.now) {
  const server: LegacyServer = await startLegacy();
  t.after(() => server.close());
  const upstream = mcpUpstreamFor(t, { now });
  const call = (
    tool: string,
    args: Parameters<typeof callOf>[1] = {},
    settings: Parameters<typeof targetOf>[1] = {},
    ms = 10_000,
  ) => {
    const deadline = { at: now() + ms, signal: AbortSignal.timeout(ms) };
    return upstream.callTool(targetOf(server.url, { negotiated: LEGACY, ...settings }), callOf(tool, args), {
      deadline,
      via: [],
    });
  };
  return { server, call };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
