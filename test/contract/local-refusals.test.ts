import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { modifiedAssembly, type TemplateResource } from '../support/modified-assembly.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTestHub } from '../support/test-hub.ts';

type Change = (resource: TemplateResource) => void;

const mistakes: readonly [what: string, type: string, id: string, change: Change, message: RegExp][] = [
  [
    'a function without the grant to write its log',
    'AWS::IAM::Policy',
    'OpenRoleDefaultPolicy',
    ({ Properties }) => {
      Properties.PolicyDocument.Statement[0].Action = 'logs:CreateLogStream';
    },
    /^Open\w+: role OpenRole\w+ does not allow logs:PutLogEvents on log group NexusHub-local-OpenLog/,
  ],
  [
    'a function whose role Lambda may not assume',
    'AWS::IAM::Role',
    'OpenRole',
    ({ Properties }) => {
      Properties.AssumeRolePolicyDocument.Statement[0].Principal.Service = 'ec2.amazonaws.com';
    },
    /^Open\w+: role OpenRole\w+ cannot be used, .* lets lambda\.amazonaws\.com sts:AssumeRole/,
  ],
  [
    'an authorizer cached by nothing',
    'AWS::ApiGateway::Authorizer',
    'ApiAuthorizer',
    ({ Properties }) => {
      delete Properties.IdentitySource;
    },
    /^ApiAuthorizer\w+ .*: property IdentitySource must name/,
  ],
];

for (const [what, type, id, change, message] of mistakes) {
  test(`${what} stops the start`, async (t) => {
    const assembly = await modifiedAssembly((resources) => {
      const found = Object.entries(resources).find(([name, { Type }]) => Type === type && name.startsWith(id));
      assert.ok(found, `${id} is in the template`);
      change(found[1]);
    });
    t.after(() => rm(assembly, { recursive: true }));

    await assert.rejects(startTestHub({ assembly, keepData: temporaryDirectory(t) }), { message });
  });
}
