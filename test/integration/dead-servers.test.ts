import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectClient } from '../support/mcp-client.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startHostile } from '../support/upstreams/hostile.ts';
import { startModern } from '../support/upstreams/modern.ts';

describe('a server that has died', () => {
  let hub: TestHub;
  const echo = (server: string, tenant = 'acme') =>
    hub.call('POST', `/v1/tools/${server}_echo/invoke`, { tenant, body: { arguments: { message: 'x' } } });

  before(async () => {
    hub = await startTestHub();
  });
  after(() => hub?.close());

  it('is not called any more after five failures in a row, and callers are told when it will be', async () => {
    const server = await startModern();
    await hub.register({ slug: 'dead', url: server.url });
    assert.equal((await echo('dead')).status, 200);
    await server.close();
    for (let count = 0; count < 5; count++) assert.equal((await echo('dead')).body.code, 'upstream_unreachable');

    const refused = await echo('dead');

    assert.equal(refused.status, 503);
    assert.equal(refused.body.code, 'upstream_unavailable');
    const seconds = Number(refused.headers.get('retry-after'));
    assert.ok(seconds > 20 && seconds <= 30, String(seconds));
    const client = await connectClient(hub);
    await assert.rejects(client.callTool({ name: 'dead_echo', arguments: { message: 'x' } }), /did not answer 5 times/);
    await client.close();
  });

  it('is another one when its address is changed', async () => {
    const server = await startModern();
    const changed = await hub.call('PATCH', '/v1/servers/dead', { body: { url: server.url } });
    assert.equal(changed.status, 200, changed.text);

    assert.equal((await echo('dead')).status, 200);
    await server.close();
  });

  it('says nothing of the same server of another tenant', async () => {
    const [alive, hostile] = await Promise.all([startModern(), startHostile()]);
    await hub.register({ slug: 'same', url: hostile.urlOfCall('server-error') });
    await hub.register({ slug: 'same', url: alive.url }, { tenant: 'other' });
    for (let count = 0; count < 6; count++) {
      await hub.call('POST', '/v1/tools/same_act/invoke', { body: { arguments: {} } });
    }
    const refused = await hub.call('POST', '/v1/tools/same_act/invoke', { body: { arguments: {} } });
    assert.equal(refused.body.code, 'upstream_unavailable');

    assert.equal((await echo('same', 'other')).status, 200);
    await Promise.all([alive.close(), hostile.close()]);
  });
});
