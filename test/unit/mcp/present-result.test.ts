import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { presentResult, toolFor } from '../../../lambdas/mcp/present-result.ts';

/** Where the prefix of a `_meta` key has one of the protocol's names as its second label, the key is the protocol's. */
function isReserved(key: string): boolean {
  const slash = key.indexOf('/');
  const [, second] = slash < 0 ? [] : key.slice(0, slash).toLowerCase().split('.');
  return second === 'modelcontextprotocol' || second === 'mcp';
}

const metaAfter = (key: string): JsonObject | undefined => {
  const { _meta } = presentResult({ content: [], _meta: { [key]: 1 } }, 'modern');
  return _meta as JsonObject | undefined;
};

describe('a result as the hub presents it', () => {
  for (const key of [
    'io.modelcontextprotocol/serverInfo',
    'io.modelcontextprotocol/subscriptionId',
    'dev.mcp/x',
    'org.modelcontextprotocol.api/x',
    'com.mcp.tools/x',
    'COM.MCP/x',
    'io.modelcontextprotocol/',
  ]) {
    it(`does not pass on what a server said under "${key}"`, () => {
      assert.equal(metaAfter(key), undefined);
    });
  }

  for (const key of [
    'com.example.mcp/x',
    'com.example/mcp',
    'vendor/x',
    'x',
    'ui/resourceUri',
    'io.mcpx/x',
    'io.xmcp/x',
  ]) {
    it(`passes on what a server said under "${key}"`, () => {
      assert.deepEqual(metaAfter(key), { [key]: 1 });
    });
  }

  it("keeps of any `_meta` exactly what is not the protocol's", () => {
    const label = fc.oneof(
      fc.constantFrom('mcp', 'modelcontextprotocol', 'MCP'),
      fc.stringMatching(/^[a-z][a-z0-9-]{0,5}[a-z0-9]$/),
    );
    const prefixed = fc
      .tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.stringMatching(/^[A-Za-z0-9]{0,4}$/))
      .map(([labels, name]) => `${labels.join('.')}/${name}`);
    const key = fc.oneof({ weight: 3, arbitrary: prefixed }, fc.string());
    fc.assert(
      fc.property(fc.dictionary(key, fc.integer(), { noNullPrototype: true }), (meta) => {
        const { _meta = {} } = presentResult({ content: [], _meta: meta }, 'modern');

        assert.deepEqual(
          Object.keys(_meta as JsonObject).sort(),
          Object.keys(meta)
            .filter((each) => !isReserved(each))
            .sort(),
        );
      }),
    );
  });

  it('leaves out what spoke of the hop between hub and server', () => {
    const result = { resultType: 'complete', ttlMs: 9, cacheScope: 'public', content: [], vendor: { any: 'thing' } };

    assert.deepEqual(presentResult(result, 'modern'), { content: [], vendor: { any: 'thing' } });
  });

  it('has no `_meta` where nothing of it is left, or where it is no object', () => {
    for (const _meta of [{}, { 'dev.mcp/x': 1 }, 'text', [1], null]) {
      assert.deepEqual(presentResult({ content: [], _meta }, 'modern'), { content: [] });
    }
  });

  it('keeps a member that is called like one of every object', () => {
    const hostile = JSON.parse('{"content":[],"__proto__":{"polluted":true},"_meta":{"__proto__":1}}') as JsonObject;

    const presented = presentResult(hostile, 'legacy');

    assert.equal(JSON.stringify(presented), JSON.stringify(hostile));
    assert.equal('polluted' in {}, false);
  });

  for (const structuredContent of [[1, 2], 'text', 7, false, null]) {
    const shown = JSON.stringify(structuredContent);

    it(`shows the structured content ${shown} to a modern client as it is`, () => {
      assert.deepEqual(presentResult({ content: [], structuredContent }, 'modern'), { content: [], structuredContent });
    });

    it(`says the structured content ${shown} to a legacy client as text, where the server said nothing else`, () => {
      for (const silent of [{}, { content: [] }]) {
        const presented = presentResult({ ...silent, structuredContent }, 'legacy');

        assert.deepEqual(presented, { content: [{ type: 'text', text: shown }] });
      }
    });
  }

  it('leaves a legacy client what the server itself says in place of structured content that is no object', () => {
    const content = [{ type: 'text', text: 'two numbers' }];

    assert.deepEqual(presentResult({ content, structuredContent: [1, 2] }, 'legacy'), { content });
  });

  it('leaves structured content that is an object to a legacy client', () => {
    const result = { content: [], structuredContent: { a: [1] }, isError: true };

    assert.deepEqual(presentResult(result, 'legacy'), result);
  });
});

describe('a tool as the hub presents it', () => {
  const tool = (outputSchema?: JsonObject): JsonObject => ({
    name: 'a',
    inputSchema: { type: 'object' },
    ...(outputSchema && { outputSchema }),
  });

  it('promises a legacy client no output that it would not get', () => {
    for (const schema of [{ type: 'array' }, {}, { type: ['object', 'null'] }, { oneOf: [{ type: 'object' }] }]) {
      assert.deepEqual(toolFor('legacy', tool(schema)), tool());
    }
  });

  it('keeps an output schema of objects for everybody, and every output schema for a modern client', () => {
    assert.deepEqual(toolFor('legacy', tool({ type: 'object' })), tool({ type: 'object' }));
    assert.deepEqual(toolFor('modern', tool({ type: 'array' })), tool({ type: 'array' }));
    assert.deepEqual(toolFor('legacy', tool()), tool());
  });
});
