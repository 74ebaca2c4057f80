import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { HubError, HubErrorCode } from '../../lambdas/hub/hub-error.ts';
import { type Death, startDying, startMortal } from '../support/upstreams/dying.ts';
import { startEverything } from '../support/upstreams/everything.ts';
import { type Behaviour, type HostileServer, ODD_JSON, startHostile } from '../support/upstreams/hostile.ts';
import {
  callOf,
  contextOf,
  failure,
  mcpUpstreamFor,
  resultOf,
  secretOf,
  targetOf,
} from '../support/upstreams/upstream-under-test.ts';

const CANARY = 'canary-7f3a9b';
const UNKNOWN = { outcome: 'unknown' };
const MS = 400;

/** Each behaviour, what discovery makes of it, and what a call makes of it. */
const EVERYWHERE: readonly (readonly [Behaviour, HubErrorCode, HubErrorCode, details?: object])[] = [
  ['silent', 'upstream_timeout', 'upstream_timeout', UNKNOWN],
  ['drip', 'upstream_timeout', 'upstream_timeout', UNKNOWN],
  ['huge', 'upstream_response_too_large', 'upstream_response_too_large', UNKNOWN],
  ['gzip-bomb', 'upstream_response_too_large', 'upstream_response_too_large', UNKNOWN],
  ['event-flood', 'upstream_response_too_large', 'upstream_response_too_large', UNKNOWN],
  ['request-flood', 'upstream_response_too_large', 'upstream_response_too_large', UNKNOWN],
  ['malformed', 'upstream_not_mcp', 'upstream_not_mcp', UNKNOWN],
  ['not-json-rpc', 'upstream_not_mcp', 'upstream_not_mcp', UNKNOWN],
  ['wrong-id', 'upstream_not_mcp', 'upstream_not_mcp', UNKNOWN],
  ['no-answer', 'upstream_not_mcp', 'upstream_not_mcp', UNKNOWN],
  ['no-event', 'upstream_error', 'upstream_error', UNKNOWN],
  ['html', 'upstream_not_mcp', 'upstream_not_mcp', UNKNOWN],
  ['html-as-json', 'upstream_not_mcp', 'upstream_not_mcp', UNKNOWN],
  ['json-as-html', 'upstream_not_mcp', 'upstream_not_mcp', UNKNOWN],
  ['redirect-301', 'upstream_redirected', 'upstream_redirected', {}],
  ['redirect-302', 'upstream_redirected', 'upstream_redirected', {}],
  ['redirect-303', 'upstream_redirected', 'upstream_redirected', {}],
  ['redirect-307', 'upstream_redirected', 'upstream_redirected', {}],
  ['redirect-308', 'upstream_redirected', 'upstream_redirected', {}],
  ['redirect-metadata', 'upstream_redirected', 'upstream_redirected', {}],
  ['redirect-home', 'upstream_redirected', 'upstream_redirected', {}],
  ['unauthorized', 'upstream_unauthorized', 'upstream_unauthorized', {}],
  ['forbidden', 'upstream_unauthorized', 'upstream_unauthorized', {}],
  ['server-error', 'upstream_error', 'upstream_error', { httpStatus: 500, ...UNKNOWN }],
  ['bad-request', 'upstream_error', 'upstream_error', { httpStatus: 400 }],
];

describe('a hostile upstream', () => {
  let hostile: HostileServer;
  before(async () => {
    hostile = await startHostile();
  });
  after(() => hostile.close());

  const settings = () => ({
    secret: secretOf(hostile.origin, {
      headers: { 'x-key': `${CANARY}-key` },
      credential: { type: 'bearer', token: `${CANARY}-token` },
    }),
    negotiated: {
      era: 'modern',
      transport: 'streamable-http',
      discover: { supportedVersions: ['2026-07-28'], capabilities: {} },
    } as const,
  });

  for (const [behaviour, onDiscovery, onCall, details] of EVERYWHERE) {
    it(`${behaviour}: discovery fails with ${onDiscovery}, a call with ${onCall}`, async (t) => {
      const upstream = mcpUpstreamFor(t);
      const ms = onCall === 'upstream_timeout' ? MS : 10_000;

      const url = hostile.urlOf(behaviour);
      const discovery = await failure(upstream.discover(targetOf(url, settings()), contextOf({ ms })), onDiscovery);
      const target = targetOf(hostile.urlOfCall(behaviour), settings());
      const call = await failure(upstream.callTool(target, callOf('act'), contextOf({ ms })), onCall);

      assert.deepEqual(call.details, details);
      for (const error of [discovery, call]) assertDiscreet(error);
      assert.deepEqual(hostile.trap.requests, []);
    });
  }

  const LISTS = [
    ['endless-pages', 'upstream_response_too_large'],
    ['same-cursor', 'upstream_not_mcp'],
    ['too-many-tools', 'upstream_response_too_large'],
    ['deep-list', 'upstream_response_too_large'],
    ['sse-elsewhere', 'upstream_not_mcp'],
  ] as const;
  for (const [behaviour, code] of LISTS) {
    it(`${behaviour}: discovery fails with ${code}`, async (t) => {
      const target = targetOf(hostile.urlOf(behaviour), settings());

      const error = await failure(mcpUpstreamFor(t).discover(target, contextOf()), code);

      assertDiscreet(error);
      assert.deepEqual(hostile.trap.requests, []);
    });
  }

  it('poisoned descriptions arrive as they are, for the catalog to judge', async (t) => {
    const { tools } = await mcpUpstreamFor(t).discover(targetOf(hostile.urlOf('poisoned')), contextOf());

    assert.match(String(tools[0]?.['description']), /\u202e numbers\u200b/);
  });

  it('a result arrives byte for byte', async (t) => {
    const target = targetOf(hostile.urlOfCall('odd'), settings());

    const result = await resultOf(mcpUpstreamFor(t).callTool(target, callOf('act'), contextOf()));

    assert.deepEqual(result, JSON.parse(ODD_JSON));
  });

  it('input-required: a call that needs an interaction fails and does not wait', async (t) => {
    const target = targetOf(hostile.urlOfCall('input-required'), settings());
    const call = mcpUpstreamFor(t).callTool(target, callOf('act'), contextOf());

    assert.match((await failure(call, 'capability_required')).message, /interaction/);
  });

  for (const [behaviour, code] of [
    ['deep', 'upstream_response_too_large'],
    ['unknown-type', 'upstream_not_mcp'],
    ['task', 'upstream_not_mcp'],
  ] as const) {
    it(`${behaviour}: a call fails with ${code}`, async (t) => {
      const target = targetOf(hostile.urlOfCall(behaviour), settings());

      const error = await failure(mcpUpstreamFor(t).callTool(target, callOf('act'), contextOf()), code);

      assert.deepEqual(error.details, UNKNOWN);
    });
  }

  it('a secret that the server repeats in an error is not repeated by the hub', async (t) => {
    const target = targetOf(hostile.urlOfCall('echoed-secret'), settings());

    const error = await failure(mcpUpstreamFor(t).callTool(target, callOf('act'), contextOf()), 'upstream_error');

    const message = String(error.details['jsonRpcMessage']);
    assert.match(message, /^you sent .*\[redacted\]/);
    assert.ok(!message.includes('\u001b') && message.length <= 500);
    assert.ok(!shownIn(error).includes(CANARY));
  });

  it('a server that nothing listens at is unreachable, and the call has not happened', async (t) => {
    const gone = await startHostile();
    await gone.close();
    const { negotiated } = settings();
    const target = targetOf(gone.urlOfCall('odd'), { negotiated });

    const error = await failure(mcpUpstreamFor(t).callTool(target, callOf('act'), contextOf()), 'upstream_unreachable');

    assert.deepEqual(error.details, {});
  });

  for (const url of ['http://169.254.169.254/mcp', 'https://10.0.0.1/mcp', 'file:///etc/passwd', 'not a url']) {
    it(`the address ${url} is refused, and it is not told why`, async (t) => {
      const error = await failure(mcpUpstreamFor(t).discover(targetOf(url), contextOf()), 'address_refused');

      assert.equal(error.message, 'the hub does not connect to this address; register a public https address');
      assert.deepEqual(error.details, {});
    });
  }
});

describe('a dying upstream', () => {
  const negotiated = {
    era: 'modern',
    transport: 'streamable-http',
    discover: { supportedVersions: ['2026-07-28'], capabilities: {} },
  } as const;

  for (const death of ['before-answer', 'mid-body', 'mid-events'] satisfies readonly Death[]) {
    it(`${death}: the outcome of the call is unknown, and it was sent once`, async (t) => {
      const server = await startDying();
      t.after(() => server.close());
      const target = targetOf(server.urlOf(death), { negotiated });

      const error = await failure(mcpUpstreamFor(t).callTool(target, callOf('act'), contextOf()), 'upstream_error');

      assert.deepEqual(error.details, UNKNOWN);
      assert.equal(server.count('tools/call'), 1);
    });
  }

  for (const mode of ['streamableHttp', 'sse'] as const) {
    it(`the everything server over ${mode}, killed during a call: the caller does not wait for the deadline`, async (t) => {
      const server = await startEverything(mode);
      t.after(() => server.close());
      const upstream = mcpUpstreamFor(t);
      const { negotiated } = await upstream.discover(targetOf(server.url), contextOf());
      const slow = callOf('trigger-long-running-operation', { duration: 8, steps: 1 });

      const call = failure(
        upstream.callTool(targetOf(server.url, { negotiated }), slow, contextOf()),
        'upstream_error',
      );
      setTimeout(() => server.close(), 300);

      assert.deepEqual((await call).details, UNKNOWN);
    });
  }

  it('a process that is killed by the call leaves its outcome unknown, and is unreachable afterwards', async (t) => {
    const server = await startMortal();
    t.after(() => server.close());
    const upstream = mcpUpstreamFor(t);
    const target = targetOf(server.url, { negotiated });

    const killed = await failure(upstream.callTool(target, callOf('act'), contextOf()), 'upstream_error');
    await server.close();
    await failure(upstream.callTool(target, callOf('act'), contextOf()), 'upstream_unreachable');

    assert.deepEqual(killed.details, UNKNOWN);
  });
});

/** Nothing in an error, its causes included, is from the server or secret. */
function assertDiscreet(error: HubError): void {
  const shown = shownIn(error);
  assert.ok(!shown.includes(CANARY), 'the secret is in the error');
  assert.ok(!/broken:|bad:|127\.0\.0\.1|169\.254/.test(shown), 'the server or the network speaks in the error');
}

function shownIn(error: HubError): string {
  return [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), error.stack].join('\n');
}
