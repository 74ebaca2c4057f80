import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { BRAVE } from '../../../lambdas/hub/system/brave.ts';
import { SAMPLE_ANSWERS } from '../../support/upstreams/brave/sample-answers.ts';

function textOf(name: string, answer: JsonObject | undefined): string {
  const tool = BRAVE.tools.find(({ definition }) => definition.name === name);
  assert.ok(tool !== undefined && answer !== undefined);
  return tool.present(answer, {}).text;
}

const PLACE_TEXT = `Places

1. Blue Bottle Coffee
   https://example.com/biz/blue-bottle
   Coffee & Tea · $$ · rated 4.3 of 5 (587 reviews) · 0.8 km · open today 07:00-18:00
   66 Mint St, San Francisco, CA 94103
   +1 510-653-3394
   id: loc4CQWMJWLD4VBEBZ62XQLJTGK6YCJEEJDNAAAAAAA=`;

const TEXTS: readonly (readonly [tool: string, path: string, text: string])[] = [
  [
    'news_search',
    '/res/v1/news/search',
    `Searched for "artificial trees" instead of "artifical trees".

News

1. Trees & artificial trees
   https://example.com/a
   2 days ago
   All about artificial trees.
   They need no water.`,
  ],
  [
    'image_search',
    '/res/v1/images/search',
    `Searched for "artificial trees" instead of "artifical trees".
Results were left out by safesearch.

Images

1. A tree
   https://example.com/tree.jpg
   1920x1080 · example.com · confidence high
   on https://example.com/photo`,
  ],
  [
    'video_search',
    '/res/v1/videos/search',
    `Searched for "artificial trees" instead of "artifical trees".

Videos

1. How trees are made
   https://video.example/watch?v=1
   treecamp · Tube · 03:45 · 1523 views · February 12, 2025
   From wire.`,
  ],
  ['place_search', '/res/v1/local/place_search', PLACE_TEXT],
  ['place_details', '/res/v1/local/pois', PLACE_TEXT],
  [
    'place_descriptions',
    '/res/v1/local/descriptions',
    `loc4CQWMJWLD4VBEBZ62XQLJTGK6YCJEEJDNAAAAAAA=
### Overview
A cafe known for **coffee**.

loc5
There is no description of this place.`,
  ],
  [
    'llm_context',
    '/res/v1/llm/context',
    `# Shop
https://shop.example

Open daily

# Trees
https://example.com/a

| kind | price |
| fir | 3 |`,
  ],
  ['answers', '/res/v1/chat/completions', 'K2 is 8611 m high.'],
  ['rich_data', '/res/v1/web/rich', '{"type":"rich","subtype":"weather","weather":{"current_weather":{"temp":12.5}}}'],
  [
    'suggest',
    '/res/v1/suggest/search',
    `Suggestions

1. albert einstein
   Albert Einstein
   Theoretical physicist

2. albert einstein quotes`,
  ],
  ['spellcheck', '/res/v1/spellcheck/search', 'Corrections\n\n1. artificial'],
];

describe('the text of a result', () => {
  for (const [tool, path, text] of TEXTS) {
    it(`of ${tool} says what was found`, () => {
      assert.equal(textOf(tool, SAMPLE_ANSWERS[path]), text);
    });
  }

  it('of web_search has each kind of results under its heading, and what to do next', () => {
    const text = textOf('web_search', SAMPLE_ANSWERS['/res/v1/web/search']);

    const headings = text.split('\n\n').filter((part) => /^\w+$/.test(part));
    assert.deepEqual(headings, ['Infobox', 'Web', 'News', 'Videos', 'Discussions', 'Questions', 'Places']);
    assert.match(text, /^Searched for .*\nThere are more results on the next page \(offset\)\./);
    assert.match(text, /call rich_data with callback_key 86d06abffc884e9ea281a40f62e0a5a6$/);
  });

  it('says that nothing was found, after what was searched for', () => {
    const query = { original: 'treez', altered: 'trees' };

    const text = textOf('news_search', { type: 'news', query, results: [] });

    assert.equal(text, 'Searched for "trees" instead of "treez".\n\nNothing was found.');
  });

  it('has an answer by either name that the API gives it', () => {
    const choices = [{ delta: { role: 'assistant', content: 'K2.' }, finish_reason: 'stop' }];

    assert.equal(textOf('answers', { choices }), 'K2.');
  });

  it('leaves out what is not as documented, and keeps the rest', () => {
    const results = [null, 7, { title: 3, url: 'https://a.example' }, { title: 'B', url: [], description: null }];

    assert.equal(textOf('news_search', { results }), 'News\n\n1. https://a.example\n   https://a.example\n\n2. B');
  });

  for (const { definition, present } of BRAVE.tools) {
    it(`of ${definition.name} is some text whatever the API answers`, () => {
      const names = ['results', 'web', 'grounding', 'choices', 'query', 'title', 'generic', 'rich', 'hint', 'infobox'];
      const { value } = fc.letrec((tie) => ({
        value: fc.oneof({ maxDepth: 5 }, fc.string(), fc.integer(), fc.constant(null), tie('list'), tie('object')),
        list: fc.array(tie('value'), { maxLength: 3 }),
        object: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
      }));

      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...names), value), (answer) => {
          const { text, structured } = present(answer as JsonObject, {});
          assert.match(text, /\S/);
          assert.equal(structured, answer);
        }),
      );
    });
  }
});
