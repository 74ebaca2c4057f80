import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { roundTrips } from '../support/round-trips.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startLegacy } from '../support/upstreams/legacy.ts';
import { startModern } from '../support/upstreams/modern.ts';

describe('AWS calls of a request', () => {
  let hub: TestHub;
  let modern: Awaited<ReturnType<typeof startModern>>;
  let legacy: Awaited<ReturnType<typeof startLegacy>>;
  const operations = () => hub.awsCalls.map(({ operation }) => operation).sort();
  const echo = (server: string) =>
    hub.call('POST', `/v1/tools/${server}_echo/invoke`, { body: { arguments: { message: 'x' } } });

  before(async () => {
    [hub, modern, legacy] = await Promise.all([startTestHub(), startModern(), startLegacy()]);
    const credential = { type: 'bearer', token: 'a-token' };
    await hub.register({ slug: 'modern', url: modern.url, credential });
    await hub.register({ slug: 'legacy', url: legacy.url, credential });
  });
  after(async () => {
    await Promise.all([hub?.close(), modern?.close(), legacy?.close()]);
  });
  beforeEach(() => {
    hub.awsCalls.splice(0);
    modern.clear();
    legacy.clear();
  });

  it('a warm list makes two, in one parallel round trip, and asks no upstream', async () => {
    await hub.call('GET', '/v1/tools');
    hub.awsCalls.splice(0);
    hub.gatherAwsCalls(2);

    await hub.call('GET', '/v1/tools');

    assert.deepEqual(operations(), ['Query', 'Query']);
    assert.equal(roundTrips(hub.awsCalls), 1);
    assert.equal(modern.requests.length + legacy.requests.length, 0);
  });

  for (const path of ['/v1/resources', '/v1/resource-templates', '/v1/prompts']) {
    it(`a warm GET ${path} makes two, in one parallel round trip, and asks no upstream`, async () => {
      await hub.call('GET', path);
      hub.awsCalls.splice(0);
      hub.gatherAwsCalls(2);

      assert.equal((await hub.call('GET', path)).status, 200);

      assert.deepEqual(operations(), ['Query', 'Query']);
      assert.equal(roundTrips(hub.awsCalls), 1);
      assert.equal(modern.requests.length + legacy.requests.length, 0);
    });
  }

  it('reading a resource, warm, makes three in one parallel round trip before its one upstream request', async () => {
    const read = () => hub.call('POST', '/v1/resources/read', { body: { uri: 'modern+sample://greeting' } });
    await read();
    hub.awsCalls.splice(0);
    hub.gatherAwsCalls(3);
    modern.clear();

    assert.equal((await read()).status, 200);

    assert.deepEqual(operations(), ['BatchGetItem', 'UpdateItem', 'UpdateItem']);
    assert.equal(roundTrips(hub.awsCalls), 1);
    assert.equal(modern.requests.length, 1);
  });

  it('getting a prompt, warm, makes four in one parallel round trip before its one upstream request', async () => {
    const get = () => hub.call('POST', '/v1/prompts/modern_greet/get', { body: { arguments: { name: 'x' } } });
    await get();
    hub.awsCalls.splice(0);
    hub.gatherAwsCalls(4);
    modern.clear();

    assert.equal((await get()).status, 200);

    assert.deepEqual(operations(), ['BatchGetItem', 'Query', 'UpdateItem', 'UpdateItem']);
    assert.equal(roundTrips(hub.awsCalls), 1);
    assert.equal(modern.requests.length, 1);
  });

  it('a warm call makes three in one parallel round trip before its one upstream request, and none to KMS', async () => {
    await echo('modern');
    hub.awsCalls.splice(0);
    hub.gatherAwsCalls(3);
    modern.clear();

    assert.equal((await echo('modern')).status, 200);

    assert.deepEqual(operations(), ['BatchGetItem', 'UpdateItem', 'UpdateItem']);
    assert.equal(roundTrips(hub.awsCalls), 1);
    assert.equal(modern.requests.length, 1);
  });

  it('the first call of an environment adds one to KMS, and the first call of a tenant and a server sets their limits', async () => {
    const fresh = await startTestHub();
    try {
      await fresh.register({ slug: 'm', url: modern.url, credential: { type: 'bearer', token: 'a-token' } });
      fresh.awsCalls.splice(0);

      await fresh.call('POST', '/v1/tools/m_echo/invoke', { body: { arguments: { message: 'x' } } });

      const made = fresh.awsCalls.map(({ operation }) => operation).sort();
      // Of each limit: none is remembered, so it is set, and taken of.
      assert.deepEqual(made, ['BatchGetItem', 'Decrypt', ...Array.from({ length: 6 }, () => 'UpdateItem')]);
    } finally {
      await fresh.close();
    }
  });

  it('a warm call to a legacy server reuses its session: one upstream request', async () => {
    await echo('legacy');
    legacy.clear();

    assert.equal((await echo('legacy')).status, 200);

    assert.equal(legacy.requests.length, 1);
    assert.equal(legacy.count('tools/call'), 1);
  });

  it('a session that the legacy server forgot is replaced once', async () => {
    await echo('legacy');
    legacy.expireSessions(404);
    legacy.clear();

    assert.equal((await echo('legacy')).status, 200);

    assert.equal(legacy.count('initialize'), 1);
  });

  it('the health check makes none', async () => {
    await hub.call('GET', '/v1/health', { token: null });

    assert.deepEqual(operations(), []);
  });

  it('a request that is not authorized makes none', async () => {
    await hub.call('GET', '/v1/tools', { token: 'nonsense' });

    assert.deepEqual(operations(), []);
  });
});
