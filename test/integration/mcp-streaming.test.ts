import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectClient } from '../support/mcp-client.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startTicking, type TickingServer } from '../support/upstreams/ticking.ts';

describe('a long call', { concurrency: true }, () => {
  let hub: TestHub;
  const servers: TickingServer[] = [];

  before(async () => {
    hub = await startTestHub();
  });
  after(async () => {
    await Promise.all([hub?.close(), ...servers.map((server) => server.close())]);
  });

  /** One for each test: they run at the same time. */
  async function registerTicking(slug: string): Promise<TickingServer> {
    const server = await startTicking();
    servers.push(server);
    await hub.register({ slug, url: server.url });
    return server;
  }

  for (const era of ['auto', 'legacy'] as const) {
    it(`of 60 seconds streams its progress every second and its result, to a client of era ${era}`, async () => {
      await registerTicking(`long-${era}`);
      const client = await connectClient(hub, { era });
      const arrivals: number[] = [];
      const onprogress = () => void arrivals.push(performance.now());

      const call = { name: `long-${era}_tick`, arguments: { seconds: 60 } };
      const result = await client.callTool(call, { onprogress, timeout: 240_000 });

      assert.deepEqual(result.content, [{ type: 'text', text: 'ticked 60 times' }]);
      assert.equal(arrivals.length, 60);
      // As they happen, and not all together in the end.
      const spread = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
      assert.ok(spread > 50_000, `all within ${spread} ms`);
      await client.close();
    });

    it(`is cancelled at its server when the client of era ${era} is killed`, async () => {
      const { stopped } = await registerTicking(`killed-${era}`);
      const program = fileURLToPath(new URL('../support/calling-client.ts', import.meta.url));
      const token = await hub.tokenFor('acme');
      const child = spawn(process.execPath, [program, `${hub.url}/mcp`, token, era, `killed-${era}_tick`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');

      child.kill('SIGKILL');

      for (let waited = 0; stopped.count === 0 && waited < 5_000; waited += 50) await delay(50);
      assert.equal(stopped.count, 1, 'the server was not told within 5 seconds');
    });
  }
});
