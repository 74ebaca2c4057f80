import assert from 'node:assert/strict';
import { it } from 'node:test';
import { HUB_IDENTITY } from '../../../lambdas/hub/hub-identity.ts';
import manifest from '../../../package.json' with { type: 'json' };

it('the hub introduces itself with the name and version of its package', () => {
  assert.deepEqual(HUB_IDENTITY, { name: manifest.name, version: manifest.version });
});
