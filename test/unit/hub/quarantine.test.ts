import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildCatalog } from '../../../lambdas/hub/catalog/build-catalog.ts';
import { definitionDiff } from '../../../lambdas/hub/catalog/definition-diff.ts';
import { definitionRejection } from '../../../lambdas/hub/catalog/definition-limits.ts';
import type { CatalogTool } from '../../../lambdas/hub/catalog/catalog.ts';
import { type ReviewedTool, review } from '../../../lambdas/hub/catalog/quarantine.ts';
import type { Json } from '../../../lambdas/hub/json.ts';
import type { Definition } from '../../../lambdas/hub/upstreams/upstream.ts';

const tool = (name: string, more: Record<string, Json> = {}): Definition => ({
  name,
  description: `does ${name}`,
  inputSchema: { type: 'object' },
  ...more,
});

/** The tools after a sync at which every definition had become another. */
function changed(before: Definition[], after: Definition[], knowsBefore = true): readonly CatalogTool[] {
  const basis = { slug: 'srv', serverId: 'id', revision: 1, trustDefinitions: false, now: 1 };
  const negotiated = { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' } as const;
  const rest = {
    negotiated,
    features: { completions: false, logging: false },
    serverInfo: undefined,
    instructions: undefined,
    resources: [],
    resourceTemplates: [],
    prompts: [],
  };
  const first = buildCatalog({ ...rest, tools: before }, { ...basis, pinned: new Map(), previous: [] });
  const previous = knowsBefore ? first.catalog.tools : [];
  return buildCatalog({ ...rest, tools: after }, { ...basis, pinned: first.hashes, previous }).catalog.tools;
}

/** Within every limit of a definition, and with 100 MB of paths. */
const manyPaths = (value: number) => {
  const members = Object.fromEntries(Array.from({ length: 3_300 }, (_, i) => [i.toString(36), value]));
  return tool('long', { inputSchema: { type: 'object', ['~'.repeat(31_000)]: members } });
};

describe('the review of tools that wait for approval', () => {
  it('shows the whole new definition when the accepted one is no longer known', () => {
    const evil = tool('a', { description: 'evil' });
    const [waiting] = review(changed([tool('a')], [evil], false)).quarantined;

    assert.deepEqual(waiting?.definition, evil);
    assert.equal(waiting?.changes, undefined);
  });

  it('shows an added member that is called like one of every object', () => {
    const poisoned = tool('a', { inputSchema: { type: 'object', toString: 'POISON', constructor: 'POISON' } });
    const [waiting] = review(changed([tool('a')], [poisoned])).quarantined;

    assert.deepEqual(
      waiting?.changes?.map(({ path, change }) => [path, change]),
      [
        ['/inputSchema/toString', 'added'],
        ['/inputSchema/constructor', 'added'],
      ],
    );
  });

  it('shows every one of many changes', () => {
    const enumOf = (prefix: string) => ({
      type: 'object',
      enum: Array.from({ length: 500 }, (_, i) => `${prefix}${i}`),
    });
    const before = tool('a', { inputSchema: enumOf('a') });
    const [waiting] = review(changed([before], [tool('a', { inputSchema: enumOf('b') })])).quarantined;

    assert.equal(waiting?.changes?.length, 500);
  });

  it('shows the definition alone when its changes are more than an answer can carry', () => {
    const nested = (value: number) => {
      const members = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`m${i}`, value]));
      return { type: 'object', properties: { ['k'.repeat(30_000)]: members } };
    };
    const after = [tool('a', { inputSchema: nested(2) }), tool('b', { description: 'new' })];
    const { quarantined, next } = review(changed([tool('a', { inputSchema: nested(1) }), tool('b')], after));

    assert.deepEqual(
      quarantined.map(({ tool: name, changes }) => [name, changes?.length]),
      [
        ['srv_a', undefined],
        ['srv_b', 1],
      ],
    );
    assert.equal(next, undefined);
  });

  it('does not write out what it would not show', () => {
    assert.equal(definitionRejection(manyPaths(1)), undefined);

    assert.equal(definitionDiff(manyPaths(1), manyPaths(2), 256 * 1024), undefined);
  });

  it('goes through all of many large tools, part by part, without an approval', () => {
    const many = (text: string) =>
      Array.from({ length: 100 }, (_, i) => tool(`t${i}`, { description: text.repeat(40_000) }));
    const tools = changed(many('a'), many('b'));
    const seen: ReviewedTool[] = [];
    let after: string | undefined = '';
    for (let part = 0; after !== undefined && part < 100; part += 1) {
      const { quarantined, next } = review(tools, after);
      assert.ok(JSON.stringify(quarantined).length < 2_700_000);
      seen.push(...quarantined);
      after = next;
    }

    assert.equal(new Set(seen.map(({ tool: name }) => name)).size, 100);
    assert.equal(seen.length, 100);
  });
});
