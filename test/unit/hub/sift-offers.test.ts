import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { siftOffers } from '../../../lambdas/hub/catalog/sift-offers.ts';
import type { Discovery } from '../../../lambdas/hub/upstreams/upstream.ts';

const sift = (offers: Partial<Discovery>) =>
  siftOffers(
    {
      negotiated: { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' },
      features: { completions: false, logging: false },
      serverInfo: undefined,
      instructions: undefined,
      tools: [],
      resources: [],
      resourceTemplates: [],
      prompts: [],
      ...offers,
    },
    'srv',
  );

/** Nested so deep that a recursive reader could fail. */
const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`);

describe('what a server offers beside tools', () => {
  it('is taken as it is', () => {
    const resources = [
      {
        uri: 'X+y.z-1:anything at all',
        name: 'r',
        title: 't',
        size: 1,
        mimeType: 'text/plain',
        annotations: { audience: ['user'], priority: 0.5, odd: 1 },
        icons: [{ src: 'data:,', sizes: ['any'] }],
        _meta: { any: { thing: null } },
        unknown: [1],
      },
    ];
    const resourceTemplates = [{ uriTemplate: 'x://{a}/{b}', name: 't' }];
    const prompts = [{ name: 'p', arguments: [{ name: 'a', description: 'd', required: true }] }];

    assert.deepEqual(sift({ resources, resourceTemplates, prompts }), { resources, resourceTemplates, prompts });
  });

  const refused = {
    'no uri with a scheme': { uri: 'relative/path', name: 'n' },
    'a uri that begins with no letter': { uri: '1:x', name: 'n' },
    'a uri longer than a cursor may be': { uri: `x:${'ü'.repeat(1024)}`, name: 'n' },
    'no name': { uri: 'x:1' },
    'an empty name': { uri: 'x:1', name: '' },
    'a description that is no text': { uri: 'x:1', name: 'n', description: 1 },
    'a media type that is no text': { uri: 'x:1', name: 'n', mimeType: {} },
    'a size that is no number': { uri: 'x:1', name: 'n', size: '1' },
    'annotations for nobody that there is': { uri: 'x:1', name: 'n', annotations: { audience: ['robots'] } },
    'meta data that is no object': { uri: 'x:1', name: 'n', _meta: 'm' },
    'more depth than is read': { uri: 'x:1', name: 'n', deep },
    'more text than is kept': { uri: 'x:1', name: 'n', description: 'd'.repeat(64 * 1024) },
    'half a character': { uri: 'x:\ud800', name: 'n' },
  };
  for (const [what, resource] of Object.entries(refused)) {
    it(`is left out with ${what}`, () => {
      const sound = { uri: 'x:2', name: 'sound' };

      assert.deepEqual(sift({ resources: [resource, sound] }).resources, [sound]);
    });
  }

  it('is left out where it would be exposed like what came before', () => {
    const resources = ['x:1', 'x:2', 'x:1'].map((uri, index) => ({ uri, name: `r${index}` }));
    const prompts = ['p', 'q', 'p'].map((name, index) => ({ name, description: String(index) }));

    const sifted = sift({ resources, prompts });

    assert.deepEqual(sifted.resources, resources.slice(0, 2));
    assert.deepEqual(sifted.prompts, prompts.slice(0, 2));
  });

  it('is left out with arguments that no client could show', () => {
    for (const args of ['a', [1], [{ name: 1 }], [{ name: 'a', required: 'yes' }]]) {
      assert.deepEqual(sift({ prompts: [{ name: 'p', arguments: args }] }).prompts, []);
    }
  });
});
