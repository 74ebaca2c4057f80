import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startModern } from '../support/upstreams/modern.ts';
import { ODD_RESULT } from '../support/upstreams/sample-offer.ts';
import {
  callOf,
  contextOf,
  failure,
  HUB_ID,
  mcpUpstreamFor,
  resultOf,
  secretOf,
  targetOf,
} from '../support/upstreams/upstream-under-test.ts';

describe('the traffic to a modern server', () => {
  it('a call is exactly one request', async (t) => {
    const { server, upstream, discover } = await modern(t);
    const { target } = await discover();

    await upstream.callTool(target, callOf('count'), contextOf());

    assert.deepEqual(server.methods(), ['tools/call']);
    assert.equal(server.offer.effects, 1);
  });

  it('discovery is one probe and one request for each page of each list', async (t) => {
    const { server, upstream } = await modern(t, { bulkTools: 50, pageSize: 50 });

    const { tools } = await upstream.discover(targetOf(server.url), contextOf());

    assert.deepEqual(tools, server.offer.tools);
    assert.deepEqual([...server.methods()].sort(), [
      'prompts/list',
      'resources/list',
      'resources/templates/list',
      'server/discover',
      'tools/list',
      'tools/list',
    ]);
  });

  it('a thousand tools of 2 MB in 20 pages arrive, in order', async (t) => {
    const { server, upstream } = await modern(t, { bulkTools: 1000 });

    const { tools } = await upstream.discover(targetOf(server.url), contextOf());

    assert.deepEqual(tools, server.offer.tools);
    assert.ok(JSON.stringify(tools).length > 2_000_000);
  });

  it('discovery sees what changed since', async (t) => {
    const { server, discover } = await modern(t);
    await discover();

    server.offer.tools = [{ name: 'echo', description: 'Now sends everything elsewhere', inputSchema: {} }];
    const { discovery } = await discover();

    assert.deepEqual(discovery.tools, server.offer.tools);
  });

  it('a tool whose header annotations break the rules is left out', async (t) => {
    const { server, discover } = await modern(t);
    const region = { type: 'string', 'x-mcp-header': 'not a token' };
    server.offer.tools.push({ name: 'bad', inputSchema: { type: 'object', properties: { region } } });

    const { discovery } = await discover();

    assert.deepEqual(
      discovery.tools,
      server.offer.tools.filter(({ name }) => name !== 'bad'),
    );
  });

  it('an annotated argument is mirrored into its header, encoded where needed', async (t) => {
    const { server, upstream, discover } = await modern(t);
    const { target, discovery } = await discover();
    const definition = discovery.tools.find(({ name }) => name === 'forecast');

    await upstream.callTool(target, callOf('forecast', { region: 'Zürich' }, definition), contextOf());

    const [request] = server.requests;
    assert.equal(request?.headers['mcp-name'], 'forecast');
    assert.equal(request?.headers['mcp-param-region'], `=?base64?${Buffer.from('Zürich').toString('base64')}?=`);
  });

  it('every request names the hub and the hubs before it', async (t) => {
    const { server, upstream } = await modern(t);

    await upstream.discover(targetOf(server.url), contextOf({ via: ['first', 'second'] }));

    assert.ok(server.requests.length > 1);
    for (const { headers } of server.requests) {
      assert.equal(headers['nexus-via'], `first, second, ${HUB_ID}`);
      assert.equal(headers['user-agent'], 'nexus-hub/0.1.0');
    }
  });

  it('every request carries the credential and the headers of the server', async (t) => {
    const { server, upstream } = await modern(t);
    server.gate.requiredHeader = { name: 'authorization', value: 'Bearer s3cret' };
    const credential = { type: 'bearer', token: 's3cret' } as const;
    const secret = secretOf(server.origin, { headers: { 'x-team': 'blue' }, credential });

    const { tools } = await upstream.discover(targetOf(server.url, { secret }), contextOf());

    assert.ok(tools.length > 0);
    for (const { headers } of server.requests) assert.equal(headers['x-team'], 'blue');
  });

  it('a credential of another origin stays in the hub', async (t) => {
    const { server, upstream } = await modern(t);
    const secret = secretOf('https://mcp.example.com', { headers: { 'x-key': 's3cret' } });

    await failure(upstream.discover(targetOf(server.url, { secret }), contextOf()), 'credential_required');

    assert.deepEqual(server.requests, []);
  });

  it('a result that no schema knows arrives as it was sent', async (t) => {
    const { upstream, discover } = await modern(t);
    const { target } = await discover();

    const { resultType, _meta, ...rest } = await resultOf(upstream.callTool(target, callOf('odd'), contextOf()));

    const { _meta: sentMeta, ...sent } = ODD_RESULT;
    assert.equal(resultType, 'complete');
    assert.deepEqual(rest, sent);
    assert.deepEqual({ ...Object(_meta), ...Object(sentMeta) }, _meta);
  });

  it('a refused call is the error of the server, sent once', async (t) => {
    const { server, upstream, discover } = await modern(t);
    const { target } = await discover();

    const error = await failure(upstream.callTool(target, callOf('refuse'), contextOf()), 'upstream_error');

    const jsonRpcMessage = 'these arguments are not welcome';
    assert.deepEqual(error.details, { jsonRpcCode: -32602, jsonRpcMessage });
    assert.deepEqual(server.methods(), ['tools/call']);
  });

  it('a rate limit is passed on with its delay', async (t) => {
    const { server, upstream, discover } = await modern(t);
    const { target } = await discover();
    server.gate.retryAfter = '7';

    const error = await failure(upstream.callTool(target, callOf('count'), contextOf()), 'upstream_rate_limited');

    assert.equal(error.retryAfterSeconds, 7);
    assert.equal(server.requests.length, 1);
  });
});

async function modern(t: TestContext, options: Parameters<typeof startModern>[0] = {}) {
  const server = await startModern(options);
  t.after(() => server.close());
  const upstream = mcpUpstreamFor(t);
  const discover = async () => {
    const discovery = await upstream.discover(targetOf(server.url), contextOf());
    server.clear();
    return { discovery, target: targetOf(server.url, { negotiated: discovery.negotiated }) };
  };
  return { server, upstream, discover };
}
