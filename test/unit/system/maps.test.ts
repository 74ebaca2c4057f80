import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { MAPS } from '../../../lambdas/hub/system/maps.ts';
import { MAPS_CALLS, WRONG_MAPS_CALLS } from '../../support/upstreams/maps-calls.ts';
import { MAPS_PARAMETERS } from '../../support/upstreams/maps-parameters.ts';

describe('the tools of maps', () => {
  it('are the documented ones', () => {
    const names = MAPS.tools.map(({ definition }) => definition.name);

    assert.deepEqual(names.toSorted(), Object.keys(MAPS_PARAMETERS).toSorted());
  });

  for (const [name, args] of MAPS_CALLS) {
    it(`${name} takes ${JSON.stringify(args)}, as Google does`, () => {
      assert.equal(isTaken(name, args), true);
      assert.equal(MAPS_PARAMETERS[name]?.safeParse(args).success, true);
    });
  }

  for (const [name, args] of WRONG_MAPS_CALLS) {
    it(`${name} does not take ${JSON.stringify(args).slice(0, 100)}, as Google does not`, () => {
      assert.equal(isTaken(name, args), false);
      assert.equal(MAPS_PARAMETERS[name]?.safeParse(args).success, false);
    });
  }

  for (const { definition, metadata } of MAPS.tools) {
    it(`${definition.name} only reads, belongs to a location and promises no structured content`, () => {
      assert.deepEqual(definition['annotations'], { readOnlyHint: true, openWorldHint: true });
      assert.equal(metadata.category, 'location');
      assert.equal(definition['outputSchema'], undefined);
    });
  }

  it('tell models of the duty to name the source', () => {
    assert.match(MAPS.instructions, /show their sources directly after the text/);
  });
});

function isTaken(name: string, args: JsonObject): boolean {
  const schema = MAPS.tools.find(({ definition }) => definition.name === name)?.definition['inputSchema'];
  assert.ok(schema !== undefined);
  return new AjvJsonSchemaValidator().getValidator(JSON.parse(JSON.stringify(schema)))(args).valid;
}
