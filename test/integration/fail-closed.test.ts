import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { it } from 'node:test';
import { modifiedAssembly } from '../support/modified-assembly.ts';
import { startTestHub } from '../support/test-hub.ts';

const outages: [string, Record<string, string>][] = [
  ['the keys of the issuer cannot be had', { OIDC_JWKS_URI: 'http://127.0.0.1:9/jwks.json' }],
  ['the issuer is an address that the guard refuses', { OIDC_JWKS_URI: 'http://169.254.169.254/jwks.json' }],
  ['the authorizer lacks a setting', { OIDC_TENANT_CLAIM: '' }],
  ['no audience and no client is accepted', { OIDC_AUDIENCES: '', OIDC_CLIENT_IDS: '' }],
];

for (const [what, environment] of outages) {
  it(`a valid token opens nothing when ${what}`, async () => {
    const assembly = await modifiedAssembly((resources) => {
      const authorizer = Object.entries(resources).find(
        ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith('Authorizer'),
      )?.[1];
      Object.assign(authorizer?.Properties.Environment.Variables, environment);
    });
    const hub = await startTestHub({ assembly });
    try {
      const answer = await hub.call('GET', '/v1/tools');

      assert.ok(answer.status === 401 || answer.status >= 500, String(answer.status));
      assert.equal(answer.body.tools, undefined);
      assert.deepEqual(hub.awsCalls, []);
      assert.equal((await hub.call('GET', '/v1/health', { token: null })).status, 200);
    } finally {
      await hub.close();
      await rm(assembly, { recursive: true });
    }
  });
}
