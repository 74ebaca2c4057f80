import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { createLocalDynamoDb } from '../../local/endpoints/dynamodb-request.ts';
import { type Endpoints, startEndpoints } from '../../local/endpoints/start-endpoints.ts';
import { sweepExpired } from '../../local/endpoints/ttl-sweep.ts';
import type { AwsCall } from '../../local/observe.ts';
import type { PolicyStatement } from '../../local/template/stack-model.ts';
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

const dataDirectory = mkdtempSync(join(tmpdir(), 'nexus-endpoints-'));
const calls: AwsCall[] = [];
let endpoints: Endpoints;
const clients: { destroy(): void }[] = [];

const start = async (): Promise<void> => {
  const observer = { awsCall: (call: AwsCall) => void calls.push(call) };
  endpoints = await startEndpoints({ stack: STACK, dataDirectory, observer });
};
before(start);
after(async () => {
  for (const client of clients) {
    client.destroy();
  }
  await endpoints.close();
  rmSync(dataDirectory, { recursive: true });
});

const configFor = (functionName: string, overrides: { readonly secretAccessKey?: string } = {}) => ({
  endpoint: endpoints.url,
  region: REGION,
  maxAttempts: 1,
  credentials: { ...endpoints.credentialsFor(functionName), ...overrides },
});
const dynamodb = (...parameters: Parameters<typeof configFor>): DynamoDBClient => {
  const client = new DynamoDBClient(configFor(...parameters));
  clients.push(client);
  return client;
};
const kms = (functionName: string): KMSClient => {
  const client = new KMSClient(configFor(functionName));
  clients.push(client);
  return client;
};
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
  const { host } = new URL(endpoints.url);
  const body = '{}';
  const { headers } = signV4(endpoints.credentialsFor('Manage'), {
    host,
    region: REGION,
    service: 'sqs',
    target: 'AmazonSQS.SendMessage',
    body,
    at: new Date(),
  });

  const answer = await fetch(endpoints.url, { method: 'POST', headers, body });

  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /UnknownOperationException/);
});

test('an unsigned request is refused', async () => {
  const answer = await fetch(endpoints.url, { method: 'POST', headers: { 'x-amz-target': 'TrentService.Decrypt' } });

  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /MissingAuthenticationTokenException/);
});

test('a data key is made and opened by different functions in one context', async () => {
  const EncryptionContext = { app: 'nexus-hub', tenantId: 'a' };
  const made = await kms('Manage').send(
    new GenerateDataKeyCommand({ KeyId: VAULT_KEY.arn, KeySpec: 'AES_256', EncryptionContext }),
  );
  const { CiphertextBlob } = made;

  const opened = await kms('Open').send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  const elsewhere = kms('Open').send(
    new DecryptCommand({ CiphertextBlob, EncryptionContext: { ...EncryptionContext, tenantId: 'b' } }),
  );

  assert.deepEqual(opened.Plaintext, made.Plaintext);
  await assert.rejects(elsewhere, { name: 'InvalidCiphertextException' });
});

test('of many concurrent conditional writes one wins', async () => {
  const manage = dynamodb('Manage');
  const put = (n: number) =>
    manage.send(
      new PutItemCommand({
        TableName: 'Registry',
        Item: { ...key('race'), n: { N: String(n) } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );

  const results = await Promise.allSettled(Array.from({ length: 32 }, (_, n) => put(n)));

  const lost = results.filter(({ status }) => status === 'rejected');
  assert.equal(lost.length, 31);
  assert.ok(lost.every((r) => r.status === 'rejected' && r.reason.name === 'ConditionalCheckFailedException'));
});

test('a failed condition answers with the item, as asked', async () => {
  const update = new UpdateItemCommand({
    TableName: 'Registry',
    Key: key('race'),
    UpdateExpression: 'SET n = :n',
    ConditionExpression: 'attribute_not_exists(pk)',
    ExpressionAttributeValues: { ':n': { N: '0' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });

  await assert.rejects(dynamodb('Manage').send(update), (error: Error & { Item?: { pk?: unknown } }) => {
    assert.deepEqual(error.Item?.pk, { S: 'race' });
    return error.name === 'ConditionalCheckFailedException';
  });
});

test('the sweep removes what has expired and nothing else', async () => {
  const manage = dynamodb('Manage');
  const expiries = { old: { N: '100' }, now: { N: '200' }, later: { N: '201' }, text: { S: '100' } };
  for (const [sk, expiresAt] of Object.entries(expiries)) {
    await manage.send(new PutItemCommand({ TableName: 'Catalog', Item: { ...key('ttl', sk), expiresAt } }));
  }
  const direct = createLocalDynamoDb(endpoints.dynamodbEndpoint, REGION);

  const removed = await sweepExpired(direct, STACK.tables, () => 200_500);

  direct.close();
  const { Items } = await manage.send(
    new QueryCommand({
      TableName: 'Catalog',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'ttl' } },
    }),
  );
  assert.equal(removed, 2);
  assert.deepEqual(
    Items?.map(({ sk }) => sk?.S),
    ['later', 'text'],
  );
});

test('every call is reported with its function, its times and its body', async () => {
  const seen = calls.length;
  await dynamodb('Manage').send(new DeleteItemCommand({ TableName: 'Registry', Key: key('gone') }));

  const [call, ...others] = calls.slice(seen);

  assert.deepEqual(others, []);
  assert.ok(call);
  const { functionName, service, operation, httpStatus, errorType, requestBody, startedAt, endedAt } = call;
  assert.deepEqual(
    { functionName, service, operation, httpStatus, errorType },
    {
      functionName: 'Manage',
      service: 'dynamodb',
      operation: 'DeleteItem',
      httpStatus: 200,
      errorType: undefined,
    },
  );
  assert.deepEqual(JSON.parse(requestBody), { TableName: 'Registry', Key: key('gone') });
  assert.ok(endedAt > startedAt);
});

test('tables and keys survive a restart; credentials do not', async () => {
  const EncryptionContext = { app: 'nexus-hub', tenantId: 'a' };
  const { CiphertextBlob, Plaintext } = await kms('Manage').send(
    new GenerateDataKeyCommand({ KeyId: VAULT_KEY.arn, KeySpec: 'AES_256', EncryptionContext }),
  );
  const before = endpoints.credentialsFor('Browse');

  await endpoints.close();
  await start();

  const { Item } = await dynamodb('Browse').send(new GetItemCommand({ TableName: 'Registry', Key: key('a') }));
  const opened = await kms('Open').send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  assert.deepEqual(Item, { ...key('a'), n: { N: '1' } });
  assert.deepEqual(opened.Plaintext, Plaintext);
  assert.notEqual(endpoints.credentialsFor('Browse').secretAccessKey, before.secretAccessKey);
});

test('a table whose keys have changed is refused', async () => {
  const changed = {
    ...REGISTRY,
    createTable: { ...REGISTRY.createTable, KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] },
  };
  await endpoints.close();

  await assert.rejects(
    startEndpoints({ stack: { ...STACK, tables: [changed] }, dataDirectory, observer: {} }),
    /Registry: the local table Registry has other keys or indexes than the template/,
  );

  await start();
});
