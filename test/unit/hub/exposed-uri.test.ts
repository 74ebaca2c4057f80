import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { exposeDefinition, exposeResult } from '../../../lambdas/hub/catalog/expose-result.ts';
import { exposedUri, isUri, ownUri } from '../../../lambdas/hub/catalog/exposed-uri.ts';

const slugs = fc.stringMatching(/^[a-z][a-z0-9-]{0,23}$/);
const schemes = fc.oneof(
  fc.constantFrom('ui', 'UI', 'Ui', 'file', 'a+b', 'HTTP'),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9+.-]*$/),
);
const uris = fc
  .tuple(schemes, fc.constantFrom(':', '://', ':///'), fc.string({ unit: 'grapheme' }))
  .map((parts) => parts.join(''));

describe('an exposed uri', () => {
  it('leads back to its server and its own uri, whatever that is', () => {
    fc.assert(
      fc.property(slugs, uris, (slug, uri) => {
        assert.deepEqual(ownUri(exposedUri(slug, uri)), { slug, uri });
      }),
    );
  });

  it('is a uri, and of no other server or resource', () => {
    fc.assert(
      fc.property(slugs, uris, slugs, uris, (slug, uri, otherSlug, otherUri) => {
        assert.ok(isUri(exposedUri(slug, uri)));
        const same = slug === otherSlug && uri === otherUri;
        assert.equal(exposedUri(slug, uri) === exposedUri(otherSlug, otherUri), same);
      }),
    );
  });

  it('is the only text that leads to its resource', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.tuple(slugs, fc.string()).map(([slug, rest]) => `${slug}+ui:${rest}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const own = ownUri(text);
        if (own !== undefined) assert.equal(exposedUri(own.slug, own.uri), text);
      }),
    );
  });

  const examples = [
    ['sample://greeting/{name}', 'srv+sample://greeting/{name}'],
    ['urn:isbn:1', 'srv+urn:isbn:1'],
    ['srv+sample://x', 'srv+srv+sample://x'],
    ['ui://chart/view.html', 'ui://srv/chart/view.html'],
    ['UI://', 'UI://srv/'],
    ['ui:chart', 'srv+ui:chart'],
  ] as const;
  for (const [own, exposed] of examples) {
    it(`of ${own} is ${exposed}`, () => {
      assert.equal(exposedUri('srv', own), exposed);
    });
  }

  for (const text of [
    '',
    'srv',
    'srv+',
    'srv+x',
    '+a:b',
    'SRV+a:b',
    'srv_x+a:b',
    'a:b',
    'ui://srv',
    'ui:///x',
    'srv+ui://x',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.equal(ownUri(text), undefined);
    });
  }
});

describe('an exposed result', () => {
  const link = { type: 'resource_link', uri: 'a:b', name: 'n', extra: [1] };
  const exposedLink = { ...link, uri: 'srv+a:b' };
  const embedded = { type: 'resource', resource: { uri: 'ui://x', text: 'a:b' } };
  const exposedEmbedded = { type: 'resource', resource: { uri: 'ui://srv/x', text: 'a:b' } };

  it('has the uris of links and embedded resources as the hub shows them', () => {
    const result = {
      content: [link, { type: 'text', text: 'a:b', uri: 'a:b' }, embedded],
      structuredContent: { uri: 'a:b' },
    };

    assert.deepEqual(exposeResult('srv', result), {
      ...result,
      content: [exposedLink, result.content[1], exposedEmbedded],
    });
  });

  it('has those of messages too, of one block or of several', () => {
    const result = {
      messages: [
        { role: 'user', content: link },
        { role: 'user', content: [embedded, link] },
      ],
    };

    assert.deepEqual(exposeResult('srv', result), {
      messages: [
        { role: 'user', content: exposedLink },
        { role: 'user', content: [exposedEmbedded, exposedLink] },
      ],
    });
  });

  it('has those of contents, and of an app’s view', () => {
    const view = { ui: { resourceUri: 'ui://v', other: 'ui://v' }, 'ui/resourceUri': 'ui://v' };
    const result = { contents: [{ uri: 'a:b', text: 't' }], _meta: view };

    assert.deepEqual(exposeResult('srv', result), {
      contents: [{ uri: 'srv+a:b', text: 't' }],
      _meta: { ui: { resourceUri: 'ui://srv/v', other: 'ui://v' }, 'ui/resourceUri': 'ui://srv/v' },
    });
    assert.deepEqual(
      exposeDefinition('srv', { name: 'x', _meta: view })['_meta'],
      exposeResult('srv', result)['_meta'],
    );
  });

  it('is never read as a uri of another server, whatever white space clients drop', () => {
    for (const uri of [' other+demo://a', '\tother+demo://a', 'ot\nher+demo://a', ' ui://other/v']) {
      const exposed = exposeResult('srv', { contents: [{ uri }] })['contents'];

      assert.deepEqual(exposed, [{ uri: `srv+${uri}` }]);
    }
  });

  it('keeps what is no uri, and members of any name', () => {
    const result = JSON.parse('{"content":[{"type":"resource_link","uri":"relative"}],"__proto__":{"a":1}}');

    assert.equal(JSON.stringify(exposeResult('srv', result)), JSON.stringify({ ...result }));
  });

  it('is made of any json without failing', () => {
    const blocks = fc.record(
      { type: fc.constantFrom('resource', 'resource_link', 'text'), resource: fc.jsonValue(), uri: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const any = fc.oneof(fc.jsonValue(), blocks, fc.array(fc.oneof(blocks, fc.jsonValue())));
    const results = fc.record({ content: any, contents: any, messages: any, _meta: any }, { requiredKeys: [] });
    fc.assert(
      fc.property(results, (result) => {
        exposeResult('srv', JSON.parse(JSON.stringify(result)));
      }),
    );
  });
});
