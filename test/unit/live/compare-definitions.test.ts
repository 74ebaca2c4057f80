import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MAPS } from '../../../lambdas/hub/system/maps.ts';
import { compareDefinitions } from '../../../live/compare-definitions.ts';

const [tool] = MAPS.tools;
assert.ok(tool !== undefined);
const server = { ...MAPS, tools: [tool] };
const { definition } = tool;

it('a tool that takes more arguments than the code knows is as expected', () => {
  const properties = { textQuery: {}, locationBias: {}, languageCode: {}, regionCode: {}, pageSize: {}, pageToken: {} };
  const theirs = { ...definition, inputSchema: { type: 'object', properties: { ...properties, more: {} } } };

  const facts = compareDefinitions(server, [theirs, { name: 'another' }]);

  assert.deepEqual(facts, [{ words: 'search_places takes what the code says', holds: true }]);
});

it('arguments that a tool does not take are named', () => {
  const properties = { text_query: {}, locationBias: {}, regionCode: {}, pageSize: {}, pageToken: {} };

  const facts = compareDefinitions(server, [{ ...definition, inputSchema: { type: 'object', properties } }]);

  assert.deepEqual(facts, [{ words: 'search_places takes textQuery, languageCode', holds: false }]);
});

it('a tool that is gone is named', () => {
  const facts = compareDefinitions(server, []);

  assert.deepEqual(facts, [{ words: 'search_places is there', holds: false }]);
});
