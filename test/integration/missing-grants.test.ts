import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ASSEMBLY, startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

const TEMPLATE = 'NexusHub-local.template.json';

interface PolicyResource {
  readonly Type: string;
  readonly Properties: { readonly PolicyDocument: { readonly Statement: { Action: string | string[] }[] } };
}

/** A copy of the assembly in which one function's role has lost one action. */
async function assemblyWithout(role: string, action: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'nexus-assembly-'));
  await cp(ASSEMBLY, directory, { recursive: true });
  const template = JSON.parse(await readFile(join(directory, TEMPLATE), 'utf8'));
  let removed = 0;
  for (const [logicalId, resource] of Object.entries<PolicyResource>(template.Resources)) {
    if (resource.Type !== 'AWS::IAM::Policy' || !logicalId.startsWith(role)) continue;
    const { Statement: statements } = resource.Properties.PolicyDocument;
    for (const statement of statements) {
      const actions = [statement.Action].flat();
      if (!actions.includes(action)) continue;
      const rest = actions.filter((other) => other !== action);
      statement.Action = rest.length > 0 ? rest : 'sts:GetCallerIdentity';
      removed += 1;
    }
  }
  assert.ok(removed > 0, `no policy of ${role} has ${action}`);
  await writeFile(join(directory, TEMPLATE), JSON.stringify(template));
  return directory;
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
