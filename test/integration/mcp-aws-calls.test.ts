import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Client } from '@modelcontextprotocol/client';
import { connectClient } from '../support/mcp-client.ts';
import { roundTrips } from '../support/round-trips.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startLegacy } from '../support/upstreams/legacy.ts';
import { startModern } from '../support/upstreams/modern.ts';

for (const era of ['auto', 'legacy'] as const) {
  describe(`AWS calls of an MCP request of era ${era}`, () => {
    let hub: TestHub;
    let client: Client;
    let modern: Awaited<ReturnType<typeof startModern>>;
    let legacy: Awaited<ReturnType<typeof startLegacy>>;
    const operations = () => hub.awsCalls.map(({ operation }) => operation).sort();
    const echo = (server: string) => client.callTool({ name: `${server}_echo`, arguments: { message: 'x' } });

    before(async () => {
      [hub, modern, legacy] = await Promise.all([startTestHub(), startModern(), startLegacy()]);
      const credential = { type: 'bearer', token: 'a-token' };
      await hub.register({ slug: 'modern', url: modern.url, credential });
      await hub.register({ slug: 'legacy', url: legacy.url, credential });
      client = await connectClient(hub, { era });
      // The function's environment is warm, and has opened the secrets.
      await Promise.all([echo('modern'), echo('legacy'), client.listTools()]);
    });
    after(async () => {
      await client?.close();
      await Promise.all([hub?.close(), modern?.close(), legacy?.close()]);
    });
    beforeEach(async () => {
      for (const server of ['modern', 'legacy']) await echo(server);
      hub.awsCalls.splice(0);
      modern.clear();
      legacy.clear();
    });

    it('to introduce itself, the aggregate makes none', async () => {
      const another = await connectClient(hub, { era });

      assert.deepEqual(operations(), []);
      await another.close();
    });

    it('to introduce itself, one server makes one', async () => {
      const another = await connectClient(hub, { era, path: '/servers/modern/mcp' });

      assert.deepEqual(operations(), ['BatchGetItem']);
      await another.close();
    });

    for (const [what, list] of [
      ['tools', () => client.listTools()],
      ['resources', () => client.listResources()],
      ['resource templates', () => client.listResourceTemplates()],
      ['prompts', () => client.listPrompts()],
    ] as const) {
      it(`a list of ${what} makes two, in one parallel round trip, and asks no upstream`, async () => {
        // The client remembers lists for as long as the hub says that they are fresh; the hub, for some seconds, what
        // admins decided.
        await client.close();
        client = await connectClient(hub, { era });
        await client.listPrompts();
        await client.close();
        client = await connectClient(hub, { era });
        hub.awsCalls.splice(0);
        hub.gatherAwsCalls(2);

        await list();

        assert.deepEqual(operations(), ['Query', 'Query']);
        assert.equal(roundTrips(hub.awsCalls), 1);
        assert.equal(modern.requests.length + legacy.requests.length, 0);
      });
    }

    for (const server of ['modern', 'legacy']) {
      it(`a call to a ${server} server makes three in one round trip before its one upstream request, and none to KMS`, async () => {
        hub.gatherAwsCalls(3);

        await echo(server);

        assert.deepEqual(operations(), ['BatchGetItem', 'UpdateItem', 'UpdateItem']);
        assert.equal(roundTrips(hub.awsCalls), 1);
        assert.equal(modern.requests.length + legacy.requests.length, 1);
      });
    }

    it('to read a resource makes three in one round trip, and one upstream request', async () => {
      hub.gatherAwsCalls(3);

      await client.readResource({ uri: 'modern+sample://greeting' });

      assert.deepEqual(operations(), ['BatchGetItem', 'UpdateItem', 'UpdateItem']);
      assert.equal(roundTrips(hub.awsCalls), 1);
      assert.equal(modern.requests.length, 1);
    });

    it('to get a prompt makes four in one round trip, and one upstream request', async () => {
      hub.gatherAwsCalls(4);

      await client.getPrompt({ name: 'modern_greet', arguments: { name: 'Bo' } });

      assert.deepEqual(operations(), ['BatchGetItem', 'Query', 'UpdateItem', 'UpdateItem']);
      assert.equal(roundTrips(hub.awsCalls), 1);
      assert.equal(modern.requests.length, 1);
    });
  });
}
