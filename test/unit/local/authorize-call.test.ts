import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AwsRequest, createAuthorizeCall } from '../../../local/iam/authorize-call.ts';
import type { PolicyStatement, StackModel } from '../../../local/template/stack-model.ts';
import { CATALOG, DATA_KEY, REGISTRY, stackFixture, VAULT_KEY } from '../../support/stack-fixture.ts';

const allow = (
  Action: string | string[],
  Resource: string,
  Condition?: PolicyStatement['Condition'],
): PolicyStatement =>
  Condition === undefined ? { Effect: 'Allow', Action, Resource } : { Effect: 'Allow', Action, Resource, Condition };

/** `undefined` when allowed, otherwise the denial. */
function decide(statements: readonly PolicyStatement[], request: AwsRequest, stack?: StackModel): string | undefined {
  const model = stack ?? stackFixture({ Browse: statements });
  const [caller] = model.functions;
  assert.ok(caller);
  const authorization = createAuthorizeCall(model, () => VAULT_KEY.keyId)(caller, request);
  return authorization.outcome === 'denied' ? authorization.message : undefined;
}

const dynamodb = (operation: string, body: unknown): AwsRequest => ({ service: 'dynamodb', operation, body });
const kms = (operation: string, body: unknown): AwsRequest => ({ service: 'kms', operation, body });
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: '-' } });

test('a denial reads as AWS writes it', () => {
  const message = decide([], dynamodb('GetItem', { TableName: 'Catalog', Key: key('a') }));

  assert.equal(
    message,
    'User: arn:aws:sts::000000000000:assumed-role/BrowseRole/Browse is not authorized to perform: dynamodb:GetItem ' +
      'on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Catalog ' +
      'because no identity-based policy allows the dynamodb:GetItem action',
  );
});

test('an explicit deny names itself', () => {
  const statements: PolicyStatement[] = [
    allow('*', '*'),
    { Effect: 'Deny', Action: 'dynamodb:GetItem', Resource: '*' },
  ];

  const message = decide(statements, dynamodb('GetItem', { TableName: 'Catalog', Key: key('a') }));

  assert.match(message ?? '', /with an explicit deny in an identity-based policy$/);
});

const needs: readonly (readonly [string, AwsRequest, readonly (readonly [action: string, resource: string])[]])[] = [
  ['PutItem', dynamodb('PutItem', { TableName: 'Catalog', Item: key('a') }), [['dynamodb:PutItem', CATALOG.arn]]],
  ['a table named by ARN', dynamodb('Scan', { TableName: CATALOG.arn }), [['dynamodb:Scan', CATALOG.arn]]],
  [
    'a read of a table with a customer managed key',
    dynamodb('Query', { TableName: 'Registry' }),
    [
      ['dynamodb:Query', REGISTRY.arn],
      ['kms:Decrypt', DATA_KEY.arn],
    ],
  ],
  [
    'a write to a table with a customer managed key',
    dynamodb('UpdateItem', { TableName: 'Registry', Key: key('a') }),
    [
      ['dynamodb:UpdateItem', REGISTRY.arn],
      ['kms:Decrypt', DATA_KEY.arn],
      ['kms:Encrypt', DATA_KEY.arn],
      ['kms:GenerateDataKey', DATA_KEY.arn],
    ],
  ],
  [
    'a query of an index',
    dynamodb('Query', { TableName: 'Registry', IndexName: 'gsi1' }),
    [
      ['dynamodb:Query', `${REGISTRY.arn}/index/gsi1`],
      ['kms:Decrypt', DATA_KEY.arn],
    ],
  ],
  [
    'BatchGetItem of two tables',
    dynamodb('BatchGetItem', { RequestItems: { Registry: { Keys: [key('a')] }, Catalog: { Keys: [key('a')] } } }),
    [
      ['dynamodb:BatchGetItem', REGISTRY.arn],
      ['kms:Decrypt', DATA_KEY.arn],
      ['dynamodb:BatchGetItem', CATALOG.arn],
    ],
  ],
  [
    'BatchWriteItem',
    dynamodb('BatchWriteItem', { RequestItems: { Catalog: [{ DeleteRequest: { Key: key('a') } }] } }),
    [['dynamodb:BatchWriteItem', CATALOG.arn]],
  ],
  [
    'a write transaction',
    dynamodb('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'Catalog', Item: key('a') } },
        { Update: { TableName: 'Catalog', Key: key('a') } },
        { Delete: { TableName: 'Catalog', Key: key('a') } },
        { ConditionCheck: { TableName: 'Catalog', Key: key('a') } },
      ],
    }),
    [
      ['dynamodb:PutItem', CATALOG.arn],
      ['dynamodb:UpdateItem', CATALOG.arn],
      ['dynamodb:DeleteItem', CATALOG.arn],
      ['dynamodb:ConditionCheckItem', CATALOG.arn],
    ],
  ],
  [
    'a read transaction',
    dynamodb('TransactGetItems', { TransactItems: [{ Get: { TableName: 'Catalog', Key: key('a') } }] }),
    [['dynamodb:GetItem', CATALOG.arn]],
  ],
  ['DescribeTable', dynamodb('DescribeTable', { TableName: 'Registry' }), [['dynamodb:DescribeTable', REGISTRY.arn]]],
  ['GenerateDataKey', kms('GenerateDataKey', { KeyId: VAULT_KEY.keyId }), [['kms:GenerateDataKey', VAULT_KEY.arn]]],
  ['Decrypt by the ciphertext alone', kms('Decrypt', { CiphertextBlob: 'AA==' }), [['kms:Decrypt', VAULT_KEY.arn]]],
  [
    'ReEncrypt',
    kms('ReEncrypt', { CiphertextBlob: 'AA==', DestinationKeyId: DATA_KEY.arn }),
    [
      ['kms:ReEncryptFrom', VAULT_KEY.arn],
      ['kms:ReEncryptTo', DATA_KEY.arn],
    ],
  ],
];
for (const [name, request, permissions] of needs) {
  test(`${name} needs ${permissions.map(([action]) => action).join(', ')}, each of them`, () => {
    const granted = permissions.map(([action, resource]) => allow(action, resource));

    assert.equal(decide(granted, request), undefined);
    for (const [missing, [action, resource]] of permissions.entries()) {
      const message = decide(granted.toSpliced(missing, 1), request) ?? '';
      assert.ok(message.includes(`perform: ${action} on resource: ${resource} because`), message);
    }
  });
}

test('an operation that has no mapping is unknown', () => {
  const stack = stackFixture({ Browse: [allow('*', '*')] });
  const [caller] = stack.functions;
  assert.ok(caller);
  const authorizeCall = createAuthorizeCall(stack, () => undefined);

  assert.equal(authorizeCall(caller, dynamodb('ExecuteStatement', {})).outcome, 'unknown_operation');
  assert.equal(authorizeCall(caller, kms('ScheduleKeyDeletion', {})).outcome, 'unknown_operation');
});

const ownTenant = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['TENANT#a*'] } };
const leadingKeys: readonly (readonly [string, AwsRequest, boolean])[] = [
  ['the own item', dynamodb('GetItem', { TableName: 'Catalog', Key: key('TENANT#a') }), true],
  ["another tenant's item", dynamodb('GetItem', { TableName: 'Catalog', Key: key('TENANT#b') }), false],
  [
    'a batch with one foreign item',
    dynamodb('BatchGetItem', { RequestItems: { Catalog: { Keys: [key('TENANT#a'), key('TENANT#b')] } } }),
    false,
  ],
  [
    "a query of another tenant's partition",
    dynamodb('Query', {
      TableName: 'Catalog',
      KeyConditionExpression: '#p = :p AND begins_with(sk, :s)',
      ExpressionAttributeNames: { '#p': 'pk' },
      ExpressionAttributeValues: { ':p': { S: 'TENANT#b' }, ':s': { S: '-' } },
    }),
    false,
  ],
  [
    'a query of the own partition',
    dynamodb('Query', {
      TableName: 'Catalog',
      KeyConditionExpression: 'pk=:p',
      ExpressionAttributeValues: { ':p': { S: 'TENANT#a' } },
    }),
    true,
  ],
  ['a scan, which has no leading key', dynamodb('Scan', { TableName: 'Catalog' }), true],
];
for (const [name, request, allowed] of leadingKeys) {
  test(`a role bound to its leading keys is ${allowed ? 'allowed' : 'denied'} ${name}`, () => {
    const message = decide([allow('dynamodb:*', '*', ownTenant)], request);

    assert.equal(message === undefined, allowed, message);
  });
}

const viaDynamoDb = { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } };

test('a grant via DynamoDB opens tables and not ciphertexts', () => {
  const statements = [allow('dynamodb:GetItem', '*'), allow('kms:Decrypt', '*', viaDynamoDb)];

  assert.equal(decide(statements, dynamodb('GetItem', { TableName: 'Registry', Key: key('a') })), undefined);
  assert.match(decide(statements, kms('Decrypt', { CiphertextBlob: 'AA==' })) ?? '', /perform: kms:Decrypt/);
});

const bound = {
  StringEquals: { 'kms:EncryptionContext:app': 'nexus-hub' },
  Null: { 'kms:EncryptionContext:tenantId': 'false' },
  'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['app', 'tenantId'] },
};
const contexts: readonly (readonly [string, Record<string, string> | undefined, boolean])[] = [
  ['the whole context', { app: 'nexus-hub', tenantId: 'a' }, true],
  ['no context', undefined, false],
  ['a context without the tenant', { app: 'nexus-hub' }, false],
  ['a context of another app', { app: 'other', tenantId: 'a' }, false],
  ['a context with one key more', { app: 'nexus-hub', tenantId: 'a', more: 'x' }, false],
];
for (const [name, EncryptionContext, allowed] of contexts) {
  test(`a grant bound to its context ${allowed ? 'allows' : 'denies'} ${name}`, () => {
    const message = decide([allow('kms:GenerateDataKey', VAULT_KEY.arn, bound)], {
      service: 'kms',
      operation: 'GenerateDataKey',
      body: { KeyId: VAULT_KEY.arn, EncryptionContext },
    });

    assert.equal(message === undefined, allowed, message);
  });
}

const root = { AWS: 'arn:aws:iam::000000000000:root' };
const keyPolicies: readonly (readonly [string, PolicyStatement[], PolicyStatement[], RegExp | undefined])[] = [
  [
    'allows the role itself',
    [{ ...allow('kms:Decrypt', '*'), Principal: { AWS: 'arn:aws:iam::000000000000:role/BrowseRole' } }],
    [],
    undefined,
  ],
  ['allows everyone', [{ ...allow('kms:Decrypt', '*'), Principal: '*' }], [], undefined],
  [
    'leaves it to the account, which allows',
    [{ ...allow('kms:*', '*'), Principal: root }],
    [allow('kms:*', '*')],
    undefined,
  ],
  [
    'leaves it to the account, which does not',
    [{ ...allow('kms:*', '*'), Principal: root }],
    [],
    /no identity-based policy/,
  ],
  [
    'names only a service',
    [{ ...allow('kms:*', '*'), Principal: { Service: 'logs.amazonaws.com' } }],
    [allow('kms:*', '*')],
    /no resource-based policy/,
  ],
  [
    'denies',
    [
      { ...allow('kms:*', '*'), Principal: root },
      { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*', Principal: { AWS: '*' } },
    ],
    [allow('kms:*', '*')],
    /explicit deny in a resource-based policy/,
  ],
];
for (const [name, Statement, own, denial] of keyPolicies) {
  test(`a key policy that ${name} ${denial === undefined ? 'lets the key be used' : 'keeps the key closed'}`, () => {
    const stack = { ...stackFixture({ Browse: own }), keys: [{ ...VAULT_KEY, policy: { Statement } }] };

    const message = decide([], kms('Decrypt', { KeyId: VAULT_KEY.keyId }), stack);

    assert.match(message ?? 'allowed', denial ?? /^allowed$/);
  });
}
