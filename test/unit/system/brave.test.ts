import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CATEGORIES } from '../../../lambdas/hub/catalog/tool-metadata.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { slugSchema } from '../../../lambdas/hub/servers/slug.ts';
import { BRAVE } from '../../../lambdas/hub/system/brave.ts';
import { ToolInputError } from '../../../lambdas/hub/system/rest-tool.ts';

function problem(name: string, args: JsonObject): string {
  const tool = BRAVE.tools.find(({ definition }) => definition.name === name);
  try {
    tool?.request(args);
  } catch (error) {
    assert.ok(error instanceof ToolInputError);
    return error.message;
  }
  assert.fail('the arguments were accepted');
}

describe('the server of Brave Search', () => {
  it('is where the API is, with the header that it wants', () => {
    assert.equal(BRAVE.url, 'https://api.search.brave.com');
    assert.deepEqual(BRAVE.credential, { type: 'header', name: 'X-Subscription-Token' });
    assert.ok(slugSchema.safeParse(BRAVE.slug).success);
  });

  it('names each tool once, within what clients accept when the slug goes before', () => {
    const names = BRAVE.tools.map(({ definition }) => definition.name);

    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(`${BRAVE.slug}_${name}`, /^[a-z][a-z0-9_-]{0,63}$/);
  });

  for (const { definition, metadata } of BRAVE.tools) {
    it(`${definition.name} says that it only reads, and is described by hand`, () => {
      const { readOnlyHint, destructiveHint, openWorldHint } = definition['annotations'] as JsonObject;
      assert.deepEqual(
        { readOnlyHint, destructiveHint, openWorldHint },
        {
          readOnlyHint: true,
          destructiveHint: false,
          openWorldHint: true,
        },
      );
      assert.match(String(definition['description']), /^[A-Z].{20,}\.$/);
      assert.ok(CATEGORIES.includes(metadata.category));
      assert.ok(metadata.tags.includes('read-only') && metadata.tags.length <= 12);
      assert.ok(metadata.priority >= 1 && metadata.priority <= 100);
      assert.ok(metadata.estimatedDurationMs > 0);
    });
  }
});

describe('wrong arguments', () => {
  const table: readonly (readonly [string, JsonObject, RegExp])[] = [
    ['web_search', {}, /^"q" is required and has to be well-formed text of 1 to 400 characters and at most 50 words$/],
    ['web_search', { q: 'x '.repeat(51) }, /^"q" has to be .* at most 50 words$/],
    ['web_search', { q: 'half \ud83d of a pair' }, /^"q" has to be well-formed text/],
    ['web_search', { q: 'x'.repeat(401) }, /^"q" has to be/],
    ['web_search', { q: 'a', count: 21 }, /^"count" has to be a whole number from 1 to 20$/],
    ['web_search', { q: 'a', count: '5' }, /^"count" has to be a whole number/],
    ['web_search', { q: 'a', freshness: 'today' }, /^"freshness" has to be one of pd, pw, pm and py, or a range/],
    ['web_search', { q: 'a', units: 'miles' }, /^"units" has to be one of metric, imperial$/],
    ['web_search', { q: 'a', 'x-loc-city': 'München' }, /^"x-loc-city" has to be a string of ASCII characters/],
    ['web_search', { q: 'a', 'x-loc-city': 'a\r\nb' }, /^"x-loc-city" has to be/],
    ['web_search', { q: 'a', query: 'a' }, /^there is no parameter "query"; there are q, country, /],
    ['place_search', { latitude: 1 }, /^"latitude" and "longitude" have to be given together$/],
    ['place_search', { radius: -1 }, /^"radius" has to be a number of at least 0$/],
    ['place_details', { ids: [] }, /^"ids" has to be a list of 1 to 20 items, each well-formed text/],
    ['answers', { messages: [] }, /^"messages" has to be a list of one message, as \[\{"role"/],
  ];
  for (const [tool, args, message] of table) {
    it(`of ${tool}, ${JSON.stringify(args).slice(0, 50)}, are explained`, () => {
      assert.match(problem(tool, args), message);
    });
  }
});

describe('an error of the API', () => {
  const table: readonly (readonly [string, JsonObject, object | undefined])[] = [
    ['of one', { error: { code: 'X', detail: 'Why.' } }, { about: 'request', text: 'Why.' }],
    ['of a list', { errors: [{ code: 'QUOTA_LIMITED', detail: 'Over.' }] }, { about: 'quota', text: 'Over.' }],
    ['without detail', { error: { code: 'X' } }, { about: 'request', text: 'X' }],
    [
      'about the key',
      { error: { code: 'SUBSCRIPTION_TOKEN_INVALID', detail: 'No.' } },
      { about: 'credential', text: 'No.' },
    ],
    [
      'with a code that is a member of every object',
      { error: { code: 'constructor' } },
      { about: 'request', text: 'constructor' },
    ],
    ['that is none', { message: 'oops' }, undefined],
    ['of another shape', { error: 'oops', errors: {} }, undefined],
  ];
  for (const [what, body, expected] of table) {
    it(`${what} is read`, () => {
      assert.deepEqual(BRAVE.explain(body), expected);
    });
  }
});
