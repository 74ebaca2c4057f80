import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { createLocalDynamoDb } from '../../local/endpoints/dynamodb-request.ts';
import { startEndpoints } from '../../local/endpoints/start-endpoints.ts';
import { sweepExpired } from '../../local/endpoints/ttl-sweep.ts';
import { createRunningEndpoints } from '../support/running-endpoints.ts';
import { REGION, REGISTRY, stackFixture, VAULT_KEY } from '../support/stack-fixture.ts';

const STACK = stackFixture({
  Manage: [{ Effect: 'Allow', Action: ['dynamodb:*', 'kms:*'], Resource: '*' }],
  Browse: [{ Effect: 'Allow', Action: ['dynamodb:GetItem', 'kms:Decrypt'], Resource: '*' }],
  Open: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: VAULT_KEY.arn }],
});

const running = createRunningEndpoints(STACK);
const { calls, dynamodb, kms } = running;
before(running.start);
after(running.remove);

const key = (pk: string, sk = '-') => ({ pk: { S: pk }, sk: { S: sk } });

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
  await dynamodb('Manage').send(new PutItemCommand({ TableName: 'Registry', Item: key('there') }));
  const update = new UpdateItemCommand({
    TableName: 'Registry',
    Key: key('there'),
    UpdateExpression: 'SET n = :n',
    ConditionExpression: 'attribute_not_exists(pk)',
    ExpressionAttributeValues: { ':n': { N: '0' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });

  await assert.rejects(dynamodb('Manage').send(update), (error: Error & { Item?: { pk?: unknown } }) => {
    assert.deepEqual(error.Item?.pk, { S: 'there' });
    return error.name === 'ConditionalCheckFailedException';
  });
});

test('the sweep removes what has expired and nothing else', async () => {
  const manage = dynamodb('Manage');
  const expiries = { old: { N: '100' }, now: { N: '200' }, later: { N: '201' }, text: { S: '100' } };
  for (const [sk, expiresAt] of Object.entries(expiries)) {
    await manage.send(new PutItemCommand({ TableName: 'Catalog', Item: { ...key('ttl', sk), expiresAt } }));
  }
  const direct = createLocalDynamoDb(running.endpoints().dynamodbEndpoint, REGION);

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
  await dynamodb('Manage').send(new PutItemCommand({ TableName: 'Registry', Item: key('kept') }));
  const former = running.endpoints().credentialsFor('Browse');

  await running.stop();
  await running.start();

  const { Item } = await dynamodb('Browse').send(new GetItemCommand({ TableName: 'Registry', Key: key('kept') }));
  const opened = await kms('Open').send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  assert.deepEqual(Item, key('kept'));
  assert.deepEqual(opened.Plaintext, Plaintext);
  assert.notEqual(running.endpoints().credentialsFor('Browse').secretAccessKey, former.secretAccessKey);
});

test('a table whose keys have changed is refused', async () => {
  const changed = {
    ...REGISTRY,
    createTable: { ...REGISTRY.createTable, KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] },
  };
  await running.stop();

  await assert.rejects(
    startEndpoints({ stack: { ...STACK, tables: [changed] }, dataDirectory: running.dataDirectory, observer: {} }),
    /Registry: the local table Registry has other keys or indexes than the template/,
  );

  await running.start();
});
