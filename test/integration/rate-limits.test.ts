import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connectClient } from '../support/mcp-client.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

const LIMIT = 20;

describe('a limit of calls per minute', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;
  const echo = (server: string, tenant = 'acme') =>
    hub.call('POST', `/v1/tools/${server}_echo/invoke`, { tenant, body: { arguments: { message: 'x' } } });

  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
    for (const tenant of ['acme', 'other']) {
      await hub.register({ slug: 'limited', url: upstream.url, rateLimitPerMinute: LIMIT }, { tenant });
    }
    await hub.register({ slug: 'slow', url: upstream.url, rateLimitPerMinute: 12 });
    await hub.register({ slug: 'free', url: upstream.url });
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
  });

  it('admits exactly so many of 200 calls at once, and what comes back meanwhile', async () => {
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 200 }, () => echo('limited')));
    const seconds = (performance.now() - startedAt) / 1000;

    const admitted = answers.filter(({ status }) => status === 200).length;
    const refilled = Math.ceil((seconds * LIMIT) / 60);
    assert.ok(admitted >= LIMIT && admitted <= LIMIT + refilled, `${admitted} in ${seconds} s`);
    const others = answers.filter(({ status }) => status !== 200 && status !== 429);
    assert.deepEqual(
      others.map(({ text }) => text),
      [],
    );
    assert.equal(upstream.count('tools/call'), admitted);
  });

  it('is each tenant’s own', async () => {
    assert.equal((await echo('limited', 'other')).status, 200);
  });

  it('is each server’s own', async () => {
    assert.equal((await echo('free')).status, 200);
  });

  it('says when the next call is admitted, to the second, and in header fields that programs read', async () => {
    for (let count = 0; count < 12; count++) await echo('slow');
    let refused = await echo('slow');
    // While the calls went on, one may have come back.
    if (refused.status === 200) refused = await echo('slow');

    assert.equal(refused.status, 429);
    assert.equal(refused.body.code, 'rate_limited');
    const seconds = Number(refused.headers.get('retry-after'));
    assert.ok(seconds >= 1 && seconds <= 5, String(seconds));
    assert.deepEqual(refused.body.limit, { name: 'server', perMinute: 12 });
    assert.equal(refused.headers.get('ratelimit-policy'), '"server";q=12;w=60');
    assert.equal(refused.headers.get('ratelimit'), `"server";r=0;t=${seconds}`);

    await delay(seconds * 1000);
    assert.equal((await echo('slow')).status, 200);
  });

  it('refuses until the second that it named, and not after it', async () => {
    await hub.register({ slug: 'rare', url: upstream.url, rateLimitPerMinute: 12 });
    const answers = await Promise.all(Array.from({ length: 14 }, () => echo('rare')));
    const refused = answers.find(({ status }) => status === 429) ?? (await echo('rare'));
    const answeredAt = performance.now();
    const seconds = Number(refused.headers.get('retry-after'));

    // The very next call learns of the same moment; how far the seconds were rounded up is all that may lie between.
    const again = await echo('rare');
    assert.equal(again.status, 429);
    const passed = (performance.now() - answeredAt) / 1000;
    assert.ok(Number(again.headers.get('retry-after')) >= seconds - Math.ceil(passed));

    await delay(seconds * 1000);
    assert.equal((await echo('rare')).status, 200);
  });

  it('refuses MCP calls with a JSON-RPC error, and lists as ever', async () => {
    await hub.register({ slug: 'once', url: upstream.url, rateLimitPerMinute: 1 });
    const client = await connectClient(hub);
    const call = { name: 'once_echo', arguments: { message: 'x' } };
    await client.callTool(call);

    await assert.rejects(client.callTool(call), (error: Error & { code?: number; data?: Record<string, unknown> }) => {
      assert.equal(error.code, 429);
      assert.equal(error.data?.['code'], 'rate_limited');
      assert.ok(Number(error.data?.['retryAfterSeconds']) <= 60);
      return true;
    });
    assert.ok((await client.listTools()).tools.length > 0);
    await client.close();
  });

  it('holds for resources, prompts and completions too', async () => {
    await hub.register({ slug: 'few', url: upstream.url, rateLimitPerMinute: 1 });
    const read = () => hub.call('POST', '/v1/resources/read', { body: { uri: 'few+sample://greeting' } });
    assert.equal((await read()).status, 200);

    assert.equal((await read()).status, 429);
    const prompt = await hub.call('POST', '/v1/prompts/few_greet/get', { body: { arguments: { name: 'Bo' } } });
    assert.equal(prompt.status, 429);
  });

  it('that was changed holds from the next call on', async () => {
    await hub.register({ slug: 'raised', url: upstream.url, rateLimitPerMinute: 1 });
    await echo('raised');
    assert.equal((await echo('raised')).status, 429);

    await hub.call('PATCH', '/v1/servers/raised', { body: { rateLimitPerMinute: 100_000 } });
    await delay(10);

    assert.equal((await echo('raised')).status, 200);
  });
});
