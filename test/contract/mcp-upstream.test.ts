import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { JsonObject } from '../../lambdas/hub/json.ts';
import type { CompletionRequest, Negotiated } from '../../lambdas/hub/upstreams/upstream.ts';
import { startEverything } from '../support/upstreams/everything.ts';
import { startLegacy } from '../support/upstreams/legacy.ts';
import { startModern } from '../support/upstreams/modern.ts';
import {
  callOf,
  contextOf,
  failure,
  mcpUpstreamFor,
  resultOf,
  targetOf,
} from '../support/upstreams/upstream-under-test.ts';

interface Call {
  readonly tool: string;
  readonly args?: JsonObject;
}

interface Peer {
  start(): Promise<{ readonly url: string; close(): Promise<void> }>;
  readonly negotiated: Pick<Negotiated, 'era' | 'transport'>;
  readonly serverName: string;
  readonly structured: Call & { readonly content: unknown };
  readonly picture: Call;
  readonly failing: Call;
  readonly slow: Call;
  readonly completion: { readonly request: CompletionRequest; readonly values: readonly string[] };
}

const sample = {
  structured: { tool: 'add', args: { a: 1, b: 2 }, content: { sum: 3 } },
  picture: { tool: 'picture' },
  failing: { tool: 'fail' },
  slow: { tool: 'slow', args: { ms: 5000 } },
  completion: {
    request: { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'name', value: 'Ada' } },
    values: ['Ada!'],
  } as const,
};

const everything = {
  serverName: 'mcp-servers/everything',
  structured: {
    tool: 'get-structured-content',
    args: { location: 'New York' },
    content: { temperature: 33, conditions: 'Cloudy', humidity: 82 },
  },
  picture: { tool: 'get-tiny-image' },
  failing: { tool: 'get-sum', args: { a: 'not a number' } },
  slow: { tool: 'trigger-long-running-operation', args: { duration: 5, steps: 1 } },
  completion: {
    request: {
      ref: { type: 'ref/prompt', name: 'completable-prompt' },
      argument: { name: 'name', value: 'G' },
      context: { arguments: { department: 'Marketing' } },
    },
    values: ['Grace'],
  } as const,
};

upstreamContract('a modern server', {
  ...sample,
  start: () => startModern(),
  negotiated: { era: 'modern', transport: 'streamable-http' },
  serverName: 'modern-sample',
});
upstreamContract('a modern server that answers with events', {
  ...sample,
  start: () => startModern({ responses: 'sse' }),
  negotiated: { era: 'modern', transport: 'streamable-http' },
  serverName: 'modern-sample',
});
upstreamContract('a legacy server', {
  ...sample,
  start: () => startLegacy(),
  negotiated: { era: 'legacy', transport: 'streamable-http' },
  serverName: 'legacy-sample',
});
upstreamContract('the everything server over streamable HTTP', {
  ...everything,
  start: () => startEverything('streamableHttp'),
  negotiated: { era: 'legacy', transport: 'streamable-http' },
});
upstreamContract('the everything server over SSE', {
  ...everything,
  start: () => startEverything('sse'),
  negotiated: { era: 'legacy', transport: 'sse' },
});

/** What holds for every server, whatever it speaks. */
function upstreamContract(name: string, peer: Peer): void {
  describe(`the MCP upstream adapter and ${name}`, () => {
    const discovered = async (t: TestContext) => {
      const server = await peer.start();
      t.after(() => server.close());
      const upstream = mcpUpstreamFor(t);
      const discovery = await upstream.discover(targetOf(server.url), contextOf());
      return { upstream, discovery, target: targetOf(server.url, { negotiated: discovery.negotiated }) };
    };

    it('finds out what the server speaks and all that it has', async (t) => {
      const { discovery } = await discovered(t);

      const { era, transport } = discovery.negotiated;
      assert.deepEqual({ era, transport }, peer.negotiated);
      assert.equal(discovery.serverInfo?.name, peer.serverName);
      assert.ok(discovery.tools.some((tool) => tool.name === 'echo'));
      assert.ok(discovery.resources.every((resource) => resource.uri !== ''));
      assert.ok(discovery.resources.length > 0);
      assert.ok(discovery.resourceTemplates.length > 0);
      assert.ok(discovery.prompts.length > 0);
    });

    it('what was negotiated survives JSON and serves calls', async (t) => {
      const { upstream, target, discovery } = await discovered(t);
      const negotiated = JSON.parse(JSON.stringify(discovery.negotiated));

      const call = upstream.callTool({ ...target, negotiated }, callOf('echo', { message: 'é☃' }), contextOf());
      const result = await resultOf(call);

      assert.match(JSON.stringify(result['content']), /é☃/);
    });

    it('a call needs no discovery before it', async (t) => {
      const { upstream, target } = await discovered(t);

      const unknown = { ...target, serverId: 'another', negotiated: undefined };
      const result = await resultOf(upstream.callTool(unknown, callOf('echo', { message: 'first' }), contextOf()));

      assert.match(JSON.stringify(result['content']), /first/);
    });

    it('concurrent calls get their own answers', async (t) => {
      const { upstream, target } = await discovered(t);
      const messages = ['one', 'two', 'three', 'four', 'five'];

      const results = await Promise.all(
        messages.map((message) => resultOf(upstream.callTool(target, callOf('echo', { message }), contextOf()))),
      );

      results.forEach((result, index) => {
        assert.match(JSON.stringify(result['content']), new RegExp(String(messages[index])));
      });
    });

    it('structured content and images arrive', async (t) => {
      const { upstream, target } = await discovered(t);
      const { structured, picture } = peer;

      const callResult = ({ tool, args }: Call) => resultOf(upstream.callTool(target, callOf(tool, args), contextOf()));
      const structure = await callResult(structured);
      const image = await callResult(picture);

      assert.deepEqual(structure['structuredContent'], structured.content);
      assert.match(JSON.stringify(image['content']), /"type":"image","data":"iVBOR/);
    });

    it('a tool that fails is a result, not an error', async (t) => {
      const { upstream, target } = await discovered(t);

      const { tool, args } = peer.failing;
      const result = await resultOf(upstream.callTool(target, callOf(tool, args), contextOf()));

      assert.equal(result['isError'], true);
    });

    it('a resource is read', async (t) => {
      const { upstream, target, discovery } = await discovered(t);
      const uri = discovery.resources[0]?.uri ?? '';

      const result = await resultOf(upstream.readResource(target, uri, contextOf()));

      assert.match(JSON.stringify(result['contents']), new RegExp(`"uri":"${uri}"`));
    });

    it('a prompt is got', async (t) => {
      const { upstream, target, discovery } = await discovered(t);
      const prompt = { name: discovery.prompts[0]?.name ?? '', arguments: { name: 'Ada' } };

      const result = await resultOf(upstream.getPrompt(target, prompt, contextOf()));

      assert.match(JSON.stringify(result['messages']), /"role":"user"/);
    });

    it('an argument is completed', async (t) => {
      const { upstream, target, discovery } = await discovered(t);

      const completion = await upstream.complete(target, peer.completion.request, contextOf());

      assert.equal(discovery.features.completions, true);
      assert.deepEqual(completion?.['values'], peer.completion.values);
    });

    it('a call that outlives its deadline ends there, with an unknown outcome', async (t) => {
      const { upstream, target } = await discovered(t);
      const startedAt = performance.now();

      const call = upstream.callTool(target, callOf(peer.slow.tool, peer.slow.args), contextOf({ ms: 300 }));
      const error = await failure(call, 'upstream_timeout');

      assert.deepEqual(error.details, { outcome: 'unknown' });
      assert.ok(performance.now() - startedAt < 2000);
    });
  });
}
