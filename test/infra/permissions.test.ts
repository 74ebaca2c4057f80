import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { VAULT_CONTEXT } from '../../lambdas/contract.ts';
import { resourcesOf, synthesized } from './synthesized.ts';

const oneOrMany = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const statementShape = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMany,
  Resource: z.unknown(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
const policyShape = z.object({
  PolicyDocument: z.object({ Statement: z.array(statementShape) }),
  Roles: z.tuple([z.object({ Ref: z.string() })]),
});
const keyShape = z.object({ KeyPolicy: z.object({ Statement: z.array(statementShape) }) });

const { template } = synthesized({ stage: 'prod' });
const policies = resourcesOf(template, 'AWS::IAM::Policy').map(({ Properties }) => {
  const { PolicyDocument, Roles } = policyShape.parse(Properties);
  return { role: Roles[0].Ref.replace(/Role[0-9A-F]{8}$/, ''), statements: PolicyDocument.Statement };
});

/** `Table Action` and `Key Action` of a function, its own log left out. */
function actionsOf(role: string): string[] {
  const statements = policies.filter((policy) => policy.role === role).flatMap((policy) => policy.statements);
  return statements
    .flatMap(({ Action, Resource }) =>
      targetsOf(Resource).flatMap((target) => Action.map((action) => [target, action])),
    )
    .filter(([, action]) => !action?.startsWith('logs:'))
    .map(([target, action]) => `${target} ${action?.split(':')[1]}`)
    .sort();
}

const arnShape = z
  .object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) })
  .transform((arn) => arn['Fn::GetAtt'][0].replace(/[0-9A-F]{8}$/, ''));
/** An ARN, or what is within it. */
const withinShape = z
  .object({ 'Fn::Join': z.tuple([z.literal(''), z.tuple([arnShape, z.string()])]) })
  .transform((join) => join['Fn::Join'][1].join(''));
const targetShape = z.union([arnShape, withinShape]);

function targetsOf(resource: unknown): string[] {
  return z.union([z.array(targetShape), targetShape.transform((one) => [one])]).parse(resource);
}

const WRITE_KEY = [
  'DataKey Decrypt',
  'DataKey DescribeKey',
  'DataKey Encrypt',
  'DataKey GenerateDataKey',
  'DataKey GenerateDataKeyWithoutPlaintext',
  'DataKey ReEncryptFrom',
  'DataKey ReEncryptTo',
];
/** What an event source mapping does in the name of its function. */
const RECEIVE = ['ReceiveMessage', 'ChangeMessageVisibility', 'GetQueueUrl', 'DeleteMessage', 'GetQueueAttributes'];
const READ_KEY = ['DataKey Decrypt', 'DataKey DescribeKey'];

describe('a function may do exactly this', () => {
  const table = (name: string, actions: string) => actions.split(' ').map((action) => `${name}Table ${action}`);
  const expected: Readonly<Record<string, readonly string[]>> = {
    Authorizer: [],
    Open: [],
    TenantClaim: [],
    Browse: [...table('Registry', 'GetItem Query'), ...table('Catalog', 'Query'), ...READ_KEY],
    Manage: [
      ...table('Registry', 'GetItem Query PutItem UpdateItem DeleteItem'),
      ...table('Catalog', 'GetItem Query PutItem DeleteItem'),
      ...WRITE_KEY,
      'VaultKey GenerateDataKey',
      'VaultKey Decrypt',
    ],
    Invoke: [
      ...table('Registry', 'BatchGetItem'),
      ...table('Catalog', 'BatchGetItem Query UpdateItem'),
      ...table('Limits', 'UpdateItem'),
      ...table('AsyncJobs', 'GetItem PutItem'),
      'AsyncJobsQueue SendMessage',
      'AsyncJobsBrowserQueue SendMessage',
      ...WRITE_KEY,
      'VaultKey Decrypt',
    ],
    Jobs: [
      ...table('AsyncJobs', 'GetItem Query PutItem'),
      'AsyncJobsResults/* GetObject',
      'AsyncJobsResults ListBucket',
      'DataKey Decrypt',
      ...WRITE_KEY,
    ],
    Worker: [
      ...table('Registry', 'BatchGetItem'),
      ...table('Catalog', 'BatchGetItem Query UpdateItem'),
      ...table('Limits', 'UpdateItem'),
      ...table('AsyncJobs', 'GetItem PutItem'),
      'AsyncJobsQueue SendMessage',
      'AsyncJobsBrowserQueue SendMessage',
      ...RECEIVE.map((action) => `AsyncJobsQueue ${action}`),
      'AsyncJobsResults/* PutObject',
      'AsyncJobsResults/* DeleteObject',
      'DataKey GenerateDataKey',
      ...WRITE_KEY,
      'VaultKey Decrypt',
    ],
    Browser: [
      ...table('Registry', 'BatchGetItem'),
      ...table('Catalog', 'BatchGetItem Query UpdateItem'),
      ...table('Limits', 'UpdateItem'),
      ...table('AsyncJobs', 'GetItem PutItem'),
      'AsyncJobsQueue SendMessage',
      'AsyncJobsBrowserQueue SendMessage',
      ...RECEIVE.map((action) => `AsyncJobsBrowserQueue ${action}`),
      'AsyncJobsResults/* PutObject',
      'AsyncJobsResults/* DeleteObject',
      'DataKey GenerateDataKey',
      ...WRITE_KEY,
      'VaultKey Decrypt',
    ],
    Sweeper: [
      ...table('AsyncJobs', 'PutItem'),
      'AsyncJobsTable/index/due Query',
      'AsyncJobsQueue SendMessage',
      'AsyncJobsBrowserQueue SendMessage',
      ...WRITE_KEY,
    ],
    RefreshStarter: [
      ...table('Registry', 'UpdateItem'),
      'RegistryTable/index/due Query',
      'CatalogRefreshQueue SendMessage',
      ...WRITE_KEY,
    ],
    Refresher: [
      ...table('Registry', 'GetItem PutItem UpdateItem'),
      ...table('Catalog', 'GetItem Query PutItem DeleteItem'),
      ...RECEIVE.map((action) => `CatalogRefreshQueue ${action}`),
      ...WRITE_KEY,
      'VaultKey Decrypt',
    ],
    CleanupStarter: ['CleanupQueue SendMessage'],
    Cleaner: [
      ...table('Registry', 'GetItem'),
      ...table('Catalog', 'Scan DeleteItem'),
      ...table('AsyncJobs', 'GetItem PutItem'),
      'AsyncJobsTable/index/due Query',
      'AsyncJobsQueue SendMessage',
      'AsyncJobsBrowserQueue SendMessage',
      'AsyncJobsResults/* DeleteObject',
      'AsyncJobsResults ListBucket',
      'CleanupQueue SendMessage',
      ...RECEIVE.map((action) => `CleanupQueue ${action}`),
      ...WRITE_KEY,
    ],
    Actions: [
      ...table('Registry', 'GetItem Query PutItem UpdateItem DeleteItem BatchGetItem'),
      ...table('Catalog', 'GetItem Query PutItem DeleteItem BatchGetItem UpdateItem'),
      ...table('Limits', 'UpdateItem'),
      ...table('AsyncJobs', 'GetItem PutItem'),
      'AsyncJobsQueue SendMessage',
      'AsyncJobsBrowserQueue SendMessage',
      ...WRITE_KEY,
      'VaultKey GenerateDataKey',
      'VaultKey Decrypt',
    ],
    Mcp: [
      ...table('Registry', 'GetItem Query BatchGetItem'),
      ...table('Catalog', 'Query BatchGetItem UpdateItem'),
      ...table('Limits', 'UpdateItem'),
      ...table('AsyncJobs', 'GetItem PutItem'),
      'AsyncJobsQueue SendMessage',
      'AsyncJobsBrowserQueue SendMessage',
      'AsyncJobsResults/* GetObject',
      'AsyncJobsResults ListBucket',
      'DataKey Decrypt',
      ...WRITE_KEY,
      'VaultKey Decrypt',
      'VaultKey Decrypt',
      'VaultKey GenerateDataKey',
    ],
  };
  for (const [role, actions] of Object.entries(expected)) {
    it(role, () => assert.deepEqual(actionsOf(role), actions.toSorted()));
  }
});

describe('no function', () => {
  const statements = policies.flatMap((policy) => policy.statements);

  it('has a wildcard action', () => {
    for (const { Action } of statements) for (const action of Action) assert.doesNotMatch(action, /\*/);
  });

  it('has a wildcard resource, but the objects of the one bucket', () => {
    for (const { Resource } of statements.filter(({ Action }) => !Action.includes('lambda:InvokeFunction'))) {
      if (targetsOf(Resource).some((target) => target === 'AsyncJobsResults/*')) continue;
      assert.doesNotMatch(JSON.stringify(Resource), /\*/);
    }
  });

  it('that calls tools may change more of a catalog than how long they take', () => {
    const updates = statements.filter(
      ({ Action, Resource }) => Action.includes('dynamodb:UpdateItem') && targetsOf(Resource).includes('CatalogTable'),
    );

    assert.equal(updates.length, 5);
    for (const { Condition } of updates) {
      assert.deepEqual(Condition, {
        Null: { 'dynamodb:Attributes': 'false' },
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'learnedOf', 'durations'] },
        StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
      });
    }
  });

  it('may call another one', () => {
    const callers = policies.filter(({ statements: own }) =>
      own.some(({ Action }) => Action.includes('lambda:InvokeFunction')),
    );

    assert.deepEqual(
      callers.map(({ role }) => role),
      ['AsyncJobsSweep', 'CatalogRefreshSchedule', 'CleanupSchedule'],
    );
  });

  it('but those of schedules may write the dead letters of schedules', () => {
    const letters = 'ScheduleDeadLetters SendMessage';
    const writers = policies.map(({ role }) => role).filter((role) => actionsOf(role).includes(letters));

    assert.deepEqual(writers, ['AsyncJobsSweep', 'CatalogRefreshSchedule', 'CleanupSchedule']);
  });

  it('has an AWS managed policy', () => {
    const roles = resourcesOf(template, 'AWS::IAM::Role').filter((role) => role.id.endsWith('Role'));
    const managed = roles.filter((role) => role.Properties['ManagedPolicyArns'] !== undefined);

    // API Gateway's own, for its logs.
    assert.deepEqual(
      managed.map((role) => role.id),
      ['ApiCloudWatchRole'],
    );
  });

  it('uses the data key but through DynamoDB, or through S3 for the one bucket', () => {
    const uses = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('DataKey'));

    assert.ok(uses.length > 0);
    for (const { Condition } of uses) {
      const { 'kms:ViaService': via, ...context } = Condition?.['StringEquals'] ?? {};
      const isDynamoDb = JSON.stringify(via).includes('"dynamodb."');
      assert.ok(isDynamoDb || JSON.stringify(via).includes('"s3."'));
      if (isDynamoDb) continue;
      assert.deepEqual(Object.keys(context), ['kms:EncryptionContext:aws:s3:arn']);
      assert.match(JSON.stringify(context), /AsyncJobsResults\w+","Arn"/);
    }
  });

  it('uses the vault key but in exactly the encryption context of the vault', () => {
    const vault = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('VaultKey'));

    assert.ok(vault.length > 0);
    for (const { Condition } of vault) {
      const purpose = Condition?.['StringEquals']?.['kms:EncryptionContext:purpose'];
      assert.ok(VAULT_CONTEXT.purposes.some((known) => known === purpose));
      assert.deepEqual(Condition, {
        StringEquals: {
          'kms:EncryptionContext:app': VAULT_CONTEXT.app,
          'kms:EncryptionContext:stage': 'prod',
          'kms:EncryptionContext:purpose': purpose,
        },
        Null: {
          'kms:EncryptionContext:tenantId': 'false',
          'kms:EncryptionContext:serverId': 'false',
          'kms:EncryptionContext:v': 'false',
        },
        'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': [...VAULT_CONTEXT.keys] },
      });
    }
  });
});

describe('for a purpose of the vault', () => {
  const uses = policies.flatMap(({ role, statements }) =>
    statements.flatMap(({ Action, Condition }) => {
      const purpose = Condition?.['StringEquals']?.['kms:EncryptionContext:purpose'];
      return purpose === undefined ? [] : Action.map((action) => `${String(purpose)} ${role} ${action}`);
    }),
  );

  it('exactly these functions seal and open', () => {
    assert.deepEqual(uses.toSorted(), [
      'request-state Mcp kms:Decrypt',
      'request-state Mcp kms:GenerateDataKey',
      'upstream-config Actions kms:Decrypt',
      'upstream-config Actions kms:GenerateDataKey',
      'upstream-config Browser kms:Decrypt',
      'upstream-config Invoke kms:Decrypt',
      'upstream-config Manage kms:Decrypt',
      'upstream-config Manage kms:GenerateDataKey',
      'upstream-config Mcp kms:Decrypt',
      'upstream-config Refresher kms:Decrypt',
      'upstream-config Worker kms:Decrypt',
    ]);
  });
});

describe('the vault key refuses everyone', () => {
  const key = resourcesOf(template, 'AWS::KMS::Key').find(({ id }) => id === 'VaultKey');
  const refusals = keyShape.parse(key?.Properties).KeyPolicy.Statement.filter(({ Effect }) => Effect === 'Deny');
  const conditions: readonly (readonly [string, unknown])[] = [
    ['another application', { StringNotEquals: { 'kms:EncryptionContext:app': 'nexus-hub' } }],
    ['another stage', { StringNotEquals: { 'kms:EncryptionContext:stage': 'prod' } }],
    ['no tenant', { Null: { 'kms:EncryptionContext:tenantId': 'true' } }],
    ['no server', { Null: { 'kms:EncryptionContext:serverId': 'true' } }],
  ];
  for (const [name, condition] of conditions) {
    it(`who names ${name}`, () => {
      const refusal = refusals.find(({ Condition }) => JSON.stringify(Condition) === JSON.stringify(condition));

      assert.ok(refusal?.Action.includes('kms:Decrypt'));
      assert.ok(refusal?.Action.includes('kms:GenerateDataKey'));
    });
  }
});
