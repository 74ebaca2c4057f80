import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasUsableHeaderAnnotations } from '../../../lambdas/adapters/upstreams/mcp/header-annotations.ts';

const object = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest });
const region = (header: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': header });

const usable: readonly (readonly [string, unknown])[] = [
  ['no annotation', object({ a: { type: 'string' } })],
  ['no schema', undefined],
  ['a string', object({ a: region('Region') })],
  ['an integer', object({ a: region('Count', 'integer') })],
  ['a boolean', object({ a: region('Dry-Run', 'boolean') })],
  ['a nested property', object({ a: object({ b: region('Region') }) })],
  ['a property of the name of the annotation', object({ 'x-mcp-header': { type: 'string' } })],
  ['the annotation as a value', object({ a: { type: 'object', default: { 'x-mcp-header': '' } } })],
];
const unusable: readonly (readonly [string, unknown])[] = [
  ['an empty name', object({ a: region('') })],
  ['a space', object({ a: region('My Region') })],
  ['a line break', object({ a: region('Region\r\nX-Evil: 1') })],
  ['a NUL', object({ a: region('Region\0') })],
  ['a letter outside of ASCII', object({ a: region('Région') })],
  ['no string', object({ a: region(7) })],
  ['a number', object({ a: region('Share', 'number') })],
  ['an object', object({ a: region('All', 'object') })],
  ['no type', object({ a: { 'x-mcp-header': 'Region' } })],
  ['the same name twice', object({ a: region('Region'), b: region('region') })],
  ['the root', object({}, { 'x-mcp-header': 'Root' })],
  ['an item', object({ a: { type: 'array', items: region('Region') } })],
  ['an alternative', object({ a: { anyOf: [region('Region')] } })],
  ['a definition', object({}, { $defs: { a: region('Region') } })],
  ['a property below an alternative', object({ a: { oneOf: [object({ b: region('Region') })] } })],
];

describe('header annotations', () => {
  for (const [what, schema] of usable) {
    it(`are usable: ${what}`, () => assert.equal(hasUsableHeaderAnnotations(schema), true));
  }
  for (const [what, schema] of unusable) {
    it(`are not usable: ${what}`, () => assert.equal(hasUsableHeaderAnnotations(schema), false));
  }
});
