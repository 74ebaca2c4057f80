import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  BatchGetItemCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import type { PolicyStatement } from '../../local/template/stack-model.ts';
import { createRunningEndpoints } from '../support/running-endpoints.ts';
import { signV4 } from '../support/sign-v4.ts';
import { CATALOG, DATA_KEY, REGION, REGISTRY, stackFixture, VAULT_KEY } from '../support/stack-fixture.ts';

const allow = (Action: string[], Resource: string, Condition?: PolicyStatement['Condition']): PolicyStatement =>
  Condition === undefined ? { Effect: 'Allow', Action, Resource } : { Effect: 'Allow', Action, Resource, Condition };

const VIA_DYNAMODB = { StringEquals: { 'kms:ViaService': `dynamodb.${REGION}.amazonaws.com` } };
const BOUND = {
  StringEquals: { 'kms:EncryptionContext:app': 'nexus-hub' },
  Null: { 'kms:EncryptionContext:tenantId': 'false' },
};

const STACK = stackFixture({
  Browse: [
    allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'], REGISTRY.arn),
    allow(['kms:Decrypt'], DATA_KEY.arn, VIA_DYNAMODB),
  ],
  // As Browse, but without the key of the table.
  Keyless: [allow(['dynamodb:GetItem'], REGISTRY.arn)],
  Manage: [
    allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], REGISTRY.arn),
    allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], CATALOG.arn),
    allow(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], DATA_KEY.arn, VIA_DYNAMODB),
    allow(['kms:GenerateDataKey', 'kms:Decrypt'], VAULT_KEY.arn, BOUND),
  ],
  // As Manage for tables, but with the key for reading alone.
  Reader: [allow(['dynamodb:PutItem'], REGISTRY.arn), allow(['kms:Decrypt'], DATA_KEY.arn, VIA_DYNAMODB)],
  Open: [allow(['kms:Decrypt'], VAULT_KEY.arn, BOUND)],
});

const running = createRunningEndpoints(STACK);
const { calls, dynamodb, kms } = running;
before(running.start);
after(running.remove);

const key = (pk: string, sk = '-') => ({ pk: { S: pk }, sk: { S: sk } });
const deniedOf = (action: string) => ({
  name: 'AccessDeniedException',
  message: new RegExp(`is not authorized to perform: ${action} on resource: `),
});

test('what a role allows works, through the real SDK', async () => {
  await dynamodb('Manage').send(new PutItemCommand({ TableName: 'Registry', Item: { ...key('a'), n: { N: '1' } } }));

  const { Item } = await dynamodb('Browse').send(new GetItemCommand({ TableName: 'Registry', Key: key('a') }));

  assert.deepEqual(Item, { ...key('a'), n: { N: '1' } });
});

const denials: readonly (readonly [string, string, () => Promise<unknown>])[] = [
  [
    'an action that the role lacks',
    'dynamodb:PutItem',
    () => dynamodb('Browse').send(new PutItemCommand({ TableName: 'Registry', Item: key('a') })),
  ],
  [
    'a table that the role lacks',
    'dynamodb:GetItem',
    () => dynamodb('Browse').send(new GetItemCommand({ TableName: 'Catalog', Key: key('a') })),
  ],
  [
    'an index that the role lacks',
    'dynamodb:Query',
    () =>
      dynamodb('Browse').send(
        new QueryCommand({
          TableName: 'Registry',
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :p',
          ExpressionAttributeValues: { ':p': { S: 'a' } },
        }),
      ),
  ],
  [
    'one table of a batch',
    'dynamodb:BatchGetItem',
    () =>
      dynamodb('Browse').send(
        new BatchGetItemCommand({ RequestItems: { Registry: { Keys: [key('a')] }, Catalog: { Keys: [key('a')] } } }),
      ),
  ],
  [
    "reading without the table's key",
    'kms:Decrypt',
    () => dynamodb('Keyless').send(new GetItemCommand({ TableName: 'Registry', Key: key('a') })),
  ],
  [
    "writing with only the reading half of the table's key",
    'kms:Encrypt',
    () => dynamodb('Reader').send(new PutItemCommand({ TableName: 'Registry', Item: key('a') })),
  ],
  [
    'sealing with the opening grant',
    'kms:GenerateDataKey',
    () => kms('Open').send(new GenerateDataKeyCommand({ KeyId: VAULT_KEY.arn, KeySpec: 'AES_256' })),
  ],
  [
    'sealing outside the context',
    'kms:GenerateDataKey',
    () =>
      kms('Manage').send(
        new GenerateDataKeyCommand({
          KeyId: VAULT_KEY.arn,
          KeySpec: 'AES_256',
          EncryptionContext: { app: 'nexus-hub' },
        }),
      ),
  ],
  [
    "using the tables' key directly",
    'kms:GenerateDataKey',
    () => kms('Manage').send(new GenerateDataKeyCommand({ KeyId: DATA_KEY.arn, KeySpec: 'AES_256' })),
  ],
];
for (const [name, action, send] of denials) {
  test(`${name} is denied`, async () => {
    await assert.rejects(send, deniedOf(action));
  });
}

test('a denied call changes nothing', async () => {
  await assert.rejects(dynamodb('Reader').send(new PutItemCommand({ TableName: 'Registry', Item: key('never') })));

  const { Item } = await dynamodb('Manage').send(new GetItemCommand({ TableName: 'Registry', Key: key('never') }));
  assert.equal(Item, undefined);
});

test('a transaction is denied for one item that the role may not check', async () => {
  const transaction = new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName: 'Registry', Item: key('t') } },
      {
        ConditionCheck: { TableName: 'Registry', Key: key('u'), ConditionExpression: 'attribute_not_exists(pk)' },
      },
    ],
  });

  await assert.rejects(dynamodb('Manage').send(transaction), deniedOf('dynamodb:ConditionCheckItem'));
});

test('a transaction of allowed items is written whole, without a permission of its own', async () => {
  const manage = dynamodb('Manage');
  await manage.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName: 'Registry', Item: key('t1') } },
        { Put: { TableName: 'Catalog', Item: key('t2') } },
      ],
    }),
  );

  const { Item } = await manage.send(new GetItemCommand({ TableName: 'Catalog', Key: key('t2') }));
  assert.deepEqual(Item, key('t2'));
});

test('a wrong secret is refused and nobody is named', async () => {
  const seen = calls.length;

  await assert.rejects(
    dynamodb('Manage', { secretAccessKey: 'guess' }).send(new GetItemCommand({ TableName: 'Registry', Key: key('a') })),
    { name: 'InvalidSignatureException' },
  );

  assert.deepEqual(
    calls.slice(seen).map(({ functionName, errorType }) => [functionName, errorType]),
    [['unauthenticated', 'InvalidSignatureException']],
  );
});

test('an operation that no function needs is unknown', async () => {
  await assert.rejects(dynamodb('Manage').send(new ListTablesCommand({})), { name: 'UnknownOperationException' });
});

test('a service that is not emulated is unknown', async () => {
  const { host } = new URL(running.endpoints().url);
  const body = '{}';
  const { headers } = signV4(running.endpoints().credentialsFor('Manage'), {
    host,
    region: REGION,
    service: 'sqs',
    target: 'AmazonSQS.SendMessage',
    body,
    at: new Date(),
  });

  const answer = await fetch(running.endpoints().url, { method: 'POST', headers, body });

  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /UnknownOperationException/);
});

test('an unsigned request is refused', async () => {
  const answer = await fetch(running.endpoints().url, {
    method: 'POST',
    headers: { 'x-amz-target': 'TrentService.Decrypt' },
  });

  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /MissingAuthenticationTokenException/);
});
