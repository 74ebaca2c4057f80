import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { modifiedAssembly } from '../support/modified-assembly.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

/** The stack as if the role had never been granted the action. */
function assemblyWithout(role: string, action: string): Promise<string> {
  return modifiedAssembly((resources) => {
    let removed = 0;
    for (const [logicalId, { Type, Properties }] of Object.entries(resources)) {
      if (Type !== 'AWS::IAM::Policy' || !logicalId.startsWith(role)) continue;
      for (const statement of Properties.PolicyDocument.Statement) {
        const actions = [statement.Action].flat();
        if (!actions.includes(action)) continue;
        const rest = actions.filter((other) => other !== action);
        statement.Action = rest.length > 0 ? rest : 'sts:GetCallerIdentity';
        removed += 1;
      }
    }
    assert.ok(removed > 0, `no policy of ${role} has ${action}`);
  });
}

const SERVER = { slug: 's', credential: { type: 'bearer', token: 't' } };
const grants: [string, string, (hub: TestHub, url: string) => Promise<unknown>][] = [
  ['Browse', 'dynamodb:Query', (hub) => hub.call('GET', '/v1/tools')],
  ['Manage', 'kms:GenerateDataKey', (hub, url) => hub.call('POST', '/v1/servers', { body: { ...SERVER, url } })],
  ['Manage', 'dynamodb:PutItem', (hub, url) => hub.call('POST', '/v1/servers', { body: { ...SERVER, url } })],
  [
    'Invoke',
    'kms:Decrypt',
    async (hub, url) => {
      await hub.register({ ...SERVER, url });
      return hub.call('POST', '/v1/tools/s_echo/invoke', { body: { arguments: { message: 'x' } } });
    },
  ],
  ['Invoke', 'dynamodb:UpdateItem', (hub) => hub.call('POST', '/v1/tools/s_echo/invoke', { body: {} })],
  ['Invoke', 'dynamodb:BatchGetItem', (hub) => hub.call('POST', '/v1/tools/s_echo/invoke', { body: {} })],
];

describe('a grant that is missing in the template', () => {
  for (const [role, action, use] of grants) {
    it(`fails here as on AWS: ${role} without ${action} gets AccessDenied`, async () => {
      const assembly = await assemblyWithout(role, action);
      const [hub, upstream] = await Promise.all([startTestHub({ assembly }), startModern()]);
      try {
        const answer = await use(hub, upstream.url);

        assert.ok(typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 503);
        const denied = hub.awsCalls.filter(({ errorType }) => errorType?.includes('AccessDenied'));
        assert.ok(denied.length > 0);
        assert.ok(denied.every(({ functionName }) => functionName.includes(role)));
      } finally {
        await Promise.all([hub.close(), upstream.close()]);
        await rm(assembly, { recursive: true });
      }
    });
  }
});
