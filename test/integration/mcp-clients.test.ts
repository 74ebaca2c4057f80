import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as V1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { connectClient } from '../support/mcp-client.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startEverything } from '../support/upstreams/everything.ts';
import { startModern } from '../support/upstreams/modern.ts';

const ENDPOINTS = [
  { path: '/mcp', prefix: 'modern_', uri: 'modern+sample://greeting' },
  { path: '/servers/modern/mcp', prefix: '', uri: 'sample://greeting' },
] as const;

let hub: TestHub;
let modern: Awaited<ReturnType<typeof startModern>>;
let everything: Awaited<ReturnType<typeof startEverything>>;

before(async () => {
  [hub, modern, everything] = await Promise.all([startTestHub(), startModern(), startEverything('streamableHttp')]);
  await hub.register({ slug: 'modern', url: modern.url });
  await hub.register({ slug: 'everything', url: everything.url });
});
after(async () => {
  await Promise.all([hub?.close(), modern?.close(), everything?.close()]);
});

for (const { path, prefix, uri } of ENDPOINTS) {
  for (const [era, revision] of [
    ['auto', '2026-07-28'],
    ['legacy', '2025-11-25'],
  ] as const) {
    it(`the current SDK's client speaks ${revision} at ${path}: lists, calls, reads and gets`, async () => {
      const client = await connectClient(hub, { path, era });

      assert.equal(client.getNegotiatedProtocolVersion(), revision);
      const { tools } = await client.listTools();
      assert.ok(tools.some(({ name }) => name === `${prefix}echo`));
      const echoed = await client.callTool({ name: `${prefix}echo`, arguments: { message: 'hello' } });
      assert.deepEqual(echoed.content, [{ type: 'text', text: 'hello' }]);
      assert.ok((await client.listResources()).resources.some((resource) => resource.uri === uri));
      const { contents } = await client.readResource({ uri });
      assert.equal(contents[0]?.uri, uri);
      const { messages } = await client.getPrompt({ name: `${prefix}greet`, arguments: { name: 'Bo' } });
      assert.deepEqual(messages[0]?.content, { type: 'text', text: 'Greet Bo' });
      const ref = { type: 'ref/prompt', name: `${prefix}greet` } as const;
      const { completion } = await client.complete({ ref, argument: { name: 'name', value: 'B' } });
      assert.deepEqual(completion.values, ['B!']);
      await client.close();
    });
  }

  it(`the client of the SDK's first line works at ${path}, with progress`, async () => {
    const client = new V1Client({ name: 'old', version: '1.0.0' });
    const requestInit = { headers: { authorization: `Bearer ${await hub.tokenFor('acme')}` } };
    // Its types are older than the compiler's exact optional properties.
    const transport = new V1Transport(new URL(hub.url + path), { requestInit }) as Parameters<V1Client['connect']>[0];
    await client.connect(transport);

    const seen: number[] = [];
    const call = { name: `${prefix}steps`, arguments: { steps: [1, 2, 3] } };
    const result = await client.callTool(call, undefined, { onprogress: ({ progress }) => seen.push(progress) });

    assert.deepEqual(result.content, [{ type: 'text', text: 'done' }]);
    assert.deepEqual(seen, [1, 2, 3]);
    assert.equal((await client.readResource({ uri })).contents[0]?.uri, uri);
    await client.close();
  });
}

describe('the command line of the MCP Inspector', () => {
  const program = fileURLToPath(import.meta.resolve('@modelcontextprotocol/inspector/package.json'));
  const launcher = program.replace(/package\.json$/, 'clients/launcher/build/index.js');
  const run = promisify(execFile);

  async function inspect(path: string, token: string, ...args: string[]): Promise<unknown> {
    const fixed = ['--cli', '--server-url', hub.url + path, '--transport', 'http', '--format', 'json', '-q'];
    const authorization = ['--header', `Authorization: Bearer ${token}`, '--stored-auth-only'];
    const { stdout } = await run(process.execPath, [launcher, ...fixed, ...authorization, ...args], {
      timeout: 60_000,
    });
    return JSON.parse(stdout);
  }

  for (const era of ['modern', 'legacy']) {
    for (const { path, prefix } of ENDPOINTS) {
      it(`lists and calls at ${path} in the ${era} era`, async () => {
        const token = await hub.tokenFor('acme');
        const listed = await inspect(path, token, '--protocol-era', era, '--method', 'tools/list');
        assert.match(JSON.stringify(listed), new RegExp(`"name":"${prefix}echo"`));

        const name = `${prefix}echo`;
        const call = ['--method', 'tools/call', '--tool-name', name, '--tool-args-json', '{"message":"hi"}'];
        const called = await inspect(path, token, '--protocol-era', era, ...call);
        assert.match(JSON.stringify(called), /"text":"hi"/);
      });
    }
  }

  it('calls a tool of the reference server "everything" through the hub', async () => {
    const token = await hub.tokenFor('acme');
    const call = ['--method', 'tools/call', '--tool-name', 'everything_get-sum', '--tool-args-json', '{"a":2,"b":40}'];
    const called = await inspect('/mcp', token, '--protocol-era', 'auto', ...call);

    assert.match(JSON.stringify(called), /42/);
  });

  it('ends with its code for "sign in first" when the token is not valid', async () => {
    await assert.rejects(inspect('/mcp', 'nonsense', '--method', 'tools/list'), { code: 3 });
  });
});
