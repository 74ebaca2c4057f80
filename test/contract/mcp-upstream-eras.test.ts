import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createMcpUpstream } from '../../lambdas/adapters/upstreams/mcp/mcp-upstream.ts';
import { createNegotiatedEras } from '../../lambdas/adapters/upstreams/mcp/negotiated-eras.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import { egressFor } from '../support/egress.ts';
import { startLegacy } from '../support/upstreams/legacy.ts';
import { type SampleServer, startModern } from '../support/upstreams/modern.ts';
import { type Reply, replyWith, replyWithError, sendText, speakRaw } from '../support/upstreams/raw-mcp.ts';
import { startRecordingServer } from '../support/upstreams/recording-server.ts';
import {
  callOf,
  contextOf,
  failure,
  HUB_ID,
  rememberingUpstreamFor,
  targetOf,
} from '../support/upstreams/upstream-under-test.ts';

describe('the era of a server of which nothing is stored', () => {
  it('is asked for once; after that a call of a modern server is exactly one request', async (t) => {
    const { server, call } = await remembering(t, await startModern());

    await call('count');
    await call('count');

    assert.deepEqual(server.methods(), ['server/discover', 'tools/call', 'tools/call']);
  });

  it('is not asked for again by calls at the same time', async (t) => {
    const { server, call } = await remembering(t, await startModern());
    await call('count');
    server.clear();

    await Promise.all([call('count'), call('count'), call('count')]);

    assert.deepEqual(server.methods(), ['tools/call', 'tools/call', 'tools/call']);
  });

  it('is asked for once; after that a call of a legacy server is one request while its session lives', async (t) => {
    const { server, call } = await remembering(t, await startLegacy());
    await call('count');
    server.clear();

    await call('count');

    assert.deepEqual(server.methods(), ['tools/call']);
  });

  it('outlives the session of a legacy server', async (t) => {
    const legacy = await startLegacy();
    const { server, call } = await remembering(t, legacy);
    await call('count');
    legacy.expireSessions(404);
    server.clear();

    await call('count');

    assert.deepEqual(server.methods(), ['tools/call', 'initialize', 'notifications/initialized', 'tools/call']);
  });

  it('is remembered without sessions too', async (t) => {
    const server = await startLegacy();
    t.after(() => server.close());
    const upstream = createMcpUpstream({
      egress: egressFor(t),
      hubId: HUB_ID,
      eras: createNegotiatedEras(),
      now: Date.now,
    });
    await upstream.callTool(targetOf(server.url), callOf('count'), contextOf());
    server.clear();

    await upstream.callTool(targetOf(server.url), callOf('count'), contextOf());

    assert.deepEqual(server.methods(), ['initialize', 'notifications/initialized', 'tools/call', 'DELETE']);
  });

  it('is not shared between tenants, servers, revisions or addresses', async (t) => {
    const { server, call } = await remembering(t, await startModern());
    await call('count');

    await call('count', { tenantId: tenantIdSchema.parse('another') });
    await call('count', { serverId: 'another' });
    await call('count', { revision: 2 });
    await call('count', { url: `${server.url}?another` });

    assert.equal(server.count('server/discover'), 5);
  });

  it('is kept when the server refuses a call', async (t) => {
    const { server, call } = await remembering(t, await startModern());
    await failure(call('refuse'), 'upstream_error');
    server.clear();

    await call('count');

    assert.deepEqual(server.methods(), ['tools/call']);
  });

  it('is kept when the server limits the rate of requests or refuses the credential', async (t) => {
    const { server, call } = await remembering(t, await startModern());
    await call('count');
    server.gate.retryAfter = '1';
    await failure(call('count'), 'upstream_rate_limited');
    server.gate.retryAfter = undefined;
    server.gate.requiredHeader = { name: 'x-key', value: 'another' };
    await failure(call('count'), 'upstream_unauthorized');
    server.gate.requiredHeader = undefined;
    server.clear();

    await call('count');

    assert.deepEqual(server.methods(), ['tools/call']);
  });

  it('what is stored goes before it, and is not remembered', async (t) => {
    const { server, call } = await remembering(t, await startLegacy());
    const negotiated = { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' } as const;
    await call('count', { negotiated });
    server.clear();

    await call('count', { serverId: 'another', negotiated });
    await call('count', { serverId: 'third' });

    assert.equal(server.count('server/discover'), 1);
  });
});

describe('an era that turns out wrong', () => {
  it('is forgotten when a modern server becomes a legacy one, and no call is sent twice', async (t) => {
    const { server, speak, call } = await changing(t, MODERN);
    await call('act');
    speak(LEGACY);
    server.clear();

    await failure(call('act'), 'upstream_error');
    await call('act');

    const handshake = ['server/discover', 'initialize', 'notifications/initialized'];
    assert.deepEqual(server.methods(), ['tools/call', ...handshake, 'tools/call']);
  });

  it('is forgotten when a legacy server becomes a modern one', async (t) => {
    const { server, speak, call } = await changing(t, LEGACY, { sessions: false });
    await call('act');
    speak(MODERN);
    server.clear();

    await failure(call('act'), 'upstream_error');
    await call('act');

    assert.deepEqual(server.methods(), ['initialize', 'server/discover', 'tools/call']);
  });

  it('is forgotten when a modern server speaks other revisions only', async (t) => {
    const { server, speak, call } = await changing(t, MODERN);
    await call('act');
    const refuse: Reply = (response, { id }) => {
      const error = { code: -32_022, message: 'unsupported', data: { supported: ['2027-01-01'] } };
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, error }));
    };
    speak({ 'tools/call': refuse });

    await failure(call('act'), 'upstream_not_mcp');
    speak(MODERN);
    server.clear();
    await call('act');

    assert.deepEqual(server.methods(), ['server/discover', 'tools/call']);
  });
});

type Replies = Readonly<Record<string, Reply>>;

const RESULT = { resultType: 'complete', content: [] };
const MODERN: Replies = {
  'tools/call': replyWith(RESULT),
  initialize: replyWithError(() => 'only revision 2026-07-28'),
};
const INFO = { name: 'raw', version: '1' };
/** As the SDK's own transport refuses what comes before `initialize`. */
const uninitialized: Reply = (response) => {
  const error = { code: -32_000, message: 'Bad Request: Server not initialized' };
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
};
const LEGACY: Replies = {
  'server/discover': uninitialized,
  initialize: replyWith({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: INFO }),
  'notifications/initialized': (response) => response.writeHead(202).end(),
  'tools/call': (response, request) =>
    request.http.headers['mcp-protocol-version'] === '2025-11-25'
      ? sendText(response, JSON.stringify({ jsonrpc: '2.0', id: request.id, result: { content: [] } }))
      : uninitialized(response, request),
};

/** A server that speaks one way and then another. */
async function changing(t: TestContext, first: Replies, { sessions = true } = {}) {
  let replies = first;
  const server = await startRecordingServer((request, response, body) => speakRaw(request, response, body, replies));
  t.after(() => server.close());
  const deps = { egress: egressFor(t), hubId: HUB_ID, eras: createNegotiatedEras(), now: Date.now };
  const upstream = sessions ? rememberingUpstreamFor(t) : createMcpUpstream(deps);
  return {
    server,
    speak: (next: Replies) => {
      replies = next;
    },
    call: (tool: string) => upstream.callTool(targetOf(server.origin), callOf(tool), contextOf()),
  };
}

async function remembering(t: TestContext, server: SampleServer) {
  t.after(() => server.close());
  const upstream = rememberingUpstreamFor(t);
  const call = (tool: string, settings: Parameters<typeof targetOf>[1] = {}) =>
    upstream.callTool(targetOf(server.url, settings), callOf(tool), contextOf());
  return { server, call };
}
